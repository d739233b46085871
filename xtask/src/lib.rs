//! What is not a test, for the command line (`cargo xtask help`) and for the tests that need the same things.
//!
//! | file | noun |
//! |---|---|
//! | `repository.rs` | where things stand |
//! | `header.rs` | `include/vcdrest.h`, made from `src/ffi` |
//! | `declarations.rs` | what the committed header declares |
//! | `abi.rs` | what programs that are compiled already rely on |
//! | `platform.rs` | the platforms that the library is made for |
//! | `markdown.rs` | a page of Markdown |
//! | `c_reference.rs` | the pages about the C functions |
//! | `site.rs` | guides and references as a browser shows them; what it is made with lies in `site/` |
//! | `build.rs` | the libraries that Cargo makes |
//! | `static_library.rs` | the static library, reduced to what is for others |
//! | `import_library.rs` | what the linkers of Windows need to know of the DLL |
//! | `stage.rs` | the library laid out as its users find it |
//! | `c_package.rs` | the C library as people install it |
//! | `reproducible.rs` | two builds of one commit give the same bytes |
//! | `glibc.rs` | which systems a library for Linux runs on |
//! | `module_package.rs` | the PowerShell module as people install it |
//! | `zip_file.rs` | a zip file whose bytes depend on nothing but what is in it |
//! | `tar_file.rs` | the same as a compressed tar file |
//! | `checksum.rs` | checksums, in the form that `sha256sum --check` reads |
//! | `tool.rs` | programs of the system: PowerShell, compilers, valgrind |
//! | `compiler.rs` | a C or C++ program made from its source |
//! | `runner.rs` | programs of a platform, run here: by themselves, under Wine or under QEMU |
//! | `process.rs` | a child process with a time limit |
//! | `skip.rs` | tests that cannot run here |
//! | `license.rs` | licence expressions, and what they allow |
//! | `component.rs` | what the library is made of |
//! | `third_party.rs` | the licences of what others have written and the library contains |
//! | `sanitizer.rs` | what checks programs while they run |
//! | `fuzz.rs` | the fuzz targets of `fuzz/` |
//! | `sbom.rs` | the software bill of materials |
//! | `demo.rs` | `cargo demo` |
//! | `main.rs` | the commands |

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod abi;
mod build;
mod c_package;
mod c_reference;
mod checksum;
mod compiler;
mod component;
mod declarations;
mod demo;
mod fuzz;
mod glibc;
mod header;
mod import_library;
mod license;
mod markdown;
mod module_package;
mod platform;
mod process;
mod repository;
mod reproducible;
mod runner;
mod sanitizer;
mod sbom;
mod site;
mod skip;
mod stage;
mod static_library;
mod tar_file;
mod third_party;
mod tool;
mod zip_file;

pub use abi::{AbiSnapshot, header_library, snapshot_path, type_snapshot_path, write_abi};
pub use build::{
    LibraryKind, ShippedLibraries, build_dev_library, build_sanitized_library, build_shipped_libraries,
    build_shipped_library, test_library,
};
pub use c_package::{c_package_name, pack_c, package_c};
pub use compiler::{Language, compile, compile_sanitized};
pub use component::{Package, STANDARD_LIBRARY_PACKAGES, ToolchainPart, linked_packages, toolchain_parts};
pub use declarations::{Constant, Declarations, Function};
pub use demo::demo;
pub use fuzz::{fuzz, fuzz_targets};
pub use glibc::{GlibcVersion, glibc_version, needed_glibc};
pub use header::{HEADER_SOURCES, generate_header, header_path};
pub use license::{check_licenses, is_allowed};
pub use markdown::{CodeBlock, Markdown};
pub use module_package::{ModulePackage, package_module, zip_module};
pub use platform::{GLIBC_BASELINE, Platform};
pub use process::{Finished, run_limited};
pub use repository::{repository, target_directory};
pub use reproducible::check_reproducible;
pub use runner::Runner;
pub use sanitizer::Sanitizer;
pub use sbom::{SBOM_FILE, sbom};
pub use site::build_site;
pub use skip::{not_applicable, skip};
pub use stage::{stage_c, stage_module};
pub use third_party::{THIRD_PARTY_FILE, third_party_licenses};
pub use tool::{find_c_compiler, find_cpp_compiler, find_in_path, find_powershell};
pub use zip_file::{read_zip, write_zip};

/// What went wrong, in words.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// The result of everything here that can go wrong in more than one way.
pub type Result<T> = std::result::Result<T, Error>;
