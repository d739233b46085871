//! A request before it is sent.

use super::api_version::ApiVersion;
use super::body::{self, BodySink, BodySource, Gate, Reader, Writer};
use super::code::Code;
use super::error::{Error, Result};
use super::org::{Org, describe};
use super::request_id::RequestId;
use super::retry::RetryPolicy;
use super::secret::Secret;
use super::settings::{LONGEST_CALL_MS, LONGEST_WAIT_MS, Settings, in_range, milliseconds};
use super::target;
use super::tenant::Tenant;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

/// What a caller may set on a call.
#[derive(Clone, Debug)]
pub(crate) struct CallSettings {
    pub(crate) timeout: Duration,
    /// The caller has set it, here or on the client.
    pub(crate) timeout_is_set: bool,
    pub(crate) retry: RetryPolicy,
    pub(crate) accept_any_status: bool,
    pub(crate) anonymous: bool,
    pub(crate) api_version: Option<ApiVersion>,
    pub(crate) content_type: Option<HeaderValue>,
    /// How long neither side may be silent, where it is not the client's.
    pub(crate) read_timeout: Option<Duration>,
    /// The least API version with which the request makes sense.
    pub(crate) min_api_version: Option<ApiVersion>,
    pub(crate) request_id: Option<RequestId>,
    pub(crate) tenant: Option<Tenant>,
    /// The organization against which the access token is checked, where several sites are joined.
    pub(crate) auth_context: Option<Org>,
    /// Wait where the server says BUSY_ENTITY, which passes.
    pub(crate) wait_busy: bool,
    pub(crate) sink: BodySink,
    pub(crate) body_file: Option<PathBuf>,
    pub(crate) body_offset: u64,
    /// What an operation is about.
    pub(crate) subject: Subject,
}

/// The parameters of operations: see `VCD_OP_` at the C boundary.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    pub(crate) name: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) token_file: Option<String>,
    pub(crate) software_id: Option<String>,
    pub(crate) software_version: Option<String>,
    pub(crate) client_uri: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) device_code: Option<Secret>,
    /// Between two looks at something that is under way.
    pub(crate) poll_interval: Option<Duration>,
    /// Cancel the task when the wait for it is given up.
    pub(crate) cancel_task: bool,
}

impl CallSettings {
    pub(crate) fn from_client(settings: &Settings) -> Self {
        CallSettings {
            timeout_is_set: settings.timeout_is_set,
            ..CallSettings::plain(settings.timeout, settings.retry)
        }
    }

    /// The settings of a further request of the same call.
    pub(crate) fn for_another_request(&self) -> Self {
        CallSettings {
            read_timeout: self.read_timeout,
            api_version: self.api_version.clone(),
            auth_context: self.auth_context.clone(),
            ..CallSettings::plain(self.timeout, self.retry)
        }
    }

    fn plain(timeout: Duration, retry: RetryPolicy) -> Self {
        CallSettings {
            timeout,
            timeout_is_set: false,
            retry,
            accept_any_status: false,
            anonymous: false,
            api_version: None,
            content_type: None,
            read_timeout: None,
            min_api_version: None,
            request_id: None,
            tenant: None,
            auth_context: None,
            wait_busy: false,
            sink: BodySink::Memory,
            body_file: None,
            body_offset: 0,
            subject: Subject::default(),
        }
    }

    pub(crate) fn set_timeout_ms(&mut self, value: i64) -> Result<()> {
        self.timeout = milliseconds("the timeout", value, LONGEST_CALL_MS)?;
        self.timeout_is_set = true;
        Ok(())
    }

    pub(crate) fn set_api_version(&mut self, value: &str) -> Result<()> {
        self.api_version = Some(ApiVersion::parse(value)?);
        Ok(())
    }

    pub(crate) fn set_read_timeout_ms(&mut self, value: i64) -> Result<()> {
        self.read_timeout = Some(milliseconds("the read timeout", value, LONGEST_WAIT_MS)?);
        Ok(())
    }

    pub(crate) fn set_min_api_version(&mut self, value: &str) -> Result<()> {
        self.min_api_version = Some(ApiVersion::parse(value)?);
        Ok(())
    }

    pub(crate) fn set_request_id(&mut self, value: &str) -> Result<()> {
        self.request_id = Some(RequestId::parse(value)?);
        Ok(())
    }

    pub(crate) fn set_tenant(&mut self, value: &str) -> Result<()> {
        self.tenant = Some(Tenant::parse(value)?);
        Ok(())
    }

    pub(crate) fn set_auth_context(&mut self, value: &str) -> Result<()> {
        self.auth_context = Some(Org::parse(value)?);
        Ok(())
    }

    pub(crate) fn set_output_file(&mut self, value: &str) -> Result<()> {
        if value.is_empty() {
            return Err(Error::new(
                Code::Argument,
                "the path of the file for the answer is empty",
            ));
        }
        let resume = matches!(self.sink, BodySink::File { resume: true, .. });
        self.sink = BodySink::File {
            path: PathBuf::from(value),
            resume,
        };
        Ok(())
    }

