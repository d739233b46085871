//! Call handles: one request with its answer, or one sign-in or sign-out. Configure, start, wait, read, free.

use super::callback;
use super::client::{NoticeOut, vcd_client};
use super::error::{TextOut, vcd_error};
use super::guard::{check_reentry, guard, guard_or};
use super::handle::{self, Object};
use super::option::{self, *};
use super::pin;
use super::pointer::{self, Out, c_text};
use super::status::{VCD_OK, VCD_PENDING, vcd_status};
use crate::core::call::{Call, Failure};
use crate::core::code::Code;
use crate::core::error::{Error, Result};
use crate::core::grant::Grant;
use crate::core::response::Response;
use std::ffi::{CString, c_char, c_void};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// One exchange with the server: a request and its answer, or a sign-in or sign-out. It outlives its client.
/// Threads: everything may be called from many threads at once; options are set before the start. Functions:
/// vcd_call_new, vcd_sign_in_new, vcd_sign_out_new, vcd_operation_new, vcd_call_set_header, vcd_call_set_body,
/// vcd_call_set_reader, vcd_call_set_writer, vcd_call_on_done, vcd_wait_any, vcd_call_set_int,
/// vcd_call_set_text, vcd_call_start, vcd_call_wait, vcd_call_cancel, vcd_call_get_int, vcd_call_get_text,
/// vcd_call_find_header, vcd_call_header_at, vcd_call_body, vcd_call_take_notice, vcd_call_free. Since 0.1.
pub struct vcd_call {
    _private: [u8; 0],
}

/// A call of the core with its answer's texts as C reads them.
pub(super) struct CallObject {
    pub(super) call: Arc<Call>,
    texts: OnceLock<Texts>,
}

struct Texts {
    method: CString,
    url: CString,
    api_version: Option<CString>,
    reason: Option<CString>,
    request_id: Option<CString>,
    client_request_id: Option<CString>,
    headers: Vec<(CString, CString)>,
}

impl CallObject {
    pub(super) fn new(call: Arc<Call>) -> Self {
        CallObject {
            call,
            texts: OnceLock::new(),
        }
    }

    /// The answer, when there is one.
    fn response(&self) -> Result<&Response> {
        match self.call.outcome() {
            None => Err(Error::new(
                Code::State,
                "the call has not finished; vcd_call_wait must have returned something else than VCD_PENDING",
            )),
            Some(Ok(response)) => Ok(response),
            Some(Err(Failure {
                response: Some(response),
                ..
            })) => Ok(response),
            Some(Err(failure)) => Err(Error::new(
                Code::NotFound,
                format!("the call ended without an answer: {}", failure.error.message()),
            )),
        }
    }

    fn texts(&self) -> &Texts {
        self.texts.get_or_init(|| {
            let response = self.response().ok();
            Texts {
                method: c_text(self.call.method()),
                url: c_text(&self.call.url()),
                api_version: self.call.api_version().map(|version| c_text(&version)),
                reason: response.map(|response| c_text(response.reason())),
                request_id: response.and_then(Response::request_id).map(|id| c_text(&id)),
                client_request_id: self.call.client_request_id().map(c_text),
                headers: response.map_or_else(Vec::new, |response| {
                    response
                        .headers()
                        .map(|(name, value)| (c_text(name), c_text(&value)))
                        .collect()
                }),
            }
        })
    }

    fn finished_texts(&self) -> Result<&Texts> {
        self.response()?;
        Ok(self.texts())
    }
}

