//! The running simulator: start, addresses, controls.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::{Handle, Runtime};

use crate::api_version::ApiVersions;
use crate::certificate::{Authority, CertificateKind};
use crate::cloud::Cloud;
use crate::config::{ApiVersionEntry, Config, OauthErrorStyle, Rotation, UnauthorizedBody};
use crate::control;
use crate::control_report;
use crate::fault::Fault;
use crate::listener::Listener;
use crate::request_log::{Event, LoggedRequest};
use crate::service;
use crate::tasks::{Task, TaskOutcome};
use crate::temporary_directory::TemporaryDirectory;

/// A Cloud Director in miniature that serves until it is dropped.
pub struct Simulator {
    server: Arc<Server>,
    runtime: Option<Runtime>,
}

/// One HTTPS address with a certificate of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `https://localhost:PORT`, with the path prefix if one is configured.
    pub url: String,
    /// PEM that a user would pass as CA: the CA, or the certificate itself where it is self-signed.
    pub ca_file: PathBuf,
    /// SHA-256 of the certificate, lower-case hexadecimal without colons.
    pub fingerprint: String,
}

/// What the simulator and its control endpoint have in common.
pub(crate) struct Server {
    /// What is served.
    pub(crate) cloud: Arc<Cloud>,
    /// The main address.
    pub(crate) main: Endpoint,
    /// The same service without TLS.
    pub(crate) plain_url: String,
    /// The control endpoint.
    pub(crate) control_url: String,
    authority: Authority,
    directory: TemporaryDirectory,
    runtime: Handle,
    listeners: AtomicUsize,
}

impl Simulator {
    /// Starts a simulator on threads of its own. It is ready when this returns.
    ///
    /// # Errors
    ///
    /// If a port is taken, the temporary folder cannot be written, or threads cannot be started.
    pub fn start(config: Config) -> io::Result<Self> {
        let workers = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 4);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(workers)
            .thread_name("vcd-simulator")
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let cloud = Arc::new(Cloud::new(&config)?);
        let authority = Authority::new()?;
        let directory = TemporaryDirectory::new()?;
        directory.write("ca.pem", &authority.pem())?;

        let identity = authority.issue(config.certificate)?;
        let listener = Listener::bind(&handle, config.port)?;
        let main = Endpoint {
            url: format!("https://localhost:{}{}", listener.port(), cloud.prefix()),
            ca_file: directory.write("trust.pem", &identity.trust_pem)?,
            fingerprint: identity.fingerprint,
        };
        listener.serve(&handle, Some(&identity.tls), serving(&cloud));

        let plain = Listener::bind(&handle, None)?;
        let plain_url = format!("http://localhost:{}{}", plain.port(), cloud.prefix());
        plain.serve(&handle, None, serving(&cloud));

