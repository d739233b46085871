//! The token exchange: an API token goes out, an access token comes back (RFC 6749 section 6; Cloud Director's
//! `POST /oauth/{provider,tenant/ORG}/token`). The token travels in the body, never in the URL.

use super::address::ServerAddress;
use super::body::BodySource;
use super::code::Code;
use super::error::{Error, Result};
use super::grant::looks_like_access_token;
use super::log;
use super::org::Org;
use super::request_id::{self, RequestId};
use super::response::Response;
use super::retry::{self, RetryPolicy};
use super::secret::{Secret, SecretJson};
use super::server_error;
use super::token_source::Lease;
use super::transport::{Exchange, Transport};
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a token endpoint grants.
pub(crate) struct Granted {
    /// A new API token in place of the one exchanged, or the first one. It counts whatever is wrong with the rest.
    pub(crate) rotated: Option<Secret>,
    /// The access token, or what is wrong with the answer.
    pub(crate) tokens: Result<Tokens>,
}

/// What a successful sign-in gives.
pub(crate) struct Tokens {
    pub(crate) access: Secret,
    /// How long it is good for; none where the server did not say.
    pub(crate) lifetime: Option<Duration>,
    /// The answer without anything secret.
    pub(crate) answer: Response,
}

/// Longest access token; it goes into a header of every request.
const MAX_ACCESS_TOKEN: usize = 64 * 1024;
/// A lifetime beyond this is as good as for ever.
const MAX_LIFETIME: u64 = 10 * 365 * 86_400;

/// Exchanges a token. Repeated only where the token is not known to be spent by the first try.
pub(crate) async fn exchange(
    transport: &Transport,
    address: &ServerAddress,
    org: &Org,
    lease: &dyn Lease,
    policy: &RetryPolicy,
    deadline: Instant,
) -> Result<Granted> {
    let token = lease.token();
    let url = address.place(&format!("/oauth/{}/token", org.oauth_path()));
    let form = Secret::from_string(
        // Room for all of it: a text that grows leaves copies behind.
        url::form_urlencoded::Serializer::new(String::with_capacity(64 + 3 * token.expose().len()))
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", token.expose())
            .finish(),
    );
    let body = BodySource::secret(&form);
    let progress = Arc::default();
    let id = RequestId::generate();
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    // So little is not worth the time that compressing takes, in which a new token is known to nobody here.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(request_id::HEADER, id.header());
    let may_repeat = !lease.may_rotate();
    let policy = RetryPolicy {
        max_retries: if may_repeat { policy.max_retries } else { 0 },
        ..*policy
    };
    let sent = retry::repeat(&policy, deadline, || {
        transport.exchange(Exchange {
            method: Method::POST,
            url: &url,
            headers: headers.clone(),
            body: &body,
            progress: &progress,
            read_timeout: None,
            harmless: may_repeat,
        })
    })
    .await;
    let result = match sent {
        Ok(mut response) => {
            let granted = read(&response, org, lease);
            response.wipe();
            granted
        }
        Err(error) if !may_repeat => Err(uncertain(error)),
        // Some servers and balancers just hang up on what they do not want.
        Err(error) if error.code() == Code::ConnectionLost => Err(error.and(
            "Where it happens each time, the address, the organization or the kind of token may be wrong: an API token has 32 letters and digits",
        )),
        Err(error) => Err(error),
    };
    log::info(format_args!(
        "token exchange at {}: {}",
        url.path(),
        if result.is_ok() { "ok" } else { "failed" }
    ));
    result
}

/// What is to be known about a failure after which the token may have been replaced without our seeing the new one.
fn uncertain(error: Error) -> Error {
    match error.code() {
        // Nothing has left.
        Code::Dns | Code::Connect | Code::Tls | Code::Proxy => error,
        _ => error.and(
            "The server may have replaced the service account's token without the new one having arrived. Try again: if the token is refused then, an administrator has to authorize the service account anew",
        ),
    }
}

