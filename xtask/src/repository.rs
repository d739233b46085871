//! Where things stand.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Result;

/// The root of the repository that this crate was compiled in.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the repository")
        .to_path_buf()
}

/// Where Cargo puts what it builds, whatever variable or configuration file says so.
///
/// # Errors
///
/// If Cargo cannot be run.
pub fn target_directory() -> Result<PathBuf> {
    let metadata = metadata(&["--no-deps"])?;
    let directory = metadata["target_directory"].as_str();
    Ok(directory.ok_or("cargo metadata names no target directory")?.into())
}

/// What `cargo metadata` says about the workspace.
pub(crate) fn metadata(options: &[&str]) -> Result<Value> {
    metadata_by(
        Command::new(cargo())
            .arg("metadata")
            .args(options)
            .current_dir(repository()),
    )
}

/// The same by a command that says where.
pub(crate) fn metadata_by(command: &mut Command) -> Result<Value> {
    let output = command
        .args(["--format-version", "1", "--quiet"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The Cargo that runs us, or the one in the path.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
