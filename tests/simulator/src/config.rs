//! What a simulator is started with.

use std::time::Duration;

use crate::api_version::ApiVersion;
use crate::certificate::CertificateKind;

/// What a simulator is started with. [`Config::default`] is what the tests and the program use.
#[derive(Debug, Clone)]
pub struct Config {
    /// How many tenant organisations there are, Tyrell included; at least one. "System" comes on top.
    pub organizations: usize,
    /// How many virtual machines the query service finds, half of them in Tyrell.
    pub vms: usize,
    /// The API versions offered, oldest first.
    pub api_versions: Vec<ApiVersionEntry>,
    /// How long an access token is good for (`expires_in`).
    pub access_token_lifetime: Duration,
    /// API tokens with a fixed text. Users without one get 32 random characters at each start.
    pub seed_tokens: Option<Vec<SeedToken>>,
    /// Passwords with a fixed text. Users without one get 16 random characters at each start.
    pub seed_passwords: Option<Vec<SeedPassword>>,
    /// What the main listener's certificate is like.
    pub certificate: CertificateKind,
    /// A path before everything, such as `/tm`. Paths without it keep working.
    pub path_prefix: Option<String>,
    /// How long every answer is held back.
    pub latency: Duration,
    /// The shape of errors of the token endpoints.
    pub oauth_errors: OauthErrorStyle,
    /// What a 401 carries.
    pub unauthorized_body: UnauthorizedBody,
    /// Whether requests are kept for [`Simulator::requests`](crate::Simulator::requests).
    pub log: bool,
    /// The HTTPS port; `None` lets the system choose.
    pub port: Option<u16>,
    /// The port of the control endpoint; `None` lets the system choose.
    pub control_port: Option<u16>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            organizations: 40,
            vms: 300,
            api_versions: ApiVersionEntry::defaults(),
            access_token_lifetime: Duration::from_secs(86_400),
            seed_tokens: None,
            seed_passwords: None,
            certificate: CertificateKind::Good,
            path_prefix: None,
            latency: Duration::ZERO,
            oauth_errors: OauthErrorStyle::Cloudapi,
            unauthorized_body: UnauthorizedBody::Empty,
            log: true,
            port: None,
            control_port: None,
        }
    }
}

impl Config {
    /// What VCF Automation, the successor, looks like: another path, later versions, and RFC 6749's errors.
    #[must_use]
    pub fn automation(mut self) -> Self {
        self.path_prefix = Some("/tm".to_owned());
        self.api_versions = ["40.0", "9.0.0", "9.1.0"].map(ApiVersionEntry::current).into();
        self.oauth_errors = OauthErrorStyle::Rfc;
        self.access_token_lifetime = Duration::from_secs(3600);
        self
    }
}

/// One API version as `/api/versions` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersionEntry {
    /// The version, such as `36.1`; one that contains `-alpha` is listed in an element of its own.
    pub version: String,
    /// Whether the server calls it deprecated.
    pub deprecated: bool,
}

impl ApiVersionEntry {
    /// A version that is not deprecated.
    pub fn current(version: &str) -> Self {
        Self {
            version: version.to_owned(),
            deprecated: false,
        }
    }

    /// A version that is deprecated.
    pub fn deprecated(version: &str) -> Self {
        Self {
            version: version.to_owned(),
            deprecated: true,
        }
    }

    /// Several, separated by commas; a `!` stands before those that are deprecated. `None` if one of them
    /// is no version.
    pub fn list(text: &str) -> Option<Vec<Self>> {
        let entry = |text: &str| {
            let entry = match text.trim().strip_prefix('!') {
                Some(version) => Self::deprecated(version),
                None => Self::current(text.trim()),
            };
            ApiVersion::parse(&entry.version).map(|_| entry)
        };
        text.split(',').map(entry).collect()
    }

    fn defaults() -> Vec<Self> {
        let mut all: Vec<Self> = ["35.0", "35.2", "36.0"].map(Self::deprecated).into();
        all.extend(["36.1", "36.2", "36.3", "37.0", "37.1", "37.2"].map(Self::current));
        all.push(Self::current("38.0.0-alpha-1676542985"));
        all
    }
}

/// An API token whose text is given instead of made up.
#[derive(Clone)]
pub struct SeedToken {
    /// The organisation's name; "System" is the provider.
    pub organization: String,
    /// The user's name.
    pub user: String,
    /// The token.
    pub token: String,
}

impl std::fmt::Debug for SeedToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SeedToken")
            .field("organization", &self.organization)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A password whose text is given instead of made up.
#[derive(Clone)]
pub struct SeedPassword {
    /// The organisation's name; "System" is the provider.
    pub organization: String,
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for SeedPassword {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SeedPassword")
            .field("organization", &self.organization)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// The shape of errors of the token endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OauthErrorStyle {
    /// `{"minorErrorCode","message","stackTrace"}`, as Cloud Director 10 answers.
    Cloudapi,
    /// `{"error","error_description"}`, as RFC 6749 has it and later servers answer.
    Rfc,
}

/// What becomes of a service account's refresh token when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The answer has another one in its place. Whoever uses the old one again ends the grant.
    Always,
    /// It stays good, and the answer has `null`.
    Null,
    /// It stays good, and the answer has it once more.
    Same,
}

/// What a 401 carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnauthorizedBody {
    /// `Content-Length: 0`.
    Empty,
    /// An error object; an XML one on `/api` where the request accepts that.
    Json,
}
