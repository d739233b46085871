//! One call: a request, a sign-in or a sign-out, from its start to its outcome.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

use super::client::Client;
use super::code::Code;
use super::error::{Error, Result};
use super::grant::Grant;
use super::log;
use super::notice::{NoticeKind, Notices};
use super::org::Org;
use super::progress::Progress;
use super::request::{self, CallSettings, Request};
use super::response::Response;
use super::retry;
use super::runtime::{self, Job};
use super::secret::Secret;
use super::server_error;
use super::session::Session;
use super::target;
use super::token_source::InMemory;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
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
    fn from(error: Error) -> Self {
        Failure { error, response: None }
    }
}

/// What a call does.
enum Purpose {
    Send,
    SignIn(Grant),
    SignOut,
}

/// A call.
pub(crate) struct Call {
    client: Arc<Client>,
    method: Method,
    url: url::Url,
    draft: Mutex<Option<(Purpose, Request)>>,
    job: OnceLock<Job<Outcome>>,
    progress: Arc<Progress>,
    version: Arc<OnceLock<String>>,
    notices: Notices,
}

const SESSION_PLACE: &str = "/cloudapi/1.0.0/sessions/current";

impl Call {
    pub(crate) fn request(client: Arc<Client>, method: &str, target: &str) -> Result<Self> {
        client.check_process()?;
        let method = request::method(method)?;
        let url = target::resolve(client.address(), target)?;
        let request = Request::new(method, url, CallSettings::from_client(&client.settings()));
        Ok(Call::new(client, Purpose::Send, request))
    }

