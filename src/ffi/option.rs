//! The tables of option and field numbers. Numbers never change; a new one is added at the end of its table.

use crate::core::code::Code;
use crate::core::error::{Error, Result};
use crate::core::notice::NoticeKind;
use crate::core::request::CallSettings;
use crate::core::settings::Settings;

/// Client option, integer: milliseconds until a connection must stand, TLS included. 1 to 3,600,000; default
/// 10,000. Since 0.1.
pub const VCD_OPT_CONNECT_TIMEOUT_MS: i32 = 1;
/// Client option, integer: milliseconds without a byte from the server after which a call ends. 1 to
/// 3,600,000; default 60,000. Since 0.1.
pub const VCD_OPT_READ_TIMEOUT_MS: i32 = 2;
/// Client option, integer: milliseconds that a call may take in all, with sign-in, retries and waits. 1 to
/// 86,400,000; default 120,000. Since 0.1.
pub const VCD_OPT_TIMEOUT_MS: i32 = 3;
/// Client option, integer: how often a call that may be repeated is repeated at most. 0 to 20; default 3.
/// Since 0.1.
pub const VCD_OPT_MAX_RETRIES: i32 = 4;
/// Client option, integer: milliseconds before the first repetition where the server names none; doubles each
/// time. 1 to 600,000; default 500. Since 0.1.
pub const VCD_OPT_RETRY_INTERVAL_MS: i32 = 5;
/// Client option, 0 or 1: 1 accepts any certificate. Everything sent can then be read and changed on the way,
/// the token included; prefer VCD_OPT_SERVER_FINGERPRINT or VCD_OPT_CA_FILE. Default 0. Since 0.1.
pub const VCD_OPT_SKIP_CERTIFICATE_CHECK: i32 = 6;
/// Client option, 0 or 1: 1 allows a server address with http://, over which tokens travel readable. Default
/// 0. Since 0.1.
pub const VCD_OPT_ALLOW_HTTP: i32 = 7;
/// Client option, integer: largest body of an answer, decompressed, in bytes. 1,024 to 2,147,483,647; default
/// 67,108,864. Since 0.1.
pub const VCD_OPT_MAX_BODY_BYTES: i32 = 8;
/// Client option, 0 or 1: 1 trusts only the certificates given with VCD_OPT_CA_FILE and VCD_OPT_CA_PEM, and
/// not the system's. Default 0. Since 0.1.
pub const VCD_OPT_CA_ONLY: i32 = 9;
/// Client option, 0 or 1: 1 repeats PUT and DELETE as well. POST and PATCH are never repeated. Default 0.
/// Since 0.1.
pub const VCD_OPT_RETRY_PUT_DELETE: i32 = 10;
/// Client option, text: the API version to ask for, such as "37.2", instead of the negotiated one. Since 0.1.
pub const VCD_OPT_API_VERSION: i32 = 101;
/// Client option, text: put at the end of the User-Agent header, such as "backup/2.1". Since 0.1.
pub const VCD_OPT_USER_AGENT: i32 = 102;
/// Client option, text: certificates in PEM form to trust beside the system's. May be given repeatedly. Since
/// 0.1.
pub const VCD_OPT_CA_PEM: i32 = 103;
/// Client option, text: path of a file of certificates, PEM or DER, to trust beside the system's. May be given
/// repeatedly. Since 0.1.
pub const VCD_OPT_CA_FILE: i32 = 104;
/// Client option, text: SHA-256 fingerprint of the server's certificate, 64 hexadecimal digits with or without
/// colons. Exactly this certificate is then trusted, whatever its name, issuer or dates, as ssh does. Since 0.1.
pub const VCD_OPT_SERVER_FINGERPRINT: i32 = 105;

/// Call option, integer: milliseconds that this call may take in all. As VCD_OPT_TIMEOUT_MS. Since 0.1.
pub const VCD_CALL_OPT_TIMEOUT_MS: i32 = 1;
/// Call option, integer: as VCD_OPT_MAX_RETRIES, for this call. Since 0.1.
pub const VCD_CALL_OPT_MAX_RETRIES: i32 = 2;
/// Call option, integer: as VCD_OPT_RETRY_INTERVAL_MS, for this call. Since 0.1.
pub const VCD_CALL_OPT_RETRY_INTERVAL_MS: i32 = 3;
/// Call option, 0 or 1: 1 makes every HTTP status and every kind of body VCD_OK. Since 0.1.
pub const VCD_CALL_OPT_ACCEPT_ANY_STATUS: i32 = 4;
/// Call option, 0 or 1: 1 sends no Authorization header, for places that need no sign-in such as
/// /api/versions. Since 0.1.
pub const VCD_CALL_OPT_ANONYMOUS: i32 = 5;
/// Call option, 0 or 1: as VCD_OPT_RETRY_PUT_DELETE, for this call. Since 0.1.
pub const VCD_CALL_OPT_RETRY_PUT_DELETE: i32 = 6;
/// Call option, text: the API version that this call asks for. Since 0.1.
pub const VCD_CALL_OPT_API_VERSION: i32 = 101;
/// Call option, text: the Content-Type of the body. Default application/json. Since 0.1.
pub const VCD_CALL_OPT_CONTENT_TYPE: i32 = 102;

