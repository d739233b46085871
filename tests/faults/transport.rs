//! Faults of the way and of HTTP itself.

use std::io::Write;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::fault::{FAULT, Fault, Over, RETRIES, stage_all};
use crate::library::HANG;
use crate::server::{GOOD_BODY, Link, Then, answer, json};

const LOST: &str = "VCD_ERR_CONNECTION_LOST";
const PROTOCOL: &str = "VCD_ERR_PROTOCOL";
const TOO_LARGE: &str = "VCD_ERR_TOO_LARGE";
const TIMEOUT: &str = "VCD_ERR_TIMEOUT";
const DECODE: &str = "VCD_ERR_DECODE";

/// A read that does not come in this time is given up. Long enough for a slow machine to send what does come.
const PATIENCE: i64 = 700;

const JSON_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

fn head(rest: &str) -> String {
    format!("{JSON_HEAD}{rest}\r\n\r\n")
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn gzipped(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer(
        "200 OK",
        &[("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
        body,
    )
}

/// A tenth of a megabyte that becomes a hundred.
fn bomb() -> &'static [u8] {
    static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
    BOMB.get_or_init(|| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let piece = vec![b' '; 1024 * 1024];
        for _ in 0..100 {
            encoder.write_all(&piece).expect("memory takes all");
        }
        encoder.finish().expect("memory takes all")
    })
}

/// Sends a byte now and then, for longer than any test waits.
fn trickle(link: &mut Link) -> std::io::Result<Then> {
    for _ in 0..600 {
        link.say(" ")?;
        thread::sleep(Duration::from_millis(100));
    }
    Ok(Then::Close)
}

/// Rows 3 to 5 of the matrix.
const CONNECTION: &[Fault] = &[
    Fault {
        name: "closes instead of an answer",
        does: |_, _| Ok(Then::Close),
        code: LOST,
        words: &["broke before", "ask again"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "closes instead of an answer, on a new connection",
        reused: false,
        does: |_, _| Ok(Then::Close),
        code: LOST,
        words: &["broke before"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "resets instead of an answer",
        does: |_, _| Ok(Then::Reset),
        code: LOST,
        words: &["reset"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "resets instead of an answer, on a new connection",
        reused: false,
        does: |_, _| Ok(Then::Reset),
        code: LOST,
        words: &["reset"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "closes instead of an answer to a POST",
        method: "POST",
        does: |_, _| Ok(Then::Close),
        code: LOST,
        words: &["whether the request took effect is not known"],
        ..FAULT
    },
    Fault {
        name: "resets instead of an answer to a POST",
        method: "POST",
        does: |_, _| Ok(Then::Reset),
        code: LOST,
        words: &["whether the request took effect is not known"],
        ..FAULT
    },
    Fault {
        name: "resets instead of an answer to a DELETE",
        method: "DELETE",
        does: |_, _| Ok(Then::Reset),
        code: LOST,
        words: &["whether the request took effect is not known"],
        ..FAULT
    },
    Fault {
        name: "closes what was used before, and answers on a new connection",
        does: |link, request| {
            if request.number > 0 {
                return Ok(Then::Close);
            }
            link.say(json("200 OK", GOOD_BODY))?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &["well"],
        attempts: 2,
        ..FAULT
    },
    Fault {
        name: "resets what was used before, and answers on a new connection",
        does: |link, request| {
            if request.number > 0 {
                return Ok(Then::Reset);
            }
            link.say(json("200 OK", GOOD_BODY))?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &["well"],
        attempts: 2,
        ..FAULT
    },
    Fault {
        name: "closes in the middle of the status line",
        does: |link, _| {
            link.say("HTTP/1.1 20")?;
            Ok(Then::Close)
        },
        code: LOST,
        words: &["broke before"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "closes in the middle of the headers",
        does: |link, _| {
            link.say(JSON_HEAD)?;
            Ok(Then::Close)
        },
        code: LOST,
        words: &["broke before"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "closes in the middle of the body",
        does: |link, _| {
            link.say(head("Content-Length: 100") + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: LOST,
        words: &["broke before the whole answer"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "resets in the middle of the body",
        does: |link, _| {
            link.say(head("Content-Length: 100") + GOOD_BODY)?;
            Ok(Then::Reset)
        },
        code: LOST,
        words: &["broke before the whole answer"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "closes in the middle of the body of a POST's answer",
        method: "POST",
        does: |link, _| {
            link.say(head("Content-Length: 100") + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: LOST,
        words: &["whether the request took effect is not known"],
        ..FAULT
    },
    Fault {
        name: "closes in the middle of a chunk",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "40\r\n{\"all\":")?;
            Ok(Then::Close)
        },
        code: LOST,
        words: &["broke before the whole answer"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "closes before the last chunk",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "e\r\n" + GOOD_BODY + "\r\n")?;
            Ok(Then::Close)
        },
        code: LOST,
        words: &["broke before the whole answer"],
        attempts: RETRIES + 1,
        ..FAULT
    },
    Fault {
        name: "ends a body without a length by closing",
        does: |link, _| {
            link.say(head("Connection: close") + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "cuts TLS off where a body without a length may end",
        over: Over::Tls,
        does: |link, _| {
            link.say(head("Connection: close") + GOOD_BODY)?;
            Ok(Then::Cut)
        },
        code: LOST,
        words: &["broke before the whole answer"],
        attempts: RETRIES + 1,
        ..FAULT
    },
];

/// Row 6.
const STALLS: &[Fault] = &[
    Fault {
        name: "never answers",
        does: |_, _| Ok(Then::Hang),
        read_timeout_ms: PATIENCE,
        code: TIMEOUT,
        words: &["sent nothing", "read timeout"],
        ..FAULT
    },
    Fault {
        name: "never answers a POST",
        method: "POST",
        does: |_, _| Ok(Then::Hang),
        read_timeout_ms: PATIENCE,
        code: TIMEOUT,
        words: &["sent nothing"],
        ..FAULT
    },
    Fault {
        name: "stops in the headers",
        does: |link, _| {
            link.say(JSON_HEAD)?;
            Ok(Then::Hang)
        },
        read_timeout_ms: PATIENCE,
        code: TIMEOUT,
        words: &["sent nothing"],
        ..FAULT
    },
    Fault {
        name: "stops in the body",
        does: |link, _| {
            link.say(head("Content-Length: 100") + GOOD_BODY)?;
            Ok(Then::Hang)
        },
        read_timeout_ms: PATIENCE,
        code: TIMEOUT,
        words: &["sent nothing"],
        ..FAULT
    },
    Fault {
        name: "stops before the last chunk",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "e\r\n" + GOOD_BODY + "\r\n")?;
            Ok(Then::Hang)
        },
        read_timeout_ms: PATIENCE,
        code: TIMEOUT,
        words: &["sent nothing"],
        ..FAULT
    },
    Fault {
        name: "trickles a header for ever",
        does: |link, _| {
            link.say("HTTP/1.1 200 OK\r\nX-Slow: ")?;
            trickle(link)
        },
        timeout_ms: 2 * PATIENCE,
        code: TIMEOUT,
        words: &["took longer than"],
        ..FAULT
    },
    Fault {
        name: "trickles a body for ever",
        does: |link, _| {
            link.say(head("Content-Length: 100000"))?;
            trickle(link)
        },
        timeout_ms: 2 * PATIENCE,
        code: TIMEOUT,
        words: &["took longer than"],
        ..FAULT
    },
    Fault {
        name: "says 100 Continue for ever",
        does: |link, _| {
            loop {
                link.say("HTTP/1.1 100 Continue\r\n\r\n")?;
                thread::sleep(Duration::from_millis(1));
            }
        },
        timeout_ms: 2 * PATIENCE,
        code: TIMEOUT,
        words: &["took longer than"],
        ..FAULT
    },
    Fault {
        name: "does not read a large body and does not answer",
        method: "POST",
        body_bytes: 32 * 1024 * 1024,
        does: |_, _| {
            // A client that goes cannot be seen without reading; the thread ends with the test.
            thread::sleep(HANG);
            Ok(Then::Close)
        },
        read_timeout_ms: PATIENCE,
        code: TIMEOUT,
        words: &["read timeout"],
        ..FAULT
    },
];

/// Rows 7 and 8.
const BODIES: &[Fault] = &[
    Fault {
        name: "announces more than there is in the world",
        does: |link, _| {
            link.say(head("Content-Length: 9000000000000000000") + GOOD_BODY)?;
            Ok(Then::Hang)
        },
        code: TOO_LARGE,
        words: &["larger than 67108864 bytes", "max_body"],
        ..FAULT
    },
    Fault {
        name: "announces more than is allowed",
        max_body: 1024,
        does: |link, _| {
            link.say(head("Content-Length: 1025"))?;
            Ok(Then::Hang)
        },
        code: TOO_LARGE,
        words: &["larger than 1024 bytes"],
        ..FAULT
    },
    Fault {
        name: "sends just what is allowed",
        max_body: 1024,
        does: |link, _| {
            link.say(json("200 OK", &format!("{GOOD_BODY:1024}")))?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &["well"],
        ..FAULT
    },
    Fault {
        name: "sends chunks for ever",
        max_body: 1024 * 1024,
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked"))?;
            link.repeat(format!("1000\r\n{}\r\n", " ".repeat(4096)).as_bytes(), u64::MAX)?;
            Ok(Then::Close)
        },
        code: TOO_LARGE,
        words: &["larger than"],
        ..FAULT
    },
    Fault {
        name: "sends a body without a length for ever",
        max_body: 1024 * 1024,
        does: |link, _| {
            link.say(head("Connection: close"))?;
            link.repeat(&[b' '; 4096], u64::MAX)?;
            Ok(Then::Close)
        },
        code: TOO_LARGE,
        words: &["larger than"],
        ..FAULT
    },
    Fault {
        name: "refuses with a body for ever",
        max_body: 1024 * 1024,
        does: |link, _| {
            link.say("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")?;
            link.repeat(&[b' '; 4096], u64::MAX)?;
            Ok(Then::Close)
        },
        code: TOO_LARGE,
        words: &["larger than"],
        ..FAULT
    },
    Fault {
        name: "sends a gzip bomb",
        does: |link, _| {
            link.say(gzipped(bomb()))?;
            Ok(Then::Next)
        },
        code: TOO_LARGE,
        words: &["larger than 67108864 bytes"],
        ..FAULT
    },
    Fault {
        name: "compresses in several members",
        does: |link, _| {
            link.say(gzipped([gzip(b"{\"all\":"), gzip(b"\"well\"}")].concat()))?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "compresses and sends a byte at a time",
        does: |link, _| {
            for byte in gzipped(gzip(GOOD_BODY.as_bytes())) {
                link.say([byte])?;
            }
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "cuts what is compressed short",
        does: |link, _| {
            let body = gzip(GOOD_BODY.as_bytes());
            link.say(gzipped(&body[..body.len() - 9]))?;
            Ok(Then::Next)
        },
        code: DECODE,
        words: &["compressed", "cannot be decoded"],
        ..FAULT
    },
    Fault {
        name: "compresses with a wrong checksum",
        does: |link, _| {
            let mut body = gzip(GOOD_BODY.as_bytes());
            let at = body.len() - 6;
            body[at] ^= 0xff;
            link.say(gzipped(body))?;
            Ok(Then::Next)
        },
        code: DECODE,
        words: &["compressed", "cannot be decoded"],
        ..FAULT
    },
    Fault {
        name: "calls compressed what is not",
        does: |link, _| {
            link.say(gzipped(GOOD_BODY))?;
            Ok(Then::Next)
        },
        code: DECODE,
        words: &["compressed", "cannot be decoded"],
        ..FAULT
    },
    Fault {
        name: "compresses with a file name without an end",
        does: |link, _| {
            let mut body = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
            body.resize(1024 * 1024, b'x');
            link.say(gzipped(body))?;
            Ok(Then::Next)
        },
        code: DECODE,
        words: &["compressed", "cannot be decoded"],
        ..FAULT
    },
    Fault {
        name: "compresses in a way that was not asked for",
        does: |link, _| {
            link.say(answer("200 OK", &[("Content-Encoding", "br")], GOOD_BODY))?;
            Ok(Then::Next)
        },
        code: DECODE,
        words: &["'br'", "not asked for"],
        ..FAULT
    },
    Fault {
        name: "compresses twice",
        does: |link, _| {
            let body = gzip(&gzip(GOOD_BODY.as_bytes()));
            link.say(answer("200 OK", &[("Content-Encoding", "gzip, gzip")], body))?;
            Ok(Then::Next)
        },
        code: DECODE,
        words: &["gzip,", "not asked for"],
        ..FAULT
    },
];

/// Row 9.
const LENGTHS: &[Fault] = &[
    Fault {
        name: "sends trailers, with a header among them that matters",
        does: |link, _| {
            let rest = "\r\n0\r\nX-Sum: 1\r\nAuthorization: Basic x\r\nContent-Length: 5\r\n\r\n";
            link.say(head("Transfer-Encoding: chunked") + "e\r\n" + GOOD_BODY + rest)?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "sends chunks with extensions",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "e;name=\"value\"\r\n" + GOOD_BODY + "\r\n0;last\r\n\r\n")?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "sends extensions of a chunk for ever",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "e;")?;
            link.repeat(&[b'x'; 4096], u64::MAX)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["chunk"],
        ..FAULT
    },
    Fault {
        name: "sends trailers for ever",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "e\r\n" + GOOD_BODY + "\r\n0\r\n")?;
            link.repeat(&b"X-More: of it\r\n".repeat(100), u64::MAX)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["chunk"],
        ..FAULT
    },
    Fault {
        name: "sends a chunk whose size is no number",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "xyz\r\n" + GOOD_BODY + "\r\n0\r\n\r\n")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["chunk", "not http"],
        ..FAULT
    },
    Fault {
        name: "sends a chunk whose size no number holds",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "fffffffffffffffff\r\n" + GOOD_BODY + "\r\n0\r\n\r\n")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["chunk", "not http"],
        ..FAULT
    },
    Fault {
        name: "sends a negative chunk",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "-1\r\n" + GOOD_BODY + "\r\n0\r\n\r\n")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["chunk", "not http"],
        ..FAULT
    },
    Fault {
        name: "sends a chunk that is longer than it says",
        does: |link, _| {
            link.say(head("Transfer-Encoding: chunked") + "4\r\n" + GOOD_BODY + "\r\n0\r\n\r\n")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["chunk", "not http"],
        ..FAULT
    },
    // RFC 9112 section 6.3: the encoding counts. What follows on that connection is not trusted.
    Fault {
        name: "gives a length beside chunks",
        does: |link, _| {
            let body = "e\r\n".to_owned() + GOOD_BODY + "\r\n0\r\n\r\n";
            link.say(head("Content-Length: 3\r\nTransfer-Encoding: chunked") + &body)?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "gives two lengths",
        does: |link, _| {
            link.say(head("Content-Length: 14\r\nContent-Length: 15") + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "content-length"],
        ..FAULT
    },
    Fault {
        name: "gives the same length twice",
        does: |link, _| {
            link.say(head("Content-Length: 14\r\nContent-Length: 14") + GOOD_BODY)?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "gives a negative length",
        does: |link, _| {
            link.say(head("Content-Length: -1") + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "content-length"],
        ..FAULT
    },
    Fault {
        name: "gives a length that no number holds",
        does: |link, _| {
            link.say(head("Content-Length: 99999999999999999999999") + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "content-length"],
        ..FAULT
    },
    Fault {
        name: "gives a length that is no number",
        does: |link, _| {
            link.say(head("Content-Length: 0x0e") + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "content-length"],
        ..FAULT
    },
];

/// Row 10.
const HEADS: &[Fault] = &[
    Fault {
        name: "sends a header of a megabyte",
        does: |link, _| {
            link.say(head(&format!("X-Long: {}\r\nContent-Length: 14", "x".repeat(1024 * 1024))) + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "too large"],
        ..FAULT
    },
    Fault {
        name: "sends a header of a hundred kilobytes",
        does: |link, _| {
            link.say(head(&format!("X-Long: {}\r\nContent-Length: 14", "x".repeat(100_000))) + GOOD_BODY)?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "sends headers for ever",
        does: |link, _| {
            link.say(JSON_HEAD)?;
            link.repeat(&b"X-More: of it\r\n".repeat(100), u64::MAX)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "too large"],
        ..FAULT
    },
    Fault {
        name: "sends five thousand headers",
        does: |link, _| {
            link.say(head(&format!("{}Content-Length: 14", "X-Many: 1\r\n".repeat(5_000))) + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "too large"],
        ..FAULT
    },
    Fault {
        name: "sends a line without an end",
        does: |link, _| {
            link.say("HTTP/1.1 200 ")?;
            link.repeat(&[b'x'; 4096], u64::MAX)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "too large"],
        ..FAULT
    },
    Fault {
        name: "sends a header with a NUL",
        does: |link, _| {
            link.say(head("X-Odd: a\0b\r\nContent-Length: 14") + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "header"],
        ..FAULT
    },
    Fault {
        name: "sends a header without a name",
        does: |link, _| {
            link.say(head(": value\r\nContent-Length: 14") + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "header"],
        ..FAULT
    },
    Fault {
        name: "sends a header that is no text",
        does: |link, _| {
            let mut bytes = head("X-Odd: \u{1}\r\nContent-Length: 14")
                .replace('\u{1}', "caf\u{1}")
                .into_bytes();
            for byte in &mut bytes {
                if *byte == 1 {
                    *byte = 0xe9;
                }
            }
            link.say([bytes.as_slice(), GOOD_BODY.as_bytes()].concat())?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "sends the status 1000",
        does: |link, _| {
            link.say("HTTP/1.1 1000 Odd\r\nContent-Length: 0\r\n\r\n")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http"],
        ..FAULT
    },
    Fault {
        name: "sends the status 0",
        does: |link, _| {
            link.say("HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http"],
        ..FAULT
    },
    Fault {
        name: "sends the status 999",
        does: |link, _| {
            link.say("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n")?;
            Ok(Then::Next)
        },
        code: "VCD_ERR_HTTP",
        words: &["http 999", "no such status"],
        ..FAULT
    },
    Fault {
        name: "speaks HTTP/0.9",
        does: |link, _| {
            link.say(GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "another service"],
        ..FAULT
    },
    Fault {
        name: "speaks HTTP/2",
        does: |link, _| {
            link.say(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\x40\0\0\0\0\x02\0\0\0\0")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "another service"],
        ..FAULT
    },
    Fault {
        name: "calls itself HTTP/3",
        does: |link, _| {
            link.say("HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http"],
        ..FAULT
    },
    Fault {
        name: "speaks HTTP/1.0",
        does: |link, _| {
            link.say("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n".to_owned() + GOOD_BODY)?;
            Ok(Then::Close)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "answers with TLS on a port that is not",
        over: Over::Tcp,
        does: |link, _| {
            link.say(b"\x15\x03\x01\0\x02\x02\x46")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "another service"],
        ..FAULT
    },
    Fault {
        name: "answers as SSH does",
        does: |link, _| {
            link.say("SSH-2.0-OpenSSH_9.2\r\n")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["not http", "another service"],
        ..FAULT
    },
    Fault {
        name: "sends 200 early hints",
        does: |link, _| {
            let hint = "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n";
            link.say(hint.repeat(200).into_bytes())?;
            link.say(json("200 OK", GOOD_BODY))?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "switches to a protocol that nobody asked for",
        does: |link, _| {
            link.say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nx")?;
            Ok(Then::Close)
        },
        code: PROTOCOL,
        words: &["http 101", "nobody asked for"],
        ..FAULT
    },
];

/// Rows 11 to 13. What comes beside an answer is never taken for the next one: each of them is followed by a call.
const STRAYS: &[Fault] = &[
    Fault {
        name: "sends two answers to one request",
        does: |link, _| {
            let stray = json("200 OK", r#"{"all":"lies"}"#);
            link.say([json("200 OK", GOOD_BODY), stray].concat())?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "sends a second answer a little later",
        does: |link, _| {
            link.say(json("200 OK", GOOD_BODY))?;
            link.say(json("200 OK", r#"{"all":"lies"}"#))?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "sends more than it has announced",
        does: |link, _| {
            link.say(head("Content-Length: 14") + GOOD_BODY + "more")?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[GOOD_BODY],
        ..FAULT
    },
    Fault {
        name: "sends a body with 204",
        does: |link, _| {
            link.say(json("204 No Content", r#"{"all":"lies"}"#))?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[],
        ..FAULT
    },
    Fault {
        name: "sends a body with 304",
        does: |link, _| {
            link.say(json("304 Not Modified", r#"{"all":"lies"}"#))?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[],
        ..FAULT
    },
    Fault {
        name: "sends a body to HEAD",
        method: "HEAD",
        does: |link, _| {
            link.say(json("200 OK", r#"{"all":"lies"}"#))?;
            Ok(Then::Next)
        },
        code: "VCD_OK",
        words: &[],
        ..FAULT
    },
    Fault {
        name: "refuses an upload before it has come",
        method: "POST",
        body_bytes: 8 * 1024 * 1024,
        does: |link, _| {
            link.say(json(
                "413 Content Too Large",
                r#"{"minorErrorCode":"TOO_MUCH","message":"less, please"}"#,
            ))?;
            Ok(Then::Close)
        },
        code: "VCD_ERR_HTTP",
        words: &["http 413", "less, please", "too_much"],
        ..FAULT
    },
];

#[test]
fn connections_that_break() {
    stage_all(CONNECTION);
}

#[test]
fn servers_that_stall() {
    stage_all(STALLS);
}

#[test]
fn bodies_without_measure() {
    stage_all(BODIES);
}

#[test]
fn lengths_and_chunks() {
    stage_all(LENGTHS);
}

#[test]
fn heads_that_are_none() {
    stage_all(HEADS);
}

#[test]
fn strays_and_early_answers() {
    stage_all(STRAYS);
}
