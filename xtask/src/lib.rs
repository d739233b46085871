//! What is not a test, for the command line (`cargo xtask help`) and for the tests that need the same things.
//!
//! | file | noun |
//! |---|---|
//! | `repository.rs` | where things stand |
//! | `header.rs` | `include/vcdrest.h`, made from `src/ffi` |
//! | `declarations.rs` | what the committed header declares |
//! | `platform.rs` | the platforms that the library is made for |
//! | `markdown.rs` | a page of Markdown |
//! | `c_reference.rs` | the pages about the C functions |
//! | `site.rs` | guides and references as a browser shows them; what it is made with lies in `site/` |
//! | `build.rs` | the libraries that Cargo makes |
//! | `import_library.rs` | what the linkers of Windows need to know of the DLL |
//! | `stage.rs` | the library laid out as its users find it |
//! | `module_package.rs` | the PowerShell module as people install it |
//! | `zip_file.rs` | a zip file whose bytes depend on nothing but what is in it |
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
mod c_reference;
mod compiler;
mod declarations;
mod demo;
mod header;
mod import_library;
mod license;
mod markdown;
mod module_package;
mod platform;
mod process;
mod repository;
mod runner;
mod site;
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
pub use markdown::{CodeBlock, Markdown};
pub use module_package::{ModulePackage, package_module, zip_module};
pub use platform::Platform;
pub use process::{Finished, run_limited};
pub use repository::{repository, target_directory};
pub use runner::Runner;
pub use site::{COMING, build_site};
pub use skip::{not_applicable, skip};
pub use stage::{stage_c, stage_module};
pub use tool::{find_c_compiler, find_cpp_compiler, find_in_path, find_powershell};
pub use zip_file::{read_zip, write_zip};

/// What went wrong, in words.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// The result of everything here that can go wrong in more than one way.
pub type Result<T> = std::result::Result<T, Error>;
