//! `/cloudapi/1.0.0/users`

use std::sync::Arc;

use serde::Serialize;

use crate::api_version::ApiVersion;
use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::data::User;
use crate::error_body;
use crate::filter::Field;
use crate::listing::Listing;
use crate::reference::Reference;
use crate::request::Request;
use crate::response::Response;

/// A user as it is answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VcdUser<'a> {
    username: &'a str,
    full_name: &'a str,
    description: &'static str,
    id: String,
    role_entity_refs: [Reference<'static>; 1],
    org_entity_ref: Reference<'a>,
    password: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployed_vm_quota: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stored_vm_quota: Option<u32>,
    email: &'static str,
    name_in_source: &'a str,
    enabled: bool,
    is_group_role: bool,
    provider_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stranded: Option<bool>,
}

const FIELDS: [&str; 4] = ["id", "username", "fullName", "enabled"];

fn field<'a>(user: &'a User, name: &str) -> Option<Field<'a>> {
    Some(match name {
        "id" => Field::Text(user.urn().into()),
        "username" | "fullName" => Field::Text(user.name.as_str().into()),
        "enabled" => Field::Flag(true),
        _ => return None,
    })
}

fn show(user: &User, version: ApiVersion) -> VcdUser<'_> {
    let quota = (!version.has(37, 0)).then_some(0);
    let newer = version.has(37, 2).then_some(false);
    VcdUser {
        username: &user.name,
        full_name: &user.name,
        description: "",
        id: user.urn(),
        role_entity_refs: [Reference::of_role(user.role)],
        org_entity_ref: Reference::of_organization(user),
        password: None,
        deployed_vm_quota: quota,
        stored_vm_quota: quota,
        email: "",
        name_in_source: &user.name,
        enabled: true,
        is_group_role: false,
        provider_type: "LOCAL",
        locked: newer,
        stranded: newer,
    }
}

/// The users of the organisation that is acted in.
pub(crate) fn collection(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::method_not_allowed("GET");
    }
    if !caller.session.user.role.is_administrator() {
        return error_body::forbidden(cloud, "Group / User: View", "USER_VIEW", &caller.session.user.urn());
    }
    let listing = match Listing::of(request, &FIELDS) {
        Ok(listing) => listing,
        Err(message) => return error_body::cloudapi(400, "BAD_REQUEST", &message),
    };
    let users = cloud.passwords.users().iter();
    let own = users.filter(|user| user.organization_id == caller.organization_id());
    let mut own: Vec<&Arc<User>> = own.collect();
    own.sort_by_key(|user| user.name.to_lowercase());
    let chosen = listing.choose(own.into_iter(), |user, name| field(user, name));
    let version = caller.wanted.version;
    listing.answer(cloud, request, caller, "VcdUsers", &chosen, |user| show(user, version))
}
