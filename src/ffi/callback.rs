//! Functions of the host that the library calls, as the core knows them.

use crate::core::body::{Reader, Writer};
use crate::core::log;
use crate::core::runtime::OnEnd;
use std::ffi::c_void;
use std::io;

/// What the host wants back with each call.
struct UserData(*mut c_void);

// SAFETY: the library only hands the pointer back, one call at a time; the header asks the host to bear that it comes
// on another thread.
unsafe impl Send for UserData {}
// SAFETY: as above; a reference to it gives nothing but the pointer.
unsafe impl Sync for UserData {}

impl UserData {
    fn get(&self) -> *mut c_void {
        self.0
    }
}

/// # Safety
/// The function may be called with the data, from any thread, one call at a time, until the reader is dropped.
pub(super) unsafe fn reader(
    function: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> i64,
    userdata: *mut c_void,
) -> Reader {
    let userdata = UserData(userdata);
    Box::new(move |buffer| {
        // SAFETY: as promised above; the buffer has that much room.
        let count = log::from_callback(|| unsafe { function(userdata.get(), buffer.as_mut_ptr(), buffer.len()) });
        match usize::try_from(count) {
            Ok(count) if count <= buffer.len() => Ok(count),
            Ok(_) => Err(io::Error::other(
                "the function that gives the body claims to have given more than there was room for",
            )),
            Err(_) => Err(io::Error::other("the function that gives the body ended the call")),
        }
    })
}

/// # Safety
/// As for [`reader`].
pub(super) unsafe fn writer(
    function: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> i32,
    userdata: *mut c_void,
) -> Writer {
    let userdata = UserData(userdata);
    Box::new(move |piece| {
        // SAFETY: as promised above.
        match log::from_callback(|| unsafe { function(userdata.get(), piece.as_ptr(), piece.len()) }) {
            0 => Ok(()),
            code => Err(io::Error::other(format!("it returned {code}"))),
        }
    })
}

/// # Safety
/// The function may be called once with the data, from any thread.
pub(super) unsafe fn done(function: unsafe extern "C" fn(*mut c_void), userdata: *mut c_void) -> OnEnd {
    let userdata = UserData(userdata);
    // SAFETY: as promised above.
    Box::new(move || log::from_callback(|| unsafe { function(userdata.get()) }))
}
