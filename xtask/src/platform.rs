//! The platforms that the library is made for.

use std::env;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::tool::find_in_path;

/// A system on a processor, by .NET's name for it, which is also the name of the folder in which the PowerShell module
/// looks for the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Platform {
    LinuxX64,
    LinuxArm64,
    LinuxArm,
    WinX64,
    WinArm64,
    WinX86,
    OsxX64,
    OsxArm64,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::LinuxX64,
        Self::LinuxArm64,
        Self::LinuxArm,
        Self::WinX64,
        Self::WinArm64,
        Self::WinX86,
        Self::OsxX64,
        Self::OsxArm64,
    ];

    /// .NET's runtime identifier.
    pub fn name(self) -> &'static str {
        match self {
            Self::LinuxX64 => "linux-x64",
            Self::LinuxArm64 => "linux-arm64",
            Self::LinuxArm => "linux-arm",
            Self::WinX64 => "win-x64",
            Self::WinArm64 => "win-arm64",
            Self::WinX86 => "win-x86",
            Self::OsxX64 => "osx-x64",
            Self::OsxArm64 => "osx-arm64",
        }
    }

    /// Rust's names of its system and its processor.
    fn system_and_processor(self) -> (&'static str, &'static str) {
        match self {
            Self::LinuxX64 => ("linux", "x86_64"),
            Self::LinuxArm64 => ("linux", "aarch64"),
            Self::LinuxArm => ("linux", "arm"),
            Self::WinX64 => ("windows", "x86_64"),
            Self::WinArm64 => ("windows", "aarch64"),
            Self::WinX86 => ("windows", "x86"),
            Self::OsxX64 => ("macos", "x86_64"),
            Self::OsxArm64 => ("macos", "aarch64"),
        }
    }

    /// Rust's name for it.
    pub(crate) fn target(self) -> &'static str {
        // What does not come from Microsoft's compiler comes from GNU's.
        let gnu = cfg!(target_env = "gnu");
        match self {
            Self::LinuxX64 => "x86_64-unknown-linux-gnu",
            Self::LinuxArm64 => "aarch64-unknown-linux-gnu",
            Self::LinuxArm => "armv7-unknown-linux-gnueabihf",
            Self::WinX64 if gnu => "x86_64-pc-windows-gnu",
            Self::WinX64 => "x86_64-pc-windows-msvc",
            Self::WinArm64 => "aarch64-pc-windows-msvc",
            Self::WinX86 => "i686-pc-windows-msvc",
            Self::OsxX64 => "x86_64-apple-darwin",
            Self::OsxArm64 => "aarch64-apple-darwin",
        }
    }

    /// The platform of a name.
    ///
    /// # Errors
    ///
    /// If there is none, with the names that there are.
    pub fn named(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|platform| platform.name() == name);
        let names = || Self::ALL.map(Self::name).join(", ");
        found.ok_or_else(|| format!("there is no platform '{name}', but {}", names()).into())
    }

    /// The one that this program runs on.
    ///
    /// # Errors
    ///
    /// If .NET has no name for it, so that the PowerShell module has no place for its library.
    pub fn host() -> Result<Self> {
        let (system, processor) = (env::consts::OS, env::consts::ARCH);
        let found = Self::ALL
            .into_iter()
            .find(|platform| platform.system_and_processor() == (system, processor));
        found.ok_or_else(|| format!("no library is made for {system} on {processor}").into())
    }

    /// Whether it is the one that this program runs on.
    pub fn is_host(self) -> bool {
        self.system_and_processor() == (env::consts::OS, env::consts::ARCH)
    }

    /// Whether its system is Linux.
    pub fn is_linux(self) -> bool {
        self.system_and_processor().0 == "linux"
    }

    /// Whether its system is Windows.
    pub fn is_windows(self) -> bool {
        self.system_and_processor().0 == "windows"
    }

    /// Whether its system is macOS.
    pub fn is_mac(self) -> bool {
        self.system_and_processor().0 == "macos"
    }

    /// Whether the libraries for it come from Microsoft's compiler.
    pub(crate) fn has_microsoft_libraries(self) -> bool {
        self.target().ends_with("-msvc")
    }

    /// What the loader looks for when a program was linked to the shared library.
    pub fn runtime_library_file_name(self) -> &'static str {
        match self.system_and_processor().0 {
            "windows" => "vcdrest.dll",
            "macos" => "libvcdrest.1.dylib",
            _ => "libvcdrest.so.1",
        }
    }

    /// What the static library is called there, beside import libraries on Windows.
    pub fn static_library_file_name(self) -> &'static str {
        if self.has_microsoft_libraries() {
            "vcdrest_static.lib"
        } else {
            "libvcdrest.a"
        }
    }

    /// Whether every package has to have a library for it: it can be built on Linux.
    pub fn is_shipped(self) -> bool {
        matches!(self, Self::LinuxX64 | Self::LinuxArm64 | Self::WinX64)
    }

    /// What the shared library is called there.
    pub fn library_file_name(self) -> &'static str {
        match self.system_and_processor().0 {
            "windows" => "vcdrest.dll",
            "macos" => "libvcdrest.dylib",
            _ => "libvcdrest.so",
        }
    }

    /// What programs end in there.
    pub fn program_suffix(self) -> &'static str {
        if self.is_windows() { ".exe" } else { "" }
    }

    /// How Debian's packages for x64 make something for this platform; `None` if they cannot.
    pub(crate) fn cross(self) -> Option<Cross> {
        if !Self::LinuxX64.is_host() || self.is_host() {
            return None;
        }
        match self {
            Self::WinX64 => Some(Cross {
                tools: "x86_64-w64-mingw32",
                packages: "gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64",
            }),
            Self::LinuxArm64 => Some(Cross {
                tools: "aarch64-linux-gnu",
                packages: "gcc-aarch64-linux-gnu g++-aarch64-linux-gnu",
            }),
            _ => None,
        }
    }

    /// How the library is linked so that older systems take it, where the tool for that is there: [`GLIBC_BASELINE`].
    pub(crate) fn glibc_baseline(self) -> Option<Baseline> {
        if !self.has_glibc_baseline() {
            return None;
        }
        Some(Baseline {
            target: format!("{}.{GLIBC_BASELINE}", self.target()),
            cargo_zigbuild: find_in_path("cargo-zigbuild")?,
        })
    }

    /// Why what people install cannot be made for this platform here, and what to do; `None` if it can.
    pub fn cannot_package(self) -> Option<String> {
        self.cannot_build().or_else(|| {
            let missing = self.has_glibc_baseline() && self.glibc_baseline().is_none();
            missing.then(|| "cargo-zigbuild is not in the path; `pip install cargo-zigbuild ziglang`".to_owned())
        })
    }

    fn has_glibc_baseline(self) -> bool {
        matches!(self, Self::LinuxX64 | Self::LinuxArm64)
    }

    /// Why the library cannot be built for this platform here, and what to do; `None` if it can.
    pub fn cannot_build(self) -> Option<String> {
        if self.is_host() {
            return None;
        }
        let Some(cross) = self.cross() else {
            return Some(format!(
                "the library for {} is built on a machine of that kind",
                self.name()
            ));
        };
        let packages = format!("rustc-web cargo-web rust-web-src {}", cross.packages);
        let missing = [RUSTC, CARGO, STANDARD_LIBRARY]
            .into_iter()
            .find(|file| !Path::new(file).exists());
        let missing = missing
            .map(|file| format!("{file} is not there"))
            .or_else(|| cross.missing("gcc"))
            .or_else(|| cross.missing("g++"));
        missing.map(|what| format!("{what}; install Debian's packages {packages}"))
    }
}

