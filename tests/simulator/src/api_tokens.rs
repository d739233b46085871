//! API tokens: what users sign in with.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::config::SeedToken;
use crate::data::User;
use crate::random;

/// The API tokens of all users.
pub(crate) struct ApiTokens {
    users: Vec<Arc<User>>,
    /// In the order of `users`.
    texts: Vec<String>,
    known: RwLock<HashMap<String, ApiToken>>,
}

struct ApiToken {
    user: Arc<User>,
    revoked: bool,
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
        let known = users.iter().zip(&texts).map(|(user, text)| {
            let token = ApiToken {
                user: Arc::clone(user),
                revoked: false,
            };
            (text.clone(), token)
        });
        let known = RwLock::new(known.collect());
        Ok(Self { users, texts, known })
    }

    /// Whose token this is, unless it is unknown or revoked.
    pub(crate) fn owner(&self, text: &str) -> Option<Arc<User>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known
            .get(text)
            .filter(|token| !token.revoked)
            .map(|token| Arc::clone(&token.user))
    }

    /// The token of a user.
    pub(crate) fn of(&self, organization: &str, user: &str) -> Option<String> {
        let index = self.users.iter().position(|known| known.is(organization, user))?;
        Some(self.texts[index].clone())
    }

    /// All users with their tokens.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&User, &str)> {
        self.users
            .iter()
            .zip(&self.texts)
            .map(|(user, text)| (user.as_ref(), text.as_str()))
    }

    /// Makes a token useless. False if there is no such token.
    pub(crate) fn revoke(&self, text: &str) -> bool {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.get_mut(text).map(|token| token.revoked = true).is_some()
    }

    /// Takes all revocations back.
    pub(crate) fn reset(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.values_mut().for_each(|token| token.revoked = false);
    }
}
