//! The parsers that read what servers and callers send, for the fuzz targets in `fuzz/` and for `tests/corpus.rs`: one
//! function each, which takes any bytes and panics where something does not hold that has to.

use super::address::ServerAddress;
use super::api_version::ApiVersion;
use super::claims::Claims;
use super::compression::Decoder;
use super::exchange;
use super::org::Org;
use super::pages::{self, Envelope};
use super::proxy::ProxySettings;
use super::request::{self, CallSettings, Request};
use super::request_id::RequestId;
use super::response::Response;
use super::retry;
use super::secret::Secret;
use super::server_error;
use super::settings::Settings;
use super::target;
use super::tenant::{self, Tenant};
use super::token_file::Content;
use super::trust::Trust;
use super::version_list;
use super::x509::Fields;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use url::Url;

/// A parser with its name, which is that of its fuzz target and of its folder in `fuzz/corpus`.
pub type Parser = (&'static str, fn(&[u8]));

/// All of them.
pub const PARSERS: [Parser; 12] = [
    ("address", address),
    ("target", target),
    ("names", names),
    ("header", header),
    ("token_answer", token_answer),
    ("claims", claims),
    ("token_file", token_file),
    ("versions", versions),
    ("error_body", error_body),
    ("page", page),
    ("retry_after", retry_after),
    ("certificate", certificate),
];

/// What stands before the first line's end, and what follows it.
fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

fn response(status: u16, headers: &[(HeaderName, &[u8])], body: &[u8]) -> Response {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        // The HTTP client lets no others through.
        if let Ok(value) = HeaderValue::from_bytes(value) {
            map.append(name.clone(), value);
        }
    }
    let status = StatusCode::from_u16(status).expect("it is a status");
    Response::new(status, map, body.to_vec())
}

/// A text that goes into messages and onto terminals.
fn is_presentable(text: &str) -> bool {
    text.len() <= 8 * 1024 && !text.chars().any(char::is_control)
}

/// The address of a server, or of a proxy.
pub fn address(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(address) = ServerAddress::parse(&text) {
        let again = ServerAddress::parse(address.as_str()).expect("its plain form is an address");
        assert_eq!(again.as_str(), address.as_str());
        assert_eq!(again.origin(), address.origin());
        let place = address.place("/api/versions");
        assert_eq!(place.origin(), address.origin().origin());
        assert_eq!(place.path(), format!("{}/api/versions", address.prefix()));
        assert!(place.username().is_empty() && place.password().is_none());
    }
    let mut proxy = ProxySettings::default();
    if proxy.set_address(&text).is_ok() {
        let shown = proxy.shown().expect("it has an address");
        assert!(!shown.contains('@'), "{shown}");
        let _ = proxy.explicit();
    }
    let _ = Trust::default().set_fingerprint(&text);
}

/// Where a request goes, on the second line, at the server on the first.
pub fn target(data: &[u8]) {
    let (server, place) = first_line(data);
    let Ok(server) = ServerAddress::parse(&String::from_utf8_lossy(server)) else {
        return;
    };
    let place = String::from_utf8_lossy(place);
    if let Ok(url) = target::resolve(&server, &place) {
        assert_eq!(url.origin(), server.origin().origin());
        assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
        if !place.contains("://") {
            assert!(url.path().starts_with(&format!("{}/", server.prefix())), "{url}");
        }
        assert!(!target::shown(&url).contains('?'));
        let page = pages::with_page(&url, 7);
        assert_eq!((page.origin(), page.path()), (url.origin(), url.path()));
        assert_eq!(pages::page_of(&page), 7);
        assert_eq!(pages::with_page(&page, 7), page);
    }
}

/// Names of organizations and tenants, versions, ids of requests.
pub fn names(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(org) = Org::parse(&text) {
        let path = org.oauth_path();
        let url = Url::parse(&format!("https://h/oauth/{path}/token")).expect("it is a part of a path");
        assert_eq!(url.path(), format!("/oauth/{path}/token"));
        assert_eq!(Org::parse(org.name()).expect("its name is one"), org);
    }
    if let Ok(Tenant::Id(id)) = Tenant::parse(&text) {
        assert!(tenant::is_uuid(&id));
    }
    if let Ok(value) = tenant::filter_value(&text) {
        assert!(value.len() >= text.len());
    }
    if let Ok(version) = ApiVersion::parse(&text) {
        let again = ApiVersion::parse(version.as_str()).expect("a version's text is one");
        assert!(again.cmp(&version).is_eq());
        HeaderValue::from_str(version.as_str()).expect("a header can carry it");
    }
    if let Ok(id) = RequestId::parse(&text) {
        HeaderValue::from_str(id.as_str()).expect("a header can carry it");
    }
}

