//! Files that another program, such as a virus scanner, has open for a moment. On Windows that stands in the way of who
//! opens or replaces them; elsewhere it never does.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long another program may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked whether it has finished.
const PAUSE: Duration = Duration::from_millis(10);

/// Windows' `ERROR_ACCESS_DENIED`, which is also the answer about a file that is open.
const ACCESS_DENIED: i32 = 5;
/// Windows' `ERROR_SHARING_VIOLATION`.
const SHARING_VIOLATION: i32 = 32;

/// Opens a file for reading.
pub(super) fn open(path: &Path) -> io::Result<File> {
    patiently(&[SHARING_VIOLATION], || File::open(path))
}

/// Gives a file another name, in place of what has that name.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    // A folder in its place will not go away.
    if to.is_dir() {
        return fs::rename(from, to);
    }
    patiently(&[SHARING_VIOLATION, ACCESS_DENIED], || fs::rename(from, to))
}

/// Does something until none of these Windows errors comes of it. Blocks meanwhile.
fn patiently<T>(passing: &[i32], action: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match action() {
            Err(error)
                if cfg!(windows)
                    && error.raw_os_error().is_some_and(|code| passing.contains(&code))
                    && Instant::now() < deadline =>
            {
                std::thread::sleep(PAUSE);
            }
            result => return result,
        }
    }
}
