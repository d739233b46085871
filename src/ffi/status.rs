//! The table of status codes. Numbers are grouped by origin and never change.

use crate::core::code::Code;
use std::ffi::CStr;

/// The result of a function: VCD_OK, VCD_PENDING, or one of the VCD_ERR_ codes. vcd_status_name gives the
/// name of each as text. Since 0.1.
pub type vcd_status = i32;

/// The function did what it was asked.
pub const VCD_OK: vcd_status = 0;
/// The call has not finished within the time given to vcd_call_wait. Not an error: wait again.
pub const VCD_PENDING: vcd_status = 1;
/// There are no more pages: vcd_pages_next has handed out the last one. Not an error.
pub const VCD_END: vcd_status = 2;

/// A pointer that must not be NULL is NULL.
pub const VCD_ERR_NULL: vcd_status = 10;
/// A text is not valid UTF-8.
pub const VCD_ERR_UTF8: vcd_status = 11;
/// A value is out of range or not of the form that is asked for.
pub const VCD_ERR_ARGUMENT: vcd_status = 12;
/// Not a live handle of the kind that the function takes: freed, of another kind, or never handed out.
pub const VCD_ERR_HANDLE: vcd_status = 13;
/// Not possible in the present state, such as an option set after the first call, or an answer read before
/// the call has finished.
pub const VCD_ERR_STATE: vcd_status = 14;
/// No option or field of that number and type.
pub const VCD_ERR_OPTION: vcd_status = 15;
/// What was asked for is not there: a header that the answer lacks, an index past the end, a fact that is
/// not known.
pub const VCD_ERR_NOT_FOUND: vcd_status = 16;
/// The caller's buffer is too small; the length needed has been stored.
pub const VCD_ERR_BUFFER_TOO_SMALL: vcd_status = 17;
/// The client or call was made before fork() and cannot be used in the child process.
pub const VCD_ERR_FORKED: vcd_status = 18;
/// The server address or the path of a request cannot be used as it is.
pub const VCD_ERR_ADDRESS: vcd_status = 19;
/// The client has not signed in, or has signed out.
pub const VCD_ERR_NOT_SIGNED_IN: vcd_status = 20;
/// The URL of a request points to another host than the client's server.
pub const VCD_ERR_ORIGIN: vcd_status = 21;
/// Called from within a function that the library called: the log callback, a reader, a writer.
pub const VCD_ERR_REENTRANT: vcd_status = 22;
/// A certificate or certificate file cannot be used for trust.
pub const VCD_ERR_TRUST: vcd_status = 23;
/// A token file cannot be read, rewritten or locked, or is no token file. Nothing was sent.
pub const VCD_ERR_TOKEN_FILE: vcd_status = 24;
/// The server has replaced or given a token, and it could not be saved to its file. The message says where it is. After
/// a sign-in the client is signed in all the same, and VCD_CLIENT_API_TOKEN is the new token; after an operation the
/// call handle can be read, and its body has the token as "refresh_token".
pub const VCD_ERR_TOKEN_NOT_SAVED: vcd_status = 25;
/// A file to send cannot be read, or the file for an answer not be written.
pub const VCD_ERR_FILE: vcd_status = 26;

/// The name of the server (or proxy) cannot be resolved.
pub const VCD_ERR_DNS: vcd_status = 30;
/// No connection: refused, unreachable, no route.
pub const VCD_ERR_CONNECT: vcd_status = 31;
/// No trusted TLS connection: unknown CA, self-signed, expired, wrong name, no common protocol.
pub const VCD_ERR_TLS: vcd_status = 32;
/// A time limit passed: connecting, waiting for data, or the whole call.
pub const VCD_ERR_TIMEOUT: vcd_status = 33;
/// The call was cancelled, or its handle freed while it ran.
pub const VCD_ERR_CANCELLED: vcd_status = 34;
/// The connection broke before the whole answer had arrived.
pub const VCD_ERR_CONNECTION_LOST: vcd_status = 35;
/// The proxy refused or broke the connection.
pub const VCD_ERR_PROXY: vcd_status = 36;

