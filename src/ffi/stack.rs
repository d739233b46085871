//! How much stack the calling thread has left. Some hosts give their threads very little, on which nothing is polled.

/// What polling needs in the worst case, a TLS handshake, several times over.
#[cfg(target_os = "linux")]
const ROOM: usize = 384 * 1024;

/// Whether the calling thread may poll.
#[cfg(target_os = "linux")]
pub(super) fn has_room() -> bool {
    use std::cell::Cell;
    thread_local! {
        /// The bounds of this thread's stack, once they are known; nothing lies in them where they cannot be.
        static BOUNDS: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
    }
    let marker = 0u8;
    let here = (&raw const marker) as usize;
    BOUNDS
        .try_with(|bounds| {
            let (lowest, highest) = bounds.get().unwrap_or_else(|| {
                let found = stack().unwrap_or_default();
                bounds.set(Some(found));
                found
            });
            // Elsewhere it is the stack of a coroutine, of which nothing is known.
            here <= highest && here.saturating_sub(lowest) >= ROOM
        })
        .unwrap_or(false)
}

/// The lowest and the highest address of the calling thread's stack.
#[cfg(target_os = "linux")]
fn stack() -> Option<(usize, usize)> {
    // SAFETY: the calls only fill what they are given; the attributes are destroyed again.
    unsafe {
        if libc::getpid() == libc::gettid() {
            // The main thread's grows up to a limit, and its bounds as the system tells them come from a file of all
            // mappings. What the kernel put on top of it says where it begins; a quarter may be arguments.
            let mut limit: libc::rlimit = std::mem::zeroed();
            let top = usize::try_from(libc::getauxval(libc::AT_RANDOM))
                .ok()
                .filter(|top| *top > 0)?;
            if libc::getrlimit(libc::RLIMIT_STACK, &mut limit) != 0 {
                return None;
            }
            let size = usize::try_from(limit.rlim_cur)
                .unwrap_or(usize::MAX)
                .min(8 * 1024 * 1024);
            return Some((top.saturating_sub(size / 4 * 3), top));
        }
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return None;
        }
        let (mut lowest, mut size) = (std::ptr::null_mut(), 0);
        let found = libc::pthread_attr_getstack(&attributes, &mut lowest, &mut size);
        libc::pthread_attr_destroy(&mut attributes);
        (found == 0).then(|| (lowest as usize, lowest as usize + size))
    }
}

/// Elsewhere callers do not poll.
#[cfg(not(target_os = "linux"))]
pub(super) fn has_room() -> bool {
    false
}
