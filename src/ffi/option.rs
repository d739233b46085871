//! The tables of option and field numbers. Numbers never change; a new one is added at the end of its table.

use crate::core::code::Code;
use crate::core::error::{Error, Result};
use crate::core::notice::NoticeKind;
use crate::core::operation::Operation;
use crate::core::request::{CallSettings, Subject};
use crate::core::secret::Secret;
use crate::core::settings::Settings;

/// Client option, integer: milliseconds until a connection must stand, TLS included. 1 to 3,600,000; default
/// 10,000. Since 0.1.
pub const VCD_OPT_CONNECT_TIMEOUT_MS: i32 = 1;
/// Client option, integer: milliseconds without a byte from the server after which a call ends. 1 to
/// 3,600,000; default 60,000. Since 0.1.
pub const VCD_OPT_READ_TIMEOUT_MS: i32 = 2;
/// Client option, integer: milliseconds that a call may take in all, with sign-in, retries and waits. 1 to
/// 86,400,000; default 120,000, and no such limit while a body moves from or to a file or function. Since 0.1.
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
/// Client option, 0 or 1: 1 uses no proxy, whatever the system's settings and the environment say. Default 0.
/// Since 0.1.
pub const VCD_OPT_NO_PROXY: i32 = 11;
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
/// Client option, text: the proxy to use instead of the system's and the environment's, such as
/// "http://proxy.example.com:3128". Since 0.1.
pub const VCD_OPT_PROXY: i32 = 106;
/// Client option, text: the user's name for the proxy of VCD_OPT_PROXY. Since 0.1.
pub const VCD_OPT_PROXY_USER: i32 = 107;
/// Client option, text: the password for the proxy of VCD_OPT_PROXY. A secret. Since 0.1.
pub const VCD_OPT_PROXY_PASSWORD: i32 = 108;
/// Client option, text: hosts that are reached without the proxy of VCD_OPT_PROXY, as the environment variable NO_PROXY
/// has them: names, which stand for what ends in them as well, addresses and networks, with commas between them, such as
/// "localhost,.example.com,10.0.0.0/8". Since 0.1.
pub const VCD_OPT_PROXY_EXCEPT: i32 = 109;

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
/// Call option, integer: as VCD_OPT_READ_TIMEOUT_MS, for this call. Since 0.1.
pub const VCD_CALL_OPT_READ_TIMEOUT_MS: i32 = 7;
/// Call option, 0 or 1: 1 repeats the request, of any method, while the server refuses it with BUSY_ENTITY because
/// another task works on the same thing. Default 0. Since 0.1.
pub const VCD_CALL_OPT_WAIT_BUSY: i32 = 8;
/// Call option, 0 or 1: 1 keeps what has come of a download that fails (FILE.part), and goes on from there where an
/// earlier call has left something and the server still has the same thing. After VCD_CALL_OPT_OUTPUT_FILE. Default
/// 0. Since 0.1.
pub const VCD_CALL_OPT_RESUME: i32 = 9;
/// Call option, integer: the first byte of VCD_CALL_OPT_BODY_FILE to send, for uploads in parts. Default 0. Since
/// 0.1.
pub const VCD_CALL_OPT_BODY_OFFSET: i32 = 10;
/// Call option, integer: milliseconds between two looks at a task or at a service account that waits for its grant.
/// 1 to 600,000. Since 0.1.
pub const VCD_CALL_OPT_POLL_INTERVAL_MS: i32 = 11;
/// Call option, 0 or 1: 1 cancels the task when the wait for it ends by a time-out or by vcd_call_cancel. For
/// VCD_OP_WAIT_TASK. Default 0. Since 0.1.
pub const VCD_CALL_OPT_CANCEL_TASK: i32 = 12;
/// Call option, text: the API version that this call asks for. Since 0.1.
pub const VCD_CALL_OPT_API_VERSION: i32 = 101;
/// Call option, text: the Content-Type of the body. Default application/json. Since 0.1.
pub const VCD_CALL_OPT_CONTENT_TYPE: i32 = 102;
/// Call option, text: the id by which server and client know the request, 1 to 128 letters, digits and hyphens. It is
/// put before the server's own id and stands in its logs. Default: a new UUID. Since 0.1.
pub const VCD_CALL_OPT_REQUEST_ID: i32 = 103;
/// Call option, text: the organization in which a provider's request acts: its UUID, urn:vcloud:org:UUID, or its short
/// name, which is looked up once per client. Since 0.1.
pub const VCD_CALL_OPT_TENANT_CONTEXT: i32 = 104;
/// Call option, text: the least API version with which the request makes sense. A later one is asked for where the
/// client's is earlier. Since 0.1.
pub const VCD_CALL_OPT_MIN_API_VERSION: i32 = 105;
/// Call option, text: path of a file that receives the body of a good answer, streamed. It gets its name when all has
/// come. Since 0.1.
pub const VCD_CALL_OPT_OUTPUT_FILE: i32 = 106;
/// Call option, text: path of a file that is the body of the request, streamed. Since 0.1.
pub const VCD_CALL_OPT_BODY_FILE: i32 = 107;
/// Call option, text: the name of what an operation creates. Since 0.1.
pub const VCD_CALL_OPT_NAME: i32 = 108;
/// Call option, text: what an operation works on: a service account's UUID or URN; a task's UUID, URN, path or URL.
/// Since 0.1.
pub const VCD_CALL_OPT_ID: i32 = 109;
/// Call option, text: path of a file to create for the token that an operation obtains. There must be none. Since
/// 0.1.
pub const VCD_CALL_OPT_TOKEN_FILE: i32 = 110;
/// Call option, text: the role of a service account, by its name or as urn:vcloud:role:NAME. Since 0.1.
pub const VCD_CALL_OPT_ROLE: i32 = 111;
/// Call option, text: the software id of a service account, a UUID. Default: a new one. Since 0.1.
pub const VCD_CALL_OPT_SOFTWARE_ID: i32 = 112;
/// Call option, text: the software version of a service account. Since 0.1.
pub const VCD_CALL_OPT_SOFTWARE_VERSION: i32 = 113;
/// Call option, text: the URI of a service account's software. Since 0.1.
pub const VCD_CALL_OPT_CLIENT_URI: i32 = 114;
/// Call option, text: the device code that VCD_OP_AUTHORIZE_SERVICE_ACCOUNT gave. A secret. Since 0.1.
pub const VCD_CALL_OPT_DEVICE_CODE: i32 = 115;
/// Call option, text: the short name of the organization against which the access token is checked, where several sites
/// are joined (header X-VMWARE-VCLOUD-AUTH-CONTEXT). Since 0.1.
pub const VCD_CALL_OPT_AUTH_CONTEXT: i32 = 116;

