//! One HTTP exchange: send, read all of the answer, and no redirects.

use super::body::{BodySource, Download};
use super::code::Code;
use super::compression::Decoder;
use super::error::{Error, Result};
use super::progress::Progress;
use super::response::Response;
use super::runtime;
use super::settings::Settings;
use super::transport_error::translate;
use http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_RANGE, LAST_MODIFIED, RANGE,
};
use http::{HeaderMap, HeaderValue, Method};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The connections of a client.
#[derive(Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    max_body_bytes: usize,
    read_timeout: Duration,
    /// An explicit proxy, as errors name it.
    proxy: Option<String>,
}

/// One request as it is sent, the first time or again.
pub(crate) struct Exchange<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: &'a BodySource,
    pub(crate) progress: &'a Arc<Progress>,
    /// How long neither side may be silent, where it is not the client's.
    pub(crate) read_timeout: Option<Duration>,
    /// Sending it twice does no harm.
    pub(crate) harmless: bool,
}

impl Transport {
    /// Sets up the connections; sends nothing. Reads the system's certificates where they are trusted.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(settings.trust.client_config()?)
            .http1_only()
            // A redirect could carry the token to another place.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // Repetition is decided in one place, `retry.rs`.
            .retry(reqwest::retry::never())
            .connect_timeout(settings.connect_timeout)
            // Below the idle time of usual load balancers.
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(16)
            .tcp_nodelay(true)
            .user_agent(&settings.user_agent);
        // One that is set explicitly takes the place of the system's and the environment's.
        if let Some(proxy) = settings.proxy.explicit()? {
            http = http.no_proxy();
            if let Some(proxy) = proxy {
                http = http.proxy(proxy);
            }
        }
        let http = http.build().map_err(|error| {
            Error::new(
                Code::Internal,
                format!("the HTTP client cannot be set up: {}", error.without_url()),
            )
        })?;
        Ok(Transport {
            http,
            max_body_bytes: settings.max_body_bytes,
            read_timeout: settings.read_timeout,
            proxy: settings.proxy.shown(),
        })
    }

    /// Sends one request without a body of its own and reads its answer to the end.
    pub(crate) async fn ask(&self, method: Method, url: &Url, headers: HeaderMap) -> Result<Response> {
        self.exchange(Exchange {
            method,
            url,
            headers,
            body: &BodySource::Empty,
            progress: &Arc::default(),
            read_timeout: None,
            harmless: true,
        })
        .await
    }

    /// Sends one request and reads its answer to the end, into memory.
    pub(crate) async fn exchange(&self, mut exchange: Exchange<'_>) -> Result<Response> {
        let mut answer = self.send(&mut exchange).await?;
        let body = self.collect(&mut answer, &exchange).await?;
        let headers = std::mem::take(answer.headers_mut());
        Ok(Response::new(answer.status(), headers, body))
    }

    /// Sends one request, and lets the body of a good answer go where it is to go. A part that has come stays in the
    /// download, and the next attempt asks for the rest.
    pub(crate) async fn download(&self, mut exchange: Exchange<'_>, download: &mut Download) -> Result<Response> {
        // Parts of what is compressed on its way cannot be put together.
        exchange
            .headers
            .insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        // A part that the caller asked for is a whole of its own, and cannot be put together from others.
        let own_part = exchange.headers.contains_key(RANGE);
        if own_part {
            download.forget();
        }
        let rest = download.rest().map(|(start, validator)| (start, validator.to_owned()));
        if let Some((start, validator)) = &rest {
            exchange.headers.insert(RANGE, header(&format!("bytes={start}-"))?);
            exchange.headers.insert(IF_RANGE, header(validator)?);
        }
        let mut whole = exchange.headers.clone();
        let mut answer = self.send(&mut exchange).await?;
        let mut rest = rest;
        if answer.status().as_u16() == 416 && rest.take().is_some() {
            let range = answer
                .headers()
                .get(CONTENT_RANGE)
                .and_then(|range| range.to_str().ok());
            if range == Some(&format!("bytes */{}", download.written())) {
                // All of it had come, and only the file's name was missing.
                download.finish().await?;
                let headers = std::mem::take(answer.headers_mut());
                return Ok(Response::new(http::StatusCode::OK, headers, Vec::new()));
            }
            download.forget();
            whole.remove(RANGE);
            whole.remove(IF_RANGE);
            exchange.headers = whole;
            answer = self.send(&mut exchange).await?;
        }
        let status = answer.status().as_u16();
        if !matches!(status, 200..=299) || (status == 206 && rest.is_none() && !own_part) {
            let body = self.collect(&mut answer, &exchange).await?;
            let headers = std::mem::take(answer.headers_mut());
            return Ok(Response::new(answer.status(), headers, body));
        }
        if !matches!(
            Decoder::new(
                answer
                    .headers()
                    .get(CONTENT_ENCODING)
                    .map(|value| value.to_str().unwrap_or("?"))
            )?,
            Decoder::Plain
        ) {
            return Err(Error::new(
                Code::Decode,
                "the server sends the file compressed although it was asked for as it is",
            ));
        }
        let start = match (&rest, status) {
            (Some((start, _)), 206) => {
                let range = answer
                    .headers()
                    .get(CONTENT_RANGE)
                    .and_then(|range| range.to_str().ok());
                if range.is_none_or(|range| !range.starts_with(&format!("bytes {start}-"))) {
                    return Err(Error::new(
                        Code::Protocol,
                        "the server was asked for the rest of a download and sent another part of it",
                    ));
                }
                *start
            }
            // It has changed, or the server sends it whole or not at all: from the start.
            _ => 0,
        };
        let validator = validator(answer.headers()).filter(|_| !own_part);
        download.begin(start, validator).await?;
        exchange.progress.set_received(start);
        exchange
            .progress
            .set_expected(answer.content_length().map(|length| length.saturating_add(start)));
        let host = host(&exchange);
        loop {
            let chunk = match self.in_time(&exchange, answer.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => {
                    download.flush().await?;
                    return Err(translate(error, &host, exchange.harmless));
                }
                Err(error) => {
                    download.flush().await?;
                    return Err(error);
                }
            };
            download.push(&chunk).await?;
            exchange.progress.add_received(chunk.len() as u64);
        }
        download.finish().await?;
        let headers = std::mem::take(answer.headers_mut());
        Ok(Response::new(answer.status(), headers, Vec::new()))
    }

    /// Sends a request, and its headers with it.
    async fn send(&self, exchange: &mut Exchange<'_>) -> Result<reqwest::Response> {
        exchange.progress.start_attempt();
        let mut request = reqwest::Request::new(exchange.method.clone(), exchange.url.clone());
        let headers = request.headers_mut();
        *headers = std::mem::take(&mut exchange.headers);
        headers
            .entry(ACCEPT_ENCODING)
            .or_insert(HeaderValue::from_static("gzip"));
        let body = exchange.body.open(exchange.progress).await?;
        let is_empty = body
            .as_ref()
            .is_none_or(|body| http_body::Body::size_hint(body).exact() == Some(0));
        if is_empty && matches!(exchange.method, Method::POST | Method::PUT | Method::PATCH) {
            // RFC 9110 section 8.6; firewalls and some servers refuse such a request with 411 where it is missing.
            request
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        *request.body_mut() = body;
        if !exchange.harmless {
            // What cannot be asked again had better not meet an idle connection that the server has closed already.
            runtime::look_around().await;
        }
        let answer = self
            .in_time(exchange, runtime::apart(self.http.execute(request)))
            .await?
            .map_err(|error| {
                let error = translate(error, &host(exchange), exchange.harmless);
                match &self.proxy {
                    Some(proxy) if matches!(error.code(), Code::Proxy | Code::Connect | Code::Dns) => {
                        error.and(&format!("The proxy is {proxy}, as it was set"))
                    }
                    _ => error,
                }
            })?;
        if let BodySource::Bytes(bytes) = exchange.body {
            exchange.progress.set_sent(bytes.len() as u64);
        }
        Ok(answer)
    }

    /// Reads a body into memory, decompressed.
    async fn collect(&self, answer: &mut reqwest::Response, exchange: &Exchange<'_>) -> Result<Vec<u8>> {
        let status = answer.status().as_u16();
        let read = self.read(answer, exchange).await;
        // What the server said is known even where its words cannot be read.
        read.map_err(|error| error.with_http_status(status))
    }

    async fn read(&self, answer: &mut reqwest::Response, exchange: &Exchange<'_>) -> Result<Vec<u8>> {
        let encoding = answer
            .headers()
            .get(CONTENT_ENCODING)
            .map(|value| value.to_str().unwrap_or("?"));
        let mut decoder = Decoder::new(encoding)?;
        let expected = answer.content_length().filter(|_| matches!(decoder, Decoder::Plain));
        exchange.progress.set_expected(expected);
        // Room for what is announced and its NUL, but never on the word of a server alone.
        let room = expected.map_or(0, |length| (length.min(1024 * 1024) + 1) as usize);
        // What is announced as too large need not be waited for.
        if expected.is_some_and(|length| length > self.max_body_bytes as u64) {
            return Err(self.too_large(exchange));
        }
        let mut bytes: Vec<u8> = Vec::with_capacity(room);
        let mut take = |part: &[u8]| {
            if bytes.len() + part.len() > self.max_body_bytes {
                return Err(self.too_large(exchange));
            }
            bytes.extend_from_slice(part);
            exchange.progress.add_received(part.len() as u64);
            Ok(())
        };
        loop {
            let chunk = self
                .in_time(exchange, answer.chunk())
                .await?
                .map_err(|error| translate(error, &host(exchange), exchange.harmless))?;
            match chunk {
                Some(chunk) => decoder.decode(&chunk, &mut take)?,
                None => {
                    decoder.finish(take)?;
                    return Ok(bytes);
                }
            }
        }
    }

    fn too_large(&self, exchange: &Exchange<'_>) -> Error {
        Error::new(
            Code::TooLarge,
            format!(
                "the answer of {} is larger than {} bytes; ask for less, raise the limit (VCD_OPT_MAX_BODY_BYTES in C), or let it go to a file (VCD_CALL_OPT_OUTPUT_FILE in C, -OutFile in PowerShell)",
                host(exchange),
                self.max_body_bytes
            ),
        )
    }

    /// Waits for a step, as long as bytes come or go at least once in the time allowed.
    async fn in_time<T>(&self, exchange: &Exchange<'_>, step: impl Future<Output = T>) -> Result<T> {
        let limit = exchange.read_timeout.unwrap_or(self.read_timeout);
        let progress = exchange.progress;
        runtime::while_moving(limit, || progress.moved(), step)
            .await
            .ok_or_else(|| {
                Error::new(
                    Code::Timeout,
                    format!(
                        "the server sent nothing for {} ms ({}). Raise the read timeout where it is slow",
                        limit.as_millis(),
                        host(exchange)
                    ),
                )
            })
    }
}

fn host(exchange: &Exchange<'_>) -> String {
    exchange.url.origin().ascii_serialization()
}

/// What an answer can be recognized by later; only a strong one will do for putting parts together.
fn validator(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    text(ETAG)
        .filter(|tag| !tag.starts_with("W/"))
        .or_else(|| text(LAST_MODIFIED))
        .map(str::to_owned)
}

fn header(text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(|_| Error::new(Code::Internal, "a header of a download cannot be made"))
}
