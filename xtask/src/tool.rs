//! Programs of the system.

use std::env;
use std::path::PathBuf;

/// PowerShell 7, else Windows PowerShell.
pub fn find_powershell() -> Option<PathBuf> {
    first_of(&["pwsh", "powershell"])
}

/// The C compiler: what `CC` names, else `cc`, `gcc` or `clang`.
pub fn find_c_compiler() -> Option<PathBuf> {
    from_variable("CC").or_else(|| first_of(&["cc", "gcc", "clang"]))
}

/// The C++ compiler: what `CXX` names, else `c++`, `g++` or `clang++`.
pub fn find_cpp_compiler() -> Option<PathBuf> {
    from_variable("CXX").or_else(|| first_of(&["c++", "g++", "clang++"]))
}

/// A program in the path.
pub fn find_in_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|candidate| candidate.is_file())
}

fn first_of(names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| find_in_path(name))
}

fn from_variable(name: &str) -> Option<PathBuf> {
    let value = env::var(name).ok().filter(|value| !value.is_empty())?;
    let path = PathBuf::from(&value);
    if path.is_file() {
        Some(path)
    } else {
        find_in_path(&value)
    }
}
