//! The C library as people install it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::build::{ShippedLibraries, build_shipped_libraries};
use crate::checksum::{write_checksum, write_checksums};
use crate::glibc::{glibc_version, needed_glibc};
use crate::platform::{GLIBC_BASELINE, Platform};
use crate::repository::repository;
use crate::sbom::{SBOM_FILE, sbom};
use crate::stage::{copy, copy_folder, stage_c};
use crate::tar_file::write_tar_gz;
use crate::third_party::{THIRD_PARTY_FILE, third_party_licenses};
use crate::zip_file::write_zip;

/// Files of the repository that go with the library.
const DOCUMENTS: [&str; 4] = ["CHANGELOG.md", "LICENSE", "LICENSE-APACHE", "LICENSE-MIT"];

/// What it is called without the ending of its kind of archive.
///
/// Static libraries of Microsoft's compiler and of GNU's are not for each other; one made here is of the latter.
pub fn c_package_name(platform: Platform) -> String {
    let compiler = if platform.has_microsoft_libraries() {
        "-msvc"
    } else {
        ""
    };
    format!("vcdrest-{}-{}{compiler}", env!("CARGO_PKG_VERSION"), platform.name())
}

/// Makes the archive of a platform in a folder: headers, libraries, what pkg-config and CMake ask for, licences and
/// examples, all below one folder that may lie anywhere. The checksum of the archive is put beside it. Returns the archive.
///
/// # Errors
///
/// If the library cannot be built for the platform here, needs a newer system than is promised, or something cannot be
/// written.
pub fn package_c(platform: Platform, destination: &Path) -> Result<PathBuf> {
    if let Some(why) = platform.cannot_package() {
        return Err(why.into());
    }
    let libraries = build_shipped_libraries(platform)?;
    if platform.is_linux() {
        check_glibc(&libraries.shared)?;
    }
    let name = c_package_name(platform);
    let folder = destination.join(&name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", folder.display()).into());
        }
        _ => fs::create_dir_all(&folder)?,
    }
    stage_c(platform, &libraries.shared, &folder)?;
    let lib = folder.join("lib");
    copy(
        &libraries.static_library,
        &lib.join(platform.static_library_file_name()),
    )?;
    write_pkg_config(platform, &libraries, &lib.join("pkgconfig"))?;
    write_cmake(platform, &libraries, &lib.join("cmake").join("vcdrest"))?;
    for language in ["c", "cpp"] {
        let examples = repository().join("examples").join(language);
        if examples.is_dir() {
            copy_folder(&examples, &folder.join("examples").join(language))?;
        }
    }
    for document in DOCUMENTS {
        copy(&repository().join(document), &folder.join(document))?;
    }
    copy(
        &repository().join("packaging").join("README.md"),
        &folder.join("README.md"),
    )?;
    fs::write(folder.join(THIRD_PARTY_FILE), third_party_licenses(platform)?)?;
    fs::write(folder.join(SBOM_FILE), sbom(platform)?)?;
    pack_c(platform, destination)
}

/// Writes the checksums of a package's files and its archive, of files that have been signed, for example, since
/// [`package_c`] laid them out. Returns the archive.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn pack_c(platform: Platform, destination: &Path) -> Result<PathBuf> {
    let name = c_package_name(platform);
    let folder = destination.join(&name);
    write_checksums(&folder)?;
    let archive;
    if platform.is_windows() {
        archive = destination.join(format!("{name}.zip"));
        write_zip(&folder, &name, &archive)?;
    } else {
        archive = destination.join(format!("{name}.tar.gz"));
        write_tar_gz(&folder, &name, &archive)?;
    }
    write_checksum(&archive)?;
    Ok(archive)
}

fn check_glibc(library: &Path) -> Result<()> {
    let (needed, promised) = (
        needed_glibc(library)?,
        glibc_version(GLIBC_BASELINE).unwrap_or_default(),
    );
    if needed <= promised {
        return Ok(());
    }
    let (major, minor) = needed;
    Err(
        format!("the library needs version {major}.{minor} of the GNU C library, and {GLIBC_BASELINE} is promised")
            .into(),
    )
}