/// Makes a call that sends a request.
///
/// @param client     the client
/// @param method     the HTTP method, such as "GET"; letters only, sent in capitals
/// @param uri        a path on the server, such as "/cloudapi/1.0.0/orgs?page=2", which is put behind the server's
///                   prefix, or a URL of the same scheme, host and port, taken as it is. Another host gives
///                   VCD_ERR_ORIGIN. Spaces and non-ASCII characters are percent-encoded; "..", control
///                   characters, backslash and "#" are refused
/// @param out_call   receives the call; free it with vcd_call_free
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_UTF8; VCD_ERR_HANDLE; VCD_ERR_ARGUMENT for the method; VCD_ERR_ADDRESS;
///         VCD_ERR_ORIGIN; VCD_ERR_FORKED
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_new(
    client: *mut vcd_client,
    method: *const c_char,
    uri: *const c_char,
    out_call: *mut *mut vcd_call,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_call, std::ptr::null_mut(), "out_call") }?;
        let client = handle::client(client.cast())?;
        let method = unsafe { pointer::text(method, "method") }?;
        let uri = unsafe { pointer::text(uri, "uri") }?;
        out.set(insert(Call::request(client, method, uri)?));
        Ok(VCD_OK)
    })
}

/// Makes a call that signs its client in. The client is signed in when the call has ended with VCD_OK, and keeps
/// its earlier sign-in when it has not.
///
/// @param client     the client
/// @param grant      one of the VCD_GRANT_ numbers
/// @param org        the organization's short name, as in the user interface's URL after /tenant/; "System", in
///                   any case, means the provider. NULL takes the one in the server address. An access token
///                   needs none
/// @param user       the user's name for VCD_GRANT_PASSWORD; else NULL
/// @param secret     the API token, access token or password; copied, and wiped when it is no longer needed. For
///                   VCD_GRANT_TOKEN_FILE the path of the file
/// @param out_call   receives the call; free it with vcd_call_free
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_UTF8; VCD_ERR_HANDLE; VCD_ERR_ARGUMENT for the organization, the grant or
///         a secret that cannot be one; VCD_ERR_ADDRESS for http:// that is not allowed; VCD_ERR_TOKEN_FILE;
///         VCD_ERR_FORKED
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_sign_in_new(
    client: *mut vcd_client,
    grant: i32,
    org: *const c_char,
    user: *const c_char,
    secret: *const c_char,
    out_call: *mut *mut vcd_call,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_call, std::ptr::null_mut(), "out_call") }?;
        let client = handle::client(client.cast())?;
        let org = unsafe { pointer::optional_text(org, "org") }?;
        let user = unsafe { pointer::optional_text(user, "user") }?;
        let secret = unsafe { pointer::text(secret, "secret") }?;
        let grant = match (grant, user) {
            (VCD_GRANT_API_TOKEN, None) => Grant::api_token(&client, org, secret)?,
            (VCD_GRANT_ACCESS_TOKEN, None) => Grant::access_token(&client, org, secret)?,
            (VCD_GRANT_TOKEN_FILE, None) => Grant::token_file(&client, org, secret)?,
            (VCD_GRANT_PASSWORD, Some(user)) => Grant::password(&client, org, user, secret)?,
            (VCD_GRANT_PASSWORD, None) => return Err(Error::new(Code::Null, "`user` is NULL")),
            (VCD_GRANT_API_TOKEN | VCD_GRANT_ACCESS_TOKEN | VCD_GRANT_TOKEN_FILE, Some(_)) => {
                return Err(Error::new(
                    Code::Argument,
                    "`user` belongs to a password; pass NULL with this grant",
                ));
            }
            _ => {
                return Err(Error::new(
                    Code::Argument,
                    format!(
                        "there is no grant {grant}: 1 is an API token, 2 an access token, 3 a password, 4 a token file"
                    ),
                ));
            }
        };
        out.set(insert(Call::sign_in(client, grant)?));
        Ok(VCD_OK)
    })
}

/// Makes a call that ends the client's session on the server and forgets its tokens. The tokens are forgotten
/// even when the server cannot be reached.
///
/// @param client     the client
/// @param out_call   receives the call; free it with vcd_call_free
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_NOT_SIGNED_IN; VCD_ERR_FORKED
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_sign_out_new(
    client: *mut vcd_client,
    out_call: *mut *mut vcd_call,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_call, std::ptr::null_mut(), "out_call") }?;
        out.set(insert(Call::sign_out(handle::client(client.cast())?)?));
        Ok(VCD_OK)
    })
}

