//! Service accounts: who they are, the codes that they ask for access with, and the refresh tokens that they hold.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::config::Rotation;
use crate::data::{Role, User};
use crate::random;

/// What RFC 8628 adds to the interval of a device that asks too often.
const SLOWER: Duration = Duration::from_secs(5);
/// What user codes are made of: no vowels, so that no words come about.
const CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// One service account.
#[derive(Clone)]
pub(crate) struct ServiceAccount {
    /// The UUID, which is the OAuth client's as well.
    pub(crate) id: String,
    /// Who it is in a session: name, organisation and role.
    pub(crate) user: Arc<User>,
    /// The UUID of the software.
    pub(crate) software_id: String,
    /// The version of the software.
    pub(crate) software_version: Option<String>,
    /// Where the software is described.
    pub(crate) uri: Option<String>,
    device: Option<Device>,
    /// The refresh token that is good.
    refresh_token: Option<String>,
    /// Counts grants, so that tokens of an old one do no harm to a new one.
    grant: u64,
}

/// How far a service account has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is there.
    Created,
    /// It has asked for access.
    Requested,
    /// It may have access.
    Granted,
    /// It has a refresh token.
    Active,
}

impl Status {
    /// As it is answered.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Requested => "REQUESTED",
            Self::Granted => "GRANTED",
            Self::Active => "ACTIVE",
        }
    }
}

/// A device that has asked for access.
#[derive(Clone)]
struct Device {
    code: String,
    user_code: String,
    expires: Instant,
    interval: Duration,
    asked: Option<Instant>,
    verdict: Option<bool>,
}

impl Device {
    fn has_expired(&self) -> bool {
        Instant::now() >= self.expires
    }

    fn is_open(&self) -> bool {
        self.verdict.is_none() && !self.has_expired()
    }
}

/// What a device is told when it asks for access.
pub(crate) struct Codes {
    /// For the device.
    pub(crate) device_code: String,
    /// For the person who grants.
    pub(crate) user_code: String,
}

/// Why a device has no access yet, or never will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAccess {
    /// There is no such code.
    Unknown,
    /// Nobody has decided.
    Pending,
    /// It asked too soon after it had asked.
    TooFast,
    /// Nobody decided in time.
    Expired,
    /// Someone decided against it.
    Denied,
}

/// What came of a refresh token.
pub(crate) enum Refreshed {
    /// It is good; this is what the answer says about the next one.
    Good(Arc<User>, Option<String>),
    /// It is not good.
    Bad,
    /// It was good once: the grant is over, and with it all sessions of this account.
    Killed(Arc<User>),
}

impl ServiceAccount {
    /// The identifier that `/cloudapi` uses.
    pub(crate) fn urn(&self) -> String {
        format!("urn:vcloud:serviceAccount:{}", self.id)
    }

    /// How far it has come.
    pub(crate) fn status(&self) -> Status {
        if self.refresh_token.is_some() {
            return Status::Active;
        }
        match self.device.as_ref().filter(|device| !device.has_expired()) {
            Some(Device { verdict: None, .. }) => Status::Requested,
            Some(Device {
                verdict: Some(true), ..
            }) => Status::Granted,
            _ => Status::Created,
        }
    }

    /// The refresh token that is good.
    pub(crate) fn refresh_token(&self) -> Option<&str> {
        self.refresh_token.as_deref()
    }

    fn end_grant(&mut self) {
        self.refresh_token = None;
        self.device = None;
        self.grant += 1;
    }
}

/// A service account as it is asked for.
pub(crate) struct NewAccount {
    /// The UUID.
    pub(crate) id: String,
    /// The name.
    pub(crate) name: String,
    /// What it will be allowed to do.
    pub(crate) role: Role,
    /// The UUID of the software.
    pub(crate) software_id: String,
    /// The version of the software.
    pub(crate) software_version: Option<String>,
    /// Where the software is described.
    pub(crate) uri: Option<String>,
    /// The organisation's UUID and name.
    pub(crate) organization: (String, String),
}