/// The oldest GNU C library that the shipped libraries for Linux run with; also the oldest that Rust supports. A linker
/// that is given this machine's C library would tie them to its version.
pub const GLIBC_BASELINE: &str = "2.17";

/// Cargo with a linker that brings the C library of every version.
#[derive(Debug)]
pub(crate) struct Baseline {
    /// Rust's name for the platform, with the version.
    pub(crate) target: String,
    /// The program.
    pub(crate) cargo_zigbuild: PathBuf,
}

/// Debian's Rust, which comes with the source of its standard library. By full path, because another may come first
/// in the path.
pub(crate) const RUSTC: &str = "/usr/bin/rustc";
/// Its Cargo.
pub(crate) const CARGO: &str = "/usr/bin/cargo";
/// Where the former looks for that source.
const STANDARD_LIBRARY: &str = "/usr/lib/rustlib/src/rust/library";

/// Tools that run here and make something for another platform.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cross {
    /// What the names of the GNU tools begin with.
    tools: &'static str,
    /// The packages that the tools come from.
    packages: &'static str,
}

impl Cross {
    /// One of the GNU tools, such as `gcc`.
    pub(crate) fn tool(&self, name: &str) -> Option<PathBuf> {
        find_in_path(&self.tool_name(name))
    }

    /// What it is called.
    pub(crate) fn tool_name(&self, name: &str) -> String {
        format!("{}-{name}", self.tools)
    }

    fn missing(&self, name: &str) -> Option<String> {
        let is_there = self.tool(name).is_some();
        (!is_there).then(|| format!("{} is not in the path", self.tool_name(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_platform_is_found_by_its_name() {
        for platform in Platform::ALL {
            assert_eq!(Platform::named(platform.name()).ok(), Some(platform));
        }
        let error = Platform::named("win-x65").expect_err("there is none").to_string();
        assert!(error.contains("win-x65") && error.contains("win-x64"), "{error}");
    }

    #[test]
    fn the_host_is_one_of_them_and_builds_for_itself() {
        let host = Platform::host().expect("tests run where the library does");
        assert_eq!(host.cannot_build(), None);
        assert!(host.cross().is_none());
        assert_eq!(
            Platform::ALL.into_iter().filter(|platform| platform.is_host()).count(),
            1
        );
        let (prefix, suffix) = (env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
        assert_eq!(host.library_file_name(), format!("{prefix}vcdrest{suffix}"));
        assert_eq!(host.program_suffix(), env::consts::EXE_SUFFIX);
    }

    #[test]
    fn what_cannot_be_built_says_why() {
        let mac = if Platform::OsxArm64.is_host() {
            Platform::OsxX64
        } else {
            Platform::OsxArm64
        };
        let why = mac.cannot_build().expect("only a Mac builds for a Mac");
        assert!(why.contains(mac.name()), "{why}");
    }
}
