//! Downloads and uploads.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use vcd_simulator::{Fault, FaultKind, transfer_bytes};

use crate::support::{Answer, Bench, send, try_send};

const UPLOAD: &str = "/transfer/9d1f8a52-6f1c-4f0e-8a4d-2b7f6f0c9b11/disk.vmdk";

fn expected(offset: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    transfer_bytes(offset, &mut bytes);
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn put(bench: &Bench, token: &str, body: Vec<u8>) -> RequestBuilder {
    bench.request("PUT", UPLOAD, token).body(body)
}

async fn uploaded(bench: &Bench) -> Value {
    let control = format!("{}/transfers", bench.simulator.control_url());
    send(bench.client.get(control)).await.json()[0].clone()
}

#[tokio::test]
async fn a_download_comes_whole_and_in_parts() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let size = 3_000_000;
    let url = bench.simulator.transfer(size);
    let whole = send(bench.request("GET", &url, &token)).await;
    assert_eq!(whole.status, 200);
    assert_eq!(whole.header("content-length"), "3000000");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert!(whole.body == expected(0, 3_000_000), "other bytes");
    let etag = whole.header("etag").to_owned();

    let part = async |range: &str, condition: &str| -> Answer {
        let mut request = bench.request("GET", &url, &token).header("Range", range);
        if !condition.is_empty() {
            request = request.header("If-Range", condition);
        }
        send(request).await
    };
    for (range, place, offset, length) in [
        ("bytes=2999990-", "bytes 2999990-2999999/3000000", 2_999_990, 10),
        ("bytes=100-199", "bytes 100-199/3000000", 100, 100),
        ("bytes=-7", "bytes 2999993-2999999/3000000", 2_999_993, 7),
    ] {
        for condition in ["", etag.as_str()] {
            let answer = part(range, condition).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-range")), (206, place));
            assert!(answer.body == expected(offset, length), "{range}: other bytes");
        }
    }
    // What has changed in between is sent from the start.
    let changed = part("bytes=100-", "\"other\"").await;
    assert_eq!((changed.status.as_u16(), changed.body.len()), (200, 3_000_000));
    let beyond = part("bytes=3000000-", "").await;
    assert_eq!(
        (beyond.status.as_u16(), beyond.header("content-range")),
        (416, "bytes */3000000")
    );
    let head = send(bench.request("HEAD", &url, &token)).await;
    assert_eq!((head.header("content-length"), head.body.len()), ("3000000", 0));
    assert_eq!(send(bench.client.get(&url)).await.status, 401);
    assert_eq!(send(bench.request("GET", UPLOAD, &token)).await.status, 404);
    assert_eq!(send(bench.request("POST", &url, &token)).await.status, 405);
}

#[tokio::test]
async fn the_control_endpoint_offers_downloads_of_any_size() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let control = bench.simulator.control_url();
    let small = send(bench.client.post(format!("{control}/transfer?size=70000&digest=true")))
        .await
        .json();
    assert_eq!(small["sha256"], sha256(&expected(0, 70_000)));
    let large = send(bench.client.post(format!("{control}/transfer?size=9000000000")))
        .await
        .json();
    assert_eq!(large["sha256"], Value::Null);
    let url = large["href"].as_str().expect("an address");
    let request = bench.request("GET", url, &token).header("Range", "bytes=8999999999-");
    let last = send(request).await;
    assert_eq!(last.header("content-range"), "bytes 8999999999-8999999999/9000000000");
    assert!(last.body == expected(8_999_999_999, 1), "another byte");
    // Something else in its place has another tag.
    let call = format!("{control}/transfer?size=70000&digest=true&id=film");
    let (first, second) = (
        send(bench.client.post(&call)).await.json(),
        send(bench.client.post(&call)).await.json(),
    );
    assert!(first["href"] == second["href"] && first["sha256"] != second["sha256"]);
    let film = send(bench.request("GET", second["href"].as_str().expect("an address"), &token)).await;
    assert_eq!(second["sha256"], sha256(&film.body));
    assert_eq!(film.header("etag"), "\"film-1\"");
    assert_eq!(
        send(bench.client.post(format!("{control}/transfer?size=1&id=/")))
            .await
            .status,
        400
    );
    let empty = bench.simulator.transfer(0);
    let answer = send(bench.request("GET", &empty, &token)).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
}

