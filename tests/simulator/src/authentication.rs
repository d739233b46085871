//! Whose access token a request carries.

use std::sync::Arc;

use crate::access_tokens::Session;
use crate::cloud::Cloud;
use crate::config::UnauthorizedBody;
use crate::error_body::{self, Shape};
use crate::request::Request;
use crate::response::Response;

/// What names a session by its 32 digits: deprecated, and still taken by both APIs, as VMware's OpenAPI file says.
const LEGACY: &str = "x-vcloud-authorization";

/// The session that the request belongs to, or the answer that refuses it.
pub(crate) fn session(cloud: &Cloud, request: &Request, errors: Shape) -> Result<Arc<Session>, Response> {
    let mut values = request.header_values("Authorization");
    let first = values.next();
    if values.next().is_some() {
        // So answers the load balancer before the request gets any further.
        return Err(Response::html(400, "400 Bad Request", "<h1>400 Bad Request</h1>"));
    }
    let by_token = |token| cloud.access_tokens.session(token);
    let session = match first {
        Some(value) => bearer(value).and_then(by_token),
        None => pair(request)
            .and_then(by_token)
            .or_else(|| cloud.access_tokens.by_legacy_id(request.header(LEGACY)?)),
    };
    session.ok_or_else(|| unauthorized(cloud, errors))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// The alternative to `Authorization`.
fn pair(request: &Request) -> Option<&str> {
    let kind = request.header("X-VMWARE-VCLOUD-TOKEN-TYPE")?;
    let token = request.header("X-VMWARE-VCLOUD-ACCESS-TOKEN")?;
    kind.eq_ignore_ascii_case("Bearer").then_some(token)
}

/// The answer to whoever is not let in.
pub(crate) fn unauthorized(cloud: &Cloud, errors: Shape) -> Response {
    match cloud.settings().unauthorized_body {
        UnauthorizedBody::Empty => Response::empty(401),
        UnauthorizedBody::Json => error_body::shaped(
            errors,
            401,
            "UNAUTHORIZED",
            "The credentials are missing, wrong or have expired.",
        ),
    }
}
