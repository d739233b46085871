//! Failures: what failed, why as far as is known, what to do; and the server's own words.

use super::code::Code;
use super::response::Response;
use std::fmt;
use std::time::Duration;

/// The usual result of the core.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// A failure. Cheap to move; never holds a secret.
#[derive(Clone)]
pub(crate) struct Error(Box<Facts>);

#[derive(Clone)]
struct Facts {
    code: Code,
    message: String,
    http_status: Option<u16>,
    server_code: Option<String>,
    server_message: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    body: Option<String>,
    fingerprint: Option<String>,
    os_error: Option<i32>,
    answer: Option<Response>,
    /// The message begins with where it happened.
    placed: bool,
}

impl Error {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Error(Box::new(Facts {
            code,
            message: message.into(),
            http_status: None,
            server_code: None,
            server_message: None,
            request_id: None,
            retry_after: None,
            body: None,
            fingerprint: None,
            os_error: None,
            answer: None,
            placed: false,
        }))
    }

    pub(crate) fn with_http_status(mut self, status: u16) -> Self {
        self.0.http_status = Some(status);
        self
    }

    /// Adds what the server said: its code and its message.
    pub(crate) fn with_server_words(mut self, code: Option<String>, message: Option<String>) -> Self {
        self.0.server_code = code;
        self.0.server_message = message;
        self
    }

    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }

    /// Our own id of the request, where the server gave none.
    pub(crate) fn or_request_id(mut self, id: &str) -> Self {
        self.0.request_id.get_or_insert_with(|| id.to_owned());
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn with_body(mut self, body: Option<String>) -> Self {
        self.0.body = body;
        self
    }

    pub(crate) fn with_fingerprint(mut self, fingerprint: String) -> Self {
        self.0.fingerprint = Some(fingerprint);
        self
    }

    pub(crate) fn with_os_error(mut self, number: Option<i32>) -> Self {
        self.0.os_error = number;
        self
    }

    /// Adds the answer that says no, without what may be secret in it; its status and request id with it.
    pub(crate) fn with_answer(mut self, answer: &Response) -> Self {
        self.0.http_status = Some(answer.status());
        self.0.request_id = answer.request_id();
        self.0.answer = Some(answer.clone().without_secrets());
        self
    }

    /// Takes the answer out.
    pub(crate) fn take_answer(&mut self) -> Option<Response> {
        self.0.answer.take()
    }

    /// Puts where it happened before the message. The first who knows says it: of several requests of a call, the one
    /// that failed.
    pub(crate) fn during(mut self, what: &str) -> Self {
        if !self.0.placed {
            self.0.message = format!("{what}: {}", self.0.message);
            self.0.placed = true;
        }
        self
    }

    /// Adds a sentence to the message.
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.0.message = format!("{}. {more}", self.0.message.trim_end_matches('.'));
        self
    }

    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    pub(crate) fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    pub(crate) fn server_code(&self) -> Option<&str> {
        self.0.server_code.as_deref()
    }

    pub(crate) fn server_message(&self) -> Option<&str> {
        self.0.server_message.as_deref()
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    pub(crate) fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    pub(crate) fn fingerprint(&self) -> Option<&str> {
        self.0.fingerprint.as_deref()
    }

    pub(crate) fn os_error(&self) -> Option<i32> {
        self.0.os_error
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.code, self.0.message)
    }
}
