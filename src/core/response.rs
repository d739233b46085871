//! An answer: status, headers, body.

use http::HeaderMap;
use http::StatusCode;
use zeroize::Zeroize;

/// The answer to a request, all of it.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

/// The bytes of an answer, with a NUL behind them that does not count.
#[derive(Clone, Debug)]
pub(crate) struct Body(Vec<u8>);

impl Body {
    pub(crate) fn new(mut bytes: Vec<u8>) -> Self {
        bytes.push(0);
        Body(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0[..self.0.len() - 1]
    }

    /// Where the bytes begin; a NUL follows them.
    pub(crate) fn as_ptr_with_nul(&self) -> *const u8 {
        self.0.as_ptr()
    }
}

impl Response {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Response {
            status,
            headers,
            body: Body::new(body),
        }
    }

    /// Overwrites the body, which held tokens.
    pub(crate) fn wipe(&mut self) {
        self.body.0.zeroize();
        self.body = Body::new(Vec::new());
    }

    /// The same answer with nothing in it but its status and request id: what is left of an answer that held
    /// tokens.
    pub(crate) fn without_secrets(mut self) -> Self {
        let id = self.headers.remove(REQUEST_ID);
        self.headers.clear();
        if let Some(id) = id {
            self.headers.insert(REQUEST_ID, id);
        }
        self.wipe();
        self
    }

    /// An answer of our own making, to an operation that went well.
    pub(crate) fn ours(body: &serde_json::Value) -> Self {
        Response::new(StatusCode::OK, HeaderMap::new(), Vec::new())
            .with_body(body.to_string().into_bytes(), "application/json")
    }

    pub(crate) fn with_body(mut self, body: Vec<u8>, media_type: &'static str) -> Self {
        self.headers
            .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(media_type));
        self.body = Body::new(body);
        self
    }

    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The standard phrase for the status; the server's own does not matter (RFC 9112 section 4).
    pub(crate) fn reason(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("")
    }

    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, String)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }

    pub(crate) fn header_count(&self) -> usize {
        self.headers.len()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header that may come several times.
    pub(crate) fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// Where the server sends us, as a message shows it: without the query, which may hold what nobody should see.
    pub(crate) fn location(&self) -> Option<String> {
        let place = self.header("location")?.split(['?', '#']).next()?;
        let shown: String = place.chars().filter(|c| ('!'..='~').contains(c)).take(300).collect();
        // What stands before an '@' may be a password.
        let at = shown.find("://").and_then(|start| {
            let authority = shown[start + 3..].split('/').next()?;
            Some((start + 3, start + 3 + authority.rfind('@')? + 1))
        });
        Some(match at {
            Some((start, end)) => format!("{}{}", &shown[..start], &shown[end..]),
            None => shown,
        })
    }

    pub(crate) fn request_id(&self) -> Option<String> {
        self.header(REQUEST_ID).map(str::to_owned)
    }

    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    /// The media type without its parameters, in small letters; empty where there is none.
    pub(crate) fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// The header in which Cloud Director names the request.
const REQUEST_ID: &str = "x-vmware-vcloud-request-id";
