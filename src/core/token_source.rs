//! Where an API token comes from, and where a new one goes when the server gives one.

use super::error::Result;
use super::secret::Secret;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A place that holds an API token.
pub(crate) trait TokenSource: Send + Sync {
    /// Takes the token for one exchange. `None` while somebody else has it, who may be about to replace it.
    fn try_lease(&self) -> Result<Option<Box<dyn Lease>>>;

    /// The token of the moment, where the source has one that is not in its place: see [`Lease::keep`].
    fn unsaved(&self) -> Option<Secret> {
        None
    }

    /// Where the token is, for messages: "this session" or a file.
    fn place(&self) -> String;
}

/// A token that is being exchanged. Nobody else gets it until this is dropped.
pub(crate) trait Lease: Send + Sync {
    /// The token.
    fn token(&self) -> &Secret;
    /// Whether the server may replace the token at this use. Then an exchange is never repeated.
    fn may_rotate(&self) -> bool;
    /// Notes the new token where it outlives this process, in no time; `keep` follows and does the rest.
    fn secure(&mut self, _new: &Secret) {}
    /// Keeps the token that the server gave in place of the one exchanged, before anything else is done.
    fn keep(&mut self, new: Secret) -> Result<()>;
}

/// A token that lives in this process only.
pub(crate) struct InMemory {
    held: Arc<Mutex<Held>>,
}

struct Held {
    token: Secret,
    /// The server has replaced it once, so it will again.
    rotates: bool,
}

impl InMemory {
    pub(crate) fn new(token: Secret) -> Self {
        InMemory {
            held: Arc::new(Mutex::new(Held { token, rotates: false })),
        }
    }
}

fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TokenSource for InMemory {
    fn try_lease(&self) -> Result<Option<Box<dyn Lease>>> {
        let held = lock(&self.held);
        Ok(Some(Box::new(InMemoryLease {
            token: held.token.clone(),
            rotates: held.rotates,
            held: Arc::clone(&self.held),
        })))
    }

    fn unsaved(&self) -> Option<Secret> {
        let held = lock(&self.held);
        held.rotates.then(|| held.token.clone())
    }

    fn place(&self) -> String {
        "this session only".into()
    }
}

struct InMemoryLease {
    token: Secret,
    rotates: bool,
    held: Arc<Mutex<Held>>,
}

impl Lease for InMemoryLease {
    fn token(&self) -> &Secret {
        &self.token
    }

    fn may_rotate(&self) -> bool {
        self.rotates
    }

    fn keep(&mut self, new: Secret) -> Result<()> {
        let mut held = lock(&self.held);
        held.token = new;
        held.rotates = true;
        Ok(())
    }
}
