//! One piece of work that many wait for: whoever comes while it is under way gets the same result, and it goes on
//! when the first of them leaves. `tests/model.rs` compiles this file as well.

use super::code::Code;
use super::error::{Error, Result};
use super::runtime;
use super::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::future::Future;
use tokio::sync::watch;

/// Where the work under way is found; nothing, then a result that every receiver sees.
type Place<T> = Arc<Mutex<Option<watch::Receiver<Option<Result<T>>>>>>;

/// A place for one piece of work at a time.
pub(crate) struct Flight<T> {
    under_way: Place<T>,
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Flight {
            under_way: Arc::default(),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Flight<T> {
    /// Joins the work under way. Where there is none, `decide` says, under the lock that also ends a flight,
    /// whether there is anything to do: a result that is there already, or the work to start.
    pub(crate) async fn join<W>(&self, decide: impl FnOnce() -> Decision<T, W>) -> Result<T>
    where
        W: Future<Output = Result<T>> + Send + 'static,
    {
        let mut receiver = {
            let mut under_way = lock(&self.under_way);
            match &*under_way {
                Some(receiver) => receiver.clone(),
                None => match decide() {
                    Decision::Have(value) => return Ok(value),
                    Decision::Start(work) => {
                        let (sender, receiver) = watch::channel(None);
                        let place = Arc::clone(&self.under_way);
                        *under_way = Some(receiver.clone());
                        let started = runtime::spawn(async move {
                            // Made in here: work that cannot be started is dropped while the place is locked.
                            let landing = Landing { place };
                            let result = work.await;
                            // The place is free before the result is out, so nobody joins a flight that has ended.
                            drop(landing);
                            let _ = sender.send(Some(result));
                        });
                        if let Err(error) = started {
                            *under_way = None;
                            return Err(error);
                        }
                        receiver
                    }
                },
            }
        };
        match receiver.wait_for(Option::is_some).await {
            Ok(result) => result.clone().unwrap_or_else(|| Err(lost())),
            Err(_) => Err(lost()),
        }
    }
}

/// What there is to do when nothing is under way.
pub(crate) enum Decision<T, W> {
    /// Nothing: here is the result.
    Have(T),
    /// This.
    Start(W),
}

/// Frees the place when the work ends, also by a panic.
struct Landing<T> {
    place: Place<T>,
}

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        *lock(&self.place) = None;
    }
}

fn lock<T>(place: &Mutex<T>) -> MutexGuard<'_, T> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lost() -> Error {
    Error::new(
        Code::Panic,
        "the library panicked during work that several calls waited for; please report it with the log",
    )
}
