//! Which systems a library for Linux runs on: what it asks of the GNU C library.

use std::path::Path;
use std::process::Command;

use crate::Result;

/// A version, by number: 2.17 comes before 2.4 as text.
pub type GlibcVersion = (u32, u32);

/// The newest version of the GNU C library that a shared library needs.
///
/// # Errors
///
/// If `readelf` is not there, or finds none.
pub fn needed_glibc(library: &Path) -> Result<GlibcVersion> {
    let output = Command::new("readelf")
        .args(["--version-info", "--wide"])
        .arg(library)
        .output()
        .map_err(|error| format!("readelf: {error}"))?;
    let newest = newest(&String::from_utf8_lossy(&output.stdout));
    newest.ok_or_else(|| format!("{} needs no version of the GNU C library", library.display()).into())
}

fn newest(text: &str) -> Option<GlibcVersion> {
    let versions = text
        .split_whitespace()
        .filter_map(|word| glibc_version(word.strip_prefix("GLIBC_")?));
    versions.max()
}

/// `2.17`, or `2.2.5`, whose last number is of no interest here.
pub fn glibc_version(text: &str) -> Option<GlibcVersion> {
    let mut numbers = text.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let text = "  0x0010:   Name: GLIBC_2.2.5  Flags: none  Version: 4\n  0x0020:   Name: GLIBC_2.17  Flags: none\n\
                    0x0030:   Name: GLIBC_2.4  Flags: none\n  0x0040: Name: GLIBC_PRIVATE GCC_3.0";
        assert_eq!(newest(text), Some((2, 17)));
        assert_eq!(newest("Name: GCC_3.0"), None);
    }
}
