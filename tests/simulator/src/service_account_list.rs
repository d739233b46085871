//! `/cloudapi/1.0.0/serviceAccounts`, `/cloudapi/1.0.0/serviceAccounts/{urn}` and what is done to one of them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::config::Rotation;
use crate::data::Role;
use crate::error_body;
use crate::filter::Field;
use crate::listing::Listing;
use crate::reference::Reference;
use crate::request::Request;
use crate::response::Response;
use crate::service_accounts::{Change, ServiceAccount};
use crate::tasks::Task;

/// This list has smaller pages than others.
const LARGEST_PAGE: usize = 32;

/// An account as it is answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account<'a> {
    id: String,
    name: &'a str,
    software_id: Option<&'a str>,
    software_version: Option<&'a str>,
    role: Reference<'static>,
    uri: Option<&'a str>,
    org: Reference<'a>,
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    require_rotation: Option<bool>,
}

/// An account as a client sends it; read-only fields are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountInput {
    name: Option<String>,
    software_id: Option<String>,
    software_version: Option<String>,
    uri: Option<String>,
    role: Option<RoleInput>,
}

#[derive(Deserialize)]
struct RoleInput {
    id: Option<String>,
}

const FIELDS: [&str; 6] = ["id", "name", "softwareId", "softwareVersion", "uri", "status"];

fn field<'a>(account: &'a ServiceAccount, name: &str) -> Option<Field<'a>> {
    let text = match name {
        "id" => account.urn().into(),
        "name" => account.user.name.as_str().into(),
        "softwareId" => account.software_id.as_str().into(),
        "softwareVersion" => account.software_version.as_deref()?.into(),
        "uri" => account.uri.as_deref()?.into(),
        "status" => account.status().name().into(),
        _ => return None,
    };
    Some(Field::Text(text))
}

/// Who may not manage accounts sees less of them.
fn show<'a>(cloud: &Cloud, caller: Caller<'_>, account: &'a ServiceAccount) -> Account<'a> {
    let all = caller.session.user.role.is_administrator();
    Account {
        id: account.urn(),
        name: &account.user.name,
        software_id: all.then_some(account.software_id.as_str()),
        software_version: account.software_version.as_deref().filter(|_| all),
        role: Reference::of_role(account.user.role),
        uri: account.uri.as_deref().filter(|_| all),
        org: Reference::of_organization(&account.user),
        status: all.then(|| account.status().name()),
        require_rotation: caller
            .wanted
            .version
            .has(39, 0)
            .then(|| cloud.settings().rotation == Rotation::Always),
    }
}

fn forbidden(cloud: &Cloud, entity: &str) -> Response {
    let (right, operation) = ("Service Account: Manage", "SERVICE_ACCOUNT_MANAGE");
    error_body::forbidden(cloud, right, operation, entity)
}

fn bad_request(message: &str) -> Response {
    error_body::cloudapi(400, "BAD_REQUEST", message)
}

/// `/cloudapi/1.0.0/serviceAccounts`
pub(crate) fn collection(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::method_not_allowed("GET");
    }
    let listing = match Listing::of(request, &FIELDS) {
        Ok(listing) => listing.at_most(LARGEST_PAGE),
        Err(message) => return bad_request(&message),
    };
    let accounts = cloud.service_accounts.all().into_iter();
    let seen = accounts.filter(|account| caller.sees(&account.user.organization_id));
    let chosen = listing.choose(seen, field);
    listing.answer(cloud, request, caller, "ServiceAccounts", &chosen, |account| {
        show(cloud, caller, account)
    })
}

/// `/cloudapi/1.0.0/serviceAccounts/{urn}` and, with a call, what is below it.
pub(crate) fn item(cloud: &Cloud, request: &Request, caller: Caller<'_>, urn: &str, call: Option<&str>) -> Response {
    let found = urn
        .strip_prefix("urn:vcloud:serviceAccount:")
        .and_then(|id| cloud.service_accounts.by_id(id))
        .filter(|account| caller.sees(&account.user.organization_id));
    let Some(account) = found else {
        return forbidden(cloud, urn);
    };
    let reads = matches!(request.method.as_str(), "GET" | "HEAD");
    let manages = caller.session.came_of_password() && caller.session.user.role.is_administrator();
    if !reads && !manages {
        return forbidden(cloud, urn);
    }
    match (request.method.as_str(), call) {
        ("GET" | "HEAD", None) => Response::json(200, &caller.content_type(), &show(cloud, caller, &account)),
        ("PUT", None) => update(cloud, request, caller, &account),
        ("DELETE", None) => {
            cloud.service_accounts.remove(&account.id);
            cloud.access_tokens.end_of(&account.user.id);
            let task = Task::new(
                cloud.identifiers.uuid(),
                "serviceAccountDelete",
                format!("Deleting service account {}({})", account.user.name, account.id),
                Some(account.urn()),
                Arc::clone(&caller.session.user),
            );
            cloud.started(request, task)
        }
        (_, None) => error_body::method_not_allowed("GET, PUT, DELETE"),
        ("POST", Some("revoke")) => {
            cloud.service_accounts.revoke(&account.id);
            cloud.access_tokens.end_of(&account.user.id);
            Response::empty(204)
        }
        (_, Some("revoke")) => error_body::method_not_allowed("POST"),
        (_, Some(_)) => error_body::not_found(),
    }
}

fn update(cloud: &Cloud, request: &Request, caller: Caller<'_>, account: &ServiceAccount) -> Response {
    let input: AccountInput = match serde_json::from_slice(&request.body) {
        Ok(input) => input,
        Err(error) => return bad_request(&format!("The body is not a service account: {error}.")),
    };
    let role = match input.role.and_then(|role| role.id) {
        None => account.user.role,
        Some(urn) => match Role::from_urn(&urn).filter(|role| role.is_for_provider() == account.user.is_provider()) {
            Some(role) => role,
            None => return bad_request(&format!("There is no role '{urn}'.")),
        },
    };
    let change = Change {
        name: input.name.unwrap_or_else(|| account.user.name.clone()),
        software_id: input.software_id.unwrap_or_else(|| account.software_id.clone()),
        software_version: input.software_version,
        uri: input.uri,
        role,
    };
    match cloud.service_accounts.update(&account.id, change) {
        Some(account) => Response::json(200, &caller.content_type(), &show(cloud, caller, &account)),
        None => error_body::cloudapi(400, "DUPLICATE_NAME", "The name is taken."),
    }
}
