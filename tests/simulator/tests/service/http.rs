//! HTTP itself: compression, request ids, connections, and what is kept of a request.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use flate2::read::GzDecoder;
use reqwest::Certificate;
use vcd_simulator::{Fault, FaultKind};

use crate::support::{Bench, send, try_send};

const ORGS: &str = "/cloudapi/1.0.0/orgs";
const ACCEPT: &str = "application/json;version=37.2";

/// Speaks to the plain port, byte by byte.
fn speak(bench: &Bench, text: &str) -> String {
    let address = bench.simulator.plain_url().replace("http://", "");
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(text.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[tokio::test]
async fn answers_are_compressed_where_that_is_asked_for() {
    let bench = Bench::new();
    let token = bench.provider().await;
    let pem = bench.simulator.ca_pem();
    let certificate = Certificate::from_pem(pem.as_bytes()).expect("PEM");
    let client = reqwest::Client::builder()
        .tls_certs_only([certificate])
        .no_gzip()
        .no_proxy()
        .build()
        .expect("a client");
    let get = async |coding: &str| {
        let request = client
            .get(bench.url(ORGS))
            .header("Accept", ACCEPT)
            .header("Accept-Encoding", coding);
        send(request.header("Authorization", format!("Bearer {token}"))).await
    };
    // Twice, because the second time it is known already.
    for _ in 0..2 {
        let answer = get("gzip, deflate").await;
        assert_eq!(answer.header("content-encoding"), "gzip");
        assert_eq!(answer.header("vary"), "Accept-Encoding");
        let mut text = String::new();
        GzDecoder::new(answer.body.as_slice())
            .read_to_string(&mut text)
            .expect("gzip");
        assert!(text.starts_with(r#"{"resultTotal":41,"#));
    }
    assert_eq!(get("identity").await.header("content-encoding"), "");
}

#[tokio::test]
async fn request_ids_begin_with_the_clients() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let request = bench.request("GET", ORGS, &token).header("Accept", ACCEPT);
    let answer = send(request.header("X-VMWARE-VCLOUD-CLIENT-REQUEST-ID", "mine-1")).await;
    let id = answer.header("x-vmware-vcloud-request-id");
    assert!(id.starts_with("mine-1-") && id.len() == "mine-1-".len() + 36, "{id}");
}

#[tokio::test]
async fn unknown_paths_are_404_in_the_shape_of_their_api() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let answer = bench.get("/cloudapi/1.0.0/nothing", &token).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["minorErrorCode"], "RESOURCE_NOT_FOUND");
    for path in ["/", "/oauth/nobody/token", "/login"] {
        let answer = send(bench.client.get(bench.url(path))).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
    }
}

#[tokio::test]
async fn connections_are_used_again() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    for _ in 0..3 {
        assert_eq!(bench.get(ORGS, &token).await.status, 200);
    }
    assert_eq!(bench.simulator.connections(), 1);
    let ports: Vec<u16> = bench
        .simulator
        .requests()
        .iter()
        .map(|request| request.peer_port)
        .collect();
    assert_eq!(ports.len(), 4);
    assert!(ports.iter().all(|port| *port == ports[0]));
}

#[test]
fn the_log_keeps_what_stood_on_the_wire() {
    let bench = Bench::new();
    let body = "grant_type=x";
    let answer = speak(
        &bench,
        &format!(
            "POST /oauth/provider/token?a=%20b HTTP/1.1\r\nhOsT: h:1\r\nX-Twice: 1\r\nx-twice: 2\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(
        answer.contains("\r\nX-VMWARE-VCLOUD-REQUEST-ID: "),
        "names are spelt as the real server does"
    );
    assert!(answer.contains("\r\nConnection: close\r\n"));
    let log = bench.simulator.requests();
    let [request] = log.as_slice() else {
        panic!("{} requests", log.len())
    };
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/oauth/provider/token?a=%20b");
    assert_eq!(request.path(), "/oauth/provider/token");
    assert_eq!(request.headers[0], ("hOsT".to_owned(), "h:1".to_owned()));
    assert_eq!(request.header_values("x-twice"), ["1", "2"]);
    assert_eq!(request.body_text(), body);
    assert_eq!(
        (request.status, request.aborted, request.tls),
        (Some(400), false, false)
    );

    bench.simulator.set_log(false);
    speak(&bench, "GET / HTTP/1.0\r\n\r\n");
    assert_eq!(bench.simulator.requests().len(), 1);
}

#[test]
fn bodies_come_in_chunks_and_after_100_continue() {
    let bench = Bench::new();
    speak(
        &bench,
        "POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n\
         3;note=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n",
    );
    assert_eq!(bench.simulator.requests()[0].body_text(), "abcde");

    let address = bench.simulator.plain_url().replace("http://", "");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let head = "POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("sent");
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).expect("an interim answer");
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"ok").expect("sent");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("an answer");
    assert!(rest.starts_with("HTTP/1.1 404"));
    assert_eq!(bench.simulator.requests()[1].body_text(), "ok");
}

#[test]
fn nonsense_is_refused_and_head_has_no_body() {
    let bench = Bench::new();
    assert!(speak(&bench, "\u{16}\u{3}\u{1}nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
    let answer = speak(
        &bench,
        "HEAD /api/versions HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    );
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
    // Two at once, and the answers in their order.
    let two = "GET /api/versions HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    let answer = speak(&bench, two);
    let (first, second) = (answer.find("HTTP/1.1 200"), answer.find("HTTP/1.1 404"));
    assert!(first.is_some() && first < second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_at_once() {
    let bench = Bench::new();
    // None is answered, so that each needs a connection of its own.
    bench.simulator.fault(Fault::new(FaultKind::Hang).times(1000));
    let url = bench.url("/api/versions");
    let tasks: Vec<_> = (0..1000)
        .map(|_| tokio::spawn(try_send(bench.client.get(&url))))
        .collect();
    assert!(
        bench
            .simulator
            .wait_for_requests("/api/versions", 1000, Duration::from_secs(60))
    );
    let ports: HashSet<u16> = bench
        .simulator
        .requests()
        .iter()
        .map(|request| request.peer_port)
        .collect();
    assert_eq!(ports.len(), 1000);
    assert_eq!(send(bench.client.get(&url)).await.status, 200);
    tasks.into_iter().for_each(|task| task.abort());
}
