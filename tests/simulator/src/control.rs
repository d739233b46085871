//! The control endpoint: plain HTTP, for tests in other processes.
//!
//! | call | what it does |
//! |---|---|
//! | `POST /expire` | all access tokens expire now |
//! | `POST /end-sessions` | all sessions end |
//! | `POST /revoke?token=…` | an API token becomes useless |
//! | `POST /latency?ms=100[&path=/cloudapi]` | answers are held back |
//! | `POST /fault?kind=…[&path=…][&method=…][&times=N]…` | the next matching requests go wrong |
//! | `POST /task?outcome=success\|error\|aborted\|hang[&polls=4][&owner=urn:…][&organization=Tyrell]` | a task that ends at that poll |
//! | `POST /transfer?size=N[&digest=true]` | something to download, which is made up while it is sent |
//! | `POST /listen?certificate=expired` | another HTTPS port with such a certificate |
//! | `POST /settings?…` | changes settings, see below |
//! | `POST /reset` | everything back to the start |
//! | `GET /info`, `/stats`, `/requests[?path=…]` | what there is, was counted, was received |
//! | `GET /service-accounts` | their names, identifiers, states and refresh tokens |
//! | `GET /transfers` | what was uploaded: size, SHA-256, number of parts |
//! | `GET /wait?path=…&event=request\|abort[&count=N][&timeoutMs=N]` | waits: 200, or 408 when the time is up |
//!
//! Parameters stand in the query, in a form body or in a JSON object. Those of `/fault` are `status`,
//! `body`, `contentType` and `headers` (lines, or an object) for `status`; `status` and `seconds` for
//! `retry-after`; `location` for `redirect`; `ms` for `delay`; `bytes` for `close-mid-body` and `hang-mid-body`, after
//! which it happens: bytes sent, or of an upload received. Those of `/settings`:
//!
//! | setting | values |
//! |---|---|
//! | `lifetimeSeconds` | how long access tokens are good for that are given out from now on |
//! | `unauthorizedBody` | `empty` or `json`: what a 401 carries |
//! | `oauthErrors` | `cloudapi` or `rfc`: the shape of errors below `/oauth` |
//! | `keepAliveMs` | after how long an idle connection is closed; 0 for never |
//! | `log` | `on` or `off`: whether requests are kept |
//! | `rotation` | `always`, `null` or `same`: what becomes of a service account's refresh token when it is used |
//! | `deviceIntervalSeconds` | how long a device has to wait before it asks again (5 at the start, 0 for not at all) |
//! | `deviceLifetimeSeconds` | how long a device code is good for (3600 at the start) |
//! | `versions` | the API versions offered, oldest first: `!36.0,37.2`; a `!` says that one is deprecated |
//! | `sparsePages` | `true` or `false`: whether pages of `/cloudapi` lack `pageCount` and the link to the next one |

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::api_version::ApiVersions;
use crate::certificate::CertificateKind;
use crate::config::{ApiVersionEntry, OauthErrorStyle, Rotation, UnauthorizedBody};
use crate::connection::{Connection, Next};
use crate::data::User;
use crate::fault::{Fault, FaultKind};
use crate::request::Request;
use crate::request_log::{Event, LoggedRequest};
use crate::response::Response;
use crate::service_accounts::ServiceAccount;
use crate::simulator::Server;
use crate::tasks::TaskOutcome;
use crate::transfers::{self, Upload};

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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stats {
    requests: u64,
    exchanges: u64,
    exchanges_ok: u64,
    rotations: u64,
    killed_grants: u64,
    aborted: u64,
    connections: u64,
    pending_faults: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownAccount {
    organization: String,
    name: String,
    id: String,
    status: &'static str,
    refresh_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownRequest {
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listening<'a> {
    url: &'a str,
    ca_file: &'a std::path::Path,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct Offered {
    href: String,
    size: u64,
    sha256: Option<String>,
}

#[derive(Serialize)]
struct ShownUpload<'a> {
    path: &'a str,
    received: u64,
    total: Option<u64>,
    complete: bool,
    parts: u32,
    sha256: String,
}

#[derive(Serialize)]
struct Started<'a> {
    href: &'a str,
}

