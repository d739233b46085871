//! Who polls. The only place that spawns or blocks, so that another way of driving can be tried here alone.
//!
//! One process-wide runtime with one worker thread, started at the first use and never dropped: a worker drives
//! idle connections and timers between calls, and one beats two. A child made by `fork` gets a runtime of its own,
//! since the parent's worker does not exist there.

use super::code::Code;
use super::error::{Error, Result};
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::task::AbortHandle;

struct Process {
    id: u32,
    runtime: Runtime,
}

/// One place a process: the one that loaded the library, its child, the child's child… Reading takes no lock, so a
/// child finds its place whatever the parent's other threads did at the moment of the fork.
static PROCESSES: [OnceLock<Process>; 8] = [const { OnceLock::new() }; 8];

static THREAD_START: OnceLock<fn()> = OnceLock::new();

/// Sets what every thread of the library does first. Takes effect for threads that have not started.
pub(crate) fn at_thread_start(prepare: fn()) {
    let _ = THREAD_START.set(prepare);
}

fn runtime() -> Result<&'static Runtime> {
    let id = std::process::id();
    for place in &PROCESSES {
        if place.get().is_none() {
            // Only what could be made is kept: descriptors and threads may be there again a moment later.
            let runtime = build().map_err(|error| {
                Error::new(
                    Code::Internal,
                    format!(
                        "the library's thread cannot be started: {error}. The system may be out of threads or memory"
                    ),
                )
            })?;
            // Another thread may have been first.
            if let Err(late) = place.set(Process { id, runtime }) {
                late.runtime.shutdown_background();
            }
        }
        if let Some(mine) = place.get().filter(|process| process.id == id) {
            return Ok(&mine.runtime);
        }
    }
    Err(Error::new(
        Code::Forked,
        "the library was carried through too many forks; load it in a new process",
    ))
}

fn build() -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        // For name resolution, files and functions of the host, which are made when they are needed: a slow resolver or
        // a slow host must not hold up more than its own calls.
        .max_blocking_threads(64)
        .thread_name("vcdrest")
        .on_thread_start(|| {
            if let Some(prepare) = THREAD_START.get() {
                prepare();
            }
        })
        .enable_io()
        .enable_time()
        .build()
}

/// The process that made an object. After a fork the object's connections belong to the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProcessId(u32);

impl ProcessId {
    pub(crate) fn current() -> Self {
        ProcessId(std::process::id())
    }

    /// Refuses the child of a fork.
    pub(crate) fn check(self) -> Result<()> {
        if self == ProcessId::current() {
            return Ok(());
        }
        Err(Error::new(
            Code::Forked,
            "this was made before fork() and shares its connections with the parent process; make a new client in the child",
        ))
    }
}

/// A piece of work that runs on the worker.
pub(crate) struct Job<T> {
    state: Arc<State<T>>,
    abort: AbortHandle,
}

/// Is called once when a job has ended.
pub(crate) type OnEnd = Box<dyn FnOnce() + Send>;

struct State<T> {
    result: OnceLock<T>,
    waiting: Mutex<()>,
    done: Condvar,
    on_end: Mutex<Option<OnEnd>>,
}

/// Woken whenever any job ends while somebody waits for one of several.
static ANY: (Mutex<()>, Condvar) = (Mutex::new(()), Condvar::new());
static WAITING_FOR_ANY: AtomicUsize = AtomicUsize::new(0);

impl<T> State<T> {
    fn finish(&self, result: T) {
        let _ = self.result.set(result);
        // A waiter that saw no result holds the lock until it sleeps; taking it makes sure that it is woken.
        drop(self.lock());
        self.done.notify_all();
        if WAITING_FOR_ANY.load(Ordering::SeqCst) > 0 {
            drop(ANY.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
            ANY.1.notify_all();
        }
        let on_end = self
            .on_end
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .take();
        if let Some(on_end) = on_end {
            on_end();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, ()> {
        self.waiting.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
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
    /// Starts the work. `lost` makes the result of a piece of work that panicked.
    pub(crate) fn start(
        work: impl Future<Output = T> + Send + 'static,
        lost: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Self> {
        let state = Arc::new(State {
            result: OnceLock::new(),
            waiting: Mutex::new(()),
            done: Condvar::new(),
            on_end: Mutex::default(),
        });
        let finisher = Finisher {
            state: Arc::clone(&state),
            lost: Some(lost),
        };
        let handle = runtime()?.spawn(async move {
            let finisher = finisher;
            let result = work.await;
            finisher.state.finish(result);
        });
        Ok(Job {
            state,
            abort: handle.abort_handle(),
        })
    }

    /// Has a function called when there is a result, at once where there is one already.
    pub(crate) fn on_end(&self, function: Option<OnEnd>) {
        let Some(function) = function else { return };
        *self
            .state
            .on_end
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(function);
        if self.result().is_some() {
            let left = self
                .state
                .on_end
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .take();
            if let Some(function) = left {
                function();
            }
        }
    }

    /// Blocks until one of several jobs has a result, and returns its place.
    pub(crate) fn wait_any(jobs: &[&Self], timeout: Option<Duration>) -> Option<usize> {
        let ended = || jobs.iter().position(|job| job.result().is_some());
        if let Some(first) = ended() {
            return Some(first);
        }
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        WAITING_FOR_ANY.fetch_add(1, Ordering::SeqCst);
        let mut guard = ANY.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
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
                .unwrap_or_else(|poisoned| poisoned.into_inner())
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

    /// Blocks the caller until there is a result or the time has passed; `None` waits for ever.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> Option<&T> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        if self.result().is_some() {
            return self.result();
        }
        let mut guard = self.state.lock();
        while self.result().is_none() {
            guard = match deadline {
                None => self
                    .state
                    .done
                    .wait(guard)
                    .unwrap_or_else(|poisoned| poisoned.into_inner()),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    self.state
                        .done
                        .wait_timeout(guard, left)
                        .unwrap_or_else(|poisoned| poisoned.into_inner())
                        .0
                }
            };
        }
        self.result()
    }

    /// Ends the work with this result, unless it has one.
    pub(crate) fn cancel(&self, result: T) {
        self.state.finish(result);
        self.abort.abort();
    }
}

/// Starts work whose result arrives by other means; it goes on when nobody waits any more.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    runtime()?.spawn(work);
    Ok(())
}

/// Does what blocks, such as file work, where it holds up nobody.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| {
        Error::new(
            Code::Panic,
            "the library panicked while it read or wrote a file; please report it with the log",
        )
    })
}

