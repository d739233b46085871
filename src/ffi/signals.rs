//! Keeps the library's threads out of the host's signals.

/// Blocks every signal in the calling thread but those that a fault of its own raises. Signals for the process then
/// go to the host's threads, as if the library had none; and a server that goes away while something is written to
/// it does not end the host by SIGPIPE, since the writing thread is always one of these.
#[cfg(unix)]
pub(super) fn block() {
    // SAFETY: `sigfillset` initializes the set; the calls only read and write it and this thread's mask.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut set);
        for fault in [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP] {
            libc::sigdelset(&mut set, fault);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, &set, std::ptr::null_mut());
    }
}

#[cfg(not(unix))]
pub(super) fn block() {}
