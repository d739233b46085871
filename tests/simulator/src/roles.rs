//! `/cloudapi/1.0.0/roles`

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
pub(crate) fn collection(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::method_not_allowed("GET");
    }
    let listing = match Listing::of(request, &FIELDS) {
        Ok(listing) => listing,
        Err(message) => return error_body::cloudapi(400, "BAD_REQUEST", &message),
    };
    let in_provider = caller.organization_id() == SYSTEM_ID;
    let own = Role::ALL
        .into_iter()
        .filter(|role| role.is_for_provider() == in_provider);
    let chosen = listing.choose(own, field);
    listing.answer(cloud, request, caller, "Roles", &chosen, show)
}
