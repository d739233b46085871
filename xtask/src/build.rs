//! The libraries that Cargo makes.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Result;
use crate::platform::{CARGO, Platform, RUSTC};
use crate::repository::{cargo, repository, target_directory};

/// How a library is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LibraryKind {
    /// `libvcdrest.so`, `vcdrest.dll`, `libvcdrest.dylib`
    Shared,
    /// `libvcdrest.a`, `vcdrest.lib`
    Static,
}

impl LibraryKind {
    fn crate_type(self) -> &'static str {
        match self {
            Self::Shared => "cdylib",
            Self::Static => "staticlib",
        }
    }

    fn is(self, file: &str) -> bool {
        let endings: &[&str] = match self {
            Self::Shared => &[".so", ".dll", ".dylib"],
            Self::Static => &[".a", ".lib"],
        };
        // The import library of a DLL ends in .lib as well.
        endings.iter().any(|ending| file.ends_with(ending)) && !file.ends_with(".dll.lib") && !file.ends_with(".dll.a")
    }
}

/// The shared library that belongs to the test that is running: the one in the same folder. `cargo test` puts it
/// there; the one in `target/debug` is of the last `cargo build` and may be older, or newer, than the tests.
///
/// # Panics
///
/// If there is none, which means that the caller is no test of this package.
pub fn test_library() -> PathBuf {
    let program = std::env::current_exe().expect("a running program has a path");
    let host = Platform::host().expect("tests run where the library does");
    let library = program.with_file_name(host.library_file_name());
    assert!(
        library.is_file(),
        "{} is not there; run this by `cargo test`",
        library.display()
    );
    library
}

/// Builds the shared library as `cargo build` does: quickly, without optimisation. Good for trying things out.
///
/// # Errors
///
/// If it does not compile.
pub fn build_dev_library() -> Result<PathBuf> {
    build(&mut cargo_command(cargo(), &["build", "--lib"]), LibraryKind::Shared)
}

/// Builds a library as it ships: natively for the platform that this runs on, for others by Debian's packages. The
/// crate type is given alone, because with `rlib` beside it Cargo silently drops link-time optimisation.
///
/// # Errors
///
/// If the platform is none that can be built for here, or it does not compile.
pub fn build_shipped_library(platform: Platform, kind: LibraryKind) -> Result<PathBuf> {
    let arguments = ["rustc", "--release", "--lib", "--crate-type", kind.crate_type()];
    if platform.is_host() {
        build(&mut cargo_command(cargo(), &arguments), kind)
    } else {
        build(&mut cross_command(platform, &arguments)?, kind)
    }
}

fn cargo_command(program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    // What `cargo run` or `cargo test` has told this program about its own package. Build scripts look at some of it, and all that hangs
    // on them would be built anew each time.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.args(arguments);
    command
}

/// Cargo for another platform, with the standard library made from its source, since Debian has it compiled for its
/// own platforms only.
fn cross_command(platform: Platform, arguments: &[&str]) -> Result<Command> {
    if let Some(why) = platform.cannot_build() {
        return Err(why.into());
    }
    let cross = platform.cross().ok_or("nothing builds for another platform here")?;
    let linker = format!(
        "CARGO_TARGET_{}_LINKER",
        cross.target.replace('-', "_").to_ascii_uppercase()
    );
    let mut command = cargo_command(CARGO, arguments);
    command
        .args(["-Zbuild-std=std,panic_unwind", "--target", cross.target, "--target-dir"])
        // Apart from what the other Cargo makes, which is of another version.
        .arg(target_directory()?.join("cross"))
        .env("RUSTC", RUSTC)
        // Allows -Z.
        .env("RUSTC_BOOTSTRAP", "1")
        .env(linker, cross.tool_name("gcc"))
        // The Cargo that runs us leads to the libraries of its own compiler.
        .env_remove("LD_LIBRARY_PATH");
    Ok(command)
}

fn build(command: &mut Command, kind: LibraryKind) -> Result<PathBuf> {
    let output = command
        .args(["--package", "vcdrest", "--message-format", "json-render-diagnostics"])
        .current_dir(repository())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", shown(command), output.status).into());
    }
    artefact(&String::from_utf8_lossy(&output.stdout), kind)
        .ok_or_else(|| format!("{} made no {}", shown(command), kind.crate_type()).into())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Finds our library among the lines that Cargo prints about what it made.
fn artefact(messages: &str, kind: LibraryKind) -> Option<PathBuf> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ours =
        messages.filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == "vcdrest");
    let files: Vec<Value> = ours
        .filter_map(|message| message["filenames"].as_array().cloned())
        .flatten()
        .collect();
    files
        .iter()
        .filter_map(Value::as_str)
        .find(|file| kind.is(file))
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_found_among_other_artefacts() {
        let messages = r#"
            {"reason":"compiler-artifact","target":{"name":"other"},"filenames":["/t/libother.so"]}
            {"reason":"compiler-artifact","target":{"name":"vcdrest"},"filenames":["/t/libvcdrest.rlib","/t/vcdrest.dll.lib","/t/vcdrest.dll","/t/libvcdrest.a"]}
            {"reason":"build-finished","success":true}"#;
        assert_eq!(artefact(messages, LibraryKind::Shared), Some("/t/vcdrest.dll".into()));
        assert_eq!(artefact(messages, LibraryKind::Static), Some("/t/libvcdrest.a".into()));
        assert_eq!(artefact(r#"{"reason":"build-finished"}"#, LibraryKind::Shared), None);
    }
}
