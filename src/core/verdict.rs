//! What an answer means: whether it is what was asked for, and what to say where it is not.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

use super::api_version;
use super::call::{Failure, Outcome};
use super::code::Code;
use super::error::Error;
use super::request::Request;
use super::response::Response;
use super::retry;
use super::secret::Secret;
use super::server_error;
use super::session::Session;
use http::Method;
use http::header::ACCEPT;
use serde::de::IgnoredAny;

/// Who asked, as far as that matters for what an answer means.
pub(super) struct Asked<'a> {
    pub(super) session: Option<&'a Session>,
    /// The access token that was sent: an error body may echo it.
    pub(super) token: Option<Secret>,
    /// The kind of body that is expected was decided by us.
    pub(super) accept_is_ours: bool,
    /// The client's API version was set, and not negotiated.
    pub(super) version_is_set: bool,
}

/// Decides what an answer means.
pub(super) fn judge(request: &Request, asked: &Asked<'_>, response: Response) -> Outcome {
    if request.settings.accept_any_status {
        return Ok(response);
    }
    let status = response.status();
    let refused = match status {
        ..200 => Some(Error::new(
            Code::Protocol,
            format!(
                "HTTP {status}: the server changes to another protocol, which nobody asked for. Something on the way, or another service, answered"
            ),
        )),
        300..=303 | 305..=399 => Some(Error::new(
            Code::Redirect,
            format!(
                "HTTP {status}: the server redirects{}, and redirects are not followed, so that no token leaves for another place. Use that address itself",
                response
                    .location()
                    .map_or_else(String::new, |place| format!(" to {place}"))
            ),
        )),
        400.. => Some(http_error(request, asked, &response)),
        _ if asked.accept_is_ours && request.settings.sink.is_memory() && request.method != Method::HEAD => {
            unusable(request, &response)
        }
        _ => None,
    };
    match refused {
        None => Ok(response),
        Some(error) => {
            let body = server_error::body_text(&response).map(|body| match &asked.token {
                Some(token) => token.redact(&body),
                None => body,
            });
            let error = error
                .with_http_status(status)
                .with_request_id(response.request_id())
                .with_retry_after(retry::retry_after(&response))
                .with_body(body);
            Err(Failure {
                error,
                response: Some(response),
            })
        }
    }
}

/// Places that only a session made with a password may use.
const FOR_PASSWORD_SESSIONS: [&str; 5] = ["/tokens", "/serviceAccounts", "/deviceLookup", "/users", "/roles"];

fn http_error(request: &Request, asked: &Asked<'_>, response: &Response) -> Error {
    let status = response.status();
    let mut said = server_error::parse(response.body().as_bytes());
    if let Some(token) = &asked.token {
        said = said.without(token);
    }
    let words = match (&said.message, &said.code) {
        (Some(message), Some(code)) => format!(": {message} ({code})"),
        (Some(text), None) | (None, Some(text)) => format!(": {text}"),
        (None, None) if said.is_html => {
            ": a web page, so a proxy, firewall or load balancer answered and not Cloud Director".to_owned()
        }
        (None, None) => String::new(),
    };
    let path = request.url.path();
    let managing = path.contains("/oauth/") && path.ends_with("/register")
        || path.contains("/cloudapi/") && FOR_PASSWORD_SESSIONS.iter().any(|place| path.contains(place));
    let asked_for = if status == 406 {
        not_acceptable(request, asked)
    } else {
        String::new()
    };
    let hint = match status {
        400 if said.code.as_deref() == Some("BUSY_ENTITY") && request.settings.wait_busy => {
            ". Another task still works on it, after all the time that the call was given. Wait for that task, or give more time"
        }
        400 if said.code.as_deref() == Some("BUSY_ENTITY") => {
            ". Another task works on it just now; this passes. Wait for that task, or let the call wait (VCD_CALL_OPT_WAIT_BUSY in C, -WaitBusy in PowerShell)"
        }
        401 => match asked.session {
            Some(session) if !session.can_renew() => {
                ". The access token has ended or was signed out; sign in again with a new one"
            }
            Some(_) if !request.body.is_repeatable() => {
                ". The session has ended, and the body of the request cannot be sent a second time; make the call again"
            }
            Some(_) => ". The server refuses the session's token even after its renewal; sign in again",
            None => ". This place needs a sign-in",
        },
        403 if managing && asked.session.is_some_and(Session::is_by_token) => {
            ". A session made with an API token or a service account may not manage tokens, service accounts, users and roles, whatever rights its user has; sign in with user name and password for that"
        }
        403 => {
            ". The right to do this is missing, or what was asked for does not exist or belongs to another organization"
        }
        404 if path.contains("/deviceLookup") => {
            ". There is no such user code: it was mistyped, was used already, has ended, or belongs to another organization (a provider acts in a tenant by its tenant context)"
        }
        404 => ". Check the path; it may belong to another API version",
        406 => asked_for.as_str(),
        409 => ". It was changed by somebody else meanwhile, or exists already",
        412 => ". It was changed since it was read; read it again and repeat the change",
        413 => ". The server or something before it does not take so much at once",
        429 => ". The server is throttling; wait and ask less often",
        502..=504 => ". The server is overloaded or restarting; try again later",
        600.. => ". There is no such status; something on the way, or another service, answered",
        _ => "",
    };
    let wait = retry::retry_after(response).map_or_else(String::new, |wait| {
        format!(". The server asks to wait {}.", retry::in_words(wait))
    });
    let reason = match response.reason() {
        "" => String::new(),
        reason => format!(" {reason}"),
    };
    Error::new(Code::Http, format!("HTTP {status}{reason}{words}{hint}{wait}"))
        .with_server_words(said.code, said.message)
}