        let control = Listener::bind(&handle, config.control_port)?;
        let control_url = format!("http://localhost:{}", control.port());
        let server = Arc::new(Server {
            cloud,
            main,
            plain_url,
            control_url,
            authority,
            directory,
            runtime: handle.clone(),
            listeners: AtomicUsize::new(0),
        });
        let served = Arc::clone(&server);
        control.serve(&handle, None, move |connection| {
            control::serve(Arc::clone(&served), connection)
        });
        Ok(Self {
            server,
            runtime: Some(runtime),
        })
    }

    /// `https://localhost:PORT`, with the path prefix if one is configured. The good certificate
    /// is valid for localhost, 127.0.0.1 and ::1, and all of them are listened on.
    pub fn url(&self) -> String {
        self.server.main.url.clone()
    }

    /// The same service without TLS, at a port of its own.
    pub fn plain_url(&self) -> String {
        self.server.plain_url.clone()
    }

    /// The control endpoint, for tests in other processes.
    pub fn control_url(&self) -> String {
        self.server.control_url.clone()
    }

    /// What a user of [`url`](Self::url) passes as CA, in a folder that goes with the simulator.
    pub fn ca_file(&self) -> &Path {
        &self.server.main.ca_file
    }

    /// The CA's certificate.
    pub fn ca_pem(&self) -> String {
        self.server.authority.pem()
    }

    /// SHA-256 of the server's certificate, lower-case hexadecimal without colons.
    pub fn fingerprint(&self) -> String {
        self.server.main.fingerprint.clone()
    }

    /// The API token of "roy", an administrator of Tyrell.
    pub fn tenant_token(&self) -> String {
        self.user_token("Tyrell", "roy").unwrap_or_default()
    }

    /// The API token of "administrator" of System.
    pub fn provider_token(&self) -> String {
        self.user_token("System", "administrator").unwrap_or_default()
    }

    /// The API token of a user. Tyrell has "roy" and "rachael" (who sees less), System has
    /// "administrator", every other organisation has "admin".
    pub fn user_token(&self, org: &str, user: &str) -> Option<String> {
        self.server.cloud.api_tokens.of(org, user)
    }

    /// The password of a user; the users are those that [`user_token`](Self::user_token) knows.
    pub fn user_password(&self, org: &str, user: &str) -> Option<String> {
        self.server.cloud.passwords.of(org, user)
    }

    /// Serves the same at another HTTPS port with a certificate of this kind.
    ///
    /// # Errors
    ///
    /// If there is no free port or the temporary folder cannot be written.
    pub fn listen(&self, kind: CertificateKind) -> io::Result<Endpoint> {
        self.server.listen(kind)
    }

    /// Lets all access tokens given out so far expire now.
    pub fn expire_access_tokens(&self) {
        self.server.cloud.access_tokens.expire_all();
    }

    /// Makes an API token useless, until [`reset`](Self::reset). Access tokens live on.
    pub fn revoke_token(&self, api_token: &str) {
        self.server.cloud.api_tokens.revoke(api_token);
    }

    /// Ends all sessions: every access token gets a 401.
    pub fn end_sessions(&self) {
        self.server.cloud.access_tokens.end_all();
    }

    /// Holds back all answers that have no latency of their own.
    pub fn set_latency(&self, delay: Duration) {
        self.server.cloud.latency.set(delay);
    }

    /// Holds back answers to requests whose target starts with this.
    pub fn set_latency_of(&self, path_prefix: &str, delay: Duration) {
        self.server.cloud.latency.set_of(path_prefix, delay);
    }

    /// The lifetime of access tokens given out from now on.
    pub fn set_access_token_lifetime(&self, lifetime: Duration) {
        self.server
            .cloud
            .change_settings(|settings| settings.lifetime = lifetime);
    }

    /// The shape of errors of the token endpoints.
    pub fn set_oauth_errors(&self, style: OauthErrorStyle) {
        self.server
            .cloud
            .change_settings(|settings| settings.oauth_errors = style);
    }

    /// What a 401 carries.
    pub fn set_unauthorized_body(&self, body: UnauthorizedBody) {
        self.server
            .cloud
            .change_settings(|settings| settings.unauthorized_body = body);
    }

    /// What becomes of a service account's refresh token when it is used.
    pub fn set_rotation(&self, rotation: Rotation) {
        self.server
            .cloud
            .change_settings(|settings| settings.rotation = rotation);
    }

    /// How long a device has to wait before it asks again, from the next request for access on.
    pub fn set_device_interval(&self, interval: Duration) {
        self.server
            .cloud
            .change_settings(|settings| settings.device_interval = interval);
    }

    /// How long a device code is good for, from the next request for access on.
    pub fn set_device_lifetime(&self, lifetime: Duration) {
        self.server
            .cloud
            .change_settings(|settings| settings.device_lifetime = lifetime);
    }

    /// Whether pages of `/cloudapi` lack `pageCount` and the link to the next one, as some lists of the
    /// real server do.
    pub fn set_sparse_pages(&self, sparse: bool) {
        self.server
            .cloud
            .change_settings(|settings| settings.sparse_pages = sparse);
    }

    /// The API versions offered from now on, oldest first.
    pub fn set_api_versions(&self, versions: Vec<ApiVersionEntry>) {
        self.server.cloud.offer(Arc::new(ApiVersions::new(versions)));
    }

    /// After how long an idle connection is closed; `None` for never.
    pub fn set_keep_alive(&self, limit: Option<Duration>) {
        self.server
            .cloud
            .change_settings(|settings| settings.keep_alive = limit);
    }

    /// Whether requests are kept for [`requests`](Self::requests) and the waits.
    pub fn set_log(&self, keep: bool) {
        self.server.cloud.log.keep(keep);
    }

    /// Begins a task of Tyrell that ends like this when it is looked at for the given time, and gives
    /// its address.
    pub fn task(&self, outcome: TaskOutcome, polls: u32) -> String {
        self.server.task(outcome, polls, None, "Tyrell").unwrap_or_default()
    }

    /// Makes something of so many bytes to download, and gives its address. It has what
    /// [`transfer_bytes`](crate::transfer_bytes) says.
    pub fn transfer(&self, size: u64) -> String {
        let id = self.server.cloud.identifiers.uuid();
        self.server.cloud.transfers.offer(&id, size);
        self.server.transfer_url(&id)
    }

    /// Queues a fault for the next matching requests.
    pub fn fault(&self, fault: Fault) {
        self.server.cloud.faults.add(fault);
    }

    /// For how many requests faults are still queued.
    pub fn pending_faults(&self) -> u64 {
        self.server.cloud.faults.waiting()
    }

    /// The requests received since the start or the last reset.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.server.cloud.log.requests()
    }

    /// How many token exchanges were received since the start or the last reset.
    pub fn exchanges(&self) -> u64 {
        self.server.cloud.exchanges.load(Ordering::Relaxed)
    }

    /// How many of them gave an access token.
    pub fn exchanges_ok(&self) -> u64 {
        self.server.cloud.exchanges_ok.load(Ordering::Relaxed)
    }

    /// How many refresh tokens of service accounts were replaced since the start or the last reset.
    pub fn rotations(&self) -> u64 {
        self.server.cloud.rotations.load(Ordering::Relaxed)
    }

    /// How many grants of service accounts ended because an old refresh token was used again.
    pub fn killed_grants(&self) -> u64 {
        self.server.cloud.killed_grants.load(Ordering::Relaxed)
    }

    /// How many connections were accepted (and got through TLS) since the start or the last reset.
    pub fn connections(&self) -> u64 {
        self.server.cloud.connections.load(Ordering::Relaxed)
    }

    /// Log, counters, faults, latency, settings, versions, organisations, API tokens, service accounts,
    /// tasks, entities and transfers back to how they were at the start. Access tokens stay as they are.
    pub fn reset(&self) {
        self.server.cloud.reset();
    }

    /// Waits until a request has been received whose target starts with this; one that is in the
    /// log already counts. False if the time runs out.
    pub fn wait_for_request(&self, path_prefix: &str, timeout: Duration) -> bool {
        self.wait_for_requests(path_prefix, 1, timeout)
    }

    /// Waits until so many requests have been received whose target starts with this.
    pub fn wait_for_requests(&self, path_prefix: &str, count: usize, timeout: Duration) -> bool {
        self.server.cloud.log.wait(Event::Request, path_prefix, count, timeout)
    }

    /// Waits until a client has gone away before it had the answer to such a request.
    pub fn wait_for_abort(&self, path_prefix: &str, timeout: Duration) -> bool {
        self.server.cloud.log.wait(Event::Abort, path_prefix, 1, timeout)
    }

    /// What the control endpoint's `/info` answers.
    pub fn info_json(&self) -> String {
        control_report::info(&self.server)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.cloud.log.close();
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        // On a thread of its own, because the owner may be inside a runtime that forbids waiting.
        let stopping = std::thread::spawn(move || runtime.shutdown_timeout(Duration::from_secs(5)));
        // It cannot panic, and if it did there would be nothing to do about it here.
        let _ = stopping.join();
    }
}

