//! The PowerShell module as people install it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::build::{LibraryKind, build_shipped_library};
use crate::checksum::{write_checksum, write_checksums};
use crate::platform::Platform;
use crate::repository::repository;
use crate::sbom::{SBOM_FILE, sbom};
use crate::skip::requires_all;
use crate::stage::stage_module;
use crate::third_party::{THIRD_PARTY_FILE, third_party_licenses};
use crate::zip_file::write_zip;

/// Files of the repository that go with the module.
const DOCUMENTS: [&str; 4] = ["CHANGELOG.md", "LICENSE", "LICENSE-APACHE", "LICENSE-MIT"];

/// A package, and what it lacks.
#[derive(Debug)]
pub struct ModulePackage {
    /// `VcdRest-<version>.zip`
    pub zip: PathBuf,
    /// What is in it: the module's folder, without the folders that the zip file has around it.
    pub folder: PathBuf,
    /// A line for everything that it could have and does not.
    pub left_out: Vec<String>,
}

/// Makes the package of the PowerShell module in a folder: `VcdRest`, the module itself, `VcdRest-<version>.zip` with it
/// in `VcdRest/<version>`, as a folder of modules has it, and the checksum of the latter.
///
/// A library that lies in `native`, as `<platform>/<library>`, is taken from there; others are built, where that is
/// possible here.
///
/// # Errors
///
/// If something does not compile or cannot be written; if something would be left out and `VCDREST_REQUIRE_ALL=1`.
pub fn package_module(native: Option<&Path>, destination: &Path) -> Result<ModulePackage> {
    let mut left_out = Vec::new();
    let mut libraries = Vec::new();
    for platform in Platform::ALL {
        if let Some(library) = native.and_then(|native| dropped_in(platform, native)) {
            libraries.push((platform, library));
        } else if !platform.is_shipped() {
            if platform.is_mac() {
                left_out.push(format!("{}: built on a Mac, taken with --native", platform.name()));
            }
        } else if let Some(why) = platform.cannot_package() {
            leave_out(&mut left_out, format!("{}: {why}", platform.name()))?;
        } else {
            libraries.push((platform, build_shipped_library(platform, LibraryKind::Shared)?));
        }
    }
    if let Some(native) = native.filter(|native| !Platform::ALL.iter().any(|one| dropped_in(*one, native).is_some())) {
        return Err(format!(
            "there is no library in {0}; they are looked for as {0}/osx-arm64/libvcdrest.dylib and the like",
            native.display()
        )
        .into());
    }
    let libraries: Vec<(Platform, &Path)> = libraries
        .iter()
        .map(|(platform, file)| (*platform, file.as_path()))
        .collect();
    let folder = stage_module(&libraries, destination)?;
    if !folder.join("Interop").join("VcdRest.Interop.dll").is_file() {
        let why = "Interop/VcdRest.Interop.dll: VCDREST_REFERENCE_ASSEMBLIES names no folder with netstandard.dll and \
                   System.Management.Automation.dll of PowerShell Standard";
        leave_out(&mut left_out, why.into())?;
    }
    for name in DOCUMENTS {
        fs::copy(repository().join(name), folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    // Each library has others' work in it, and not the same as the next.
    for (platform, _) in libraries {
        let native = folder.join("native").join(platform.name());
        fs::write(native.join(THIRD_PARTY_FILE), third_party_licenses(platform)?)?;
        fs::write(native.join(SBOM_FILE), sbom(platform)?)?;
    }
    let zip = zip_module(&folder, destination)?;
    Ok(ModulePackage { zip, folder, left_out })
}

/// Writes the checksums of a module's files and the zip file of a package, of files that have been signed, for example,
/// since [`package_module`] laid them out. Returns the zip file.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn zip_module(folder: &Path, destination: &Path) -> Result<PathBuf> {
    write_checksums(folder)?;
    let version = env!("CARGO_PKG_VERSION");
    let zip = destination.join(format!("VcdRest-{version}.zip"));
    write_zip(folder, &format!("VcdRest/{version}"), &zip)?;
    write_checksum(&zip)?;
    Ok(zip)
}

fn dropped_in(platform: Platform, native: &Path) -> Option<PathBuf> {
    let file = native.join(platform.name()).join(platform.library_file_name());
    file.is_file().then_some(file)
}

fn leave_out(left_out: &mut Vec<String>, line: String) -> Result<()> {
    if requires_all() {
        return Err(format!("{line}; VCDREST_REQUIRE_ALL=1 asks for everything").into());
    }
    left_out.push(line);
    Ok(())
}
