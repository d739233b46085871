//! The server's address, in every shape in which people paste it.

use super::code::Code;
use super::error::{Error, Result};
use super::org::{Org, describe};
use url::{Host, Url};

/// Scheme, host, port and the prefix under which Cloud Director answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerAddress {
    /// Scheme, host and port, with `/` as path.
    origin: Url,
    /// Empty, or a path such as `/tm`, without a slash at its end.
    prefix: String,
    /// Scheme, host, port and prefix as text.
    text: String,
    /// The organization that a pasted address of the user interface names.
    org: Option<Org>,
}

/// Longest address; names in DNS have at most 253 characters, and pasted pages of the user interface a few hundred.
const MAX_LENGTH: usize = 4096;

/// First segments of what Cloud Director serves: an address is cut there.
const KNOWN_SEGMENTS: [&str; 6] = ["api", "cloudapi", "oauth", "tenant", "provider", "login"];

impl ServerAddress {
    /// Reads an address. What would change the host or the path on its way is refused.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        let refuse = |why: String| {
            Err(Error::new(
                Code::Address,
                format!(
                    "this cannot be a server's address: {why}. Give a name such as vcd.example.com, or https://vcd.example.com"
                ),
            ))
        };
        if text.is_empty() {
            return refuse("it is empty".into());
        }
        if text.len() > MAX_LENGTH {
            return refuse(format!("it has {} bytes, the most is {MAX_LENGTH}", text.len()));
        }
        if let Some(wrong) = text
            .chars()
            .find(|c| *c <= ' ' || *c == '\u{7f}' || *c == '\\' || (c.is_whitespace() || c.is_control()))
        {
            return refuse(format!("{} is not allowed in it", describe(wrong)));
        }
        let lower = text.to_ascii_lowercase();
        let with_scheme = match lower.split_once("://") {
            Some(("https" | "http", _)) => text.to_owned(),
            Some((scheme, _)) if !scheme.contains(['/', '?', '#']) => {
                return refuse(format!("'{scheme}' is no scheme for it, https is"));
            }
            _ if lower.starts_with("https:") || lower.starts_with("http:") => {
                return refuse("two slashes are missing after the scheme".into());
            }
            _ => format!("https://{text}"),
        };
        // Everything between the scheme and the first slash, as it was written.
        let after_scheme = with_scheme.split_once("://").map_or("", |(_, rest)| rest);
        let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
        // The parser would take what follows further slashes for the host, past all that is looked at here.
        if authority.is_empty() {
            return refuse("it has no host before its first slash".into());
        }
        if authority.contains('@') {
            return refuse(
                "it has a user or password before an '@', and what follows the '@' would be the host".into(),
            );
        }
        if authority.contains('%') {
            return refuse("its host has a '%'".into());
        }
        // Letters of other scripts are names too; these are slips of the finger.
        if let Some(wrong) = authority
            .chars()
            .find(|c| c.is_ascii() && !(c.is_ascii_alphanumeric() || "-._:[]".contains(*c)))
        {
            return refuse(format!("{} is not allowed in its host", describe(wrong)));
        }
        if matches!(authority.to_ascii_lowercase().as_str(), "http:" | "https:") {
            return refuse("its scheme stands there twice".into());
        }
        if authority.eq_ignore_ascii_case("http") || authority.eq_ignore_ascii_case("https") {
            return refuse("a colon is missing after the scheme".into());
        }
        let url = match Url::parse(&with_scheme) {
            Ok(url) => url,
            Err(error) => return refuse(error.to_string()),
        };
        if url.host_str().is_some_and(|host| host.len() > 255) {
            return refuse("its host is longer than a name in DNS can be".into());
        }
        // Letters of other scripts may stand for such slips as well: the fullwidth comma for the comma.
        if let Some(wrong) = url.domain().and_then(|domain| {
            domain
                .chars()
                .find(|c| !(c.is_ascii_alphanumeric() || "-._".contains(*c)))
        }) {
            return refuse(format!("its host would be read with {} in it", describe(wrong)));
        }
        if let Some(Host::Ipv4(address)) = url.host() {
            let written = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
            if written != address.to_string() {
                return refuse(format!("its host would be read as {address}"));
            }
        }
        if url.port() == Some(0) {
            return refuse("its port is 0".into());
        }

        let path = &after_scheme[authority.len()..];
        let (path, rest) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        if let Some(wrong) = segments.iter().find(|segment| is_dot_segment(segment)) {
            return refuse(format!("'{wrong}' would change its path"));
        }
        let cut = segments
            .iter()
            .position(|segment| KNOWN_SEGMENTS.contains(&segment.to_ascii_lowercase().as_str()));
        let known = cut.map(|at| segments[at].to_ascii_lowercase());
        if !rest.is_empty() && !matches!(known.as_deref(), Some("tenant" | "provider" | "login")) {
            return refuse("it has a '?' or '#', which belongs to a request and not to a server".into());
        }
        let org = match (known.as_deref(), cut) {
            (Some("tenant"), Some(at)) => match segments.get(at + 1) {
                Some(name) => Some(Org::parse(&percent_decoded(name))?),
                None => None,
            },
            (Some("provider"), _) => Some(Org::Provider),
            _ => None,
        };
        let mut prefix = String::new();
        for segment in &segments[..cut.unwrap_or(segments.len())] {
            if let Some(wrong) = segment
                .chars()
                .find(|c| !(c.is_ascii_alphanumeric() || "-._~".contains(*c)))
            {
                return refuse(format!("{} is not allowed in its path", describe(wrong)));
            }
            prefix.push('/');
            prefix.push_str(segment);
        }

        let mut origin = url;
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        let text = format!("{}{prefix}", origin.as_str().trim_end_matches('/'));
        Ok(ServerAddress {
            origin,
            prefix,
            text,
            org,
        })
    }

    /// The address in its plain form.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &Url {
        &self.origin
    }

    /// Empty, or a path without a slash at its end.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The organization that the address named.
    pub(crate) fn org(&self) -> Option<&Org> {
        self.org.as_ref()
    }

    /// Whether connections are encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.origin.scheme() == "https"
    }

    /// A place of the server's own, such as `/api/versions`.
    pub(crate) fn place(&self, path: &str) -> Url {
        let mut url = self.origin.clone();
        url.set_path(&format!("{}{path}", self.prefix));
        url
    }
}

