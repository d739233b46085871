//! Where an API token comes from, and where a new one goes when the server gives one.

use super::error::Result;
use super::secret::Secret;
use std::sync::Mutex;

/// A place that holds an API token.
pub(crate) trait TokenSource: Send + Sync {
    /// The token to exchange now.
    fn load(&self) -> Result<Secret>;
    /// Keeps the token that the server gave in place of the one exchanged.
    fn keep(&self, new: Secret) -> Result<()>;
    /// Whether the server is known to replace the token at each use: then an exchange is never repeated.
    fn rotates(&self) -> bool;
}

/// A token that lives in this process only.
pub(crate) struct InMemory {
    held: Mutex<(Secret, bool)>,
}

impl InMemory {
    pub(crate) fn new(token: Secret) -> Self {
        InMemory {
            held: Mutex::new((token, false)),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Secret, bool)> {
        self.held.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl TokenSource for InMemory {
    fn load(&self) -> Result<Secret> {
        Ok(self.lock().0.clone())
    }

    fn keep(&self, new: Secret) -> Result<()> {
        *self.lock() = (new, true);
        Ok(())
    }

    fn rotates(&self) -> bool {
        self.lock().1
    }
}
