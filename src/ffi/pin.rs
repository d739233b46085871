//! Keeps the library in memory once its runtime has a thread: unloading it then would pull the code from under
//! that thread.

/// Pins the module that holds this function. Later calls do nothing.
pub(super) fn pin() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(pin_module);
}

#[cfg(unix)]
fn pin_module() {
    use std::ffi::c_void;
    let here: fn() = pin;
    // SAFETY: `dladdr` fills `info` or returns 0; `dlopen` gets the name it reported, of a module that is loaded.
    // The handle is kept for ever on purpose.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(here as *const c_void, &mut info) != 0 && !info.dli_fname.is_null() {
            libc::dlopen(info.dli_fname, libc::RTLD_NOW | libc::RTLD_NOLOAD | libc::RTLD_NODELETE);
        }
    }
}

#[cfg(windows)]
fn pin_module() {
    use std::ffi::c_void;
    use windows_sys::Win32::System::LibraryLoader::{
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, GET_MODULE_HANDLE_EX_FLAG_PIN, GetModuleHandleExW,
    };
    let here: fn() = pin;
    let mut module = std::ptr::null_mut();
    // SAFETY: the address lies in this module, and `module` has room for the answer.
    unsafe {
        GetModuleHandleExW(
            GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
            (here as *const c_void).cast(),
            &mut module,
        )
    };
}

#[cfg(not(any(unix, windows)))]
fn pin_module() {}
