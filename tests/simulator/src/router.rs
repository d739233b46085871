//! Which path is answered where.

use crate::api_version::Api;
use crate::authentication;
use crate::cloud::Cloud;
use crate::error_body;
use crate::legacy;
use crate::oauth::{self, Realm};
use crate::orgs::{self, Caller};
use crate::request::{Request, decoded};
use crate::response::Response;
use crate::sessions;
use crate::sign_in::{self, Door};
use crate::versions;

/// The answer to a request, without what all answers carry.
pub(crate) fn answer(cloud: &Cloud, request: &Request) -> Response {
    let path = cloud.without_prefix(request.path());
    let segments: Vec<String> = path.strip_prefix('/').unwrap_or(path).split('/').map(decoded).collect();
    let mut segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    // A slash at the end makes no difference.
    if segments.len() > 1 && segments.last() == Some(&"") {
        segments.pop();
    }
    match segments.as_slice() {
        ["api", "versions"] => versions::answer(cloud, request),
        ["oauth", "provider", "token"] => oauth::token(cloud, request, Realm::Provider),
        ["oauth", "tenant", name, "token"] => oauth::token(cloud, request, Realm::Tenant(name)),
        ["cloudapi", rest @ ..] => cloudapi(cloud, request, rest).unwrap_or_else(|refusal| refusal),
        ["api", rest @ ..] => api(cloud, request, rest).unwrap_or_else(|refusal| refusal),
        _ => Response::html(404, "404 Not Found", "<h1>404 Not Found</h1>"),
    }
}

fn cloudapi(cloud: &Cloud, request: &Request, path: &[&str]) -> Result<Response, Response> {
    let wanted = cloud.versions.negotiate(request, Api::Cloudapi)?;
    match path {
        ["1.0.0", "sessions"] => return Ok(sign_in::answer(cloud, request, &wanted, Door::Tenant)),
        ["1.0.0", "sessions", "provider"] => return Ok(sign_in::answer(cloud, request, &wanted, Door::Provider)),
        _ => {}
    }
    let session = authentication::session(cloud, request)?;
    let caller = Caller {
        session: &session,
        wanted: &wanted,
    };
    Ok(match path {
        ["1.0.0", "orgs"] => orgs::collection(cloud, request, caller),
        ["1.0.0", "orgs", urn] => orgs::item(cloud, request, caller, urn),
        ["1.0.0", "sessions", "current"] => sessions::answer(cloud, request, &session, &wanted),
        ["1.0.0", "sessions", urn] => sessions::item(cloud, request, &session, &wanted, urn),
        _ => error_body::cloudapi(404, "RESOURCE_NOT_FOUND", "There is nothing at this path."),
    })
}

fn api(cloud: &Cloud, request: &Request, path: &[&str]) -> Result<Response, Response> {
    let wanted = cloud.versions.negotiate(request, Api::Legacy)?;
    let session = authentication::session(cloud, request)?;
    Ok(match path {
        ["session"] => legacy::session(cloud, request, &session, &wanted),
        ["org"] => legacy::org_list(cloud, request, &session, &wanted),
        _ => Response::html(404, "404 Not Found", "<h1>404 Not Found</h1>"),
    })
}