/// The server answered with a status of 400 or more. The call handle can be read.
pub const VCD_ERR_HTTP: vcd_status = 50;
/// The server refused the credentials: wrong, revoked or expired token, wrong organization, wrong endpoint.
pub const VCD_ERR_AUTH: vcd_status = 51;
/// The answer is not HTTP that can be understood.
pub const VCD_ERR_PROTOCOL: vcd_status = 52;
/// The answer is of another kind than asked for, such as HTML where JSON should be. The call handle can be
/// read.
pub const VCD_ERR_CONTENT: vcd_status = 53;
/// The answer is empty where JSON should be. The call handle can be read.
pub const VCD_ERR_EMPTY: vcd_status = 54;
/// The JSON of the answer is cut short. The call handle can be read.
pub const VCD_ERR_TRUNCATED: vcd_status = 55;
/// The JSON of the answer is not valid or lacks what is needed. Bodies of requests are not read as a whole: what is
/// wrong in the middle is for their reader to find out. The call handle can be read.
pub const VCD_ERR_JSON: vcd_status = 56;
/// The answer is larger than VCD_OPT_MAX_BODY_BYTES allows.
pub const VCD_ERR_TOO_LARGE: vcd_status = 57;
/// The server redirects; redirects are never followed, so that no token leaves for another place.
pub const VCD_ERR_REDIRECT: vcd_status = 58;
/// The compressed body of the answer cannot be decoded.
pub const VCD_ERR_DECODE: vcd_status = 59;
/// The server offers no API version that this library can use, or not the one that was asked for.
pub const VCD_ERR_API_VERSION: vcd_status = 60;
/// The task that was waited for failed, was cancelled or aborted. The call handle can be read: its body is the task.
pub const VCD_ERR_TASK: vcd_status = 61;

/// The library panicked. The panic was stopped at the boundary; please report it.
pub const VCD_ERR_PANIC: vcd_status = 90;
/// The library is at fault in another way; please report it.
pub const VCD_ERR_INTERNAL: vcd_status = 99;

/// Every status with its name.
pub(crate) fn names() -> &'static [(vcd_status, &'static CStr)] {
    &[
        (VCD_OK, c"VCD_OK"),
        (VCD_PENDING, c"VCD_PENDING"),
        (VCD_END, c"VCD_END"),
        (VCD_ERR_NULL, c"VCD_ERR_NULL"),
        (VCD_ERR_UTF8, c"VCD_ERR_UTF8"),
        (VCD_ERR_ARGUMENT, c"VCD_ERR_ARGUMENT"),
        (VCD_ERR_HANDLE, c"VCD_ERR_HANDLE"),
        (VCD_ERR_STATE, c"VCD_ERR_STATE"),
        (VCD_ERR_OPTION, c"VCD_ERR_OPTION"),
        (VCD_ERR_NOT_FOUND, c"VCD_ERR_NOT_FOUND"),
        (VCD_ERR_BUFFER_TOO_SMALL, c"VCD_ERR_BUFFER_TOO_SMALL"),
        (VCD_ERR_FORKED, c"VCD_ERR_FORKED"),
        (VCD_ERR_ADDRESS, c"VCD_ERR_ADDRESS"),
        (VCD_ERR_NOT_SIGNED_IN, c"VCD_ERR_NOT_SIGNED_IN"),
        (VCD_ERR_ORIGIN, c"VCD_ERR_ORIGIN"),
        (VCD_ERR_REENTRANT, c"VCD_ERR_REENTRANT"),
        (VCD_ERR_TRUST, c"VCD_ERR_TRUST"),
        (VCD_ERR_TOKEN_FILE, c"VCD_ERR_TOKEN_FILE"),
        (VCD_ERR_TOKEN_NOT_SAVED, c"VCD_ERR_TOKEN_NOT_SAVED"),
        (VCD_ERR_FILE, c"VCD_ERR_FILE"),
        (VCD_ERR_DNS, c"VCD_ERR_DNS"),
        (VCD_ERR_CONNECT, c"VCD_ERR_CONNECT"),
        (VCD_ERR_TLS, c"VCD_ERR_TLS"),
        (VCD_ERR_TIMEOUT, c"VCD_ERR_TIMEOUT"),
        (VCD_ERR_CANCELLED, c"VCD_ERR_CANCELLED"),
        (VCD_ERR_CONNECTION_LOST, c"VCD_ERR_CONNECTION_LOST"),
        (VCD_ERR_PROXY, c"VCD_ERR_PROXY"),
        (VCD_ERR_HTTP, c"VCD_ERR_HTTP"),
        (VCD_ERR_AUTH, c"VCD_ERR_AUTH"),
        (VCD_ERR_PROTOCOL, c"VCD_ERR_PROTOCOL"),
        (VCD_ERR_CONTENT, c"VCD_ERR_CONTENT"),
        (VCD_ERR_EMPTY, c"VCD_ERR_EMPTY"),
        (VCD_ERR_TRUNCATED, c"VCD_ERR_TRUNCATED"),
        (VCD_ERR_JSON, c"VCD_ERR_JSON"),
        (VCD_ERR_TOO_LARGE, c"VCD_ERR_TOO_LARGE"),
        (VCD_ERR_REDIRECT, c"VCD_ERR_REDIRECT"),
        (VCD_ERR_DECODE, c"VCD_ERR_DECODE"),
        (VCD_ERR_API_VERSION, c"VCD_ERR_API_VERSION"),
        (VCD_ERR_TASK, c"VCD_ERR_TASK"),
        (VCD_ERR_PANIC, c"VCD_ERR_PANIC"),
        (VCD_ERR_INTERNAL, c"VCD_ERR_INTERNAL"),
    ]
}

