//! A call under way: its requests, repeated and renewed where that is allowed.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

use super::api_version::ApiVersion;
use super::body::{BodySink, Download};
use super::call::{Failure, Outcome, Purpose};
use super::client::Client;
use super::code::Code;
use super::error::{Error, Result};
use super::log;
use super::notice::{NoticeKind, Notices};
use super::progress::Progress;
use super::request::{CallSettings, Request};
use super::request_id::{self, RequestId};
use super::response::Response;
use super::retry;
use super::runtime;
use super::secret::Secret;
use super::server_error;
use super::session::{Session, not_signed_in};
use super::tenant::{self, Tenant};
use super::transport::{Exchange, Transport};
use super::verdict::{Asked, judge};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What the requests of a call have in common.
pub(super) struct Run {
    pub(super) client: Arc<Client>,
    pub(super) progress: Arc<Progress>,
    /// The API version that was asked for.
    pub(super) version: Arc<Mutex<Option<String>>>,
    pub(super) notices: Arc<Notices>,
    pub(super) id: RequestId,
}

/// The Accept header of a request, where it is ours.
struct Accept {
    /// The version in it, where it was negotiated and may be negotiated anew.
    negotiated: Option<ApiVersion>,
}

impl Run {
    pub(super) async fn run(
        &self,
        purpose: Purpose,
        session: Option<Arc<Session>>,
        request: Request,
        deadline: Instant,
    ) -> Outcome {
        match purpose {
            Purpose::Send => self.send(session, request, deadline).await,
            // In boxes: what every call holds room for is to be small.
            Purpose::SignIn(grant) => Box::pin(self.sign_in(grant, request, deadline)).await,
            Purpose::Operation(operation) => Box::pin(operation.run(self, session, request, deadline)).await,
            Purpose::SignOut => Box::pin(self.sign_out(session, request)).await,
        }
    }

    async fn sign_out(&self, session: Option<Arc<Session>>, request: Request) -> Outcome {
        let session = session.ok_or_else(not_signed_in)?;
        // Forgotten first: nothing that comes now may renew what is being given up.
        session.close();
        self.client.forget(&session);
        match self.send_once(&session, request).await {
            // It had ended already, which is what was wanted.
            Err(Failure { error, response }) if error.http_status() == Some(401) => {
                response.ok_or_else(|| error.into())
            }
            other => other,
        }
    }

    /// Another one for the same client and request.
    pub(super) fn alike(&self) -> Run {
        Run {
            client: Arc::clone(&self.client),
            progress: Arc::default(),
            version: Arc::default(),
            notices: Arc::clone(&self.notices),
            id: self.id.clone(),
        }
    }

    /// Sends a further request of a call, with the settings of the call. An error names this request.
    pub(super) async fn ask(&self, session: Option<&Arc<Session>>, request: Request, deadline: Instant) -> Outcome {
        let place = request.place();
        self.send(session.cloned(), request, deadline)
            .await
            .map_err(|Failure { error, response }| Failure {
                error: error.during(&place),
                response,
            })
    }

