//! `/cloudapi/1.0.0/orgs` and `/cloudapi/1.0.0/orgs/{urn}`

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::data::{Organization, SYSTEM_ID};
use crate::error_body;
use crate::filter::Field;
use crate::listing::Listing;
use crate::request::Request;
use crate::response::Response;
use crate::tasks::Task;

/// An organisation as it is answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Org<'a> {
    id: String,
    name: &'a str,
    display_name: &'a str,
    description: &'a str,
    is_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Gated::is_hidden")]
    org_vdc_count: Gated<u32>,
    #[serde(skip_serializing_if = "Gated::is_hidden")]
    catalog_count: Gated<u32>,
    #[serde(skip_serializing_if = "Gated::is_hidden")]
    vapp_count: Gated<u32>,
    #[serde(rename = "runningVMCount", skip_serializing_if = "Gated::is_hidden")]
    running_vm_count: Gated<u32>,
    #[serde(skip_serializing_if = "Gated::is_hidden")]
    user_count: Gated<u32>,
    #[serde(skip_serializing_if = "Gated::is_hidden")]
    disk_count: Gated<u32>,
    #[serde(skip_serializing_if = "Gated::is_hidden")]
    can_publish: Gated<bool>,
}

/// A field that came with some version and needs some right.
enum Gated<T> {
    /// The version does not have it.
    Hidden,
    /// The right is missing.
    Null,
    /// There it is.
    Value(T),
}

impl<T> Gated<T> {
    fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }
}

impl<T: Serialize> Serialize for Gated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.serialize_some(value),
            Self::Hidden | Self::Null => serializer.serialize_none(),
        }
    }
}

/// An organisation as a client sends it; read-only fields are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrgInput {
    name: Option<String>,
    display_name: Option<String>,
    description: Option<String>,
    is_enabled: Option<bool>,
}

impl Caller<'_> {
    fn show<'o>(&self, organization: &'o Organization) -> Org<'o> {
        let version = self.wanted.version;
        let allowed = self.session.user.role.sees_restricted_fields();
        fn gated<T>(there: bool, allowed: bool, value: T) -> Gated<T> {
            match (there, allowed) {
                (false, _) => Gated::Hidden,
                (true, false) => Gated::Null,
                (true, true) => Gated::Value(value),
            }
        }
        let counts = version.has(36, 0);
        Org {
            id: organization.urn(),
            name: &organization.name,
            display_name: &organization.display_name,
            description: &organization.description,
            is_enabled: allowed.then_some(organization.is_enabled),
            org_vdc_count: gated(counts, allowed, organization.org_vdc_count),
            catalog_count: gated(counts, allowed, organization.catalog_count),
            vapp_count: gated(counts, allowed, organization.vapp_count),
            running_vm_count: gated(counts, allowed, organization.running_vm_count),
            user_count: gated(counts, allowed, organization.user_count),
            disk_count: gated(version.has(36, 1), allowed, organization.disk_count),
            can_publish: gated(counts, allowed, organization.can_publish),
        }
    }
}

/// `/cloudapi/1.0.0/orgs`
pub(crate) fn collection(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    match request.method.as_str() {
        "GET" | "HEAD" => list(cloud, request, caller).unwrap_or_else(|message| bad_request(&message)),
        "POST" => create(cloud, request, caller),
        _ => error_body::method_not_allowed("GET, POST"),
    }
}

/// `/cloudapi/1.0.0/orgs/{urn}`
pub(crate) fn item(cloud: &Cloud, request: &Request, caller: Caller<'_>, urn: &str) -> Response {
    let Some(id) = urn.strip_prefix("urn:vcloud:org:") else {
        return bad_request(&format!("'{urn}' is not the identifier of an organization."));
    };
    let found = cloud
        .organizations()
        .by_id(id)
        .filter(|_| caller.sees(id))
        .map(Arc::clone);
    let Some(organization) = found else {
        return forbidden(cloud, "Organization: View", urn);
    };
    match request.method.as_str() {
        "GET" | "HEAD" => Response::json(200, &caller.content_type(), &caller.show(&organization)),
        "PUT" => update(cloud, request, caller, &organization),
        "DELETE" => delete(cloud, request, caller, &organization),
        _ => error_body::method_not_allowed("GET, PUT, DELETE"),
    }
}

const FIELDS: [&str; 12] = [
    "id",
    "name",
    "displayName",
    "description",
    "isEnabled",
    "orgVdcCount",
    "catalogCount",
    "vappCount",
    "runningVMCount",
    "userCount",
    "diskCount",
    "canPublish",
];

