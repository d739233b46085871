//! The one-line blocking forms of what everybody does: sign in, ask, sign out.

use super::call::{insert, vcd_call};
use super::client::vcd_client;
use super::error::vcd_error;
use super::guard::guard;
use super::handle;
use super::pin;
use super::pointer::{self, Out};
use super::status::{VCD_OK, vcd_status};
use crate::core::call::{Call, Failure};
use crate::core::code::Code;
use crate::core::error::{Error, Result};
use crate::core::grant::Grant;
use std::ffi::c_char;

/// Signs in with an API token and waits for it. From then on the client exchanges the token for a new access token
/// whenever one is needed.
///
/// @param client     the client
/// @param org        the organization's short name; "System", in any case, means the provider; NULL takes the one
///                   in the server address
/// @param api_token  the API token; copied, and wiped when it is no longer needed
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_AUTH when the server refuses; what vcd_sign_in_new and vcd_call_wait return
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_sign_in(
    client: *mut vcd_client,
    org: *const c_char,
    api_token: *const c_char,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let client = handle::client(client.cast())?;
        let org = unsafe { pointer::optional_text(org, "org") }?;
        let token = unsafe { pointer::text(api_token, "api_token") }?;
        let grant = Grant::api_token(&client, org, token)?;
        finish(Call::sign_in(client, grant)?, None)
    })
}

/// Ends the client's session on the server, forgets its tokens, and waits for it. The tokens are forgotten even
/// when the server cannot be reached.
///
/// @param client     the client
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; what vcd_sign_out_new and vcd_call_wait return
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_sign_out(client: *mut vcd_client, out_error: *mut *mut vcd_error) -> vcd_status {
    guard(out_error, || {
        finish(Call::sign_out(handle::client(client.cast())?)?, None)
    })
}

/// Sends a GET request and waits for the answer.
///
/// @param client     the client, signed in
/// @param uri        as for vcd_call_new
/// @param out_call   receives the finished call, on success and after VCD_ERR_HTTP, VCD_ERR_CONTENT, VCD_ERR_EMPTY,
///                   VCD_ERR_TRUNCATED, VCD_ERR_JSON and VCD_ERR_REDIRECT; free it with vcd_call_free, which takes NULL as well
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; what vcd_call_new and vcd_call_wait return
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_get(
    client: *mut vcd_client,
    uri: *const c_char,
    out_call: *mut *mut vcd_call,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_call, std::ptr::null_mut(), "out_call") }?;
        let client = handle::client(client.cast())?;
        let uri = unsafe { pointer::text(uri, "uri") }?;
        finish(Call::request(client, "GET", uri)?, Some(out))
    })
}

/// Sends a request of any method, with or without a body, and waits for the answer.
///
/// @param client        the client, signed in
/// @param method        as for vcd_call_new
/// @param uri           as for vcd_call_new
/// @param content_type  the Content-Type of the body; NULL means application/json
/// @param body          the bytes of the body; may be NULL when body_length is 0
/// @param body_length   how many
/// @param out_call      as for vcd_get
/// @param out_error     may receive an error object; may be NULL
/// @return VCD_OK; what vcd_call_new and vcd_call_wait return
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_request(
    client: *mut vcd_client,
    method: *const c_char,
    uri: *const c_char,
    content_type: *const c_char,
    body: *const u8,
    body_length: usize,
    out_call: *mut *mut vcd_call,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_call, std::ptr::null_mut(), "out_call") }?;
        let client = handle::client(client.cast())?;
        let method = unsafe { pointer::text(method, "method") }?;
        let uri = unsafe { pointer::text(uri, "uri") }?;
        let content_type = unsafe { pointer::optional_text(content_type, "content_type") }?;
        let body = unsafe { pointer::bytes(body, body_length, "body") }?;
        let call = Call::request(client, method, uri)?;
        call.configure(|request| {
            if let Some(content_type) = content_type {
                request.settings.set_content_type(content_type)?;
            }
            if !body.is_empty() {
                request.set_body(body)?;
            }
            Ok(())
        })?;
        finish(call, Some(out))
    })
}

/// Runs a call to its end and hands it out when there is an answer to read.
fn finish(call: Call, out: Option<Out<*mut vcd_call>>) -> Result<vcd_status> {
    pin::pin();
    let (status, readable) = match call.wait(None)? {
        Some(Ok(_)) => (Ok(VCD_OK), true),
        Some(Err(Failure { error, response })) => (Err(error.clone()), response.is_some()),
        None => return Err(Error::new(Code::Internal, "a wait without end came to one")),
    };
    if let Some(out) = out.filter(|_| readable) {
        out.set(insert(call));
    }
    status
}
