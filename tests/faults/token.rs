//! Token endpoints that answer with something else, and servers that no token pleases.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use vcdrest::ffi::option::{VCD_CALL_OPT_MAX_RETRIES, VCD_OPT_MAX_RETRIES, VCD_OPT_READ_TIMEOUT_MS};

use crate::fault::check_helps;
use crate::library::{API_TOKEN, Failure};
use crate::server::{ACCESS_TOKEN, GOOD, GOOD_BODY, Link, Request, Server, Then, answer, json};

/// An answer of a token endpoint.
struct Answer {
    name: &'static str,
    bytes: fn() -> Vec<u8>,
    code: &'static str,
    /// In small letters.
    words: &'static [&'static str],
}

const JSON: &str = "VCD_ERR_JSON";

fn ok(body: impl AsRef<str>) -> Vec<u8> {
    json("200 OK", body.as_ref())
}

fn token(rest: &str) -> Vec<u8> {
    ok(format!(r#"{{"access_token":"{ACCESS_TOKEN}"{rest}}}"#))
}

/// Answers with which the sign-in goes well.
const GOOD_ONES: &[Answer] = &[
    Answer {
        name: "no end",
        bytes: || token(""),
        code: "VCD_OK",
        words: &[],
    },
    Answer {
        name: "an end that is text",
        bytes: || token(r#","expires_in":"3600""#),
        code: "VCD_OK",
        words: &[],
    },
    Answer {
        name: "an end beyond all time",
        bytes: || token(r#","expires_in":1e300"#),
        code: "VCD_OK",
        words: &[],
    },
    Answer {
        name: "an end that no number holds",
        bytes: || token(r#","expires_in":99999999999999999999999999"#),
        code: "VCD_OK",
        words: &[],
    },
    Answer {
        name: "a negative end",
        bytes: || token(r#","expires_in":-5"#),
        code: "VCD_OK",
        words: &[],
    },
    Answer {
        name: "an end that is a list",
        bytes: || token(r#","expires_in":[1]"#),
        code: "VCD_OK",
        words: &[],
    },
    Answer {
        name: "a type in capitals",
        bytes: || token(r#","token_type":"BEARER""#),
        code: "VCD_OK",
        words: &[],
    },
    Answer {
        name: "a byte order mark",
        bytes: || ok(format!("\u{feff}{{\"access_token\":\"{ACCESS_TOKEN}\"}}")),
        code: "VCD_OK",
        words: &[],
    },
    Answer {
        name: "a wrong Content-Type",
        bytes: || {
            let body = format!(r#"{{"access_token":"{ACCESS_TOKEN}"}}"#);
            answer("200 OK", &[("Content-Type", "text/plain")], body)
        },
        code: "VCD_OK",
        words: &[],
    },
];

/// Answers with which it fails.
const BAD_ONES: &[Answer] = &[
    Answer {
        name: "no token",
        bytes: || ok(r#"{"token_type":"Bearer"}"#),
        code: JSON,
        words: &["no access_token", "is this address a cloud director"],
    },
    Answer {
        name: "an empty token",
        bytes: || ok(r#"{"access_token":"  "}"#),
        code: JSON,
        words: &["no access_token"],
    },
    Answer {
        name: "a token that is a number",
        bytes: || ok(r#"{"access_token":12345}"#),
        code: JSON,
        words: &["no access_token"],
    },
    Answer {
        name: "a list",
        bytes: || ok("[]"),
        code: JSON,
        words: &["no access_token"],
    },
    Answer {
        name: "null",
        bytes: || ok("null"),
        code: JSON,
        words: &["no access_token"],
    },
    Answer {
        name: "another kind of token",
        bytes: || token(r#","token_type":"mac""#),
        code: JSON,
        words: &["token_type", "bearer"],
    },
    Answer {
        name: "a token with a line break",
        bytes: || ok(r#"{"access_token":"acc3ss\r\nX-Injected: 1"}"#),
        code: JSON,
        words: &["characters that no header can carry"],
    },
    Answer {
        name: "a token with a space",
        bytes: || ok(r#"{"access_token":"acc3ss token"}"#),
        code: JSON,
        words: &["characters that no header can carry"],
    },
    Answer {
        name: "a token of ten megabytes",
        bytes: || ok(format!(r#"{{"access_token":"{}"}}"#, "a".repeat(10 * 1024 * 1024))),
        code: JSON,
        words: &["too long"],
    },
    Answer {
        name: "brackets without end",
        bytes: || ok("[".repeat(200_000)),
        code: JSON,
        words: &["not valid json"],
    },
    Answer {
        name: "bytes that are no text",
        bytes: || {
            answer(
                "200 OK",
                &[("Content-Type", "application/json")],
                b"{\"access_token\":\"\xc3\x28\xff\"}",
            )
        },
        code: JSON,
        words: &["not valid json"],
    },
    Answer {
        name: "half of the JSON",
        bytes: || ok(format!(r#"{{"access_token":"{ACCESS_TOKEN}","#)),
        code: "VCD_ERR_TRUNCATED",
        words: &["cut short"],
    },
    Answer {
        name: "nothing",
        bytes: || ok(""),
        code: "VCD_ERR_EMPTY",
        words: &["empty", "proxy or firewall"],
    },
    Answer {
        name: "204",
        bytes: || b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
        code: "VCD_ERR_EMPTY",
        words: &["empty"],
    },
    Answer {
        name: "a web page",
        bytes: || answer("200 OK", &[("Content-Type", "text/html")], "<html>Welcome</html>"),
        code: "VCD_ERR_CONTENT",
        words: &["web page"],
    },
    Answer {
        name: "a refusal that repeats the secret",
        bytes: || {
            json(
                "400 Bad Request",
                &format!(r#"{{"error":"invalid_grant","error_description":"no {API_TOKEN}"}}"#),
            )
        },
        code: "VCD_ERR_AUTH",
        words: &["invalid_grant", "refused the api token", "revoked"],
    },
    Answer {
        name: "a refusal with status 200",
        bytes: || ok(r#"{"error":"invalid_grant"}"#),
        code: "VCD_ERR_AUTH",
        words: &["invalid_grant"],
    },
    Answer {
        name: "500",
        bytes: || json("500 Internal Server Error", r#"{"message":"boom"}"#),
        code: "VCD_ERR_HTTP",
        words: &["http 500", "boom"],
    },
    Answer {
        name: "404",
        bytes: || json("404 Not Found", "{}"),
        code: "VCD_ERR_HTTP",
        words: &["no token endpoint at this address"],
    },
    Answer {
        name: "garbage",
        bytes: || b"\x16\x03\x01 what?".to_vec(),
        code: "VCD_ERR_PROTOCOL",
        words: &["not http"],
    },
];

/// A server whose token endpoint answers like this once, and as it should from then on.
fn once(bytes: fn() -> Vec<u8>) -> Server {
    let asked = AtomicUsize::new(0);
    Server::tls(move |link, request| {
        if !request.target.starts_with("/oauth/") || asked.fetch_add(1, Ordering::SeqCst) > 0 {
            return Ok(None);
        }
        link.say(bytes())?;
        Ok(Some(Then::Close))
    })
}

#[test]
fn odd_answers_of_token_endpoints_that_will_do() {
    for case in GOOD_ONES {
        let server = once(case.bytes);
        let client = server.client();
        client
            .sign_in()
            .unwrap_or_else(|failure| panic!("{}: {failure:?}", case.name));
        assert_eq!(client.get(GOOD).expect(case.name), GOOD_BODY);
        let carried = &server.requests(GOOD)[0];
        assert_eq!(
            carried.header("authorization"),
            Some(&*format!("Bearer {ACCESS_TOKEN}"))
        );
    }
}

#[test]
fn answers_of_token_endpoints_that_will_not_do() {
    for case in BAD_ONES {
        let server = once(case.bytes);
        let client = server.client();
        let failure = client.sign_in().expect_err(case.name);
        assert_eq!(failure.code, case.code, "{}: {failure:?}", case.name);
        let message = failure.message.to_lowercase();
        for word in case.words {
            assert!(message.contains(word), "{}: \"{word}\" is not in: {message}", case.name);
        }
        check_helps(&failure);
        let unsigned = client.get(GOOD).expect_err("nobody has signed in");
        assert_eq!(unsigned.code, "VCD_ERR_NOT_SIGNED_IN", "{}", case.name);
        client
            .sign_in()
            .unwrap_or_else(|failure| panic!("after {}: {failure:?}", case.name));
        assert_eq!(client.get(GOOD).expect(case.name), GOOD_BODY);
    }
}

/// A server that answers everything but the sign-in and the good place like this.
fn always(status: &'static str) -> Server {
    Server::tls(move |link: &mut Link, request: &Request| -> io::Result<Option<Then>> {
        if !request.target.starts_with("/cloudapi/") || request.target == GOOD {
            return Ok(None);
        }
        // Some servers repeat what they were sent.
        let body = format!(
            r#"{{"minorErrorCode":"NO","message":"you sent {}"}}"#,
            request.header("authorization").unwrap_or_default()
        );
        link.say(json(status, &body))?;
        Ok(Some(Then::Next))
    })
}

fn refused(server: &Server, method: &str) -> Failure {
    let client = server.signed_in();
    let failure = client
        .call(method, "/cloudapi/fault")
        .wait()
        .expect_err("it is refused");
    check_helps(&failure);
    assert_eq!(client.get(GOOD).expect("the next call goes well"), GOOD_BODY);
    failure
}

#[test]
fn an_unauthorized_call_renews_once() {
    for method in ["GET", "POST", "DELETE"] {
        let server = always("401 Unauthorized");
        let failure = refused(&server, method);
        assert_eq!((failure.code.as_str(), failure.http_status), ("VCD_ERR_HTTP", 401));
        assert!(failure.message.contains("even after its renewal"), "{failure:?}");
        assert_eq!(server.requests("/oauth/").len(), 2, "the sign-in and one renewal");
        assert_eq!(server.requests("/cloudapi/fault").len(), 2);
    }
}

#[test]
fn a_forbidden_call_does_not_renew() {
    for status in ["403 Forbidden", "400 Bad Request", "404 Not Found"] {
        let server = always(status);
        let failure = refused(&server, "GET");
        assert_eq!(failure.code, "VCD_ERR_HTTP", "{failure:?}");
        assert_eq!(server.requests("/oauth/").len(), 1, "{status}");
        assert_eq!(server.requests("/cloudapi/fault").len(), 1, "{status}");
    }
}

/// While the old token is good, a renewal that fails harms nobody.
fn renewal_fails_ahead_of_time(how: Then) {
    let exchanges = AtomicUsize::new(0);
    let server = Server::tls(move |link, request| {
        if !request.target.starts_with("/oauth/") {
            return Ok(None);
        }
        if exchanges.fetch_add(1, Ordering::SeqCst) == 0 {
            // To be renewed in its last tenth.
            link.say(token(r#","expires_in":30"#))?;
            return Ok(Some(Then::Next));
        }
        if how == Then::Next {
            link.say(json("500 Internal Server Error", "{}"))?;
        }
        Ok(Some(how))
    });
    let client = server.client();
    client.set(VCD_OPT_MAX_RETRIES, 0);
    client.set(VCD_OPT_READ_TIMEOUT_MS, 700);
    client.sign_in().expect("the sign-in goes well");
    // Only a call finds out that the moment has come.
    while server.requests("/oauth/").len() < 2 {
        assert_eq!(client.get(GOOD).expect("the token is good"), GOOD_BODY);
        thread::sleep(Duration::from_millis(100));
    }
    let notices = client.notices();
    assert!(
        notices
            .iter()
            .any(|notice| notice.contains("could not be renewed ahead")),
        "{notices:?}"
    );
}

#[test]
fn a_renewal_that_fails_ahead_of_time_harms_nobody() {
    thread::scope(|scope| {
        for how in [Then::Next, Then::Reset, Then::Hang] {
            scope.spawn(move || renewal_fails_ahead_of_time(how));
        }
    });
}

/// Two clients of the same server share nothing: each call carries the token of its own.
#[test]
fn clients_share_no_connections_and_no_tokens() {
    let server = Server::tls(|link, request| {
        if !request.target.starts_with("/oauth/") {
            return Ok(None);
        }
        let org = request.target.split('/').nth(3).unwrap_or_default();
        link.say(ok(format!(r#"{{"access_token":"of-{org}"}}"#)))?;
        Ok(Some(Then::Next))
    });
    let clients: Vec<_> = ["one", "two"]
        .iter()
        .map(|org| {
            let client = server.client();
            client.sign_in_with(org, API_TOKEN).expect("the sign-in goes well");
            client
        })
        .collect();
    for round in 0..10 {
        let call = clients[round % 2].call("GET", &format!("{GOOD}?{round}"));
        call.set(VCD_CALL_OPT_MAX_RETRIES, 0);
        call.wait().expect("it goes well");
    }
    let requests = server.requests(GOOD);
    assert_eq!(requests.len(), 10);
    let mut connections = [Vec::new(), Vec::new()];
    for (round, request) in requests.iter().enumerate() {
        let expected = ["Bearer of-one", "Bearer of-two"][round % 2];
        assert_eq!(request.header("authorization"), Some(expected));
        connections[round % 2].push(request.connection);
    }
    assert!(
        !connections[0]
            .iter()
            .any(|connection| connections[1].contains(connection)),
        "{connections:?}"
    );
}
