//! One HTTP exchange: send, read all of the answer, and no redirects.

use super::code::Code;
use super::error::{Error, Result};
use super::progress::Progress;
use super::response::Response;
use super::settings::Settings;
use super::transport_error::translate;
use http::{HeaderMap, Method};
use std::time::Duration;
use url::Url;

/// The connections of a client.
#[derive(Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    max_body_bytes: usize,
}

/// What goes out. Sources besides bytes belong into this enum.
#[derive(Clone, Debug, Default)]
pub(crate) enum BodySource {
    #[default]
    Empty,
    Bytes(Vec<u8>),
}

impl Transport {
    /// Sets up the connections; sends nothing. Reads the system's certificates where they are trusted.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(settings.trust.client_config()?)
            .http1_only()
            // A redirect could carry the token to another place.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // Repetition is decided in one place, `retry.rs`.
            .retry(reqwest::retry::never())
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.read_timeout)
            // Below the idle time of usual load balancers.
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(16)
            .tcp_nodelay(true)
            .user_agent(&settings.user_agent)
            .build()
            .map_err(|error| {
                Error::new(
                    Code::Internal,
                    format!("the HTTP client cannot be set up: {}", error.without_url()),
                )
            })?;
        Ok(Transport {
            http,
            max_body_bytes: settings.max_body_bytes,
        })
    }

    /// Sends one request and reads its answer to the end.
    pub(crate) async fn exchange(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: &BodySource,
        progress: &Progress,
    ) -> Result<Response> {
        progress.start_attempt();
        let host = url.origin().ascii_serialization();
        let mut request = self.http.request(method, url.clone()).headers(headers);
        if let BodySource::Bytes(bytes) = body {
            request = request.body(bytes.clone());
        }
        let mut answer = request.send().await.map_err(|error| translate(error, &host))?;
        if let BodySource::Bytes(bytes) = body {
            progress.set_sent(bytes.len() as u64);
        }
        let expected = answer.content_length();
        progress.set_expected(expected);
        // Room for what is announced and its NUL, but never on the word of a server alone.
        let room = expected.map_or(0, |length| (length.min(1024 * 1024) + 1) as usize);
        let mut bytes: Vec<u8> = Vec::with_capacity(room);
        while let Some(chunk) = answer.chunk().await.map_err(|error| translate(error, &host))? {
            if bytes.len() + chunk.len() > self.max_body_bytes {
                return Err(Error::new(
                    Code::TooLarge,
                    format!(
                        "the answer of {host} is larger than {} bytes; ask for less, or raise the limit",
                        self.max_body_bytes
                    ),
                )
                .with_http_status(answer.status().as_u16()));
            }
            bytes.extend_from_slice(&chunk);
            progress.add_received(chunk.len() as u64);
        }
        let headers = std::mem::take(answer.headers_mut());
        Ok(Response::new(answer.status(), headers, bytes))
    }
}
