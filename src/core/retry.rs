//! When a request is sent again, and how long to wait before.

use super::code::Code;
use super::error::{Error, Result};
use super::log;
use super::response::Response;
use super::runtime;
use super::settings::{in_range, milliseconds};
use http::Method;
use std::time::{Duration, Instant, SystemTime};

/// What a caller may set about repetition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    pub(crate) max_retries: u32,
    pub(crate) interval: Duration,
    /// Repeat PUT and DELETE as well.
    pub(crate) put_delete: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            max_retries: 3,
            interval: Duration::from_millis(500),
            put_delete: false,
        }
    }
}

impl RetryPolicy {
    pub(crate) fn set_max_retries(&mut self, value: i64) -> Result<()> {
        self.max_retries = in_range("the number of repetitions", "times", value, 0, 20)? as u32;
        Ok(())
    }

    pub(crate) fn set_interval_ms(&mut self, value: i64) -> Result<()> {
        self.interval = milliseconds("the retry interval", value, 600_000)?;
        Ok(())
    }

    /// Whether a request of this method may be sent twice. POST and PATCH never: the first may have had its effect.
    pub(crate) fn allows(&self, method: &Method) -> bool {
        match *method {
            Method::GET | Method::HEAD | Method::OPTIONS => true,
            Method::PUT | Method::DELETE => self.put_delete,
            _ => false,
        }
    }
}

/// Longest pause between two attempts where the server names none.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Longest pause between two tries of what is busy.
const LONGEST_BUSY_PAUSE: Duration = Duration::from_secs(5);

/// How long to wait before attempt number `done` + 1, after an answer; `None` where the answer is final.
pub(crate) fn pause_after_answer(policy: &RetryPolicy, done: u32, response: &Response) -> Option<Duration> {
    if done > policy.max_retries || !matches!(response.status(), 429 | 502 | 503 | 504) {
        return None;
    }
    Some(retry_after(response).unwrap_or_else(|| backoff(policy, done)))
}

/// The same after a failure without an answer: only a connection that broke is worth a second try, and the first
/// one at once, since the server most likely closed an idle connection just then.
pub(crate) fn pause_after_failure(policy: &RetryPolicy, done: u32, error: &Error) -> Option<Duration> {
    if done > policy.max_retries || error.code() != Code::ConnectionLost {
        return None;
    }
    Some(if done <= 1 {
        Duration::ZERO
    } else {
        backoff(policy, done - 1)
    })
}

/// How long to wait while something else works on the same entity, for the so-manieth time.
pub(crate) fn busy_pause(policy: &RetryPolicy, times: u32) -> Duration {
    backoff(policy, times).min(LONGEST_BUSY_PAUSE)
}

/// Whether there is still time after a pause. A server may name one that no clock can count.
pub(crate) fn fits(pause: Duration, deadline: Instant) -> bool {
    pause < deadline.saturating_duration_since(Instant::now())
}

/// Asks until there is a final answer; for requests that may be repeated.
pub(crate) async fn repeat<F: Future<Output = Result<Response>>>(
    policy: &RetryPolicy,
    deadline: Instant,
    mut ask: impl FnMut() -> F,
) -> Result<Response> {
    let mut done = 0;
    loop {
        done += 1;
        let sent = ask().await;
        let pause = match &sent {
            Ok(response) => pause_after_answer(policy, done, response),
            Err(error) => pause_after_failure(policy, done, error),
        };
        match pause.filter(|pause| fits(*pause, deadline)) {
            Some(pause) => {
                log::debug(format_args!("attempt {done} failed, again in {} ms", pause.as_millis()));
                runtime::sleep(pause).await;
            }
            None => return sent,
        }
    }
}

/// How long a server asks to wait, for people.
pub(crate) fn in_words(wait: Duration) -> String {
    const DAY: u64 = 86_400;
    match wait.as_secs() {
        seconds @ 0..=DAY => format!("{seconds} s"),
        _ => "more than a day, which is hardly meant".to_owned(),
    }
}

/// The Retry-After header (RFC 9110 section 10.2.3): seconds or a date.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.header("retry-after")?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too large for 64 bits is as good as for ever.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX / 1_000)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or(Duration::ZERO))
}

/// Doubles each time, with half of it left to chance so that many clients do not come back at once.
fn backoff(policy: &RetryPolicy, done: u32) -> Duration {
    let full = policy
        .interval
        .saturating_mul(1 << done.saturating_sub(1).min(16))
        .min(LONGEST_PAUSE.max(policy.interval));
    full / 2 + (full / 2).mul_f64(chance())
}

/// A number from 0 to 1; the middle where the system has no randomness to give.
fn chance() -> f64 {
    use ring::rand::{SecureRandom, SystemRandom};
    let mut bytes = [0; 4];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_or(0.5, |()| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, StatusCode};

    fn answer(status: u16, header: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert("retry-after", HeaderValue::from_str(value).unwrap());
        }
        Response::new(StatusCode::from_u16(status).unwrap(), headers, Vec::new())
    }

    #[test]
    fn methods_with_an_effect_are_not_repeated() {
        let mut policy = RetryPolicy::default();
        assert!(policy.allows(&Method::GET) && policy.allows(&Method::HEAD) && policy.allows(&Method::OPTIONS));
        assert!(!policy.allows(&Method::PUT) && !policy.allows(&Method::DELETE));
        policy.put_delete = true;
        assert!(policy.allows(&Method::PUT) && policy.allows(&Method::DELETE));
        assert!(!policy.allows(&Method::POST) && !policy.allows(&Method::PATCH));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after(&answer(503, Some("7"))), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&answer(503, Some("0"))), Some(Duration::ZERO));
        assert_eq!(
            retry_after(&answer(503, Some("Sun, 06 Nov 1994 08:49:37 GMT"))),
            Some(Duration::ZERO)
        );
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
        let wait = retry_after(&answer(503, Some(&soon))).unwrap();
        assert!(wait > Duration::from_secs(90) && wait <= Duration::from_secs(100));
        assert!(retry_after(&answer(503, Some("99999999999999999999999"))).unwrap() > Duration::from_secs(1 << 40));
        let endless = retry_after(&answer(503, Some("99999999999999999999999"))).unwrap();
        assert!(!fits(endless, Instant::now() + Duration::from_secs(60)));
        for nothing in ["-1", "soon", "", "1.5"] {
            assert_eq!(retry_after(&answer(503, Some(nothing))), None, "{nothing}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let policy = RetryPolicy {
            max_retries: 3,
            ..RetryPolicy::default()
        };
        let mut least = Duration::from_millis(250);
        for done in 1..=3 {
            let pause = pause_after_answer(&policy, done, &answer(503, None)).unwrap();
            assert!(pause >= least && pause <= least * 2, "{pause:?}");
            least *= 2;
        }
        assert_eq!(pause_after_answer(&policy, 4, &answer(503, None)), None);
        assert_eq!(pause_after_answer(&policy, 1, &answer(500, None)), None);
        let broken = Error::new(Code::ConnectionLost, "");
        assert_eq!(pause_after_failure(&policy, 1, &broken), Some(Duration::ZERO));
        assert!(pause_after_failure(&policy, 2, &broken).unwrap() > Duration::ZERO);
        assert_eq!(pause_after_failure(&policy, 1, &Error::new(Code::Timeout, "")), None);
    }
}
