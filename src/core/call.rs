//! One call: a request, a sign-in or a sign-out, from its start to its outcome.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

use super::body::Gate;
use super::client::Client;
use super::code::Code;
use super::error::{Error, Result};
use super::grant::Grant;
use super::log;
use super::notice::Notices;
use super::operation::Operation;
use super::password;
use super::progress::Progress;
use super::request::{self, CallSettings, Request};
use super::request_id::RequestId;
use super::response::Response;
use super::run::Run;
use super::runtime::{self, Job, OnEnd};
use super::target;
use http::Method;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How a call ended.
pub(crate) type Outcome = std::result::Result<Response, Failure>;

/// Why a call failed, with the answer where there is one that may be read.
#[derive(Clone)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) response: Option<Response>,
}

impl From<Error> for Failure {
    fn from(mut error: Error) -> Self {
        let response = error.take_answer();
        Failure { error, response }
    }
}

/// What a call does.
pub(super) enum Purpose {
    Send,
    SignIn(Grant),
    SignOut,
    Operation(Operation),
}

/// A call.
pub(crate) struct Call {
    client: Arc<Client>,
    method: Method,
    url: url::Url,
    draft: Mutex<Option<(Purpose, Request)>>,
    /// Given up before it was started.
    closed: OnceLock<()>,
    on_end: Mutex<Option<OnEnd>>,
    gate: Gate,
    job: OnceLock<Job<Outcome>>,
    progress: Arc<Progress>,
    version: Arc<Mutex<Option<String>>>,
    request_id: OnceLock<RequestId>,
    notices: Arc<Notices>,
}

/// Who is signed in, and the end of it.
pub(super) const SESSION_PLACE: &str = "/cloudapi/1.0.0/sessions/current";

impl Call {
    pub(crate) fn request(client: Arc<Client>, method: &str, target: &str) -> Result<Self> {
        client.check_process()?;
        let method = request::method(method)?;
        let url = target::resolve(client.address(), target)?;
        let request = Request::new(method, url, CallSettings::from_client(&client.settings()));
        Ok(Call::new(client, Purpose::Send, request))
    }

    /// A call of a request that is complete.
    pub(crate) fn of(client: Arc<Client>, request: Request) -> Self {
        Call::new(client, Purpose::Send, request)
    }