/// Sign-in with an API token: made in the user interface, exchanged for access tokens as often as needed.
/// Since 0.1.
pub const VCD_GRANT_API_TOKEN: i32 = 1;
/// Sign-in with an access token that was obtained elsewhere. It cannot be renewed. Since 0.1.
pub const VCD_GRANT_ACCESS_TOKEN: i32 = 2;

/// Client field, integer: 1 while the client is signed in. Since 0.1.
pub const VCD_CLIENT_SIGNED_IN: i32 = 1;
/// Client field, integer: when the access token ends, in seconds since 1970-01-01 UTC; VCD_ERR_NOT_FOUND where
/// that is not known. Since 0.1.
pub const VCD_CLIENT_EXPIRES_AT: i32 = 2;
/// Client field, integer: milliseconds for which the access token is still good, 0 when it has ended;
/// VCD_ERR_NOT_FOUND where that is not known. Since 0.1.
pub const VCD_CLIENT_EXPIRES_IN_MS: i32 = 3;
/// Client field, integer: how many token exchanges have succeeded. Since 0.1.
pub const VCD_CLIENT_EXCHANGES: i32 = 4;
/// Client field, integer: 1 when the client opened its session itself (by a token exchange), 0 for a foreign
/// access token. Since 0.1.
pub const VCD_CLIENT_OWNS_SESSION: i32 = 5;
/// Client field, integer: 1 when certificate checks are off. Since 0.1.
pub const VCD_CLIENT_CERTIFICATE_CHECK_SKIPPED: i32 = 6;
/// Client field, text: the server's address in its plain form, such as "https://vcd.example.com". Since 0.1.
pub const VCD_CLIENT_SERVER: i32 = 101;
/// Client field, text: the organization signed in to; "System" for the provider. Since 0.1.
pub const VCD_CLIENT_ORG: i32 = 102;
/// Client field, text: the user's name, as the access token or the server says. Since 0.1.
pub const VCD_CLIENT_USER: i32 = 103;
/// Client field, text: the API version in use; VCD_ERR_NOT_FOUND before it is settled. Since 0.1.
pub const VCD_CLIENT_API_VERSION: i32 = 104;
/// Client field, text: the access token, for handing over to another tool. A secret. Since 0.1.
pub const VCD_CLIENT_ACCESS_TOKEN: i32 = 105;
/// Client field, text: the organization that the pasted server address named (…/tenant/acme, …/provider), if
/// any. Since 0.1.
pub const VCD_CLIENT_ADDRESS_ORG: i32 = 106;

/// Call field, integer: the HTTP status, 0 before there is one. Since 0.1.
pub const VCD_CALL_HTTP_STATUS: i32 = 1;
/// Call field, integer: 1 when the call has finished, however it ended. Since 0.1.
pub const VCD_CALL_DONE: i32 = 2;
/// Call field, integer: bytes of the body sent so far. May be read at any time. Since 0.1.
pub const VCD_CALL_BYTES_SENT: i32 = 3;
/// Call field, integer: bytes of the answer's body received so far, decompressed. May be read at any time.
/// Since 0.1.
pub const VCD_CALL_BYTES_RECEIVED: i32 = 4;
/// Call field, integer: bytes of the answer's body to expect; VCD_ERR_NOT_FOUND where the server does not say.
/// Since 0.1.
pub const VCD_CALL_BYTES_EXPECTED: i32 = 5;
/// Call field, integer: how many requests were sent for this call, without token exchanges. Since 0.1.
pub const VCD_CALL_ATTEMPTS: i32 = 6;
/// Call field, integer: how many headers the answer has. Since 0.1.
pub const VCD_CALL_HEADER_COUNT: i32 = 7;
/// Call field, text: the reason phrase that belongs to the HTTP status. Since 0.1.
pub const VCD_CALL_REASON: i32 = 101;
/// Call field, text: the server's id of the request, to give to its operators. Since 0.1.
pub const VCD_CALL_REQUEST_ID: i32 = 102;
/// Call field, text: the Content-Type of the answer. Since 0.1.
pub const VCD_CALL_CONTENT_TYPE: i32 = 103;
/// Call field, text: the method of the request. Since 0.1.
pub const VCD_CALL_METHOD: i32 = 104;
/// Call field, text: the URL of the request. Since 0.1.
pub const VCD_CALL_URL: i32 = 105;
/// Call field, text: the API version that was asked for. Since 0.1.
pub const VCD_CALL_API_VERSION: i32 = 106;

