//! What every export passes through: no panic leaves, every failure becomes a status and, if wanted, an error
//! object.

use super::error::{ErrorObject, vcd_error};
use super::handle::{self, Object};
use super::status::{VCD_OK, status_of, vcd_status};
use super::{access, fork, signals, stack};
use crate::core::code::Code;
use crate::core::error::{Error, Result};
use crate::core::{log, runtime};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

/// Runs the body of an export. `out_error` may be NULL.
pub(super) fn guard(out_error: *mut *mut vcd_error, body: impl FnOnce() -> Result<vcd_status>) -> vcd_status {
    if !out_error.is_null() && out_error.is_aligned() {
        // SAFETY: checked for NULL and alignment; the caller gives room for one pointer.
        unsafe { out_error.write(std::ptr::null_mut()) };
    }
    match run(body) {
        Ok(status) => status,
        Err(error) => {
            let status = status_of(error.code());
            if !out_error.is_null() && out_error.is_aligned() {
                let object = run(|| Ok(handle::insert(Object::Error(Arc::new(ErrorObject::new(error))))));
                // SAFETY: as above.
                unsafe { out_error.write(object.unwrap_or(std::ptr::null_mut()).cast()) };
            }
            status
        }
    }
}

/// For exports without an error object.
pub(super) fn guard_plain(body: impl FnOnce() -> Result<()>) -> vcd_status {
    match run(body) {
        Ok(()) => VCD_OK,
        Err(error) => status_of(error.code()),
    }
}

/// For exports that return something else than a status: `fallback` where the body fails.
pub(super) fn guard_or<T>(fallback: T, body: impl FnOnce() -> Result<T>) -> T {
    run(body).unwrap_or(fallback)
}

fn run<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    prepare_process();
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(_) => Err(Error::new(
            Code::Panic,
            "the library panicked and stopped the call; this is a fault of vcdrest, please report it with the log",
        )),
    }
}

/// Refuses calls from within a function of the host. Bodies ask this once their outputs are emptied.
pub(super) fn check_reentry() -> Result<()> {
    if !log::in_callback() {
        return Ok(());
    }
    Err(Error::new(
        Code::Reentrant,
        "the library was called from within a callback (the log, a reader or writer of a body, the end of a call); note there what is to be done and call later",
    ))
}

/// What has to stand before anything else runs. A panic message belongs into the log, not on the host's standard
/// error; the hook is this library's own, since a cdylib carries its own standard library.
fn prepare_process() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        fork::watch();
        access::lend();
        runtime::set_threads(runtime::Threads {
            prepare: signals::block,
            may_poll: stack::has_room,
            poll: signals::withheld,
        });
        std::panic::set_hook(Box::new(|info| {
            let place = info
                .location()
                .map(|l| format!("{}:{}", l.file(), l.line()))
                .unwrap_or_default();
            log::error(format_args!("panic at {place}"));
        }));
    });
}
