//! A server with its settings, its connections and its session.

use super::address::ServerAddress;
use super::api_version::{self, ApiVersion};
use super::code::Code;
use super::error::{Error, Result};
use super::flight::{Decision, Flight};
use super::notice::{NoticeKind, Notices};
use super::progress::Progress;
use super::runtime::ProcessId;
use super::secret::Secret;
use super::session::{Session, not_signed_in};
use super::settings::Settings;
use super::transport::{BodySource, Transport};
use super::version_list;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method};
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::Duration;

/// One server, one sign-in, any number of calls.
pub(crate) struct Client {
    address: ServerAddress,
    process: ProcessId,
    /// What the caller sets until the first call; then `frozen` holds.
    draft: Mutex<Settings>,
    frozen: OnceLock<Settings>,
    transport: OnceLock<Result<Transport>>,
    notices: Arc<Notices>,
    session: RwLock<Option<Arc<Session>>>,
    version: OnceLock<ApiVersion>,
    version_flight: Flight<ApiVersion>,
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
            version: OnceLock::new(),
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
        let mut changed = draft.clone();
        change(&mut changed)?;
        *draft = changed;
        Ok(())
    }

    /// The settings as they are now.
    pub(crate) fn settings(&self) -> Settings {
        self.frozen.get().cloned().unwrap_or_else(|| self.draft().clone())
    }

    fn draft(&self) -> std::sync::MutexGuard<'_, Settings> {
        self.draft.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Fixes the settings, and says aloud what is not safe about them.
    pub(crate) fn freeze(&self) -> &Settings {
        let settings = {
            let draft = self.draft();
            self.frozen.get_or_init(|| draft.clone())
        };
        if settings.trust.skips_check() && self.address.is_https() {
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

    /// The connections; set up at the first use, on the worker.
    pub(crate) fn transport(&self) -> Result<&Transport> {
        self.transport
            .get_or_init(|| Transport::new(self.freeze()))
            .as_ref()
            .map_err(Clone::clone)
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

    pub(crate) fn set_session(&self, session: Option<Arc<Session>>) {
        *self.session.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = session;
    }

    /// The API version to ask for: the one that was set, else the one negotiated, once per client.
    pub(crate) async fn version(self: &Arc<Self>) -> Result<ApiVersion> {
        if let Some(version) = &self.freeze().api_version {
            return Ok(self.version.get_or_init(|| version.clone()).clone());
        }
        if let Some(version) = self.version.get() {
            return Ok(version.clone());
        }
        self.version_flight
            .join(|| match self.version.get() {
                Some(version) => Decision::Have(version.clone()),
                None => {
                    let client = Arc::clone(self);
                    Decision::Start(async move { client.negotiate().await })
                }
            })
            .await
    }

    async fn negotiate(&self) -> Result<ApiVersion> {
        let chosen = match self.offered().await {
            Ok(list) => version_list::choose(&list)
                .cloned()
                .ok_or_else(|| Error::new(Code::ApiVersion, "the list is empty")),
            Err(error) => Err(error),
        };
        match chosen {
            Ok(chosen) => {
                if chosen.deprecated {
                    self.notices.add(
                        NoticeKind::ApiVersionDeprecated,
                        format!(
                            "{} offers deprecated API versions only that this library knows; {} is used",
                            self.address.as_str(),
                            chosen.version
                        ),
                    );
                }
                Ok(self.version.get_or_init(|| chosen.version).clone())
            }
            // The way to the server is broken: nothing was learned about versions, and the next call tries again.
            Err(error) if error.http_status().is_none() && error.code() != Code::ApiVersion => Err(error),
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
                let default = ApiVersion::parse(api_version::DEFAULT)?;
                Ok(self.version.get_or_init(|| default).clone())
            }
        }
    }

    async fn offered(&self) -> Result<Vec<version_list::Offered>> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/*+json"));
        let url = self.address.place("/api/versions");
        let answer = self
            .transport()?
            .exchange(Method::GET, &url, headers, &BodySource::Empty, &Progress::default())
            .await?;
        if answer.status() != 200 {
            return Err(
                Error::new(Code::Http, format!("GET /api/versions: HTTP {}", answer.status()))
                    .with_http_status(answer.status()),
            );
        }
        version_list::parse(answer.body().as_bytes())
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
        self.version
            .get()
            .or(self.settings().api_version.as_ref())
            .map(ToString::to_string)
    }

    pub(crate) fn access_token(&self) -> Result<Secret> {
        self.session()?.access_token().ok_or_else(not_signed_in)
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
        self.settings().trust.skips_check()
    }
}
