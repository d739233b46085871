//! VMware Cloud Director in miniature, over real HTTPS.
//!
//! [`Simulator::start`] brings up a service with a certificate authority of its own, a tenant
//! organisation "Tyrell", the provider organisation "System", users with passwords and API tokens, and a
//! control endpoint for tests that live in other processes. The crate is also a program; see
//! `cargo run -p vcd-simulator -- --help`.
//!
//! # The map
//!
//! What the simulator is made of:
//!
//! | file | noun |
//! |---|---|
//! | `simulator.rs` | the running simulator: start, addresses, controls |
//! | `config.rs` | what a simulator is started with |
//! | `cloud.rs` | what all connections share: data, tokens, settings, faults, log |
//! | `control.rs`, `control.md` | the control endpoint and its calls |
//! | `control_report.rs`, `control_fault.rs`, `control_settings.rs` | what it tells, brings about and changes |
//! | `parameters.rs` | the parameters of its calls |
//!
//! How a request travels, from the wire inwards:
//!
//! | file | noun |
//! |---|---|
//! | `listener.rs` | sockets and the TLS accept loop |
//! | `certificate.rs` | the CA and the kinds of server certificate |
//! | `stream.rs` | one byte stream, with TLS or without |
//! | `connection.rs` | HTTP/1.1 on one stream |
//! | `service.rs` | one connection's requests, from log to answer |
//! | `request.rs`, `response.rs` | what came in, what goes out |
//! | `compression.rs` | gzip |
//! | `fault.rs`, `latency.rs` | what goes wrong on demand, and how slowly |
//! | `request_log.rs` | what was received |
//! | `router.rs` | which path is answered where |
//!
//! Rules that all endpoints share:
//!
//! | file | noun |
//! |---|---|
//! | `api_version.rs` | versions, and which of them a request asks for |
//! | `authentication.rs` | whose access token a request carries |
//! | `tenant_context.rs` | the organisation that the provider acts for |
//! | `caller.rs` | who asks, in which version, for which organisation |
//! | `error_body.rs` | the shapes of error answers |
//! | `legacy_body.rs` | what the bodies of `/api` have in common |
//! | `legacy_document.rs` | a thing of `/api` that is shown by itself |
//! | `timestamp.rs` | moments as `/api` writes them |
//! | `listing.rs`, `paging.rs`, `filter.rs` | lists: what is wanted of them, pages with their links, FIQL filters |
//! | `reference.rs` | a thing as other things name it |
//!
//! The endpoints and what they show:
//!
//! | file | noun |
//! |---|---|
//! | `versions.rs` | `/api/versions` |
//! | `oauth.rs` | `/oauth/…/token` |
//! | `registration.rs` | `/oauth/…/register` |
//! | `device_authorization.rs` | `/oauth/…/device_authorization` |
//! | `orgs.rs` | `/cloudapi/1.0.0/orgs` |
//! | `sign_in.rs` | `POST /cloudapi/1.0.0/sessions` and `…/provider` |
//! | `sessions.rs` | `/cloudapi/1.0.0/sessions`, `…/current` and `…/{urn}` |
//! | `users.rs`, `roles.rs` | `/cloudapi/1.0.0/users` and `/cloudapi/1.0.0/roles` |
//! | `nat_rules.rs` | `/cloudapi/1.0.0/edgeGateways/…/nat/rules`, paged by cursor |
//! | `entity_resource.rs` | `/cloudapi/1.0.0/entities` |
//! | `token_list.rs` | `/cloudapi/1.0.0/tokens` |
//! | `service_account_list.rs` | `/cloudapi/1.0.0/serviceAccounts` |
//! | `device_lookup.rs` | `/cloudapi/1.0.0/deviceLookup` |
//! | `legacy_session.rs` | `/api/session` |
//! | `legacy_orgs.rs` | `/api/org` and `/api/admin/org` |
//! | `installation.rs` | `/api/admin` and `/api/site` |
//! | `inventory_resource.rs` | `/api/vApp`, `/api/vdc`, `/api/catalog` and `/api/admin/user` |
//! | `query.rs`, `query_record.rs` | `/api/query`, and what it finds one by one |
//! | `task_resource.rs` | `/api/task` |
//! | `transfer_resource.rs` | `/transfer` |
//! | `data.rs` | organisations and users |
//! | `inventory.rs` | virtual machines and where they live |
//! | `passwords.rs`, `api_tokens.rs` | what users sign in with |
//! | `tasks.rs` | what takes its time |
//! | `entities.rs` | things of any content |
//! | `transfers.rs`, `generated.rs` | what is downloaded and uploaded, and the bytes of downloads |
//! | `service_accounts.rs` | those who sign in and are no people, and what they sign in with |
//! | `access_tokens.rs`, `jwt.rs` | what all of them get for it, and its text |
//!
//! Small tools: `random.rs`, `temporary_directory.rs`.
//!
//! A new endpoint is a new file, a line in `router.rs` and a line here.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod access_tokens;
mod api_tokens;
mod api_version;
mod authentication;
mod caller;
mod certificate;
mod cloud;
mod compression;
mod config;
mod connection;
mod control;
mod control_fault;
mod control_report;
mod control_settings;
mod data;
mod device_authorization;
mod device_lookup;
mod entities;
mod entity_resource;
mod error_body;
mod fault;
mod filter;
mod generated;
mod installation;
mod inventory;
mod inventory_resource;
mod jwt;
mod latency;
mod legacy_body;
mod legacy_document;
mod legacy_orgs;
mod legacy_session;
mod listener;
mod listing;
mod nat_rules;
mod oauth;
mod orgs;
mod paging;
mod parameters;
mod passwords;
mod query;
mod query_record;
mod random;
mod reference;
mod registration;
mod request;
mod request_log;
mod response;
mod roles;
mod router;
mod service;
mod service_account_list;
mod service_accounts;
mod sessions;
mod sign_in;
mod simulator;
mod stream;
mod task_resource;
mod tasks;
mod temporary_directory;
mod tenant_context;
mod timestamp;
mod token_list;
mod transfer_resource;
mod transfers;
mod users;
mod versions;

pub use certificate::{Authority, CertificateKind, ServerIdentity};
pub use config::{ApiVersionEntry, Config, OauthErrorStyle, Rotation, SeedPassword, SeedToken, UnauthorizedBody};
pub use fault::{Fault, FaultKind};
pub use generated::transfer_bytes;
pub use request_log::LoggedRequest;
pub use simulator::{Endpoint, Simulator};
pub use tasks::TaskOutcome;
