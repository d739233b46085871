//! What all connections share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use crate::access_tokens::AccessTokens;
use crate::api_tokens::ApiTokens;
use crate::api_version::ApiVersions;
use crate::compression::Compressor;
use crate::config::{Config, OauthErrorStyle, Rotation, UnauthorizedBody};
use crate::data::{self, Organizations};
use crate::entities::Entities;
use crate::fault::Faults;
use crate::latency::Latency;
use crate::passwords::Passwords;
use crate::random::Identifiers;
use crate::request::Request;
use crate::request_log::RequestLog;
use crate::response::Response;
use crate::service_accounts::ServiceAccounts;
use crate::tasks::{Task, Tasks};
use crate::transfers::Transfers;

/// The site that every session is valid at.
pub(crate) const SITE_ID: &str = "f906e815-3468-4d4e-82be-72c1c2ed10b3";
/// What people call that site.
pub(crate) const SITE_NAME: &str = "site1";

/// What all connections share.
pub(crate) struct Cloud {
    versions: RwLock<Arc<ApiVersions>>,
    versions_at_start: Arc<ApiVersions>,
    /// Before every path in links; empty or `/…` without a slash at the end.
    prefix: String,
    /// Constant for one installation, as on the real server.
    pub(crate) ceip_id: String,
    /// For request ids, sessions and what is created.
    pub(crate) identifiers: Identifiers,
    /// What users sign in with.
    pub(crate) passwords: Passwords,
    /// What they sign in with otherwise, and let scripts sign in with.
    pub(crate) api_tokens: ApiTokens,
    /// Those who are no people.
    pub(crate) service_accounts: ServiceAccounts,
    /// What all of them get for it.
    pub(crate) access_tokens: AccessTokens,
    /// What takes its time.
    pub(crate) tasks: Tasks,
    /// Things of any content.
    pub(crate) entities: Entities,
    /// What is downloaded and uploaded.
    pub(crate) transfers: Transfers,
    /// What goes wrong on demand.
    pub(crate) faults: Faults,
    /// How long answers are held back.
    pub(crate) latency: Latency,
    /// What was received.
    pub(crate) log: RequestLog,
    /// gzip.
    pub(crate) compressor: Compressor,
    /// Token exchanges received.
    pub(crate) exchanges: AtomicU64,
    /// Token exchanges that gave an access token.
    pub(crate) exchanges_ok: AtomicU64,
    /// Refresh tokens that were replaced.
    pub(crate) rotations: AtomicU64,
    /// Grants that ended because a refresh token was used again.
    pub(crate) killed_grants: AtomicU64,
    /// Connections accepted.
    pub(crate) connections: AtomicU64,
    /// How many virtual machines there are.
    pub(crate) vms: usize,
    organizations: RwLock<Organizations>,
    tenants_at_start: usize,
    organizations_changed: AtomicBool,
    settings: RwLock<Settings>,
    settings_at_start: Settings,
    log_at_start: bool,
}

/// What can be changed while the simulator runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// How long an access token is good for.
    pub(crate) lifetime: Duration,
    /// The shape of errors of the token endpoints.
    pub(crate) oauth_errors: OauthErrorStyle,
    /// What a 401 carries.
    pub(crate) unauthorized_body: UnauthorizedBody,
    /// After how long an idle connection is closed.
    pub(crate) keep_alive: Option<Duration>,
    /// What becomes of a service account's refresh token when it is used.
    pub(crate) rotation: Rotation,
    /// How long a device has to wait before it asks again.
    pub(crate) device_interval: Duration,
    /// How long a device code is good for.
    pub(crate) device_lifetime: Duration,
    /// Whether pages leave out their number and the link to the next one.
    pub(crate) sparse_pages: bool,
}

