//! The libraries that Cargo makes.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::platform::{CARGO, Platform, RUSTC};
use crate::repository::{cargo, metadata_by, repository, target_directory};
use crate::static_library::keep_own_symbols;
use crate::{Error, Result, Sanitizer};

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
    let mut command = cargo_command(cargo());
    command
        .args(["build", "--lib", "--package", "vcdrest", "--message-format", "json"])
        .current_dir(repository());
    let messages = run(&mut command)?;
    artefact(&messages, LibraryKind::Shared).ok_or_else(|| no_artefact(&command, LibraryKind::Shared))
}

/// Builds the shared library for this machine with a sanitizer in it, and with what the tests call on top. Its programs
/// are made with the same sanitizer: see [`compile`](crate::compile).
///
/// # Errors
///
/// If it does not compile.
pub fn build_sanitized_library(sanitizer: Sanitizer) -> Result<PathBuf> {
    let mut command = cargo_command(cargo());
    command
        .args([
            "build",
            "--lib",
            "--package",
            "vcdrest",
            "--locked",
            "--message-format",
            "json",
        ])
        .args(["--features", "test-exports", "--target", Platform::host()?.target()])
        // Optimised, since it is slow enough, and without debug assertions, as it ships.
        .args(["--profile", "sanitized"])
        .current_dir(repository())
        .env(
            "CARGO_TARGET_DIR",
            target_directory()?.join("sanitized").join(sanitizer.name()),
        );
    sanitizer.instrument(&mut command, &[]);
    let messages = run(&mut command)?;
    artefact(&messages, LibraryKind::Shared).ok_or_else(|| no_artefact(&command, LibraryKind::Shared))
}

fn cargo_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    // What `cargo run` or `cargo test` has told this program about its own package. Build scripts look at some of it, and
    // all that hangs on them would be built anew each time.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text == "OUT_DIR" || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Both libraries as they ship, and what programs with the static one need besides.
#[derive(Debug)]
pub struct ShippedLibraries {
    /// `libvcdrest.so` and the like
    pub shared: PathBuf,
    /// `libvcdrest.a` and the like
    pub static_library: PathBuf,
    /// Libraries of the system, as the compiler's options name them: `-lm`, or `kernel32.lib` for Microsoft's.
    pub native_libraries: Vec<String>,
}

/// Builds a library as it ships: natively for the platform that this runs on, for others by Debian's packages.
///
/// # Errors
///
/// If the platform is none that can be built for here, or it does not compile.
pub fn build_shipped_library(platform: Platform, kind: LibraryKind) -> Result<PathBuf> {
    let libraries = build_shipped_libraries(platform)?;
    Ok(match kind {
        LibraryKind::Shared => libraries.shared,
        LibraryKind::Static => libraries.static_library,
    })
}

/// Builds both libraries as they ship, which takes no longer than one of them.
///
/// # Errors
///
/// As [`build_shipped_library`].
pub fn build_shipped_libraries(platform: Platform) -> Result<ShippedLibraries> {
    let place = BuildPlace {
        repository: repository(),
        target: target_directory()?,
        cargo_home: None,
    };
    build_shipped_in(&place, platform)
}

/// Where a build takes place; what it makes must not depend on it.
#[derive(Debug)]
pub(crate) struct BuildPlace {
    /// The root of the source.
    pub(crate) repository: PathBuf,
    /// Where the result goes.
    pub(crate) target: PathBuf,
    /// Where packages are downloaded to, if not where they always are.
    pub(crate) cargo_home: Option<PathBuf>,
}

impl BuildPlace {
    /// Has a command take place here.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = cargo_command(program);
        command.current_dir(&self.repository);
        if let Some(home) = &self.cargo_home {
            command.env("CARGO_HOME", home);
        }
        command
    }
}