impl Server {
    /// Where something is downloaded.
    pub(crate) fn transfer_url(&self, id: &str) -> String {
        format!("{}/transfer/{id}/file", self.main.url)
    }

    /// Begins a task of an organisation and gives its address. `None` if there is no such organisation.
    pub(crate) fn task(
        &self,
        outcome: TaskOutcome,
        polls: u32,
        owner: Option<&str>,
        organization: &str,
    ) -> Option<String> {
        let user = self.cloud.passwords.first_of(organization)?;
        let id = self.cloud.identifiers.uuid();
        let owner = owner.map_or_else(
            || format!("urn:vcloud:vapp:{}", self.cloud.identifiers.uuid()),
            str::to_owned,
        );
        let href = format!("{}/api/task/{id}", self.main.url);
        let task = Task::new(
            id,
            "vdcUpdateVapp",
            "Updating Virtual Application".to_owned(),
            Some(owner),
            user,
        );
        self.cloud.tasks.add(task.ending(outcome, polls));
        Some(href)
    }

    /// Serves the same at another HTTPS port with a certificate of this kind.
    pub(crate) fn listen(&self, kind: CertificateKind) -> io::Result<Endpoint> {
        let identity = self.authority.issue(kind)?;
        let listener = Listener::bind(&self.runtime, None)?;
        let number = self.listeners.fetch_add(1, Ordering::Relaxed) + 1;
        let ca_file = self
            .directory
            .write(&format!("trust-{number}-{}.pem", kind.name()), &identity.trust_pem)?;
        let url = format!("https://localhost:{}{}", listener.port(), self.cloud.prefix());
        listener.serve(&self.runtime, Some(&identity.tls), serving(&self.cloud));
        Ok(Endpoint {
            url,
            ca_file,
            fingerprint: identity.fingerprint,
        })
    }
}

/// What a listener does with a connection.
fn serving(
    cloud: &Arc<Cloud>,
) -> impl Fn(crate::connection::Connection) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Clone + Send + 'static
{
    let cloud = Arc::clone(cloud);
    move |connection| {
        service::count_connection(&cloud);
        Box::pin(service::serve(Arc::clone(&cloud), connection))
    }
}