/// Serves a connection until it ends.
pub(crate) async fn serve(server: Arc<Server>, mut connection: Connection) {
    loop {
        let request = match connection.next(None, |_| false).await {
            Ok(Next::Request(request)) => request,
            Ok(Next::Nonsense(response)) => {
                // Whoever sends nonsense may not stay to hear the answer.
                let _ = connection.send(&Request::default(), &response).await;
                return connection.close().await;
            }
            Ok(Next::End) => return connection.close().await,
            Ok(Next::CutShort(_)) | Err(_) => return,
        };
        let response = answer(&server, &request)
            .await
            .unwrap_or_else(|message| Response::with_body(400, "text/plain; charset=utf-8", format!("{message}\n")));
        if connection.send(&request, &response).await.is_err() {
            return;
        }
        if !request.keep_alive {
            return connection.close().await;
        }
    }
}

async fn answer(server: &Arc<Server>, request: &Request) -> Result<Response, String> {
    let parameters = Parameters::of(request)?;
    let cloud = &server.cloud;
    match (request.method.as_str(), request.path()) {
        ("POST", "/expire") => {
            parameters.only(&[])?;
            cloud.access_tokens.expire_all();
        }
        ("POST", "/end-sessions") => {
            parameters.only(&[])?;
            cloud.access_tokens.end_all();
        }
        ("POST", "/revoke") => {
            parameters.only(&["token"])?;
            if !cloud.api_tokens.revoke(parameters.required("token")?) {
                return Err("token: there is no such API token; GET /info lists them".to_owned());
            }
        }
        ("POST", "/latency") => {
            parameters.only(&["ms", "path"])?;
            let delay = Duration::from_millis(parameters.number("ms")?.ok_or("ms: is missing")?);
            match parameters.get("path") {
                Some(path) => cloud.latency.set_of(path, delay),
                None => cloud.latency.set(delay),
            }
        }
        ("POST", "/fault") => cloud.faults.add(fault(&parameters)?),
        ("POST", "/task") => return task(server, &parameters),
        ("POST", "/transfer") => return transfer(server, &parameters).await,
        ("POST", "/listen") => return listen(server, &parameters),
        ("POST", "/settings") => settings(server, &parameters)?,
        ("POST", "/reset") => {
            parameters.only(&[])?;
            cloud.reset();
        }
        ("GET", "/info") => return Ok(Response::with_body(200, "application/json", info(server))),
        ("GET", "/stats") => return Ok(Response::json(200, "application/json", &stats(server))),
        ("GET", "/requests") => {
            parameters.only(&["path"])?;
            let prefix = parameters.get("path").unwrap_or_default();
            let all = cloud.log.requests().into_iter();
            let shown: Vec<_> = all.filter(|entry| entry.target.starts_with(prefix)).map(show).collect();
            return Ok(Response::json(200, "application/json", &shown));
        }
        ("GET", "/service-accounts") => {
            parameters.only(&[])?;
            let shown: Vec<_> = cloud.service_accounts.all().iter().map(show_account).collect();
            return Ok(Response::json(200, "application/json", &shown));
        }
        ("GET", "/transfers") => {
            parameters.only(&[])?;
            let uploads = cloud.transfers.uploads();
            let shown: Vec<_> = uploads.iter().map(|(path, upload)| show_upload(path, upload)).collect();
            return Ok(Response::json(200, "application/json", &shown));
        }
        ("GET" | "POST", "/wait") => return wait(server, &parameters).await,
        _ => {
            return Err(
                "no such call; there are POST /expire, /end-sessions, /revoke, /latency, /fault, /task, \
                        /transfer, /listen, /settings, /reset and GET /info, /stats, /requests, /service-accounts, /transfers, /wait"
                    .to_owned(),
            );
        }
    }
    Ok(Response::empty(204))
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

fn stats(server: &Server) -> Stats {
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

fn show(entry: LoggedRequest) -> ShownRequest {
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

fn show_account(account: &ServiceAccount) -> ShownAccount {
    ShownAccount {
        organization: account.user.organization.clone(),
        name: account.user.name.clone(),
        id: account.urn(),
        status: account.status().name(),
        refresh_token: account.refresh_token().map(ToOwned::to_owned),
    }
}

fn listen(server: &Server, parameters: &Parameters) -> Result<Response, String> {
    parameters.only(&["certificate"])?;
    let name = parameters.required("certificate")?;
    let kind = CertificateKind::from_name(name).ok_or_else(|| {
        let names = CertificateKind::ALL.map(CertificateKind::name);
        format!("certificate: '{name}' is none of {}", names.join(", "))
    })?;
    let endpoint = server.listen(kind).map_err(|error| error.to_string())?;
    let answer = Listening {
        url: &endpoint.url,
        ca_file: &endpoint.ca_file,
        fingerprint: &endpoint.fingerprint,
    };
    Ok(Response::json(200, "application/json", &answer))
}

fn task(server: &Server, parameters: &Parameters) -> Result<Response, String> {
    parameters.only(&["outcome", "polls", "owner", "organization"])?;
    let outcomes = [
        ("success", TaskOutcome::Success),
        ("error", TaskOutcome::Error),
        ("aborted", TaskOutcome::Aborted),
        ("hang", TaskOutcome::Hang),
    ];
    parameters.required("outcome")?;
    let outcome = parameters.choice("outcome", &outcomes)?.unwrap_or(TaskOutcome::Success);
    let polls = u32::try_from(parameters.number("polls")?.unwrap_or(4)).map_err(|_| "polls: is too large")?;
    let organization = parameters.get("organization").unwrap_or("Tyrell");
    let href = server
        .task(outcome, polls, parameters.get("owner"), organization)
        .ok_or_else(|| format!("organization: there is no '{organization}'"))?;
    Ok(Response::json(200, "application/json", &Started { href: &href }))
}

async fn transfer(server: &Arc<Server>, parameters: &Parameters) -> Result<Response, String> {
    parameters.only(&["size", "digest"])?;
    let size = parameters.number("size")?.ok_or("size: is missing")?;
    let digest = parameters.choice("digest", &[("true", true), ("false", false)])?;
    let sha256 = if digest == Some(true) {
        tokio::task::spawn_blocking(move || transfers::sha256_of(size))
            .await
            .ok()
    } else {
        None
    };
    let offered = Offered {
        href: server.transfer(size),
        size,
        sha256,
    };
    Ok(Response::json(200, "application/json", &offered))
}

fn show_upload<'a>(path: &'a str, upload: &Upload) -> ShownUpload<'a> {
    ShownUpload {
        path,
        received: upload.received,
        total: upload.total,
        complete: upload.is_complete(),
        parts: upload.parts,
        sha256: upload.sha256(),
    }
}

fn settings(server: &Server, parameters: &Parameters) -> Result<(), String> {
    parameters.only(&[
        "lifetimeSeconds",
        "unauthorizedBody",
        "oauthErrors",
        "keepAliveMs",
        "log",
        "rotation",
        "deviceIntervalSeconds",
        "deviceLifetimeSeconds",
        "sparsePages",
        "versions",
    ])?;
    let versions = match parameters.get("versions") {
        None => None,
        Some(text) => {
            let entries = ApiVersionEntry::list(text);
            Some(entries.ok_or_else(|| format!("versions: '{text}' is no list of versions such as !36.0,37.2"))?)
        }
    };
    let lifetime = parameters.number("lifetimeSeconds")?;
    let keep_alive = parameters.number("keepAliveMs")?;
    let body = parameters.choice(
        "unauthorizedBody",
        &[("empty", UnauthorizedBody::Empty), ("json", UnauthorizedBody::Json)],
    )?;
    let errors = parameters.choice(
        "oauthErrors",
        &[("cloudapi", OauthErrorStyle::Cloudapi), ("rfc", OauthErrorStyle::Rfc)],
    )?;
    let rotations = [
        ("always", Rotation::Always),
        ("null", Rotation::Null),
        ("same", Rotation::Same),
    ];
    let rotation = parameters.choice("rotation", &rotations)?;
    let device_interval = parameters.number("deviceIntervalSeconds")?.map(Duration::from_secs);
    let device_lifetime = parameters.number("deviceLifetimeSeconds")?.map(Duration::from_secs);
    let sparse_pages = parameters.choice("sparsePages", &[("true", true), ("false", false)])?;
    let log = parameters.choice("log", &[("on", true), ("off", false)])?;
    server.cloud.change_settings(|settings| {
        settings.lifetime = lifetime.map_or(settings.lifetime, Duration::from_secs);
        settings.unauthorized_body = body.unwrap_or(settings.unauthorized_body);
        settings.oauth_errors = errors.unwrap_or(settings.oauth_errors);
        settings.sparse_pages = sparse_pages.unwrap_or(settings.sparse_pages);
        settings.rotation = rotation.unwrap_or(settings.rotation);
        settings.device_interval = device_interval.unwrap_or(settings.device_interval);
        settings.device_lifetime = device_lifetime.unwrap_or(settings.device_lifetime);
        if let Some(limit) = keep_alive {
            // 0 is "never".
            settings.keep_alive = (limit > 0).then(|| Duration::from_millis(limit));
        }
    });
    if let Some(entries) = versions {
        server.cloud.offer(Arc::new(ApiVersions::new(entries)));
    }
    if let Some(keep) = log {
        server.cloud.log.keep(keep);
    }
    Ok(())
}

async fn wait(server: &Arc<Server>, parameters: &Parameters) -> Result<Response, String> {
    parameters.only(&["path", "event", "count", "timeoutMs"])?;
    let events = [("request", Event::Request), ("abort", Event::Abort)];
    let event = parameters.choice("event", &events)?.unwrap_or(Event::Request);
    let prefix = parameters.get("path").unwrap_or_default().to_owned();
    let count = usize::try_from(parameters.number("count")?.unwrap_or(1)).unwrap_or(usize::MAX);
    let limit = Duration::from_millis(parameters.number("timeoutMs")?.unwrap_or(10_000).min(600_000));
    let cloud = Arc::clone(&server.cloud);
    let waited = tokio::task::spawn_blocking(move || cloud.log.wait(event, &prefix, count, limit)).await;
    Ok(Response::empty(if waited.unwrap_or(false) { 200 } else { 408 }))
}

fn fault(parameters: &Parameters) -> Result<Fault, String> {
    parameters.only(&[
        "kind",
        "path",
        "method",
        "times",
        "status",
        "seconds",
        "body",
        "contentType",
        "location",
        "ms",
        "headers",
        "bytes",
    ])?;
    let status = |otherwise: u64| -> Result<u16, String> {
        let status = parameters.number("status")?.unwrap_or(otherwise);
        let legal = u16::try_from(status).ok().filter(|status| (200..=599).contains(status));
        legal.ok_or_else(|| format!("status: {status} is not from 200 to 599"))
    };
    let text = |name: &str, otherwise: &str| parameters.get(name).unwrap_or(otherwise).to_owned();
    let kind = match parameters.required("kind")? {
        "status" => FaultKind::Status {
            code: status(500)?,
            body: text("body", ""),
            content_type: text("contentType", "application/json"),
            headers: headers(&text("headers", ""))?,
        },
        "close-before-response" => FaultKind::CloseBeforeResponse,
        "reset" => FaultKind::Reset,
        "close-mid-body" => FaultKind::CloseMidBody,
        "hang-mid-body" => FaultKind::HangMidBody,
        "close-after-response" => FaultKind::CloseAfterResponse,
        "truncated-json" => FaultKind::TruncatedJson,
        "html-ok" => FaultKind::HtmlOk,
        "empty-ok" => FaultKind::EmptyOk,
        "hang" => FaultKind::Hang,
        "retry-after" => FaultKind::RetryAfter {
            status: status(503)?,
            seconds: parameters.number("seconds")?.unwrap_or(1),
        },
        "wrong-content-type" => FaultKind::WrongContentType,
        "redirect" => FaultKind::Redirect {
            location: parameters.required("location")?.to_owned(),
        },
        "busy" => FaultKind::Busy,
        "lost-response" => FaultKind::LostResponse,
        "oauth-error-cloudapi-shape" => FaultKind::OAuthErrorCloudapiShape,
        "oauth-error-rfc-shape" => FaultKind::OAuthErrorRfcShape,
        "invalid-utf8" => FaultKind::InvalidUtf8,
        "not-http" => FaultKind::NotHttp,
        "delay" => FaultKind::Delay(Duration::from_millis(parameters.number("ms")?.ok_or("ms: is missing")?)),
        other => {
            return Err(format!("kind: '{other}' is none of {}", FaultKind::NAMES.join(", ")));
        }
    };
    Ok(Fault {
        kind,
        path_prefix: parameters.get("path").map(ToOwned::to_owned),
        method: parameters.get("method").map(ToOwned::to_owned),
        bytes: parameters.number("bytes")?,
        times: u32::try_from(parameters.number("times")?.unwrap_or(1)).map_err(|_| "times: is too large")?,
    })
}

/// An object as lines of `Name: value`.
fn as_lines(object: &serde_json::Map<String, Value>) -> String {
    let line = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}: {text}\n"),
        other => format!("{name}: {other}\n"),
    };
    object.iter().map(line).collect()
}

