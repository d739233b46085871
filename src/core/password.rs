//! Sign-in by user name and password: `POST /cloudapi/1.0.0/sessions`, or `…/sessions/provider`. Only a session made
//! this way may manage tokens and service accounts.

use super::address::ServerAddress;
use super::api_version::ApiVersion;
use super::claims::Claims;
use super::code::Code;
use super::error::{Error, Result};
use super::exchange::Tokens;
use super::org::Org;
use super::request_id::{self, RequestId};
use super::retry;
use super::secret::Secret;
use super::server_error;
use super::transport::Transport;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderValue, Method};

/// A user with a password. Kept as long as the session, which is opened anew with it when it ends.
pub(crate) struct Password {
    pub(crate) user: String,
    pub(crate) password: Secret,
    /// Settled before the sign-in; this endpoint asks for one.
    pub(crate) version: ApiVersion,
}

/// Where the sessions of this organization are made.
pub(crate) fn path(org: &Org) -> &'static str {
    match org {
        Org::Provider => "/cloudapi/1.0.0/sessions/provider",
        Org::Tenant(_) => "/cloudapi/1.0.0/sessions",
    }
}

/// The response header that carries the access token.
const ACCESS_TOKEN: &str = "x-vmware-vcloud-access-token";

/// Opens a session.
pub(crate) async fn open(
    transport: &Transport,
    address: &ServerAddress,
    org: &Org,
    login: &Password,
) -> Result<Tokens> {
    let pair = Secret::from_string(format!("{}@{}:{}", login.user, org.name(), login.password.expose()));
    let encoded = Secret::from_string(STANDARD.encode(pair.expose()));
    let value = Secret::from_string(format!("Basic {}", encoded.expose()));
    let internal = |_| Error::new(Code::Internal, "the sign-in's headers cannot be made");
    let mut authorization = HeaderValue::from_str(value.expose()).map_err(internal)?;
    authorization.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, authorization);
    let accept = format!("application/json;version={}", login.version);
    headers.insert(ACCEPT, HeaderValue::from_str(&accept).map_err(internal)?);
    headers.insert(request_id::HEADER, RequestId::generate().header());
    let url = address.place(path(org));
    let response = transport.ask(Method::POST, &url, headers).await?;
    let status = response.status();
    let token = response
        .header(ACCESS_TOKEN)
        .map(str::trim)
        .filter(|token| !token.is_empty());
    if let (200..=299, Some(token)) = (status, token) {
        let access = Secret::new(token);
        return Ok(Tokens {
            lifetime: Claims::read(access.expose()).lifetime(),
            access,
            answer: response.without_secrets(),
        });
    }
    // An answer may repeat what was sent.
    let said = server_error::parse(response.body().as_bytes())
        .without(&login.password)
        .without(&encoded);
    let words = said.words();
    let where_to = match org {
        Org::Provider => "the provider".to_owned(),
        Org::Tenant(name) => format!("the organization {name}"),
    };
    let (code, message) = match status {
        401 | 403 => (
            Code::Auth,
            format!(
                "the server refused user name and password for {where_to}{words}. Check the user's name, the password, and that the user belongs to this organization (the provider's is System) and is not locked. A user of an identity provider (SAML, OpenID Connect) has no password here: make an API token in the user interface instead"
            ),
        ),
        300..=399 => (
            Code::Redirect,
            format!(
                "the sessions' endpoint redirects (HTTP {status}), and redirects are not followed with a password; give the address that it redirects to"
            ),
        ),
        200..=299 => (
            Code::Content,
            "the sign-in got an answer without an access token; is this address a Cloud Director?".to_owned(),
        ),
        _ => (
            Code::Http,
            format!(
                "the sign-in was answered with HTTP {status} {}{words}",
                response.reason()
            ),
        ),
    };
    Err(org
        .advise(Error::new(code, message))
        .with_answer(&response)
        .with_server_words(said.code, said.message)
        .with_retry_after(retry::retry_after(&response))
        .with_body(server_error::body_text(&response).map(|body| encoded.redact(&login.password.redact(&body)))))
}
