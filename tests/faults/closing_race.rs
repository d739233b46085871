//! A server that closes idle connections at about the client's pace: whatever is lost in between is asked for again,
//! but never what has an effect.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::library::Client;
use crate::server::{GOOD_BODY, Server, Then, json};

/// How many calls each way of closing has to stand.
const CALLS: usize = 2_000;
/// How long the server lets a connection idle.
const IDLE: Duration = Duration::from_millis(2);

/// How often each request has come.
type Seen = Arc<Mutex<HashMap<String, usize>>>;

/// Answers requests, and ends the connection when none has come for [`IDLE`].
fn closing(how: Then) -> (Server, Seen) {
    let seen = Seen::default();
    let counted = Arc::clone(&seen);
    let server = Server::raw(false, move |mut tcp, _| {
        let mut bytes = Vec::new();
        loop {
            if !fill(&mut tcp, &mut bytes) {
                break;
            }
            while let Some(request) = take_request(&mut bytes) {
                count(&counted, request);
                if tcp.write_all(&json("200 OK", GOOD_BODY)).is_err() {
                    return;
                }
            }
        }
        if how == Then::Reset {
            let _ = SockRef::from(&tcp).set_linger(Some(Duration::ZERO));
            return;
        }
        let _ = tcp.shutdown(Shutdown::Write);
        // What comes now has come too late, and counts as received all the same.
        let _ = tcp.set_nonblocking(false);
        let _ = tcp.read_to_end(&mut bytes);
        while let Some(request) = take_request(&mut bytes) {
            count(&counted, request);
        }
    });
    (server, seen)
}

/// Reads what has come; `false` where nothing does for [`IDLE`], or the client goes. The kernel's own time limit for
/// reading is too coarse for so short a time.
fn fill(tcp: &mut TcpStream, bytes: &mut Vec<u8>) -> bool {
    let deadline = Instant::now() + IDLE;
    let mut piece = [0; 4096];
    tcp.set_nonblocking(true).expect("it can be set");
    loop {
        match tcp.read(&mut piece) {
            Ok(0) => return false,
            Ok(count) => {
                bytes.extend_from_slice(&piece[..count]);
                tcp.set_nonblocking(false).expect("it can be set");
                return true;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock && Instant::now() < deadline => {
                thread::sleep(Duration::from_micros(50));
            }
            Err(_) => return false,
        }
    }
}

/// Takes a request from the front: its method and the number in its query.
fn take_request(bytes: &mut Vec<u8>) -> Option<String> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    if bytes.len() < end + length {
        return None;
    }
    bytes.drain(..end + length);
    head.split(' ').nth(1).map(str::to_owned)
}

fn count(seen: &Seen, request: String) {
    *seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(request)
        .or_default() += 1;
}

/// Makes the calls, with pauses around the server's; gives how many failed, and how many requests went out twice.
fn calls(client: &Client, method: &str) -> (usize, usize) {
    let (mut failed, mut repeated) = (0, 0);
    for number in 0..CALLS {
        let call = client.call(method, &format!("/cloudapi/race?{number}"));
        call.set(vcdrest::ffi::option::VCD_CALL_OPT_ANONYMOUS, 1);
        if method == "POST" {
            call.body(b"{}");
        }
        match call.wait() {
            Ok(()) => assert_eq!(call.text(), GOOD_BODY),
            Err(failure) => {
                assert_eq!(failure.code, "VCD_ERR_CONNECTION_LOST", "{failure:?}");
                failed += 1;
            }
        }
        repeated += usize::from(call.attempts() > 1);
        // The pace is what matters here: from well within the server's patience to just beyond it.
        thread::sleep(IDLE * (number % 9 + 4) as u32 / 8);
    }
    (failed, repeated)
}

/// Nothing that only asks is lost.
fn loses_nothing(how: Then) {
    let (server, _) = closing(how);
    let (failed, repeated) = calls(&server.client(), "GET");
    let connections = server.connections();
    println!("{how:?}, GET: {CALLS} calls, {connections} connections, {repeated} asked again, {failed} failed");
    assert_eq!(failed, 0);
    assert!(
        connections > CALLS / 20,
        "the server closed hardly any of {connections}"
    );
}

/// Nothing that has an effect is sent twice, and what went astray is said.
fn sends_nothing_twice(how: Then) {
    let (server, seen) = closing(how);
    let (failed, repeated) = calls(&server.client(), "POST");
    let connections = server.connections();
    println!("{how:?}, POST: {CALLS} calls, {connections} connections, {failed} failed");
    assert_eq!(repeated, 0);
    assert!(
        connections > CALLS / 20,
        "the server closed hardly any of {connections}"
    );
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let twice: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(
        seen.len() >= CALLS - failed,
        "{} of {CALLS} came, {failed} failed",
        seen.len()
    );
    assert!(failed < CALLS / 2, "{failed} failed");
}

#[test]
fn idle_connections_that_are_closed_lose_nothing() {
    loses_nothing(Then::Close);
}

#[test]
fn idle_connections_that_are_reset_lose_nothing() {
    loses_nothing(Then::Reset);
}

#[test]
fn idle_connections_that_are_closed_send_nothing_twice() {
    sends_nothing_twice(Then::Close);
}

#[test]
fn idle_connections_that_are_reset_send_nothing_twice() {
    sends_nothing_twice(Then::Reset);
}
