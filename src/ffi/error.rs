//! Error objects.

use super::guard::{guard_or, guard_plain};
use super::handle::{self, Object};
use super::option::*;
use super::pointer::{Out, c_text};
use super::status::{VCD_ERR_HANDLE, VCD_OK, status_of, vcd_status};
use crate::core::code::Code;
use crate::core::error::Error;
use std::ffi::{CString, c_char};

/// What is known about a failure: status, message, HTTP status, the server's own code and message, request id,
/// retry-after. It never changes and never holds a secret. Functions: vcd_error_code, vcd_error_message,
/// vcd_error_get_int, vcd_error_get_text, vcd_error_free. Since 0.1.
pub struct vcd_error {
    _private: [u8; 0],
}

/// An error of the core with its texts as C reads them.
pub(super) struct ErrorObject {
    error: Error,
    message: CString,
    server_code: Option<CString>,
    server_message: Option<CString>,
    request_id: Option<CString>,
    body: Option<CString>,
    fingerprint: Option<CString>,
}

impl ErrorObject {
    pub(super) fn new(error: Error) -> Self {
        ErrorObject {
            message: c_text(error.message()),
            server_code: error.server_code().map(c_text),
            server_message: error.server_message().map(c_text),
            request_id: error.request_id().map(c_text),
            body: error.body().map(c_text),
            fingerprint: error.fingerprint().map(c_text),
            error,
        }
    }
}

/// The status that the error stands for.
///
/// @param error  the error object; NULL is allowed
/// @return VCD_OK for NULL, VCD_ERR_HANDLE for a handle that is not live, else the status
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_error_code(error: *const vcd_error) -> vcd_status {
    if error.is_null() {
        return VCD_OK;
    }
    guard_or(VCD_ERR_HANDLE, || {
        Ok(status_of(handle::error(error.cast())?.error.code()))
    })
}

/// The message for a person: what failed, why as far as is known, what to do.
///
/// @param error  the error object; NULL is allowed
/// @return NUL-terminated UTF-8, never NULL, valid until vcd_error_free; "" for NULL
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_error_message(error: *const vcd_error) -> *const c_char {
    if error.is_null() {
        return c"".as_ptr();
    }
    guard_or(c"not a live vcd_error handle".as_ptr(), || {
        Ok(handle::error(error.cast())?.message.as_ptr())
    })
}

/// Reads a number from an error.
///
/// @param error      the error object
/// @param field      VCD_ERROR_CODE, VCD_ERROR_HTTP_STATUS, VCD_ERROR_RETRY_AFTER_MS or VCD_ERROR_OS_ERROR
/// @param out_value  receives the number
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION for another field; VCD_ERR_NOT_FOUND where the
///         error does not say
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_error_get_int(error: *const vcd_error, field: i32, out_value: *mut i64) -> vcd_status {
    guard_plain(|| {
        let out = unsafe { Out::new(out_value, 0, "out_value") }?;
        let object = handle::error(error.cast())?;
        let error = &object.error;
        out.set(match field {
            VCD_ERROR_CODE => i64::from(status_of(error.code())),
            VCD_ERROR_HTTP_STATUS => i64::from(error.http_status().unwrap_or(0)),
            VCD_ERROR_RETRY_AFTER_MS => match error.retry_after() {
                Some(wait) => i64::try_from(wait.as_millis()).unwrap_or(i64::MAX),
                None => return Err(Error::new(Code::NotFound, "the server named no time to wait")),
            },
            VCD_ERROR_OS_ERROR => i64::from(error.os_error().unwrap_or(0)),
            _ => return Err(unknown_field("error", "integer", field)),
        });
        Ok(())
    })
}

/// Reads a text from an error.
///
/// @param error       the error object
/// @param field       VCD_ERROR_MESSAGE, VCD_ERROR_SERVER_CODE, VCD_ERROR_SERVER_MESSAGE, VCD_ERROR_REQUEST_ID,
///                    VCD_ERROR_BODY or VCD_ERROR_FINGERPRINT
/// @param out_text    receives NUL-terminated UTF-8, borrowed until vcd_error_free
/// @param out_length  receives its length in bytes without the NUL; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION for another field; VCD_ERR_NOT_FOUND where the
///         error does not say
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_error_get_text(
    error: *const vcd_error,
    field: i32,
    out_text: *mut *const c_char,
    out_length: *mut usize,
) -> vcd_status {
    guard_plain(|| {
        let out = unsafe { TextOut::new(out_text, out_length) }?;
        let object = handle::error(error.cast())?;
        let text = match field {
            VCD_ERROR_MESSAGE => Some(&object.message),
            VCD_ERROR_SERVER_CODE => object.server_code.as_ref(),
            VCD_ERROR_SERVER_MESSAGE => object.server_message.as_ref(),
            VCD_ERROR_REQUEST_ID => object.request_id.as_ref(),
            VCD_ERROR_BODY => object.body.as_ref(),
            VCD_ERROR_FINGERPRINT => object.fingerprint.as_ref(),
            _ => return Err(unknown_field("error", "text", field)),
        };
        let text = text.ok_or_else(|| Error::new(Code::NotFound, "the error does not say"))?;
        out.set(text);
        Ok(())
    })
}

/// Frees an error object and the texts borrowed from it.
///
/// @param error  the error object; NULL, or one that was freed already, is left alone
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_error_free(error: *mut vcd_error) {
    guard_or((), || {
        handle::remove(error.cast(), |object| matches!(object, Object::Error(_)));
        Ok(())
    });
}

/// The two places of a borrowed text; the length may be unwanted.
pub(super) struct TextOut {
    text: Out<*const c_char>,
    length: Option<Out<usize>>,
}

impl TextOut {
    /// # Safety
    /// Both are NULL or have room for their value.
    pub(super) unsafe fn new(text: *mut *const c_char, length: *mut usize) -> crate::core::error::Result<Self> {
        // SAFETY: passed on.
        unsafe {
            let length = if length.is_null() {
                None
            } else {
                Some(Out::new(length, 0, "out_length")?)
            };
            Ok(TextOut {
                text: Out::new(text, std::ptr::null(), "out_text")?,
                length,
            })
        }
    }

    pub(super) fn set(self, text: &CString) {
        self.text.set(text.as_ptr());
        if let Some(length) = self.length {
            length.set(text.as_bytes().len());
        }
    }
}
