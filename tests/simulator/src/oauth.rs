//! `POST /oauth/tenant/{organisation}/token` and `POST /oauth/provider/token`

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::Serialize;

use crate::access_tokens::Origin;
use crate::api_tokens::NoSecret;
use crate::cloud::{Cloud, SITE_ID};
use crate::config::OauthErrorStyle;
use crate::data::{SYSTEM_ID, User};
use crate::error_body;
use crate::random;
use crate::request::Request;
use crate::response::Response;
use crate::service_accounts::{NoAccess, Refreshed};

/// The grant that gives an API token its secret.
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The grant that gives a service account its first refresh token.
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Whose token endpoint it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Realm<'a> {
    /// `/oauth/provider`
    Provider,
    /// `/oauth/tenant/{organisation}`
    Tenant(&'a str),
}

impl Realm<'_> {
    /// Whether it is this user's.
    pub(crate) fn fits(self, user: &User) -> bool {
        match self {
            Self::Provider => user.is_provider(),
            Self::Tenant(name) => !user.is_provider() && user.organization.eq_ignore_ascii_case(name),
        }
    }

    /// UUID and name of the organisation, if there is one.
    pub(crate) fn organization(self, cloud: &Cloud) -> Option<(String, String)> {
        let organizations = cloud.organizations();
        let found = match self {
            Self::Provider => organizations.by_id(SYSTEM_ID),
            Self::Tenant(name) => organizations
                .all()
                .iter()
                .find(|entry| entry.id != SYSTEM_ID && entry.name.eq_ignore_ascii_case(name)),
        };
        found.map(|found| (found.id.clone(), found.name.clone()))
    }

    /// `provider` or `tenant/{organisation}`
    pub(crate) fn path(self) -> String {
        match self {
            Self::Provider => "provider".to_owned(),
            Self::Tenant(name) => format!("tenant/{name}"),
        }
    }
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

/// Exchanges what a client has for an access token.
pub(crate) fn token(cloud: &Cloud, request: &Request, realm: Realm<'_>) -> Response {
    if request.method != "POST" {
        return error_body::method_not_allowed("POST");
    }
    let answer = match parameter(request, "grant_type").as_deref() {
        None => Err(missing(cloud, "grant_type")),
        Some("refresh_token") => refresh(cloud, request, realm),
        Some(JWT_BEARER) => first_secret(cloud, request, realm),
        Some(DEVICE_CODE) => first_refresh_token(cloud, request, realm),
        Some(_) => Err(refusal(cloud, "unsupported_grant_type", "Unsupported grant type")),
    };
    answer.unwrap_or_else(|refusal| refusal)
}

/// An API token, or the refresh token of a service account, for an access token.
fn refresh(cloud: &Cloud, request: &Request, realm: Realm<'_>) -> Result<Response, Response> {
    let text = required(cloud, request, "refresh_token")?;
    let invalid = || refusal(cloud, "invalid_grant", "Invalid refresh token");
    if let Some(user) = cloud.api_tokens.owner(&text) {
        return if realm.fits(&user) {
            Ok(issue(cloud, user, Origin::ApiToken, None))
        } else {
            Err(invalid())
        };
    }
    // At the wrong endpoint a token is not used up.
    let holder = cloud.service_accounts.holder(&text);
    if holder.filter(|user| realm.fits(user)).is_none() {
        return Err(invalid());
    }
    let rotation = cloud.settings().rotation;
    match cloud.service_accounts.refresh(&text, rotation).map_err(failure)? {
        Refreshed::Good(user, next) => {
            if next.as_ref().is_some_and(|next| *next != text) {
                cloud.rotations.fetch_add(1, Ordering::Relaxed);
            }
            Ok(issue(cloud, user, Origin::ServiceAccount, next.as_deref()))
        }
        Refreshed::Bad => Err(invalid()),
        Refreshed::Killed(user) => {
            cloud.killed_grants.fetch_add(1, Ordering::Relaxed);
            cloud.access_tokens.end_of(&user.id);
            Err(invalid())
        }
    }
}