/// Makes a call that does an operation: something that takes several requests. What it is about is set with
/// vcd_call_set_text.
///
/// @param client     the client
/// @param operation  one of the VCD_OP_ numbers, each of which says what it takes and gives
/// @param out_call   receives the call; free it with vcd_call_free
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION for another operation; VCD_ERR_FORKED
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_operation_new(
    client: *mut vcd_client,
    operation: i32,
    out_call: *mut *mut vcd_call,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_call, std::ptr::null_mut(), "out_call") }?;
        let client = handle::client(client.cast())?;
        out.set(insert(Call::operation(client, option::operation(operation)?)?));
        Ok(VCD_OK)
    })
}

/// Adds a header to the request. Accept replaces the one that the library would send.
///
/// @param call       the call, not yet started
/// @param name       the header's name
/// @param value      its value, without line breaks and control characters
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_UTF8; VCD_ERR_HANDLE; VCD_ERR_STATE; VCD_ERR_ARGUMENT, also for
///         Authorization, Host, Content-Length, Transfer-Encoding and others that the library sets itself
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_set_header(
    call: *mut vcd_call,
    name: *const c_char,
    value: *const c_char,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let object = handle::call(call.cast())?;
        let name = unsafe { pointer::text(name, "name") }?;
        let value = unsafe { pointer::text(value, "value") }?;
        object.call.configure(|request| request.set_header(name, value))?;
        Ok(VCD_OK)
    })
}

/// Sets the body of the request. Its Content-Type is application/json unless VCD_CALL_OPT_CONTENT_TYPE says
/// otherwise.
///
/// @param call       the call, not yet started
/// @param data       the bytes; copied. May be NULL when length is 0
/// @param length     how many
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_STATE; VCD_ERR_ARGUMENT
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_set_body(
    call: *mut vcd_call,
    data: *const u8,
    length: usize,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let object = handle::call(call.cast())?;
        let data = unsafe { pointer::bytes(data, length, "data") }?;
        object.call.configure(|request| request.set_body(data))?;
        Ok(VCD_OK)
    })
}

/// Gives the next piece of a request's body.
///
/// @param userdata  what was given with the function
/// @param buffer    room for the piece
/// @param capacity  how many bytes fit
/// @return how many bytes were put there; 0 at the end; negative to end the call with VCD_ERR_FILE
///
/// Called from a thread of the library, one call at a time, and not after the call has ended: vcd_call_cancel and
/// vcd_call_free wait for one that runs. It must not call the library.
pub type vcd_read_fn = Option<unsafe extern "C" fn(userdata: *mut c_void, buffer: *mut u8, capacity: usize) -> i64>;

/// Takes the next piece of an answer's body.
///
/// @param userdata  what was given with the function
/// @param data      the bytes, valid during this call only
/// @param length    how many
/// @return 0 to go on; anything else ends the call with VCD_ERR_CANCELLED
///
/// Called from a thread of the library, one call at a time, and not after the call has ended: vcd_call_cancel and
/// vcd_call_free wait for one that runs. It must not call the library.
pub type vcd_write_fn = Option<unsafe extern "C" fn(userdata: *mut c_void, data: *const u8, length: usize) -> i32>;

/// Learns that a call has ended.
///
/// @param userdata  what was given with the function
///
/// Called once: from a thread of the library, or from the one that waits for, cancels or frees the call and so sees it end.
/// It must return at once, must not call the library and must not wait for a lock that such a thread may hold: note it,
/// or wake the thread that will ask.
pub type vcd_done_fn = Option<unsafe extern "C" fn(userdata: *mut c_void)>;

