//! A server with its settings, its connections and its session.

use super::address::ServerAddress;
use super::api_version::{self, ApiVersion};
use super::code::Code;
use super::error::{Error, Result};
use super::flight::{Decision, Flight};
use super::log;
use super::notice::{NoticeKind, Notices};
use super::request::CallSettings;
use super::request_id::{self, RequestId};
use super::retry;
use super::runtime::{self, ProcessId};
use super::secret::Secret;
use super::session::{Session, Surroundings, not_signed_in};
use super::settings::Settings;
use super::transport::Transport;
use super::version_list;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::{Duration, Instant};

/// How long the list of API versions may take.
const NEGOTIATION: Duration = Duration::from_secs(5);
/// How long a server that could not give its list is left alone.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// Whether the server may well give its list later.
fn passes(error: &Error) -> bool {
    match error.http_status() {
        Some(status) => status >= 500 || status == 429,
        None => error.code() == Code::Timeout,
    }
}

/// Whether the server has answered that it has no list, or always breaks off where it should give one: then there is
/// no use in asking again.
fn says_no(error: &Error) -> bool {
    match error.http_status() {
        Some(status) => status < 500 && status != 429,
        None => matches!(
            error.code(),
            Code::ApiVersion | Code::ConnectionLost | Code::Protocol | Code::Decode
        ),
    }
}

/// What came of asking a server for its API versions.
#[derive(Clone)]
pub(crate) struct Negotiated {
    /// The one that is used.
    pub(crate) version: ApiVersion,
    /// All that there are; empty where the server does not say.
    pub(crate) offered: Arc<Vec<version_list::Offered>>,
    /// When to ask anew, where this stands in for an answer that did not come.
    until: Option<Instant>,
}

/// One server, one sign-in, any number of calls.
pub(crate) struct Client {
    address: ServerAddress,
    process: ProcessId,
    /// What the caller sets until the first call; then `frozen` holds.
    draft: Mutex<Arc<Settings>>,
    frozen: OnceLock<Arc<Settings>>,
    transport: OnceLock<Result<Transport>>,
    notices: Arc<Notices>,
    session: RwLock<Option<Arc<Session>>>,
    /// Ids of organizations by their names in small letters.
    tenants: Mutex<HashMap<String, String>>,
    negotiated: RwLock<Option<Negotiated>>,
    version_flight: Flight<Negotiated>,
}

impl Client {
    pub(crate) fn new(server: &str) -> Result<Self> {
        Ok(Client {
            address: ServerAddress::parse(server)?,
            process: ProcessId::current(),
            draft: Mutex::default(),
            frozen: OnceLock::new(),
            transport: OnceLock::new(),
            notices: Arc::default(),
            session: RwLock::default(),
            tenants: Mutex::default(),
            negotiated: RwLock::default(),
            version_flight: Flight::default(),
        })
    }

    /// Changes the settings, as long as no call has started.
    pub(crate) fn configure(&self, change: impl FnOnce(&mut Settings) -> Result<()>) -> Result<()> {
        self.process.check()?;
        let mut draft = self.draft();
        if self.frozen.get().is_some() {
            return Err(Error::new(
                Code::State,
                "options of a client are fixed once its first call has started; set them before, or make a new client",
            ));
        }
        // A refused value leaves everything as it was.
        let mut changed = Settings::clone(&draft);
        change(&mut changed)?;
        *draft = Arc::new(changed);
        Ok(())
    }

