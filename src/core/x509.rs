//! The few fields of a certificate that the TLS library does not show: who issued it, for whom, its version and its
//! key (RFC 5280 section 4.1). For explanations, and for the handshakes of certificates of version 1, which the TLS
//! library refuses to read and which a fingerprint may accept all the same.

/// The fields of a certificate, in their DER form.
pub(super) struct Fields<'a> {
    /// 1 to 3.
    pub(super) version: u8,
    issuer: &'a [u8],
    subject: &'a [u8],
    /// What kind of key it is: the inside of its AlgorithmIdentifier.
    pub(super) key_algorithm: &'a [u8],
    /// The key itself.
    pub(super) key: &'a [u8],
}

const BIT_STRING: u8 = 0x03;
const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
/// `[0]`, explicit: the version, where it is not 1.
const VERSION: u8 = 0xA0;

impl<'a> Fields<'a> {
    /// Reads a certificate; `None` where it is none.
    pub(super) fn read(certificate: &'a [u8]) -> Option<Self> {
        let mut certificate = Der(Der(certificate).take(SEQUENCE)?);
        let mut body = Der(certificate.take(SEQUENCE)?);
        let version = match body.0.first() {
            Some(&VERSION) => match Der(body.take(VERSION)?).take(INTEGER)? {
                [number] => number.checked_add(1)?,
                _ => return None,
            },
            _ => 1,
        };
        let _serial = body.take(INTEGER)?;
        let _signature_algorithm = body.take(SEQUENCE)?;
        let issuer = body.take(SEQUENCE)?;
        let _validity = body.take(SEQUENCE)?;
        let subject = body.take(SEQUENCE)?;
        let mut key_info = Der(body.take(SEQUENCE)?);
        let key_algorithm = key_info.take(SEQUENCE)?;
        let [0, key @ ..] = key_info.take(BIT_STRING)? else {
            return None;
        };
        Some(Fields {
            version,
            issuer,
            subject,
            key_algorithm,
            key,
        })
    }

    /// Whether it names itself as its issuer.
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }
}

/// Values in DER, one after the other.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// Takes the next value, which has to have this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let [first, length, rest @ ..] = self.0 else {
            return None;
        };
        if *first != tag {
            return None;
        }
        let (length, rest) = match length {
            0..=0x7f => (usize::from(*length), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
                let length = bytes
                    .iter()
                    .fold(0usize, |length, byte| (length << 8) | usize::from(*byte));
                (length, rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_fields() {
        for bytes in [
            &b""[..],
            b"\x30",
            b"\x30\x80",
            b"\x30\x84\xff\xff\xff\xff",
            b"\x30\x02\x30\x00",
            b"\x30\x05\x30\x03\x02\x01\x01",
            b"text",
        ] {
            assert!(Fields::read(bytes).is_none(), "{bytes:?}");
        }
    }
}