/// Headers from lines of `Name: value`.
fn headers(lines: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |line: &str| {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| format!("headers: '{line}' is not 'Name: value'"))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    lines.lines().filter(|line| !line.trim().is_empty()).map(pair).collect()
}

/// The parameters of a call.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn of(request: &Request) -> Result<Self, String> {
        let owned = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
            (name.into_owned(), value.into_owned())
        };
        let mut all: Vec<_> = form_urlencoded::parse(request.query().as_bytes()).map(owned).collect();
        if request.body.trim_ascii_start().starts_with(b"{") {
            let object: serde_json::Map<String, Value> =
                serde_json::from_slice(&request.body).map_err(|error| format!("the body is not JSON: {error}"))?;
            for (name, value) in object {
                let text = match value {
                    Value::Null => continue,
                    Value::String(text) => text,
                    Value::Object(lines) => as_lines(&lines),
                    other => other.to_string(),
                };
                all.push((name, text));
            }
        } else {
            all.extend(form_urlencoded::parse(&request.body).map(owned));
        }
        Ok(Self(all))
    }

    fn only(&self, known: &[&str]) -> Result<(), String> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) if known.is_empty() => Err(format!("{name}: this call has no parameters")),
            Some((name, _)) => Err(format!("{name}: is none of {}", known.join(", "))),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn required(&self, name: &str) -> Result<&str, String> {
        self.get(name).ok_or_else(|| format!("{name}: is missing"))
    }

    fn number(&self, name: &str) -> Result<Option<u64>, String> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|_| format!("{name}: '{text}' is not a whole number from 0 on"))
    }

    fn choice<T: Copy>(&self, name: &str, values: &[(&str, T)]) -> Result<Option<T>, String> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let found = values.iter().find(|(known, _)| *known == text);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let names: Vec<&str> = values.iter().map(|(known, _)| *known).collect();
            format!("{name}: '{text}' is none of {}", names.join(", "))
        })
    }
}