/// Has the body of the request read from a function while it is sent, so that it is never in memory as a whole. Such
/// a request is never sent twice.
///
/// @param call       the call, not yet started
/// @param reader     gives the pieces
/// @param userdata   handed to it; must stay good until the call has ended or been freed
/// @param length     how many bytes there will be; negative where that is not known (sent in chunks)
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_STATE
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_set_reader(
    call: *mut vcd_call,
    reader: vcd_read_fn,
    userdata: *mut c_void,
    length: i64,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let object = handle::call(call.cast())?;
        let reader = reader.ok_or_else(|| Error::new(Code::Null, "`reader` is NULL"))?;
        // SAFETY: the caller vouches for the function and its data.
        let reader = unsafe { callback::reader(reader, userdata) };
        object
            .call
            .configure(|request| request.set_reader(reader, u64::try_from(length).ok()))?;
        Ok(VCD_OK)
    })
}

/// Has the body of a good answer handed to a function while it comes, so that it is never in memory as a whole.
///
/// @param call       the call, not yet started
/// @param writer     takes the pieces
/// @param userdata   handed to it; must stay good until the call has ended or been freed
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_STATE
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_set_writer(
    call: *mut vcd_call,
    writer: vcd_write_fn,
    userdata: *mut c_void,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let object = handle::call(call.cast())?;
        let writer = writer.ok_or_else(|| Error::new(Code::Null, "`writer` is NULL"))?;
        // SAFETY: the caller vouches for the function and its data.
        let writer = unsafe { callback::writer(writer, userdata) };
        object.call.configure(|request| request.set_writer(writer))?;
        Ok(VCD_OK)
    })
}

/// Has a function called when the call has ended, for hosts with an event loop. A later one takes the place of an
/// earlier one.
///
/// @param call       the call, not yet started
/// @param done       is called
/// @param userdata   handed to it; must stay good until it has been called or replaced
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_STATE when the call was started already
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_on_done(
    call: *mut vcd_call,
    done: vcd_done_fn,
    userdata: *mut c_void,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let object = handle::call(call.cast())?;
        let done = done.ok_or_else(|| Error::new(Code::Null, "`done` is NULL"))?;
        // SAFETY: the caller vouches for the function and its data.
        object.call.notify(unsafe { callback::done(done, userdata) })?;
        Ok(VCD_OK)
    })
}

/// Waits until one of several calls has ended.
///
/// @param calls       the calls, all started
/// @param count       how many, 1 to 4,096
/// @param timeout_ms  how long to wait at most, in milliseconds; 0 only looks; VCD_WAIT_FOREVER
/// @param out_index   receives the place of a call that has ended; what came of it tells vcd_call_wait
/// @param out_error   may receive an error object; may be NULL
/// @return VCD_OK; VCD_PENDING when none has ended; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_ARGUMENT; VCD_ERR_STATE when
///         one has not been started
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_wait_any(
    calls: *const *const vcd_call,
    count: usize,
    timeout_ms: u32,
    out_index: *mut usize,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_index, 0, "out_index") }?;
        check_reentry()?;
        let handles = unsafe { pointer::list(calls, count, 4096, "calls") }?;
        let mut objects = Vec::with_capacity(handles.len());
        for handle in handles {
            objects.push(handle::call(handle.cast())?);
        }
        let calls: Vec<&Call> = objects.iter().map(|object| &*object.call).collect();
        match Call::wait_any(&calls, timeout(timeout_ms))? {
            Some(index) => {
                out.set(index);
                Ok(VCD_OK)
            }
            None => Ok(VCD_PENDING),
        }
    })
}

/// Sets a number among the options of a call.
///
/// @param call       the call, not yet started
/// @param option     one of the VCD_CALL_OPT_ numbers of type integer
/// @param value      the value, in the range that the option documents
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_ARGUMENT; VCD_ERR_STATE
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_set_int(
    call: *mut vcd_call,
    option: i32,
    value: i64,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        handle::call(call.cast())?
            .call
            .configure(|request| set_call_int(&mut request.settings, option, value))?;
        Ok(VCD_OK)
    })
}