/// Operation: create an API token for the user who is signed in, with user name and password. Takes
/// VCD_CALL_OPT_NAME and, optionally, VCD_CALL_OPT_TOKEN_FILE and VCD_CALL_OPT_TENANT_CONTEXT. The answer's body is
/// {"id", "name", "org"} with "token_file", or else with the secret as "refresh_token". Since 0.1.
pub const VCD_OP_CREATE_API_TOKEN: i32 = 1;
/// Operation: register a service account. Takes VCD_CALL_OPT_NAME, VCD_CALL_OPT_ROLE and, optionally,
/// VCD_CALL_OPT_SOFTWARE_ID, VCD_CALL_OPT_SOFTWARE_VERSION, VCD_CALL_OPT_CLIENT_URI and VCD_CALL_OPT_TENANT_CONTEXT.
/// The answer's body is the registration with "id", the account's URN. Since 0.1.
pub const VCD_OP_CREATE_SERVICE_ACCOUNT: i32 = 2;
/// Operation: begin to authorize a service account (RFC 8628). Takes VCD_CALL_OPT_ID and, by name and optionally,
/// VCD_CALL_OPT_TENANT_CONTEXT. Needs no sign-in. The answer's body is {"device_code", "user_code",
/// "verification_uri", "expires_in", "interval"}; the user code is for the administrator, who grants it with
/// POST /cloudapi/1.0.0/deviceLookup/grant {"userCode": "..."} or denies it with .../deny. Since 0.1.
pub const VCD_OP_AUTHORIZE_SERVICE_ACCOUNT: i32 = 3;
/// Operation: wait until a service account is granted, and take its token. Takes VCD_CALL_OPT_ID,
/// VCD_CALL_OPT_DEVICE_CODE and, optionally, VCD_CALL_OPT_POLL_INTERVAL_MS (default 5,000; the server may ask for more),
/// VCD_CALL_OPT_TENANT_CONTEXT by name, and VCD_CALL_OPT_TOKEN_FILE, without which the answer has the secret as
/// "refresh_token". Needs no sign-in. Waits for half an hour unless VCD_CALL_OPT_TIMEOUT_MS says otherwise. Since 0.1.
pub const VCD_OP_ACTIVATE_SERVICE_ACCOUNT: i32 = 4;
/// Operation: wait for a task. Takes VCD_CALL_OPT_ID and, optionally, VCD_CALL_OPT_POLL_INTERVAL_MS (default: 500,
/// growing to 5,000) and VCD_CALL_OPT_CANCEL_TASK. The answer's body is the task; VCD_ERR_TASK when it did not succeed.
/// VCD_CALL_TASK_PROGRESS says how far it is. Waits for an hour unless VCD_CALL_OPT_TIMEOUT_MS says otherwise. Since
/// 0.1.
pub const VCD_OP_WAIT_TASK: i32 = 5;

