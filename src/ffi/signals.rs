//! Keeps the library out of the host's signals.

/// Blocks every signal in the calling thread but those that a fault of its own raises. Signals for the process then
/// go to the host's threads, as if the library had none; and a server that goes away while something is written to
/// it does not end the host by SIGPIPE.
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

/// Does something on a thread of the host that may raise SIGPIPE, of which the host is to see nothing; and that is not
/// to be torn apart by the end of the thread (pthread_cancel).
#[cfg(unix)]
pub(super) fn withheld(work: &mut dyn FnMut()) {
    /// Puts everything back, also behind a panic.
    struct Restored {
        mask: libc::sigset_t,
        #[cfg(target_os = "linux")]
        cancel: libc::c_int,
    }
    impl Drop for Restored {
        fn drop(&mut self) {
            // SAFETY: only this thread's mask, and a signal that waits for this thread.
            unsafe {
                let had_blocked = libc::sigismember(&self.mask, libc::SIGPIPE) == 1;
                let mut waiting: libc::sigset_t = std::mem::zeroed();
                if !had_blocked
                    && libc::sigpending(&mut waiting) == 0
                    && libc::sigismember(&waiting, libc::SIGPIPE) == 1
                {
                    let mut taken = 0;
                    libc::sigwait(&pipe(), &mut taken);
                }
                libc::pthread_sigmask(libc::SIG_SETMASK, &self.mask, std::ptr::null_mut());
                #[cfg(target_os = "linux")]
                pthread_setcancelstate(self.cancel, std::ptr::null_mut());
            }
        }
    }
    fn pipe() -> libc::sigset_t {
        // SAFETY: `sigemptyset` initializes the set.
        unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&mut set);
            libc::sigaddset(&mut set, libc::SIGPIPE);
            set
        }
    }
    // SAFETY: the calls only read and write what they are given and this thread's own state.
    let restored = unsafe {
        #[cfg(target_os = "linux")]
        let mut cancel = 0;
        #[cfg(target_os = "linux")]
        pthread_setcancelstate(CANCEL_DISABLE, &mut cancel);
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::pthread_sigmask(libc::SIG_BLOCK, &pipe(), &mut mask);
        Restored {
            mask,
            #[cfg(target_os = "linux")]
            cancel,
        }
    };
    work();
    drop(restored);
}

// POSIX; the crate `libc` does not declare it for Linux.
#[cfg(target_os = "linux")]
unsafe extern "C" {
    fn pthread_setcancelstate(state: libc::c_int, old: *mut libc::c_int) -> libc::c_int;
}

/// PTHREAD_CANCEL_DISABLE of glibc and musl.
#[cfg(target_os = "linux")]
const CANCEL_DISABLE: libc::c_int = 1;

#[cfg(not(unix))]
pub(super) fn withheld(work: &mut dyn FnMut()) {
    work();
}
