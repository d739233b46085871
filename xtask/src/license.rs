//! Licence expressions, and what they allow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Result;
use crate::repository::metadata;

/// What may be linked into a library under MIT OR Apache-2.0 without further duties than a notice.
const ALLOWED: [&str; 10] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Checks the licence of every package that goes into the library, on any platform. Returns how many there are.
///
/// # Errors
///
/// Names every package whose licence is not allowed, or that has none.
pub fn check_licenses() -> Result<usize> {
    let metadata = metadata(&["--locked"])?;
    let packages = linked_packages(&metadata)?;
    let refused: Vec<String> = packages
        .iter()
        .filter_map(|(name, license)| match license {
            Some(license) if is_allowed(license) => None,
            Some(license) => Some(format!("{name}: {license}")),
            None => Some(format!("{name}: names no licence")),
        })
        .collect();
    if refused.is_empty() {
        Ok(packages.len())
    } else {
        let allowed = ALLOWED.join(", ");
        Err(format!(
            "licences that are not allowed (allowed are {allowed}):\n  {}",
            refused.join("\n  ")
        )
        .into())
    }
}

/// The packages that vcdrest is made of, itself included, with their licences.
fn linked_packages(metadata: &Value) -> Result<BTreeMap<String, Option<String>>> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages: BTreeMap<String, Value> = list(&metadata["packages"])
        .into_iter()
        .map(|package| (text(&package["id"]), package))
        .collect();
    let nodes: BTreeMap<String, Value> = list(&metadata["resolve"]["nodes"])
        .into_iter()
        .map(|node| (text(&node["id"]), node))
        .collect();
    let root = packages
        .iter()
        .find(|(_, package)| package["name"] == "vcdrest")
        .ok_or("there is no package vcdrest")?
        .0;
    let mut found = BTreeSet::from([root.clone()]);
    let mut ahead = vec![root.clone()];
    while let Some(id) = ahead.pop() {
        for dependency in list(&nodes.get(&id).ok_or("a package is not resolved")?["deps"]) {
            // Null is a normal dependency; "build" and "dev" do not end up in the library.
            let linked = list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            let package = text(&dependency["pkg"]);
            if linked && found.insert(package.clone()) {
                ahead.push(package);
            }
        }
    }
    let described = found.iter().map(|id| {
        let package = &packages[id];
        let name = format!("{} {}", text(&package["name"]), text(&package["version"]));
        (name, package["license"].as_str().map(ToOwned::to_owned))
    });
    Ok(described.collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Whether an SPDX expression allows a choice from the list. The old form `MIT/Apache-2.0` means OR. What cannot be
/// read is not allowed.
pub fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = Words {
        words: spaced.split_whitespace().collect(),
        at: 0,
    };
    words.alternatives() == Some(true) && words.at == words.words.len()
}

/// A reader of expressions; `None` where it cannot read on.
struct Words<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl Words<'_> {
    fn next_is(&mut self, word: &str) -> bool {
        let found = self
            .words
            .get(self.at)
            .is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn alternatives(&mut self) -> Option<bool> {
        let mut allowed = self.conjunction()?;
        while self.next_is("OR") {
            allowed |= self.conjunction()?;
        }
        Some(allowed)
    }

    fn conjunction(&mut self) -> Option<bool> {
        let mut allowed = self.license()?;
        while self.next_is("AND") {
            allowed &= self.license()?;
        }
        Some(allowed)
    }

    fn license(&mut self) -> Option<bool> {
        if self.next_is("(") {
            let allowed = self.alternatives()?;
            return self.next_is(")").then_some(allowed);
        }
        let allowed = ALLOWED.contains(self.words.get(self.at)?);
        self.at += 1;
        // An exception grants more than the licence; it takes nothing away.
        if self.next_is("WITH") {
            self.words.get(self.at)?;
            self.at += 1;
        }
        Some(allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_spdx_means_them() {
        for allowed in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "Apache-2.0 AND ISC",
            "GPL-3.0-only OR MIT",
            "(MIT OR GPL-3.0-only) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
            "GPL-2.0-only AND MIT OR Zlib",
        ] {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for refused in [
            "",
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "(MIT OR Apache-2.0) AND OpenSSL",
            "MPL-2.0",
            "MIT OR",
            "OR MIT",
            "(MIT",
            "MIT)",
            "MIT Apache-2.0",
            "MIT WITH",
            "LicenseRef-mine",
        ] {
            assert!(!is_allowed(refused), "{refused}");
        }
    }

    #[test]
    fn only_what_is_linked_counts() {
        let metadata = serde_json::json!({
            "packages": [
                {"id": "v", "name": "vcdrest", "version": "1.0.0", "license": "MIT"},
                {"id": "n", "name": "normal", "version": "1.0.0", "license": "ISC"},
                {"id": "d", "name": "dev", "version": "1.0.0", "license": "GPL-3.0-only"},
                {"id": "w", "name": "windows", "version": "1.0.0", "license": null},
            ],
            "resolve": {"nodes": [
                {"id": "v", "deps": [
                    {"pkg": "n", "dep_kinds": [{"kind": null}, {"kind": "dev"}]},
                    {"pkg": "d", "dep_kinds": [{"kind": "dev"}]},
                ]},
                {"id": "n", "deps": [{"pkg": "w", "dep_kinds": [{"kind": null, "target": "cfg(windows)"}]}]},
                {"id": "w", "deps": []},
                {"id": "d", "deps": []},
            ]},
        });
        let found = linked_packages(&metadata).unwrap();
        let names: Vec<_> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["normal 1.0.0", "vcdrest 1.0.0", "windows 1.0.0"]);
        assert_eq!(found["windows 1.0.0"], None);
    }
}
