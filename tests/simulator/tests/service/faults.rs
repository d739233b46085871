//! Faults as they are seen on the wire.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use vcd_simulator::{Fault, FaultKind};

use crate::support::{Bench, send, try_send};

const PLENTY: Duration = Duration::from_secs(20);

/// What comes back for `GET /api/versions` on a connection that stays open, and how that ends.
fn versions(bench: &Bench) -> (Vec<u8>, Option<ErrorKind>) {
    let address = bench.simulator.plain_url().replace("http://", "");
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .write_all(b"GET /api/versions HTTP/1.1\r\nHost: h\r\n\r\n")
        .expect("sent");
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).err().map(|error| error.kind());
    (answer, end)
}

/// The length that the head announces, and the length of what follows it.
fn lengths(answer: &[u8]) -> (usize, usize) {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .expect("a length");
    (line.parse().expect("a number"), body.len())
}

#[test]
fn connections_end_as_asked_for() {
    let bench = Bench::new();
    bench.simulator.fault(Fault::new(FaultKind::CloseBeforeResponse));
    assert_eq!(versions(&bench), (vec![], None));
    bench.simulator.fault(Fault::new(FaultKind::Reset));
    assert_eq!(versions(&bench), (vec![], Some(ErrorKind::ConnectionReset)));
    bench.simulator.fault(Fault::new(FaultKind::CloseMidBody));
    let (answer, end) = versions(&bench);
    let (announced, sent) = lengths(&answer);
    assert!(sent > 0 && sent < announced && end.is_none(), "{sent} of {announced}");
    bench.simulator.fault(Fault::new(FaultKind::CloseAfterResponse));
    let (answer, end) = versions(&bench);
    let (announced, sent) = lengths(&answer);
    assert!(sent == announced && end.is_none());
    assert!(!String::from_utf8_lossy(&answer).contains("Connection: close"));
    bench.simulator.fault(Fault::new(FaultKind::NotHttp));
    assert!(versions(&bench).0.starts_with(b"220 "));
    assert_eq!(bench.simulator.pending_faults(), 0);
}

#[tokio::test]
async fn connections_end_as_asked_for_under_tls_as_well() {
    let bench = Bench::new();
    for kind in [
        FaultKind::CloseBeforeResponse,
        FaultKind::Reset,
        FaultKind::CloseMidBody,
        FaultKind::NotHttp,
    ] {
        // A fresh client, so that it does not try again on another connection.
        let client = crate::support::client_trusting(&bench.simulator.ca_pem());
        bench.simulator.fault(Fault::new(kind.clone()));
        let answer = try_send(client.get(bench.url("/api/versions"))).await;
        assert!(answer.is_err(), "{kind:?}");
    }
    assert_eq!(send(bench.client.get(bench.url("/api/versions"))).await.status, 200);
}

#[tokio::test]
async fn bodies_are_spoilt_as_asked_for() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let orgs = async |kind: FaultKind| {
        bench
            .simulator
            .fault(Fault::new(kind).on_path("/cloudapi").on_method("GET"));
        bench.get("/cloudapi/1.0.0/orgs", &token).await
    };
    let cut = orgs(FaultKind::TruncatedJson).await;
    assert_eq!(cut.status, 200);
    assert!(
        cut.text().starts_with("{\"resultTotal\"") && serde_json::from_slice::<serde_json::Value>(&cut.body).is_err()
    );
    let page = orgs(FaultKind::HtmlOk).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html") && page.text().contains("Request Rejected"));
    let empty = orgs(FaultKind::EmptyOk).await;
    assert_eq!((empty.status.as_u16(), empty.body.len()), (200, 0));
    assert_eq!(empty.header("content-type"), "application/json");
    let typed = orgs(FaultKind::WrongContentType).await;
    assert_eq!(typed.header("content-type"), "text/plain");
    assert_eq!(typed.json()["resultTotal"], 1);
    let spoilt = orgs(FaultKind::InvalidUtf8).await;
    assert!(std::str::from_utf8(&spoilt.body).is_err());
    assert_eq!(orgs(FaultKind::Delay(Duration::from_millis(1))).await.status, 200);
}