/// The number under which an error of the core crosses the boundary.
pub(crate) fn status_of(code: Code) -> vcd_status {
    match code {
        Code::Null => VCD_ERR_NULL,
        Code::Utf8 => VCD_ERR_UTF8,
        Code::Argument => VCD_ERR_ARGUMENT,
        Code::Handle => VCD_ERR_HANDLE,
        Code::State => VCD_ERR_STATE,
        Code::Option => VCD_ERR_OPTION,
        Code::NotFound => VCD_ERR_NOT_FOUND,
        Code::BufferTooSmall => VCD_ERR_BUFFER_TOO_SMALL,
        Code::Forked => VCD_ERR_FORKED,
        Code::Address => VCD_ERR_ADDRESS,
        Code::NotSignedIn => VCD_ERR_NOT_SIGNED_IN,
        Code::Origin => VCD_ERR_ORIGIN,
        Code::Reentrant => VCD_ERR_REENTRANT,
        Code::Trust => VCD_ERR_TRUST,
        Code::TokenFile => VCD_ERR_TOKEN_FILE,
        Code::TokenNotSaved => VCD_ERR_TOKEN_NOT_SAVED,
        Code::File => VCD_ERR_FILE,
        Code::Dns => VCD_ERR_DNS,
        Code::Connect => VCD_ERR_CONNECT,
        Code::Tls => VCD_ERR_TLS,
        Code::Timeout => VCD_ERR_TIMEOUT,
        Code::Cancelled => VCD_ERR_CANCELLED,
        Code::ConnectionLost => VCD_ERR_CONNECTION_LOST,
        Code::Proxy => VCD_ERR_PROXY,
        Code::Http => VCD_ERR_HTTP,
        Code::Auth => VCD_ERR_AUTH,
        Code::Protocol => VCD_ERR_PROTOCOL,
        Code::Content => VCD_ERR_CONTENT,
        Code::Empty => VCD_ERR_EMPTY,
        Code::Truncated => VCD_ERR_TRUNCATED,
        Code::Json => VCD_ERR_JSON,
        Code::TooLarge => VCD_ERR_TOO_LARGE,
        Code::Redirect => VCD_ERR_REDIRECT,
        Code::Decode => VCD_ERR_DECODE,
        Code::ApiVersion => VCD_ERR_API_VERSION,
        Code::Task => VCD_ERR_TASK,
        Code::Panic => VCD_ERR_PANIC,
        Code::Internal => VCD_ERR_INTERNAL,
    }
}
