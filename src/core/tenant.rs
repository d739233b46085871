//! The organization in which a provider's request acts: the header X-VMWARE-VCLOUD-TENANT-CONTEXT, which wants its
//! bare id (10.2 refuses a URN there with 401).

use super::code::Code;
use super::error::{Error, Result};
use super::org::{Org, describe};

/// The header in which the organization is named.
pub(super) const HEADER: &str = "x-vmware-vcloud-tenant-context";
/// The header that names the organization against which the access token is checked, where several sites are joined.
pub(super) const AUTH_HEADER: &str = "x-vmware-vcloud-auth-context";

/// An organization as a caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tenant {
    /// Its UUID.
    Id(String),
    /// Its short name, to be looked up.
    Name(String),
}

impl Tenant {
    /// Reads a UUID, `urn:vcloud:org:UUID`, or a short name.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let id = match text.get(..15) {
            Some(urn) if urn.eq_ignore_ascii_case("urn:vcloud:org:") => &text[15..],
            _ => text,
        };
        if is_uuid(id) {
            return Ok(Tenant::Id(id.to_ascii_lowercase()));
        }
        match Org::parse(text)? {
            Org::Tenant(name) => Ok(Tenant::Name(name)),
            Org::Provider => Err(Error::new(
                Code::Argument,
                "System is the provider and no tenant to act in; leave the tenant context out",
            )),
        }
    }
}

/// Whether it is 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A value for a filter (FIQL), escaped: the server would take these characters for its own.
pub(crate) fn filter_value(value: &str) -> Result<String> {
    let mut escaped = String::new();
    for letter in value.chars() {
        if letter.is_control() {
            return Err(Error::new(
                Code::Argument,
                format!("{} cannot stand in a filter", describe(letter)),
            ));
        }
        if "(),;\\".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    Ok(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_urns_and_names_are_told_apart() {
        let id = "7E5F1FE3-80cc-41e8-bf72-d40caf54418e";
        let expected = Tenant::Id(id.to_ascii_lowercase());
        assert_eq!(Tenant::parse(id).unwrap(), expected);
        assert_eq!(Tenant::parse(&format!(" urn:vcloud:org:{id}\n")).unwrap(), expected);
        assert_eq!(Tenant::parse("Tyrell").unwrap(), Tenant::Name("Tyrell".into()));
        for text in ["", "system", "urn:vcloud:user:x", "a b", "joe@acme", "urn:vcloud:org:1"] {
            assert!(Tenant::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(
            filter_value("Shimago!Dominguez,$1 (x)").unwrap(),
            "Shimago!Dominguez\\,$1 \\(x\\)"
        );
    }
}