/// A header: its name on the first line, its value behind.
pub fn header(data: &[u8]) {
    let (name, value) = first_line(data);
    let (name, value) = (String::from_utf8_lossy(name), String::from_utf8_lossy(value));
    let url = Url::parse("https://h/x").expect("it is a URL");
    let mut request = Request::new(Method::GET, url, CallSettings::from_client(&Settings::default()));
    if request.set_header(&name, &value).is_ok() {
        let lower = name.to_ascii_lowercase();
        assert!(!matches!(lower.as_str(), "host" | "authorization" | "content-length"));
        assert!(value.trim().bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    }
    if let Ok(method) = request::method(&name) {
        assert!(method.as_str().bytes().all(|byte| byte.is_ascii_uppercase()));
    }
    let _ = request.settings.set_content_type(&value);
}

/// The answer of a token endpoint: its status from the first byte, its media type on the rest of the first line, then
/// the body.
pub fn token_answer(data: &[u8]) {
    const TOKEN: &str = "fuzzfuzzfuzzfuzzfuzzfuzzfuzz1234";
    let (head, body) = first_line(data);
    let (status, media) = match head {
        [first, media @ ..] => ([200, 400, 401, 403, 404, 500, 503][usize::from(*first) % 7], media),
        [] => (200, &[][..]),
    };
    let response = response(status, &[(CONTENT_TYPE, media)], body);
    let Some(granted) = exchange::granted(&response) else {
        let token = Secret::new(TOKEN);
        let error = exchange::refusal(&response, &Org::Provider, &token, true);
        assert!(!error.message().contains(TOKEN), "{}", error.message());
        for said in [error.server_code(), error.server_message(), error.body()]
            .into_iter()
            .flatten()
        {
            assert!(!said.contains(TOKEN), "{said}");
        }
        assert!(!format!("{error:?}").contains(TOKEN));
        return;
    };
    if let Ok(tokens) = granted.and_then(|granted| granted.tokens) {
        let access = tokens.access.expose();
        HeaderValue::from_str(access).expect("a header can carry it");
        assert!(
            tokens.answer.body().as_bytes().is_empty(),
            "no token stays in the answer"
        );
        if let Some(lifetime) = tokens.lifetime {
            assert!(std::time::Instant::now().checked_add(lifetime).is_some());
        }
    }
}

/// An access token; and one with these bytes as its claims.
pub fn claims(data: &[u8]) {
    let made = format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(data));
    for token in [&*String::from_utf8_lossy(data), &made] {
        let claims = Claims::read(token);
        let _ = claims.location();
        let _ = claims.lifetime();
    }
}

/// A token file.
pub fn token_file(data: &[u8]) {
    if let Ok(content) = Content::parse(data) {
        let token = content.token().expect("a file that was taken has a token");
        assert!(token.expose().bytes().all(|byte| (b'!'..=b'~').contains(&byte)));
        assert!(!token.expose().is_empty());
    }
}

/// What a server says about versions.
pub fn versions(data: &[u8]) {
    if let Ok(offered) = version_list::parse(data) {
        let chosen = version_list::choose(&offered).expect("a list that was taken is not empty");
        HeaderValue::from_str(chosen.version.as_str()).expect("a header can carry it");
        let least = &offered[0].version;
        let chosen = version_list::choose_from(&offered, least).expect("one is");
        assert!(chosen.version >= *least);
    }
}

/// The body of an error.
pub fn error_body(data: &[u8]) {
    let said = server_error::parse(data);
    for text in [&said.code, &said.message].into_iter().flatten() {
        assert!(is_presentable(text), "{text:?}");
    }
    let text = server_error::body_text(&response(500, &[], data));
    assert_eq!(text.is_none(), data.is_empty());
}

/// A page: its Link header on the first line, its body behind.
pub fn page(data: &[u8]) {
    let (link, body) = first_line(data);
    let response = response(200, &[(http::header::LINK, link)], body);
    let envelope = Envelope::read(&response);
    let _ = envelope.has_more();
    let _ = envelope.page_count();
    let here = Url::parse("https://h/cloudapi/1.0.0/orgs?page=1").expect("it is a URL");
    if let Some(link) = pages::next_link(&response) {
        let _ = here.join(&link);
    }
}

/// A Retry-After header, and a Location.
pub fn retry_after(data: &[u8]) {
    let response = response(
        503,
        &[(http::header::RETRY_AFTER, data), (http::header::LOCATION, data)],
        b"",
    );
    if let Some(wait) = retry::retry_after(&response) {
        let _ = retry::in_words(wait);
        let _ = retry::fits(wait, std::time::Instant::now());
    }
    if let Some(place) = response.location() {
        assert!(place.len() <= 300 && place.bytes().all(|byte| (b'!'..=b'~').contains(&byte)));
    }
    let _ = response.media_type();
}

/// A certificate, and a body that is compressed.
pub fn certificate(data: &[u8]) {
    if let Some(fields) = Fields::read(data) {
        let _ = fields.is_self_issued();
        assert!(fields.version >= 1);
        assert!(fields.key.len() + fields.key_algorithm.len() <= data.len());
    }
    let _ = Trust::default().add_pem(data, "the PEM text");
    let mut most = 0;
    let mut decoder = Decoder::new(Some("gzip")).expect("it is known");
    let whole = decoder.decode(data, |plain| {
        most = most.max(plain.len());
        Ok(())
    });
    assert!(most <= 32 * 1024 * 1024, "{most} bytes at once");
    if whole.is_ok() {
        let _ = decoder.finish(|_| Ok(()));
    }
}