    pub(crate) fn sign_in(client: Arc<Client>, grant: Grant) -> Result<Self> {
        client.check_process()?;
        let (method, url) = match &grant {
            Grant::ApiToken { org, .. } => (
                Method::POST,
                client.address().place(&format!("/oauth/{}/token", org.oauth_path())),
            ),
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

    fn new(client: Arc<Client>, purpose: Purpose, request: Request) -> Self {
        Call {
            client,
            method: request.method.clone(),
            url: request.url.clone(),
            draft: Mutex::new(Some((purpose, request))),
            job: OnceLock::new(),
            progress: Arc::default(),
            version: Arc::default(),
            notices: Notices::default(),
        }
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

    /// Starts the call.
    pub(crate) fn start(&self) -> Result<()> {
        self.client.check_process()?;
        let mut draft = self.draft();
        let Some((purpose, request)) = draft.as_ref() else {
            return Err(started());
        };
        let session = match purpose {
            Purpose::Send if request.settings.anonymous => None,
            Purpose::SignIn(_) => None,
            Purpose::Send | Purpose::SignOut => Some(self.client.session()?),
        };
        self.client.freeze();
        let Some((purpose, request)) = draft.take() else {
            return Err(started());
        };
        let run = Run {
            client: Arc::clone(&self.client),
            progress: Arc::clone(&self.progress),
            version: Arc::clone(&self.version),
        };
        let work = async move {
            let deadline = Instant::now() + request.settings.timeout;
            let limit = request.settings.timeout;
            let place = format!("{} {}", request.method, target::shown(&request.url));
            let outcome = runtime::until(deadline, run.run(purpose, session, request, deadline))
                .await
                .unwrap_or_else(|| {
                    Err(Error::new(
                        Code::Timeout,
                        format!(
                            "the call took longer than {} ms. Raise the timeout where the server is slow",
                            limit.as_millis()
                        ),
                    )
                    .into())
                });
            match outcome {
                Ok(response) => {
                    log::info(format_args!("{place}: {}", response.status()));
                    Ok(response)
                }
                Err(failure) => {
                    let error = failure.error.during(&place);
                    log::error(format_args!("{}", error.message()));
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
        let _ = self.job.set(Job::start(work, lost)?);
        Ok(())
    }

    /// Waits for the end, and starts the call first where that has not been done. `None` while it runs.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> Result<Option<&Outcome>> {
        self.client.check_process()?;
        if self.job.get().is_none() {
            // Another thread may have started it just now.
            self.start().or_else(|error| self.job.get().map(|_| ()).ok_or(error))?;
        }
        Ok(self.job.get().and_then(|job| job.wait(timeout)))
    }

    pub(crate) fn cancel(&self) {
        // In the child of a fork nobody waits, and the parent's worker may have held the job's lock.
        if let Some(job) = self.job.get().filter(|_| self.client.check_process().is_ok()) {
            job.cancel(Err(Error::new(Code::Cancelled, "the call was cancelled").into()));
        }
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
        self.version.get().cloned()
    }
}

fn started() -> Error {
    Error::new(
        Code::State,
        "the call was started already; a call is made for each request",
    )
}

/// A call under way.
struct Run {
    client: Arc<Client>,
    progress: Arc<Progress>,
    version: Arc<OnceLock<String>>,
}

impl Run {
    async fn run(
        &self,
        purpose: Purpose,
        session: Option<Arc<Session>>,
        request: Request,
        deadline: Instant,
    ) -> Outcome {
        match purpose {
            Purpose::Send => self.send(session, request, deadline).await,
            Purpose::SignIn(Grant::ApiToken { org, token }) => self.sign_in_by_api_token(org, token, &request).await,
            Purpose::SignIn(Grant::AccessToken { org, token }) => {
                self.sign_in_by_access_token(org, token, request, deadline).await
            }
            Purpose::SignOut => {
                let result = match session {
                    Some(session) => {
                        // Forgotten first: nothing that comes now may renew what is being given up.
                        self.client.set_session(None);
                        self.send_once(&session, request).await
                    }
                    None => Err(super::session::not_signed_in().into()),
                };
                match result {
                    Err(Failure { error, response }) if error.http_status() == Some(401) => {
                        response.ok_or_else(|| error.into())
                    }
                    other => other,
                }
            }
        }
    }

    /// The exchange, with the API version settled beside it.
    async fn sign_in_by_api_token(&self, org: Org, token: Secret, request: &Request) -> Outcome {
        let settings = &request.settings;
        let transport = self.client.transport()?.clone();
        let session = Arc::new(Session::renewable(
            transport,
            self.client.address().clone(),
            org,
            Box::new(InMemory::new(token)),
            settings.retry,
            settings.timeout,
            Arc::clone(self.client.notices()),
        ));
        let client = Arc::clone(&self.client);
        runtime::spawn(async move {
            // Whoever needs the version joins this, or tries again.
            let _ = client.version().await;
        })?;
        let answer = session.open().await?;
        let _ = self.client.version().await;
        self.client.set_session(Some(session));
        Ok(answer)
    }

    /// Asks the server who the token belongs to.
    async fn sign_in_by_access_token(
        &self,
        org: Option<Org>,
        token: Secret,
        mut request: Request,
        deadline: Instant,
    ) -> Outcome {
        let session = Arc::new(Session::fixed(
            self.client.transport()?.clone(),
            self.client.address().clone(),
            org,
            token,
            request.settings.retry,
            request.settings.timeout,
            Arc::clone(self.client.notices()),
        )?);
        request.settings.anonymous = false;
        let answer = match self.send(Some(Arc::clone(&session)), request, deadline).await {
            Ok(response) => {
                let facts: serde_json::Value = serde_json::from_slice(response.body().as_bytes()).unwrap_or_default();
                let name = |of: &str| facts.get(of)?.get("name")?.as_str().map(str::to_owned);
                session.learn(name("user"), name("org"));
                response
            }
            Err(Failure { error, .. }) if error.http_status() == Some(401) => {
                let refused = Error::new(
                    Code::Auth,
                    "the server refused the access token: it has ended, was signed out, or belongs to another server. Obtain a new one",
                )
                .with_http_status(401)
                .with_server_words(error.server_code().map(str::to_owned), error.server_message().map(str::to_owned))
                .with_request_id(error.request_id().map(str::to_owned));
                return Err(refused.into());
            }
            // A server that answers, but not to this question, may still know the token.
            Err(Failure {
                error,
                response: Some(response),
            }) => {
                self.client.notices().add(
                    NoticeKind::TokenUnchecked,
                    format!("the access token is taken without a check: {}", error.message()),
                );
                response
            }
            Err(failure) => return Err(failure),
        };
        self.client.set_session(Some(session));
        Ok(answer.without_secrets())
    }

    /// Sends until there is a final answer: repeated where that is allowed, renewed once after a 401.
    async fn send(&self, session: Option<Arc<Session>>, mut request: Request, deadline: Instant) -> Outcome {
        let asked_by_us = self.complete(session.is_some(), &mut request).await?;
        let transport = self.client.transport()?;
        let repeatable = request.settings.retry.allows(&request.method);
        let mut rejected = None;
        let mut done = 0;
        loop {
            let mut generation = None;
            let mut headers = request.headers.clone();
            if let Some(session) = &session {
                let bearer = session.bearer(rejected).await?;
                headers.insert(AUTHORIZATION, bearer.header);
                generation = Some(bearer.generation);
            }
            done += 1;
            let sent = transport
                .exchange(
                    request.method.clone(),
                    &request.url,
                    headers,
                    &request.body,
                    &self.progress,
                )
                .await;
            let pause = match &sent {
                Ok(response) if response.status() == 401 && rejected.is_none() => {
                    if session.as_ref().is_some_and(|session| session.can_renew()) {
                        log::debug(format_args!("HTTP 401: the access token is renewed"));
                        rejected = generation;
                        done -= 1;
                        continue;
                    }
                    None
                }
                Ok(response) => retry::pause_after_answer(&request.settings.retry, done, response),
                Err(error) => retry::pause_after_failure(&request.settings.retry, done, error),
            };
            if let Some(pause) = pause.filter(|pause| repeatable && retry::fits(*pause, deadline)) {
                log::debug(format_args!("attempt {done} failed, again in {} ms", pause.as_millis()));
                runtime::sleep(pause).await;
                continue;
            }
            return judge(&request, session.as_deref(), sent?, asked_by_us);
        }
    }

    /// Sends with the token of the moment, without renewal: what ends a session must not open a new one.
    async fn send_once(&self, session: &Session, mut request: Request) -> Outcome {
        let asked_by_us = self.complete(true, &mut request).await?;
        let Some(token) = session.access_token() else {
            return Err(super::session::not_signed_in().into());
        };
        let text = Secret::from_string(format!("Bearer {}", token.expose()));
        let mut value = HeaderValue::from_str(text.expose()).map_err(|_| super::session::not_signed_in())?;
        value.set_sensitive(true);
        let mut headers = request.headers.clone();
        headers.insert(AUTHORIZATION, value);
        let sent = self
            .client
            .transport()?
            .exchange(
                request.method.clone(),
                &request.url,
                headers,
                &request.body,
                &self.progress,
            )
            .await?;
        judge(&request, Some(session), sent, asked_by_us)
    }

    /// Adds Accept with the API version, and Content-Type. Says whether Accept is ours.
    async fn complete(&self, signed_in: bool, request: &mut Request) -> Result<bool> {
        if !matches!(request.body, super::transport::BodySource::Empty) {
            let value = request
                .settings
                .content_type
                .clone()
                .unwrap_or(HeaderValue::from_static("application/json"));
            request.headers.insert(CONTENT_TYPE, value);
        }
        if request.headers.contains_key(ACCEPT) {
            return Ok(false);
        }
        let path = request
            .url
            .path()
            .strip_prefix(self.client.address().prefix())
            .unwrap_or(request.url.path());
        let is_legacy = path == "/api" || path.starts_with("/api/");
        let version = match &request.settings.api_version {
            Some(version) => Some(version.clone()),
            None if signed_in && !path.starts_with("/oauth/") => Some(self.client.version().await?),
            None => None,
        };
        let media = if is_legacy {
            "application/*+json"
        } else {
            "application/json"
        };
        let accept = match &version {
            Some(version) => {
                let _ = self.version.set(version.to_string());
                format!("{media};version={version}")
            }
            None => media.to_owned(),
        };
        let accept = HeaderValue::from_str(&accept)
            .map_err(|_| Error::new(Code::Internal, "the Accept header cannot be made"))?;
        request.headers.insert(ACCEPT, accept);
        Ok(true)
    }
}

/// Decides what an answer means.
fn judge(request: &Request, session: Option<&Session>, response: Response, asked_by_us: bool) -> Outcome {
    if request.settings.accept_any_status {
        return Ok(response);
    }
    let status = response.status();
    let refused = match status {
        300..=303 | 305..=399 => Some(Error::new(
            Code::Redirect,
            format!(
                "HTTP {status}: the server redirects, and redirects are not followed, so that no token leaves for another place. Use the address that it redirects to"
            ),
        )),
        400.. => Some(http_error(&response, session)),
        _ if asked_by_us && request.method != Method::HEAD => unusable(request, &response),
        _ => None,
    };
    match refused {
        None => Ok(response),
        Some(error) => {
            let token = session.and_then(Session::access_token);
            let body = server_error::body_text(&response)
                .map(|body| token.as_ref().map_or(body.clone(), |token| token.redact(&body)));
            let error = error
                .with_http_status(status)
                .with_request_id(response.request_id())
                .with_retry_after(retry::retry_after(&response))
                .with_body(body);
            Err(Failure {
                error,
                response: Some(response),
            })
        }
    }
}

fn http_error(response: &Response, session: Option<&Session>) -> Error {
    let status = response.status();
    let said = server_error::parse(response.body().as_bytes());
    let token = session.and_then(Session::access_token);
    let redact = |text: String| token.as_ref().map_or(text.clone(), |token| token.redact(&text));
    let message = said.message.map(redact);
    let words = match (&message, &said.code) {
        (Some(message), Some(code)) => format!(": {message} ({code})"),
        (Some(text), None) | (None, Some(text)) => format!(": {text}"),
        (None, None) if said.is_html => {
            ": a web page, so a proxy, firewall or load balancer answered and not Cloud Director".to_owned()
        }
        (None, None) => String::new(),
    };
    let hint = match status {
        401 => match session {
            Some(session) if !session.can_renew() => {
                ". The access token has ended or was signed out; sign in again with a new one"
            }
            Some(_) => ". The server refuses the session's token even after its renewal; sign in again",
            None => ". This place needs a sign-in",
        },
        403 => {
            ". The right to do this is missing, or what was asked for does not exist or belongs to another organization"
        }
        404 => ". Check the path; it may belong to another API version",
        406 => ". Set an API version that the server supports",
        429 => ". The server is throttling; wait and ask less often",
        502..=504 => ". The server is overloaded or restarting; try again later",
        _ => "",
    };
    Error::new(Code::Http, format!("HTTP {status} {}{words}{hint}", response.reason()))
        .with_server_words(said.code, message)
}

/// A good status with a body that cannot be what was asked for.
fn unusable(request: &Request, response: &Response) -> Option<Error> {
    let body = response.body().as_bytes().trim_ascii();
    let status = response.status();
    let media = response.media_type();
    if body.is_empty() {
        return (status == 200 && request.method == Method::GET)
            .then(|| Error::new(Code::Empty, "the answer is empty where JSON should be; a proxy or firewall may have answered in place of Cloud Director"));
    }
    if media == "text/html" {
        return Some(Error::new(
            Code::Content,
            "the answer is a web page where JSON should be; a proxy or firewall may have answered in place of Cloud Director",
        ));
    }
    let is_json = media == "application/json" || media.ends_with("+json");
    let open = matches!((body.first(), body.last()), (Some(b'{'), Some(last)) if *last != b'}')
        || matches!((body.first(), body.last()), (Some(b'['), Some(last)) if *last != b']');
    // Only a look at both ends: a full check would cost more than the exchange, and readers do it anyway.
    (is_json && open).then(|| {
        Error::new(
            Code::Truncated,
            "the JSON of the answer is cut short; something on the way damages answers. Ask again",
        )
    })
}
