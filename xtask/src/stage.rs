//! The library laid out as its users find it.

use std::env;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use ring::digest::{SHA256, digest};

use crate::import_library::write_import_libraries;
use crate::platform::Platform;
use crate::repository::repository;
use crate::tool::find_in_path;

/// Lays out the PowerShell module with the libraries in their places as `destination/VcdRest`, and returns that folder.
/// What was there before is removed.
///
/// The functions become one file, because PowerShell takes a while for each that it opens, and the C# becomes one file
/// whose digest is known beforehand. Where `VCDREST_REFERENCE_ASSEMBLIES` names a folder of reference assemblies, that
/// C# is compiled, too.
///
/// # Errors
///
/// If something cannot be read or written, or the C# does not compile.
pub fn stage_module(libraries: &[(Platform, &Path)], destination: &Path) -> io::Result<PathBuf> {
    let source = repository().join("powershell").join("VcdRest");
    let module = destination.join("VcdRest");
    match fs::remove_dir_all(&module) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => copy_folder(&source, &module)?,
    }
    let interop = join_files(&source.join("Interop"), "cs")?;
    let digest = hexadecimal(digest(&SHA256, interop.as_bytes()).as_ref());
    remove_folders(&module, &["Interop", "Private", "Public"])?;
    fs::create_dir_all(module.join("Interop"))?;
    let interop_file = module.join("Interop").join("VcdRest.Interop.cs");
    write(&interop_file, &interop)?;
    let functions = join_files(&source.join("Private"), "ps1")? + "\n" + &join_files(&source.join("Public"), "ps1")?;
    let root = module.join("VcdRest.psm1");
    let text = fs::read_to_string(&root).map_err(|error| about(&root, error))?;
    let text = inline(&text, &functions, &digest).ok_or_else(|| about(&root, io::ErrorKind::InvalidData.into()))?;
    write(&root, &text)?;
    if let Some(references) = env::var_os("VCDREST_REFERENCE_ASSEMBLIES").filter(|value| !value.is_empty()) {
        compile_interop(&interop_file, &digest, Path::new(&references))?;
    }

    for (platform, library) in libraries {
        let native = module.join("native").join(platform.name());
        fs::create_dir_all(&native)?;
        copy(library, &native.join(platform.library_file_name()))?;
    }
    Ok(module)
}

/// The module's root with the functions in place of what loads them from their files.
fn inline(root: &str, functions: &str, digest: &str) -> Option<String> {
    let (before, rest) = root.split_once("#region Files\n")?;
    let (_, after) = rest.split_once("#endregion\n")?;
    let (start, end) = before.split_once("$script:InteropDigest = ''")?;
    Some(format!(
        "{start}$script:InteropDigest = '{digest}'{end}{functions}{after}"
    ))
}

/// The files of a folder with an extension, as one text, in the order of their names.
fn join_files(folder: &Path, extension: &str) -> io::Result<String> {
    let entries = fs::read_dir(folder).map_err(|error| about(folder, error))?;
    let mut files = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    let texts = files
        .iter()
        .map(|file| fs::read_to_string(file).map_err(|error| about(file, error)));
    Ok(texts.collect::<io::Result<Vec<_>>>()?.join("\n"))
}

fn remove_folders(module: &Path, names: &[&str]) -> io::Result<()> {
    names.iter().try_for_each(|name| {
        let folder = module.join(name);
        fs::remove_dir_all(&folder).map_err(|error| about(&folder, error))
    })
}

/// Compiles the C# for every PowerShell, by the compiler that PowerShell 7 has in its own folder.
fn compile_interop(source: &Path, digest: &str, references: &Path) -> io::Result<()> {
    let powershell = find_in_path("pwsh").ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            "VCDREST_REFERENCE_ASSEMBLIES is set, and PowerShell 7 (pwsh), which compiles with them, is not in the path",
        )
    })?;
    let output = Command::new(powershell)
        .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-File"])
        .arg(repository().join("powershell").join("Build-Interop.ps1"))
        .arg("-Source")
        .arg(source)
        .args(["-Digest", digest])
        .arg("-Reference")
        .arg(references)
        .arg("-OutputAssembly")
        .arg(source.with_extension("dll"))
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(io::Error::other(format!(
        "the interop cannot be compiled: {}",
        String::from_utf8_lossy(&said).trim()
    )))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text).map_err(|error| about(path, error))
}

/// Lays out `destination/include` and `destination/lib` so that C programs compile with `-I`, `-L` and `-lvcdrest`
/// and find the library by its SONAME when they run. On Windows the DLL is in `destination/bin`, where programs lie that
/// use it. Returns the folder of the library.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn stage_c(platform: Platform, library: &Path, destination: &Path) -> io::Result<PathBuf> {
    let (include, lib) = (destination.join("include"), destination.join("lib"));
    fs::create_dir_all(&include)?;
    fs::create_dir_all(&lib)?;
    copy_folder(&repository().join("include"), &include)?;
    let name = platform.library_file_name();
    if platform.is_windows() {
        let bin = destination.join("bin");
        fs::create_dir_all(&bin)?;
        copy(library, &bin.join(name))?;
        write_import_libraries(platform, &lib)?;
        Ok(bin)
    } else {
        // As a package installs it: the loader finds it by the name in the library, the linker by a link.
        let runtime = platform.runtime_library_file_name();
        copy(library, &lib.join(runtime))?;
        link(runtime, &lib.join(name))?;
        Ok(lib)
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

pub(crate) fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
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
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let new = PathBuf::from(name);
    fs::copy(from, &new).map_err(|error| about(from, error))?;
    fs::rename(&new, to).map_err(|error| about(to, error))
}

fn about(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_take_the_place_of_what_loads_them() {
        let root = "a\n$script:InteropDigest = ''\nb\n#region Files\nforeach\n#endregion\nc\n";
        let inlined = inline(root, "function f {}\n", "0a").expect("it has all marks");
        assert_eq!(inlined, "a\n$script:InteropDigest = '0a'\nb\nfunction f {}\nc\n");
        assert_eq!(inline("no marks", "", ""), None);
        assert_eq!(hexadecimal(&[0, 10, 255]), "000aff");
    }
}
