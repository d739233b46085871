//! `/cloudapi/1.0.0/entities/{urn}`

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::entities::{Entity, Unchanged};
use crate::error_body;
use crate::reference::Reference;
use crate::request::Request;
use crate::response::Response;

/// An entity as it is answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DefinedEntity<'a> {
    id: &'a str,
    entity_type: String,
    name: &'a str,
    external_id: Option<&'a str>,
    entity: &'a Map<String, Value>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_state: Option<&'static str>,
    owner: Reference<'a>,
    org: Reference<'a>,
}

/// An entity as a client sends it; read-only fields are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntityInput {
    name: String,
    entity: Map<String, Value>,
    external_id: Option<String>,
}

/// Shows an entity, or changes it.
pub(crate) fn item(cloud: &Cloud, request: &Request, caller: Caller<'_>, urn: &str) -> Response {
    let forbidden = || error_body::forbidden(cloud, "Entity: View", "ENTITY_VIEW", urn);
    if !urn.starts_with("urn:vcloud:entity:") || urn.split(':').count() < 6 {
        return error_body::cloudapi(
            400,
            "BAD_REQUEST",
            &format!("'{urn}' is not the identifier of an entity."),
        );
    }
    let entity = cloud.entities.get(urn, &caller.session.user);
    if !caller.sees(&entity.owner.organization_id) {
        return forbidden();
    }
    match request.method.as_str() {
        "GET" | "HEAD" => show(caller, urn, &entity),
        "PUT" => {
            let input: EntityInput = match serde_json::from_slice(&request.body) {
                Ok(input) => input,
                Err(error) => {
                    let message = format!("The body is not an entity: {error}.");
                    return error_body::cloudapi(400, "BAD_REQUEST", &message);
                }
            };
            let changed = cloud.entities.put(urn, request.header("If-Match"), |entity| {
                entity.name = input.name;
                entity.external_id = input.external_id;
                entity.content = input.entity;
            });
            match changed {
                Ok(entity) => show(caller, urn, &entity),
                Err(Unchanged::Unknown) => forbidden(),
                Err(Unchanged::Mismatch) => error_body::cloudapi(
                    412,
                    "PRECONDITION_FAILED",
                    "The provided ETag does not match the current ETag of the entity.",
                ),
            }
        }
        _ => error_body::method_not_allowed("GET, PUT"),
    }
}

fn show(caller: Caller<'_>, urn: &str, entity: &Entity) -> Response {
    // urn:vcloud:entity:VENDOR:NAME:…:UUID
    let mut parts = urn.split(':').skip(3);
    let (vendor, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let shown = DefinedEntity {
        id: urn,
        entity_type: format!("urn:vcloud:type:{vendor}:{name}:1.0.0"),
        name: &entity.name,
        external_id: entity.external_id.as_deref(),
        entity: &entity.content,
        state: "RESOLVED",
        entity_state: caller.wanted.version.has(37, 1).then_some("RESOLVED"),
        owner: Reference::of_user(&entity.owner),
        org: Reference::of_organization(&entity.owner),
    };
    Response::json(200, &caller.content_type(), &shown).header("ETag", entity.etag())
}
