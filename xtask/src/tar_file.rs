//! A compressed tar file whose bytes depend on nothing but what is in it.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use crate::Result;
use crate::zip_file::files_below;

/// Everybody reads, nobody executes: the loader asks for no more of a library.
const MODE: u32 = 0o644;
/// The beginning of 1980, in seconds since 1970: the oldest time that zip files know, for both kinds of archive.
const TIME: u64 = 315_532_800;

/// Writes the files and symbolic links of a folder into a file, as `prefix/...`, in the order of their names, with one
/// time and nobody's name: the same files give the same bytes.
///
/// # Errors
///
/// If something cannot be read or written.
pub(crate) fn write_tar_gz(folder: &Path, prefix: &str, file: &Path) -> Result<()> {
    let out = File::create(file).map_err(|error| format!("{}: {error}", file.display()))?;
    // It puts neither a time nor a name into the header.
    let mut tar = Builder::new(GzBuilder::new().write(out, Compression::best()));
    for name in files_below(folder)? {
        let (place, path) = (folder.join(&name), format!("{prefix}/{name}"));
        let mut header = Header::new_ustar();
        header.set_mtime(TIME);
        header.set_uid(0);
        header.set_gid(0);
        if fs::symlink_metadata(&place)?.is_symlink() {
            header.set_entry_type(EntryType::Symlink);
            header.set_mode(0o777);
            header.set_size(0);
            tar.append_link(&mut header, path, fs::read_link(&place)?)?;
        } else {
            let bytes = fs::read(&place)?;
            header.set_mode(MODE);
            header.set_size(bytes.len() as u64);
            tar.append_data(&mut header, path, bytes.as_slice())?;
        }
    }
    tar.into_inner()?.finish()?.flush()?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_same_files_give_the_same_bytes_whenever_they_were_written() {
        let place = std::env::temp_dir().join(format!("vcdrest-tar-{}", std::process::id()));
        let write = |name: &str, time: std::time::SystemTime| {
            let folder = place.join(name);
            fs::create_dir_all(folder.join("b")).expect("the folder can be made");
            for file in ["c", "b/a"] {
                fs::write(folder.join(file), file.repeat(100)).expect("the folder can be written");
                let opened = File::options().append(true).open(folder.join(file));
                opened.expect("it is there").set_modified(time).expect("it is ours");
            }
            std::os::unix::fs::symlink("c", folder.join("link")).expect("links can be made");
            let file = place.join(format!("{name}.tar.gz"));
            write_tar_gz(&folder, "in", &file).expect("it can be written");
            fs::read(file).expect("it is there")
        };
        let first = write("first", std::time::SystemTime::UNIX_EPOCH);
        let second = write("second", std::time::SystemTime::now());
        assert!(first == second);
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(first.as_slice()));
        let mut found = Vec::new();
        for entry in tar.entries().expect("it is one") {
            let mut entry = entry.expect("it is one");
            let mut text = String::new();
            entry.read_to_string(&mut text).expect("it is text");
            let link = entry
                .link_name()
                .expect("it is text")
                .map(|link| link.display().to_string());
            found.push((
                entry.path().expect("it has one").display().to_string(),
                text.len(),
                link,
            ));
        }
        let expected = [("in/b/a", 300, None), ("in/c", 100, None), ("in/link", 0, Some("c"))];
        let expected = expected.map(|(name, length, link)| (name.to_owned(), length, link.map(str::to_owned)));
        assert_eq!(found, expected);
        fs::remove_dir_all(&place).expect("it was made here");
    }
}
