//! What is to be done on the server when a call is given up in between: by a time-out, or because it was cancelled.

use super::log;
use super::request::Request;
use super::run::Run;
use super::runtime;
use super::session::Session;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long that may take, which nobody waits for.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

/// A request that is sent when this is dropped, unless the work it belongs to was done.
pub(super) struct Undo {
    work: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Undo {
    /// `failed` is what the log says where it does not succeed.
    pub(super) fn new(run: &Run, session: &Arc<Session>, request: Request, failed: &'static str) -> Self {
        let (run, session) = (run.alike(), Arc::clone(session));
        let work = move || {
            let _ = runtime::spawn(async move {
                let deadline = Instant::now() + LIMIT;
                let ended = runtime::until(deadline, run.ask(Some(&session), request, deadline)).await;
                if !matches!(ended, Some(Ok(_))) {
                    log::warn(format_args!("{failed}"));
                }
            });
        };
        Undo {
            work: Some(Box::new(work)),
        }
    }

    /// Nothing is to be undone.
    pub(super) fn done(mut self) {
        self.work = None;
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            work();
        }
    }
}
