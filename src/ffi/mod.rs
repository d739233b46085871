//! The C boundary: the only room of the house with `unsafe`.
//!
//! | file | what stands there |
//! | --- | --- |
//! | `library.rs` | version, ABI number, status names |
//! | `status.rs` | the table of status codes |
//! | `option.rs` | the tables of option and field numbers |
//! | `client.rs` | client handles: options, facts, notices |
//! | `call.rs` | call handles: request, sign-in, sign-out; start, wait, cancel; answer |
//! | `pages.rs` | lists, page by page |
//! | `callback.rs` | functions of the host: bodies in pieces, the end of a call |
//! | `everyday.rs` | the one-line blocking forms |
//! | `error.rs` | error objects |
//! | `log.rs` | the log callback |
//! | `handle.rs`, `table.rs` | handles and the objects that they stand for; the table of them |
//! | `pointer.rs` | every raw pointer that comes in or goes out |
//! | `guard.rs` | the panic boundary that each export passes |
//! | `pin.rs` | keeps the library in memory |
//! | `access.rs` | lends the core what makes files this user's own |
//! | `watched_memory.rs` | whether freed memory holds a secret, for tests |
//! | `fuzzing.rs` | plays sequences of calls, for the fuzz targets |
//! | `stack.rs` | how much stack the calling thread has left |
//! | `signals.rs`, `fork.rs` | keep out of the host's signals and forks |
//!
//! A new option or operation is a number in `option.rs` and an arm beside it, a new field a number there and an arm with
//! its handle, and none of them a new function. A new file here is named in `xtask/src/header.rs` as well. An export begins
//! with `guard`, empties its outputs with `Out`, looks its handles up in `handle.rs`, and calls `pin::pin` where it may be
//! the first to start the runtime.

#![allow(
    rustdoc::bare_urls,
    reason = "the text is for the header, where angle brackets would only disturb"
)]
#![allow(unsafe_code, reason = "this is the room for it")]
#![allow(non_camel_case_types, reason = "C names")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the contract is stated in C terms, in the header"
)]

mod access;
pub mod call;
mod callback;
pub mod client;
pub mod error;
pub mod everyday;
mod fork;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod guard;
mod handle;
pub mod library;
pub mod log;
pub mod option;
pub mod pages;
mod pin;
mod pointer;
mod signals;
mod stack;
pub mod status;
mod table;
#[cfg(test)]
pub(crate) mod watched_memory;
