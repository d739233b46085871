//! `POST /oauth/tenant/{organisation}/register` and `POST /oauth/provider/register`: new API tokens and
//! service accounts.

use serde::{Deserialize, Serialize};

use crate::authentication;
use crate::cloud::Cloud;
use crate::data::{Role, SYSTEM_ID};
use crate::error_body::{self, Shape};
use crate::oauth::{self, DEVICE_CODE, JWT_BEARER, Realm};
use crate::request::Request;
use crate::response::Response;
use crate::service_accounts::NewAccount;

/// What a client asks for.
#[derive(Deserialize)]
struct Asked {
    client_name: Option<String>,
    software_id: Option<String>,
    scope: Option<String>,
    software_version: Option<String>,
    client_uri: Option<String>,
}

/// What it gets.
#[derive(Serialize)]
struct Registered<'a> {
    client_name: &'a str,
    client_id: &'a str,
    grant_types: [&'static str; 2],
    token_endpoint_auth_method: &'static str,
    client_uri: Option<&'a str>,
    software_id: Option<&'a str>,
    software_version: Option<&'a str>,
    scope: Option<&'a str>,
}

/// Makes an OAuth client: a service account if software is named, else an API token without its secret.
pub(crate) fn answer(cloud: &Cloud, request: &Request, realm: Realm<'_>) -> Response {
    if request.method != "POST" {
        return error_body::method_not_allowed("POST");
    }
    register(cloud, request, realm).unwrap_or_else(|refusal| refusal)
}

fn register(cloud: &Cloud, request: &Request, realm: Realm<'_>) -> Result<Response, Response> {
    let session = authentication::session(cloud, request, Shape::Cloudapi)?;
    let user = &session.user;
    let asked: Asked = serde_json::from_slice(&request.body).map_err(|error| {
        let message = format!("The body is not a client registration: {error}");
        oauth::refusal(cloud, "invalid_client_metadata", &message)
    })?;
    let name = asked.client_name.as_deref().unwrap_or_default().trim();
    let is_account = asked.software_id.is_some();
    let right = if is_account {
        "Service Account: Manage"
    } else {
        "Token: Manage"
    };
    let organization = realm.organization(cloud);
    let own = organization.as_ref().is_some_and(|(id, _)| *id == user.organization_id);
    let allowed = session.came_of_password()
        && if is_account {
            user.role.is_administrator() && organization.is_some() && (own || user.is_provider())
        } else {
            own
        };
    let (true, Some(organization)) = (allowed, organization) else {
        let operation = if is_account {
            "SERVICE_ACCOUNT_MANAGE"
        } else {
            "TOKEN_MANAGE"
        };
        return Err(error_body::forbidden(cloud, right, operation, &user.urn()));
    };
    if name.is_empty() {
        let message = "Required parameter 'client_name' is missing";
        return Err(oauth::refusal(cloud, "invalid_client_metadata", message));
    }
    let taken = || {
        let message = format!("A client with the name \"{name}\" exists already");
        oauth::refusal(cloud, "invalid_client_metadata", &message)
    };
    let id = cloud.identifiers.uuid();
    if let Some(software_id) = &asked.software_id {
        if !is_uuid(software_id) {
            let message = format!("The software_id \"{software_id}\" is not a UUID");
            return Err(oauth::refusal(cloud, "invalid_client_metadata", &message));
        }
        let account = NewAccount {
            id: id.clone(),
            name: name.to_owned(),
            role: role(cloud, asked.scope.as_deref(), user.role, organization.0 == SYSTEM_ID)?,
            software_id: software_id.clone(),
            software_version: asked.software_version.clone(),
            uri: asked.client_uri.clone(),
            organization,
        };
        cloud.service_accounts.create(account).ok_or_else(taken)?;
    } else if !cloud.api_tokens.register(user, name, &id) {
        return Err(taken());
    }
    let first = if is_account { DEVICE_CODE } else { JWT_BEARER };
    let registered = Registered {
        client_name: name,
        client_id: &id,
        grant_types: [first, "refresh_token"],
        token_endpoint_auth_method: "none",
        client_uri: asked.client_uri.as_deref(),
        software_id: asked.software_id.as_deref(),
        software_version: asked.software_version.as_deref(),
        scope: asked.scope.as_deref(),
    };
    Ok(Response::json(201, "application/json", &registered))
}

/// The role that a scope names; without a scope, that of whoever asks.
fn role(cloud: &Cloud, scope: Option<&str>, own: Role, provider: bool) -> Result<Role, Response> {
    let found = match scope.filter(|scope| !scope.is_empty()) {
        None => Some(own),
        Some(scope) => Role::from_urn(scope),
    };
    found.filter(|role| provider == role.is_for_provider()).ok_or_else(|| {
        let message = format!(
            "The scope \"{}\" is not a role that is there",
            scope.unwrap_or_default()
        );
        oauth::refusal(cloud, "invalid_scope", &message)
    })
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
