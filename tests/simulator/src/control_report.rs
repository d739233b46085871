//! What the control endpoint tells.

use std::sync::atomic::Ordering;

use serde::Serialize;

use crate::data::User;
use crate::request_log::LoggedRequest;
use crate::service_accounts::ServiceAccount;
use crate::simulator::Server;
use crate::transfers::Upload;

/// How many organisations `/info` shows.
const SHOWN: usize = 8;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    url: &'a str,
    plain_url: &'a str,
    control_url: &'a str,
    ca_file: &'a std::path::Path,
    fingerprint: &'a str,
    organization_count: usize,
    organizations: Vec<InfoOrganization>,
    users: Vec<InfoUser<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InfoOrganization {
    name: String,
    display_name: String,
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InfoUser<'a> {
    organization: &'a str,
    user: &'a str,
    role: &'static str,
    api_token: &'a str,
    password: String,
}

/// What was counted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stats {
    requests: u64,
    exchanges: u64,
    exchanges_ok: u64,
    rotations: u64,
    killed_grants: u64,
    aborted: u64,
    connections: u64,
    pending_faults: u64,
}

/// A service account.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownAccount {
    organization: String,
    name: String,
    id: String,
    status: &'static str,
    refresh_token: Option<String>,
}

/// A request that was received.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownRequest {
    method: String,
    target: String,
    headers: Vec<ShownHeader>,
    body: String,
    status: Option<u16>,
    at_ms: u64,
    peer_port: u16,
    tls: bool,
    aborted: bool,
}

#[derive(Serialize)]
struct ShownHeader {
    name: String,
    value: String,
}

/// What was uploaded.
#[derive(Serialize)]
pub(crate) struct ShownUpload<'a> {
    path: &'a str,
    received: u64,
    total: Option<u64>,
    complete: bool,
    parts: u32,
    sha256: String,
}

/// What `GET /info` answers.
pub(crate) fn info(server: &Server) -> String {
    let cloud = &server.cloud;
    let organizations = cloud.organizations();
    // The ones with names of their own come first: they are what examples are about.
    let mut shown: Vec<_> = organizations.all().iter().collect();
    shown.sort_by_key(|organization| (organization.name.starts_with("org-"), organization.name != "Tyrell"));
    shown.truncate(SHOWN);
    let belongs = |user: &User| {
        shown
            .iter()
            .position(|organization| organization.id == user.organization_id)
    };
    let mut users: Vec<_> = cloud
        .api_tokens
        .all()
        .filter_map(|(user, token)| belongs(user).map(|place| (place, user, token)))
        .collect();
    users.sort_by_key(|(place, ..)| *place);
    let info = Info {
        url: &server.main.url,
        plain_url: &server.plain_url,
        control_url: &server.control_url,
        ca_file: &server.main.ca_file,
        fingerprint: &server.main.fingerprint,
        organization_count: organizations.all().len(),
        organizations: shown
            .iter()
            .map(|organization| InfoOrganization {
                name: organization.name.clone(),
                display_name: organization.display_name.clone(),
                id: organization.urn(),
            })
            .collect(),
        users: users
            .into_iter()
            .map(|(_, user, token)| InfoUser {
                organization: &user.organization,
                user: &user.name,
                role: user.role.name(),
                api_token: token,
                password: cloud.passwords.of(&user.organization, &user.name).unwrap_or_default(),
            })
            .collect(),
    };
    serde_json::to_string(&info).unwrap_or_default()
}

/// What `GET /stats` answers.
pub(crate) fn stats(server: &Server) -> Stats {
    let cloud = &server.cloud;
    Stats {
        requests: cloud.log.count(),
        exchanges: cloud.exchanges.load(Ordering::Relaxed),
        exchanges_ok: cloud.exchanges_ok.load(Ordering::Relaxed),
        rotations: cloud.rotations.load(Ordering::Relaxed),
        killed_grants: cloud.killed_grants.load(Ordering::Relaxed),
        aborted: cloud.log.aborted(),
        connections: cloud.connections.load(Ordering::Relaxed),
        pending_faults: cloud.faults.waiting(),
    }
}

/// One of what `GET /requests` answers.
pub(crate) fn request(entry: LoggedRequest) -> ShownRequest {
    ShownRequest {
        body: entry.body_text(),
        method: entry.method,
        target: entry.target,
        headers: entry
            .headers
            .into_iter()
            .map(|(name, value)| ShownHeader { name, value })
            .collect(),
        status: entry.status,
        at_ms: entry.at_ms,
        peer_port: entry.peer_port,
        tls: entry.tls,
        aborted: entry.aborted,
    }
}

/// One of what `GET /service-accounts` answers.
pub(crate) fn account(account: &ServiceAccount) -> ShownAccount {
    ShownAccount {
        organization: account.user.organization.clone(),
        name: account.user.name.clone(),
        id: account.urn(),
        status: account.status().name(),
        refresh_token: account.refresh_token().map(ToOwned::to_owned),
    }
}

/// One of what `GET /transfers` answers.
pub(crate) fn upload<'a>(path: &'a str, upload: &Upload) -> ShownUpload<'a> {
    ShownUpload {
        path,
        received: upload.received,
        total: upload.total,
        complete: upload.is_complete(),
        parts: upload.parts,
        sha256: upload.sha256(),
    }
}
