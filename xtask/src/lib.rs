//! What is not a test, for the command line (`cargo xtask help`) and for the tests that need the same things.
//!
//! | file | noun |
//! |---|---|
//! | `repository.rs` | where things stand |
//! | `header.rs` | `include/vcdrest.h`, made from `src/ffi` |
//! | `declarations.rs` | what the committed header declares |
//! | `platform.rs` | the platforms that the library is made for |
//! | `build.rs` | the libraries that Cargo makes |
//! | `import_library.rs` | what the linkers of Windows need to know of the DLL |
//! | `stage.rs` | the library laid out as its users find it |
//! | `tool.rs` | programs of the system: PowerShell, compilers, valgrind |
//! | `compiler.rs` | a C or C++ program made from its source |
//! | `runner.rs` | programs of a platform, run here: by themselves, under Wine or under QEMU |
//! | `process.rs` | a child process with a time limit |
//! | `skip.rs` | tests that cannot run here |
//! | `license.rs` | licence expressions, and what they allow |
//! | `demo.rs` | `cargo demo` |
//! | `main.rs` | the commands |

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod build;
mod compiler;
mod declarations;
mod demo;
mod header;
mod import_library;
mod license;
mod platform;
mod process;
mod repository;
mod runner;
mod skip;
mod stage;
mod tool;

pub use build::{LibraryKind, build_dev_library, build_shipped_library, test_library};
pub use compiler::{Language, compile};
pub use declarations::{Constant, Declarations, Function};
pub use demo::demo;
pub use header::{HEADER_SOURCES, generate_header, header_path};
pub use license::{check_licenses, is_allowed};
pub use platform::Platform;
pub use process::{Finished, run_limited};
pub use repository::{repository, target_directory};
pub use runner::Runner;
pub use skip::{not_applicable, skip};
pub use stage::{stage_c, stage_module};
pub use tool::{find_c_compiler, find_cpp_compiler, find_in_path, find_powershell};

/// What went wrong, in words.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// The result of everything here that can go wrong in more than one way.
pub type Result<T> = std::result::Result<T, Error>;
