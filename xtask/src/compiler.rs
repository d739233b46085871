//! A C or C++ program made from its source.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::platform::Platform;
use crate::tool::{find_c_compiler, find_cpp_compiler};
use crate::{Result, Sanitizer};

/// The language of a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// C99
    C,
    /// C++ of a standard, such as "c++17"
    Cpp(&'static str),
}

impl Language {
    /// The compiler for it that makes programs for a platform, if there is one.
    pub fn compiler(self, platform: Platform) -> Option<PathBuf> {
        match (self, platform.cross()) {
            (Self::C, Some(cross)) => cross.tool("gcc"),
            (Self::Cpp(_), Some(cross)) => cross.tool("g++"),
            (Self::C, None) => find_c_compiler().filter(|_| platform.is_host()),
            (Self::Cpp(_), None) => find_cpp_compiler().filter(|_| platform.is_host()),
        }
    }

    fn standard(self) -> &'static str {
        match self {
            Self::C => "c99",
            Self::Cpp(standard) => standard,
        }
    }
}

/// Compiles one source file into `program`, with every warning an error. `staged` is what [`stage_c`] made for the
/// platform; with `linked` the program is linked to the library there, else it only sees the header. Programs for
/// Windows find the library when they lie beside it.
///
/// [`stage_c`]: crate::stage_c
///
/// # Errors
///
/// If there is no compiler, or it complains.
pub fn compile(
    platform: Platform,
    language: Language,
    source: &Path,
    staged: &Path,
    linked: bool,
    program: &Path,
) -> Result<()> {
    compile_with(platform, language, source, staged, linked, None, program)
}

/// As [`compile`], for this machine and for a library that a sanitizer watches: it watches the program as well.
///
/// # Errors
///
/// As [`compile`]; or if the Rust toolchain has nothing for the sanitizer.
pub fn compile_sanitized(
    sanitizer: Sanitizer,
    language: Language,
    source: &Path,
    staged: &Path,
    linked: bool,
    program: &Path,
) -> Result<()> {
    compile_with(
        Platform::host()?,
        language,
        source,
        staged,
        linked,
        Some(sanitizer),
        program,
    )
}

fn compile_with(
    platform: Platform,
    language: Language,
    source: &Path,
    staged: &Path,
    linked: bool,
    sanitizer: Option<Sanitizer>,
    program: &Path,
) -> Result<()> {
    let compiler = language.compiler(platform).ok_or("there is no compiler for it")?;
    let lib = staged.join("lib");
    let mut command = Command::new(&compiler);
    command
        .arg(format!("-std={}", language.standard()))
        .args(["-O1", "-g", "-Wall", "-Wextra", "-pedantic", "-Wundef", "-Werror"])
        // Threads, sockets and the loader, which -std= hides.
        .args(["-D_POSIX_C_SOURCE=200809L", "-pthread", "-I"])
        .arg(staged.join("include"))
        .arg(source)
        .arg("-o")
        .arg(program);
    if platform.is_windows() {
        // The libraries of the compiler go into the program; ours must not.
        command.args(["-static", "-Wl,-Bdynamic"]);
        if std::fs::read_to_string(source)?.contains("int wmain(") {
            command.arg("-municode");
        }
    }
    if let Some(sanitizer) = sanitizer {
        let runtime = sanitizer
            .runtime()?
            .ok_or("this toolchain has no runtime for the sanitizer")?;
        // That of the Rust toolchain and not the compiler's own: it is as new as the checks in the library.
        command
            .arg(format!("-fsanitize={}", sanitizer.name()))
            .args([
                "-fno-omit-frame-pointer",
                "-nodefaultlibs",
                "-Wl,--export-dynamic",
                "-Wl,--whole-archive",
            ])
            .arg(runtime)
            .args([
                "-Wl,--no-whole-archive",
                "-lpthread",
                "-lrt",
                "-lm",
                "-lgcc_s",
                "-lgcc",
                "-lc",
            ]);
    }
    if linked {
        command.arg("-L").arg(&lib).arg("-lvcdrest");
        if !platform.is_windows() {
            command.arg(format!("-Wl,-rpath,{}", lib.display()));
        }
    }
    if platform.is_linux() {
        command.arg("-ldl");
    } else if platform.is_windows() {
        command.args(["-lws2_32", "-ladvapi32", "-lpsapi", "-lversion", "-Wl,-Bstatic"]);
    }
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", compiler.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{} does not compile:\n{said}", source.display()).into())
    }
}
