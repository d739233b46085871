//! vcdrest signs in to VMware Cloud Director with an API token and makes authenticated REST calls, for any program
//! that can load a native library.
//!
//! The map of the house. Dependencies point one way, from the C boundary to the core:
//!
//! ```text
//! include/vcdrest.h   what C sees, generated from…
//! src/ffi/            …the C boundary: handles, status codes, options; the only room with `unsafe`
//! src/core/           the client: address, trust, sign-in, session, calls, errors; knows nothing of C
//! powershell/VcdRest/ the module, on top of the C ABI
//! tests/simulator/    Cloud Director in miniature, the server of all tests and of the demo
//! xtask/              what is not a test: the demo, the header, staging the module
//! ```
//!
//! Where something new goes: an option is a number in `ffi/option.rs` and a field in `core/settings.rs` (or
//! `core/request.rs` for one call); a call is a function in `ffi/call.rs` and a purpose in `core/call.rs`; a way to
//! sign in is a grant in `core/grant.rs`; a cmdlet is a file in `powershell/VcdRest/Public`.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod core;
pub mod ffi;
