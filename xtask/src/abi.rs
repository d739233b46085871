//! What programs that are compiled already rely on: names, numbers and signatures of the header, as the last release had
//! them.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::declarations::Declarations;
use crate::repository::{repository, target_directory};
use crate::tool::{find_c_compiler, find_in_path};

/// What the header promises, a line for each function, number and type.
#[derive(Debug)]
pub struct AbiSnapshot {
    /// The version of the package that it belongs to.
    pub version: String,
    lines: BTreeSet<String>,
}

/// The committed snapshot.
pub fn snapshot_path() -> PathBuf {
    repository().join("tests/abi/vcdrest.txt")
}

/// The committed types, as abidw of libabigail writes them.
pub fn type_snapshot_path() -> PathBuf {
    repository().join("tests/abi/vcdrest.abi")
}

/// Writes both snapshots anew. Returns their paths.
///
/// # Errors
///
/// If there is no abidw, or no C compiler; or they cannot be written.
pub fn write_abi() -> Result<[PathBuf; 2]> {
    let abidw = find_in_path("abidw").ok_or("abidw (abigail-tools) is not in the path")?;
    std::fs::write(snapshot_path(), AbiSnapshot::of_header().to_string())?;
    let library = header_library(&target_directory()?)?;
    let output = Command::new(abidw)
        .args(["--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--out-file"])
        .args([&type_snapshot_path(), &library])
        .output()?;
    if !output.status.success() {
        return Err(format!("abidw failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok([snapshot_path(), type_snapshot_path()])
}

/// A library of the header's functions that do nothing: the real one describes its types as Rust has them, and this one
/// as C does, which is what programs see. It is made in the folder.
///
/// # Errors
///
/// If there is no C compiler, or it complains.
pub fn header_library(folder: &Path) -> Result<PathBuf> {
    let compiler = find_c_compiler().ok_or("there is no C compiler")?;
    let (source, library) = (folder.join("header_only.c"), folder.join("libheader_only.so"));
    let mut text = String::from("#include <vcdrest.h>\n");
    for function in Declarations::read().functions {
        let parameters: Vec<String> = function
            .parameter_types
            .iter()
            .zip(&function.parameters)
            .map(|(kind, name)| format!("{kind} {name}"))
            .collect();
        let parameters = if parameters.is_empty() {
            "void".into()
        } else {
            parameters.join(", ")
        };
        let body = if function.returns == "void" { "" } else { "return 0;" };
        text += &format!("{} {}({parameters}) {{ {body} }}\n", function.returns, function.name);
    }
    std::fs::write(&source, text)?;
    let output = Command::new(compiler)
        .current_dir(folder)
        .args(["-g", "-gdwarf-4", "-shared", "-fPIC", "-I"])
        .arg(repository().join("include"))
        // No path of this machine belongs into the snapshot.
        .arg("header_only.c")
        .arg("-o")
        .arg(&library)
        .output()?;
    if output.status.success() {
        Ok(library)
    } else {
        Err(format!(
            "{} does not compile: {}",
            source.display(),
            String::from_utf8_lossy(&output.stderr)
        )
        .into())
    }
}

const HEAD: &str = "# What programs that are compiled already rely on, of version ";

impl AbiSnapshot {
    /// That of the committed header.
    pub fn of_header() -> Self {
        let declarations = Declarations::read();
        let mut lines = BTreeSet::new();
        for function in &declarations.functions {
            let types = function.parameter_types.join(", ");
            lines.insert(format!("{} {}({types})", function.returns, function.name));
        }
        for constant in &declarations.constants {
            // What the preprocessor alone sees is no number.
            if constant.name != "VCD_API" {
                lines.insert(format!("{} = {}", constant.name, constant.value));
            }
        }
        lines.extend(declarations.types);
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            lines,
        }
    }

    /// Reads the committed one.
    ///
    /// # Panics
    ///
    /// If it cannot be read.
    pub fn read() -> Self {
        let path = snapshot_path();
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self::of(&text)
    }

    fn of(text: &str) -> Self {
        let version = text.lines().find_map(|line| line.strip_prefix(HEAD));
        Self {
            version: version
                .expect("it says which version it is of")
                .trim_end_matches('.')
                .into(),
            lines: text
                .lines()
                .filter(|line| !line.starts_with('#'))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// What another one does not have.
    pub fn missing_in<'a>(&'a self, other: &'a AbiSnapshot) -> Vec<&'a str> {
        self.lines.difference(&other.lines).map(String::as_str).collect()
    }

    /// The value of a constant.
    pub fn number(&self, name: &str) -> Option<u32> {
        let start = format!("{name} = ");
        self.lines
            .iter()
            .find_map(|line| line.strip_prefix(&start)?.parse().ok())
    }
}

impl fmt::Display for AbiSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}{}.", self.version)?;
        writeln!(f, "# tests/abi.rs compares; `cargo xtask abi` writes this anew.")?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_or_has_another_number_is_missing() {
        let before = AbiSnapshot::of(&format!("{HEAD}0.1.0.\nVCD_A = 1\nVCD_B = 2\nint f(int)\n"));
        let after = AbiSnapshot::of(&format!("{HEAD}0.2.0.\nVCD_A = 2\nVCD_B = 2\nint f(int)\nint g()\n"));
        assert_eq!(before.missing_in(&after), ["VCD_A = 1"]);
        assert_eq!(after.missing_in(&before), ["VCD_A = 2", "int g()"]);
        assert_eq!((before.version.as_str(), after.number("VCD_A")), ("0.1.0", Some(2)));
        assert_eq!(AbiSnapshot::of(&after.to_string()).missing_in(&after), [""; 0]);
    }
}
