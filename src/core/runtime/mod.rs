//! Who polls. The only room that spawns or blocks, so that another way of driving can be tried here alone.
//!
//! | file | what stands there |
//! | --- | --- |
//! | `job.rs` | a piece of work with those who wait for it |
//! | `turn.rs` | whose turn it is: a lone caller's, or the library's own thread's |
//!
//! One process-wide runtime, made at the first use and never dropped. A child made by `fork` gets a runtime of its own,
//! since the parent's threads do not exist there. Where checking a certificate may block, a worker thread polls
//! everything, and another takes its place while it is blocked; see [`VERIFIER_MAY_BLOCK`].

mod job;
mod turn;

pub(crate) use job::{Job, OnEnd};

use super::code::Code;
use super::error::{Error, Result};
use super::log;
use std::future::Future;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle, Runtime};
use turn::{Active, Taken, Turn};

struct Process {
    id: u32,
    runtime: std::io::Result<Runtime>,
    /// Where callers may poll.
    turn: Option<Turn>,
}

/// One place a process: the one that loaded the library, its child, the child's child… Reading takes no lock, so a
/// child finds its place whatever the parent's other threads did at the moment of the fork.
static PROCESSES: [OnceLock<Process>; 8] = [const { OnceLock::new() }; 8];

/// What the boundary knows about threads.
pub(crate) struct Threads {
    /// What every thread of the library does first.
    pub(crate) prepare: fn(),
    /// Whether the calling thread, one of the host's, may poll: it has the stack for it.
    pub(crate) may_poll: fn() -> bool,
    /// Polls on the calling thread, one of the host's, so that the host does not notice.
    pub(crate) poll: fn(&mut dyn FnMut()),
}

static THREADS: OnceLock<Threads> = OnceLock::new();

/// Sets what is to be known about threads. Takes effect for threads that have not started.
pub(crate) fn set_threads(threads: Threads) {
    let _ = THREADS.set(threads);
}

fn prepare_thread() {
    if let Some(threads) = THREADS.get() {
        (threads.prepare)();
    }
}

fn process() -> Result<&'static Process> {
    let id = std::process::id();
    for place in &PROCESSES {
        if place.get().is_none() {
            // Only what could be made is kept: descriptors and threads may be there again a moment later.
            let made = Process::new(id, VERIFIER_MAY_BLOCK);
            made.runtime()?;
            // Another thread may have been first.
            if let Err(Process { runtime: Ok(late), .. }) = place.set(made) {
                late.shutdown_background();
            }
        }
        if let Some(mine) = place.get().filter(|process| process.id == id) {
            return Ok(mine);
        }
    }
    Err(Error::new(
        Code::Forked,
        "the library was carried through too many forks; load it in a new process",
    ))
}

fn no_thread(error: &std::io::Error) -> Error {
    Error::new(
        Code::Internal,
        format!("the library's thread cannot be started: {error}. The system may be out of threads or memory"),
    )
}

impl Process {
    fn new(id: u32, worker: bool) -> Self {
        let mut builder = match worker {
            true => Builder::new_multi_thread(),
            false => Builder::new_current_thread(),
        };
        if worker {
            builder.worker_threads(1);
        }
        let runtime = builder
            // For name resolution, files and functions of the host, which are made when they are needed: a slow resolver
            // or a slow host must not hold up more than its own calls.
            .max_blocking_threads(64)
            .thread_name(THREAD_NAME)
            .on_thread_start(prepare_thread)
            .enable_io()
            .enable_time()
            .build();
        Process {
            id,
            runtime,
            turn: (!worker).then(Turn::new),
        }
    }

    fn runtime(&self) -> Result<&Runtime> {
        self.runtime.as_ref().map_err(no_thread)
    }

    /// Counts a piece of work that is about to be spawned, and sees to it that somebody polls it.
    fn active(&'static self) -> Result<Option<Active>> {
        self.turn
            .as_ref()
            .map(|turn| turn.work(self))
            .transpose()
            .map_err(|error| no_thread(&error))
    }

