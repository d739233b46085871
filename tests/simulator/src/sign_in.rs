//! `POST /cloudapi/1.0.0/sessions` and `/cloudapi/1.0.0/sessions/provider`: signing in with a password.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::access_tokens::Origin;
use crate::api_version::Wanted;
use crate::authentication;
use crate::cloud::{Cloud, SITE_ID};
use crate::data::User;
use crate::error_body;
use crate::request::Request;
use crate::response::Response;
use crate::sessions;

/// Who may sign in at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Users of the provider.
    Provider,
    /// Users of all other organisations.
    Tenant,
}

/// Opens a session for a user who knows the password.
pub(crate) fn answer(cloud: &Cloud, request: &Request, wanted: &Wanted, door: Door) -> Response {
    if request.method != "POST" {
        return error_body::method_not_allowed(match door {
            Door::Provider => "POST",
            Door::Tenant => "GET, POST",
        });
    }
    let user = user(cloud, request).filter(|user| user.is_provider() == (door == Door::Provider));
    let Some(user) = user else {
        return authentication::unauthorized(cloud, wanted.errors);
    };
    let lifetime = cloud.settings().lifetime;
    let opened = cloud
        .access_tokens
        .issue(user, Origin::Password, SITE_ID, lifetime, &cloud.identifiers);
    match opened {
        Ok(session) => sessions::shown(&session, wanted)
            .header("X-VMWARE-VCLOUD-ACCESS-TOKEN", session.token.clone())
            .header("X-VMWARE-VCLOUD-TOKEN-TYPE", "Bearer"),
        Err(error) => error_body::cloudapi(500, "INTERNAL_SERVER_ERROR", &error.to_string()),
    }
}

/// Whom `Basic user@organisation:password` stands for.
fn user(cloud: &Cloud, request: &Request) -> Option<Arc<User>> {
    let (scheme, encoded) = request.header("Authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    // Passwords may contain a colon, and user names an at sign.
    let (name, password) = text.split_once(':')?;
    let (user, organization) = name.rsplit_once('@')?;
    cloud.passwords.user(organization, user, password)
}
