//! Licence expressions, and what they allow.

use spdx::{Expression, ParseMode};

use crate::Result;
use crate::component::linked_packages;

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
    let packages = linked_packages(None)?;
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !is_allowed(&package.license))
        .map(|package| format!("{} {}: {}", package.name, package.version, package.license))
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

/// Whether an SPDX expression allows a choice from the list. The old form `MIT/Apache-2.0` means OR. What cannot be
/// read is not allowed. An exception (WITH) grants more than the licence and takes nothing away.
pub fn is_allowed(expression: &str) -> bool {
    Expression::parse_mode(expression, ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|wanted| wanted.license.id().is_some_and(|id| ALLOWED.contains(&id.name)))
    })
}

/// The standard texts of the licences, and of the exceptions, that an SPDX expression names.
///
/// # Errors
///
/// If the expression cannot be read, or names a licence that SPDX has no text of.
pub(crate) fn standard_texts(expression: &str) -> Result<Vec<&'static str>> {
    let parsed =
        Expression::parse_mode(expression, ParseMode::LAX).map_err(|error| format!("{expression}: {error}"))?;
    let mut texts = Vec::new();
    for wanted in parsed.requirements() {
        let license = wanted.req.license.id();
        texts.push(
            license
                .ok_or_else(|| format!("{expression}: SPDX has no text of it"))?
                .text(),
        );
        if let Some(addition) = &wanted.req.addition {
            let exception = addition.id();
            texts.push(
                exception
                    .ok_or_else(|| format!("{expression}: SPDX has no text of it"))?
                    .text(),
            );
        }
    }
    Ok(texts)
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
    fn texts_are_those_of_each_licence_and_exception() {
        let texts = standard_texts("MIT OR Apache-2.0 WITH LLVM-exception").expect("SPDX knows them");
        let begin = ["MIT License", "Apache License", "---- LLVM Exceptions"];
        assert_eq!(texts.len(), begin.len());
        for (text, begin) in texts.iter().zip(begin) {
            assert!(text.trim_start().starts_with(begin), "{text}");
        }
        assert!(standard_texts("LicenseRef-mine").is_err());
    }
}
