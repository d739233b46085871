//! Error bodies: both JSON shapes, the legacy XML, and what proxies and firewalls send instead.

use super::response::Response;
use super::secret::Secret;
use quick_xml::events::Event;
use serde_json::Value;

/// What a server said about a failure.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerError {
    /// `minorErrorCode`, or `error` of OAuth.
    pub(crate) code: Option<String>,
    /// `message`, or `error_description` of OAuth.
    pub(crate) message: Option<String>,
    /// The body is a web page: something before Cloud Director answered.
    pub(crate) is_html: bool,
}

impl ServerError {
    /// What it said, as a part of a sentence; empty where it said nothing.
    pub(crate) fn words(&self) -> String {
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => format!(" (the server says {code}: {message})"),
            (Some(one), None) | (None, Some(one)) => format!(" (the server says: {one})"),
            (None, None) => String::new(),
        }
    }

    /// The same with a secret taken out that an error body may echo.
    pub(crate) fn without(mut self, secret: &Secret) -> Self {
        self.message = self.message.map(|message| secret.redact(&message));
        self.code = self.code.map(|code| secret.redact(&code));
        self
    }
}

/// Longest code or message that is kept.
const MAX_TEXT: usize = 8 * 1024;
/// Most of a body that an error carries.
const MAX_BODY: usize = 64 * 1024;

/// Reads the body of an error answer; whatever it is, this does not fail.
pub(crate) fn parse(body: &[u8]) -> ServerError {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let start = body
        .iter()
        .position(|byte| !byte.is_ascii_whitespace())
        .unwrap_or(body.len());
    match body.get(start) {
        Some(b'{' | b'[') => parse_json(&body[start..]),
        Some(b'<') => parse_markup(&body[start..]),
        _ => ServerError::default(),
    }
}

/// The body as an error object carries it: text, and not without end.
pub(crate) fn body_text(response: &Response) -> Option<String> {
    let body = response.body().as_bytes();
    (!body.is_empty()).then(|| String::from_utf8_lossy(&body[..body.len().min(MAX_BODY)]).into_owned())
}

fn parse_json(body: &[u8]) -> ServerError {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    // RFC 6749 section 5.2 and Cloud Director's own; some answers wrap theirs in "error".
    let inner = value.get("error").filter(|error| error.is_object()).unwrap_or(&value);
    let text = |names: &[&str]| {
        names
            .iter()
            .filter_map(|name| inner.get(name)?.as_str())
            .find(|text| !text.is_empty())
            .map(shorten)
    };
    ServerError {
        code: text(&["minorErrorCode", "error"]),
        // The last is that of RFC 9457, as other services before Cloud Director have it.
        message: text(&["message", "error_description", "detail"]),
        is_html: false,
    }
}

fn parse_markup(body: &[u8]) -> ServerError {
    let mut reader = quick_xml::Reader::from_reader(body);
    // The first element decides; declaration and comments may come before it.
    for _ in 0..16 {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                if tag.local_name().as_ref() != b"Error" {
                    return ServerError {
                        is_html: true,
                        ..ServerError::default()
                    };
                }
                let attribute = |name: &str| {
                    let attribute = tag.try_get_attribute(name).ok().flatten()?;
                    let raw = String::from_utf8_lossy(&attribute.value).into_owned();
                    let text = quick_xml::escape::unescape(&raw).map_or(raw.clone(), |text| text.into_owned());
                    (!text.is_empty()).then(|| shorten(&text))
                };
                return ServerError {
                    code: attribute("minorErrorCode"),
                    message: attribute("message"),
                    is_html: false,
                };
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    ServerError {
        is_html: true,
        ..ServerError::default()
    }
}

/// A text of the server's that goes into messages: one line, no end without end, and nothing that a terminal obeys.
pub(crate) fn shorten(text: &str) -> String {
    let mut short = String::new();
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !short.is_empty() {
            short.push(' ');
        }
        let room = MAX_TEXT.saturating_sub(short.len());
        if word.len() > room {
            short.extend(word.chars().take(room / 4));
            break;
        }
        short.push_str(word);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> (Option<String>, Option<String>) {
        let error = parse(body.as_bytes());
        (error.code, error.message)
    }

    #[test]
    fn every_shape_is_read() {
        let expected = (
            Some("invalid_grant".to_owned()),
            Some("Invalid refresh token".to_owned()),
        );
        for body in [
            r#"{"minorErrorCode":"invalid_grant","message":"Invalid refresh token","stackTrace":null}"#,
            r#"{"error":"invalid_grant","error_description":"Invalid refresh token"}"#,
            r#"{"message":"Invalid refresh token","majorErrorCode":400,"minorErrorCode":"invalid_grant"}"#,
            r#"<?xml version="1.0"?><Error xmlns="http://www.vmware.com/vcloud/v1.5" majorErrorCode="400" message="Invalid refresh token" minorErrorCode="invalid_grant"/>"#,
        ] {
            assert_eq!(said(body), expected, "{body}");
        }
        assert_eq!(
            said("{\"message\":\"a\\u001b[31m b\\r\\n\\tc\\u0007\"}").1.as_deref(),
            Some("a [31m b c")
        );
        let endless = said(&format!(r#"{{"message":"{}"}}"#, "x".repeat(100_000))).1.unwrap();
        assert!((1_000..=MAX_TEXT).contains(&endless.len()));
        assert_eq!(
            said(r#"<Error message="a &lt;b&gt; &amp; c" minorErrorCode=""></Error>"#)
                .1
                .as_deref(),
            Some("a <b> & c")
        );
    }

    #[test]
    fn anything_else_says_nothing() {
        for body in ["", "  ", "oops", "{", "[1]", "{\"message\":5}", "\u{feff}"] {
            assert_eq!(parse(body.as_bytes()), ServerError::default(), "{body}");
        }
        for body in [
            "<!DOCTYPE html><html><body>Request Rejected</body></html>",
            "<html>",
            "<",
        ] {
            assert!(parse(body.as_bytes()).is_html, "{body}");
        }
    }
}