/// Something that blocks and is under way.
pub(crate) struct Blocking<T>(tokio::task::JoinHandle<T>);

impl<T> Future for Blocking<T> {
    type Output = std::result::Result<T, &'static str>;

    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0)
            .poll(cx)
            .map(|done| done.map_err(|_| "the library panicked while it read a body"))
    }
}

/// Starts what blocks; for bodies, which are polled. To be called on the worker.
pub(crate) fn start_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Blocking<T> {
    Blocking(tokio::task::spawn_blocking(work))
}

/// Does what may block and has to be done where it stands. Where the system's verifier looks things up in the network,
/// another thread drives everything else meanwhile.
pub(crate) fn in_place<T>(work: impl FnOnce() -> T) -> T {
    if VERIFIER_MAY_BLOCK {
        tokio::task::block_in_place(work)
    } else {
        work()
    }
}

/// Lets everything else that is ready have its turn, connections that the server has closed among it.
pub(crate) async fn look_around() {
    tokio::task::yield_now().await;
}

/// A step on a task of its own where a handshake in it may block its thread, so that who waits for it can give up. It
/// ends when it is dropped, like any other.
pub(crate) async fn apart<T: Send + 'static>(step: impl Future<Output = T> + Send + 'static) -> T {
    if !VERIFIER_MAY_BLOCK {
        return step.await;
    }
    /// Ends the task with who waits for it.
    struct Owned<T>(tokio::task::JoinHandle<T>);
    impl<T> Drop for Owned<T> {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    let mut task = Owned(tokio::spawn(step));
    match (&mut task.0).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only its owner aborts it, and the runtime never ends.
            Err(_) => std::future::pending().await,
        },
    }
}

/// Windows and macOS may fetch revocation lists while they check a certificate. Tests see what that does everywhere.
const VERIFIER_MAY_BLOCK: bool = cfg!(any(windows, target_os = "macos", test));

/// Waits on the worker without blocking it.
pub(crate) async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Gives up on work at a moment.
pub(crate) async fn until<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout_at(deadline.into(), work).await.ok()
}

/// Gives up on a step when nothing moved for so long. `moved` says how much has, in any unit.
pub(crate) async fn while_moving<T>(
    limit: Duration,
    moved: impl Fn() -> u64,
    step: impl Future<Output = T>,
) -> Option<T> {
    tokio::pin!(step);
    loop {
        let before = moved();
        match tokio::time::timeout(limit, &mut step).await {
            Ok(done) => return Some(done),
            Err(_) if moved() == before => return None,
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_ends_with_its_result_for_every_waiter() {
        let (send, receive) = tokio::sync::oneshot::channel();
        let job = Job::start(async move { receive.await.unwrap_or(0) }, || -1).unwrap();
        assert_eq!(job.wait(Some(Duration::ZERO)), None);
        std::thread::scope(|scope| {
            let waiters: Vec<_> = (0..4).map(|_| scope.spawn(|| job.wait(None).copied())).collect();
            send.send(7).unwrap();
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap(), Some(7));
            }
        });
        job.cancel(9);
        assert_eq!(job.result(), Some(&7), "a result is never replaced");
    }

    #[test]
    fn what_blocks_in_a_handshake_holds_up_nobody_and_can_be_given_up() {
        let (release, blocked) = std::sync::mpsc::channel::<()>();
        let handshake = async move { in_place(move || blocked.recv().is_ok()) };
        let slow = Job::start(
            async { until(Instant::now() + Duration::from_millis(100), apart(handshake)).await },
            || None,
        )
        .unwrap();
        let other = Job::start(async { 3 }, || -1).unwrap();
        assert_eq!(other.wait(Some(Duration::from_secs(60))), Some(&3));
        assert_eq!(slow.wait(Some(Duration::from_secs(60))), Some(&None), "in time");
        release.send(()).unwrap();
        let quick = Job::start(apart(async { 4 }), || -1).unwrap();
        assert_eq!(quick.wait(None), Some(&4));
        let broken = Job::start(apart(async { if true { panic!("asked for") } else { 5 } }), || -1).unwrap();
        assert_eq!(broken.wait(None), Some(&-1));
    }

    #[test]
    fn a_panic_and_a_cancel_end_the_job() {
        let job = Job::start(async { if true { panic!("asked for") } else { 1 } }, || -1).unwrap();
        assert_eq!(job.wait(Some(Duration::from_secs(10))), Some(&-1));
        let job = Job::start(std::future::pending(), || -1).unwrap();
        job.cancel(5);
        assert_eq!(job.wait(None), Some(&5));
    }
}