/// What was asked for that the server does not have (HTTP 406).
fn not_acceptable(request: &Request, asked: &Asked<'_>) -> String {
    let accept = request
        .headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    let whose = match (asked.accept_is_ours, &request.settings.api_version) {
        (false, _) => {
            let legacy = request.url.path().contains("/api/") || request.url.path().ends_with("/api");
            let (form, accept_form) = if legacy {
                ("application/*+json or application/*+xml", "application/*+json")
            } else {
                ("application/json", "application/json")
            };
            return format!(
                ". The request's own Accept header says \"{accept}\"; this place wants {form}, with a version behind it, as in {accept_form};version={}. Leave the header out to have the right one sent",
                api_version::DEFAULT,
            );
        }
        (true, Some(_)) => "as it was set for this call (-ApiVersion in PowerShell, VCD_CALL_OPT_API_VERSION in C)",
        (true, None) if !asked.version_is_set => "as it was negotiated from the server's own list",
        (true, None) => {
            "as it was set for the session (Connect-Vcd -ApiVersion in PowerShell, VCD_OPT_API_VERSION in C)"
        }
    };
    let version = accept.split("version=").nth(1).unwrap_or(accept);
    format!(". API version {version} was asked for, {whose}; set one that the server supports, or none")
}

/// A good status with a body that cannot be what was asked for.
fn unusable(request: &Request, response: &Response) -> Option<Error> {
    let body = response.body().as_bytes();
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    let status = response.status();
    let media = response.media_type();
    if body.is_empty() {
        return (status == 200 && request.method == Method::GET)
            .then(|| Error::new(Code::Empty, "the answer is empty where JSON should be; a proxy or firewall may have answered in place of Cloud Director"));
    }
    if media == "text/html" {
        return Some(Error::new(
            Code::Content,
            "the answer is a web page where JSON should be; a proxy or firewall may have answered in place of Cloud Director",
        ));
    }
    let is_json = media == "application/json" || media.ends_with("+json");
    if !is_json || is_balanced(body) {
        return None;
    }
    match serde_json::from_slice::<IgnoredAny>(body) {
        Ok(_) => None,
        Err(error) if error.is_eof() => Some(Error::new(
            Code::Truncated,
            "the JSON of the answer is cut short; something on the way damages answers. Ask again",
        )),
        Err(error) => Some(Error::new(
            Code::Json,
            format!(
                "the answer is called JSON and is none (line {}, column {}); something on the way changes answers, or another service answered",
                error.line(),
                error.column()
            ),
        )),
    }
}

/// Whether as many brackets are closed as are opened, and the first with the last. What is cut short fails this; reading
/// all of it would cost more than the exchange, and readers do it anyway.
fn is_balanced(body: &[u8]) -> bool {
    let ends = match (body.first(), body.last()) {
        (Some(b'{'), Some(last)) => *last == b'}',
        (Some(b'['), Some(last)) => *last == b']',
        // A number, a text, true, false, null; or something else, which is then looked at.
        _ => false,
    };
    // In a form that the compiler turns into vector instructions; brackets and braces differ by one bit.
    let open: i64 = body
        .chunks(usize::from(u8::MAX))
        .map(|chunk| {
            let count = |wanted: u8| chunk.iter().map(|byte| u8::from(*byte | 0x20 == wanted)).sum::<u8>();
            i64::from(count(b'{')) - i64::from(count(b'}'))
        })
        .sum();
    ends && open == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::request::CallSettings;
    use crate::core::settings::Settings;
    use http::{HeaderMap, HeaderValue, StatusCode};

    fn code(body: &str) -> Option<Code> {
        let url = url::Url::parse("https://h/cloudapi/x").unwrap();
        let request = Request::new(Method::GET, url, CallSettings::from_client(&Settings::default()));
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/json;version=37.2"),
        );
        let response = Response::new(StatusCode::OK, headers, body.as_bytes().to_vec());
        unusable(&request, &response).map(|error| error.code())
    }

    #[test]
    fn json_that_is_cut_short_anywhere_is_found_out() {
        let whole = r#"{"values":[{"a":[1,2],"b":{"c":"x}]{["}},{"a":[]}],"n":null}"#;
        assert_eq!(code(whole), None);
        for cut in 1..whole.len() {
            assert_eq!(code(&whole[..cut]), Some(Code::Truncated), "{}", &whole[..cut]);
        }
        for fine in [
            "[]",
            "{}",
            "\u{feff}{}",
            " {\"a\":1}\n",
            "1",
            "null",
            "\"text\"",
            "true",
        ] {
            assert_eq!(code(fine), None, "{fine}");
        }
        for wrong in ["{\"a\":1} x", "{\"a\":1]", "hello", "{}}"] {
            assert_eq!(code(wrong), Some(Code::Json), "{wrong}");
        }
        assert_eq!(code(" \n"), Some(Code::Empty));
    }
}
