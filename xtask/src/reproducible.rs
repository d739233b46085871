//! Two builds of one commit give the same bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::build::{BuildPlace, ShippedLibraries, build_shipped_in, build_shipped_libraries};
use crate::platform::Platform;
use crate::repository::repository;

/// Builds the libraries of a platform here and once more from the beginning: from a copy of what is under version
/// control in another folder, with packages that lie in another folder, too.
///
/// # Errors
///
/// If they differ, or do not compile.
pub fn check_reproducible(platform: Platform) -> Result<()> {
    let first = build_shipped_libraries(platform)?;
    let place = std::env::temp_dir().join(format!("vcdrest-second-{}", std::process::id()));
    fs::create_dir_all(&place)?;
    let result = second_build(&place, platform).and_then(|second| compare(&first, &second));
    fs::remove_dir_all(&place)?;
    result
}

fn second_build(place: &Path, platform: Platform) -> Result<ShippedLibraries> {
    let second = BuildPlace {
        repository: place.join("a source"),
        target: place.join("made"),
        cargo_home: other_cargo_home(place)?,
    };
    copy_versioned(&second.repository)?;
    build_shipped_in(&second, platform)
}

/// Cargo's folder by another name; `None` where there are no symbolic links.
#[cfg(unix)]
fn other_cargo_home(place: &Path) -> Result<Option<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let other = place.join("packages");
    std::os::unix::fs::symlink(home.ok_or("there is no home folder")?, &other)?;
    Ok(Some(other))
}

#[cfg(not(unix))]
fn other_cargo_home(_: &Path) -> Result<Option<PathBuf>> {
    Ok(None)
}

/// Copies the files that are under version control, as they are now.
fn copy_versioned(destination: &Path) -> Result<()> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(repository())
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "git ls-files failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )
        .into());
    }
    for name in String::from_utf8(output.stdout)?.split_terminator('\0') {
        let (from, to) = (repository().join(name), destination.join(name));
        if let (true, Some(folder)) = (from.is_file(), to.parent()) {
            fs::create_dir_all(folder)?;
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

fn compare(first: &ShippedLibraries, second: &ShippedLibraries) -> Result<()> {
    for (one, other) in [
        (&first.shared, &second.shared),
        (&first.static_library, &second.static_library),
    ] {
        let (bytes, others) = (fs::read(one)?, fs::read(other)?);
        let same = bytes
            .iter()
            .zip(&others)
            .take_while(|(one, other)| one == other)
            .count();
        if bytes != others {
            return Err(format!(
                "{} has {} bytes, and a second build has {}; they differ from byte {same} on",
                one.display(),
                bytes.len(),
                others.len()
            )
            .into());
        }
    }
    Ok(())
}
