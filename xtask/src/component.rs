//! What the library is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Result;
use crate::build::rust_version;
use crate::platform::Platform;
use crate::repository::{cargo, metadata, repository};

/// A package that goes into the library, the library's own included.
#[derive(Debug)]
pub struct Package {
    /// Its name on crates.io.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its SPDX expression; empty if it names none.
    pub license: String,
    /// Where its source is.
    pub folder: PathBuf,
    /// SHA-256 of what was downloaded, in hexadecimal digits; `None` for our own.
    pub checksum: Option<String>,
    /// The packages that it uses, as name and version.
    pub uses: Vec<(String, String)>,
}

/// What the compiler and the linker add to the packages.
#[derive(Debug)]
pub struct ToolchainPart {
    /// What it is called.
    pub name: &'static str,
    /// Its version, where it is known.
    pub version: Option<String>,
    /// Its SPDX expression.
    pub license: &'static str,
    /// Whose it is.
    pub copyright: &'static str,
    /// Packages that are in it.
    pub contains: &'static [&'static str],
}

/// The packages of Rust's standard library, beside its own parts.
pub const STANDARD_LIBRARY_PACKAGES: [&str; 11] = [
    "addr2line",
    "adler2",
    "cfg-if",
    "compiler_builtins",
    "gimli",
    "hashbrown",
    "libc",
    "memchr",
    "miniz_oxide",
    "object",
    "rustc-demangle",
];

/// The packages that the library of a platform is made of, or those of all platforms, sorted. What only runs while it is
/// built (build scripts, macros, tests) is not among them.
///
/// # Errors
///
/// If Cargo cannot say.
pub fn linked_packages(platform: Option<Platform>) -> Result<Vec<Package>> {
    let target = platform.map_or("all", Platform::target);
    let linked = linked_names(target)?;
    let mut options = vec!["--locked"];
    if platform.is_some() {
        options.extend(["--filter-platform", target]);
    }
    let metadata = metadata(&options)?;
    let checksums = checksums(&std::fs::read_to_string(repository().join("Cargo.lock"))?);
    packages(&metadata, &linked, &checksums)
}

/// What else is in the library of a platform as it ships.
///
/// # Errors
///
/// If the compiler does not say its version.
pub fn toolchain_parts(platform: Platform) -> Result<Vec<ToolchainPart>> {
    let mut parts = vec![ToolchainPart {
        name: "Rust standard library",
        version: Some(rust_version(platform)?),
        license: "(MIT OR Apache-2.0) AND Apache-2.0 WITH LLVM-exception AND Unicode-3.0",
        copyright: "The Rust Project Developers and the authors of the packages that it contains",
        contains: &STANDARD_LIBRARY_PACKAGES,
    }];
    if platform.glibc_baseline().is_some() {
        parts.push(ToolchainPart {
            name: "LLVM libunwind",
            version: None,
            license: "Apache-2.0 WITH LLVM-exception",
            copyright: "The LLVM Project",
            contains: &[],
        });
        parts.push(ToolchainPart {
            name: "Zig compiler runtime",
            version: None,
            license: "MIT",
            copyright: "Zig contributors",
            contains: &[],
        });
    }
    if platform.is_windows() && platform.cross().is_some() {
        parts.push(ToolchainPart {
            name: "MinGW-w64 runtime",
            version: None,
            license: "ZPL-2.1",
            copyright: "The mingw-w64 project",
            contains: &[],
        });
        parts.push(ToolchainPart {
            name: "GCC runtime library",
            version: None,
            license: "GPL-3.0-or-later WITH GCC-exception-3.1",
            copyright: "Free Software Foundation, Inc.",
            contains: &[],
        });
    }
    Ok(parts)
}

/// Names and versions. `cargo metadata` knows of features only what the whole workspace asks for; `cargo tree` knows
/// what the library does.
fn linked_names(target: &str) -> Result<BTreeSet<(String, String)>> {
    let output = Command::new(cargo())
        .args(["tree", "--locked", "--package", "vcdrest", "--target", target])
        .args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"])
        .current_dir(repository())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree failed: {}", output.status).into());
    }
    Ok(names(&String::from_utf8(output.stdout)?))
}

/// From lines such as `bytes v1.11.0 (proc-macro) (*)`.
fn names(tree: &str) -> BTreeSet<(String, String)> {
    let name = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        Some((name, words.next()?.strip_prefix('v')?.to_owned()))
    };
    tree.lines().filter_map(name).collect()
}