    pub(crate) fn set_resume(&mut self, on: bool) -> Result<()> {
        match &mut self.sink {
            BodySink::File { resume, .. } => {
                *resume = on;
                Ok(())
            }
            _ if !on => Ok(()),
            _ => Err(Error::new(
                Code::State,
                "only a download to a file can be resumed; name the file first",
            )),
        }
    }

    pub(crate) fn set_body_file(&mut self, value: &str) -> Result<()> {
        self.body_file = Some(body::check_readable(value, 0)?);
        Ok(())
    }

    pub(crate) fn set_body_offset(&mut self, value: i64) -> Result<()> {
        self.body_offset = in_range("the offset in the file", "bytes", value, 0, i64::MAX)? as u64;
        Ok(())
    }

    pub(crate) fn set_poll_interval_ms(&mut self, value: i64) -> Result<()> {
        self.subject.poll_interval = Some(milliseconds("the poll interval", value, 600_000)?);
        Ok(())
    }

    pub(crate) fn set_content_type(&mut self, value: &str) -> Result<()> {
        self.content_type = Some(header_value("Content-Type", value)?);
        Ok(())
    }
}

/// A request: where it goes and what it carries.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: BodySource,
    pub(crate) settings: CallSettings,
    /// A sign-in or sign-out, whose headers and body are settled.
    pub(crate) settled: bool,
    /// Closed when the call ends: no function of the host is called after that.
    pub(crate) gate: Gate,
}

/// Headers that belong to the library, and why.
const REFUSED: [(&str, &str); 12] = [
    ("authorization", "remove it, the session adds it"),
    (
        "x-vmware-vcloud-access-token",
        "remove it, the session sends its token in Authorization",
    ),
    (
        "x-vmware-vcloud-token-type",
        "remove it, the session sends its token in Authorization",
    ),
    (
        "x-vcloud-authorization",
        "remove it, the session sends its token in Authorization",
    ),
    ("host", "the server's address decides it"),
    ("content-length", "the body decides it"),
    ("transfer-encoding", "the library decides it"),
    ("connection", "the library decides it"),
    (
        "proxy-authorization",
        "proxy credentials belong to the proxy's settings",
    ),
    ("accept-encoding", "the library decompresses what it asks for"),
    ("te", "the library decides it"),
    ("upgrade", "the library speaks plain HTTP/1.1"),
];

/// Longest header value: what servers take in all.
const MAX_VALUE: usize = 64 * 1024;

impl Request {
    pub(crate) fn new(method: Method, url: Url, settings: CallSettings) -> Self {
        Request {
            method,
            url,
            headers: HeaderMap::new(),
            body: BodySource::Empty,
            settings,
            settled: false,
            gate: Gate::default(),
        }
    }

    /// How long all of it may take. A file takes as long as it takes: while something moves, the default does not end it.
    pub(crate) fn limit(&self) -> Duration {
        let streams = !self.settings.sink.is_memory() || self.settings.body_file.is_some() || self.body.is_streamed();
        if streams && !self.settings.timeout_is_set {
            Duration::from_millis(LONGEST_CALL_MS as u64)
        } else {
            self.settings.timeout
        }
    }

    /// What errors and logs call it: the method and the path. Queries may hold what nobody should see.
    pub(crate) fn place(&self) -> String {
        format!("{} {}", self.method, target::shown(&self.url))
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) -> Result<()> {
        self.check_open()?;
        let lower = name.to_ascii_lowercase();
        if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == lower) {
            return Err(Error::new(
                Code::Argument,
                format!("the header {lower} cannot be set: {why}"),
            ));
        }
        let key = HeaderName::from_bytes(lower.as_bytes()).map_err(|_| {
            Error::new(
                Code::Argument,
                "this is no header's name: letters, digits and hyphens are allowed, no spaces and no colon",
            )
        })?;
        let value = header_value(&lower, value)?;
        if key == http::header::CONTENT_TYPE {
            self.settings.content_type = Some(value);
        } else {
            self.headers.insert(key, value);
        }
        Ok(())
    }

    pub(crate) fn set_body(&mut self, bytes: &[u8]) -> Result<()> {
        self.check_open()?;
        self.body = BodySource::Bytes(Bytes::copy_from_slice(bytes));
        Ok(())
    }

    pub(crate) fn set_reader(&mut self, reader: Reader, length: Option<u64>) -> Result<()> {
        self.check_open()?;
        self.body = BodySource::Reader {
            reader: Arc::new(Mutex::new(Some(self.gate.reader(reader)))),
            length,
        };
        Ok(())
    }

    /// Whether functions of the host are called for it.
    pub(crate) fn calls_host(&self) -> bool {
        matches!(self.body, BodySource::Reader { .. }) || matches!(self.settings.sink, BodySink::Writer(_))
    }

    pub(crate) fn set_writer(&mut self, writer: Writer) -> Result<()> {
        self.check_open()?;
        self.settings.sink = BodySink::Writer(Arc::new(Mutex::new(Some(self.gate.writer(writer)))));
        Ok(())
    }

    /// Settles what depends on several options, before the first byte goes out.
    pub(crate) fn settle(&mut self) -> Result<()> {
        if let (Some(version), Some(least)) = (&self.settings.api_version, &self.settings.min_api_version) {
            if version < least {
                return Err(Error::new(
                    Code::Argument,
                    format!(
                        "this request asks for API version {version} and for {least} at least, which exclude each other; leave one of them out"
                    ),
                ));
            }
        }
        if let Some(path) = self.settings.body_file.take() {
            if !self.body.is_empty() {
                return Err(Error::new(
                    Code::Argument,
                    "a request has one body: bytes, a file or a function, not several of them",
                ));
            }
            self.body = BodySource::File {
                path,
                offset: self.settings.body_offset,
            };
        }
        Ok(())
    }

    fn check_open(&self) -> Result<()> {
        if self.settled {
            return Err(Error::new(
                Code::State,
                "a sign-in, sign-out or operation takes options only, no headers and no body",
            ));
        }
        Ok(())
    }
}

