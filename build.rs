//! Names the shared library as its users will look for it, and tells Windows its version.

use std::env;

use winresource::{VersionInfo, WindowsResource};

/// Major number of the ABI; a test compares it with `VCD_ABI_MAJOR`.
const ABI_MAJOR: &str = "1";
/// Windows' `VFT_DLL`.
const IS_DLL: u64 = 2;

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
        "windows" => {
            // The hour of the build would make each one different.
            let without_time = match env::var("CARGO_CFG_TARGET_ENV").as_deref() {
                Ok("msvc") => "/Brepro",
                _ => "-Wl,--no-insert-timestamp",
            };
            println!("cargo::rustc-cdylib-link-arg={without_time}");
            add_version();
        }
        _ => {}
    }
}

/// What the properties of the file show, and installers compare.
fn add_version() {
    let mut resource = WindowsResource::new();
    resource
        .set_version_info(VersionInfo::FILETYPE, IS_DLL)
        .set("FileDescription", "REST client for VMware Cloud Director")
        .set("InternalName", "vcdrest")
        .set("OriginalFilename", "vcdrest.dll")
        .set("LegalCopyright", &env::var("CARGO_PKG_LICENSE").unwrap_or_default());
    if let Err(error) = resource.compile() {
        // Whoever builds it for themselves can do without; a test sees to it that what ships has it.
        println!("cargo::warning=the library gets no version resource: {error}");
    }
}
