//! Passwords: what users sign in with when they do so themselves.

use std::sync::Arc;

use crate::config::SeedPassword;
use crate::data::User;
use crate::random;

/// The passwords of all users.
pub(crate) struct Passwords {
    users: Vec<Arc<User>>,
    /// In the order of `users`.
    texts: Vec<String>,
}

impl Passwords {
    /// One password for each user: the given one, or one made up now.
    pub(crate) fn new(users: Vec<Arc<User>>, seeds: &[SeedPassword]) -> std::io::Result<Self> {
        let mut texts = Vec::with_capacity(users.len());
        for user in &users {
            let seed = seeds.iter().find(|seed| user.is(&seed.organization, &seed.user));
            texts.push(match seed {
                Some(seed) => seed.password.clone(),
                None => random::alphanumeric(16)?,
            });
        }
        Ok(Self { users, texts })
    }

    fn find(&self, organization: &str, user: &str) -> Option<(&Arc<User>, &str)> {
        let index = self.users.iter().position(|known| known.is(organization, user))?;
        Some((&self.users[index], &self.texts[index]))
    }

    /// All users.
    pub(crate) fn users(&self) -> &[Arc<User>] {
        &self.users
    }

    /// The first user of an organisation.
    pub(crate) fn first_of(&self, organization: &str) -> Option<Arc<User>> {
        let mut users = self.users.iter();
        let found = users.find(|user| user.organization.eq_ignore_ascii_case(organization))?;
        Some(Arc::clone(found))
    }

    /// The user, if there is one and the password is the right one.
    pub(crate) fn user(&self, organization: &str, user: &str, password: &str) -> Option<Arc<User>> {
        let (user, expected) = self.find(organization, user)?;
        (password == expected).then(|| Arc::clone(user))
    }

    /// The password of a user.
    pub(crate) fn of(&self, organization: &str, user: &str) -> Option<String> {
        self.find(organization, user).map(|(_, text)| text.to_owned())
    }
}