/// Sign-in with an API token: made in the user interface, exchanged for access tokens as often as needed.
/// Since 0.1.
pub const VCD_GRANT_API_TOKEN: i32 = 1;
/// Sign-in with an access token that was obtained elsewhere. It cannot be renewed. Since 0.1.
pub const VCD_GRANT_ACCESS_TOKEN: i32 = 2;

/// Sign-in with a user's name and password. The one kind of session that may manage tokens and service accounts.
/// Since 0.1.
pub const VCD_GRANT_PASSWORD: i32 = 3;
/// Sign-in with a file that holds an API token or a service account's, as the Terraform provider reads and writes
/// it: {"token_type": "Service Account", "refresh_token": "..."}. A service account's token is replaced at each
/// use; the new one is in the file before it is used. The file is locked against other processes while it is
/// exchanged (FILE.lock). Since 0.1.
pub const VCD_GRANT_TOKEN_FILE: i32 = 4;

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
/// Client field, text: the UUID of the organization signed in to, as the access token says. Since 0.1.
pub const VCD_CLIENT_ORG_ID: i32 = 107;
/// Client field, text: the UUID of the site signed in to, as the access token says. Since 0.1.
pub const VCD_CLIENT_SITE_ID: i32 = 108;
/// Client field, text: the API token that the server gave in place of the one of the sign-in, where it is in no
/// file; else VCD_ERR_NOT_FOUND. A secret. Since 0.1.
pub const VCD_CLIENT_API_TOKEN: i32 = 109;

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
/// Call field, integer: how far the task is that VCD_OP_WAIT_TASK waits for, in percent; VCD_ERR_NOT_FOUND before that
/// is known. May be read at any time. Since 0.1.
pub const VCD_CALL_TASK_PROGRESS: i32 = 8;
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
/// Call field, text: the id that was sent with the request: VCD_CALL_OPT_REQUEST_ID, or a new UUID. Since 0.1.
pub const VCD_CALL_CLIENT_REQUEST_ID: i32 = 107;

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
/// Error field, text: the server's id of the request, or, where the server did not answer, the client's. Since 0.1.
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
/// Notice: the token file can be read by other users of the computer. Since 0.1.
pub const VCD_NOTICE_TOKEN_FILE_READABLE: i32 = 10;
/// Notice: the server offers none of the API versions that the library was made for; the nearest is used. Since
/// 0.1.
pub const VCD_NOTICE_API_VERSION_UNKNOWN: i32 = 11;
/// Notice: the server no longer took the API version in use, and another was negotiated. Since 0.1.
pub const VCD_NOTICE_API_VERSION_CHANGED: i32 = 12;
/// Notice: the request was repeated while the entity was busy. Since 0.1.
pub const VCD_NOTICE_WAITED: i32 = 13;
/// Notice: the list changed while its pages were read. Since 0.1.
pub const VCD_NOTICE_LIST_CHANGED: i32 = 14;
/// Notice: the server's links lead to another address than the session's, which was used instead. Since 0.1.
pub const VCD_NOTICE_FOREIGN_LINK: i32 = 15;
/// Notice: the access token belongs to another organization than the one that was named. Since 0.1.
pub const VCD_NOTICE_OTHER_ORG: i32 = 16;

