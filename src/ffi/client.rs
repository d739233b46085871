//! Client handles: one server, one sign-in, any number of calls.

use super::error::vcd_error;
use super::guard::{check_reentry, guard, guard_or};
use super::handle::{self, Object};
use super::option::*;
use super::pointer::{self, Out};
use super::status::{VCD_OK, vcd_status};
use crate::core::client::Client;
use crate::core::code::Code;
use crate::core::error::{Error, Result};
use crate::core::notice::Notices;
use std::ffi::c_char;
use std::sync::Arc;

/// One server with its options, its connections and one sign-in. Threads: everything may be called from many
/// threads at once. Functions: vcd_client_new, vcd_client_set_int, vcd_client_set_text, vcd_client_get_int,
/// vcd_client_copy_text, vcd_client_take_notice, vcd_client_free; vcd_sign_in, vcd_sign_out, vcd_get,
/// vcd_request; vcd_call_new, vcd_sign_in_new, vcd_sign_out_new. Since 0.1.
pub struct vcd_client {
    _private: [u8; 0],
}

/// Makes a client. Nothing is sent yet.
///
/// @param server      the server in any usual form: "vcd.example.com", "https://vcd.example.com:8443/",
///                    ".../api", ".../cloudapi", ".../tenant/acme", ".../provider", ".../tm". What would change
///                    the host or the path, such as user:password@, is refused
/// @param out_client  receives the client; free it with vcd_client_free
/// @param out_error   may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_UTF8; VCD_ERR_ADDRESS
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_client_new(
    server: *const c_char,
    out_client: *mut *mut vcd_client,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_client, std::ptr::null_mut(), "out_client") }?;
        check_reentry()?;
        let client = Client::new(unsafe { pointer::text(server, "server") }?)?;
        out.set(handle::insert(Object::Client(Arc::new(client))).cast());
        Ok(VCD_OK)
    })
}

/// Frees a client. Calls made with it go on and stay readable until they are freed themselves. Nothing is said
/// to the server: see vcd_sign_out.
///
/// @param client  the client; NULL, or one that was freed already, is left alone
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_client_free(client: *mut vcd_client) {
    guard_or((), || {
        handle::remove(client.cast(), |object| matches!(object, Object::Client(_)));
        Ok(())
    });
}

/// Sets a number among the options. Options are fixed once the first call has started.
///
/// @param client     the client
/// @param option     one of the VCD_OPT_ numbers of type integer
/// @param value      the value, in the range that the option documents
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_ARGUMENT out of range; VCD_ERR_STATE
///         after the first call; VCD_ERR_FORKED
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_client_set_int(
    client: *mut vcd_client,
    option: i32,
    value: i64,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        handle::client(client.cast())?.configure(|settings| set_client_int(settings, option, value))?;
        Ok(VCD_OK)
    })
}

/// Sets a text among the options. Options are fixed once the first call has started.
///
/// @param client     the client
/// @param option     one of the VCD_OPT_ numbers of type text
/// @param value      the value; copied. Files are read now
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_UTF8; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_ARGUMENT; VCD_ERR_TRUST
///         for certificates that cannot be read; VCD_ERR_STATE after the first call; VCD_ERR_FORKED
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_client_set_text(
    client: *mut vcd_client,
    option: i32,
    value: *const c_char,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let client = handle::client(client.cast())?;
        let value = unsafe { pointer::text(value, "value") }?;
        client.configure(|settings| set_client_text(settings, option, value))?;
        Ok(VCD_OK)
    })
}

/// Reads a number among the facts of a client.
///
/// @param client     the client
/// @param field      one of the VCD_CLIENT_ numbers of type integer
/// @param out_value  receives the number
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_NOT_FOUND where it is not known
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_client_get_int(
    client: *const vcd_client,
    field: i32,
    out_value: *mut i64,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_value, 0, "out_value") }?;
        out.set(client_int(&*handle::client(client.cast())?, field)?);
        Ok(VCD_OK)
    })
}

/// Copies a text among the facts of a client into the caller's buffer.
///
/// @param client      the client
/// @param field       one of the VCD_CLIENT_ numbers of type text
/// @param buffer      receives NUL-terminated UTF-8; may be NULL when capacity is 0
/// @param capacity    bytes in the buffer
/// @param out_needed  receives the bytes that the text takes with its NUL, also when the buffer is too small
/// @param out_error   may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_BUFFER_TOO_SMALL; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_NOT_FOUND
///         where it is not known; VCD_ERR_NOT_SIGNED_IN for the access token of a client without one
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_client_copy_text(
    client: *const vcd_client,
    field: i32,
    buffer: *mut c_char,
    capacity: usize,
    out_needed: *mut usize,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let needed = unsafe { Out::new(out_needed, 0, "out_needed") }?;
        let client = handle::client(client.cast())?;
        with_client_text(&client, field, |text| unsafe {
            pointer::copy_text(text, buffer, capacity, needed)
        })?;
        Ok(VCD_OK)
    })
}

