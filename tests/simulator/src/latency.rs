//! How long answers are held back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// How long answers are held back, in general and below certain paths.
pub(crate) struct Latency {
    at_start: Duration,
    /// Spares the lock while nothing is held back.
    any: AtomicBool,
    rules: RwLock<Rules>,
}

#[derive(Default)]
struct Rules {
    general: Duration,
    /// Path prefix and delay; the longest prefix wins.
    paths: Vec<(String, Duration)>,
}

impl Latency {
    /// With this delay for everything.
    pub(crate) fn new(at_start: Duration) -> Self {
        let latency = Self {
            at_start,
            any: AtomicBool::new(false),
            rules: RwLock::default(),
        };
        latency.reset();
        latency
    }

    /// Back to the delay at the start.
    pub(crate) fn reset(&self) {
        self.change(|rules| {
            *rules = Rules {
                general: self.at_start,
                paths: Vec::new(),
            }
        });
    }

    /// Holds back everything that has no delay of its own; zero holds back nothing at all any more.
    pub(crate) fn set(&self, delay: Duration) {
        self.change(|rules| {
            rules.general = delay;
            if delay.is_zero() {
                rules.paths.clear();
            }
        });
    }

    /// Holds back what lies below a path.
    pub(crate) fn set_of(&self, path_prefix: &str, delay: Duration) {
        self.change(|rules| {
            rules.paths.retain(|(known, _)| known != path_prefix);
            rules.paths.push((path_prefix.to_owned(), delay));
            rules.paths.sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
        });
    }

    fn change(&self, change: impl FnOnce(&mut Rules)) {
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut rules);
        let any = !rules.general.is_zero() || rules.paths.iter().any(|(_, delay)| !delay.is_zero());
        self.any.store(any, Ordering::Release);
    }

    /// How long an answer for this target is held back.
    pub(crate) fn of(&self, target: &str) -> Duration {
        if !self.any.load(Ordering::Acquire) {
            return Duration::ZERO;
        }
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let own = rules
            .paths
            .iter()
            .find(|(prefix, _)| target.starts_with(prefix.as_str()));
        own.map_or(rules.general, |(_, delay)| *delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_wins() {
        let ms = Duration::from_millis;
        let latency = Latency::new(Duration::ZERO);
        latency.set_of("/a", ms(1));
        latency.set_of("/a/b", ms(2));
        latency.set(ms(3));
        assert_eq!(
            [latency.of("/a/b/c"), latency.of("/a/x"), latency.of("/z")],
            [ms(2), ms(1), ms(3)]
        );
        latency.reset();
        assert_eq!(latency.of("/a/b/c"), Duration::ZERO);
    }
}