/// Pages option, integer: how many pages are asked for at once, 1 to 16. More than one only where the order is fixed
/// by sortAsc or sortDesc and the server numbers its pages; else they come one after the other. Default 1. Since 0.1.
pub const VCD_PAGES_OPT_IN_FLIGHT: i32 = 1;
/// Pages field, integer: how many items there are in all; VCD_ERR_NOT_FOUND before the first page, and where the
/// server does not say. Since 0.1.
pub const VCD_PAGES_TOTAL: i32 = 1;
/// Pages field, integer: how many pages there are in all; as VCD_PAGES_TOTAL. Since 0.1.
pub const VCD_PAGES_COUNT: i32 = 2;
/// Pages field, integer: how many pages have been handed out. Since 0.1.
pub const VCD_PAGES_DONE: i32 = 3;

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
        NoticeKind::TokenFileReadable => VCD_NOTICE_TOKEN_FILE_READABLE,
        NoticeKind::ApiVersionUnknown => VCD_NOTICE_API_VERSION_UNKNOWN,
        NoticeKind::ApiVersionChanged => VCD_NOTICE_API_VERSION_CHANGED,
        NoticeKind::Waited => VCD_NOTICE_WAITED,
        NoticeKind::ListChanged => VCD_NOTICE_LIST_CHANGED,
        NoticeKind::ForeignLink => VCD_NOTICE_FOREIGN_LINK,
        NoticeKind::OtherOrg => VCD_NOTICE_OTHER_ORG,
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
        VCD_OPT_NO_PROXY => settings.proxy.set_none(switch("VCD_OPT_NO_PROXY", value)?),
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
        VCD_OPT_PROXY => settings.proxy.set_address(value),
        VCD_OPT_PROXY_USER => settings.proxy.set_user(value),
        VCD_OPT_PROXY_PASSWORD => settings.proxy.set_password(value),
        VCD_OPT_PROXY_EXCEPT => settings.proxy.set_except(value),
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
        VCD_CALL_OPT_READ_TIMEOUT_MS => settings.set_read_timeout_ms(value),
        VCD_CALL_OPT_WAIT_BUSY => {
            settings.wait_busy = switch("VCD_CALL_OPT_WAIT_BUSY", value)?;
            Ok(())
        }
        VCD_CALL_OPT_RESUME => settings.set_resume(switch("VCD_CALL_OPT_RESUME", value)?),
        VCD_CALL_OPT_BODY_OFFSET => settings.set_body_offset(value),
        VCD_CALL_OPT_POLL_INTERVAL_MS => settings.set_poll_interval_ms(value),
        VCD_CALL_OPT_CANCEL_TASK => {
            settings.subject.cancel_task = switch("VCD_CALL_OPT_CANCEL_TASK", value)?;
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
        VCD_CALL_OPT_REQUEST_ID => settings.set_request_id(value),
        VCD_CALL_OPT_TENANT_CONTEXT => settings.set_tenant(value),
        VCD_CALL_OPT_AUTH_CONTEXT => settings.set_auth_context(value),
        VCD_CALL_OPT_MIN_API_VERSION => settings.set_min_api_version(value),
        VCD_CALL_OPT_OUTPUT_FILE => settings.set_output_file(value),
        VCD_CALL_OPT_BODY_FILE => settings.set_body_file(value),
        _ => set_subject(&mut settings.subject, option, value),
    }
}

/// Puts a text option into the parameters of an operation.
fn set_subject(subject: &mut Subject, option: i32, value: &str) -> Result<()> {
    let place = match option {
        VCD_CALL_OPT_NAME => &mut subject.name,
        VCD_CALL_OPT_ID => &mut subject.id,
        VCD_CALL_OPT_TOKEN_FILE => &mut subject.token_file,
        VCD_CALL_OPT_ROLE => &mut subject.role,
        VCD_CALL_OPT_SOFTWARE_ID => &mut subject.software_id,
        VCD_CALL_OPT_SOFTWARE_VERSION => &mut subject.software_version,
        VCD_CALL_OPT_CLIENT_URI => &mut subject.client_uri,
        VCD_CALL_OPT_DEVICE_CODE => {
            subject.device_code = Some(Secret::new(value));
            return Ok(());
        }
        _ => return Err(unknown_option("call", "text", option)),
    };
    *place = Some(value.to_owned());
    Ok(())
}

/// The operation of a number.
pub(crate) fn operation(number: i32) -> Result<Operation> {
    Ok(match number {
        VCD_OP_CREATE_API_TOKEN => Operation::CreateApiToken,
        VCD_OP_CREATE_SERVICE_ACCOUNT => Operation::CreateServiceAccount,
        VCD_OP_AUTHORIZE_SERVICE_ACCOUNT => Operation::AuthorizeServiceAccount,
        VCD_OP_ACTIVATE_SERVICE_ACCOUNT => Operation::ActivateServiceAccount,
        VCD_OP_WAIT_TASK => Operation::WaitTask,
        _ => {
            return Err(Error::new(
                Code::Option,
                format!("there is no operation {number}; take one of the VCD_OP_ numbers"),
            ));
        }
    })
}

fn switch(name: &str, value: i64) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::new(Code::Argument, format!("{name} is 0 or 1, not {value}"))),
    }
}

pub(crate) fn unknown_option(owner: &str, kind: &str, option: i32) -> Error {
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