    /// The turn to poll, where the calling thread may have it and what it waits for is the only work there is.
    fn take(&'static self) -> Option<Taken> {
        let turn = self.turn.as_ref()?;
        let fit = THREADS.get().is_none_or(|threads| (threads.may_poll)());
        // At the very end of a thread, what the runtime keeps for it is gone.
        let free = Handle::try_current().is_err_and(|error| error.is_missing_context());
        if !fit || !free {
            return None;
        }
        turn.take(self)
    }

    /// Polls everything on the calling thread until the work is done. The caller has the turn.
    fn drive(&self, work: impl Future<Output = ()>) {
        let Ok(runtime) = &self.runtime else { return };
        let mut work = Some(work);
        let mut poll = || {
            if let Some(work) = work.take() {
                runtime.block_on(work);
            }
        };
        match THREADS.get() {
            Some(threads) => (threads.poll)(&mut poll),
            None => poll(),
        }
    }

    /// A caller has waited for work that he did not poll.
    fn waited(&self) {
        if let Some(turn) = &self.turn {
            turn.waited();
        }
    }

    /// The thread that polls when no caller does.
    fn start_keeper(&'static self) -> std::io::Result<()> {
        let started = std::thread::Builder::new().name(THREAD_NAME.to_owned()).spawn(|| {
            prepare_thread();
            if let (Ok(runtime), Some(turn)) = (&self.runtime, &self.turn) {
                turn.keep(|until| runtime.block_on(until));
            }
        });
        started
            .map(drop)
            .inspect_err(|error| log::error(format_args!("{}", no_thread(error).message())))
    }
}

const THREAD_NAME: &str = "vcdrest";

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

