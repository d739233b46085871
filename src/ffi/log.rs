//! The log callback.

use super::error::vcd_error;
use super::guard::{check_reentry, guard, guard_plain};
use super::pointer;
use super::status::{VCD_OK, vcd_status};
use crate::core::code::Code;
use crate::core::error::{Error, Result};
use crate::core::log;
use std::ffi::{c_char, c_void};

/// Log level: something failed. Since 0.1.
pub const VCD_LOG_ERROR: i32 = 1;
/// Log level: something is not as it should be. Since 0.1.
pub const VCD_LOG_WARN: i32 = 2;
/// Log level: a line for every request. Since 0.1.
pub const VCD_LOG_INFO: i32 = 3;
/// Log level: retries, renewals and other inner matters. Since 0.1.
pub const VCD_LOG_DEBUG: i32 = 4;

/// Receives log lines. `message` is NUL-terminated UTF-8 of `length` bytes and valid during the callback only;
/// it never holds a secret. Called from any thread, also from several at once. The callback must return soon
/// and must not call the library (VCD_ERR_REENTRANT). Not for managed code: use notices and errors there.
/// Since 0.1.
pub type vcd_log_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, level: i32, message: *const c_char, length: usize)>;

struct Userdata(*mut c_void);
// SAFETY: the pointer is only handed back to the callback, which is documented to be called from any thread.
unsafe impl Send for Userdata {}
// SAFETY: as above.
unsafe impl Sync for Userdata {}

/// Sets where log lines go, for the whole process. Beside it, the environment variable VCDREST_LOG_FILE names a
/// file to which lines are appended, and VCDREST_LOG_LEVEL the level there (1 to 4; default 3).
///
/// @param callback   receives the lines; NULL ends logging. Lines on their way in other threads may still arrive
///                   in the earlier callback until this function returns
/// @param userdata   handed to the callback as it is
/// @param max_level  VCD_LOG_ERROR to VCD_LOG_DEBUG; not looked at when the callback is NULL
/// @return VCD_OK; VCD_ERR_ARGUMENT for another level; VCD_ERR_REENTRANT
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_log_set(callback: vcd_log_fn, userdata: *mut c_void, max_level: i32) -> vcd_status {
    guard_plain(|| {
        check_reentry()?;
        if callback.is_none() {
            log::set_sink(None);
            return Ok(());
        }
        let level = level(max_level)?;
        let userdata = Userdata(userdata);
        log::set_sink(callback.map(|callback| {
            let sink = move |level: log::Level, line: &str| {
                let userdata = &userdata;
                let text = super::pointer::c_text(line);
                // SAFETY: the caller gave a function of this signature that may be called from any thread.
                unsafe { callback(userdata.0, level as i32, text.as_ptr(), text.as_bytes().len()) }
            };
            (level, Box::new(sink) as log::Sink)
        }));
        Ok(())
    })
}

/// Sets the file that log lines are appended to, for the whole process, in place of the one that the environment
/// variable VCDREST_LOG_FILE names. It is for hosts whose own environment the library does not see, and for programs that
/// decide later.
///
/// @param path       path of the file, which is created where there is none; NULL ends the log to a file
/// @param max_level  VCD_LOG_ERROR to VCD_LOG_DEBUG; not looked at when the path is NULL
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_ARGUMENT for another level, or where the file cannot be written; VCD_ERR_UTF8;
///         VCD_ERR_REENTRANT
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_log_to_file(
    path: *const c_char,
    max_level: i32,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        check_reentry()?;
        let path = unsafe { pointer::optional_text(path, "path") }?;
        let target = path.map(|path| Ok((path, level(max_level)?))).transpose()?;
        log::set_file(target)?;
        Ok(VCD_OK)
    })
}

fn level(number: i32) -> Result<log::Level> {
    log::Level::from_number(number).ok_or_else(|| {
        Error::new(
            Code::Argument,
            "`max_level` is 1 (error), 2 (warning), 3 (information) or 4 (debug)",
        )
    })
}
