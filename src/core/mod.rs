//! The core: safe Rust that knows nothing of C or PowerShell.
//!
//! | file | its noun |
//! | --- | --- |
//! | `client.rs` | a server with its settings, its connections and its session |
//! | `settings.rs` | what a caller may set on a client |
//! | `address.rs`, `target.rs` | the server's address; where a request goes |
//! | `org.rs` | an organization, or the provider |
//! | `grant.rs`, `sign_in.rs` | what a caller signs in with; how |
//! | `token_source.rs`, `token_file.rs` | where an API token comes from and goes to; files of the Terraform provider's form |
//! | `exchange.rs`, `password.rs`, `claims.rs` | the token exchange; sign-in by password; what an access token says |
//! | `session.rs` | the access token: attached, renewed, forgotten |
//! | `flight.rs`, `sync.rs` | one piece of work that many wait for; the locks of what is tried in every order |
//! | `api_version.rs`, `version_list.rs` | API versions; what a server offers and which is taken |
//! | `call.rs`, `request.rs`, `response.rs`, `progress.rs` | one call and its parts |
//! | `pages.rs` | a list, page by page |
//! | `run.rs`, `verdict.rs` | a call under way; what its answer means |
//! | `operation.rs`: `api_token.rs`, `service_account.rs`, `task.rs`; `undo.rs` | calls of several requests; what is sent when one is given up |
//! | `private_file.rs`, `busy_file.rs` | files of this user alone; files that another program has open |
//! | `body.rs`, `request_id.rs`, `tenant.rs` | bodies from and to files and functions; the id of a request; the organization it acts in |
//! | `transport.rs`, `compression.rs`, `proxy.rs`, `retry.rs` | one HTTP exchange; gzip and the proxy on its way; when to try again |
//! | `trust.rs`, `x509.rs` | whom to trust; what a certificate says |
//! | `error.rs`, `code.rs`, `server_error.rs`, `transport_error.rs` | failures; error bodies; what a broken connection means |
//! | `notice.rs`, `log.rs`, `timestamp.rs`, `secret.rs` | what a person should know; the log and its moments; what nobody should see |
//! | `fuzzing.rs` | the parsers, for the fuzz targets |
//! | `runtime/` | who polls, a lone caller or the library's thread: the only place that spawns or blocks |

pub(crate) mod address;
mod api_token;
pub(crate) mod api_version;
pub(crate) mod body;
mod busy_file;
pub(crate) mod call;
pub(crate) mod claims;
pub(crate) mod client;
pub(crate) mod code;
mod compression;
pub(crate) mod error;
mod exchange;
mod flight;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub(crate) mod grant;
pub(crate) mod log;
pub(crate) mod notice;
pub(crate) mod operation;
pub(crate) mod org;
pub(crate) mod pages;
mod password;
pub(crate) mod private_file;
pub(crate) mod progress;
mod proxy;
pub(crate) mod request;
pub(crate) mod request_id;
pub(crate) mod response;
pub(crate) mod retry;
mod run;
pub(crate) mod runtime;
pub(crate) mod secret;
mod server_error;
mod service_account;
mod session;
pub(crate) mod settings;
mod sign_in;
pub(crate) mod sync;
mod target;
mod task;
pub(crate) mod tenant;
mod timestamp;
pub(crate) mod token_file;
mod token_source;
mod transport;
mod transport_error;
pub(crate) mod trust;
mod undo;
mod verdict;
mod version_list;
mod x509;
