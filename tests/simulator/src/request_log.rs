//! What was received, and how it ended.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::request::Request;

/// How much of a body is kept.
const LARGEST_BODY: usize = 64 * 1024;
/// Older requests make room for newer ones.
const MOST_REQUESTS: usize = 100_000;

/// One request as it was received, and how it ended.
#[derive(Debug, Clone)]
pub struct LoggedRequest {
    /// The method.
    pub method: String,
    /// The request target, path and query, as it stood on the wire.
    pub target: String,
    /// Header names and values in the order and spelling they were sent; nothing is redacted.
    pub headers: Vec<(String, String)>,
    /// The body without transfer coding, at most 64 KiB of it.
    pub body: Vec<u8>,
    /// The status that was answered; `None` while it is pending and where there was no answer.
    pub status: Option<u16>,
    /// Milliseconds since the start or the last reset.
    pub at_ms: u64,
    /// The client's port: equal ports mean that a connection was used again.
    pub peer_port: u16,
    /// Whether it came over TLS.
    pub tls: bool,
    /// Whether the client went away before it had its answer.
    pub aborted: bool,
}

impl LoggedRequest {
    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// The first value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).first().copied()
    }

    /// All values of a header.
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        let matching = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        matching.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as text.
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What a caller can wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// A request was received.
    Request,
    /// A client went away before it had its answer.
    Abort,
}

/// The log of one simulator.
pub(crate) struct RequestLog {
    keeping: AtomicBool,
    requests: AtomicU64,
    aborted: AtomicU64,
    kept: Mutex<Kept>,
    changed: Condvar,
}

struct Kept {
    started: Instant,
    /// The number of the first entry; numbers are never used twice.
    first: u64,
    entries: VecDeque<LoggedRequest>,
    closing: bool,
}

impl RequestLog {
    /// An empty log.
    pub(crate) fn new(keeping: bool) -> Self {
        Self {
            keeping: AtomicBool::new(keeping),
            requests: AtomicU64::new(0),
            aborted: AtomicU64::new(0),
            kept: Mutex::new(Kept {
                started: Instant::now(),
                first: 0,
                entries: VecDeque::new(),
                closing: false,
            }),
            changed: Condvar::new(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether requests are kept; they are counted in any case.
    pub(crate) fn keep(&self, keeping: bool) {
        self.keeping.store(keeping, Ordering::Relaxed);
    }

    /// Notes a request. Unless its end is noted as well, it counts as aborted.
    pub(crate) fn received(&self, request: &Request) -> Entry<'_> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if !self.keeping.load(Ordering::Relaxed) {
            return Entry {
                log: self,
                number: None,
                ended: false,
            };
        }
        let mut entry = LoggedRequest {
            method: request.method.clone(),
            target: request.target.clone(),
            headers: request.headers.clone(),
            body: request.body[..request.body.len().min(LARGEST_BODY)].to_vec(),
            status: None,
            at_ms: 0,
            peer_port: request.peer_port,
            tls: request.tls,
            aborted: false,
        };
        let mut kept = self.kept();
        entry.at_ms = u64::try_from(kept.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if kept.entries.len() == MOST_REQUESTS {
            kept.entries.pop_front();
            kept.first += 1;
        }
        kept.entries.push_back(entry);
        let number = kept.first + kept.entries.len() as u64 - 1;
        drop(kept);
        self.changed.notify_all();
        Entry {
            log: self,
            number: Some(number),
            ended: false,
        }
    }

    fn update(&self, number: Option<u64>, change: impl FnOnce(&mut LoggedRequest)) {
        let Some(number) = number else { return };
        let mut kept = self.kept();
        let index = number
            .checked_sub(kept.first)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(entry) = index.and_then(|index| kept.entries.get_mut(index)) {
            change(entry);
        }
        drop(kept);
        self.changed.notify_all();
    }

    /// Everything kept so far.
    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.kept().entries.iter().cloned().collect()
    }

    /// How many requests were received.
    pub(crate) fn count(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How many clients went away before they had their answer.
    pub(crate) fn aborted(&self) -> u64 {
        self.aborted.load(Ordering::Relaxed)
    }

    /// Forgets everything and starts the clock again.
    pub(crate) fn reset(&self) {
        let mut kept = self.kept();
        kept.first += kept.entries.len() as u64;
        kept.entries.clear();
        kept.started = Instant::now();
        self.requests.store(0, Ordering::Relaxed);
        self.aborted.store(0, Ordering::Relaxed);
    }

    /// Waits until so many requests whose target starts with the prefix are kept, or were aborted.
    pub(crate) fn wait(&self, event: Event, prefix: &str, count: usize, limit: Duration) -> bool {
        let matching = |kept: &Kept| {
            let wanted =
                |entry: &&LoggedRequest| entry.target.starts_with(prefix) && (event == Event::Request || entry.aborted);
            kept.entries.iter().filter(wanted).take(count).count() >= count
        };
        let waiting = self
            .changed
            .wait_timeout_while(self.kept(), limit, |kept| !kept.closing && !matching(kept));
        let (kept, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        matching(&kept)
    }

    /// Sends everyone who waits home.
    pub(crate) fn close(&self) {
        self.kept().closing = true;
        self.changed.notify_all();
    }
}

/// A request whose end is awaited. Dropped before that, it was aborted.
pub(crate) struct Entry<'log> {
    log: &'log RequestLog,
    number: Option<u64>,
    ended: bool,
}

impl Entry<'_> {
    /// It is being answered with this status.
    pub(crate) fn answered(&mut self, status: u16) {
        self.ended = true;
        self.log.update(self.number, |entry| entry.status = Some(status));
    }

    /// It is left without an answer on purpose.
    pub(crate) fn unanswered(&mut self) {
        self.ended = true;
    }

    /// The client went away before the answer was through.
    pub(crate) fn aborted(&mut self) {
        self.ended = true;
        self.log.aborted.fetch_add(1, Ordering::Relaxed);
        self.log.update(self.number, |entry| entry.aborted = true);
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.aborted();
        }
    }
}
