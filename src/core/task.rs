//! Waiting for a task (`GET /api/task/UUID`): what an answer of 202 names in its Location.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

use super::call::{Failure, Outcome};
use super::code::Code;
use super::error::{Error, Result};
use super::log;
use super::operation::required;
use super::request::Request;
use super::response::Response;
use super::retry;
use super::run::Run;
use super::runtime;
use super::server_error::{self, shorten};
use super::session::Session;
use super::target;
use super::tenant::is_uuid;
use super::undo::Undo;
use http::Method;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// Between two looks where the caller does not say: soon at first, since most tasks are short.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Waits until the task has ended. The answer is the task; one that did not succeed is an error.
pub(super) async fn wait(run: &Run, session: Arc<Session>, request: Request, deadline: Instant) -> Outcome {
    let url = place(run, required(&request.settings.subject.id, "the task's address or id")?)?;
    let name = format!("GET {}", target::shown(&url));
    watch(run, session, request, url, deadline)
        .await
        .map_err(|Failure { error, response }| Failure {
            error: error.during(&name),
            response,
        })
}

async fn watch(run: &Run, session: Arc<Session>, request: Request, url: Url, deadline: Instant) -> Outcome {
    let guard = cancellation(run, &session, &url, &request);
    let mut pause = request.settings.subject.poll_interval.unwrap_or(FIRST_PAUSE);
    loop {
        let ask = Request::new(Method::GET, url.clone(), request.settings.for_another_request());
        let response = match run.ask(Some(&session), ask, deadline).await {
            Ok(response) => response,
            Err(failure) => {
                if failure.error.code() != Code::Timeout {
                    // How the task goes is not known; that is no reason to end it.
                    done(guard);
                }
                return Err(failure);
            }
        };
        let Ok(task) = serde_json::from_slice::<Value>(response.body().as_bytes()) else {
            done(guard);
            return Err(Error::new(Code::Json, "the answer about the task is no JSON").into());
        };
        let status = task["status"].as_str().unwrap_or_default();
        if let Some(percent) = task["progress"].as_u64() {
            run.progress.set_percent(u32::try_from(percent).unwrap_or(100));
        }
        match status {
            "success" => {
                run.progress.set_percent(100);
                done(guard);
                return Ok(response);
            }
            "error" | "canceled" | "aborted" => {
                done(guard);
                return Err(failure(&task, status, response));
            }
            "queued" | "preRunning" | "running" => {}
            other => {
                done(guard);
                let text = format!(
                    "this is no task that could be waited for: its status is '{}'",
                    other
                        .chars()
                        .filter(char::is_ascii_alphanumeric)
                        .take(40)
                        .collect::<String>()
                );
                return Err(Failure {
                    error: Error::new(Code::Json, text),
                    response: Some(response),
                });
            }
        }
        if !retry::fits(pause, deadline) {
            let how_far = task["progress"]
                .as_u64()
                .map_or_else(String::new, |percent| format!(", at {percent} %"));
            return Err(Failure {
                error: Error::new(
                    Code::Timeout,
                    format!(
                        "the task is still {status}{how_far} and the time for waiting is over{}. Wait again, or longer",
                        if request.settings.subject.cancel_task {
                            "; it was told to end"
                        } else {
                            "; it goes on"
                        }
                    ),
                ),
                response: Some(response),
            });
        }
        log::debug(format_args!("task {}: {status}", target::shown(&url)));
        runtime::sleep(pause).await;
        if request.settings.subject.poll_interval.is_none() {
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }
}

/// The task's place: its UUID, its URN, its path, or its URL. The last is used at this server's address, whatever
/// address the server believes to have.
fn place(run: &Run, text: &str) -> Result<Url> {
    let bare = text.strip_prefix("urn:vcloud:task:").unwrap_or(text);
    if is_uuid(bare) {
        return Ok(run.client.address().place(&format!("/api/task/{bare}")));
    }
    let url = match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => {
            let origin = run.client.address().origin();
            let mut here = url;
            here.set_scheme(origin.scheme())
                .and_then(|()| here.set_port(origin.port()))
                .ok();
            here.set_host(origin.host_str()).ok();
            target::resolve(run.client.address(), here.as_str())?
        }
        _ => target::resolve(run.client.address(), text)?,
    };
    if !url.path().contains("/task/") {
        return Err(Error::new(
            Code::Argument,
            "this is no task: its address has /api/task/ in it, and it stands in the Location header of an answer with HTTP 202",
        ));
    }
    Ok(url)
}

fn failure(task: &Value, status: &str, response: Response) -> Failure {
    let said = |name: &str| {
        task["error"][name]
            .as_str()
            .map(shorten)
            .filter(|text| !text.is_empty())
    };
    let (code, message) = (said("minorErrorCode"), said("message"));
    let what = task["operation"]
        .as_str()
        .or(task["operationName"].as_str())
        .map_or_else(String::new, |what| format!(" '{}'", shorten(what)));
    let ended = match status {
        "error" => "failed",
        "canceled" => "was cancelled",
        _ => "was aborted",
    };
    let words = match (&message, &code) {
        (Some(message), Some(code)) => format!(": {message} ({code})"),
        (Some(text), None) | (None, Some(text)) => format!(": {text}"),
        (None, None) => String::new(),
    };
    let error = Error::new(Code::Task, format!("the task{what} {ended}{words}"))
        .with_http_status(response.status())
        .with_server_words(code, message)
        .with_request_id(response.request_id())
        .with_body(server_error::body_text(&response));
    Failure {
        error,
        response: Some(response),
    }
}

/// The task has ended by itself, or how it goes is not known.
fn done(guard: Option<Undo>) {
    if let Some(guard) = guard {
        guard.done();
    }
}

/// Tells the server to cancel the task when the wait for it is given up, where the caller wants that.
fn cancellation(run: &Run, session: &Arc<Session>, task: &Url, request: &Request) -> Option<Undo> {
    request.settings.subject.cancel_task.then(|| {
        let mut url = task.clone();
        url.set_path(&format!("{}/action/cancel", task.path().trim_end_matches('/')));
        let cancel = Request::new(Method::POST, url, request.settings.for_another_request());
        Undo::new(run, session, cancel, "a task could not be cancelled")
    })
}
