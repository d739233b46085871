//! Organizations, and the provider.

use super::code::Code;
use super::error::{Error, Result};
use super::tenant::is_uuid;
use std::fmt;

/// Longest name of an organization that Cloud Director allows (OpenAPI, Org.name).
const MAX_LENGTH: usize = 128;

/// Where somebody signs in: the provider, or an organization by its short name. The case of a name is kept; Cloud
/// Director does not mind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Org {
    Provider,
    Tenant(String),
}

impl Org {
    /// Reads an organization's name. "System", in any case, is the provider.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let name = text.trim_matches([' ', '\t', '\r', '\n']);
        let refuse = |why: String| {
            Err(Error::new(
                Code::Argument,
                format!(
                    "this cannot be an organization's name: {why}. Give the short name that stands after /tenant/ in the address of the user interface, or System for the provider"
                ),
            ))
        };
        if name.is_empty() {
            return refuse("it is empty".into());
        }
        if name.eq_ignore_ascii_case("system") {
            return Ok(Org::Provider);
        }
        if name.len() > MAX_LENGTH {
            return refuse(format!(
                "it has {} characters, the most is {MAX_LENGTH}",
                name.chars().count()
            ));
        }
        if name == "." || name == ".." {
            return refuse(format!("'{name}' would change the path of the request"));
        }
        if name.starts_with("urn:") {
            return refuse("it is an id (urn:…), not a name".into());
        }
        if name.contains('@') {
            return refuse("it has an '@', as a user name or an e-mail address has".into());
        }
        if let Some(wrong) = name.chars().find(|c| !is_allowed(*c)) {
            return refuse(format!("{} is not allowed in it", describe(wrong)));
        }
        Ok(Org::Tenant(name.to_owned()))
    }

    /// The name as people write it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Org::Provider => "System",
            Org::Tenant(name) => name,
        }
    }

    /// Adds to an error of a sign-in what the name may be instead. An organization may have a name like that, so that it
    /// is no reason to refuse it before the server does.
    pub(crate) fn advise(&self, error: Error) -> Error {
        if is_uuid(self.name()) {
            error.and("The organization's name looks like an id; if that is what it is, give the short name instead")
        } else {
            error
        }
    }

    /// The part of an OAuth path that stands for it: `provider` or `tenant/NAME`, escaped.
    pub(crate) fn oauth_path(&self) -> String {
        match self {
            Org::Provider => "provider".into(),
            Org::Tenant(name) => {
                let mut path = String::from("tenant/");
                for byte in name.bytes() {
                    // RFC 3986 section 2.3, unreserved; everything else is escaped.
                    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                        path.push(byte as char);
                    } else {
                        path.push_str(&format!("%{byte:02X}"));
                    }
                }
                path
            }
        }
    }
}

impl fmt::Display for Org {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The pattern of Org.name in Cloud Director's OpenAPI file.
fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.!'(),$".contains(c)
}

/// Names a character so that it can be recognized also when it cannot be seen.
pub(crate) fn describe(c: char) -> String {
    match c {
        ' ' => "a space".into(),
        c if c.is_control() || c.is_whitespace() => format!("the character U+{:04X}", c as u32),
        c => format!("'{c}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_in_any_case_is_the_provider() {
        for name in ["System", "system", "SYSTEM", " System\n"] {
            assert_eq!(Org::parse(name).unwrap(), Org::Provider);
        }
        assert_eq!(Org::Provider.oauth_path(), "provider");
    }

    #[test]
    fn every_legal_character_is_escaped_for_the_path() {
        let org = Org::parse("a_b-c.d!e'f(g)h,i$9").unwrap();
        assert_eq!(org.oauth_path(), "tenant/a_b-c.d%21e%27f%28g%29h%2Ci%249");
        assert_eq!(org.name(), "a_b-c.d!e'f(g)h,i$9");
    }

    #[test]
    fn what_would_change_the_endpoint_is_refused() {
        for name in [
            "",
            " ",
            ".",
            "..",
            "a/b",
            "../provider",
            "a%2e",
            "a b",
            "a\\b",
            "a?b",
            "a#b",
            "joe@acme",
            "ä",
            "a\u{0}b",
            "urn:vcloud:org:1",
        ] {
            let error = Org::parse(name).unwrap_err();
            assert_eq!(error.code(), Code::Argument, "{name:?}");
        }
        assert!(Org::parse(&"a".repeat(128)).is_ok());
        assert!(Org::parse(&"a".repeat(129)).is_err());
    }
}
