//! A piece of work with those who wait for it.

use super::turn::Active;
use super::{Process, process};
use crate::core::error::Result;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};
use tokio::task::AbortHandle;

/// A piece of work. It is under way from `start` on, or from the first wait for it.
pub(crate) struct Job<T> {
    process: &'static Process,
    state: Arc<State<T>>,
    work: Mutex<Work>,
}

/// Where the work is.
enum Work {
    /// Nobody has polled it yet.
    Ready(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// The thread that waits for it polls it, and is woken by this when the job is cancelled.
    Driven(Option<Waker>),
    Spawned(AbortHandle),
}

/// Is called once when a job has ended.
pub(crate) type OnEnd = Box<dyn FnOnce() + Send>;

struct State<T> {
    result: OnceLock<T>,
    /// Where the work is spawned: that it is under way.
    active: Mutex<Option<Active>>,
    waiting: Mutex<()>,
    done: Condvar,
    on_end: Mutex<Option<OnEnd>>,
}

/// Woken whenever any job ends while somebody waits for one of several.
static ANY: (Mutex<()>, Condvar) = (Mutex::new(()), Condvar::new());
static WAITING_FOR_ANY: AtomicUsize = AtomicUsize::new(0);

/// Polls that let connections learn what has come for them, before one of them is chosen: the first has the system
/// asked, in the second what waited for that has been polled.
const LOOKS: usize = 2;

/// Nobody has polled for so long that connections may have ended meanwhile.
const STALE: Duration = Duration::from_millis(1);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> State<T> {
    fn finish(&self, result: T) {
        // First: a waiter asks whether his work was all there was.
        drop(lock(&self.active).take());
        let _ = self.result.set(result);
        // A waiter that saw no result holds the lock until it sleeps; taking it makes sure that it is woken.
        drop(lock(&self.waiting));
        self.done.notify_all();
        if WAITING_FOR_ANY.load(Ordering::SeqCst) > 0 {
            drop(lock(&ANY.0));
            ANY.1.notify_all();
        }
        self.tell();
    }

    fn tell(&self) {
        let on_end = lock(&self.on_end).take();
        if let Some(on_end) = on_end {
            on_end();
        }
    }
}

/// Finishes the job when its future is dropped without a result: it panicked or was aborted.
struct Finisher<T, L: FnOnce() -> T> {
    state: Arc<State<T>>,
    lost: Option<L>,
}

impl<T, L: FnOnce() -> T> Drop for Finisher<T, L> {
    fn drop(&mut self) {
        let lost = self.lost.take().filter(|_| self.state.result.get().is_none());
        if let Some(lost) = lost {
            self.state.finish(lost());
        }
    }
}

impl<T: Send + Sync + 'static> Job<T> {
    /// Makes a job. `lost` makes the result of a piece of work that panicked.
    pub(crate) fn new(
        work: impl Future<Output = T> + Send + 'static,
        lost: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Self> {
        Job::in_process(process()?, work, lost)
    }

    pub(super) fn in_process(
        process: &'static Process,
        work: impl Future<Output = T> + Send + 'static,
        lost: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Self> {
        process.runtime()?;
        let state = Arc::new(State {
            result: OnceLock::new(),
            active: Mutex::default(),
            waiting: Mutex::new(()),
            done: Condvar::new(),
            on_end: Mutex::default(),
        });
        let finisher = Finisher {
            state: Arc::clone(&state),
            lost: Some(lost),
        };
        let work = Box::pin(async move {
            let finisher = finisher;
            let result = work.await;
            finisher.state.finish(result);
        });
        Ok(Job {
            process,
            state,
            work: Mutex::new(Work::Ready(work)),
        })
    }

    /// Has the work done by the library's own thread. Does nothing where it is under way.
    pub(crate) fn start(&self) -> Result<()> {
        let runtime = self.process.runtime()?;
        let mut work = lock(&self.work);
        if let Work::Ready(_) = *work {
            let active = self.process.active()?;
            if let Work::Ready(ready) = std::mem::replace(&mut *work, Work::Driven(None)) {
                *lock(&self.state.active) = active;
                *work = Work::Spawned(runtime.spawn(ready).abort_handle());
            }
        }
        Ok(())
    }

    /// Has a function called when there is a result, at once where there is one already.
    pub(crate) fn on_end(&self, function: Option<OnEnd>) {
        let Some(function) = function else { return };
        *lock(&self.state.on_end) = Some(function);
        if self.result().is_some() {
            self.state.tell();
        }
    }

    /// Blocks until one of several jobs has a result, and returns its place. They have to be under way.
    pub(crate) fn wait_any(jobs: &[&Self], timeout: Option<Duration>) -> Option<usize> {
        let ended = || jobs.iter().position(|job| job.result().is_some());
        if let Some(first) = ended() {
            return Some(first);
        }
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        WAITING_FOR_ANY.fetch_add(1, Ordering::SeqCst);
        let mut guard = lock(&ANY.0);
        let found = loop {
            if let Some(place) = ended() {
                break Some(place);
            }
            let left = deadline.map_or(Duration::from_secs(3600), |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                break None;
            }
            guard = ANY
                .1
                .wait_timeout(guard, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        };
        drop(guard);
        WAITING_FOR_ANY.fetch_sub(1, Ordering::SeqCst);
        found
    }

    /// The result, when there is one.
    pub(crate) fn result(&self) -> Option<&T> {
        self.state.result.get()
    }

    /// Blocks the caller until there is a result or the time has passed; `None` waits for ever. Where this is the only
    /// work there is, and nobody polls, the caller does it himself.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> Result<Option<&T>> {
        if self.result().is_some() {
            return Ok(self.result());
        }
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        self.drive(timeout, deadline);
        if self.result().is_some() {
            return Ok(self.result());
        }
        self.start()?;
        let mut guard = lock(&self.state.waiting);
        while self.result().is_none() {
            guard = match deadline {
                None => self.state.done.wait(guard).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Ok(None);
                    }
                    self.state
                        .done
                        .wait_timeout(guard, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
        drop(guard);
        self.process.waited();
        Ok(self.result())
    }

    /// Does the work on the caller's thread, as far as that may be and the time reaches.
    fn drive(&self, timeout: Option<Duration>, deadline: Option<Instant>) {
        if timeout.is_some_and(|timeout| timeout.is_zero()) {
            return;
        }
        // One lock for the look and for what is done about it: several may wait for the same work.
        let mut place = lock(&self.work);
        if !matches!(*place, Work::Ready(_)) {
            return;
        }
        let Some(turn) = self.process.take() else { return };
        let Work::Ready(work) = std::mem::replace(&mut *place, Work::Driven(None)) else {
            return;
        };
        drop(place);
        let mut work = Some(work);
        let looks = if turn.since > STALE { LOOKS } else { 0 };
        let all = async {
            for _ in 0..looks {
                tokio::task::yield_now().await;
            }
            let mut known = false;
            poll_fn(|context| {
                if !known {
                    known = true;
                    *lock(&self.work) = Work::Driven(Some(context.waker().clone()));
                }
                let polled = match &mut work {
                    Some(work) if self.result().is_none() => {
                        catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)))
                    }
                    _ => return Poll::Ready(()),
                };
                // What panicked has its result when it is dropped.
                polled.unwrap_or(Poll::Ready(()))
            })
            .await;
            work = None;
        };
        self.process.drive(async {
            match deadline {
                None => all.await,
                Some(deadline) => drop(tokio::time::timeout_at(deadline.into(), all).await),
            }
        });
        if let Some(work) = work {
            // The caller goes, and the work goes on.
            *lock(&self.work) = Work::Ready(work);
        }
    }

    /// Ends the work with this result, unless it has one.
    pub(crate) fn cancel(&self, result: T) {
        self.state.finish(result);
        match &mut *lock(&self.work) {
            Work::Ready(_) => {}
            Work::Driven(waker) => {
                if let Some(waker) = waker.take() {
                    waker.wake();
                }
            }
            Work::Spawned(task) => task.abort(),
        }
    }
}
