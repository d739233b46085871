//! Files that belong to this user alone, from the moment that they are there.

use std::fs::File;
use std::io;
use std::path::Path;

/// Makes a file; one that is there is an error.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    system::open(path, false)
}

/// Opens a file for writing. It is made where there is none, and left as it is where there is one.
pub(super) fn open_or_create(path: &Path) -> io::Result<File> {
    system::open(path, true)
}

/// Gives a file to the owner and the group of another, whose place it is to take. An administrator who uses a
/// service's file is not to take it away from the service. Nothing is done where there is no other; on Windows, each file
/// is its user's own.
pub(super) fn belong_to_owner_of(model: &Path, file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let there = file.metadata()?;
        let wanted = match std::fs::metadata(model) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            wanted => wanted?,
        };
        if wanted.uid() != there.uid() {
            fchown(file, Some(wanted.uid()), None).map_err(|_| {
                io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    format!(
                        "it belongs to another user (uid {}), and would not any more",
                        wanted.uid()
                    ),
                )
            })?;
        }
        if wanted.gid() != there.gid() {
            // Nobody else may read it, so that its group matters little.
            let _ = fchown(file, None, Some(wanted.gid()));
        }
    }
    #[cfg(not(unix))]
    let _ = (model, file);
    Ok(())
}

/// What to do about a file that other users of this computer can read; `None` if they cannot.
pub(super) fn remedy(path: &Path) -> Option<String> {
    system::others_can_read(path).then(|| system::how_to_close(path))
}

#[cfg(not(windows))]
mod system {
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::path::Path;

    pub(super) fn open(path: &Path, may_exist: bool) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options
            .write(true)
            .create_new(!may_exist)
            .create(may_exist)
            .truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)
    }

    pub(super) fn others_can_read(path: &Path) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            std::fs::metadata(path).is_ok_and(|facts| facts.mode() & 0o077 != 0)
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            false
        }
    }

    pub(super) fn how_to_close(_path: &Path) -> String {
        "chmod 600 it".to_owned()
    }
}

#[cfg(windows)]
pub(crate) use system::{Access, lend};

#[cfg(windows)]
mod system {
    use std::fs::File;
    use std::io;
    use std::path::Path;
    use std::sync::OnceLock;

    /// What the boundary can do, and safe code cannot: access lists.
    pub(crate) struct Access {
        /// Opens a file for writing, and makes it as this user's own where it is not there. The flag says whether it
        /// may be there.
        pub(crate) open: fn(&Path, bool) -> io::Result<File>,
        /// Whether others than this user, the system and administrators can read a file.
        pub(crate) others_can_read: fn(&Path) -> io::Result<bool>,
    }

    static LENT: OnceLock<Access> = OnceLock::new();

    /// Lends the core what it needs. The first loan stays.
    pub(crate) fn lend(access: Access) {
        let _ = LENT.set(access);
    }

    pub(super) fn open(path: &Path, may_exist: bool) -> io::Result<File> {
        // A file that everybody can read would be worse than none.
        let access = LENT.get().ok_or_else(|| io::Error::from(io::ErrorKind::Unsupported))?;
        (access.open)(path, may_exist)
    }

    pub(super) fn others_can_read(path: &Path) -> bool {
        // Where there are no access lists, as on memory sticks, there is nothing to be done.
        LENT.get()
            .is_some_and(|access| (access.others_can_read)(path).unwrap_or(false))
    }

    pub(super) fn how_to_close(path: &Path) -> String {
        format!(
            "icacls \"{}\" /inheritance:r /grant:r \"%USERDOMAIN%\\%USERNAME%:F\" closes it",
            path.display()
        )
    }
}
