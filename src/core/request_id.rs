//! The id by which a client and a server speak of the same request: sent as X-VMWARE-VCLOUD-CLIENT-REQUEST-ID, and
//! put before the server's own in X-VMWARE-VCLOUD-REQUEST-ID and its logs.

use super::code::Code;
use super::error::{Error, Result};
use http::HeaderValue;
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt;

/// The header in which the id goes out.
pub(super) const HEADER: &str = "x-vmware-vcloud-client-request-id";

/// Longest id that Cloud Director takes.
const MAX_LENGTH: usize = 128;

/// An id of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// A new one, like no other.
    pub(crate) fn generate() -> Self {
        let mut random = [0; 16];
        // Without randomness the ids are all the same, which is no reason to send nothing.
        let _ = SystemRandom::new().fill(&mut random);
        // RFC 9562 section 5.4.
        random[6] = (random[6] & 0x0f) | 0x40;
        random[8] = (random[8] & 0x3f) | 0x80;
        let mut text = String::with_capacity(36);
        for (at, byte) in random.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        RequestId(text)
    }

    /// One that the caller gives.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(legal) {
            return Ok(RequestId(text.to_owned()));
        }
        Err(Error::new(
            Code::Argument,
            "a request id is 1 to 128 letters, digits and hyphens, such as nightly-backup-17",
        ))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As a header carries it.
    pub(super) fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("vcdrest"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_ids_are_uuids_and_given_ones_are_checked() {
        let (one, two) = (RequestId::generate(), RequestId::generate());
        assert_ne!(one, two);
        assert_eq!(one.as_str().len(), 36);
        assert_eq!(RequestId::parse(one.as_str()).unwrap(), one);
        for text in ["", "a b", "ä", "a_b", "a\r\nb", &"a".repeat(129)] {
            assert!(RequestId::parse(text).is_err(), "{text:?}");
        }
    }
}