    /// The settings as they are now.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.frozen.get().map_or_else(|| Arc::clone(&self.draft()), Arc::clone)
    }

    fn draft(&self) -> std::sync::MutexGuard<'_, Arc<Settings>> {
        self.draft.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Fixes the settings, and says aloud what is not safe about them.
    pub(crate) fn freeze(&self) -> &Settings {
        if let Some(frozen) = self.frozen.get() {
            return frozen;
        }
        let settings = {
            let draft = self.draft();
            self.frozen.get_or_init(|| Arc::clone(&draft))
        };
        if settings.trust.accepts_anything() && self.address.is_https() {
            self.notices.add(
                NoticeKind::CertificateCheckSkipped,
                format!("certificate checks are off for {}: whoever stands between can read and change everything, the token included. Trust its CA or its certificate's fingerprint instead", self.address.as_str()),
            );
        }
        if !self.address.is_https() {
            self.notices.add(
                NoticeKind::PlainHttp,
                format!("the connection to {} is not encrypted: whoever stands between can read everything, the token included", self.address.as_str()),
            );
        }
        settings
    }

    pub(crate) fn check_process(&self) -> Result<()> {
        self.process.check()
    }

    /// Refuses to send a token over http:// unless that is allowed.
    pub(crate) fn check_encrypted(&self) -> Result<()> {
        if self.address.is_https() || self.settings().allow_http {
            return Ok(());
        }
        Err(Error::new(
            Code::Address,
            "the address begins with http://, over which the token would travel readable; use https://, or allow it explicitly (VCD_OPT_ALLOW_HTTP in C, -AllowUnencryptedAuthentication in PowerShell)",
        ))
    }

    /// The connections; set up at the first use, off the worker: the system's certificates are many files.
    pub(crate) async fn transport(self: &Arc<Self>) -> Result<&Transport> {
        if self.transport.get().is_none() {
            let client = Arc::clone(self);
            runtime::blocking(move || {
                client.transport.get_or_init(|| Transport::new(client.freeze()));
            })
            .await?;
        }
        match self.transport.get() {
            Some(Ok(transport)) => Ok(transport),
            Some(Err(error)) => Err(error.clone()),
            None => Err(Error::new(Code::Internal, "the connections were not set up")),
        }
    }

    pub(crate) fn address(&self) -> &ServerAddress {
        &self.address
    }

    pub(crate) fn notices(&self) -> &Arc<Notices> {
        &self.notices
    }

    pub(crate) fn session(&self) -> Result<Arc<Session>> {
        self.current().ok_or_else(not_signed_in)
    }

    fn current(&self) -> Option<Arc<Session>> {
        self.session
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }

    pub(crate) fn set_session(&self, session: Arc<Session>) {
        *self.session_mut() = Some(session);
    }

    /// Forgets a session, unless another has taken its place.
    pub(crate) fn forget(&self, session: &Arc<Session>) {
        let mut current = self.session_mut();
        if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, session)) {
            *current = None;
        }
    }

    fn session_mut(&self) -> std::sync::RwLockWriteGuard<'_, Option<Arc<Session>>> {
        self.session.write().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The API version to ask for: the one that was set, else the one negotiated, once per client.
    pub(crate) async fn version(self: &Arc<Self>) -> Result<ApiVersion> {
        if let Some(version) = &self.freeze().api_version {
            return Ok(version.clone());
        }
        Ok(self.negotiation().await?.version)
    }

    /// The same, or a later one where a request makes sense only from there on.
    pub(crate) async fn version_from(self: &Arc<Self>, least: &ApiVersion) -> Result<ApiVersion> {
        let usual = self.version().await?;
        if usual >= *least {
            return Ok(usual);
        }
        let Negotiated { offered, .. } = self.negotiation().await?;
        // Nothing is known about what the server offers: it will say.
        if offered.is_empty() {
            return Ok(least.clone());
        }
        version_list::choose_from(&offered, least)
            .map(|chosen| chosen.version.clone())
            .ok_or_else(|| {
                let newest = offered.iter().map(|entry| &entry.version).max();
                Error::new(
                    Code::ApiVersion,
                    format!(
                        "this request needs API version {least} or later, and {} offers versions up to {}",
                        self.address.as_str(),
                        newest.map_or("none", ApiVersion::as_str)
                    ),
                )
            })
    }

    /// The versions that the server offers; asked for once per client.
    pub(crate) async fn negotiation(self: &Arc<Self>) -> Result<Negotiated> {
        if let Some(negotiated) = self.negotiated() {
            return Ok(negotiated);
        }
        self.version_flight
            .join(|| match self.negotiated() {
                Some(negotiated) => Decision::Have(negotiated),
                None => {
                    let client = Arc::clone(self);
                    Decision::Start(async move {
                        let negotiated = client.negotiate().await?;
                        *client.negotiated_mut() = Some(negotiated.clone());
                        Ok(negotiated)
                    })
                }
            })
            .await
    }

    /// Forgets a negotiated version that the server has refused, unless another has taken its place. False where the
    /// version was not negotiated.
    pub(crate) fn forget_version(&self, refused: &ApiVersion) -> bool {
        if self.freeze().api_version.is_some() {
            return false;
        }
        let mut negotiated = self.negotiated_mut();
        if negotiated
            .as_ref()
            .is_some_and(|negotiated| negotiated.version == *refused)
        {
            *negotiated = None;
        }
        true
    }

    fn negotiated(&self) -> Option<Negotiated> {
        let negotiated = self
            .negotiated
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone();
        negotiated.filter(|negotiated| negotiated.until.is_none_or(|until| Instant::now() < until))
    }

    fn negotiated_mut(&self) -> std::sync::RwLockWriteGuard<'_, Option<Negotiated>> {
        self.negotiated.write().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    async fn negotiate(self: &Arc<Self>) -> Result<Negotiated> {
        // What is wrong with the settings has nothing to do with versions.
        self.transport().await?;
        let offered = runtime::until(Instant::now() + NEGOTIATION, self.offered())
            .await
            .unwrap_or_else(|| Err(Error::new(Code::Timeout, "no answer came in time")));
        let offered = match offered {
            Ok(offered) => offered,
            // The way to the server is broken: nothing was learned about versions, and the next call tries again.
            Err(error) if !says_no(&error) && !passes(&error) => {
                return Err(error
                    .during("GET /api/versions")
                    .and("The API version is settled by this list; set one to do without it"));
            }
            Err(error) => {
                self.notices.add(
                    NoticeKind::ApiVersionDefault,
                    format!(
                        "the API versions of {} are not known ({}); {} is used. Set a version to silence this",
                        self.address.as_str(),
                        error.message(),
                        api_version::DEFAULT
                    ),
                );
                return Ok(Negotiated {
                    version: ApiVersion::parse(api_version::DEFAULT)?,
                    offered: Arc::default(),
                    // A server that is busy or slow just now has a list, and is asked for it again.
                    until: passes(&error).then(|| Instant::now() + ASK_AGAIN),
                });
            }
        };
        let chosen = version_list::choose(&offered)
            .ok_or_else(|| Error::new(Code::ApiVersion, "the server's list of API versions is empty"))?;
        if !chosen.version.is_known() {
            self.notices.add(
                NoticeKind::ApiVersionUnknown,
                format!(
                    "{} offers none of the API versions that this library was made for ({}); {} is used",
                    self.address.as_str(),
                    api_version::known(),
                    chosen.version
                ),
            );
        } else if chosen.deprecated {
            self.notices.add(
                NoticeKind::ApiVersionDeprecated,
                format!(
                    "{} offers deprecated API versions only that this library knows; {} is used",
                    self.address.as_str(),
                    chosen.version
                ),
            );
        }
        Ok(Negotiated {
            version: chosen.version.clone(),
            offered: Arc::new(offered),
            until: None,
        })
    }

    async fn offered(self: &Arc<Self>) -> Result<Vec<version_list::Offered>> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/*+json"));
        headers.insert(request_id::HEADER, RequestId::generate().header());
        let url = self.address.place("/api/versions");
        let transport = self.transport().await?;
        let policy = self.settings().retry;
        let deadline = Instant::now() + NEGOTIATION;
        let answer = retry::repeat(&policy, deadline, || transport.ask(Method::GET, &url, headers.clone())).await?;
        log::info(format_args!("GET {}: {}", url.path(), answer.status()));
        if answer.status() != 200 {
            return Err(
                Error::new(Code::Http, format!("HTTP {} {}", answer.status(), answer.reason()))
                    .with_http_status(answer.status())
                    .with_request_id(answer.request_id()),
            );
        }
        version_list::parse(answer.body().as_bytes())
    }

    /// The id of an organization that was looked up before.
    pub(crate) fn tenant(&self, name: &str) -> Option<String> {
        let tenants = self.tenants.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        tenants.get(&name.to_lowercase()).cloned()
    }

    pub(crate) fn note_tenant(&self, name: &str, id: &str) {
        let mut tenants = self.tenants.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        tenants.insert(name.to_lowercase(), id.to_owned());
    }

    /// What a session needs of this client.
    pub(crate) async fn surroundings(self: &Arc<Self>, settings: &CallSettings) -> Result<Surroundings> {
        Ok(Surroundings {
            transport: self.transport().await?.clone(),
            address: self.address.clone(),
            policy: settings.retry,
            timeout: settings.timeout,
            notices: Arc::clone(&self.notices),
        })
    }

    pub(crate) fn server(&self) -> &str {
        self.address.as_str()
    }

    pub(crate) fn address_org(&self) -> Option<&str> {
        self.address.org().map(super::org::Org::name)
    }

    pub(crate) fn signed_in(&self) -> bool {
        self.current().is_some()
    }

    pub(crate) fn org(&self) -> Option<String> {
        self.current()?.org()
    }

    pub(crate) fn user(&self) -> Option<String> {
        self.current()?.user()
    }

    pub(crate) fn api_version(&self) -> Option<String> {
        let set = self.settings().api_version.clone();
        set.or_else(|| Some(self.negotiated()?.version))
            .map(|version| version.to_string())
    }

    pub(crate) fn access_token(&self) -> Result<Secret> {
        self.session()?.access_token().ok_or_else(not_signed_in)
    }

    /// A token that the server gave in place of the one of the sign-in, and that is in no file.
    pub(crate) fn unsaved_token(&self) -> Option<Secret> {
        self.current()?.unsaved_token()
    }

    pub(crate) fn org_id(&self) -> Option<String> {
        Some(self.current()?.location()?.0)
    }

    pub(crate) fn site_id(&self) -> Option<String> {
        Some(self.current()?.location()?.1)
    }

    pub(crate) fn expires_at(&self) -> Option<i64> {
        self.current()?.ends_at()
    }

    pub(crate) fn expires_in(&self) -> Option<Duration> {
        self.current()?.ends_in()
    }

    pub(crate) fn exchanges(&self) -> u64 {
        self.current().map_or(0, |session| session.exchanges())
    }

    pub(crate) fn owns_session(&self) -> bool {
        self.current().is_some_and(|session| session.can_renew())
    }

    pub(crate) fn certificate_check_skipped(&self) -> bool {
        self.settings().trust.accepts_anything()
    }
}
