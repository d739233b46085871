//! The simulator as a client sees it.

#[path = "../support/mod.rs"]
mod support;

mod certificates;
mod control;
mod entities;
mod faults;
mod http;
mod legacy;
mod oauth;
mod orgs;
mod paging;
mod passwords;
mod program;
mod query;
mod service_accounts;
mod sessions;
mod tasks;
mod tenant_context;
mod tokens;
mod transfers;
mod versions;