impl Cloud {
    /// Everything as the configuration says.
    pub(crate) fn new(config: &Config) -> std::io::Result<Self> {
        let organizations = Organizations::new(config.organizations);
        let users = data::users(&organizations);
        let identifiers = Identifiers::new()?;
        let versions = Arc::new(ApiVersions::new(config.api_versions.clone()));
        let settings = Settings {
            lifetime: config.access_token_lifetime,
            oauth_errors: config.oauth_errors,
            unauthorized_body: config.unauthorized_body,
            keep_alive: None,
            rotation: Rotation::Always,
            device_interval: Duration::from_secs(5),
            device_lifetime: Duration::from_secs(3600),
            sparse_pages: false,
        };
        let prefix = config.path_prefix.as_deref().unwrap_or_default().trim_matches('/');
        Ok(Self {
            versions: RwLock::new(Arc::clone(&versions)),
            versions_at_start: versions,
            prefix: if prefix.is_empty() {
                String::new()
            } else {
                format!("/{prefix}")
            },
            ceip_id: identifiers.uuid(),
            identifiers,
            passwords: Passwords::new(users.clone(), config.seed_passwords.as_deref().unwrap_or_default())?,
            api_tokens: ApiTokens::new(users, config.seed_tokens.as_deref().unwrap_or_default())?,
            service_accounts: ServiceAccounts::default(),
            access_tokens: AccessTokens::default(),
            tasks: Tasks::default(),
            entities: Entities::default(),
            transfers: Transfers::default(),
            faults: Faults::default(),
            latency: Latency::new(config.latency),
            log: RequestLog::new(config.log),
            compressor: Compressor::default(),
            exchanges: AtomicU64::new(0),
            exchanges_ok: AtomicU64::new(0),
            rotations: AtomicU64::new(0),
            killed_grants: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            vms: config.vms,
            organizations: RwLock::new(organizations),
            tenants_at_start: config.organizations,
            organizations_changed: AtomicBool::new(false),
            settings: RwLock::new(settings),
            settings_at_start: settings,
            log_at_start: config.log,
        })
    }

    /// The API versions offered at this moment.
    pub(crate) fn versions(&self) -> Arc<ApiVersions> {
        Arc::clone(&self.versions.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Offers other API versions from now on.
    pub(crate) fn offer(&self, versions: Arc<ApiVersions>) {
        *self.versions.write().unwrap_or_else(PoisonError::into_inner) = versions;
    }

    /// The organisations, to read.
    pub(crate) fn organizations(&self) -> RwLockReadGuard<'_, Organizations> {
        self.organizations.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The organisations, to change.
    pub(crate) fn organizations_mut(&self) -> RwLockWriteGuard<'_, Organizations> {
        self.organizations_changed.store(true, Ordering::Relaxed);
        self.organizations.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings of this moment.
    pub(crate) fn settings(&self) -> Settings {
        *self.settings.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes settings.
    pub(crate) fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Log, counters, faults, latency, settings, versions, tokens, service accounts, tasks, entities, transfers and
    /// organisations back to the start.
    /// Access tokens stay as they are.
    pub(crate) fn reset(&self) {
        self.faults.clear();
        self.latency.reset();
        self.api_tokens.reset();
        self.service_accounts.reset();
        self.tasks.reset();
        self.entities.reset();
        self.transfers.reset();
        self.offer(Arc::clone(&self.versions_at_start));
        self.change_settings(|settings| *settings = self.settings_at_start);
        if self.organizations_changed.load(Ordering::Relaxed) {
            *self.organizations_mut() = Organizations::new(self.tenants_at_start);
            self.organizations_changed.store(false, Ordering::Relaxed);
        }
        self.log.keep(self.log_at_start);
        self.log.reset();
        for counter in [
            &self.exchanges,
            &self.exchanges_ok,
            &self.rotations,
            &self.killed_grants,
            &self.connections,
        ] {
            counter.store(0, Ordering::Relaxed);
        }
    }

    /// The answer to a request that starts a task: 202, and where to look after it.
    pub(crate) fn started(&self, request: &Request, task: Task) -> Response {
        let place = format!("{}/api/task/{}", self.base_url(request), task.id);
        self.tasks.add(task);
        Response::empty(202).header("Location", place)
    }

    /// The path before everything, empty if there is none.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A path without the configured prefix.
    pub(crate) fn without_prefix<'a>(&self, path: &'a str) -> &'a str {
        match path.strip_prefix(self.prefix.as_str()) {
            Some(rest) if rest.starts_with('/') => rest,
            _ => path,
        }
    }

    /// Scheme, host and prefix as the client sees them.
    pub(crate) fn base_url(&self, request: &Request) -> String {
        let scheme = if request.tls { "https" } else { "http" };
        format!(
            "{scheme}://{}{}",
            request.header("Host").unwrap_or("localhost"),
            self.prefix
        )
    }
}
