//! `/cloudapi/1.0.0/sessions`, `/cloudapi/1.0.0/sessions/current` and `/cloudapi/1.0.0/sessions/{urn}`

use serde::Serialize;

use crate::access_tokens::Session;
use crate::api_version::Wanted;
use crate::caller::Caller;
use crate::cloud::{Cloud, SITE_ID, SITE_NAME};
use crate::error_body;
use crate::filter::Field;
use crate::listing::Listing;
use crate::reference::Reference;
use crate::request::Request;
use crate::response::Response;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionAnswer<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<Reference<'a>>,
    user: Reference<'a>,
    org: Reference<'a>,
    location: String,
    roles: [&'a str; 1],
    role_refs: [Reference<'a>; 1],
    session_idle_timeout_minutes: u32,
}

/// `/cloudapi/1.0.0/sessions`: the sessions of whoever asks.
pub(crate) fn collection(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    let listing = match Listing::of(request, &["id"]) {
        Ok(listing) => listing,
        Err(message) => return error_body::cloudapi(400, "BAD_REQUEST", &message),
    };
    let own = cloud.access_tokens.of(&caller.session.user.id);
    let chosen = listing.choose(own.into_iter(), |session, _| {
        Some(Field::Text(session.id.as_str().into()))
    });
    listing.answer(cloud, request, caller, "Sessions", &chosen, |session| {
        show(session, caller.wanted)
    })
}

/// `/cloudapi/1.0.0/sessions/{urn}`, which people have for sessions of their own.
pub(crate) fn item(cloud: &Cloud, request: &Request, session: &Session, wanted: &Wanted, urn: &str) -> Response {
    let found = urn
        .strip_prefix("urn:vcloud:session:")
        .and_then(|id| cloud.access_tokens.by_id(id))
        .filter(|found| found.user.id == session.user.id);
    match found {
        Some(found) => answer(cloud, request, &found, wanted),
        None => error_body::forbidden(cloud, "Session: View", "SESSION_VIEW", urn),
    }
}

/// Shows a session, or ends it.
pub(crate) fn answer(cloud: &Cloud, request: &Request, session: &Session, wanted: &Wanted) -> Response {
    match request.method.as_str() {
        "GET" | "HEAD" => shown(session, wanted),
        "DELETE" => {
            cloud.access_tokens.end(&session.token);
            Response::empty(204)
        }
        _ => error_body::method_not_allowed("GET, DELETE"),
    }
}

/// A session as it is answered.
pub(crate) fn shown(session: &Session, wanted: &Wanted) -> Response {
    let content_type = format!("application/json;version={}", wanted.text);
    Response::json(200, &content_type, &show(session, wanted))
}

fn show<'a>(session: &'a Session, wanted: &Wanted) -> SessionAnswer<'a> {
    let user = &session.user;
    let site = Reference {
        name: SITE_NAME,
        id: format!("urn:vcloud:site:{SITE_ID}"),
    };
    SessionAnswer {
        id: format!("urn:vcloud:session:{}", session.id),
        site: wanted.version.has(37, 1).then_some(site),
        user: Reference::of_user(user),
        org: Reference::of_organization(user),
        location: user.location(SITE_ID),
        roles: [user.role.name()],
        role_refs: [Reference::of_role(user.role)],
        session_idle_timeout_minutes: 30,
    }
}
