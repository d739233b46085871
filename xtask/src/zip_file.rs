//! A zip file whose bytes depend on nothing but what is in it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::Result;

/// Everybody reads, nobody executes: the loader asks for no more of a library.
const MODE: u32 = 0o644;

/// Writes the files of a folder into a zip file, as `prefix/...`, in the order of their names and with the oldest time
/// that the format knows: the same files give the same bytes.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn write_zip(folder: &Path, prefix: &str, file: &Path) -> Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(MODE);
    let mut zip = ZipWriter::new(File::create(file).map_err(|error| format!("{}: {error}", file.display()))?);
    for name in files_below(folder)? {
        zip.start_file(format!("{prefix}/{name}"), options)?;
        zip.write_all(&fs::read(folder.join(&name))?)?;
    }
    zip.finish()?;
    Ok(())
}

/// The files of a zip file with their contents, in the order in which they stand there.
///
/// # Errors
///
/// If it cannot be read or is none.
pub fn read_zip(file: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut zip = ZipArchive::new(File::open(file)?)?;
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index)?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.push((entry.name().to_owned(), bytes));
    }
    Ok(files)
}

/// The files in a folder and in those below, by their names from it on, with `/` between them, sorted.
pub(crate) fn files_below(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![(PathBuf::from(folder), String::new())];
    while let Some((place, prefix)) = folders.pop() {
        for entry in fs::read_dir(&place)? {
            let entry = entry?;
            let name = entry.file_name().into_string();
            let name = name.map_err(|name| io::Error::other(format!("{name:?} is no name for a package")))?;
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), format!("{prefix}{name}/")));
            } else {
                found.push(prefix.clone() + &name);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_give_the_same_bytes_whenever_they_were_written() {
        let place = std::env::temp_dir().join(format!("vcdrest-zip-{}", std::process::id()));
        let write = |name: &str, order: [&str; 3]| {
            let folder = place.join(name);
            fs::create_dir_all(folder.join("b")).expect("the folder can be made");
            for file in order {
                fs::write(folder.join(file), file.repeat(100)).expect("the folder can be written");
                let time = fs::FileTimes::new().set_modified(std::time::SystemTime::UNIX_EPOCH);
                let opened = File::options().append(true).open(folder.join(file));
                opened.expect("it is there").set_times(time).expect("it is ours");
            }
            let zip = place.join(format!("{name}.zip"));
            write_zip(&folder, "in", &zip).expect("it can be written");
            zip
        };
        let first = write("first", ["a", "b/a", "c"]);
        let second = place.join("second.zip");
        // In another order, and with the time of now.
        write("second", ["c", "b/a", "a"]);
        fs::write(place.join("second/a"), "a".repeat(100)).expect("it can be written again");
        write_zip(&place.join("second"), "in", &second).expect("it can be written");
        assert_eq!(fs::read(&first).ok(), fs::read(&second).ok());
        let names: Vec<String> = read_zip(&first)
            .expect("it is one")
            .into_iter()
            .map(|file| file.0)
            .collect();
        assert_eq!(names, ["in/a", "in/b/a", "in/c"]);
        fs::remove_dir_all(&place).expect("it was made here");
    }
}
