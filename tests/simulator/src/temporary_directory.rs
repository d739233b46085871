//! A directory of our own, removed when it is dropped.

use std::io;
use std::path::PathBuf;

use crate::random;

/// A directory of our own, removed with all it holds when it is dropped.
#[derive(Debug)]
pub(crate) struct TemporaryDirectory(PathBuf);

impl TemporaryDirectory {
    /// Makes one that only the user may enter.
    pub(crate) fn new() -> io::Result<Self> {
        let name = format!("vcd-simulator-{}-{}", std::process::id(), random::alphanumeric(8)?);
        let path = std::env::temp_dir().join(name);
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Self(path))
    }

    /// Writes a file into it.
    pub(crate) fn write(&self, name: &str, content: &str) -> io::Result<PathBuf> {
        let path = self.0.join(name);
        std::fs::write(&path, content)?;
        Ok(path)
    }
}

impl Drop for TemporaryDirectory {
    fn drop(&mut self) {
        // Nothing is left to report a failure to; the system clears its temporary folder anyway.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
