//! Leaves no locked door behind in the child of a fork: the handle table is taken before the fork and given back on
//! both sides, so that no other thread of the parent can be inside at that moment.

/// Has the system call before and after every fork of this process from now on.
#[cfg(unix)]
pub(super) fn watch() {
    use super::handle;
    unsafe extern "C" fn before() {
        handle::hold();
    }
    unsafe extern "C" fn after() {
        handle::release();
    }
    // SAFETY: the functions stay, because the library is linked so that it is never unloaded, and do not unwind.
    unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
}

#[cfg(not(unix))]
pub(super) fn watch() {}