    /// The request of a call that has not started, for others like it.
    pub(crate) fn template(&self) -> Result<Request> {
        match &*self.draft() {
            Some((Purpose::Send, request)) => Ok(request.clone()),
            Some(_) => Err(Error::new(
                Code::Argument,
                "a sign-in, sign-out or operation has no pages; vcd_call_new makes a request that may have",
            )),
            None => Err(started()),
        }
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    pub(crate) fn sign_in(client: Arc<Client>, grant: Grant) -> Result<Self> {
        client.check_process()?;
        let (method, url) = match &grant {
            Grant::ApiToken { org, .. } | Grant::TokenFile { org, .. } => (
                Method::POST,
                client.address().place(&format!("/oauth/{}/token", org.oauth_path())),
            ),
            Grant::Password { org, .. } => (Method::POST, client.address().place(password::path(org))),
            Grant::AccessToken { .. } => (Method::GET, client.address().place(SESSION_PLACE)),
        };
        let mut request = Request::new(method, url, CallSettings::from_client(&client.settings()));
        request.settled = true;
        Ok(Call::new(client, Purpose::SignIn(grant), request))
    }

    pub(crate) fn sign_out(client: Arc<Client>) -> Result<Self> {
        client.check_process()?;
        client.session()?;
        let url = client.address().place(SESSION_PLACE);
        let mut request = Request::new(Method::DELETE, url, CallSettings::from_client(&client.settings()));
        request.settled = true;
        Ok(Call::new(client, Purpose::SignOut, request))
    }

    /// An operation of several requests.
    pub(crate) fn operation(client: Arc<Client>, operation: Operation) -> Result<Self> {
        client.check_process()?;
        client.check_encrypted()?;
        let url = client.address().place(operation.place());
        let mut request = Request::new(operation.method(), url, CallSettings::from_client(&client.settings()));
        if let Some(timeout) = operation.timeout() {
            request.settings.timeout = timeout;
        }
        request.settled = true;
        Ok(Call::new(client, Purpose::Operation(operation), request))
    }

    fn new(client: Arc<Client>, purpose: Purpose, request: Request) -> Self {
        Call {
            client,
            method: request.method.clone(),
            url: request.url.clone(),
            gate: request.gate.clone(),
            draft: Mutex::new(Some((purpose, request))),
            closed: OnceLock::new(),
            on_end: Mutex::default(),
            job: OnceLock::new(),
            progress: Arc::default(),
            version: Arc::default(),
            request_id: OnceLock::new(),
            notices: Arc::default(),
        }
    }

    pub(crate) fn check_process(&self) -> Result<()> {
        self.client.check_process()
    }

    fn draft(&self) -> std::sync::MutexGuard<'_, Option<(Purpose, Request)>> {
        self.draft.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Changes the request, as long as it has not started.
    pub(crate) fn configure(&self, change: impl FnOnce(&mut Request) -> Result<()>) -> Result<()> {
        match &mut *self.draft() {
            Some((_, request)) => change(request),
            None => Err(started()),
        }
    }

    /// Starts the call, for a thread of the library to do.
    pub(crate) fn start(&self) -> Result<()> {
        self.make_job()?.start()
    }

    /// Makes of the draft what can be done.
    fn make_job(&self) -> Result<&Job<Outcome>> {
        self.client.check_process()?;
        let mut draft = self.draft();
        if self.closed.get().is_some() {
            return Err(cancelled());
        }
        let Some((purpose, request)) = draft.as_ref() else {
            return Err(started());
        };
        let session = match purpose {
            Purpose::Send if request.settings.anonymous => None,
            Purpose::SignIn(_) => None,
            Purpose::Operation(operation) if operation.is_anonymous() => None,
            Purpose::Send | Purpose::SignOut | Purpose::Operation(_) => Some(self.client.session()?),
        };
        self.client.freeze();
        let Some((purpose, request)) = draft.take() else {
            return Err(started());
        };
        let id = request.settings.request_id.clone().unwrap_or_else(RequestId::generate);
        let _ = self.request_id.set(id.clone());
        let run = Run {
            client: Arc::clone(&self.client),
            progress: Arc::clone(&self.progress),
            version: Arc::clone(&self.version),
            notices: Arc::clone(&self.notices),
            id: id.clone(),
        };
        // An operation says better than a general time-out how far it came.
        let grace = match &purpose {
            Purpose::Operation(_) => Duration::from_secs(2),
            _ => Duration::ZERO,
        };
        let gate = self.gate.clone();
        let calls_host = request.calls_host();
        let work = async move {
            let limit = request.limit();
            let deadline = Instant::now() + limit;
            let place = match &purpose {
                Purpose::Operation(operation) => operation.name().to_owned(),
                _ => request.place(),
            };
            // In a box, which is made on the worker: the caller's stack may be small.
            let whole = Box::pin(run.run(purpose, session, request, deadline));
            let outcome = runtime::until(deadline + grace, whole).await.unwrap_or_else(|| {
                Err(Error::new(
                    Code::Timeout,
                    format!(
                        "the call took longer than {} ms. Raise the limit where the server is slow (-TimeoutSec in PowerShell, VCD_OPT_TIMEOUT_MS and VCD_CALL_OPT_TIMEOUT_MS in C)",
                        limit.as_millis()
                    ),
                )
                .into())
            });
            // A function that may not be called any more is no failure of its own: the call was cancelled.
            let outcome = match outcome {
                Err(_) if gate.is_closed() => Err(cancelled().into()),
                outcome => outcome,
            };
            if calls_host {
                // Whoever waits may throw away what its functions work on.
                let _ = runtime::blocking(move || gate.close()).await;
            }
            match outcome {
                Ok(response) => {
                    log::info(format_args!("{place}: {} ({id})", response.status()));
                    Ok(response)
                }
                Err(failure) => {
                    let error = failure.error.during(&place).or_request_id(id.as_str());
                    log::error(format_args!("{} ({id})", error.message()));
                    Err(Failure {
                        error,
                        response: failure.response,
                    })
                }
            }
        };
        let lost = || {
            Err(Error::new(
                Code::Panic,
                "the library panicked during the call; this is a fault of vcdrest, please report it with the log",
            )
            .into())
        };
        let job = Job::new(work, lost)?;
        job.on_end(self.on_end().take());
        Ok(self.job.get_or_init(|| job))
    }

    /// Waits for the end, and starts the call first where that has not been done. `None` while it runs.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> Result<Option<&Outcome>> {
        self.client.check_process()?;
        let job = match self.job.get() {
            Some(job) => job,
            // Another thread may have started it just now.
            None => self.make_job().or_else(|error| self.job.get().ok_or(error))?,
        };
        job.wait(timeout)
    }

    pub(crate) fn cancel(&self) {
        if let Some(job) = self.job.get().filter(|job| job.result().is_none()) {
            self.gate.close();
            job.cancel(Err(cancelled().into()));
        }
    }

    /// Ends the call for good, also when it has not started: its handle is gone.
    pub(crate) fn close(&self) {
        let drafted = self.draft().take();
        if drafted.is_some() {
            let _ = self.closed.set(());
        }
        self.cancel();
    }

    pub(crate) fn outcome(&self) -> Option<&Outcome> {
        self.job.get()?.result()
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(crate) fn notices(&self) -> &Notices {
        &self.notices
    }

    pub(crate) fn method(&self) -> &str {
        self.method.as_str()
    }

    pub(crate) fn url(&self) -> String {
        self.url.to_string()
    }

    pub(crate) fn api_version(&self) -> Option<String> {
        self.version
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }

    /// The id that was sent with the request; none before the start.
    pub(crate) fn client_request_id(&self) -> Option<&str> {
        self.request_id.get().map(RequestId::as_str)
    }

    /// Has a function called once, from a thread of the library, when the call has ended.
    pub(crate) fn notify(&self, function: OnEnd) -> Result<()> {
        let draft = self.draft();
        if draft.is_none() {
            return Err(started());
        }
        *self.on_end() = Some(function);
        Ok(())
    }

    fn on_end(&self) -> std::sync::MutexGuard<'_, Option<OnEnd>> {
        self.on_end.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Waits until one of several calls has ended and returns its place; `None` when the time has passed. All must
    /// have been started.
    pub(crate) fn wait_any(calls: &[&Call], timeout: Option<Duration>) -> Result<Option<usize>> {
        let mut jobs = Vec::with_capacity(calls.len());
        for call in calls {
            call.check_process()?;
            jobs.push(call.job.get().ok_or_else(|| {
                Error::new(
                    Code::State,
                    "one of the calls has not been started; vcd_call_start comes first",
                )
            })?);
        }
        Ok(Job::wait_any(&jobs, timeout))
    }
}

fn cancelled() -> Error {
    Error::new(Code::Cancelled, "the call was cancelled")
}

fn started() -> Error {
    Error::new(
        Code::State,
        "the call was started already; a call is made for each request",
    )
}
