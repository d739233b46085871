//! Notices: what is not an error and what a person should know all the same.

use super::error::Result;
use super::log;
use std::collections::VecDeque;
use std::sync::Mutex;

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    TokenLooksLikeAccessToken,
    CertificateCheckSkipped,
    PlainHttp,
    ApiVersionDeprecated,
    ApiVersionDefault,
    TokenRotated,
    TokenTrimmed,
    RenewalFailed,
    TokenUnchecked,
    TokenFileReadable,
    ApiVersionUnknown,
    ApiVersionChanged,
    Waited,
    ListChanged,
    ForeignLink,
    OtherOrg,
}

/// One notice.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) kind: NoticeKind,
    pub(crate) text: String,
}

/// The notices that nobody has taken yet. A kind is noted once.
#[derive(Debug, Default)]
pub(crate) struct Notices(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Notice>,
    seen: Vec<NoticeKind>,
}

impl Notices {
    pub(crate) fn add(&self, kind: NoticeKind, text: impl Into<String>) {
        let mut queue = self.lock();
        if queue.seen.contains(&kind) {
            return;
        }
        let text = text.into();
        log::warn(format_args!("{text}"));
        queue.seen.push(kind);
        queue.waiting.push_back(Notice { kind, text });
    }

    /// Hands the oldest notice to `deliver` and forgets it when that succeeds.
    pub(crate) fn take_if(&self, deliver: impl FnOnce(&Notice) -> Result<()>) -> Result<()> {
        let mut queue = self.lock();
        if let Some(notice) = queue.waiting.front() {
            deliver(notice)?;
            queue.waiting.pop_front();
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::code::Code;
    use crate::core::error::Error;

    #[test]
    fn a_notice_waits_until_it_is_delivered_and_comes_once() {
        let notices = Notices::default();
        notices.add(NoticeKind::PlainHttp, "first");
        notices.add(NoticeKind::TokenTrimmed, "second");
        notices.add(NoticeKind::PlainHttp, "again");
        let refuse = notices.take_if(|_| Err(Error::new(Code::BufferTooSmall, "no room")));
        assert!(refuse.is_err());
        let mut taken = Vec::new();
        for _ in 0..4 {
            notices
                .take_if(|notice| {
                    taken.push(notice.text.clone());
                    Ok(())
                })
                .unwrap();
        }
        assert_eq!(taken, ["first", "second"]);
    }
}