/// Sets a text among the options of a call.
///
/// @param call       the call, not yet started
/// @param option     one of the VCD_CALL_OPT_ numbers of type text
/// @param value      the value; copied
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_UTF8; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_ARGUMENT; VCD_ERR_STATE
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_set_text(
    call: *mut vcd_call,
    option: i32,
    value: *const c_char,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let object = handle::call(call.cast())?;
        let value = unsafe { pointer::text(value, "value") }?;
        object
            .call
            .configure(|request| set_call_text(&mut request.settings, option, value))?;
        Ok(VCD_OK)
    })
}

/// Starts a call and returns at once.
///
/// @param call       the call
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_STATE when it was started already; VCD_ERR_NOT_SIGNED_IN;
///         VCD_ERR_FORKED
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_start(call: *mut vcd_call, out_error: *mut *mut vcd_error) -> vcd_status {
    guard(out_error, || {
        let object = handle::call(call.cast())?;
        pin::pin();
        object.call.start()?;
        Ok(VCD_OK)
    })
}

/// Waits for a call to finish, and starts it first where that has not been done.
///
/// @param call        the call
/// @param timeout_ms  how long to wait at most, in milliseconds; 0 only looks; VCD_WAIT_FOREVER. The call goes on
///                    when this passes; its own limit is VCD_CALL_OPT_TIMEOUT_MS
/// @param out_error   may receive an error object; may be NULL
/// @return VCD_OK when it has ended well; VCD_PENDING when it has not ended; VCD_ERR_CANCELLED; else why it failed,
///         the same each time it is asked. After VCD_ERR_HTTP, VCD_ERR_CONTENT, VCD_ERR_EMPTY, VCD_ERR_TRUNCATED,
///         VCD_ERR_JSON, VCD_ERR_REDIRECT, VCD_ERR_TASK and VCD_ERR_AUTH the answer can be read all the same, where there is one
///
/// Threads: any, also several on one call. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_wait(
    call: *mut vcd_call,
    timeout_ms: u32,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let object = handle::call(call.cast())?;
        pin::pin();
        match object.call.wait(timeout(timeout_ms))? {
            None => Ok(VCD_PENDING),
            Some(Ok(_)) => Ok(VCD_OK),
            Some(Err(failure)) => Err(failure.error.clone()),
        }
    })
}

/// Ends a call early: its waiters return VCD_ERR_CANCELLED and its connection is closed. A call that has finished,
/// or has not been started, stays what it is. An exchange of tokens that is under way goes on for other calls.
///
/// @param call  the call
/// @return VCD_OK; VCD_ERR_REENTRANT, whatever the call; VCD_ERR_NULL; VCD_ERR_HANDLE
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_cancel(call: *const vcd_call) -> vcd_status {
    super::guard::guard_plain(|| {
        handle::call(call.cast())?.call.cancel();
        Ok(())
    })
}

