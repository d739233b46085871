//! Looks into memory, for tests: whether what is freed still holds a secret.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Looks into each block that is freed.
struct Watched;

#[global_allocator]
static WATCHED: Watched = Watched;

thread_local! {
    /// What is looked for on this thread.
    static SECRET: Cell<Option<&'static [u8]>> = const { Cell::new(None) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is passed on to the system's allocator; blocks are only read, in their length.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Bytes that were never written must not be read: a block has some from its beginning.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe {
            look(block, layout.size());
            System.dealloc(block, layout);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe {
            // Always to another place, as it may be anywhere.
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(block, new, layout.size().min(size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

/// # Safety
/// The block has so many bytes, all of them written.
unsafe fn look(block: *const u8, length: usize) {
    let Ok(Some(secret)) = SECRET.try_with(Cell::get) else {
        return;
    };
    // SAFETY: as promised.
    let bytes = unsafe { std::slice::from_raw_parts(block, length) };
    if bytes.windows(secret.len()).any(|window| window == secret) {
        FOUND.set(FOUND.get() + 1);
    }
}

/// How many blocks were freed with the secret in them while something ran on this thread.
pub(crate) fn freed_with(secret: &'static str, run: impl FnOnce()) -> usize {
    FOUND.set(0);
    SECRET.set(Some(secret.as_bytes()));
    run();
    SECRET.set(None);
    FOUND.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_overwritten_is_found() {
        const SECRET: &str = "a secret of this test";
        assert_eq!(freed_with(SECRET, || drop(SECRET.to_owned())), 1);
        let grows = || {
            let mut text = SECRET.to_owned();
            text.push_str("; more");
            drop(zeroize::Zeroizing::new(text));
        };
        assert_eq!(freed_with(SECRET, grows), 1, "the copy that was too small");
        assert_eq!(
            freed_with(SECRET, || drop(zeroize::Zeroizing::new(SECRET.to_owned()))),
            0
        );
    }
}