fn read(response: &Response, org: &Org, lease: &dyn Lease) -> Result<Granted> {
    let token = lease.token();
    match granted(response) {
        Some(Ok(mut granted)) => {
            granted.rotated = granted.rotated.filter(|new| new.expose() != token.expose());
            Ok(granted)
        }
        Some(Err(error)) => Err(error),
        None => Err(refusal(response, org, token, lease.may_rotate())),
    }
}

/// What a token endpoint grants (RFC 6749 section 5.1), or what is wrong with the answer. `None` where it refuses, which
/// each grant explains in its own way.
pub(super) fn granted(response: &Response) -> Option<Result<Granted>> {
    if !(200..300).contains(&response.status()) {
        return None;
    }
    match parse(response) {
        Ok(answer) if is_refusal(&answer.0) => None,
        Ok(answer) => {
            let rotated = answer.0.get("refresh_token").and_then(Value::as_str).map(str::trim);
            Some(Ok(Granted {
                rotated: rotated.filter(|new| !new.is_empty()).map(Secret::new),
                tokens: read_tokens(response, &answer.0),
            }))
        }
        Err(error) => Some(Err(error)),
    }
}

fn is_refusal(answer: &Value) -> bool {
    ["error", "minorErrorCode"]
        .iter()
        .any(|name| answer.get(name).is_some_and(Value::is_string))
}

/// An answer of a token endpoint that cannot be used.
fn unusable(response: &Response, code: Code, why: &str) -> Error {
    Error::new(
        code,
        format!("the token endpoint gave an answer without an access token: {why}"),
    )
    .with_answer(response)
}

fn parse(response: &Response) -> Result<SecretJson> {
    let body = response.body().as_bytes();
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let fail = |code: Code, why: &str| Err(unusable(response, code, why));
    if body.iter().all(u8::is_ascii_whitespace) {
        return fail(
            Code::Empty,
            "it is empty. A proxy or firewall may have answered in place of Cloud Director",
        );
    }
    if response.media_type() == "text/html" || body.trim_ascii_start().starts_with(b"<") {
        return fail(
            Code::Content,
            "it is a web page. A proxy, firewall or another service answered in place of Cloud Director; check the address",
        );
    }
    serde_json::from_slice(body).map(SecretJson).map_err(|error| {
        if error.is_eof() {
            unusable(response, Code::Truncated, "its JSON is cut short")
        } else {
            unusable(response, Code::Json, "it is not valid JSON")
        }
    })
}

fn read_tokens(response: &Response, answer: &Value) -> Result<Tokens> {
    let fail = |code: Code, why: &str| unusable(response, code, why);
    let Some(access) = answer
        .get("access_token")
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|access| !access.is_empty())
    else {
        return Err(fail(
            Code::Json,
            "it has no access_token. Is this address a Cloud Director?",
        ));
    };
    if access.len() > MAX_ACCESS_TOKEN || !access.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) {
        return Err(fail(
            Code::Json,
            "its access_token is too long or has characters that no header can carry",
        ));
    }
    match answer.get("token_type").and_then(Value::as_str) {
        Some(kind) if !kind.eq_ignore_ascii_case("bearer") => {
            return Err(fail(Code::Json, "its token_type is not Bearer"));
        }
        _ => {}
    }
    let lifetime = answer
        .get("expires_in")
        .and_then(|value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()));
    Ok(Tokens {
        access: Secret::new(access),
        lifetime: lifetime
            .filter(|seconds| seconds.is_finite() && *seconds > 0.0)
            .map(|seconds| Duration::from_secs((seconds as u64).min(MAX_LIFETIME))),
        answer: response.clone().without_secrets(),
    })
}

