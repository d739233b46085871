//! vcdrest signs in to VMware Cloud Director with an API token and makes authenticated REST calls, for any program
//! that can load a native library.
//!
//! The map of the house. Dependencies point one way, from the C boundary to the core:
//!
//! ```text
//! include/vcdrest.hpp the layer for C++, by hand, on top of…
//! include/vcdrest.h   what C sees, generated from…
//! src/ffi/            …the C boundary: handles, status codes, options; the only room with `unsafe`
//! src/core/           the client: address, trust, sign-in, session, calls, errors; knows nothing of C
//! powershell/VcdRest/ the module, on top of the C ABI
//! tests/simulator/    Cloud Director in miniature, the server of all tests and of the demo
//! tests/, examples/   tests in Rust, C, C++ and PowerShell; one small program per language, which the tests run
//! fuzz/               the fuzz targets, with their corpora
//! benches/            what calls cost and how long they take, beside what users would pick instead
//! docs/               the guides, which the tests run as well
//! xtask/, packaging/  what is not a test: the demo, the header, staging, packages, pages of the guides
//! .ci/run             all that has to hold before a change goes in
//! ```
//!
//! Where something new goes:
//!
//! | what | where |
//! | --- | --- |
//! | an option | a number and an arm in `ffi/option.rs`; a field in `core/settings.rs`, or in `core/request.rs` for one call (those of trust, proxy and repetition: `trust.rs`, `proxy.rs`, `retry.rs`); `cargo xtask header`; a line in `include/vcdrest.hpp`; where the module uses it, `Interop/Numbers.cs` |
//! | a way to sign in | a grant in `core/grant.rs`, what it does in `core/sign_in.rs`; a number in `ffi/option.rs`, an arm in `ffi/call.rs` |
//! | a call of several requests | an operation in `core/operation.rs` with a file of its own; parameters in `Subject` of `core/request.rs`; a number and an arm in `ffi/option.rs`; `operation` in `include/vcdrest.hpp`; `Interop/Numbers.cs` and `Operation.cs` |
//! | another function of C | `ffi/`, beside its like; `cargo xtask header`; a line in `powershell/VcdRest/Interop/Native.cs`; a member in `include/vcdrest.hpp` |
//! | a cmdlet | its parameters and help in `powershell/VcdRest/Public`, its work in `Interop/…Command.cs` and `Commands.cs`, its name in the manifest and in `about_VcdRest`, its tests in `tests/powershell` |
//! | a platform | `xtask/src/platform.rs`, `tests/packages`, `.github/workflows/release.yml`, `docs/releasing.md` |
//! | a parser of what a server or a caller sends | a function in `core/fuzzing.rs`, a target in `fuzz/fuzz_targets` and `fuzz/Cargo.toml`, a folder in `fuzz/corpus` |
//! | a guide | a page in `docs/` and a line in `docs/README.md` |
//! | an endpoint or a fault of the simulator | as its own map says |
//! | a fault of a network or server that no simulator has | an entry of a table in `tests/faults`, whose map is in its `main.rs` |
//!
//! Tests compare what stands in several places: the header with the source, the exports, the C++ layer and PowerShell's
//! tables with the header, the manifest with the files.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod core;
pub mod ffi;

/// What the fuzz targets call. Never in a release.
#[cfg(feature = "fuzzing")]
pub mod fuzzing {
    pub use crate::core::fuzzing::*;
    pub use crate::ffi::fuzzing::handles;
}