    /// Sends until there is a final answer: repeated where that is allowed, renewed once after a 401, with another API
    /// version once after a 406.
    pub(super) async fn send(&self, session: Option<Arc<Session>>, mut request: Request, deadline: Instant) -> Outcome {
        request.settle()?;
        if let Some(tenant) = request.settings.tenant.take() {
            let (_, id) = self
                .tenant(session.as_ref(), tenant, &request.settings, deadline)
                .await?;
            let id =
                HeaderValue::from_str(&id).map_err(|_| Error::new(Code::Internal, "the tenant's id is no header"))?;
            request.headers.insert(tenant::HEADER, id);
        }
        if let Some(org) = &request.settings.auth_context {
            let name = HeaderValue::from_str(org.name())
                .map_err(|_| Error::new(Code::Internal, "the organization's name is no header"))?;
            request.headers.insert(tenant::AUTH_HEADER, name);
        }
        let mut accept = self.complete(session.is_some(), &mut request).await?;
        let transport = self.client.transport().await?;
        let again = request.body.is_repeatable();
        let repeatable = again && request.settings.retry.allows(&request.method);
        let mut download = match &request.settings.sink {
            BodySink::Memory => None,
            sink => Some(Download::new(sink).await?),
        };
        let mut rejected = None;
        let mut done = 0;
        let mut busy = 0;
        let mut healed = false;
        loop {
            let mut headers = request.headers.clone();
            let mut generation = None;
            if let Some(session) = &session {
                let bearer = session.bearer(rejected).await?;
                headers.insert(AUTHORIZATION, bearer.header);
                generation = Some(bearer.generation);
            }
            let token = headers.get(AUTHORIZATION).cloned();
            done += 1;
            let came = self.progress.received();
            let sent = self.attempt(transport, &request, headers, download.as_mut()).await;
            match &sent {
                Ok(response)
                    if response.status() == 401
                        && rejected.is_none()
                        && again
                        && session.as_ref().is_some_and(|session| session.can_renew()) =>
                {
                    log::debug(format_args!("HTTP 401: the access token is renewed"));
                    rejected = generation;
                    done -= 1;
                    continue;
                }
                Ok(response) if response.status() == 406 && again => {
                    let refused = accept.as_mut().and_then(|accept| accept.negotiated.take());
                    let refused = refused.filter(|refused| self.client.forget_version(refused));
                    if let Some(refused) = refused.filter(|_| !healed) {
                        healed = true;
                        if self.client.version().await? == refused {
                            let asked = self.asked(session.as_deref(), token.as_ref(), &accept);
                            return judge(&request, &asked, sent?);
                        }
                        request.headers.remove(ACCEPT);
                        accept = self.complete(session.is_some(), &mut request).await?;
                        self.notices.add(
                            NoticeKind::ApiVersionChanged,
                            format!(
                                "the server no longer takes API version {refused}; the versions were negotiated anew"
                            ),
                        );
                        continue;
                    }
                }
                Ok(response) if request.settings.wait_busy && again && is_busy(response) => {
                    busy += 1;
                    let pause = retry::busy_pause(&request.settings.retry, busy);
                    if retry::fits(pause, deadline) {
                        log::debug(format_args!("the entity is busy, again in {} ms", pause.as_millis()));
                        self.notices.add(
                            NoticeKind::Waited,
                            "another task worked on it (BUSY_ENTITY); the request was repeated until that was over",
                        );
                        runtime::sleep(pause).await;
                        done -= 1;
                        continue;
                    }
                }
                // A download that gets on is not given up because its connections break.
                Err(error)
                    if download.is_some()
                        && error.code() == Code::ConnectionLost
                        && self.progress.received() > came =>
                {
                    done = 1;
                }
                _ => {}
            }
            let pause = match &sent {
                Ok(response) => retry::pause_after_answer(&request.settings.retry, done, response),
                Err(error) => retry::pause_after_failure(&request.settings.retry, done, error),
            };
            if let Some(pause) = pause.filter(|pause| repeatable && retry::fits(*pause, deadline)) {
                log::debug(format_args!("attempt {done} failed, again in {} ms", pause.as_millis()));
                runtime::sleep(pause).await;
                continue;
            }
            return judge(
                &request,
                &self.asked(session.as_deref(), token.as_ref(), &accept),
                sent?,
            );
        }
    }

    async fn attempt(
        &self,
        transport: &Transport,
        request: &Request,
        headers: HeaderMap,
        download: Option<&mut Download>,
    ) -> Result<Response> {
        let exchange = Exchange {
            method: request.method.clone(),
            url: &request.url,
            headers,
            body: &request.body,
            progress: &self.progress,
            read_timeout: request.settings.read_timeout,
            harmless: request.method.is_safe(),
        };
        match download {
            None => transport.exchange(exchange).await,
            Some(download) => transport.download(exchange, download).await,
        }
    }

    /// Sends with the token of the moment, without renewal: what ends a session must not open a new one.
    async fn send_once(&self, session: &Session, mut request: Request) -> Outcome {
        let accept = self.complete(true, &mut request).await?;
        let header = session.authorization().ok_or_else(not_signed_in)?;
        let mut headers = request.headers.clone();
        headers.insert(AUTHORIZATION, header.clone());
        let sent = self
            .attempt(self.client.transport().await?, &request, headers, None)
            .await?;
        judge(&request, &self.asked(Some(session), Some(&header), &accept), sent)
    }