/// Takes the oldest notice of a client: something that is not an error and that a person should know. The same
/// notice comes once per client.
///
/// @param client      the client
/// @param out_code    receives the VCD_NOTICE_ number; 0 when there is no notice
/// @param buffer      receives the text, NUL-terminated UTF-8; may be NULL when capacity is 0
/// @param capacity    bytes in the buffer
/// @param out_needed  receives the bytes that the text takes with its NUL, 0 when there is no notice
/// @param out_error   may receive an error object; may be NULL
/// @return VCD_OK, also when there is none; VCD_ERR_BUFFER_TOO_SMALL, and the notice stays; VCD_ERR_NULL;
///         VCD_ERR_HANDLE
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_client_take_notice(
    client: *mut vcd_client,
    out_code: *mut i32,
    buffer: *mut c_char,
    capacity: usize,
    out_needed: *mut usize,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { NoticeOut::new(out_code, out_needed) }?;
        let client = handle::client(client.cast())?;
        unsafe { out.take(client.notices(), buffer, capacity) }
    })
}

/// The places that receive a notice.
pub(super) struct NoticeOut {
    code: Out<i32>,
    needed: Out<usize>,
}

impl NoticeOut {
    /// # Safety
    /// Both are NULL or have room for their value.
    pub(super) unsafe fn new(code: *mut i32, needed: *mut usize) -> Result<Self> {
        // Both are emptied before either is refused.
        // SAFETY: passed on.
        let (code, needed) = unsafe { (Out::new(code, 0, "out_code"), Out::new(needed, 0, "out_needed")) };
        Ok(NoticeOut {
            code: code?,
            needed: needed?,
        })
    }

    /// # Safety
    /// `buffer` is NULL or has room for `capacity` bytes.
    pub(super) unsafe fn take(self, notices: &Notices, buffer: *mut c_char, capacity: usize) -> Result<vcd_status> {
        let NoticeOut { code, needed } = self;
        notices.take_if(|notice| {
            // SAFETY: passed on.
            unsafe { pointer::copy_text(&notice.text, buffer, capacity, needed) }?;
            code.set(notice_number(notice.kind));
            Ok(())
        })?;
        Ok(VCD_OK)
    }
}

fn client_int(client: &Client, field: i32) -> Result<i64> {
    let unknown = || Error::new(Code::NotFound, "the server did not say when the access token ends");
    Ok(match field {
        VCD_CLIENT_SIGNED_IN => i64::from(client.signed_in()),
        VCD_CLIENT_EXPIRES_AT => client.expires_at().ok_or_else(unknown)?,
        VCD_CLIENT_EXPIRES_IN_MS => {
            i64::try_from(client.expires_in().ok_or_else(unknown)?.as_millis()).unwrap_or(i64::MAX)
        }
        VCD_CLIENT_EXCHANGES => i64::try_from(client.exchanges()).unwrap_or(i64::MAX),
        VCD_CLIENT_OWNS_SESSION => i64::from(client.owns_session()),
        VCD_CLIENT_CERTIFICATE_CHECK_SKIPPED => i64::from(client.certificate_check_skipped()),
        _ => return Err(unknown_field("client", "integer", field)),
    })
}

fn with_client_text(client: &Client, field: i32, read: impl FnOnce(&str) -> Result<()>) -> Result<()> {
    let missing = |what: &str| Error::new(Code::NotFound, format!("{what} is not known"));
    match field {
        VCD_CLIENT_SERVER => read(client.server()),
        VCD_CLIENT_ORG => read(&client.org().ok_or_else(|| missing("the organization"))?),
        VCD_CLIENT_USER => read(&client.user().ok_or_else(|| missing("the user"))?),
        VCD_CLIENT_API_VERSION => read(&client.api_version().ok_or_else(|| missing("the API version"))?),
        VCD_CLIENT_ADDRESS_ORG => read(
            client
                .address_org()
                .ok_or_else(|| missing("an organization in the address"))?,
        ),
        VCD_CLIENT_ORG_ID => read(&client.org_id().ok_or_else(|| missing("the organization's id"))?),
        VCD_CLIENT_SITE_ID => read(&client.site_id().ok_or_else(|| missing("the site's id"))?),
        VCD_CLIENT_API_TOKEN => read(
            client
                .unsaved_token()
                .ok_or_else(|| missing("a token that the server gave in place of another"))?
                .expose(),
        ),
        VCD_CLIENT_ACCESS_TOKEN => read(client.access_token()?.expose()),
        _ => Err(unknown_field("client", "text", field)),
    }
}
