//! The static library, reduced to what is for others.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::declarations::Declarations;
use crate::platform::Platform;

/// Some objects of the standard library carry their bitcode as well. Where the linker has a plugin that reads bitcode, of
/// another version of LLVM mostly, it would see that and nothing else.
const WITHOUT_BITCODE: [&str; 2] = ["--remove-section=.llvmbc", "--remove-section=.llvmcmd"];

/// Takes out of the static library what is of no use to others or in their way: debug information, bitcode, and names
/// that a second library written in Rust has as well.
///
/// Where the tools are not GNU's, it stays what Cargo has made. Returns where it is.
pub(crate) fn keep_own_symbols(platform: Platform, library: &Path) -> Result<PathBuf> {
    if platform.has_microsoft_libraries() || platform.is_mac() {
        return Ok(library.to_path_buf());
    }
    let folder = library.with_file_name("static");
    // Several processes may be at this, and each leaves the same behind.
    let scratch = library.with_file_name(format!("static-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    fs::create_dir_all(&scratch)?;
    let tools = Tools { platform };
    let reduced = if platform.is_windows() {
        tools.rename_others(library, &scratch)
    } else {
        tools.hide_others(library, &scratch)
    };
    let place = folder.join("libvcdrest.a");
    let moved = reduced.and_then(|reduced| Ok(fs::rename(reduced, &place)?));
    fs::remove_dir_all(&scratch)?;
    moved.map(|()| place)
}

/// GNU's tools for a platform.
struct Tools {
    platform: Platform,
}

impl Tools {
    /// Makes the library one object in which only the functions of the header are to be seen.
    fn hide_others(&self, library: &Path, scratch: &Path) -> Result<PathBuf> {
        let (object, list) = (scratch.join("vcdrest.o"), scratch.join("symbols"));
        let declarations = Declarations::read();
        let names = declarations.function_names();
        fs::write(&list, names.join("\n") + "\n")?;
        let mut link = self.tool("ld");
        // A group would still be one with those of other objects that have its name.
        link.args(["--relocatable", "--force-group-allocation"]);
        for name in names {
            link.args(["--undefined", name]);
        }
        run(link.arg("-o").arg(&object).arg(library))?;
        run(self
            .tool("objcopy")
            .arg("--strip-unneeded")
            .args(WITHOUT_BITCODE)
            .arg(format!("--keep-global-symbols={}", list.display()))
            .arg(&object))?;
        let reduced = scratch.join("libvcdrest.a");
        // D: neither times nor owners.
        run(self.tool("ar").arg("rcsD").arg(&reduced).arg(&object))?;
        Ok(reduced)
    }

    /// Gives a name of its own to what Rust makes visible beside the functions of the header. The library stays in
    /// pieces: import tables, which are in some of them, would not survive being linked twice.
    fn rename_others(&self, library: &Path, scratch: &Path) -> Result<PathBuf> {
        let printed = run(self
            .tool("nm")
            .args(["--print-file-name", "--extern-only", "--defined-only"])
            .arg(library))?;
        let declarations = Declarations::read();
        let names = declarations.function_names();
        let mut renamed: BTreeMap<&str, String> = visible_in_rust(&printed)
            .into_iter()
            .filter(|name| !names.contains(name) && !name.starts_with(".refptr."))
            .map(|name| (name, format!("vcdrest_{name}")))
            .collect();
        renamed.extend(without_folders(&printed));
        let list = scratch.join("symbols");
        let lines = renamed.into_iter().map(|(old, new)| format!("{old} {new}\n"));
        fs::write(&list, lines.collect::<String>())?;
        let reduced = scratch.join("libvcdrest.a");
        run(self
            .tool("objcopy")
            .args(["--enable-deterministic-archives", "--strip-debug"])
            .args(WITHOUT_BITCODE)
            .arg(format!("--redefine-syms={}", list.display()))
            .args([library, &reduced]))?;
        Ok(reduced)
    }

    fn tool(&self, name: &str) -> Command {
        let cross = self.platform.cross();
        Command::new(cross.map_or_else(|| name.to_owned(), |cross| cross.tool_name(name)))
    }
}

/// What objects of Rust's compiler define, from lines such as `lib.a:vcdrest.1-cgu.0.rcgu.o:0000000000000000 T vcd_get`.
/// Its support routines, each in an object of its own, are taken by linkers only where nobody else has them.
fn visible_in_rust(printed: &str) -> Vec<&str> {
    let lines = printed
        .lines()
        .filter(|line| line.contains(".rcgu.o:") && !line.contains("compiler_builtins"));
    lines.filter_map(|line| line.split_whitespace().last()).collect()
}

/// New names for those that import tables have from the folder in which the compiler has made them, with a part that is
/// random: `_head__home_me_target_deps_rustcAbCdEf_kernel32_dll_imports_lib`. Each folder becomes a number.
fn without_folders(printed: &str) -> Vec<(&str, String)> {
    // What the name of such a folder ends with, and how many letters follow.
    const FOLDER: &str = "_rustc";
    const RANDOM: usize = 6;
    let mut folders: Vec<&str> = Vec::new();
    let mut renamed = Vec::new();
    for name in printed.lines().filter_map(|line| line.split_whitespace().last()) {
        let table = name.strip_suffix("_iname").unwrap_or(name);
        let start = ["_head_", "__"].into_iter().find(|start| name.starts_with(start));
        let (Some(start), true) = (start, table.ends_with("_imports_lib")) else {
            continue;
        };
        let end = name.rfind(FOLDER).map(|at| at + FOLDER.len() + RANDOM);
        let Some((folder, rest)) = end.and_then(|end| name.split_at_checked(end)) else {
            continue;
        };
        let folder = &folder[start.len()..];
        let number = folders.iter().position(|known| *known == folder).unwrap_or_else(|| {
            folders.push(folder);
            folders.len() - 1
        });
        renamed.push((name, format!("{start}vcdrest_{number}{rest}")));
    }
    renamed
}

fn run(command: &mut Command) -> Result<String> {
    let program = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_rust_shows_are_found() {
        let printed = "lib.a:vcdrest.1-cgu.0.rcgu.o:0000000000000010 T vcd_get\n\
                       lib.a:vcdrest.1-cgu.0.rcgu.o:0000000000000020 T rust_eh_personality\n\
                       lib.a:compiler_builtins-1.2-cgu.0.rcgu.o:0000000000000000 T __addtf3\n\
                       lib.a:kernel32.dlls00000.o:0000000000000000 T CloseHandle\n";
        assert_eq!(visible_in_rust(printed), ["vcd_get", "rust_eh_personality"]);
    }
    #[test]
    fn folders_in_names_become_numbers() {
        let printed = "lib.a:k.o:0 I _head__me_deps_rustcAbCdEf_kernel32_dll_imports_lib\n\
                       lib.a:k.o:0 I ___me_deps_rustcAbCdEf_kernel32_dll_imports_lib_iname\n\
                       lib.a:n.o:0 I _head__me_deps_rustcGhIjKl_ntdll_dll_imports_lib\n\
                       lib.a:v.o:0 T vcd_get\nlib.a:h.o:0 T _head_of_something\n";
        let found = without_folders(printed);
        let names: Vec<&str> = found.iter().map(|(_, new)| new.as_str()).collect();
        assert_eq!(
            names,
            [
                "_head_vcdrest_0_kernel32_dll_imports_lib",
                "__vcdrest_0_kernel32_dll_imports_lib_iname",
                "_head_vcdrest_1_ntdll_dll_imports_lib",
            ]
        );
    }
}