    /// Adds the request's id, Content-Type, and Accept with the API version where the caller has set none.
    async fn complete(&self, signed_in: bool, request: &mut Request) -> Result<Option<Accept>> {
        request
            .headers
            .entry(request_id::HEADER)
            .or_insert_with(|| self.id.header());
        if !request.body.is_empty() {
            let value = request
                .settings
                .content_type
                .clone()
                .unwrap_or(HeaderValue::from_static("application/json"));
            request.headers.insert(CONTENT_TYPE, value);
        }
        if request.headers.contains_key(ACCEPT) {
            return Ok(None);
        }
        let path = request
            .url
            .path()
            .strip_prefix(self.client.address().prefix())
            .unwrap_or(request.url.path());
        let media = if path == "/api" || path.starts_with("/api/") {
            "application/*+json"
        } else if path.starts_with("/cloudapi") || path.starts_with("/oauth/") {
            "application/json"
        } else if request.settings.sink.is_memory() {
            "application/json, */*;q=0.5"
        } else {
            // Transfers and the like are no API and have no versions.
            "*/*"
        };
        let settings = &request.settings;
        let has_versions = signed_in && !path.starts_with("/oauth/") && media != "*/*";
        let mut negotiated = None;
        let version = match (&settings.api_version, &settings.min_api_version) {
            (Some(version), _) => Some(version.clone()),
            (None, Some(least)) if has_versions => Some(self.client.version_from(least).await?),
            (None, None) if has_versions => {
                let version = self.client.version().await?;
                negotiated = Some(version.clone());
                Some(version)
            }
            _ => None,
        };
        let accept = match &version {
            Some(version) => {
                *self.version.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(version.to_string());
                let media = media.split(',').next().unwrap_or(media);
                format!("{media};version={version}")
            }
            None => media.to_owned(),
        };
        let accept = HeaderValue::from_str(&accept)
            .map_err(|_| Error::new(Code::Internal, "the Accept header cannot be made"))?;
        request.headers.insert(ACCEPT, accept);
        Ok(Some(Accept { negotiated }))
    }

    fn asked<'a>(
        &self,
        session: Option<&'a Session>,
        token: Option<&HeaderValue>,
        accept: &Option<Accept>,
    ) -> Asked<'a> {
        Asked {
            session,
            token: token.and_then(token_of),
            accept_is_ours: accept.is_some(),
            version_is_set: self.client.settings().api_version.is_some(),
        }
    }

    /// Name and id of an organization, of which the caller gave one. The name is empty where it was not needed.
    pub(super) async fn tenant(
        &self,
        session: Option<&Arc<Session>>,
        tenant: Tenant,
        settings: &CallSettings,
        deadline: Instant,
    ) -> std::result::Result<(String, String), Failure> {
        let name = match tenant {
            Tenant::Id(id) => return Ok((String::new(), id)),
            Tenant::Name(name) => name,
        };
        if let Some(id) = self.client.tenant(&name) {
            return Ok((name, id));
        }
        let mut url = self.client.address().place("/cloudapi/1.0.0/orgs");
        url.set_query(Some(&format!("filter=name=={}", tenant::filter_value(&name)?)));
        let request = Request::new(Method::GET, url, settings.for_another_request());
        // In a box: this is called while a request is made ready, and makes one itself.
        let answer = Box::pin(self.ask(session, request, deadline)).await?;
        let page: serde_json::Value = serde_json::from_slice(answer.body().as_bytes()).unwrap_or_default();
        let found = page["values"].as_array().into_iter().flatten().find(|org| {
            org["name"]
                .as_str()
                .is_some_and(|found| found.eq_ignore_ascii_case(&name))
        });
        let id = found
            .and_then(|org| org["id"].as_str())
            .and_then(|id| id.rsplit(':').next());
        let Some(id) = id else {
            return Err(Error::new(
                Code::NotFound,
                format!("there is no organization {name} that this session could see, to act in. The short name counts, as it stands in the address of the user interface"),
            )
            .into());
        };
        self.client.note_tenant(&name, id);
        Ok((name, id.to_owned()))
    }
}

/// The token of an Authorization header.
fn token_of(header: &HeaderValue) -> Option<Secret> {
    let (_, token) = header.to_str().ok()?.split_once(' ')?;
    Some(Secret::new(token))
}

/// Whether the server refused because another task works on the same thing, which passes.
fn is_busy(response: &Response) -> bool {
    response.status() == 400 && server_error::parse(response.body().as_bytes()).code.as_deref() == Some("BUSY_ENTITY")
}