#[tokio::test]
async fn a_download_breaks_off_where_it_should() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let url = bench.simulator.transfer(1_000_000);
    for kind in [FaultKind::CloseMidBody, FaultKind::HangMidBody] {
        bench
            .simulator
            .fault(Fault::new(kind).on_path("/transfer").after_bytes(700_001));
        let mut response = bench.request("GET", &url, &token).send().await.expect("a head");
        let mut received = Vec::new();
        while received.len() < 700_001 {
            received.extend(response.chunk().await.expect("bytes").expect("more"));
        }
        assert!(received == expected(0, 700_001), "other bytes");
        let end = tokio::time::timeout(Duration::from_millis(100), response.chunk()).await;
        assert!(!matches!(end, Ok(Ok(_))), "it goes on");
    }
}

#[tokio::test]
async fn an_upload_is_counted_and_forgotten() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let body = expected(5, 5_000_000);
    assert_eq!(send(put(&bench, "x", body.clone())).await.status, 401);
    let answer = send(put(&bench, &token, body.clone())).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    let there = json!({
        "path": UPLOAD, "received": 5_000_000, "total": 5_000_000, "complete": true, "parts": 0,
        "sha256": sha256(&body)
    });
    assert_eq!(uploaded(&bench).await, there);
    bench.simulator.reset();
    assert_eq!(uploaded(&bench).await, Value::Null);
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let body = expected(0, 400_000);
    let part = async |start: usize, end: usize| -> Answer {
        let range = format!("bytes {start}-{}/400000", end - 1);
        send(put(&bench, &token, body[start..end].to_vec()).header("Content-Range", range)).await
    };
    assert_eq!(part(0, 100_000).await.status, 200);
    let gap = part(150_000, 200_000).await;
    assert_eq!(
        (gap.status.as_u16(), gap.header("content-range")),
        (416, "bytes */100000")
    );

    // The server breaks off in the middle of a part; what had come stays.
    let fault = Fault::new(FaultKind::CloseMidBody)
        .on_path("/transfer")
        .on_method("PUT");
    bench.simulator.fault(fault.after_bytes(50_000));
    let range = "bytes 100000-399999/400000";
    let request = put(&bench, &token, body[100_000..].to_vec()).header("Content-Range", range);
    assert!(try_send(request).await.is_err(), "it is answered");
    let there = uploaded(&bench).await;
    assert_eq!(
        (&there["received"], &there["complete"]),
        (&json!(150_000), &json!(false))
    );

    // What comes twice counts once.
    assert_eq!(part(140_000, 400_000).await.status, 200);
    let there = uploaded(&bench).await;
    assert_eq!((&there["complete"], &there["parts"]), (&json!(true), &json!(3)));
    assert_eq!(there["sha256"], sha256(&body));
    let bad = put(&bench, &token, vec![1]).header("Content-Range", "bytes 5-2/9");
    assert_eq!(send(bad).await.status, 400);
}

#[tokio::test]
async fn a_body_is_asked_for_only_if_it_is_welcome() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let address = bench.simulator.plain_url().replace("http://", "");
    let speak = |token: &str| {
        let mut stream = TcpStream::connect(&address).expect("a connection");
        let head = format!(
            "PUT {UPLOAD} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\n\
             Transfer-Encoding: chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("sent");
        let mut answer = vec![0; 25];
        stream.read_exact(&mut answer).expect("an answer");
        (stream, String::from_utf8_lossy(&answer).into_owned())
    };
    let (mut stream, interim) = speak(&token);
    assert_eq!(interim, "HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").expect("sent");
    let mut status = [0; 15];
    stream.read_exact(&mut status).expect("an answer");
    assert_eq!(&status, b"HTTP/1.1 200 OK");
    assert_eq!(uploaded(&bench).await["sha256"], sha256(b"abcde"));

    let (mut stream, answer) = speak("x");
    assert!(answer.starts_with("HTTP/1.1 401 Unauthorized"), "{answer}");
    let mut rest = String::new();
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
    stream.read_to_string(&mut rest).expect("the end");
    assert!(rest.contains("\r\nConnection: close\r\n"), "{rest}");
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_what_it_sent() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let address = bench.simulator.plain_url().replace("http://", "");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let head =
        format!("PUT {UPLOAD} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nContent-Length: 10\r\n\r\nabc");
    stream.write_all(head.as_bytes()).expect("sent");
    assert!(bench.simulator.wait_for_request("/transfer", Duration::from_secs(20)));
    drop(stream);
    assert!(bench.simulator.wait_for_abort("/transfer", Duration::from_secs(20)));
    let there = uploaded(&bench).await;
    assert_eq!(
        (&there["received"], &there["sha256"]),
        (&json!(3), &json!(sha256(b"abc")))
    );
}
