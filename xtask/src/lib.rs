//! What is not a test, for the command line (`cargo xtask help`) and for the tests that need the same things.
//!
//! | file | noun |
//! |---|---|
//! | `repository.rs` | where things stand |
//! | `header.rs` | `include/vcdrest.h`, made from `src/ffi` |
//! | `declarations.rs` | what the committed header declares |
//! | `platform.rs` | the platforms that the library is made for |
//! | `build.rs` | the libraries that Cargo makes |
//! | `stage.rs` | the library laid out as its users find it |
//! | `module_package.rs` | the PowerShell module as people install it |
//! | `zip_file.rs` | a zip file whose bytes depend on nothing but what is in it |
//! | `tool.rs` | programs of the system: PowerShell, compilers, valgrind |
//! | `compiler.rs` | a C or C++ program made from its source |
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
mod license;
mod module_package;
mod platform;
mod process;
mod repository;
mod skip;
mod stage;
mod tool;
mod zip_file;

pub use build::{LibraryKind, build_dev_library, build_shipped_library, test_library};
pub use compiler::{Language, compile};
pub use declarations::{Constant, Declarations, Function};
pub use demo::demo;
pub use header::{HEADER_SOURCES, generate_header, header_path};
pub use license::{check_licenses, is_allowed};
pub use module_package::{ModulePackage, package_module, zip_module};
pub use platform::Platform;
pub use process::{Finished, run_limited};
pub use repository::{repository, target_directory};
pub use skip::{not_applicable, skip};
pub use stage::{stage_c, stage_module};
pub use tool::{find_c_compiler, find_cpp_compiler, find_in_path, find_powershell};
pub use zip_file::{read_zip, write_zip};

/// What went wrong, in words.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// The result of everything here that can go wrong in more than one way.
pub type Result<T> = std::result::Result<T, Error>;
