//! Page handles: a list, page by page.

use super::call::{CallObject, timeout, vcd_call};
use super::error::vcd_error;
use super::guard::{guard, guard_or};
use super::handle::{self, Object};
use super::option::*;
use super::pin;
use super::pointer::Out;
use super::status::{VCD_END, VCD_OK, VCD_PENDING, vcd_status};
use crate::core::code::Code;
use crate::core::error::Error;
use crate::core::pages::{Page, Pages};
use std::sync::Arc;

/// The pages of a list: of /cloudapi with its page numbers, links and cursors, and of the query service (/api/query).
/// It outlives its client. Threads: everything may be called from many threads at once. Functions: vcd_pages_new,
/// vcd_pages_set_int, vcd_pages_next, vcd_pages_get_int, vcd_pages_free. Since 0.1.
pub struct vcd_pages {
    _private: [u8; 0],
}

/// Makes the list that a GET request gives. Nothing is sent yet. Every page is asked for with the call's headers and
/// options.
///
/// @param call       a call made by vcd_call_new and not started. It stays the caller's, to be freed whenever
/// @param out_pages  receives the list; free it with vcd_pages_free
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_STATE for a call that was started; VCD_ERR_ARGUMENT for
///         another method than GET; VCD_ERR_FORKED
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_pages_new(
    call: *const vcd_call,
    out_pages: *mut *mut vcd_pages,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_pages, std::ptr::null_mut(), "out_pages") }?;
        let object = handle::call(call.cast())?;
        let pages = Pages::new(&object.call)?;
        out.set(handle::insert(Object::Pages(Arc::new(pages))).cast());
        Ok(VCD_OK)
    })
}

/// Sets a number among the options of a list.
///
/// @param pages      the list
/// @param option     VCD_PAGES_OPT_IN_FLIGHT
/// @param value      the value, in the range that the option documents
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_ARGUMENT
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_pages_set_int(
    pages: *mut vcd_pages,
    option: i32,
    value: i64,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let pages = handle::pages(pages.cast())?;
        match option {
            VCD_PAGES_OPT_IN_FLIGHT => pages.set_in_flight(value)?,
            _ => return Err(unknown_option("list", "integer", option)),
        }
        Ok(VCD_OK)
    })
}

/// Waits for the next page.
///
/// @param pages       the list
/// @param timeout_ms  how long to wait at most, in milliseconds; 0 only looks; VCD_WAIT_FOREVER
/// @param out_call    receives the finished call of the page, also when it failed; free it with vcd_call_free
/// @param out_error   may receive an error object; may be NULL
/// @return VCD_OK; VCD_PENDING when it has not come; VCD_END behind the last one; VCD_ERR_NULL; VCD_ERR_HANDLE;
///         VCD_ERR_CANCELLED after vcd_pages_free; VCD_ERR_PROTOCOL for links that lead in a circle or nowhere; else
///         why the page failed: the next call asks for the same page again
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_pages_next(
    pages: *mut vcd_pages,
    timeout_ms: u32,
    out_call: *mut *mut vcd_call,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_call, std::ptr::null_mut(), "out_call") }?;
        let pages = handle::pages(pages.cast())?;
        pin::pin();
        match pages.next(timeout(timeout_ms))? {
            Page::End => Ok(VCD_END),
            Page::Pending => Ok(VCD_PENDING),
            Page::Call(call) => {
                let status = match call.outcome() {
                    Some(Err(failure)) => Err(failure.error.clone()),
                    _ => Ok(VCD_OK),
                };
                out.set(handle::insert(Object::Call(Arc::new(CallObject::new(call)))).cast());
                status
            }
        }
    })
}

/// Reads a number of a list.
///
/// @param pages      the list
/// @param field      VCD_PAGES_TOTAL, VCD_PAGES_COUNT or VCD_PAGES_DONE
/// @param out_value  receives the number
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_NOT_FOUND where it is not known
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_pages_get_int(
    pages: *const vcd_pages,
    field: i32,
    out_value: *mut i64,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_value, 0, "out_value") }?;
        let pages = handle::pages(pages.cast())?;
        let unsaid = || Error::new(Code::NotFound, "the server has not said how long the list is");
        let value = match field {
            VCD_PAGES_TOTAL => pages.total().ok_or_else(unsaid)?,
            VCD_PAGES_COUNT => pages.count().ok_or_else(unsaid)?,
            VCD_PAGES_DONE => pages.done(),
            _ => return Err(unknown_field("list", "integer", field)),
        };
        out.set(i64::try_from(value).unwrap_or(i64::MAX));
        Ok(VCD_OK)
    })
}

/// Frees a list. Pages that are under way are cancelled; those that were handed out stay.
///
/// @param pages  the list; NULL, or one that was freed already, is left alone
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_pages_free(pages: *mut vcd_pages) {
    guard_or((), || {
        if let Some(Object::Pages(pages)) = handle::remove(pages.cast(), |object| matches!(object, Object::Pages(_))) {
            if pages.check_process().is_ok() {
                pages.close();
            }
        }
        Ok(())
    });
}
