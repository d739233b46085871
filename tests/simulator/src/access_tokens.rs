//! Access tokens: what those who sign in get, and the sessions they stand for.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use crate::data::User;
use crate::jwt::{self, Claims};
use crate::random::Identifiers;

/// How a session came about, which decides what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Someone signed in with a password.
    Password,
    /// An API token was exchanged.
    ApiToken,
    /// The refresh token of a service account was exchanged.
    ServiceAccount,
}

/// What an access token stands for.
pub(crate) struct Session {
    /// The UUID.
    pub(crate) id: String,
    /// 32 hexadecimal digits: the token of older clients, and the `jti` of the JWT.
    pub(crate) legacy_id: String,
    /// Who signed in.
    pub(crate) user: Arc<User>,
    /// How.
    pub(crate) origin: Origin,
    /// The access token.
    pub(crate) token: String,
}

impl Session {
    /// Whether someone signed in with a password, which some rights depend on.
    pub(crate) fn came_of_password(&self) -> bool {
        self.origin == Origin::Password
    }
}

struct Issued {
    session: Arc<Session>,
    expires: Instant,
}

/// All access tokens that are good, or were until they expired.
#[derive(Default)]
pub(crate) struct AccessTokens(RwLock<HashMap<String, Issued>>);

impl AccessTokens {
    /// Makes an access token for a user.
    pub(crate) fn issue(
        &self,
        user: Arc<User>,
        origin: Origin,
        site_id: &str,
        lifetime: Duration,
        identifiers: &Identifiers,
    ) -> std::io::Result<Arc<Session>> {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let legacy_id = identifiers.hex32();
        let token = jwt::text(&Claims {
            sub: &user.name,
            iss: &user.location(site_id),
            exp: now.saturating_add(lifetime).as_secs(),
            version: "vcloud_1.0",
            jti: &legacy_id,
        })?;
        let session = Arc::new(Session {
            id: identifiers.uuid(),
            legacy_id,
            user,
            origin,
            token,
        });
        let issued = Issued {
            session: Arc::clone(&session),
            expires: moment_after(lifetime),
        };
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(session.token.clone(), issued);
        Ok(session)
    }

    /// What a token stands for, unless it is unknown or has expired.
    pub(crate) fn session(&self, token: &str) -> Option<Arc<Session>> {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let issued = tokens.get(token)?;
        (Instant::now() < issued.expires).then(|| Arc::clone(&issued.session))
    }

    /// The session with this UUID, unless it has expired.
    pub(crate) fn by_id(&self, id: &str) -> Option<Arc<Session>> {
        self.find(|session| session.id == id)
    }

    /// The session with these 32 digits, unless it has expired.
    pub(crate) fn by_legacy_id(&self, id: &str) -> Option<Arc<Session>> {
        self.find(|session| session.legacy_id == id)
    }

    fn find(&self, wanted: impl Fn(&Session) -> bool) -> Option<Arc<Session>> {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let issued = tokens.values().find(|issued| wanted(&issued.session))?;
        (Instant::now() < issued.expires).then(|| Arc::clone(&issued.session))
    }

    /// The sessions of a user, the same order each time.
    pub(crate) fn of(&self, user_id: &str) -> Vec<Arc<Session>> {
        let now = Instant::now();
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let good = tokens
            .values()
            .filter(|issued| issued.session.user.id == user_id && now < issued.expires);
        let mut sessions: Vec<_> = good.map(|issued| Arc::clone(&issued.session)).collect();
        sessions.sort_by(|one, other| one.id.cmp(&other.id));
        sessions
    }

    /// Ends one session.
    pub(crate) fn end(&self, token: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(token);
    }

    /// Ends all sessions of a user.
    pub(crate) fn end_of(&self, user_id: &str) {
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, issued| issued.session.user.id != user_id);
    }

    /// Ends all sessions.
    pub(crate) fn end_all(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Lets all tokens given out so far expire now.
    pub(crate) fn expire_all(&self) {
        let now = Instant::now();
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        tokens
            .values_mut()
            .for_each(|issued| issued.expires = issued.expires.min(now));
    }
}

/// The end of a lifetime that begins now; one that no clock can show ends in a hundred years.
fn moment_after(lifetime: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(lifetime)
        .unwrap_or_else(|| now + Duration::from_secs(100 * 365 * 86_400))
}
