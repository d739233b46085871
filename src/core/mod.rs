//! The core: safe Rust that knows nothing of C or PowerShell.
//!
//! | file | its noun |
//! | --- | --- |
//! | `client.rs` | a server with its settings, its connections and its session |
//! | `settings.rs` | what a caller may set on a client |
//! | `address.rs`, `target.rs` | the server's address; where a request goes |
//! | `org.rs` | an organization, or the provider |
//! | `grant.rs` | what a caller signs in with |
//! | `token_source.rs`, `exchange.rs`, `claims.rs` | API tokens; their exchange; what an access token says |
//! | `session.rs` | the access token: attached, renewed, forgotten |
//! | `flight.rs` | one piece of work that many wait for |
//! | `api_version.rs`, `version_list.rs` | API versions; what a server offers and which is taken |
//! | `call.rs`, `request.rs`, `response.rs`, `progress.rs` | one call and its parts |
//! | `transport.rs`, `trust.rs`, `retry.rs` | one HTTP exchange; whom to trust; when to try again |
//! | `error.rs`, `code.rs`, `server_error.rs`, `transport_error.rs` | failures; error bodies; what a broken connection means |
//! | `notice.rs`, `log.rs`, `secret.rs` | what a person should know; the log; what nobody should see |
//! | `runtime.rs` | who polls: the only place that spawns or blocks |

pub(crate) mod address;
pub(crate) mod api_version;
pub(crate) mod call;
pub(crate) mod claims;
pub(crate) mod client;
pub(crate) mod code;
pub(crate) mod error;
mod exchange;
mod flight;
pub(crate) mod grant;
pub(crate) mod log;
pub(crate) mod notice;
pub(crate) mod org;
pub(crate) mod progress;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod retry;
pub(crate) mod runtime;
pub(crate) mod secret;
mod server_error;
mod session;
pub(crate) mod settings;
mod target;
mod token_source;
mod transport;
mod transport_error;
pub(crate) mod trust;
mod version_list;
