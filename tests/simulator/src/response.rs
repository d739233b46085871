//! What goes out: one answer before it is put on the wire.

use std::borrow::Cow;

use serde::Serialize;

/// One answer before it is put on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Everything but `Content-Length`, `Connection` and `Date`, which the connection adds.
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    /// The body, compressed where `Content-Encoding` says so.
    pub(crate) body: Vec<u8>,
    /// A body that is made while it is sent, in place of the other.
    pub(crate) generated: Option<Generated>,
}

/// Which bytes of what could be downloaded without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Generated {
    /// The first.
    pub(crate) offset: u64,
    /// How many.
    pub(crate) length: u64,
}

impl Response {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            generated: None,
        }
    }

    /// An answer with a body.
    pub(crate) fn with_body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::empty(status).body(content_type, body)
    }

    /// An answer in JSON.
    pub(crate) fn json(status: u16, content_type: &str, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::with_body(status, content_type, body),
            Err(error) => Self::with_body(500, "text/plain", error.to_string()),
        }
    }

    /// A page for a browser, as load balancers and firewalls answer.
    pub(crate) fn html(status: u16, title: &str, text: &str) -> Self {
        let page = format!("<html><head><title>{title}</title></head><body>{text}</body></html>\n");
        Self::with_body(status, "text/html; charset=utf-8", page)
    }

    /// With this body.
    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.set("Content-Type", content_type.to_owned());
        self.body = body.into();
        self
    }

    /// How many bytes the body has.
    pub(crate) fn length(&self) -> u64 {
        self.generated
            .map_or(self.body.len() as u64, |generated| generated.length)
    }

    /// With this header too.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// Gives a header one value, whatever it had.
    pub(crate) fn set(&mut self, name: &'static str, value: String) {
        match self
            .headers
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some((_, old)) => *old = value,
            None => self.headers.push((Cow::Borrowed(name), value)),
        }
    }

    /// The value of a header.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The words that go with a status.
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
