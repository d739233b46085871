//! The software bill of materials.

use serde_json::{Value, json};
use spdx::{Expression, ParseMode};

use crate::Result;
use crate::component::{Package, ToolchainPart, linked_packages, toolchain_parts};
use crate::platform::Platform;

/// What the file is called in packages.
pub const SBOM_FILE: &str = "sbom.cdx.json";

/// What the library of a platform is made of, as CycloneDX JSON: the packages in exactly these versions, what uses what,
/// and what the compiler adds. The same commit gives the same bytes: there is no time in it and no serial number.
///
/// # Errors
///
/// If Cargo or the compiler cannot say what goes in.
pub fn sbom(platform: Platform) -> Result<String> {
    let packages = linked_packages(Some(platform))?;
    let parts = toolchain_parts(platform)?;
    let document = document(platform, &packages, &parts);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn document(platform: Platform, packages: &[Package], parts: &[ToolchainPart]) -> Value {
    let (own, others): (Vec<_>, Vec<_>) = packages.iter().partition(|package| package.name == "vcdrest");
    let dependencies: Vec<Value> = packages
        .iter()
        .map(|package| {
            let uses: Vec<String> = package
                .uses
                .iter()
                .map(|(name, version)| reference(name, version))
                .collect();
            json!({"ref": reference(&package.name, &package.version), "dependsOn": uses})
        })
        .collect();
    let components: Vec<Value> = others
        .into_iter()
        .map(package_component)
        .chain(parts.iter().map(part_component))
        .collect();
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": own.into_iter().map(package_component).next(),
            "properties": [{"name": "vcdrest:platform", "value": platform.name()}],
        },
        "components": components,
        "dependencies": dependencies,
    })
}

/// By which the parts of the document name a package; the address that scanners know it by.
fn reference(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

fn package_component(package: &Package) -> Value {
    let reference = reference(&package.name, &package.version);
    let mut component = json!({
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "licenses": [{"expression": standard_form(&package.license)}],
        "purl": reference,
    });
    if let Some(checksum) = &package.checksum {
        component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    component
}

fn part_component(part: &ToolchainPart) -> Value {
    let mut component = json!({
        "type": "library",
        "name": part.name,
        "copyright": part.copyright,
        "licenses": [{"expression": part.license}],
    });
    if let Some(version) = &part.version {
        component["version"] = json!(version);
    }
    if !part.contains.is_empty() {
        let contained = part
            .contains
            .iter()
            .map(|name| json!({"type": "library", "name": name}));
        component["components"] = contained.collect();
    }
    component
}

/// `MIT/Apache-2.0`, the old form, as SPDX has it.
fn standard_form(license: &str) -> String {
    let parsed = Expression::parse_mode(license, ParseMode::STRICT);
    let canonical = parsed
        .is_err()
        .then(|| Expression::canonicalize(license).ok().flatten());
    canonical.flatten().unwrap_or_else(|| license.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_expressions_are_written_as_spdx_has_them() {
        assert_eq!(standard_form("MIT/Apache-2.0"), "MIT OR Apache-2.0");
        assert_eq!(standard_form("MIT OR (ISC AND Zlib)"), "MIT OR (ISC AND Zlib)");
    }

    #[test]
    fn every_package_is_named_and_what_it_uses() {
        let packages = ["vcdrest", "used"].map(|name| Package {
            name: name.into(),
            version: "1.0.0+x".into(),
            license: "MIT".into(),
            folder: "/nowhere".into(),
            checksum: (name == "used").then(|| "ab".into()),
            uses: if name == "used" {
                Vec::new()
            } else {
                vec![("used".into(), "1.0.0+x".into())]
            },
        });
        let document = document(Platform::LinuxX64, &packages, &[]);
        assert_eq!(document["metadata"]["component"]["name"], "vcdrest");
        assert_eq!(document["components"].as_array().map(Vec::len), Some(1));
        assert_eq!(document["components"][0]["hashes"][0]["content"], "ab");
        assert_eq!(document["dependencies"][0]["dependsOn"][0], "pkg:cargo/used@1.0.0%2Bx");
        assert_eq!(document["components"][0]["bom-ref"], "pkg:cargo/used@1.0.0%2Bx");
    }
}