/// Starts work whose result arrives by other means; it goes on when nobody waits any more.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let process = process()?;
    let active = process.active()?;
    process.runtime()?.spawn(async move {
        let _active = active;
        work.await;
    });
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

    fn started<T: Send + Sync + 'static>(
        work: impl Future<Output = T> + Send + 'static,
        lost: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Job<T>> {
        let job = Job::new(work, lost)?;
        job.start()?;
        Ok(job)
    }

    #[test]
    fn a_job_ends_with_its_result_for_every_waiter() {
        let (send, receive) = tokio::sync::oneshot::channel();
        let job = started(async move { receive.await.unwrap_or(0) }, || -1).unwrap();
        assert_eq!(job.wait(Some(Duration::ZERO)).unwrap(), None);
        std::thread::scope(|scope| {
            let waiters: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| job.wait(None).unwrap().copied()))
                .collect();
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
        let slow = started(
            async { until(Instant::now() + Duration::from_millis(100), apart(handshake)).await },
            || None,
        )
        .unwrap();
        let other = started(async { 3 }, || -1).unwrap();
        assert_eq!(other.wait(Some(Duration::from_secs(60))).unwrap(), Some(&3));
        assert_eq!(
            slow.wait(Some(Duration::from_secs(60))).unwrap(),
            Some(&None),
            "in time"
        );
        release.send(()).unwrap();
        let quick = started(apart(async { 4 }), || -1).unwrap();
        assert_eq!(quick.wait(None).unwrap(), Some(&4));
        let broken = started(apart(async { if true { panic!("asked for") } else { 5 } }), || -1).unwrap();
        assert_eq!(broken.wait(None).unwrap(), Some(&-1));
    }

    #[test]
    fn a_panic_and_a_cancel_end_the_job() {
        let job = started(async { if true { panic!("asked for") } else { 1 } }, || -1).unwrap();
        assert_eq!(job.wait(Some(Duration::from_secs(10))).unwrap(), Some(&-1));
        let job = started(std::future::pending(), || -1).unwrap();
        job.cancel(5);
        assert_eq!(job.wait(None).unwrap(), Some(&5));
    }

    /// A runtime that callers may drive, whatever this platform does.
    fn driven_by_callers() -> &'static Process {
        Box::leak(Box::new(Process::new(std::process::id(), false)))
    }

    fn name() -> String {
        std::thread::current().name().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_lone_caller_polls_and_the_keeper_polls_what_is_left() {
        let process = driven_by_callers();
        let mine = name();
        let lone = Job::in_process(process, async { name() }, String::new).unwrap();
        assert_eq!(lone.wait(None).unwrap(), Some(&mine));
        let kept = Job::in_process(process, async { name() }, String::new).unwrap();
        kept.start().unwrap();
        assert_eq!(kept.wait(None).unwrap().map(String::as_str), Some(THREAD_NAME));
        // It holds the turn now, until calls come in quick succession.
        let polled_here = (0..1000).any(|_| {
            let job = Job::in_process(process, async { name() }, String::new).unwrap();
            job.wait(None).unwrap() == Some(&mine)
        });
        assert!(polled_here, "the keeper never hands the turn over");
    }

    #[test]
    fn work_goes_on_when_the_caller_who_polls_it_goes() {
        let process = driven_by_callers();
        let (send, receive) = tokio::sync::oneshot::channel();
        let job = Job::in_process(process, async move { receive.await.unwrap_or(0) }, || -1).unwrap();
        assert_eq!(job.wait(Some(Duration::from_millis(20))).unwrap(), None);
        send.send(7).unwrap();
        assert_eq!(job.wait(Some(Duration::from_secs(60))).unwrap(), Some(&7));
    }

    #[test]
    fn who_polls_is_woken_by_a_cancel_and_survives_a_panic() {
        let process = driven_by_callers();
        let (polled, begun) = std::sync::mpsc::channel();
        let endless = async move {
            polled.send(()).unwrap();
            std::future::pending().await
        };
        let job = Job::in_process(process, endless, || -1).unwrap();
        std::thread::scope(|scope| {
            let driver = scope.spawn(|| job.wait(None).unwrap().copied());
            begun.recv().unwrap();
            // Comes while another polls, and is polled by him or by the keeper.
            let other = Job::in_process(process, async { 3 }, || -1).unwrap();
            assert_eq!(other.wait(Some(Duration::from_secs(60))).unwrap(), Some(&3));
            job.cancel(5);
            assert_eq!(driver.join().unwrap(), Some(5));
        });
        let broken = Job::in_process(process, async { if true { panic!("asked for") } else { 1 } }, || -1).unwrap();
        assert_eq!(broken.wait(None).unwrap(), Some(&-1));
        let good = Job::in_process(process, async { 1 }, || -1).unwrap();
        assert_eq!(good.wait(None).unwrap(), Some(&1));
    }

    #[test]
    fn several_wait_for_the_same_work_from_its_first_moment() {
        let process = driven_by_callers();
        for round in 0..2_000_u64 {
            let job = Job::in_process(process, async move { round }, || u64::MAX).unwrap();
            let begin = std::sync::Barrier::new(2);
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        begin.wait();
                        assert_eq!(job.wait(Some(Duration::from_secs(60))).unwrap(), Some(&round));
                    });
                }
            });
        }
    }

    #[test]
    fn no_work_is_left_lying_whoever_comes_and_goes() {
        let process = driven_by_callers();
        std::thread::scope(|scope| {
            for thread in 0..4_u64 {
                scope.spawn(move || {
                    for round in 0..300_u64 {
                        let pause = Duration::from_micros((thread * 7 + round * 13) % 300);
                        let work = async move {
                            let inner = tokio::spawn(async move {
                                tokio::time::sleep(pause).await;
                                round
                            });
                            inner.await.unwrap()
                        };
                        let job = Job::in_process(process, work, || u64::MAX).unwrap();
                        let early = match round % 4 {
                            0 => Some(Duration::from_micros(50)),
                            1 => Some(Duration::ZERO),
                            _ => None,
                        };
                        if round % 3 == 0 {
                            job.start().unwrap();
                        }
                        if job.wait(early).unwrap().is_none() {
                            assert_eq!(job.wait(Some(Duration::from_secs(60))).unwrap(), Some(&round));
                        }
                    }
                });
            }
        });
    }
}
