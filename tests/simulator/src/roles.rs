//! `/cloudapi/1.0.0/roles` and `/cloudapi/1.0.0/roles/{urn}`

use serde::Serialize;

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::data::{Role, SYSTEM_ID};
use crate::error_body;
use crate::filter::Field;
use crate::listing::Listing;
use crate::request::Request;
use crate::response::Response;

/// A role as it is answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownRole {
    name: &'static str,
    id: String,
    description: &'static str,
    bundle_key: &'static str,
    read_only: bool,
}

const FIELDS: [&str; 4] = ["id", "name", "description", "readOnly"];

fn field<'a>(role: &'a Role, name: &str) -> Option<Field<'a>> {
    Some(match name {
        "id" => Field::Text(role.urn().into()),
        "name" => Field::Text(role.name().into()),
        "description" => Field::Text("".into()),
        "readOnly" => Field::Flag(role.is_for_provider()),
        _ => return None,
    })
}

fn show(role: &Role) -> ShownRole {
    ShownRole {
        name: role.name(),
        id: role.urn(),
        description: "",
        bundle_key: "com.vmware.vcloud.undefined.key",
        read_only: role.is_for_provider(),
    }
}

/// The roles of the organisation that is acted in.
fn of(caller: Caller<'_>) -> impl Iterator<Item = Role> {
    let in_provider = caller.organization_id() == SYSTEM_ID;
    Role::ALL
        .into_iter()
        .filter(move |role| role.is_for_provider() == in_provider)
}

/// `/cloudapi/1.0.0/roles`
pub(crate) fn collection(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::method_not_allowed("GET");
    }
    let listing = match Listing::of(request, &FIELDS) {
        Ok(listing) => listing,
        Err(message) => return error_body::cloudapi(400, "BAD_REQUEST", &message),
    };
    let chosen = listing.choose(of(caller), field);
    listing.answer(cloud, request, caller, "Roles", &chosen, show)
}

/// `/cloudapi/1.0.0/roles/{urn}`
pub(crate) fn item(request: &Request, caller: Caller<'_>, urn: &str) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::method_not_allowed("GET");
    }
    if !urn.starts_with("urn:vcloud:role:") {
        let message = format!("'{urn}' is not the identifier of a role.");
        return error_body::cloudapi(400, "BAD_REQUEST", &message);
    }
    match of(caller).find(|role| role.urn() == urn) {
        Some(role) => Response::json(200, &caller.content_type(), &show(&role)),
        // Of most things it is not said whether they are there; VMware's OpenAPI file has this one answer 404.
        None => error_body::cloudapi(404, "RESOURCE_NOT_FOUND", &format!("There is no role '{urn}'.")),
    }
}