/// Reads a method: letters, sent in capitals.
pub(crate) fn method(text: &str) -> Result<Method> {
    let upper = text.trim().to_ascii_uppercase();
    if upper.is_empty()
        || upper.len() > 20
        || !upper.bytes().all(|byte| byte.is_ascii_uppercase())
        || upper == "CONNECT"
        || upper == "TRACE"
    {
        return Err(Error::new(
            Code::Argument,
            "this is no method of Cloud Director's API; GET, POST, PUT, PATCH, DELETE, HEAD and OPTIONS are",
        ));
    }
    Method::from_bytes(upper.as_bytes()).map_err(|_| Error::new(Code::Argument, "this is no HTTP method"))
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue> {
    let refuse = |why: String| {
        Err(Error::new(
            Code::Argument,
            format!("the value of the header {name} cannot be sent: {why}"),
        ))
    };
    if value.len() > MAX_VALUE {
        return refuse(format!("it has {} bytes, the most is {MAX_VALUE}", value.len()));
    }
    if let Some(wrong) = value.chars().find(|c| !(' '..='~').contains(c)) {
        return refuse(format!("{} is not allowed in it", describe(wrong)));
    }
    HeaderValue::from_str(value.trim()).or_else(|_| refuse("it has characters that are not allowed".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        let url = Url::parse("https://h/x").unwrap();
        Request::new(Method::GET, url, CallSettings::from_client(&Settings::default()))
    }

    #[test]
    fn headers_of_the_library_and_unsafe_values_are_refused() {
        let mut request = request();
        for name in [
            "Authorization",
            "HOST",
            "content-length",
            "X-VMWARE-VCLOUD-ACCESS-TOKEN",
            "a b",
            "",
            "a:b",
            "a\r\nb",
        ] {
            assert_eq!(
                request.set_header(name, "v").unwrap_err().code(),
                Code::Argument,
                "{name:?}"
            );
        }
        for value in ["a\r\nb: c", "a\nb", "a\0b", "ä", "\u{7f}"] {
            assert!(request.set_header("x-note", value).is_err(), "{value:?}");
        }
        request.set_header("If-Match", "\"1\"").unwrap();
        assert_eq!(request.headers["if-match"], "\"1\"");
    }

    #[test]
    fn a_file_takes_as_long_as_it_takes_unless_the_caller_limits_it() {
        let day = Duration::from_secs(86_400);
        assert_eq!(request().limit(), Duration::from_secs(120));
        let mut download = request();
        download.settings.set_output_file("x").unwrap();
        assert_eq!(download.limit(), day);
        download.settings.set_timeout_ms(5).unwrap();
        assert_eq!(download.limit(), Duration::from_millis(5));
        let mut upload = request();
        upload.set_reader(Box::new(|_| Ok(0)), None).unwrap();
        assert_eq!(upload.limit(), day);
        let mut limited = Settings::default();
        limited.set_timeout_ms(7).unwrap();
        let mut upload = Request::new(Method::PUT, request().url, CallSettings::from_client(&limited));
        upload.set_reader(Box::new(|_| Ok(0)), None).unwrap();
        assert_eq!(upload.limit(), Duration::from_millis(7), "as the client's");
    }

    #[test]
    fn methods_are_words() {
        assert_eq!(method("get").unwrap(), Method::GET);
        assert_eq!(method("Patch").unwrap(), Method::PATCH);
        for text in ["", "GET /x", "G\r\nT", "CONNECT", "TRACE", "é"] {
            assert!(method(text).is_err(), "{text:?}");
        }
    }
}