/// Whether the HTTP client would take the segment as `.` or `..`, percent-escaped or not.
pub(crate) fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |at: usize| tail.get(at).and_then(|byte| (*byte as char).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, digit(0), digit(1)) {
            bytes.push((high * 16 + low) as u8);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn plain(text: &str) -> String {
        ServerAddress::parse(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn every_pasted_shape_means_the_same_server() {
        for text in [
            "vcd.example.com",
            "https://vcd.example.com",
            "https://vcd.example.com/",
            "HTTPS://VCD.example.com:443/",
            "https://vcd.example.com/api",
            "https://vcd.example.com/api/",
            "https://vcd.example.com/api/versions",
            "https://vcd.example.com/cloudapi/1.0.0",
            "vcd.example.com/tenant/acme",
            "https://vcd.example.com/tenant/acme/vdcs/list?x=1#top",
            "https://vcd.example.com/provider/",
            "https://vcd.example.com/login/?redirectTo=%2Ftenant%2Facme",
            " https://vcd.example.com\r\n",
        ] {
            assert_eq!(plain(text), "https://vcd.example.com", "{text:?}");
        }
    }

    #[test]
    fn port_prefix_and_hosts_like_api_are_kept() {
        assert_eq!(plain("vcd.example.com:8443/api"), "https://vcd.example.com:8443");
        assert_eq!(plain("https://vcfa.example.com/tm/api"), "https://vcfa.example.com/tm");
        assert_eq!(
            plain("https://vcfa.example.com/tm/tenant/x"),
            "https://vcfa.example.com/tm"
        );
        // terraform-provider-vcd issue 994: a host that begins with "api" lost those letters.
        assert_eq!(
            plain("https://api-vca-api.example.com/api"),
            "https://api-vca-api.example.com"
        );
        assert_eq!(plain("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(plain("[::1]:8443"), "https://[::1]:8443");
    }

    #[test]
    fn the_organization_of_a_pasted_address_is_found() {
        let org = |text: &str| {
            ServerAddress::parse(text)
                .unwrap()
                .org()
                .map(|org| org.name().to_owned())
        };
        assert_eq!(org("https://h/tenant/acme"), Some("acme".into()));
        assert_eq!(org("https://h/tm/tenant/a%21b/"), Some("a!b".into()));
        assert_eq!(org("https://h/provider"), Some("System".into()));
        assert_eq!(org("https://h/tenant"), None);
        assert_eq!(org("https://h"), None);
        assert!(ServerAddress::parse("https://h/tenant/a%2Fb").is_err());
    }

    #[test]
    fn what_would_change_host_or_path_is_refused() {
        for text in [
            "",
            "  ",
            "https://",
            "/vcd.example.com",
            "///vcd.example.com/api",
            "https:///user:secret@vcd.example.com/",
            "https:///127.1/",
            "https://user:secret@vcd.example.com/",
            "https://vcd.example@evil.example/",
            "https://vcd.example\r\n.evil.example/",
            "https://vcd.example\t.com",
            "https://vcd\\.example.com",
            "vcd .example.com",
            "https:/vcd.example.com",
            "https:vcd.example.com",
            "https//vcd.example.com",
            "https://https://vcd.example.com",
            "https://HTTP://vcd.example.com",
            "https://vcd.example.com,",
            "https://vcd.example.com\u{ff0c}",
            "https://\u{249c}.example.com",
            "vcd.example.com;rm",
            "ftp://vcd.example.com",
            "file:///etc/passwd",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://vcd.example.com:99999",
            "https://vcd.example.com:0",
            "https://vcd%2eexample.com",
            "https://vcd.example.com/../x",
            "https://vcd.example.com/%2e%2e/x",
            "https://vcd.example.com/a;b",
            "https://vcd.example.com/?x=1",
            "https://[fe80::1%25eth0]/",
            "https://vcd.example.com/tenant/joe@acme",
            "not a url",
            "https://vcd.example.com\u{a0}",
        ] {
            let error = ServerAddress::parse(text).expect_err(text);
            assert!(matches!(error.code(), Code::Address | Code::Argument), "{text:?}");
            assert!(
                !error.message().contains("secret"),
                "the address is not repeated in the error"
            );
        }
    }
}
