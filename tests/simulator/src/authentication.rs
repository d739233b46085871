//! Whose access token a request carries.

use std::sync::Arc;

use crate::access_tokens::Session;
use crate::cloud::Cloud;
use crate::config::UnauthorizedBody;
use crate::error_body;
use crate::request::Request;
use crate::response::Response;

/// The session that the request belongs to, or the answer that refuses it.
pub(crate) fn session(cloud: &Cloud, request: &Request) -> Result<Arc<Session>, Response> {
    let mut values = request.header_values("Authorization");
    let first = values.next();
    if values.next().is_some() {
        // So answers the load balancer before the request gets any further.
        return Err(Response::html(400, "400 Bad Request", "<h1>400 Bad Request</h1>"));
    }
    let token = match first {
        Some(value) => bearer(value),
        None => pair(request),
    };
    token
        .and_then(|token| cloud.access_tokens.session(token))
        .ok_or_else(|| unauthorized(cloud))
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
pub(crate) fn unauthorized(cloud: &Cloud) -> Response {
    match cloud.settings().unauthorized_body {
        UnauthorizedBody::Empty => Response::empty(401),
        UnauthorizedBody::Json => error_body::cloudapi(
            401,
            "UNAUTHORIZED",
            "The credentials are missing, wrong or have expired.",
        ),
    }
}
