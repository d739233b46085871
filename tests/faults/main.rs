//! What a network and a server can do to a client, byte by byte, and what the library makes of it: loaded by its path
//! and called through its C ABI, as hosts do.

mod certificate;
mod closing_race;
mod fault;
mod library;
mod memory;
mod network;
mod own_process;
mod process;
mod proxy;
mod redirect;
mod server;
mod single_flight;
mod throttle;
mod tls;
mod token;
mod transport;
