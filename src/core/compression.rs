//! gzip, as servers compress answers (RFC 1952): several members one after the other are one body.

use super::code::Code;
use super::error::{Error, Result};
use flate2::write::MultiGzDecoder;
use std::io::Write;

/// An answer's body on its way to being plain.
pub(super) enum Decoder {
    /// It was sent as it is.
    Plain,
    Gzip {
        decoder: Box<MultiGzDecoder<Vec<u8>>>,
        /// Whether anything has come at all: an empty body is no broken one.
        begun: bool,
    },
}

impl Decoder {
    /// The decoder for a Content-Encoding; one that was not asked for is an error.
    pub(super) fn new(encoding: Option<&str>) -> Result<Self> {
        match encoding.map(str::trim) {
            None | Some("" | "identity") => Ok(Decoder::Plain),
            Some(name) if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") => {
                Ok(Decoder::Gzip {
                    decoder: Box::new(MultiGzDecoder::new(Vec::new())),
                    begun: false,
                })
            }
            Some(other) => Err(Error::new(
                Code::Decode,
                format!(
                    "the answer is compressed with '{}', which was not asked for; something on the way changes answers",
                    other
                        .chars()
                        .filter(char::is_ascii_graphic)
                        .take(40)
                        .collect::<String>()
                ),
            )),
        }
    }

    /// Decodes a piece, and hands what it gives to `take` in small parts: a few bytes may become a thousand times as
    /// many.
    pub(super) fn decode(&mut self, piece: &[u8], mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        /// So much compressed text at a time becomes 16 MiB at most.
        const STEP: usize = 16 * 1024;
        let Decoder::Gzip { decoder, begun } = self else {
            return take(piece);
        };
        *begun |= !piece.is_empty();
        for step in piece.chunks(STEP) {
            decoder.write_all(step).map_err(|error| damaged(&error))?;
            // What has been decoded waits in the output until it is asked for.
            decoder.flush().map_err(|error| damaged(&error))?;
            let plain = decoder.get_mut();
            if !plain.is_empty() {
                take(plain)?;
                plain.clear();
            }
        }
        Ok(())
    }

    /// The end of the body: what is still missing is found out.
    pub(super) fn finish(self, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        match self {
            Decoder::Plain | Decoder::Gzip { begun: false, .. } => Ok(()),
            Decoder::Gzip { decoder, .. } => {
                let rest = decoder.finish().map_err(|error| damaged(&error))?;
                take(&rest)
            }
        }
    }
}

fn damaged(error: &std::io::Error) -> Error {
    Error::new(
        Code::Decode,
        format!("the compressed answer cannot be decoded: {error}. Something on the way damages answers"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(body: &[u8], piece: usize) -> Result<Vec<u8>> {
        let mut decoder = Decoder::new(Some("GZIP"))?;
        let mut plain = Vec::new();
        for piece in body.chunks(piece) {
            decoder.decode(piece, |part| {
                plain.extend_from_slice(part);
                Ok(())
            })?;
        }
        decoder.finish(|part| {
            plain.extend_from_slice(part);
            Ok(())
        })?;
        Ok(plain)
    }

    #[test]
    fn several_members_are_one_body() {
        let first = vec![b'a'; 40_000];
        let mut body = gzip(&first);
        body.extend(gzip(b"and the rest"));
        let expected = [&first[..], b"and the rest"].concat();
        for piece in [1, 7, 10_000] {
            assert_eq!(decode(&body, piece).unwrap(), expected, "{piece} bytes at a time");
        }
        assert_eq!(decode(b"", 1).unwrap(), b"");
    }

    #[test]
    fn what_is_damaged_is_found_out() {
        let body = gzip(&(0..20_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
        let mut flipped = body.clone();
        let at = flipped.len() - 5;
        flipped[at] ^= 0xff;
        for damaged in [
            &body[..body.len() - 1],
            &body[..body.len() / 2],
            &flipped,
            b"plain text",
        ] {
            assert_eq!(decode(damaged, 1000).unwrap_err().code(), Code::Decode);
        }
        assert!(Decoder::new(Some("br")).is_err());
        assert!(matches!(Decoder::new(None), Ok(Decoder::Plain)));
    }
}
