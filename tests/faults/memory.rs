//! Servers that send without end, or announce more than there is: what the library keeps of it is bounded.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use vcdrest::ffi::option::{
    VCD_CALL_OPT_ANONYMOUS, VCD_CALL_OPT_TIMEOUT_MS, VCD_OPT_MAX_BODY_BYTES, VCD_OPT_MAX_RETRIES, VCD_OPT_TIMEOUT_MS,
};

use crate::own_process::{is_own, status};
use crate::server::{GOOD, GOOD_BODY, Link, Request, Server, Then, answer};

/// What a client lets a body take.
const CAP: i64 = 1024 * 1024;
/// What may come on top: buffers of TLS and HTTP, twice the cap while a buffer grows, and what the allocator keeps.
const MOST_KIB: u64 = 24 * 1024;

/// A way to send without end.
type Flood = fn(&mut Link) -> std::io::Result<Then>;

fn head(rest: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{rest}\r\n\r\n")
}

/// A hundredth of a megabyte that becomes a hundred, a hundred times.
fn bombs() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let piece = vec![b' '; 1024 * 1024];
    for _ in 0..10 {
        encoder.write_all(&piece).expect("memory takes all");
    }
    encoder.finish().expect("memory takes all")
}

const FLOODS: &[(&str, Flood, &str)] = &[
    (
        "chunks",
        |link| {
            link.say(head("Transfer-Encoding: chunked"))?;
            link.repeat(format!("10000\r\n{}\r\n", " ".repeat(65_536)).as_bytes(), u64::MAX)?;
            Ok(Then::Close)
        },
        "VCD_ERR_TOO_LARGE",
    ),
    (
        "chunks of a few bytes",
        |link| {
            link.say(head("Transfer-Encoding: chunked"))?;
            link.repeat(&b"10\r\n                \r\n".repeat(1000), u64::MAX)?;
            Ok(Then::Close)
        },
        "VCD_ERR_TOO_LARGE",
    ),
    (
        "a body",
        |link| {
            link.say(head("Connection: close"))?;
            link.repeat(&[b' '; 65_536], u64::MAX)?;
            Ok(Then::Close)
        },
        "VCD_ERR_TOO_LARGE",
    ),
    (
        "an announcement of all that there is",
        |link| {
            link.say(head("Content-Length: 9223372036854775807"))?;
            Ok(Then::Hang)
        },
        "VCD_ERR_TOO_LARGE",
    ),
    (
        "an announcement of what is just allowed, compressed",
        |link| {
            link.say(head("Content-Encoding: gzip\r\nContent-Length: 1000000000"))?;
            link.repeat(&bombs(), u64::MAX)?;
            Ok(Then::Hang)
        },
        "VCD_ERR_TOO_LARGE",
    ),
    (
        "a gzip bomb",
        |link| {
            link.say(answer("200 OK", &[("Content-Encoding", "gzip")], bombs()))?;
            Ok(Then::Next)
        },
        "VCD_ERR_TOO_LARGE",
    ),
    (
        "headers",
        |link| {
            link.say("HTTP/1.1 200 OK\r\n")?;
            link.repeat(&b"X-More: of it\r\n".repeat(1000), u64::MAX)?;
            Ok(Then::Close)
        },
        "VCD_ERR_PROTOCOL",
    ),
    (
        "a status line",
        |link| {
            link.say("HTTP/1.1 200 ")?;
            link.repeat(&[b'x'; 65_536], u64::MAX)?;
            Ok(Then::Close)
        },
        "VCD_ERR_PROTOCOL",
    ),
    (
        "a chunk's extension",
        |link| {
            link.say(head("Transfer-Encoding: chunked") + "1;")?;
            link.repeat(&[b'x'; 65_536], u64::MAX)?;
            Ok(Then::Close)
        },
        "VCD_ERR_PROTOCOL",
    ),
    (
        "trailers",
        |link| {
            link.say(head("Transfer-Encoding: chunked") + "0\r\n")?;
            link.repeat(&b"X-More: of it\r\n".repeat(1000), u64::MAX)?;
            Ok(Then::Close)
        },
        "VCD_ERR_PROTOCOL",
    ),
    (
        "interim answers",
        |link| {
            link.repeat(&b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(100), u64::MAX)?;
            Ok(Then::Close)
        },
        "VCD_ERR_TIMEOUT",
    ),
    (
        "garbage",
        |link| {
            link.repeat(&[0xff; 65_536], u64::MAX)?;
            Ok(Then::Close)
        },
        "VCD_ERR_PROTOCOL",
    ),
];

#[test]
fn what_comes_without_end_takes_no_memory_without_end() {
    if !cfg!(target_os = "linux") {
        return xtask::not_applicable("memory under floods", "it reads /proc", 1);
    }
    if !is_own("memory::what_comes_without_end_takes_no_memory_without_end") {
        return;
    }
    for place in ["/cloudapi/fault", "/oauth/", "/api/versions"] {
        for (name, flood, code) in FLOODS {
            let flood = *flood;
            let server = Server::tls(move |link: &mut Link, request: &Request| {
                if request.target.starts_with(place) {
                    return flood(link).map(Some);
                }
                Ok(None)
            });
            let client = server.client();
            client.set(VCD_OPT_MAX_BODY_BYTES, CAP);
            client.set(VCD_OPT_MAX_RETRIES, 0);
            // Only one of them goes on until the call's time is over; a sign-in does not wait for the versions so long.
            let limit = if *code == "VCD_ERR_TIMEOUT" && place != "/api/versions" {
                1_000
            } else {
                60_000
            };
            let before = status("VmHWM");
            let ended = match place {
                "/cloudapi/fault" => {
                    let call = client.call("GET", place);
                    call.set(VCD_CALL_OPT_ANONYMOUS, 1);
                    call.set(VCD_CALL_OPT_TIMEOUT_MS, limit);
                    call.wait()
                }
                _ => {
                    client.set(VCD_OPT_TIMEOUT_MS, limit);
                    client.sign_in()
                }
            };
            match (place, ended) {
                // A list of versions that cannot be read is done without, and a sign-in does not wait for it.
                ("/api/versions", Ok(())) => {}
                ("/api/versions", Err(failure)) => panic!("{name}: {failure:?}"),
                (_, ended) => {
                    let failure = ended.expect_err(name);
                    // A token endpoint's answer is never compressed, whatever it says.
                    assert_eq!(failure.code, *code, "{place}, {name}: {failure:?}");
                }
            }
            let grown = status("VmHWM").saturating_sub(before);
            println!("memory::{place}, {name}: {grown} KiB more");
            assert!(grown < MOST_KIB, "{place}, {name}: {grown} KiB");
            let good = client.call("GET", GOOD);
            good.set(VCD_CALL_OPT_ANONYMOUS, 1);
            good.wait()
                .unwrap_or_else(|failure| panic!("after {name}: {failure:?}"));
            assert_eq!(good.text(), GOOD_BODY);
        }
    }
    println!("memory::most that the process has taken: {} KiB", status("VmHWM"));
}
