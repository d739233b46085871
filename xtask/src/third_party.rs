//! The licences of what others have written and the library contains.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::component::{linked_packages, toolchain_parts};
use crate::license::standard_texts;
use crate::platform::Platform;

/// What the file is called in packages.
pub const THIRD_PARTY_FILE: &str = "THIRD-PARTY-LICENSES.txt";

/// Somebody's part of the library.
struct Part {
    /// Name and version.
    title: String,
    license: String,
    /// Further lines about it.
    about: String,
    texts: Vec<String>,
}

/// The text of [`THIRD_PARTY_FILE`] for the library of a platform: every package and what the compiler adds, with its
/// licence, and each text once, under the names of all that it belongs to.
///
/// # Errors
///
/// If a package names no licence, or its source cannot be read.
pub fn third_party_licenses(platform: Platform) -> Result<String> {
    let mut parts = Vec::new();
    for package in linked_packages(Some(platform))? {
        // Our own licence lies beside.
        if package.name == "vcdrest" {
            continue;
        }
        let mut texts = license_files(&package.folder)?
            .iter()
            .map(|file| Ok(String::from_utf8_lossy(&fs::read(file)?).into_owned()))
            .collect::<Result<Vec<_>>>()?;
        if texts.is_empty() {
            texts = standard_texts(&package.license)?
                .into_iter()
                .map(str::to_owned)
                .collect();
        }
        parts.push(Part {
            title: format!("{} {}", package.name, package.version),
            license: package.license,
            about: String::new(),
            texts,
        });
    }
    for part in toolchain_parts(platform)? {
        let version = part.version.map(|version| format!(" {version}")).unwrap_or_default();
        let contains = if part.contains.is_empty() {
            String::new()
        } else {
            format!(", with {}", part.contains.join(", "))
        };
        parts.push(Part {
            title: format!("{}{version}", part.name),
            license: part.license.to_owned(),
            about: format!("    (c) {}{contains}\n", part.copyright),
            texts: standard_texts(part.license)?.into_iter().map(str::to_owned).collect(),
        });
    }
    Ok(written(platform, &parts))
}

fn written(platform: Platform, parts: &[Part]) -> String {
    let rule = "=".repeat(80);
    let mut file = format!(
        "The vcdrest library for {} contains what others have written. These are the parts,\n\
         with their licences; the texts of the licences follow.\n\n",
        platform.name()
    );
    for part in parts {
        // Writing to a string cannot fail.
        let _ = write!(file, "{}: {}\n{}", part.title, part.license, part.about);
    }
    let mut written = BTreeSet::new();
    for text in parts.iter().flat_map(|part| &part.texts) {
        let key = compared(text);
        if !written.insert(key.clone()) {
            continue;
        }
        let owners = parts
            .iter()
            .filter(|part| part.texts.iter().any(|text| compared(text) == key));
        let owners: Vec<&str> = owners.map(|part| part.title.as_str()).collect();
        let text = text.replace("\r\n", "\n");
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let text = lines.join("\n");
        let _ = write!(
            file,
            "\n{rule}\n{}\n{rule}\n\n{}\n",
            wrapped(&owners),
            text.trim_matches('\n')
        );
    }
    file
}

/// Texts that differ in nothing but spaces and line ends are the same.
fn compared(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Names in lines of at most 80 letters.
fn wrapped(names: &[&str]) -> String {
    let mut lines = vec![String::new()];
    for (index, name) in names.iter().enumerate() {
        let comma = if index + 1 < names.len() { "," } else { "" };
        let line = lines.last_mut().expect("there is always one");
        if line.is_empty() {
            *line = format!("{name}{comma}");
        } else if line.len() + 1 + name.len() + comma.len() <= 80 {
            *line += &format!(" {name}{comma}");
        } else {
            lines.push(format!("{name}{comma}"));
        }
    }
    lines.join("\n")
}

/// The files of a package that state its licences, those of what it has taken from others included.
fn license_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if is_license_file(&entry.file_name().to_string_lossy()) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_license_file(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let names = ["LICENSE", "LICENCE", "UNLICENSE", "COPYING", "COPYRIGHT", "NOTICE"];
    let is_code = [".RS", ".C", ".H", ".PY", ".HTML"]
        .iter()
        .any(|ending| name.ends_with(ending));
    !is_code && names.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_stands_there_once_under_all_names() {
        let part = |title: &str, texts: &[&str]| Part {
            title: title.into(),
            license: "MIT".into(),
            about: String::new(),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        };
        let parts = [
            part("a 1", &["Permission\nis granted"]),
            part("b 2", &["Permission is\r\n  granted\r\n", "other"]),
        ];
        let file = written(Platform::LinuxX64, &parts);
        assert_eq!(file.matches("granted").count(), 1, "{file}");
        assert!(file.contains("a 1: MIT\nb 2: MIT\n"), "{file}");
        assert!(file.contains("=\na 1, b 2\n="), "{file}");
        assert!(file.contains("=\nb 2\n="), "{file}");
    }

    #[test]
    fn files_are_known_by_their_names() {
        for name in [
            "LICENSE",
            "LICENSE-MIT.md",
            "license.txt",
            "COPYING",
            "UNLICENSE",
            "NOTICE",
        ] {
            assert!(is_license_file(name), "{name}");
        }
        for name in ["license.rs", "README.md", "Cargo.toml", "notice.c"] {
            assert!(!is_license_file(name), "{name}");
        }
    }

    #[test]
    fn long_lists_are_wrapped() {
        let names = ["x".repeat(50), "y".repeat(40), "z".to_owned()];
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let text = wrapped(&names);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.ends_with("y, z"), "{text}");
    }
}