/// Error field, integer: the vcd_status. Since 0.1.
pub const VCD_ERROR_CODE: i32 = 1;
/// Error field, integer: the HTTP status, 0 where the server did not answer. Since 0.1.
pub const VCD_ERROR_HTTP_STATUS: i32 = 2;
/// Error field, integer: milliseconds after which the server asks to try again; VCD_ERR_NOT_FOUND where it
/// names none. Since 0.1.
pub const VCD_ERROR_RETRY_AFTER_MS: i32 = 3;
/// Error field, integer: the operating system's error number, 0 where there is none. Since 0.1.
pub const VCD_ERROR_OS_ERROR: i32 = 4;
/// Error field, text: what failed, why, and what to do. Since 0.1.
pub const VCD_ERROR_MESSAGE: i32 = 101;
/// Error field, text: the server's own code, such as "ACCESS_TO_RESOURCE_IS_FORBIDDEN". Since 0.1.
pub const VCD_ERROR_SERVER_CODE: i32 = 102;
/// Error field, text: the server's own message. Since 0.1.
pub const VCD_ERROR_SERVER_MESSAGE: i32 = 103;
/// Error field, text: the server's id of the request. Since 0.1.
pub const VCD_ERROR_REQUEST_ID: i32 = 104;
/// Error field, text: the body of the answer, at most its first 65,536 bytes, with what is not UTF-8
/// replaced. Since 0.1.
pub const VCD_ERROR_BODY: i32 = 105;
/// Error field, text: SHA-256 fingerprint of the certificate that was refused, as
/// VCD_OPT_SERVER_FINGERPRINT takes it. Since 0.1.
pub const VCD_ERROR_FINGERPRINT: i32 = 106;

/// Notice: the API token looks like an access token (it starts with "eyJ"). Since 0.1.
pub const VCD_NOTICE_TOKEN_LOOKS_LIKE_ACCESS_TOKEN: i32 = 1;
/// Notice: certificate checks are off. Since 0.1.
pub const VCD_NOTICE_CERTIFICATE_CHECK_SKIPPED: i32 = 2;
/// Notice: the connection is not encrypted. Since 0.1.
pub const VCD_NOTICE_PLAIN_HTTP: i32 = 3;
/// Notice: the API version in use is deprecated on this server. Since 0.1.
pub const VCD_NOTICE_API_VERSION_DEPRECATED: i32 = 4;
/// Notice: the server's list of API versions could not be read; the default version is used. Since 0.1.
pub const VCD_NOTICE_API_VERSION_DEFAULT: i32 = 5;
/// Notice: the server sent a new API token in place of the one used, and it lives in this client only. Since
/// 0.1.
pub const VCD_NOTICE_TOKEN_ROTATED: i32 = 6;
/// Notice: the API token was given with white space or quotes around it, which were removed. Since 0.1.
pub const VCD_NOTICE_TOKEN_TRIMMED: i32 = 7;
/// Notice: the token could not be renewed ahead of its end and is used until then. Since 0.1.
pub const VCD_NOTICE_RENEWAL_FAILED: i32 = 8;
/// Notice: the access token was accepted without having been checked with the server. Since 0.1.
pub const VCD_NOTICE_TOKEN_UNCHECKED: i32 = 9;

/// Time-out of vcd_call_wait that never passes. Since 0.1.
pub const VCD_WAIT_FOREVER: u32 = 4_294_967_295;

/// The number of a notice of the core.
pub(crate) fn notice_number(kind: NoticeKind) -> i32 {
    match kind {
        NoticeKind::TokenLooksLikeAccessToken => VCD_NOTICE_TOKEN_LOOKS_LIKE_ACCESS_TOKEN,
        NoticeKind::CertificateCheckSkipped => VCD_NOTICE_CERTIFICATE_CHECK_SKIPPED,
        NoticeKind::PlainHttp => VCD_NOTICE_PLAIN_HTTP,
        NoticeKind::ApiVersionDeprecated => VCD_NOTICE_API_VERSION_DEPRECATED,
        NoticeKind::ApiVersionDefault => VCD_NOTICE_API_VERSION_DEFAULT,
        NoticeKind::TokenRotated => VCD_NOTICE_TOKEN_ROTATED,
        NoticeKind::TokenTrimmed => VCD_NOTICE_TOKEN_TRIMMED,
        NoticeKind::RenewalFailed => VCD_NOTICE_RENEWAL_FAILED,
        NoticeKind::TokenUnchecked => VCD_NOTICE_TOKEN_UNCHECKED,
    }
}

