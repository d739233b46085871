//! The static library, reduced to what is for others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::declarations::Declarations;
use crate::platform::Platform;

/// Makes the static library one object in which only the functions of the header are to be seen. As Cargo makes it,
/// everything that the languages in it call from one file to another can be seen as well, so that a program could not
/// have a second library with other pieces of Rust's standard library or of ring.
///
/// Where the tools are not GNU's, it stays what Cargo has made. Returns where it is.
pub(crate) fn keep_own_symbols(platform: Platform, library: &Path) -> Result<PathBuf> {
    if !(platform.is_linux() || (platform.is_windows() && platform.cross().is_some())) {
        return Ok(library.to_path_buf());
    }
    let tool = |name: &str| {
        let cross = platform.cross();
        Command::new(cross.map_or_else(|| name.to_owned(), |cross| cross.tool_name(name)))
    };
    let folder = library.with_file_name("static");
    // Several processes may be at this, and each leaves the same behind.
    let scratch = library.with_file_name(format!("static-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    fs::create_dir_all(&scratch)?;
    let (object, list) = (scratch.join("vcdrest.o"), scratch.join("symbols"));
    let declarations = Declarations::read();
    let names = declarations.function_names();
    fs::write(&list, names.join("\n") + "\n")?;

    let mut link = tool("ld");
    link.arg("--relocatable");
    if platform.is_linux() {
        // A group would still be one with those of other objects that have its name.
        link.arg("--force-group-allocation");
    }
    for name in names {
        link.args(["--undefined", name]);
    }
    run(link.arg("-o").arg(&object).arg(library))?;
    run(tool("objcopy")
        .arg("--strip-unneeded")
        // Some objects of the standard library carry their bitcode as well. Where the linker has a plugin that reads
        // bitcode, of another version of LLVM mostly, it would see that and nothing else.
        .args(["--remove-section=.llvmbc", "--remove-section=.llvmcmd"])
        .arg(format!("--keep-global-symbols={}", list.display()))
        .arg(&object))?;
    let reduced = scratch.join("libvcdrest.a");
    // D: neither times nor owners.
    run(tool("ar").arg("rcsD").arg(&reduced).arg(&object))?;
    let place = folder.join("libvcdrest.a");
    fs::rename(&reduced, &place)?;
    fs::remove_dir_all(&scratch)?;
    Ok(place)
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim()).into())
}
