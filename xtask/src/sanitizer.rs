//! What checks programs while they run: LLVM's sanitizers, which the compiler can put into a library.

use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::platform::Platform;

/// A sanitizer of LLVM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sanitizer {
    /// Memory: bounds, use after free, leaks.
    Address,
    /// Data races.
    Thread,
}

impl Sanitizer {
    /// What the compilers of Rust and C call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Thread => "thread",
        }
    }

    fn runtime_ending(self) -> &'static str {
        match self {
            Self::Address => "_rt.asan.a",
            Self::Thread => "_rt.tsan.a",
        }
    }

    /// The runtime that comes with the toolchain, of the very LLVM that puts the checks in; `None` where there is none,
    /// as in the packages of distributions.
    ///
    /// # Errors
    ///
    /// If the compiler does not say where its libraries are.
    pub fn runtime(self) -> Result<Option<PathBuf>> {
        let folder = rustc_prints(&["--print", "target-libdir", "--target", Platform::host()?.target()])?;
        let Ok(files) = std::fs::read_dir(folder) else {
            return Ok(None);
        };
        let mut files = files.filter_map(|file| Some(file.ok()?.path()));
        Ok(files.find(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("librustc") && name.ends_with(self.runtime_ending())
        }))
    }

    /// Whether the toolchain has the source of its standard library, so that the checks can be put into that as well. There
    /// is no ThreadSanitizer without it.
    ///
    /// # Errors
    ///
    /// If the compiler does not say where it would be.
    pub fn has_standard_library_source() -> Result<bool> {
        Ok(rustc_prints(&["--print", "sysroot"])?
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .is_file())
    }

    /// A command of Cargo that puts it into everything that is built for this machine's platform, which has to be named.
    /// The flag is not stable, and no other compiler than the one that ships should be needed for it.
    pub(crate) fn instrument(self, command: &mut Command, more: &[&str]) {
        let flags = format!("-Zsanitizer={} {}", self.name(), more.join(" "));
        if self == Self::Thread {
            command.arg("-Zbuild-std=std,panic_unwind");
        }
        command
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", flags.trim())
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
    }

    /// How a program is to end when something is found.
    pub fn report(self, command: &mut Command) {
        match self {
            Self::Address => command.env(
                "ASAN_OPTIONS",
                "exitcode=99:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1",
            ),
            Self::Thread => command.env("TSAN_OPTIONS", "exitcode=99:halt_on_error=1:second_deadlock_stack=1"),
        };
    }
}

/// A path that the compiler prints.
fn rustc_prints(arguments: &[&str]) -> Result<PathBuf> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(arguments)
        .output()
        .map_err(|error| format!("rustc cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("rustc failed: {}", output.status).into());
    }
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}
