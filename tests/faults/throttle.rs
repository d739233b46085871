//! Servers that are busy: how often, and after how long, they are asked again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use vcdrest::ffi::option::{VCD_CALL_OPT_MAX_RETRIES, VCD_CALL_OPT_RETRY_PUT_DELETE, VCD_CALL_OPT_TIMEOUT_MS};

use crate::fault::check_helps;
use crate::server::{GOOD, GOOD_BODY, Server, Then, answer, json};

/// A server that answers with a status, and a Retry-After where there is one, so many times, and then well.
fn busy(status: &'static str, retry_after: Option<String>, times: usize) -> Server {
    let asked = AtomicUsize::new(0);
    Server::tls(move |link, request| {
        if !request.target.starts_with("/cloudapi/fault") {
            return Ok(None);
        }
        if asked.fetch_add(1, Ordering::SeqCst) >= times {
            link.say(json("200 OK", GOOD_BODY))?;
            return Ok(Some(Then::Next));
        }
        let wait = retry_after.as_deref().unwrap_or_default();
        let headers: &[(&str, &str)] = if retry_after.is_some() {
            &[("Retry-After", wait)]
        } else {
            &[]
        };
        link.say(answer(status, headers, ""))?;
        Ok(Some(Then::Next))
    })
}

#[test]
fn waits_that_servers_ask_for_in_any_form_end() {
    let past = httpdate::fmt_http_date(SystemTime::now() - Duration::from_secs(100));
    for wait in ["0", " 0 ", &past, "-1", "soon", "1.5", "", "0, 0", "0x10", "1e1"] {
        for status in ["429 Too Many Requests", "503 Service Unavailable"] {
            let server = busy(status, Some(wait.to_owned()), 2);
            let client = server.signed_in();
            assert_eq!(client.get("/cloudapi/fault").expect(wait), GOOD_BODY, "{wait:?}");
            assert_eq!(server.requests("/cloudapi/fault").len(), 3, "{wait:?}");
        }
    }
}

/// A wait for which there is no time is not begun: the refusal itself comes back, and says how long.
#[test]
fn waits_that_are_too_long_are_not_begun() {
    let day = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(86_400));
    for (wait, least) in [
        ("3600", 3_600_000),
        ("99999999999999999999999", 1 << 40),
        (day.as_str(), 86_000_000),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 1 << 40),
    ] {
        let server = busy("503 Service Unavailable", Some(wait.to_owned()), usize::MAX);
        let client = server.signed_in();
        let failure = client.get("/cloudapi/fault").expect_err(wait);
        assert_eq!(
            (failure.code.as_str(), failure.http_status),
            ("VCD_ERR_HTTP", 503),
            "{failure:?}"
        );
        assert!(
            failure.retry_after_ms.is_some_and(|found| found >= least),
            "{wait}: {failure:?}"
        );
        assert!(failure.message.contains("asks to wait"), "{failure:?}");
        check_helps(&failure);
        assert_eq!(server.requests("/cloudapi/fault").len(), 1, "{wait}");
        assert_eq!(client.get(GOOD).expect(wait), GOOD_BODY);
    }
}

/// A wait that is asked for is kept.
#[test]
fn a_wait_that_is_asked_for_is_kept() {
    let server = busy("429 Too Many Requests", Some("1".to_owned()), 1);
    let client = server.signed_in();
    let begun = std::time::Instant::now();
    assert_eq!(client.get("/cloudapi/fault").expect("it goes well"), GOOD_BODY);
    assert!(begun.elapsed() >= Duration::from_millis(1000));
}

#[test]
fn only_what_has_no_effect_is_asked_again() {
    for (status, method, put_delete, expected) in [
        ("502 Bad Gateway", "GET", 0, 4),
        ("503 Service Unavailable", "GET", 0, 4),
        ("504 Gateway Timeout", "GET", 0, 4),
        ("429 Too Many Requests", "GET", 0, 4),
        ("503 Service Unavailable", "HEAD", 0, 4),
        ("500 Internal Server Error", "GET", 0, 1),
        ("501 Not Implemented", "GET", 0, 1),
        ("408 Request Timeout", "GET", 0, 1),
        ("503 Service Unavailable", "POST", 1, 1),
        ("503 Service Unavailable", "PATCH", 1, 1),
        ("429 Too Many Requests", "POST", 1, 1),
        ("503 Service Unavailable", "PUT", 0, 1),
        ("503 Service Unavailable", "DELETE", 0, 1),
        ("503 Service Unavailable", "PUT", 1, 4),
        ("503 Service Unavailable", "DELETE", 1, 4),
    ] {
        let what = format!("{method}, {status}");
        let server = busy(status, None, usize::MAX);
        let client = server.signed_in();
        let call = client.call(method, "/cloudapi/fault");
        call.set(VCD_CALL_OPT_MAX_RETRIES, 3);
        call.set(VCD_CALL_OPT_RETRY_PUT_DELETE, put_delete);
        let failure = call.wait().expect_err(&what);
        assert_eq!(failure.code, "VCD_ERR_HTTP", "{what}: {failure:?}");
        assert!(failure.message.contains(&status[..3]), "{what}: {failure:?}");
        check_helps(&failure);
        assert_eq!(server.requests("/cloudapi/fault").len(), expected, "{what}");
        assert_eq!(call.attempts(), expected as i64, "{what}");
        assert_eq!(client.get(GOOD).expect(&what), GOOD_BODY);
    }
}

/// Repetition ends with the time of the call, and what the server said is still what is reported.
#[test]
fn repetition_ends_with_the_time_of_the_call() {
    let server = busy("503 Service Unavailable", Some("2".to_owned()), usize::MAX);
    let client = server.signed_in();
    let call = client.call("GET", "/cloudapi/fault");
    call.set(VCD_CALL_OPT_MAX_RETRIES, 20);
    call.set(VCD_CALL_OPT_TIMEOUT_MS, 5_500);
    let failure = call.wait().expect_err("it is busy for ever");
    assert_eq!(
        (failure.code.as_str(), failure.http_status),
        ("VCD_ERR_HTTP", 503),
        "{failure:?}"
    );
    assert!(call.attempts() <= 3, "{}", call.attempts());
}