fn write_pkg_config(platform: Platform, libraries: &ShippedLibraries, folder: &Path) -> Result<()> {
    if platform.has_microsoft_libraries() {
        // Nobody asks for it there.
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let native_libraries = own_native_libraries(&libraries.native_libraries).join(" ");
    for name in ["vcdrest.pc", "vcdrest-static.pc"] {
        let text = filled(
            &format!("{name}.in"),
            platform,
            &[("NATIVE_LIBRARIES", &native_libraries)],
        )?;
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

fn write_cmake(platform: Platform, libraries: &ShippedLibraries, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let native_libraries: Vec<&str> = own_native_libraries(&libraries.native_libraries)
        .into_iter()
        .map(|library| library.strip_prefix("-l").unwrap_or(library))
        .collect();
    let runtime = platform.runtime_library_file_name();
    let shared = if platform.is_windows() {
        "IMPORTED_IMPLIB \"${_vcdrest_prefix}/lib/${_vcdrest_import_library}\"\n        \
         IMPORTED_LOCATION \"${_vcdrest_prefix}/bin/vcdrest.dll\""
            .to_owned()
    } else {
        let soname = if platform.is_mac() {
            format!("@rpath/{runtime}")
        } else {
            runtime.to_owned()
        };
        format!(
            "IMPORTED_SONAME \"{soname}\"\n        \
             IMPORTED_LOCATION \"${{_vcdrest_prefix}}/lib/{runtime}\""
        )
    };
    // Microsoft's linker and GNU's do not take each other's.
    let static_condition = match (platform.is_windows(), platform.has_microsoft_libraries()) {
        (false, _) => "",
        (true, true) => " AND MSVC",
        (true, false) => " AND NOT MSVC",
    };
    let values = [
        ("NATIVE_LIBRARIES", native_libraries.join(";")),
        ("SHARED_PROPERTIES", shared),
        ("STATIC_CONDITION", static_condition.to_owned()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    for name in ["vcdrest-config.cmake", "vcdrest-config-version.cmake"] {
        fs::write(folder.join(name), filled(&format!("{name}.in"), platform, &values)?)?;
    }
    Ok(())
}

/// Those that a program has to name: compilers add the C library and their own runtime, each in the kind, shared or
/// static, that fits the program.
fn own_native_libraries(native_libraries: &[String]) -> Vec<&str> {
    let by_compiler = ["-lc", "-lgcc", "-lgcc_s", "-lgcc_eh", "-lSystem"];
    let named = native_libraries.iter().map(String::as_str);
    named.filter(|library| !by_compiler.contains(library)).collect()
}

/// A file of `packaging` with values for what stands between two `@`.
fn filled(name: &str, platform: Platform, values: &[(&str, &str)]) -> Result<String> {
    let path = repository().join("packaging").join(name);
    let mut text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let version = env!("CARGO_PKG_VERSION");
    let pointer_size = if matches!(platform, Platform::LinuxArm | Platform::WinX86) {
        "4"
    } else {
        "8"
    };
    let common = [
        ("VERSION", version),
        ("MAJOR", version.split('.').next().unwrap_or_default()),
        ("PLATFORM", platform.name()),
        ("POINTER_SIZE", pointer_size),
        ("STATIC_LIBRARY", platform.static_library_file_name()),
    ];
    for (name, value) in common.iter().chain(values) {
        text = text.replace(&format!("@{name}@"), value);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_compiler_adds_is_not_named() {
        let reported = ["-lgcc_s", "-lm", "-framework Security", "-lc"].map(str::to_owned);
        assert_eq!(own_native_libraries(&reported), ["-lm", "-framework Security"]);
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        let values = ["NATIVE_LIBRARIES", "SHARED_PROPERTIES", "STATIC_CONDITION"].map(|name| (name, "x"));
        for entry in fs::read_dir(repository().join("packaging")).expect("it is there") {
            let name = entry
                .expect("it can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned();
            if name.ends_with(".in") {
                let text = filled(&name, Platform::LinuxX64, &values).expect("it can be read");
                assert!(!text.contains('@'), "{name}: {text}");
            }
        }
    }
}
