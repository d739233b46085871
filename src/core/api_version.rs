//! Versions of the Cloud Director API.

use super::code::Code;
use super::error::{Error, Result};
use std::cmp::Ordering;
use std::fmt;

/// A version such as `37.2`, or `9.1.0` of VCF Automation. Ordered by age: the family `9.x.y` came after `40.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiVersion {
    parts: Vec<u32>,
    text: String,
}

/// What is asked for where the server offers no list: served by Cloud Director 10.4 to 10.6.
pub(crate) const DEFAULT: &str = "37.0";

/// The oldest and newest version of each family that this library was made for. Organizations are listed from 35.0
/// (Cloud Director 10.2) on.
const KNOWN: [([u32; 2], [u32; 2]); 2] = [([35, 0], [40, 0]), ([9, 0], [9, 1])];

/// The versions that this library was made for, in words.
pub(crate) fn known() -> String {
    let ranges = KNOWN.map(|(oldest, newest)| format!("{}.{} to {}.{}", oldest[0], oldest[1], newest[0], newest[1]));
    ranges.join(" and ")
}

impl ApiVersion {
    /// Reads a version. Alpha versions are versions too, but are taken only when asked for by name.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let numbers = text.split_once('-').map_or(text, |(numbers, _)| numbers);
        let parts: Option<Vec<u32>> = numbers
            .split('.')
            .map(|part| {
                part.bytes()
                    .all(|byte| byte.is_ascii_digit())
                    .then(|| part.parse().ok())?
            })
            .collect();
        let suffix_is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
        match parts {
            Some(parts) if (2..=3).contains(&parts.len()) && suffix_is_plain && text.len() <= 64 => Ok(ApiVersion {
                parts,
                text: text.to_owned(),
            }),
            _ => {
                // What is long or has other characters may be a secret that was put into the wrong place.
                let shown = if suffix_is_plain && (1..=16).contains(&text.len()) {
                    format!("'{text}'")
                } else {
                    "this".to_owned()
                };
                Err(Error::new(
                    Code::Argument,
                    format!(
                        "{shown} is no API version; one looks like 37.2 (Cloud Director) or 9.1.0 (VCF Automation)"
                    ),
                ))
            }
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this library was made for it.
    pub(crate) fn is_known(&self) -> bool {
        let start = &self.parts[..self.parts.len().min(2)];
        KNOWN.iter().any(|(oldest, newest)| {
            compare(start, oldest) != Ordering::Less && compare(start, newest) != Ordering::Greater
        })
    }

    /// Whether it came after all that this library was made for in its family.
    pub(crate) fn is_later_than_known(&self) -> bool {
        let start = &self.parts[..self.parts.len().min(2)];
        let [(_, director), (_, automation)] = &KNOWN;
        let newest = if self.is_automation() { automation } else { director };
        compare(start, newest) == Ordering::Greater
    }

    fn is_automation(&self) -> bool {
        // Cloud Director itself counts from 1.0 to 40.0; no version between 6 and 19 was ever served by it.
        (7..20).contains(&self.parts[0])
    }
}

impl PartialOrd for ApiVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ApiVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.is_automation()
            .cmp(&other.is_automation())
            .then_with(|| compare(&self.parts, &other.parts))
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Part by part, as numbers: 5.10 comes after 5.9.
fn compare(left: &[u32], right: &[u32]) -> Ordering {
    let longest = left.len().max(right.len());
    let part = |parts: &[u32], at: usize| parts.get(at).copied().unwrap_or(0);
    (0..longest)
        .map(|at| part(left, at).cmp(&part(right, at)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ApiVersion {
        ApiVersion::parse(text).unwrap()
    }

    #[test]
    fn versions_are_ordered_by_age() {
        let ascending = [
            "5.9", "5.10", "36.1", "36.3", "37.0", "37.2", "38.1", "40.0", "9.0.0", "9.1.0",
        ];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn known_are_those_up_to_the_newest_of_each_family() {
        for known in ["35.0", "37.2", "39.1", "40.0", "9.0.0", "9.1.0", "9.1.3"] {
            assert!(version(known).is_known(), "{known}");
        }
        for unknown in ["8.9", "20.0", "34.0", "40.1", "41.0", "9.2.0", "10.0.0"] {
            assert!(!version(unknown).is_known(), "{unknown}");
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "37",
            "v37.2",
            "37.2.1.0",
            "37.x",
            "37..2",
            "37.2;q=1",
            "37.2\r\n38",
            "4294967296.0",
        ] {
            assert!(ApiVersion::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(version(" 37.2\n").as_str(), "37.2");
        assert_eq!(version("38.0.0-alpha-1676").as_str(), "38.0.0-alpha-1676");
    }
}