/// What a service account becomes.
pub(crate) struct Change {
    /// The name.
    pub(crate) name: String,
    /// The UUID of the software.
    pub(crate) software_id: String,
    /// The version of the software.
    pub(crate) software_version: Option<String>,
    /// Where the software is described.
    pub(crate) uri: Option<String>,
    /// What it is allowed to do.
    pub(crate) role: Role,
}

/// All service accounts.
#[derive(Default)]
pub(crate) struct ServiceAccounts(Mutex<Known>);

#[derive(Default)]
struct Known {
    accounts: Vec<ServiceAccount>,
    /// Every refresh token there ever was, with its account and the number of the grant.
    refresh_tokens: HashMap<String, (String, u64)>,
}

impl Known {
    fn find(&mut self, id: &str) -> Option<&mut ServiceAccount> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// Whether an organisation has an account of that name, apart from this one.
    fn has_name(&self, organization_id: &str, name: &str, except: &str) -> bool {
        self.accounts.iter().any(|account| {
            account.id != except
                && account.user.organization_id == organization_id
                && account.user.name.eq_ignore_ascii_case(name)
        })
    }

    fn by_user_code(&mut self, code: &str, organization_id: &str) -> Option<&mut ServiceAccount> {
        let plain = |code: &str| code.replace('-', "").to_ascii_uppercase();
        let wanted = plain(code);
        self.accounts.iter_mut().find(|account| {
            let device = account.device.as_ref().filter(|device| device.is_open());
            account.user.organization_id == organization_id
                && device.is_some_and(|device| plain(&device.user_code) == wanted)
        })
    }

    fn remember(&mut self, text: &str, id: &str, grant: u64) {
        self.refresh_tokens.insert(text.to_owned(), (id.to_owned(), grant));
    }
}

impl ServiceAccounts {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an account. `None` if its organisation has one of that name.
    pub(crate) fn create(&self, new: NewAccount) -> Option<ServiceAccount> {
        let (organization_id, organization) = new.organization;
        let mut known = self.known();
        if known.has_name(&organization_id, &new.name, "") {
            return None;
        }
        let account = ServiceAccount {
            user: Arc::new(User {
                name: new.name,
                id: new.id.clone(),
                organization_id,
                organization,
                role: new.role,
            }),
            id: new.id,
            software_id: new.software_id,
            software_version: new.software_version,
            uri: new.uri,
            device: None,
            refresh_token: None,
            grant: 0,
        };
        known.accounts.push(account.clone());
        Some(account)
    }

    /// All of them, in the order of their making.
    pub(crate) fn all(&self) -> Vec<ServiceAccount> {
        self.known().accounts.clone()
    }

    /// The one with this UUID.
    pub(crate) fn by_id(&self, id: &str) -> Option<ServiceAccount> {
        self.known().find(id).cloned()
    }

    /// Changes an account. `None` if its organisation has another one of that name.
    pub(crate) fn update(&self, id: &str, change: Change) -> Option<ServiceAccount> {
        let mut known = self.known();
        let organization_id = known.find(id)?.user.organization_id.clone();
        if known.has_name(&organization_id, &change.name, id) {
            return None;
        }
        let account = known.find(id)?;
        account.user = Arc::new(User {
            name: change.name,
            id: account.user.id.clone(),
            organization_id,
            organization: account.user.organization.clone(),
            role: change.role,
        });
        account.software_id = change.software_id;
        account.software_version = change.software_version;
        account.uri = change.uri;
        Some(account.clone())
    }

    /// Takes an account away.
    pub(crate) fn remove(&self, id: &str) {
        self.known().accounts.retain(|account| account.id != id);
    }

    /// Ends the grant of an account.
    pub(crate) fn revoke(&self, id: &str) {
        if let Some(account) = self.known().find(id) {
            account.end_grant();
        }
    }

    /// Codes for an account that asks for access. `None` if it has access already, or is not there.
    pub(crate) fn request(&self, id: &str, interval: Duration, lifetime: Duration) -> std::io::Result<Option<Codes>> {
        let device = Device {
            code: random::alphanumeric(32)?,
            user_code: user_code()?,
            expires: Instant::now() + lifetime.min(Duration::from_secs(365 * 86_400)),
            interval,
            asked: None,
            verdict: None,
        };
        let mut known = self.known();
        let account = known.find(id).filter(|account| account.status() != Status::Active);
        Ok(account.map(|account| {
            let codes = Codes {
                device_code: device.code.clone(),
                user_code: device.user_code.clone(),
            };
            account.device = Some(device);
            codes
        }))
    }

