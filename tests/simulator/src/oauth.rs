//! `POST /oauth/tenant/{organisation}/token` and `POST /oauth/provider/token`

use std::sync::atomic::Ordering;

use serde::Serialize;

use crate::access_tokens::Origin;
use crate::cloud::{Cloud, SITE_ID};
use crate::config::OauthErrorStyle;
use crate::error_body;
use crate::request::Request;
use crate::response::Response;

/// Whose token endpoint it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Realm<'a> {
    /// `/oauth/provider`
    Provider,
    /// `/oauth/tenant/{organisation}`
    Tenant(&'a str),
}

#[derive(Serialize)]
struct TokenAnswer<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: Option<&'a str>,
}

/// Whether a request asks for a token, whatever becomes of it.
pub(crate) fn is_exchange(cloud: &Cloud, request: &Request) -> bool {
    let path = cloud.without_prefix(request.path());
    request.method == "POST" && path.starts_with("/oauth/") && path.ends_with("/token")
}

/// Exchanges an API token for an access token.
pub(crate) fn token(cloud: &Cloud, request: &Request, realm: Realm<'_>) -> Response {
    if request.method != "POST" {
        return error_body::method_not_allowed("POST");
    }
    let Some(grant_type) = parameter(request, "grant_type") else {
        return refusal(cloud, "invalid_request", "Required parameter 'grant_type' is missing");
    };
    if grant_type != "refresh_token" {
        return refusal(cloud, "unsupported_grant_type", "Unsupported grant type");
    }
    let Some(api_token) = parameter(request, "refresh_token").filter(|token| !token.is_empty()) else {
        return refusal(
            cloud,
            "invalid_request",
            "Required parameter 'refresh_token' is missing",
        );
    };
    let owner = cloud.api_tokens.owner(&api_token).filter(|user| match realm {
        Realm::Provider => user.is_provider(),
        Realm::Tenant(name) => !user.is_provider() && user.organization.eq_ignore_ascii_case(name),
    });
    let Some(user) = owner else {
        return refusal(cloud, "invalid_grant", "Invalid refresh token");
    };
    let lifetime = cloud.settings().lifetime;
    let issued = cloud
        .access_tokens
        .issue(user, Origin::ApiToken, SITE_ID, lifetime, &cloud.identifiers);
    match issued {
        Ok(session) => {
            cloud.exchanges_ok.fetch_add(1, Ordering::Relaxed);
            let body = TokenAnswer {
                access_token: &session.token,
                token_type: "Bearer",
                expires_in: lifetime.as_secs(),
                refresh_token: None,
            };
            Response::json(200, "application/json", &body)
        }
        Err(error) => error_body::cloudapi(500, "INTERNAL_SERVER_ERROR", &error.to_string()),
    }
}

/// A parameter of the form body, or of the query as the first scripts sent it.
fn parameter(request: &Request, wanted: &str) -> Option<String> {
    let body = form_urlencoded::parse(&request.body);
    let query = form_urlencoded::parse(request.query().as_bytes());
    body.chain(query)
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}

fn refusal(cloud: &Cloud, code: &str, message: &str) -> Response {
    match cloud.settings().oauth_errors {
        OauthErrorStyle::Cloudapi => error_body::cloudapi(400, code, message),
        OauthErrorStyle::Rfc => error_body::rfc_6749(400, code, message),
    }
}
