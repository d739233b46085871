//! What kind of failure an error is. The C boundary gives each its number.

/// The kinds of failure, grouped by origin: the caller, the way to the server, the server's answer, ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Null,
    Utf8,
    Argument,
    Handle,
    State,
    Option,
    NotFound,
    BufferTooSmall,
    Forked,
    Address,
    NotSignedIn,
    Origin,
    Reentrant,
    Trust,
    TokenFile,
    TokenNotSaved,
    File,

    Dns,
    Connect,
    Tls,
    Timeout,
    Cancelled,
    ConnectionLost,
    Proxy,

    Http,
    Auth,
    Protocol,
    Content,
    Empty,
    Truncated,
    Json,
    TooLarge,
    Redirect,
    Decode,
    ApiVersion,
    Task,

    Panic,
    Internal,
}
