//! Facts about the library itself.

use super::guard::guard_or;
use super::status::{names, vcd_status};
use std::ffi::c_char;

/// Major number of the ABI: programs and libraries fit when it is the same. Also the number in the SONAME.
pub const VCD_ABI_MAJOR: u32 = 1;
/// Minor number of the ABI: grows when functions, options or fields are added.
pub const VCD_ABI_MINOR: u32 = 0;

/// The ABI of the library that is loaded. Compare its upper half with VCD_ABI_MAJOR before anything else.
///
/// @return VCD_ABI_MAJOR << 16 | VCD_ABI_MINOR
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn vcd_abi_version() -> u32 {
    (VCD_ABI_MAJOR << 16) | VCD_ABI_MINOR
}

/// The version of the library that is loaded, such as "0.1.0".
///
/// @return static NUL-terminated text
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn vcd_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The name of a status, such as "VCD_ERR_TIMEOUT".
///
/// @param status  any number
/// @return static NUL-terminated text, never NULL; "VCD_ERR_UNKNOWN" for a number that is no status
///
/// Threads: any. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn vcd_status_name(status: vcd_status) -> *const c_char {
    guard_or(c"VCD_ERR_UNKNOWN".as_ptr(), || {
        let found = names().iter().find(|(code, _)| *code == status);
        Ok(found.map_or(c"VCD_ERR_UNKNOWN", |(_, name)| name).as_ptr())
    })
}

/// Panics, so that a test can see the panic stop at the boundary. Not in the header and not in a release.
#[cfg(feature = "test-exports")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vcd_test_panic(out_error: *mut *mut super::error::vcd_error) -> vcd_status {
    super::guard::guard(out_error, || panic!("a panic asked for by a test"))
}
