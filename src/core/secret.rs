//! What nobody should see: tokens. Wiped when dropped, never printed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::fmt;
use url::form_urlencoded::byte_serialize;
use zeroize::{Zeroize, Zeroizing};

/// A text that is wiped from memory when it is dropped and shows nothing of itself. Copies inside the HTTP and TLS
/// libraries' buffers cannot be wiped.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: &str) -> Self {
        Secret(Zeroizing::new(text.to_owned()))
    }

    /// Takes a string over without copying it.
    pub(crate) fn from_string(text: String) -> Self {
        Secret(Zeroizing::new(text))
    }

    /// The text itself. Whoever calls this decides that the reader may know it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Replaces every occurrence of the secret in a text that somebody else wrote, such as an error body that
    /// echoes the request: as it is, and as JSON, URLs, forms and headers write it.
    pub(crate) fn redact(&self, text: &str) -> String {
        // A very short secret would make confetti of the text, and is none.
        if self.0.len() < 8 {
            return text.to_owned();
        }
        let json = Zeroizing::new(serde_json::to_string(self.expose()).unwrap_or_default());
        let form = Zeroizing::new(byte_serialize(self.0.as_bytes()).collect::<String>());
        let percent = Zeroizing::new(form.replace('+', "%20"));
        let encoded = Zeroizing::new(STANDARD.encode(self.0.as_bytes()));
        let mut text = text.to_owned();
        // Without the quotes around it.
        let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
        for shape in [self.expose(), json, &form, &percent, &encoded] {
            if !shape.is_empty() && text.contains(shape) {
                text = text.replace(shape, "***");
            }
        }
        text
    }
}

/// Parsed JSON whose texts are overwritten when it is dropped, since some are tokens.
pub(crate) struct SecretJson(pub(crate) Value);

impl Drop for SecretJson {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites every text in a value.
pub(crate) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::watched_memory::freed_with;

    #[test]
    fn shows_nothing_of_itself() {
        let secret = Secret::new("s3cr3t-s3cr3t");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.redact("echo: s3cr3t-s3cr3t."), "echo: ***.");
        assert_eq!(secret.redact("nothing"), "nothing");
    }

    #[test]
    fn is_overwritten_when_it_is_dropped() {
        const TEXT: &str = "overwrite-me-0123456789";
        let used = || {
            let secret = Secret::new(TEXT);
            let copy = secret.clone();
            assert_eq!(copy.redact("nothing to be seen"), "nothing to be seen");
            let json = SecretJson(serde_json::json!({"a": [copy.expose()]}));
            drop((secret, copy, json));
        };
        assert_eq!(freed_with(TEXT, used), 0);
    }

    #[test]
    fn is_found_in_every_shape_that_an_echo_has() {
        for (secret, echo, redacted) in [
            ("pass \"word\"", "pass \"word\"", "***"),
            ("pass \"word\"", r#"{"it":"pass \"word\""}"#, r#"{"it":"***"}"#),
            ("pass /+ü", "it=pass+%2F%2B%C3%BC&x", "it=***&x"),
            ("pass /+ü", "/x/pass%20%2F%2B%C3%BC/y", "/x/***/y"),
            ("passw0rd", "Basic cGFzc3cwcmQ=", "Basic ***"),
        ] {
            assert_eq!(Secret::new(secret).redact(echo), redacted);
        }
    }
}
