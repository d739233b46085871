//! What a network and a server can do to a client, byte by byte, and what the library makes of it: loaded by its path
//! and called through its C ABI, as hosts do.
//!
//! | file | what stands there |
//! | --- | --- |
//! | `matrix.rs` | every fault that is known of trusted clients, with the test that stages it or the reason why none does |
//! | `library.rs` | the C ABI, loaded by path, with a little comfort |
//! | `server.rs`, `certificate.rs` | servers that do what a test says, over TCP and TLS |
//! | `fault.rs` | an entry of a table of faults, and what holds for each of them |
//! | `own_process.rs` | tests that want a process to themselves |
//! | `transport.rs`, `tls.rs`, `proxy.rs`, `network.rs`, `system.rs` | faults of the way |
//! | `token.rs`, `redirect.rs`, `throttle.rs` | faults of the server |
//! | `memory.rs`, `process.rs` | what is bounded, and what the process suffers |
//! | `closing_race.rs`, `single_flight.rs` | thousands of calls at the worst moment |
//!
//! A new fault is an entry in a table of `transport.rs`, `tls.rs`, `proxy.rs` or `token.rs`.

#![allow(
    clippy::result_large_err,
    reason = "a failure is looked at as a whole, and how fast does not matter"
)]

mod certificate;
mod closing_race;
mod fault;
mod library;
mod matrix;
mod memory;
mod network;
mod own_process;
mod process;
mod proxy;
mod redirect;
mod server;
mod single_flight;
mod system;
mod throttle;
mod tls;
mod token;
mod transport;
