//! The library laid out as its users find it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::repository::repository;

/// What the shared library is called on this system.
pub fn library_file_name() -> String {
    format!(
        "{}vcdrest{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    )
}

/// .NET's name for this system, under which the PowerShell module looks for the library.
///
/// # Errors
///
/// If .NET has no name for it.
pub fn runtime_identifier() -> io::Result<&'static str> {
    Ok(match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("linux", "arm") => "linux-arm",
        ("windows", "x86_64") => "win-x64",
        ("windows", "aarch64") => "win-arm64",
        ("windows", "x86") => "win-x86",
        ("macos", "x86_64") => "osx-x64",
        ("macos", "aarch64") => "osx-arm64",
        (system, processor) => {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!("the PowerShell module has no place for a library of {system} on {processor}"),
            ));
        }
    })
}

/// Copies the PowerShell module with the library in its place to `destination/VcdRest`, and returns that folder.
/// What was there before is removed.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn stage_module(library: &Path, destination: &Path) -> io::Result<PathBuf> {
    let module = destination.join("VcdRest");
    match fs::remove_dir_all(&module) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => copy_folder(&repository().join("powershell").join("VcdRest"), &module)?,
    }
    let native = module.join("native").join(runtime_identifier()?);
    fs::create_dir_all(&native)?;
    copy(library, &native.join(library_file_name()))?;
    Ok(module)
}

/// Lays out `destination/include` and `destination/lib` so that C programs compile with `-I`, `-L` and `-lvcdrest`
/// and find the library by its SONAME when they run.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn stage_c(library: &Path, destination: &Path) -> io::Result<()> {
    let (include, lib) = (destination.join("include"), destination.join("lib"));
    fs::create_dir_all(&include)?;
    fs::create_dir_all(&lib)?;
    copy_folder(&repository().join("include"), &include)?;
    let name = library_file_name();
    if cfg!(target_os = "linux") {
        // As a package installs it: the file carries the SONAME, the linker finds it by a link.
        let soname = format!("{name}.1");
        copy(library, &lib.join(&soname))?;
        link(&soname, &lib.join(&name))
    } else {
        copy(library, &lib.join(name))
    }
}

#[cfg(unix)]
fn link(target: &str, link: &Path) -> io::Result<()> {
    match fs::remove_file(link) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => std::os::unix::fs::symlink(target, link),
    }
}

#[cfg(not(unix))]
fn link(target: &str, link: &Path) -> io::Result<()> {
    copy(&link.with_file_name(target), link)
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to).map_err(|error| about(to, error))?;
    for entry in fs::read_dir(from).map_err(|error| about(from, error))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Copies a file by way of a temporary name: a process that has the old one loaded keeps it.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let new = PathBuf::from(name);
    fs::copy(from, &new).map_err(|error| about(from, error))?;
    fs::rename(&new, to).map_err(|error| about(to, error))
}

fn about(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