/// The same anywhere.
pub(crate) fn build_shipped_in(place: &BuildPlace, platform: Platform) -> Result<ShippedLibraries> {
    let mut command = shipped_command(place, platform)?;
    // Both crate types share the code. `rlib` must not be with them: Cargo would silently drop link-time optimisation.
    command
        .args(["--locked", "--package", "vcdrest", "--message-format", "json"])
        .args(["--crate-type", "cdylib", "--crate-type", "staticlib"])
        .args(["--", "--print", "native-static-libs"]);
    let messages = run(&mut command)?;
    let made = |kind| artefact(&messages, kind).ok_or_else(|| no_artefact(&command, kind));
    let (shared, static_library) = (made(LibraryKind::Shared)?, made(LibraryKind::Static)?);
    let native_libraries = native_libraries(&messages).ok_or_else(|| {
        format!(
            "{} does not say which libraries of the system are needed",
            shown(&command)
        )
    })?;
    let static_library = keep_own_symbols(platform, &static_library)?;
    Ok(ShippedLibraries {
        shared,
        static_library,
        native_libraries,
    })
}

/// `cargo rustc` for a platform, up to what is special to the library.
fn shipped_command(place: &BuildPlace, platform: Platform) -> Result<Command> {
    if let Some(why) = platform.cannot_build() {
        return Err(why.into());
    }
    let cross = platform.cross();
    let baseline = platform.glibc_baseline();
    let cargo = if cross.is_some() { CARGO.into() } else { cargo() };
    let mut command = match &baseline {
        Some(baseline) => {
            let mut command = place.command(&baseline.cargo_zigbuild);
            command.env("CARGO", &cargo);
            command
        }
        None => place.command(&cargo),
    };
    command.args(["rustc", "--release", "--lib", "--target-dir"]);
    match cross {
        // Apart from what the other Cargo makes, which is of another version.
        Some(_) => command.arg(place.target.join("cross")),
        None => command.arg(&place.target),
    };
    match (&baseline, cross) {
        (Some(baseline), _) => {
            command.args(["--target", &baseline.target]);
        }
        (None, Some(cross)) => {
            command.args(["--target", platform.target()]);
            let name = platform.target().replace('-', "_").to_ascii_uppercase();
            command.env(format!("CARGO_TARGET_{name}_LINKER"), cross.tool_name("gcc"));
        }
        (None, None) => {}
    }
    if cross.is_some() {
        // The standard library from its source, since Debian has it compiled for its own platforms only.
        command
            .arg("-Zbuild-std=std,panic_unwind")
            .env("RUSTC", RUSTC)
            // Allows -Z.
            .env("RUSTC_BOOTSTRAP", "1")
            // The Cargo that runs us leads to the libraries of its own compiler.
            .env_remove("LD_LIBRARY_PATH");
    }
    command
        .arg("--config")
        .arg(remappings(place, platform)?)
        // They would take the place of all that is configured, and are in no other build of this commit.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    Ok(command)
}

/// The version of the compiler that makes the library of a platform, and of its standard library.
pub(crate) fn rust_version(platform: Platform) -> Result<String> {
    let line = compiler_says(platform, &["--version"])?;
    let version = line.split_whitespace().nth(1);
    Ok(version.ok_or("the compiler does not say its version")?.to_owned())
}

fn compiler_says(platform: Platform, arguments: &[&str]) -> Result<String> {
    let mut command = match platform.cross() {
        Some(_) => {
            let mut command = Command::new(RUSTC);
            command.env_remove("LD_LIBRARY_PATH");
            command
        }
        None => Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())),
    };
    let output = command.args(arguments).output();
    let output = output.map_err(|error| format!("{}: {error}", shown(&command)))?;
    Ok(String::from_utf8(output.stdout)?)
}