#[tokio::test]
async fn answers_are_replaced_as_asked_for() {
    let bench = Bench::new();
    let get = async |kind: FaultKind| {
        bench.simulator.fault(Fault::new(kind));
        send(bench.client.get(bench.url("/api/versions"))).await
    };
    let busy = get(FaultKind::RetryAfter {
        status: 429,
        seconds: 7,
    })
    .await;
    assert_eq!((busy.status.as_u16(), busy.header("retry-after")), (429, "7"));
    let moved = get(FaultKind::Redirect {
        location: "https://other.example.com/".to_owned(),
    })
    .await;
    assert_eq!(
        (moved.status.as_u16(), moved.header("location")),
        (302, "https://other.example.com/")
    );
    let status = get(FaultKind::Status {
        code: 418,
        body: "tea".to_owned(),
        content_type: "text/tea".to_owned(),
        headers: vec![("X-Pot".to_owned(), "1".to_owned())],
    })
    .await;
    assert_eq!(
        (status.status.as_u16(), status.text().as_str(), status.header("x-pot")),
        (418, "tea", "1")
    );
    let cloudapi = get(FaultKind::OAuthErrorCloudapiShape).await;
    assert_eq!(
        (cloudapi.status.as_u16(), &cloudapi.json()["minorErrorCode"]),
        (400, &"invalid_grant".into())
    );
    let rfc = get(FaultKind::OAuthErrorRfcShape).await;
    assert_eq!(
        (rfc.status.as_u16(), &rfc.json()["error"]),
        (400, &"invalid_grant".into())
    );
}

#[tokio::test]
async fn a_fault_hits_as_often_as_it_should() {
    let bench = Bench::new();
    let kind = FaultKind::RetryAfter {
        status: 503,
        seconds: 0,
    };
    bench
        .simulator
        .fault(Fault::new(kind.clone()).on_path("/oauth").times(2));
    assert_eq!(send(bench.client.get(bench.url("/api/versions"))).await.status, 200);
    let token = bench.simulator.tenant_token();
    for expected in [503, 503, 200] {
        assert_eq!(bench.exchange("tenant/Tyrell", &token).await.status, expected);
    }
    assert_eq!((bench.simulator.exchanges(), bench.simulator.exchanges_ok()), (3, 1));
    bench.simulator.fault(Fault::new(kind));
    bench.simulator.reset();
    assert_eq!(bench.exchange("tenant/Tyrell", &token).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_sees_a_client_go() {
    let bench = Bench::new();
    let url = bench.url("/api/versions?hang");
    for (kind, path) in [
        (Some(FaultKind::Hang), "/api/versions?hang"),
        (Some(FaultKind::HangMidBody), "/api/versions?half"),
        (None, "/api/versions?slow"),
    ] {
        match kind {
            Some(kind) => bench.simulator.fault(Fault::new(kind).on_path(path)),
            None => bench.simulator.set_latency_of(path, Duration::from_secs(600)),
        }
        let request = bench.client.get(url.replace("/api/versions?hang", path));
        let client = tokio::spawn(try_send(request));
        assert!(
            bench.simulator.wait_for_request(path, PLENTY),
            "{path}: it does not arrive"
        );
        assert!(
            !bench.simulator.wait_for_abort(path, Duration::ZERO),
            "{path}: gone too early"
        );
        client.abort();
        assert!(
            bench.simulator.wait_for_abort(path, PLENTY),
            "{path}: its going is not seen"
        );
        let log = bench.simulator.requests();
        assert!(log.iter().any(|request| request.target == path && request.aborted));
    }
    assert!(!bench.simulator.wait_for_request("/nowhere", Duration::from_millis(1)));
}

#[test]
fn idle_connections_are_closed_on_demand() {
    let bench = Bench::new();
    bench.simulator.set_keep_alive(Some(Duration::from_millis(1)));
    let (answer, end) = versions(&bench);
    assert!(answer.starts_with(b"HTTP/1.1 200") && end.is_none());
}