/// An error for an answer that refuses.
pub(super) fn refusal(response: &Response, org: &Org, token: &Secret, rotates: bool) -> Error {
    let status = response.status();
    let said = server_error::parse(response.body().as_bytes()).without(token);
    let words = said.words();
    let endpoint = match org {
        Org::Provider => "the provider".to_owned(),
        Org::Tenant(name) => format!("the organization {name}"),
    };
    // RFC 6749 section 5.2: the other codes say that the request was refused before anybody looked at the token.
    let judged = match said.code.as_deref() {
        None => !said.is_html,
        Some(code) => !matches!(
            code,
            "invalid_request" | "invalid_client" | "unauthorized_client" | "unsupported_grant_type" | "invalid_scope"
        ),
    };
    let (code, message) = match status {
        300..=399 => (
            Code::Redirect,
            format!(
                "the token endpoint redirects (HTTP {status}){}, and redirects are not followed with a token; give that address as the server's",
                response
                    .location()
                    .map_or_else(String::new, |place| format!(" to {place}"))
            ),
        ),
        200..=299 | 400 | 401 | 403 if judged && rotates => (
            Code::Auth,
            format!(
                "the server refused the service account's token for {endpoint}{words}. Such a token works once, and its successor takes its place in the token file. There are three causes: it was used before, by another copy of the file or by an exchange whose answer never arrived, and that ends the grant; the account's access was revoked; or the account belongs to another organization than the one given. In the first two an administrator has to revoke the account's access and to authorize it anew"
            ),
        ),
        200..=299 | 400 | 401 | 403 if judged => {
            let pasted = if looks_like_access_token(token.expose()) {
                " The token begins with eyJ, as access tokens do and API tokens do not."
            } else {
                ""
            };
            (
                Code::Auth,
                format!(
                    "the server refused the API token for {endpoint}{words}.{pasted} There are three causes: the token is wrong, revoked or expired (look in the user interface under User preferences, API tokens); it belongs to another organization than the one given (the name stands in the interface's address after /tenant/); or a provider's token was used for an organization, or the other way round (the provider's is System)"
                ),
            )
        }
        400 | 401 | 403 if said.is_html => (
            Code::Http,
            format!(
                "the token endpoint answered with HTTP {status} and a web page: a proxy, firewall or load balancer refused the request before Cloud Director saw it"
            ),
        ),
        400 | 401 | 403 => (
            Code::Http,
            format!(
                "the token endpoint refused the request before the token was looked at (HTTP {status}){words}; check the organization's name, and that the server takes API tokens (Cloud Director 10.3.1 or later)"
            ),
        ),
        404 | 405 => (
            Code::Http,
            format!(
                "there is no token endpoint at this address (HTTP {status}){words}; API tokens need Cloud Director 10.3.1 or later, and VCF Automation is reached under https://HOST/tm"
            ),
        ),
        _ => (
            Code::Http,
            format!(
                "the token endpoint answered with HTTP {status} {}{words}",
                response.reason()
            ),
        ),
    };
    let mut error = org.advise(Error::new(code, message));
    if let Some(wait) = retry::retry_after(response) {
        error = error.and(&format!("The server asks to wait {}", retry::in_words(wait)));
    }
    error
        .with_answer(response)
        .with_server_words(said.code, said.message)
        .with_retry_after(retry::retry_after(response))
        .with_body(server_error::body_text(response).map(|body| token.redact(&body)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::watched_memory::freed_with;
    use http::StatusCode;

    /// From the bytes that the HTTP client gave to the session that takes the token over.
    #[test]
    fn tokens_of_an_answer_are_overwritten() {
        for (secret, body) in [
            (
                "access-0123456789abcdef",
                r#"{"access_token":"access-0123456789abcdef","token_type":"Bearer","expires_in":3600}"#,
            ),
            (
                "rotated-0123456789abcdef",
                r#"{"access_token":"x","refresh_token":"rotated-0123456789abcdef"}"#,
            ),
        ] {
            // As it comes, with room for the NUL.
            let mut bytes = Vec::with_capacity(body.len() + 1);
            bytes.extend_from_slice(body.as_bytes());
            let read = || {
                let mut response = Response::new(StatusCode::OK, HeaderMap::new(), bytes);
                let granted = granted(&response).unwrap().unwrap();
                response.wipe();
                assert!(granted.rotated.is_some() || granted.tokens.is_ok());
            };
            assert_eq!(freed_with(secret, read), 0, "{secret}");
        }
    }
}
