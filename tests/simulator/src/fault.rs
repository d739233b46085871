//! What goes wrong on demand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error_body;
use crate::request::Request;
use crate::response::Response;

/// Something that goes wrong for the next matching requests.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Only for targets that start with this.
    pub path_prefix: Option<String>,
    /// Only for this method.
    pub method: Option<String>,
    /// After how many bytes a body breaks off, where it does; otherwise in the middle.
    pub bytes: Option<u64>,
    /// For how many requests.
    pub times: u32,
}

impl Fault {
    /// For the next request, whatever it is.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            path_prefix: None,
            method: None,
            bytes: None,
            times: 1,
        }
    }

    /// Only for targets that start with this.
    #[must_use]
    pub fn on_path(mut self, prefix: &str) -> Self {
        self.path_prefix = Some(prefix.to_owned());
        self
    }

    /// Only for this method.
    #[must_use]
    pub fn on_method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// After so many bytes: of the answer, or of an upload.
    #[must_use]
    pub fn after_bytes(mut self, bytes: u64) -> Self {
        self.bytes = Some(bytes);
        self
    }

    /// For so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn matches(&self, request: &Request) -> bool {
        self.path_prefix
            .as_ref()
            .is_none_or(|prefix| request.target.starts_with(prefix.as_str()))
            && self
                .method
                .as_ref()
                .is_none_or(|method| request.method.eq_ignore_ascii_case(method))
    }
}

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// This answer instead of the real one.
    Status {
        /// The HTTP status.
        code: u16,
        /// The body; may be empty.
        body: String,
        /// Its type; empty for none.
        content_type: String,
        /// Further headers.
        headers: Vec<(String, String)>,
    },
    /// The connection is closed in order (FIN) instead of an answer.
    CloseBeforeResponse,
    /// The connection is reset (RST) instead of an answer.
    Reset,
    /// The connection breaks off in the middle of the body.
    CloseMidBody,
    /// The answer stops in the middle of the body and never goes on.
    HangMidBody,
    /// The answer is whole and announces nothing, but the connection is closed after it.
    CloseAfterResponse,
    /// The JSON is cut short, and `Content-Length` is right about what is left.
    TruncatedJson,
    /// A firewall's "Request Rejected" page with status 200.
    HtmlOk,
    /// Status 200, `application/json` and no body.
    EmptyOk,
    /// No answer until the client goes away.
    Hang,
    /// A status with `Retry-After`.
    RetryAfter {
        /// The HTTP status, such as 429 or 503.
        status: u16,
        /// The seconds to wait.
        seconds: u64,
    },
    /// The real body, called `text/plain`.
    WrongContentType,
    /// A 302 to another place.
    Redirect {
        /// The `Location`.
        location: String,
    },
    /// 400 `BUSY_ENTITY`, which passes.
    Busy,
    /// The request has its effect, but there is no answer: the connection is closed.
    LostResponse,
    /// 400 `invalid_grant` as Cloud Director 10 answers it.
    OAuthErrorCloudapiShape,
    /// 400 `invalid_grant` as RFC 6749 has it.
    OAuthErrorRfcShape,
    /// The real JSON with bytes in it that are not UTF-8.
    InvalidUtf8,
    /// Bytes that are not HTTP, then the end.
    NotHttp,
    /// The real answer, later.
    Delay(Duration),
}

impl FaultKind {
    /// The names at the control endpoint.
    pub(crate) const NAMES: [&'static str; 20] = [
        "status",
        "close-before-response",
        "reset",
        "close-mid-body",
        "hang-mid-body",
        "close-after-response",
        "truncated-json",
        "html-ok",
        "empty-ok",
        "hang",
        "retry-after",
        "wrong-content-type",
        "redirect",
        "busy",
        "lost-response",
        "oauth-error-cloudapi-shape",
        "oauth-error-rfc-shape",
        "invalid-utf8",
        "not-http",
        "delay",
    ];

