//! How far a call is.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Counters that anybody may read while a call runs.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    sent: AtomicU64,
    received: AtomicU64,
    /// One more than the length, 0 where it is not known.
    expected: AtomicU64,
    attempts: AtomicU32,
    /// One more than the percentage, 0 where there is none.
    percent: AtomicU32,
}

impl Progress {
    /// A request goes out; what an earlier attempt received does not count.
    pub(crate) fn start_attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.sent.store(0, Ordering::Relaxed);
        self.received.store(0, Ordering::Relaxed);
        self.expected.store(0, Ordering::Relaxed);
    }

    pub(crate) fn set_sent(&self, bytes: u64) {
        self.sent.store(bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_sent(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn set_received(&self, bytes: u64) {
        self.received.store(bytes, Ordering::Relaxed);
    }

    /// Grows with every byte that comes or goes.
    pub(crate) fn moved(&self) -> u64 {
        self.sent().wrapping_add(self.received())
    }

    pub(crate) fn set_percent(&self, percent: u32) {
        self.percent.store(percent.min(100) + 1, Ordering::Relaxed);
    }

    /// How far the task is that is waited for.
    pub(crate) fn percent(&self) -> Option<u32> {
        self.percent.load(Ordering::Relaxed).checked_sub(1)
    }

    pub(crate) fn add_received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn set_expected(&self, bytes: Option<u64>) {
        self.expected
            .store(bytes.map_or(0, |bytes| bytes.saturating_add(1)), Ordering::Relaxed);
    }

    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(crate) fn expected(&self) -> Option<u64> {
        self.expected.load(Ordering::Relaxed).checked_sub(1)
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }
}