/// The access token of a session for the secret of a new API token.
fn first_secret(cloud: &Cloud, request: &Request, realm: Realm<'_>) -> Result<Response, Response> {
    let assertion = required(cloud, request, "assertion")?;
    let client_id = required(cloud, request, "client_id")?;
    let session = cloud.access_tokens.session(&assertion);
    let session = session.filter(|session| session.came_of_password() && realm.fits(&session.user));
    let Some(session) = session else {
        return Err(refusal(cloud, "invalid_grant", "Invalid assertion"));
    };
    let secret = random::alphanumeric(32).map_err(failure)?;
    match cloud.api_tokens.fetch(&client_id, &session.user, secret) {
        Ok(secret) => {
            let user = Arc::clone(&session.user);
            Ok(issue(cloud, user, Origin::ApiToken, Some(&secret)))
        }
        Err(NoSecret::Unknown | NoSecret::Foreign) => Err(refusal(cloud, "invalid_client", "Invalid client")),
        Err(NoSecret::Fetched) => Err(refusal(
            cloud,
            "invalid_grant",
            "The client has been given its refresh token already",
        )),
    }
}

/// A device code for the first refresh token of a service account.
fn first_refresh_token(cloud: &Cloud, request: &Request, realm: Realm<'_>) -> Result<Response, Response> {
    let device_code = required(cloud, request, "device_code")?;
    let client_id = required(cloud, request, "client_id")?;
    let account = cloud.service_accounts.by_id(&client_id);
    if account.filter(|account| realm.fits(&account.user)).is_none() {
        return Err(refusal(cloud, "invalid_client", "Invalid client"));
    }
    let (code, message) = match cloud.service_accounts.ask(&client_id, &device_code).map_err(failure)? {
        Ok((user, text)) => return Ok(issue(cloud, user, Origin::ServiceAccount, Some(&text))),
        Err(NoAccess::Unknown) => ("invalid_grant", "Invalid device code"),
        Err(NoAccess::Pending) => ("authorization_pending", "The authorization request is still pending"),
        Err(NoAccess::TooFast) => ("slow_down", "The device polls faster than it should"),
        Err(NoAccess::Expired) => ("expired_token", "The device code has expired"),
        Err(NoAccess::Denied) => ("access_denied", "The authorization request was denied"),
    };
    Err(refusal(cloud, code, message))
}

fn issue(cloud: &Cloud, user: Arc<User>, origin: Origin, refresh_token: Option<&str>) -> Response {
    let lifetime = cloud.settings().lifetime;
    let issued = cloud
        .access_tokens
        .issue(user, origin, SITE_ID, lifetime, &cloud.identifiers);
    match issued {
        Ok(session) => {
            cloud.exchanges_ok.fetch_add(1, Ordering::Relaxed);
            let body = TokenAnswer {
                access_token: &session.token,
                token_type: "Bearer",
                expires_in: lifetime.as_secs(),
                refresh_token,
            };
            Response::json(200, "application/json", &body)
        }
        Err(error) => failure(error),
    }
}

fn failure(error: std::io::Error) -> Response {
    error_body::cloudapi(500, "INTERNAL_SERVER_ERROR", &error.to_string())
}

/// A parameter of the form body, or of the query as the first scripts sent it.
fn parameter(request: &Request, wanted: &str) -> Option<String> {
    let body = form_urlencoded::parse(&request.body);
    let query = form_urlencoded::parse(request.query().as_bytes());
    body.chain(query)
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}

/// A parameter that has to be there.
pub(crate) fn required(cloud: &Cloud, request: &Request, name: &str) -> Result<String, Response> {
    parameter(request, name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| missing(cloud, name))
}

fn missing(cloud: &Cloud, name: &str) -> Response {
    let message = format!("Required parameter '{name}' is missing");
    refusal(cloud, "invalid_request", &message)
}

/// An error in the shape that the settings ask for.
pub(crate) fn refusal(cloud: &Cloud, code: &str, message: &str) -> Response {
    match cloud.settings().oauth_errors {
        OauthErrorStyle::Cloudapi => error_body::cloudapi(400, code, message),
        OauthErrorStyle::Rfc => error_body::rfc_6749(400, code, message),
    }
}