/// Reads a number from a call. VCD_CALL_DONE and the byte counters may be read while it runs, the rest when it has
/// finished.
///
/// @param call       the call
/// @param field      one of the VCD_CALL_ numbers of type integer
/// @param out_value  receives the number
/// @param out_error  may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_NOT_FOUND where it is not known
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_get_int(
    call: *const vcd_call,
    field: i32,
    out_value: *mut i64,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { Out::new(out_value, 0, "out_value") }?;
        let object = handle::call(call.cast())?;
        let progress = object.call.progress();
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        out.set(match field {
            VCD_CALL_HTTP_STATUS => object.response().map_or(0, |response| i64::from(response.status())),
            VCD_CALL_DONE => i64::from(object.call.outcome().is_some()),
            VCD_CALL_BYTES_SENT => number(progress.sent()),
            VCD_CALL_BYTES_RECEIVED => number(progress.received()),
            VCD_CALL_BYTES_EXPECTED => {
                let unsaid = || Error::new(Code::NotFound, "the server did not say how long its answer is");
                number(progress.expected().ok_or_else(unsaid)?)
            }
            VCD_CALL_ATTEMPTS => i64::from(progress.attempts()),
            VCD_CALL_TASK_PROGRESS => {
                let unsaid = || Error::new(Code::NotFound, "how far the task is, is not known");
                i64::from(progress.percent().ok_or_else(unsaid)?)
            }
            VCD_CALL_HEADER_COUNT => object
                .response()
                .map_or(0, |response| number(response.header_count() as u64)),
            _ => return Err(unknown_field("call", "integer", field)),
        });
        Ok(VCD_OK)
    })
}

/// Reads a text from a call that has finished.
///
/// @param call        the call
/// @param field       one of the VCD_CALL_ numbers of type text
/// @param out_text    receives NUL-terminated UTF-8, borrowed until vcd_call_free
/// @param out_length  receives its length in bytes without the NUL; may be NULL
/// @param out_error   may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_OPTION; VCD_ERR_STATE before the end; VCD_ERR_NOT_FOUND
///         where it is not known
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_get_text(
    call: *const vcd_call,
    field: i32,
    out_text: *mut *const c_char,
    out_length: *mut usize,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { TextOut::new(out_text, out_length) }?;
        let object = handle::call(call.cast())?;
        if object.call.outcome().is_none() {
            object.response()?;
        }
        let missing = |what: &str| Error::new(Code::NotFound, format!("{what} is not known"));
        out.set(match field {
            VCD_CALL_METHOD => &object.texts().method,
            VCD_CALL_URL => &object.texts().url,
            VCD_CALL_API_VERSION => object
                .texts()
                .api_version
                .as_ref()
                .ok_or_else(|| missing("the API version"))?,
            VCD_CALL_REASON => object.texts().reason.as_ref().ok_or_else(|| missing("the reason"))?,
            VCD_CALL_REQUEST_ID => object
                .texts()
                .request_id
                .as_ref()
                .ok_or_else(|| missing("the request id"))?,
            VCD_CALL_CLIENT_REQUEST_ID => object
                .texts()
                .client_request_id
                .as_ref()
                .ok_or_else(|| missing("the client's request id"))?,
            VCD_CALL_CONTENT_TYPE => header(object.finished_texts()?, "content-type")?,
            _ => return Err(unknown_field("call", "text", field)),
        });
        Ok(VCD_OK)
    })
}

/// Finds a header of the answer by name. Where the server sent it several times, the first is found.
///
/// @param call        the call, finished
/// @param name        the header's name, in any case
/// @param out_value   receives its value as NUL-terminated UTF-8, borrowed until vcd_call_free
/// @param out_length  receives its length in bytes without the NUL; may be NULL
/// @param out_error   may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NOT_FOUND; VCD_ERR_NULL; VCD_ERR_UTF8; VCD_ERR_HANDLE; VCD_ERR_STATE before the end
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_find_header(
    call: *const vcd_call,
    name: *const c_char,
    out_value: *mut *const c_char,
    out_length: *mut usize,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { TextOut::new(out_value, out_length) }?;
        let object = handle::call(call.cast())?;
        let name = unsafe { pointer::text(name, "name") }?;
        out.set(header(object.finished_texts()?, name)?);
        Ok(VCD_OK)
    })
}

