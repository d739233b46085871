//! Which path is answered where.

use crate::api_version::Api;
use crate::authentication;
use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::device_authorization;
use crate::device_lookup::{self, Call};
use crate::entity_resource;
use crate::error_body;
use crate::installation;
use crate::inventory_resource::{self, CATALOG, USER, VAPP, VDC, VM};
use crate::legacy_orgs::{self, View};
use crate::legacy_session;
use crate::nat_rules;
use crate::oauth::{self, Realm};
use crate::orgs;
use crate::query;
use crate::registration;
use crate::request::{Request, decoded};
use crate::response::Response;
use crate::roles;
use crate::service_account_list;
use crate::sessions;
use crate::sign_in::{self, Door};
use crate::task_resource;
use crate::tenant_context;
use crate::token_list;
use crate::transfer_resource;
use crate::users;
use crate::versions;

/// The answer to a request, without what all answers carry.
pub(crate) fn answer(cloud: &Cloud, request: &Request) -> Response {
    let path = cloud.without_prefix(request.path());
    let segments: Vec<String> = path.strip_prefix('/').unwrap_or(path).split('/').map(decoded).collect();
    let mut segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    // A slash at the end makes no difference.
    if segments.len() > 1 && segments.last() == Some(&"") {
        segments.pop();
    }
    match segments.as_slice() {
        ["api", "versions"] => versions::answer(cloud, request),
        ["oauth", "provider", call] => oauth(cloud, request, Realm::Provider, call),
        ["oauth", "tenant", name, call] => oauth(cloud, request, Realm::Tenant(name), call),
        ["transfer", id, _] => transfer_resource::answer(cloud, request, id).unwrap_or_else(|refusal| refusal),
        ["cloudapi", rest @ ..] => cloudapi(cloud, request, rest).unwrap_or_else(|refusal| refusal),
        ["api", rest @ ..] => api(cloud, request, rest).unwrap_or_else(|refusal| refusal),
        _ => not_found(),
    }
}

fn not_found() -> Response {
    Response::html(404, "404 Not Found", "<h1>404 Not Found</h1>")
}

fn oauth(cloud: &Cloud, request: &Request, realm: Realm<'_>, call: &str) -> Response {
    match call {
        "token" => oauth::token(cloud, request, realm),
        "register" => registration::answer(cloud, request, realm),
        "device_authorization" => device_authorization::answer(cloud, request, realm),
        _ => not_found(),
    }
}

fn cloudapi(cloud: &Cloud, request: &Request, path: &[&str]) -> Result<Response, Response> {
    let wanted = cloud.versions().negotiate(request, Api::Cloudapi)?;
    match path {
        ["1.0.0", "sessions"] if !matches!(request.method.as_str(), "GET" | "HEAD") => {
            return Ok(sign_in::answer(cloud, request, &wanted, Door::Tenant));
        }
        ["1.0.0", "sessions", "provider"] => return Ok(sign_in::answer(cloud, request, &wanted, Door::Provider)),
        _ => {}
    }
    let session = authentication::session(cloud, request, wanted.errors)?;
    let tenant = tenant_context::of(cloud, request, &session, &wanted)?;
    let caller = Caller {
        session: &session,
        wanted: &wanted,
        tenant: tenant.as_deref(),
    };
    // Service accounts came with this version.
    let accounts = wanted.version.has(37, 0);
    Ok(match path {
        ["1.0.0", "orgs"] => orgs::collection(cloud, request, caller),
        ["1.0.0", "orgs", urn] => orgs::item(cloud, request, caller, urn),
        ["1.0.0", "sessions"] => sessions::collection(cloud, request, caller),
        ["1.0.0", "sessions", "current"] => sessions::answer(cloud, request, &session, &wanted),
        ["1.0.0", "sessions", urn] => sessions::item(cloud, request, &session, &wanted, urn),
        ["1.0.0", "users"] => users::collection(cloud, request, caller),
        ["1.0.0", "roles"] => roles::collection(cloud, request, caller),
        ["1.0.0", "roles", urn] => roles::item(request, caller, urn),
        ["1.0.0", "edgeGateways", urn, "nat", "rules"] => nat_rules::collection(cloud, request, caller, urn),
        ["1.0.0", "entities", urn] => entity_resource::item(cloud, request, caller, urn),
        ["1.0.0", "tokens"] => token_list::collection(cloud, request, caller),
        ["1.0.0", "tokens", urn] => token_list::item(cloud, request, caller, urn),
        ["1.0.0", "serviceAccounts"] if accounts => service_account_list::collection(cloud, request, caller),
        ["1.0.0", "serviceAccounts", urn] if accounts => service_account_list::item(cloud, request, caller, urn, None),
        ["1.0.0", "serviceAccounts", urn, call] if accounts => {
            service_account_list::item(cloud, request, caller, urn, Some(call))
        }
        ["1.0.0", "deviceLookup"] if accounts => device_lookup::answer(cloud, request, caller, Call::Find),
        ["1.0.0", "deviceLookup", "grant"] if accounts => device_lookup::answer(cloud, request, caller, Call::Grant),
        ["1.0.0", "deviceLookup", "deny"] if accounts => device_lookup::answer(cloud, request, caller, Call::Deny),
        _ => error_body::not_found(),
    })
}

fn api(cloud: &Cloud, request: &Request, path: &[&str]) -> Result<Response, Response> {
    let wanted = cloud.versions().negotiate(request, Api::Legacy)?;
    let session = authentication::session(cloud, request, wanted.errors)?;
    let tenant = tenant_context::of(cloud, request, &session, &wanted)?;
    let caller = Caller {
        session: &session,
        wanted: &wanted,
        tenant: tenant.as_deref(),
    };
    Ok(match path {
        ["query"] => query::answer(cloud, request, caller),
        ["task", id, call @ ..] => task_resource::answer(cloud, request, caller, id, call),
        ["session"] => legacy_session::answer(cloud, request, &session, &wanted),
        ["org"] => legacy_orgs::collection(cloud, request, caller),
        ["org", id] => legacy_orgs::item(cloud, request, caller, id, View::User),
        ["site"] => installation::site(cloud, request, caller),
        ["admin"] => installation::administration(cloud, request, caller),
        ["admin", "user", id] => inventory_resource::item(cloud, request, caller, &USER, id),
        ["admin", "org", id] => legacy_orgs::item(cloud, request, caller, id, View::Administrator),
        ["vdc", id] => inventory_resource::item(cloud, request, caller, &VDC, id),
        ["catalog", id] => inventory_resource::item(cloud, request, caller, &CATALOG, id),
        ["vApp", id] => match (id.strip_prefix("vm-"), id.strip_prefix("vapp-")) {
            (Some(id), _) => inventory_resource::item(cloud, request, caller, &VM, id),
            (_, Some(id)) => inventory_resource::item(cloud, request, caller, &VAPP, id),
            _ => not_found(),
        },
        _ => not_found(),
    })
}