    /// How it is brought about for a request.
    pub(crate) fn effect(&self, request: &Request) -> Effect {
        match self {
            Self::Status {
                code,
                body,
                content_type,
                headers,
            } => {
                let mut response = Response::empty(*code);
                if !content_type.is_empty() {
                    response.set("Content-Type", content_type.clone());
                }
                response.body = body.clone().into_bytes();
                let further = headers.iter().map(|(name, value)| (name.clone().into(), value.clone()));
                response.headers.extend(further);
                Effect::Instead(response)
            }
            Self::CloseBeforeResponse => Effect::Close,
            Self::Reset => Effect::Reset,
            Self::CloseMidBody => Effect::HalfThenClose,
            Self::HangMidBody => Effect::HalfThenHang,
            Self::CloseAfterResponse => Effect::WholeThenClose,
            Self::TruncatedJson => Effect::Damage(|response| response.body.truncate(response.body.len() / 2)),
            Self::HtmlOk => Effect::Instead(Response::html(
                200,
                "Request Rejected",
                "The requested URL was rejected. Please consult with your administrator.<br><br>\
                 Your support ID is: 4410263592013170211",
            )),
            Self::EmptyOk => Effect::Instead(Response::with_body(200, "application/json", "")),
            Self::Hang => Effect::Hang,
            Self::RetryAfter { status, seconds } => {
                let page = Response::html(*status, "Come back later", "The service is busy.");
                Effect::Instead(page.header("Retry-After", seconds.to_string()))
            }
            Self::WrongContentType => Effect::Damage(|response| response.set("Content-Type", "text/plain".to_owned())),
            Self::Redirect { location } => Effect::Instead(Response::empty(302).header("Location", location.clone())),
            Self::Busy => {
                let message = "The entity is busy completing an operation.";
                Effect::Instead(if request.path().contains("/cloudapi/") {
                    error_body::cloudapi(400, "BUSY_ENTITY", message)
                } else {
                    let json = request.header_values("Accept").any(|value| value.contains("json"));
                    error_body::legacy(400, "BUSY_ENTITY", message, json)
                })
            }
            Self::LostResponse => Effect::Lose,
            Self::OAuthErrorCloudapiShape => {
                Effect::Instead(error_body::cloudapi(400, "invalid_grant", "Invalid refresh token"))
            }
            Self::OAuthErrorRfcShape => {
                Effect::Instead(error_body::rfc_6749(400, "invalid_grant", "Invalid refresh token"))
            }
            Self::InvalidUtf8 => Effect::Damage(spoil_text),
            Self::NotHttp => Effect::NotHttp,
            Self::Delay(delay) => Effect::Later(*delay),
        }
    }
}

/// Puts bytes that are not UTF-8 into the first text of a JSON body, or at the end.
fn spoil_text(response: &mut Response) {
    let text = response
        .body
        .windows(3)
        .position(|bytes| bytes[1..] == *b":\"" || bytes == b": \"");
    let place = text.map_or(response.body.len(), |start| start + 3);
    response.body.splice(place..place, [0xc3, 0x28, 0xff]);
}

/// How a fault is brought about.
pub(crate) enum Effect {
    /// This answer goes out; nothing else happens.
    Instead(Response),
    /// The real answer goes out, changed.
    Damage(fn(&mut Response)),
    /// The real answer goes out after a while.
    Later(Duration),
    /// The real answer goes out, then the connection is closed.
    WholeThenClose,
    /// Half of the real answer goes out, then the connection breaks off.
    HalfThenClose,
    /// Half of the real answer goes out, then nothing more.
    HalfThenHang,
    /// The real answer is made, and does not go out.
    Lose,
    /// Nothing goes out until the client leaves.
    Hang,
    /// The connection is closed.
    Close,
    /// The connection is reset.
    Reset,
    /// Bytes that are not HTTP go out, then the connection is closed.
    NotHttp,
}

/// The faults that wait for their request.
#[derive(Default)]
pub(crate) struct Faults {
    /// Spares the lock while there are none.
    any: AtomicBool,
    queue: Mutex<Vec<Fault>>,
}

impl Faults {
    /// Queues a fault behind the others.
    pub(crate) fn add(&self, fault: Fault) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.times > 0 {
            queue.push(fault);
            self.any.store(true, Ordering::Release);
        }
    }

    /// Takes the first fault that is meant for this request.
    pub(crate) fn take(&self, request: &Request) -> Option<Fault> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let index = queue.iter().position(|fault| fault.matches(request))?;
        queue[index].times -= 1;
        let fault = queue[index].clone();
        if queue[index].times == 0 {
            queue.remove(index);
            self.any.store(!queue.is_empty(), Ordering::Release);
        }
        Some(fault)
    }

    /// How many requests will still be hit.
    pub(crate) fn waiting(&self) -> u64 {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.iter().map(|fault| u64::from(fault.times)).sum()
    }

    /// Forgets them all.
    pub(crate) fn clear(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.any.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str) -> Request {
        Request {
            method: method.to_owned(),
            target: target.to_owned(),
            ..Request::default()
        }
    }

    #[test]
    fn a_fault_waits_for_its_request_and_is_used_up() {
        let faults = Faults::default();
        faults.add(
            Fault::new(FaultKind::Reset)
                .on_path("/cloudapi")
                .on_method("get")
                .times(2),
        );
        let take = |method: &str, target: &str| faults.take(&request(method, target)).map(|fault| fault.kind);
        assert_eq!(take("GET", "/oauth/x"), None);
        assert_eq!(take("POST", "/cloudapi/x"), None);
        assert_eq!(faults.waiting(), 2);
        assert_eq!(take("GET", "/cloudapi/x"), Some(FaultKind::Reset));
        assert_eq!(take("GET", "/cloudapi/x"), Some(FaultKind::Reset));
        assert_eq!(take("GET", "/cloudapi/x"), None);
    }

    #[test]
    fn spoilt_text_is_no_utf8_but_still_looks_like_json() {
        let mut response = Response::with_body(200, "application/json", r#"{"a":"b"}"#);
        spoil_text(&mut response);
        assert!(std::str::from_utf8(&response.body).is_err());
        assert!(response.body.starts_with(b"{\"a\":\""));
        assert!(response.body.ends_with(b"b\"}"));
    }
}
