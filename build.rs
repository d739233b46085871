//! Names the shared library as its users will look for it.

use std::env;

/// Major number of the ABI; a test compares it with `VCD_ABI_MAJOR`.
const ABI_MAJOR: &str = "1";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    match env::var("CARGO_CFG_TARGET_OS").unwrap_or_default().as_str() {
        "linux" | "freebsd" | "netbsd" | "openbsd" | "android" => {
            // Cargo sets no SONAME; nodelete keeps the module in memory when somebody unloads it.
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libvcdrest.so.{ABI_MAJOR}");
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        "macos" => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libvcdrest.{ABI_MAJOR}.dylib");
        }
        _ => {}
    }
}
