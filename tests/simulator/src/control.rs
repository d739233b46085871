//! The control endpoint: plain HTTP, for tests in other processes.
//!
#![doc = include_str!("control.md")]

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::certificate::CertificateKind;
use crate::connection::{Connection, Next};
use crate::control_fault;
use crate::control_report;
use crate::control_settings;
use crate::parameters::Parameters;
use crate::request::Request;
use crate::request_log::Event;
use crate::response::Response;
use crate::simulator::Server;
use crate::tasks::TaskOutcome;
use crate::transfers;

/// What `GET /` answers.
const HELP: &str = include_str!("control.md");

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
        ("POST", "/fault") => cloud.faults.add(control_fault::asked_for(&parameters)?),
        ("POST", "/task") => return task(server, &parameters),
        ("POST", "/transfer") => return transfer(server, &parameters).await,
        ("POST", "/listen") => return listen(server, &parameters),
        ("POST", "/settings") => control_settings::change(server, &parameters)?,
        ("POST", "/reset") => {
            parameters.only(&[])?;
            cloud.reset();
        }
        ("GET", "/") => return Ok(Response::with_body(200, "text/markdown; charset=utf-8", HELP)),
        ("GET", "/info") => {
            return Ok(Response::with_body(
                200,
                "application/json",
                control_report::info(server),
            ));
        }
        ("GET", "/stats") => return Ok(Response::json(200, "application/json", &control_report::stats(server))),
        ("GET", "/requests") => {
            parameters.only(&["path"])?;
            let prefix = parameters.get("path").unwrap_or_default();
            let all = cloud.log.requests().into_iter();
            let shown: Vec<_> = all
                .filter(|entry| entry.target.starts_with(prefix))
                .map(control_report::request)
                .collect();
            return Ok(Response::json(200, "application/json", &shown));
        }
        ("GET", "/service-accounts") => {
            parameters.only(&[])?;
            let shown: Vec<_> = cloud
                .service_accounts
                .all()
                .iter()
                .map(control_report::account)
                .collect();
            return Ok(Response::json(200, "application/json", &shown));
        }
        ("GET", "/transfers") => {
            parameters.only(&[])?;
            let uploads = cloud.transfers.uploads();
            let shown: Vec<_> = uploads
                .iter()
                .map(|(path, upload)| control_report::upload(path, upload))
                .collect();
            return Ok(Response::json(200, "application/json", &shown));
        }
        ("GET" | "POST", "/wait") => return wait(server, &parameters).await,
        _ => {
            return Err("no such call; GET / lists what there is".to_owned());
        }
    }
    Ok(Response::empty(204))
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
    parameters.only(&["size", "digest", "id"])?;
    let size = parameters.number("size")?.ok_or("size: is missing")?;
    let digest = parameters.choice("digest", &[("true", true), ("false", false)])?;
    let id = match parameters.get("id") {
        None => server.cloud.identifiers.uuid(),
        Some(id) if id.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric()) => id.to_owned(),
        Some(id) => return Err(format!("id: '{id}' is no identifier")),
    };
    let download = server.cloud.transfers.offer(&id, size);
    let sha256 = if digest == Some(true) {
        tokio::task::spawn_blocking(move || transfers::sha256_of(download))
            .await
            .ok()
    } else {
        None
    };
    let offered = Offered {
        href: server.transfer_url(&id),
        size: download.size,
        sha256,
    };
    Ok(Response::json(200, "application/json", &offered))
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
