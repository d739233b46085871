//! API tokens: what users let scripts sign in with.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::config::SeedToken;
use crate::data::User;
use crate::random::{self, fixed_uuid};

/// The name of the tokens that are there from the start.
const FIRST_NAME: &str = "api-token";

/// The API tokens of all users.
pub(crate) struct ApiTokens {
    users: Vec<Arc<User>>,
    /// In the order of `users`.
    texts: Vec<String>,
    known: RwLock<Known>,
}

/// One API token, which begins as an OAuth client without a secret.
#[derive(Clone)]
pub(crate) struct ApiToken {
    /// The UUID, which is the client's as well.
    pub(crate) id: String,
    /// What its owner calls it.
    pub(crate) name: String,
    /// Its owner.
    pub(crate) user: Arc<User>,
    /// The secret, once it has been fetched.
    text: Option<String>,
    revoked: bool,
}

impl ApiToken {
    /// The identifier that `/cloudapi` uses.
    pub(crate) fn urn(&self) -> String {
        format!("urn:vcloud:token:{}", self.id)
    }
}

/// Tokens are never taken out, so that places stay what they are.
struct Known {
    /// First those of the start in the order of `users`, then the others in the order of their making.
    tokens: Vec<ApiToken>,
    by_text: HashMap<String, usize>,
}

/// Why there is no secret to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSecret {
    /// There is no such client.
    Unknown,
    /// It belongs to someone else.
    Foreign,
    /// It has been fetched already.
    Fetched,
}

impl ApiTokens {
    /// One token for each user: the given one, or one made up now.
    pub(crate) fn new(users: Vec<Arc<User>>, seeds: &[SeedToken]) -> std::io::Result<Self> {
        let mut texts = Vec::with_capacity(users.len());
        for user in &users {
            let seed = seeds.iter().find(|seed| user.is(&seed.organization, &seed.user));
            texts.push(match seed {
                Some(seed) => seed.token.clone(),
                None => random::alphanumeric(32)?,
            });
        }
        let tokens = users
            .iter()
            .zip(&texts)
            .enumerate()
            .map(|(index, (user, text))| ApiToken {
                id: fixed_uuid(0x30_0000_0000 + index as u64),
                name: FIRST_NAME.to_owned(),
                user: Arc::clone(user),
                text: Some(text.clone()),
                revoked: false,
            });
        let known = Known {
            tokens: tokens.collect(),
            by_text: texts
                .iter()
                .enumerate()
                .map(|(index, text)| (text.clone(), index))
                .collect(),
        };
        Ok(Self {
            users,
            texts,
            known: RwLock::new(known),
        })
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose token this is, unless it is unknown or revoked.
    pub(crate) fn owner(&self, text: &str) -> Option<Arc<User>> {
        let known = self.read();
        let token = &known.tokens[*known.by_text.get(text)?];
        (!token.revoked).then(|| Arc::clone(&token.user))
    }

    /// The token that a user has from the start.
    pub(crate) fn of(&self, organization: &str, user: &str) -> Option<String> {
        let index = self.users.iter().position(|known| known.is(organization, user))?;
        Some(self.texts[index].clone())
    }

    /// All users with the tokens that they have from the start.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&User, &str)> {
        self.users
            .iter()
            .zip(&self.texts)
            .map(|(user, text)| (user.as_ref(), text.as_str()))
    }

    /// Those that are not revoked and are wanted.
    pub(crate) fn list(&self, wanted: impl Fn(&ApiToken) -> bool) -> Vec<ApiToken> {
        let known = self.read();
        let good = known.tokens.iter().filter(|token| !token.revoked && wanted(token));
        good.cloned().collect()
    }

    /// Makes a client without a secret. False if the user has one of that name.
    pub(crate) fn register(&self, user: &Arc<User>, name: &str, id: &str) -> bool {
        let mut known = self.write();
        let taken = known
            .tokens
            .iter()
            .any(|token| !token.revoked && token.user.id == user.id && token.name == name);
        if !taken {
            known.tokens.push(ApiToken {
                id: id.to_owned(),
                name: name.to_owned(),
                user: Arc::clone(user),
                text: None,
                revoked: false,
            });
        }
        !taken
    }

    /// Gives a client its secret, which becomes good with that. This works once.
    pub(crate) fn fetch(&self, id: &str, user: &User, secret: String) -> Result<String, NoSecret> {
        let mut known = self.write();
        let place = known.tokens.iter().position(|token| !token.revoked && token.id == id);
        let place = place.ok_or(NoSecret::Unknown)?;
        let token = &mut known.tokens[place];
        if token.user.id != user.id {
            return Err(NoSecret::Foreign);
        }
        if token.text.is_some() {
            return Err(NoSecret::Fetched);
        }
        token.text = Some(secret.clone());
        known.by_text.insert(secret.clone(), place);
        Ok(secret)
    }

    /// Makes a token useless. False if there is no such token.
    pub(crate) fn revoke(&self, text: &str) -> bool {
        let mut known = self.write();
        let Some(place) = known.by_text.get(text).copied() else {
            return false;
        };
        known.tokens[place].revoked = true;
        true
    }

    /// Makes the token with this UUID useless.
    pub(crate) fn remove(&self, id: &str) {
        let mut known = self.write();
        if let Some(token) = known.tokens.iter_mut().find(|token| token.id == id) {
            token.revoked = true;
        }
    }

    /// Only the tokens of the start, none of them revoked.
    pub(crate) fn reset(&self) {
        let mut known = self.write();
        let count = self.users.len();
        known.tokens.truncate(count);
        known.by_text.retain(|_, place| *place < count);
        known.tokens.iter_mut().for_each(|token| token.revoked = false);
    }
}