/// The checksums that Cargo.lock has.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let start = format!("{key} = \"");
            let value = package.lines().find_map(|line| line.strip_prefix(&start));
            value.map(|value| value.trim_end_matches('"').to_owned())
        };
        if let (Some(name), Some(version), Some(checksum)) = (value("name"), value("version"), value("checksum")) {
            found.insert((name, version), checksum);
        }
    }
    found
}

fn packages(
    metadata: &Value,
    linked: &BTreeSet<(String, String)>,
    checksums: &BTreeMap<(String, String), String>,
) -> Result<Vec<Package>> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut names: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut described: BTreeMap<(String, String), Value> = BTreeMap::new();
    for package in list(&metadata["packages"]) {
        let name = (text(&package["name"]), text(&package["version"]));
        names.insert(text(&package["id"]), name.clone());
        described.insert(name, package);
    }
    let mut uses: BTreeMap<(String, String), Vec<(String, String)>> = BTreeMap::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        // Null is a normal dependency; others are "build" and "dev".
        let normal = |dependency: &Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        let dependencies = list(&node["deps"]).into_iter().filter(normal);
        let mut used: Vec<_> = dependencies
            .filter_map(|dependency| names.get(&text(&dependency["pkg"])).cloned())
            .filter(|name| linked.contains(name))
            .collect();
        used.sort();
        if let Some(name) = names.get(&text(&node["id"])) {
            uses.insert(name.clone(), used);
        }
    }
    let described = linked.iter().map(|name| {
        let package = described
            .get(name)
            .ok_or_else(|| format!("cargo metadata does not know {} {}", name.0, name.1))?;
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        Ok(Package {
            name: name.0.clone(),
            version: name.1.clone(),
            license: text(&package["license"]),
            folder: manifest.parent().map(PathBuf::from).unwrap_or_default(),
            checksum: checksums.get(name).cloned(),
            uses: uses.remove(name).unwrap_or_default(),
        })
    });
    described.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_linked_counts() {
        let metadata = serde_json::json!({
            "packages": [
                {"id": "v", "name": "vcdrest", "version": "1.0.0", "license": "MIT", "manifest_path": "/v/Cargo.toml"},
                {"id": "n", "name": "normal", "version": "1.0.0", "license": "ISC", "manifest_path": "/n/Cargo.toml"},
                {"id": "d", "name": "dev", "version": "1.0.0", "license": null, "manifest_path": "/d/Cargo.toml"},
            ],
            "resolve": {"nodes": [
                {"id": "v", "deps": [
                    {"pkg": "n", "dep_kinds": [{"kind": null}, {"kind": "dev"}]},
                    {"pkg": "d", "dep_kinds": [{"kind": "dev"}]},
                ]},
                {"id": "n", "deps": []},
                {"id": "d", "deps": []},
            ]},
        });
        let linked = names("vcdrest v1.0.0 (/v)\nnormal v1.0.0\nnormal v1.0.0 (*)\n");
        let checksums = checksums("[[package]]\nname = \"normal\"\nversion = \"1.0.0\"\nchecksum = \"ab\"\n");
        let found = packages(&metadata, &linked, &checksums).expect("all are known");
        let normal = ("normal".to_owned(), "1.0.0".to_owned());
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].license.as_str()), ("normal", "ISC"));
        assert_eq!(
            (found[0].checksum.as_deref(), found[1].checksum.as_deref()),
            (Some("ab"), None)
        );
        assert_eq!((&found[0].uses, &found[1].uses), (&vec![], &vec![normal]));
        assert_eq!(found[1].folder, PathBuf::from("/v"));
        assert!(packages(&metadata, &names("other v1.0.0"), &checksums).is_err());
    }

    #[test]
    fn platforms_differ_in_what_is_linked() {
        let names = |platform| -> Vec<String> {
            let packages = linked_packages(platform).expect("cargo says it");
            packages.into_iter().map(|package| package.name).collect()
        };
        let (linux, windows, all) = (
            names(Some(Platform::LinuxX64)),
            names(Some(Platform::WinX64)),
            names(None),
        );
        let has = |names: &[String], name: &str| names.iter().any(|found| found == name);
        for found in [&linux, &windows, &all] {
            assert!(has(found, "vcdrest") && has(found, "ring"), "{found:?}");
            assert!(!has(found, "serde_derive") && !has(found, "winresource"), "{found:?}");
        }
        assert!(has(&linux, "openssl-probe") && !has(&windows, "openssl-probe"));
        assert!(has(&windows, "windows-sys") && !has(&linux, "windows-sys") && has(&all, "windows-sys"));
    }
}