/// Puts an integer option into a client's settings.
pub(crate) fn set_client_int(settings: &mut Settings, option: i32, value: i64) -> Result<()> {
    match option {
        VCD_OPT_CONNECT_TIMEOUT_MS => settings.set_connect_timeout_ms(value),
        VCD_OPT_READ_TIMEOUT_MS => settings.set_read_timeout_ms(value),
        VCD_OPT_TIMEOUT_MS => settings.set_timeout_ms(value),
        VCD_OPT_MAX_RETRIES => settings.retry.set_max_retries(value),
        VCD_OPT_RETRY_INTERVAL_MS => settings.retry.set_interval_ms(value),
        VCD_OPT_SKIP_CERTIFICATE_CHECK => settings
            .trust
            .set_skip_check(switch("VCD_OPT_SKIP_CERTIFICATE_CHECK", value)?),
        VCD_OPT_ALLOW_HTTP => {
            settings.allow_http = switch("VCD_OPT_ALLOW_HTTP", value)?;
            Ok(())
        }
        VCD_OPT_MAX_BODY_BYTES => settings.set_max_body_bytes(value),
        VCD_OPT_CA_ONLY => settings.trust.set_ca_only(switch("VCD_OPT_CA_ONLY", value)?),
        VCD_OPT_RETRY_PUT_DELETE => {
            settings.retry.put_delete = switch("VCD_OPT_RETRY_PUT_DELETE", value)?;
            Ok(())
        }
        _ => Err(unknown_option("client", "integer", option)),
    }
}

/// Puts a text option into a client's settings.
pub(crate) fn set_client_text(settings: &mut Settings, option: i32, value: &str) -> Result<()> {
    match option {
        VCD_OPT_API_VERSION => settings.set_api_version(value),
        VCD_OPT_USER_AGENT => settings.set_user_agent_suffix(value),
        VCD_OPT_CA_PEM => settings.trust.add_pem(value.as_bytes(), "the certificates given"),
        VCD_OPT_CA_FILE => settings.trust.add_file(value),
        VCD_OPT_SERVER_FINGERPRINT => settings.trust.set_fingerprint(value),
        _ => Err(unknown_option("client", "text", option)),
    }
}

/// Puts an integer option into a call's settings.
pub(crate) fn set_call_int(settings: &mut CallSettings, option: i32, value: i64) -> Result<()> {
    match option {
        VCD_CALL_OPT_TIMEOUT_MS => settings.set_timeout_ms(value),
        VCD_CALL_OPT_MAX_RETRIES => settings.retry.set_max_retries(value),
        VCD_CALL_OPT_RETRY_INTERVAL_MS => settings.retry.set_interval_ms(value),
        VCD_CALL_OPT_ACCEPT_ANY_STATUS => {
            settings.accept_any_status = switch("VCD_CALL_OPT_ACCEPT_ANY_STATUS", value)?;
            Ok(())
        }
        VCD_CALL_OPT_ANONYMOUS => {
            settings.anonymous = switch("VCD_CALL_OPT_ANONYMOUS", value)?;
            Ok(())
        }
        VCD_CALL_OPT_RETRY_PUT_DELETE => {
            settings.retry.put_delete = switch("VCD_CALL_OPT_RETRY_PUT_DELETE", value)?;
            Ok(())
        }
        _ => Err(unknown_option("call", "integer", option)),
    }
}

/// Puts a text option into a call's settings.
pub(crate) fn set_call_text(settings: &mut CallSettings, option: i32, value: &str) -> Result<()> {
    match option {
        VCD_CALL_OPT_API_VERSION => settings.set_api_version(value),
        VCD_CALL_OPT_CONTENT_TYPE => settings.set_content_type(value),
        _ => Err(unknown_option("call", "text", option)),
    }
}

fn switch(name: &str, value: i64) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::new(Code::Argument, format!("{name} is 0 or 1, not {value}"))),
    }
}

fn unknown_option(owner: &str, kind: &str, option: i32) -> Error {
    Error::new(
        Code::Option,
        format!(
            "a {owner} has no {kind} option {option}; is it a text option given as a number, or the other way round?"
        ),
    )
}

/// The error for a field number that is not in the table.
pub(crate) fn unknown_field(owner: &str, kind: &str, field: i32) -> Error {
    Error::new(Code::Option, format!("a {owner} has no {kind} field {field}"))
}