/// Reads a header of the answer by its place. Names are in small letters.
///
/// @param call              the call, finished
/// @param index             from 0 to VCD_CALL_HEADER_COUNT - 1
/// @param out_name          receives the name as NUL-terminated text, borrowed until vcd_call_free
/// @param out_name_length   receives its length without the NUL; may be NULL
/// @param out_value         receives the value as NUL-terminated UTF-8, borrowed until vcd_call_free
/// @param out_value_length  receives its length in bytes without the NUL; may be NULL
/// @param out_error         may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NOT_FOUND past the last one; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_STATE before the end
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_header_at(
    call: *const vcd_call,
    index: usize,
    out_name: *mut *const c_char,
    out_name_length: *mut usize,
    out_value: *mut *const c_char,
    out_value_length: *mut usize,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out_name = unsafe { TextOut::new(out_name, out_name_length) };
        let out_value = unsafe { TextOut::new(out_value, out_value_length) };
        let (out_name, out_value) = (out_name?, out_value?);
        let object = handle::call(call.cast())?;
        let texts = object.finished_texts()?;
        let (name, value) = texts.headers.get(index).ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("the answer has {} headers, from 0 on", texts.headers.len()),
            )
        })?;
        out_name.set(name);
        out_value.set(value);
        Ok(VCD_OK)
    })
}

/// The body of the answer, decompressed.
///
/// @param call        the call, finished
/// @param out_data    receives the bytes, borrowed until vcd_call_free and followed by a NUL that is not counted;
///                    never NULL on success, also when there are none
/// @param out_length  receives how many
/// @param out_error   may receive an error object; may be NULL
/// @return VCD_OK; VCD_ERR_NULL; VCD_ERR_HANDLE; VCD_ERR_STATE before the end; VCD_ERR_NOT_FOUND where the call
///         ended without an answer
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_body(
    call: *const vcd_call,
    out_data: *mut *const u8,
    out_length: *mut usize,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let data = unsafe { Out::new(out_data, std::ptr::null(), "out_data") };
        let length = unsafe { Out::new(out_length, 0, "out_length") };
        let (data, length) = (data?, length?);
        let object = handle::call(call.cast())?;
        let body = object.response()?.body();
        data.set(body.as_ptr_with_nul());
        length.set(body.as_bytes().len());
        Ok(VCD_OK)
    })
}

/// Takes the oldest notice of a call, as vcd_client_take_notice does of a client.
///
/// @param call        the call
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
pub unsafe extern "C" fn vcd_call_take_notice(
    call: *mut vcd_call,
    out_code: *mut i32,
    buffer: *mut c_char,
    capacity: usize,
    out_needed: *mut usize,
    out_error: *mut *mut vcd_error,
) -> vcd_status {
    guard(out_error, || {
        let out = unsafe { NoticeOut::new(out_code, out_needed) }?;
        let object = handle::call(call.cast())?;
        unsafe { out.take(object.call.notices(), buffer, capacity) }
    })
}

/// Frees a call with everything borrowed from it. A call that still runs is cancelled; this does not wait for it.
///
/// @param call  the call; NULL, or one that was freed already, is left alone
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_call_free(call: *mut vcd_call) {
    guard_or((), || {
        if let Some(Object::Call(object)) = handle::remove(call.cast(), |object| matches!(object, Object::Call(_))) {
            // In the child of a fork nobody waits, and the parent's worker may have held the call's locks.
            if object.call.check_process().is_ok() {
                object.call.close();
            }
        }
        Ok(())
    });
}

/// What a time-out of the header means.
pub(super) fn timeout(milliseconds: u32) -> Option<Duration> {
    (milliseconds != VCD_WAIT_FOREVER).then(|| Duration::from_millis(u64::from(milliseconds)))
}

/// Puts a call into the handle table.
pub(super) fn insert(call: Call) -> *mut vcd_call {
    handle::insert(Object::Call(Arc::new(CallObject::new(Arc::new(call))))).cast()
}

fn header<'a>(texts: &'a Texts, name: &str) -> Result<&'a CString> {
    texts
        .headers
        .iter()
        .find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, value)| value)
        .ok_or_else(|| Error::new(Code::NotFound, format!("the answer has no header `{name}`")))
}