    /// The account of an organisation that asks for access with this user code.
    pub(crate) fn by_user_code(&self, code: &str, organization_id: &str) -> Option<ServiceAccount> {
        self.known().by_user_code(code, organization_id).cloned()
    }

    /// Grants or denies access to the account that asks with this user code.
    pub(crate) fn decide(&self, code: &str, organization_id: &str, granted: bool) -> bool {
        let mut known = self.known();
        let account = known.by_user_code(code, organization_id);
        let device = account.and_then(|account| account.device.as_mut());
        device.map(|device| device.verdict = Some(granted)).is_some()
    }

    /// A device asks what has become of its request; its first refresh token, if it may have one.
    pub(crate) fn ask(&self, id: &str, device_code: &str) -> std::io::Result<Result<(Arc<User>, String), NoAccess>> {
        let text = random::alphanumeric(32)?;
        let mut known = self.known();
        let Some(account) = known.find(id) else {
            return Ok(Err(NoAccess::Unknown));
        };
        let Some(device) = account.device.as_mut().filter(|device| device.code == device_code) else {
            return Ok(Err(NoAccess::Unknown));
        };
        if device.has_expired() {
            return Ok(Err(NoAccess::Expired));
        }
        let now = Instant::now();
        let asked = device.asked.replace(now);
        if asked.is_some_and(|asked| now.duration_since(asked) < device.interval) {
            device.interval = device.interval.saturating_add(SLOWER);
            return Ok(Err(NoAccess::TooFast));
        }
        match device.verdict {
            None => Ok(Err(NoAccess::Pending)),
            Some(false) => Ok(Err(NoAccess::Denied)),
            Some(true) => {
                account.device = None;
                account.grant += 1;
                account.refresh_token = Some(text.clone());
                let (user, grant) = (Arc::clone(&account.user), account.grant);
                known.remember(&text, id, grant);
                Ok(Ok((user, text)))
            }
        }
    }

    /// The account that a refresh token was given to, whether it is still good or not.
    pub(crate) fn holder(&self, text: &str) -> Option<Arc<User>> {
        let mut known = self.known();
        let (id, _) = known.refresh_tokens.get(text)?.clone();
        known.find(&id).map(|account| Arc::clone(&account.user))
    }

    /// Uses a refresh token.
    pub(crate) fn refresh(&self, text: &str, rotation: Rotation) -> std::io::Result<Refreshed> {
        let next = random::alphanumeric(32)?;
        let mut known = self.known();
        let Some((id, grant)) = known.refresh_tokens.get(text).cloned() else {
            return Ok(Refreshed::Bad);
        };
        let Some(account) = known.find(&id) else {
            return Ok(Refreshed::Bad);
        };
        let user = Arc::clone(&account.user);
        if account.grant != grant || account.refresh_token.is_none() {
            return Ok(Refreshed::Bad);
        }
        if account.refresh_token.as_deref() != Some(text) {
            account.end_grant();
            return Ok(Refreshed::Killed(user));
        }
        Ok(match rotation {
            Rotation::Null => Refreshed::Good(user, None),
            Rotation::Same => Refreshed::Good(user, Some(text.to_owned())),
            Rotation::Always => {
                account.refresh_token = Some(next.clone());
                known.remember(&next, &id, grant);
                Refreshed::Good(user, Some(next))
            }
        })
    }

    /// Forgets them all.
    pub(crate) fn reset(&self) {
        *self.known() = Known::default();
    }
}

/// Eight letters with a hyphen in the middle.
fn user_code() -> std::io::Result<String> {
    let mut bytes = [0u8; 8];
    random::fill(&mut bytes)?;
    let letters: String = bytes
        .iter()
        .map(|byte| char::from(CODE_LETTERS[usize::from(*byte) % CODE_LETTERS.len()]))
        .collect();
    Ok(format!("{}-{}", &letters[..4], &letters[4..]))
}
