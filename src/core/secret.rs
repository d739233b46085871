//! What nobody should see: tokens. Wiped when dropped, never printed.

use std::fmt;
use zeroize::Zeroizing;

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
    /// echoes the request.
    pub(crate) fn redact(&self, text: &str) -> String {
        // A very short secret would make confetti of the text, and is none.
        if self.0.len() < 8 || !text.contains(self.expose()) {
            return text.to_owned();
        }
        text.replace(self.expose(), "***")
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

    #[test]
    fn shows_nothing_of_itself() {
        let secret = Secret::new("s3cr3t-s3cr3t");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.redact("echo: s3cr3t-s3cr3t."), "echo: ***.");
        assert_eq!(secret.redact("nothing"), "nothing");
    }
}