fn list(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Result<Response, String> {
    let listing = Listing::of(request, &FIELDS)?;
    let organizations = cloud.organizations();
    let all = organizations.all();
    let everything = caller.is_provider() && caller.tenant.is_none() && listing.is_everything();
    let chosen: Vec<Arc<Organization>>;
    let things = if everything {
        all
    } else {
        let seen = all.iter().filter(|organization| caller.sees(&organization.id));
        chosen = listing.choose(seen.cloned(), |organization, name| field(organization, name));
        &chosen
    };
    Ok(listing.answer(cloud, request, caller, "Orgs", things, |organization| {
        caller.show(organization)
    }))
}

fn field<'a>(organization: &'a Organization, name: &str) -> Option<Field<'a>> {
    Some(match name {
        "id" => Field::Text(organization.urn().into()),
        "name" => Field::Text(organization.name.as_str().into()),
        "displayName" => Field::Text(organization.display_name.as_str().into()),
        "description" => Field::Text(organization.description.as_str().into()),
        "isEnabled" => Field::Flag(organization.is_enabled),
        "orgVdcCount" => Field::Number(organization.org_vdc_count),
        "catalogCount" => Field::Number(organization.catalog_count),
        "vappCount" => Field::Number(organization.vapp_count),
        "runningVMCount" => Field::Number(organization.running_vm_count),
        "userCount" => Field::Number(organization.user_count),
        "diskCount" => Field::Number(organization.disk_count),
        "canPublish" => Field::Flag(organization.can_publish),
        _ => return None,
    })
}

fn create(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    if !caller.is_provider() {
        return forbidden(cloud, "Organization: Create", "the new organization");
    }
    let mut organization = Organization::new(cloud.identifiers.uuid(), "", "");
    if let Err(message) = take_input(request, &mut organization) {
        return bad_request(&message);
    }
    let mut organizations = cloud.organizations_mut();
    if organizations.has_name(&organization.name) {
        return error_body::cloudapi(
            400,
            "DUPLICATE_NAME",
            &format!("The name \"{}\" is taken.", organization.name),
        );
    }
    let organization = organizations.put(organization);
    drop(organizations);
    let place = format!("{}/cloudapi/1.0.0/orgs/{}", cloud.base_url(request), organization.urn());
    Response::json(201, &caller.content_type(), &caller.show(&organization)).header("Content-Location", place)
}

fn update(cloud: &Cloud, request: &Request, caller: Caller<'_>, old: &Organization) -> Response {
    if !caller.is_provider() {
        return forbidden(cloud, "Organization: Edit", &old.urn());
    }
    let mut organization = old.clone();
    if let Err(message) = take_input(request, &mut organization) {
        return bad_request(&message);
    }
    let mut organizations = cloud.organizations_mut();
    let renamed = !organization.name.eq_ignore_ascii_case(&old.name);
    if renamed && (old.id == SYSTEM_ID || organizations.has_name(&organization.name)) {
        return error_body::cloudapi(
            400,
            "DUPLICATE_NAME",
            &format!("The name \"{}\" is taken.", organization.name),
        );
    }
    let organization = organizations.put(organization);
    drop(organizations);
    Response::json(200, &caller.content_type(), &caller.show(&organization))
}

fn delete(cloud: &Cloud, request: &Request, caller: Caller<'_>, organization: &Organization) -> Response {
    if !caller.is_provider() || organization.id == SYSTEM_ID {
        return forbidden(cloud, "Organization: Delete", &organization.urn());
    }
    cloud.organizations_mut().remove(&organization.id);
    let operation = format!("Deleting organization {}({})", organization.name, organization.id);
    let task = Task::new(
        cloud.identifiers.uuid(),
        "orgDelete",
        operation,
        Some(organization.urn()),
        Arc::clone(&caller.session.user),
    );
    cloud.started(request, task)
}

/// Takes over what a client sent.
fn take_input(request: &Request, organization: &mut Organization) -> Result<(), String> {
    let input: OrgInput =
        serde_json::from_slice(&request.body).map_err(|error| format!("The body is not an organization: {error}."))?;
    let (Some(name), Some(display_name)) = (input.name, input.display_name) else {
        return Err("Validation failed: name and displayName must not be null.".to_owned());
    };
    let legal = |letter: char| letter.is_ascii_alphanumeric() || "_-.!'(),$".contains(letter);
    if name.is_empty() || name.len() > 128 || !name.chars().all(legal) {
        return Err(format!(
            "Validation failed: \"{name}\" is not a name that an organization can have."
        ));
    }
    if display_name.trim().is_empty() || display_name.chars().count() > 128 {
        return Err("Validation failed: displayName must have 1 to 128 characters.".to_owned());
    }
    let description = input.description.unwrap_or_default();
    if description.chars().count() > 256 {
        return Err("Validation failed: description must have at most 256 characters.".to_owned());
    }
    organization.name = name;
    organization.display_name = display_name;
    organization.description = description;
    organization.is_enabled = input.is_enabled.unwrap_or(false);
    Ok(())
}

fn bad_request(message: &str) -> Response {
    error_body::cloudapi(400, "BAD_REQUEST", message)
}

fn forbidden(cloud: &Cloud, right: &str, entity: &str) -> Response {
    error_body::forbidden(cloud, right, "ORG_OPERATION", entity)
}