/// The setting that takes the folders of this machine out of what is built: they are nobody's affair, and two builds
/// would differ by them.
fn remappings(place: &BuildPlace, platform: Platform) -> Result<String> {
    let metadata = metadata_by(place.command(cargo()).args(["metadata", "--locked"]))?;
    // The folders in which Cargo has unpacked packages.
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let manifest = package["manifest_path"].as_str().map(Path::new);
        if !package["source"].is_null() {
            folders.extend(manifest.and_then(|file| Some(file.parent()?.parent()?.to_path_buf())));
        }
    }
    let mut flags: Vec<String> = folders
        .iter()
        .map(|folder| format!("--remap-path-prefix={}=/crates", folder.display()))
        .collect();
    let version = compiler_says(platform, &["--version", "--verbose"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
    let source = Path::new(compiler_says(platform, &["--print", "sysroot"])?.trim()).join("lib/rustlib/src/rust");
    let real = source.canonicalize().unwrap_or_else(|_| source.clone());
    for source in BTreeSet::from([source, real]) {
        // As it is in a standard library that comes compiled.
        let place = format!("/rustc/{}", commit.unwrap_or_default());
        flags.push(format!("--remap-path-prefix={}={place}", source.display()));
    }
    // For the target and for build scripts alike, and beside what .cargo/config.toml sets.
    Ok(format!(
        "target.\"cfg(all())\".rustflags={}",
        serde_json::to_string(&flags)?
    ))
}

/// Runs Cargo and returns what it prints about what it has made, a JSON object a line.
fn run(command: &mut Command) -> Result<Vec<Value>> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{} cannot be run: {error}", command.get_program().display()))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages: Vec<Value> = printed
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    // A note is what native_libraries reads.
    let complaints = messages.iter().filter(|message| message["message"]["level"] != "note");
    for text in complaints.filter_map(|message| message["message"]["rendered"].as_str()) {
        eprint!("{text}");
    }
    if output.status.success() {
        Ok(messages)
    } else {
        Err(format!("{} failed: {}", shown(command), output.status).into())
    }
}

fn no_artefact(command: &Command, kind: LibraryKind) -> Error {
    format!("{} made no {}", shown(command), kind.crate_type()).into()
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The compiler names the libraries of the system in a note, which Cargo repeats when nothing had to be built.
fn native_libraries(messages: &[Value]) -> Option<Vec<String>> {
    let line = messages.iter().find_map(native_libraries_of)?;
    let mut libraries: Vec<String> = Vec::new();
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        let library = match word {
            "-framework" => format!("{word} {}", words.next()?),
            _ => word.to_owned(),
        };
        if !libraries.contains(&library) {
            libraries.push(library);
        }
    }
    Some(libraries)
}

fn native_libraries_of(message: &Value) -> Option<&str> {
    message["message"]["message"]
        .as_str()?
        .strip_prefix("native-static-libs: ")
}

/// Finds our library among what Cargo says that it has made.
fn artefact(messages: &[Value], kind: LibraryKind) -> Option<PathBuf> {
    let ours = messages
        .iter()
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == "vcdrest");
    ours.filter_map(|message| message["filenames"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .find(|file| kind.is(file))
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(lines: &str) -> Vec<Value> {
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        lines
            .map(|line| serde_json::from_str(line).expect("it is JSON"))
            .collect()
    }

    #[test]
    fn the_library_is_found_among_other_artefacts() {
        let messages = messages(
            r#"
            {"reason":"compiler-artifact","target":{"name":"other"},"filenames":["/t/libother.so"]}
            {"reason":"compiler-artifact","target":{"name":"vcdrest"},"filenames":["/t/libvcdrest.rlib","/t/vcdrest.dll.lib","/t/vcdrest.dll","/t/libvcdrest.a"]}
            {"reason":"build-finished","success":true}"#,
        );
        assert_eq!(artefact(&messages, LibraryKind::Shared), Some("/t/vcdrest.dll".into()));
        assert_eq!(artefact(&messages, LibraryKind::Static), Some("/t/libvcdrest.a".into()));
        assert_eq!(artefact(&messages[2..], LibraryKind::Shared), None);
    }

    #[test]
    fn libraries_of_the_system_are_each_named_once() {
        let messages = messages(
            r#"
            {"reason":"compiler-message","message":{"message":"unused variable","rendered":"warning: unused variable"}}
            {"reason":"compiler-message","message":{"message":"native-static-libs: -lm -framework A -framework B -lm"}}"#,
        );
        assert_eq!(
            native_libraries(&messages),
            Some(["-lm", "-framework A", "-framework B"].map(str::to_owned).into())
        );
        assert_eq!(native_libraries(&messages[..1]), None);
    }
}
