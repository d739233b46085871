//! Checksums, in the form that `sha256sum --check` reads.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use ring::digest::{SHA256, digest};

use crate::Result;
use crate::stage::hexadecimal;
use crate::zip_file::files_below;

/// What every file of a package has, in a file of it.
pub(crate) const CHECKSUMS: &str = "SHA256SUMS.txt";

/// Writes the checksums of the files in a folder and in those below into it.
pub(crate) fn write_checksums(folder: &Path) -> Result<()> {
    let mut sums = String::new();
    for name in files_below(folder)?.iter().filter(|name| *name != CHECKSUMS) {
        writeln!(sums, "{}  {name}", checksum(&folder.join(name))?)?;
    }
    Ok(fs::write(folder.join(CHECKSUMS), sums)?)
}

/// Writes the checksum of a file beside it.
pub(crate) fn write_checksum(file: &Path) -> Result<()> {
    let name = file.file_name().unwrap_or_default().display().to_string();
    let line = format!("{}  {name}\n", checksum(file)?);
    Ok(fs::write(file.with_file_name(name + ".sha256"), line)?)
}

fn checksum(file: &Path) -> Result<String> {
    Ok(hexadecimal(digest(&SHA256, &fs::read(file)?).as_ref()))
}
