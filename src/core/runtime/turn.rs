//! Whose turn it is to poll. A caller who waits for the only work there is polls it himself: no other thread has to be
//! woken, there and back. A thread of the library, the keeper, polls whenever there is other work, and when nobody has
//! called for a while: idle connections and timers are looked after between calls.

use super::Process;
use std::pin::Pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How long after a call the next one is expected. Until then the keeper leaves the turn to callers.
pub(super) const LINGER: Duration = Duration::from_millis(10);

/// So many calls in quick succession, each alone, and the keeper hands the turn over.
const QUICK: u32 = 2;

pub(super) struct Turn {
    state: Mutex<State>,
    /// For the keeper: there is work that nobody polls, or a caller has ended.
    changed: Condvar,
    /// For the keeper while it polls: callers may have the turn.
    handed_over: Notify,
}

struct State {
    holder: Holder,
    /// Pieces of work under way.
    active: usize,
    keeper: Keeper,
    /// When the turn was last given back.
    last: Instant,
    /// How often callers had the turn.
    turns: u64,
    /// Calls in quick succession that the keeper polled and that were alone.
    quick: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    Nobody,
    Caller,
    Keeper,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeper {
    /// Its thread is started when it is first needed.
    None,
    There,
    /// It waits for a caller who takes his time, and is woken when he has ended.
    Asleep,
}

/// A piece of work that is under way.
pub(super) struct Active(&'static Turn);

/// A caller's turn.
pub(super) struct Taken {
    turn: &'static Turn,
    process: &'static Process,
    /// Since when nobody has polled.
    pub(super) since: Duration,
}

impl Turn {
    pub(super) fn new() -> Self {
        Turn {
            state: Mutex::new(State {
                holder: Holder::Nobody,
                active: 0,
                keeper: Keeper::None,
                last: Instant::now(),
                turns: 0,
                quick: 0,
            }),
            changed: Condvar::new(),
            handed_over: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a piece of work that is about to be spawned, and sees to it that somebody polls it.
    pub(super) fn work(&'static self, process: &'static Process) -> std::io::Result<Active> {
        let mut state = self.lock();
        if state.holder == Holder::Nobody {
            if state.keeper == Keeper::None {
                process.start_keeper()?;
                state.keeper = Keeper::There;
            }
            self.changed.notify_one();
        }
        state.active += 1;
        Ok(Active(self))
    }

    /// The turn, for a caller whose work is the only one.
    pub(super) fn take(&'static self, process: &'static Process) -> Option<Taken> {
        let mut state = self.lock();
        if state.holder != Holder::Nobody || state.active > 0 {
            return None;
        }
        state.holder = Holder::Caller;
        state.turns += 1;
        let since = state.last.elapsed();
        Some(Taken {
            turn: self,
            process,
            since,
        })
    }

    /// A caller has waited for work that the keeper polled. Where that was all there was, and not for the first time in
    /// a short while, callers have the turn from now on.
    pub(super) fn waited(&self) {
        let mut state = self.lock();
        let alone = state.active == 0 && state.holder == Holder::Keeper;
        state.quick = match alone && state.last.elapsed() < LINGER {
            true => state.quick + 1,
            false => 0,
        };
        state.last = Instant::now();
        if state.quick >= QUICK {
            state.quick = 0;
            self.handed_over.notify_one();
        }
    }

    /// What the keeper's thread does. `poll` polls everything until its argument is done.
    pub(super) fn keep(&self, poll: impl Fn(Pin<&mut (dyn Future<Output = ()> + Send)>)) -> ! {
        let mut state = self.lock();
        loop {
            state = self.until_needed(state);
            state.holder = Holder::Keeper;
            state.quick = 0;
            drop(state);
            poll(std::pin::pin!(self.handed_over.notified()));
            state = self.lock();
            state.holder = Holder::Nobody;
            state.last = Instant::now();
        }
    }

    /// Waits until there is work that nobody polls, or until callers have been away for a while.
    fn until_needed<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        loop {
            let pause = match state.holder {
                Holder::Nobody if state.active > 0 => return state,
                Holder::Nobody => LINGER.saturating_sub(state.last.elapsed()),
                Holder::Caller | Holder::Keeper => LINGER,
            };
            if pause.is_zero() {
                return state;
            }
            let turns = state.turns;
            let (woken, timeout) = self
                .changed
                .wait_timeout(state, pause)
                .unwrap_or_else(PoisonError::into_inner);
            state = woken;
            // A call that takes long: looking again and again would only wake the processor.
            if timeout.timed_out() && state.holder == Holder::Caller && state.turns == turns {
                state.keeper = Keeper::Asleep;
                while state.keeper == Keeper::Asleep {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.lock().active -= 1;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut state = self.turn.lock();
        state.holder = Holder::Nobody;
        state.last = Instant::now();
        match state.keeper {
            // Where there is no thread to be had, the next caller polls, and tries again.
            Keeper::None => {
                if self.process.start_keeper().is_ok() {
                    state.keeper = Keeper::There;
                }
            }
            Keeper::Asleep => {
                state.keeper = Keeper::There;
                self.turn.changed.notify_one();
            }
            Keeper::There if state.active > 0 => self.turn.changed.notify_one(),
            Keeper::There => {}
        }
    }
}
