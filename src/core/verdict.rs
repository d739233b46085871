//! What an answer means: whether it is what was asked for, and what to say where it is not.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

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

/// Who asked, as far as that matters for what an answer means.
pub(super) struct Asked<'a> {
    pub(super) session: Option<&'a Session>,
    /// The access token that was sent: an error body may echo it.
    pub(super) token: Option<Secret>,
    /// The kind of body that is expected was decided by us.
    pub(super) accept_is_ours: bool,
}

/// Decides what an answer means.
pub(super) fn judge(request: &Request, asked: &Asked<'_>, response: Response) -> Outcome {
    if request.settings.accept_any_status {
        return Ok(response);
    }
    let status = response.status();
    let refused = match status {
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
    let hint = match status {
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
        404 => ". Check the path; it may belong to another API version",
        406 => ". Set an API version that the server supports",
        409 => ". It was changed by somebody else meanwhile, or exists already",
        412 => ". It was changed since it was read; read it again and repeat the change",
        413 => ". The server or something before it does not take so much at once",
        429 => ". The server is throttling; wait and ask less often",
        502..=504 => ". The server is overloaded or restarting; try again later",
        _ => "",
    };
    Error::new(Code::Http, format!("HTTP {status} {}{words}{hint}", response.reason()))
        .with_server_words(said.code, said.message)
}

/// A good status with a body that cannot be what was asked for.
fn unusable(request: &Request, response: &Response) -> Option<Error> {
    let body = response.body().as_bytes().trim_ascii();
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
    let open = matches!((body.first(), body.last()), (Some(b'{'), Some(last)) if *last != b'}')
        || matches!((body.first(), body.last()), (Some(b'['), Some(last)) if *last != b']');
    // Only a look at both ends: a full check would cost more than the exchange, and readers do it anyway.
    (is_json && open).then(|| {
        Error::new(
            Code::Truncated,
            "the JSON of the answer is cut short; something on the way damages answers. Ask again",
        )
    })
}
