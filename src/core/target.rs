//! Where a request goes: a path on the server, or a URL of the same origin.

use super::address::{ServerAddress, is_dot_segment};
use super::code::Code;
use super::error::{Error, Result};
use super::org::describe;
use url::Url;

/// Longest path or URL: what common servers and balancers accept in a request line, with room to spare.
const MAX_LENGTH: usize = 64 * 1024;

/// Finds the URL of a request. A path is put behind the server's prefix; a URL is taken as it is and must have the
/// server's scheme, host and port.
pub(crate) fn resolve(server: &ServerAddress, target: &str) -> Result<Url> {
    let refuse = |why: String| {
        Err(Error::new(
            Code::Address,
            format!("this cannot be the path of a request: {why}. Give a path such as /cloudapi/1.0.0/orgs?page=2"),
        ))
    };
    if target.is_empty() {
        return refuse("it is empty".into());
    }
    if target.len() > MAX_LENGTH {
        return refuse(format!("it has {} bytes, the most is {MAX_LENGTH}", target.len()));
    }
    if let Some(wrong) = target.chars().find(|c| c.is_control() || *c == '\\') {
        return refuse(format!("{} is not allowed in it", describe(wrong)));
    }
    if target.contains('#') {
        return refuse("it has a '#'; where that belongs to a value, write %23".into());
    }
    if target.starts_with("//") {
        return refuse("it begins with two slashes, and what follows would be another host".into());
    }
    let path_end = target.find('?').unwrap_or(target.len());
    let is_url = target[..path_end].contains("://");
    let path = if is_url {
        let after = target.find("://").map_or(0, |at| at + 3);
        target[after..path_end]
            .find('/')
            .map_or("", |at| &target[after + at..path_end])
    } else {
        &target[..path_end]
    };
    if let Some(wrong) = path.split('/').find(|segment| is_dot_segment(segment)) {
        return refuse(format!("'{wrong}' would change it"));
    }

    if is_url {
        let url = match Url::parse(target) {
            Ok(url) => url,
            Err(error) => return refuse(error.to_string()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("it has a user or password before an '@'".into());
        }
        if url.origin() != server.origin().origin() {
            return Err(Error::new(
                Code::Origin,
                format!(
                    "the URL leads to {}, the session belongs to {}; the token is sent to no other place. Sign in there, or give the path alone",
                    url.origin().ascii_serialization(),
                    server.origin().origin().ascii_serialization()
                ),
            ));
        }
        return Ok(url);
    }
    let slash = if target.starts_with('/') { "" } else { "/" };
    // A path that was copied from the browser has the prefix already; nothing lies below the prefix twice.
    let prefix = match target.strip_prefix(server.prefix()) {
        Some(rest) if !server.prefix().is_empty() && rest.starts_with('/') => "",
        _ => server.prefix(),
    };
    // Relative to the origin, whose host is not read again.
    let joined = match (prefix, slash) {
        ("", "") => server.origin().join(target),
        _ => server.origin().join(&format!("{prefix}{slash}{target}")),
    };
    match joined {
        Ok(url) if url.as_str().starts_with(server.origin().as_str()) => Ok(url),
        Ok(_) => refuse("it would lead to another host".into()),
        Err(error) => refuse(error.to_string()),
    }
}

/// A URL as errors and logs show it: without its query, which may hold what nobody should see.
pub(crate) fn shown(url: &Url) -> &str {
    url.path()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> ServerAddress {
        ServerAddress::parse(text).unwrap()
    }

    #[test]
    fn paths_are_put_behind_the_prefix_and_urls_taken_as_they_are() {
        let plain = server("https://h:8443");
        let tm = server("https://h/tm");
        let at = |server: &ServerAddress, target: &str| resolve(server, target).unwrap().to_string();
        assert_eq!(
            at(&tm, "/tm/cloudapi/1.0.0/orgs"),
            "https://h/tm/cloudapi/1.0.0/orgs",
            "from a browser"
        );
        assert_eq!(at(&tm, "/tmp"), "https://h/tm/tmp");
        assert_eq!(at(&plain, "/cloudapi/1.0.0/orgs"), "https://h:8443/cloudapi/1.0.0/orgs");
        assert_eq!(at(&plain, "cloudapi/1.0.0/orgs"), "https://h:8443/cloudapi/1.0.0/orgs");
        assert_eq!(at(&tm, "/cloudapi/1.0.0/orgs"), "https://h/tm/cloudapi/1.0.0/orgs");
        assert_eq!(at(&tm, "https://h/cloudapi/x"), "https://h/cloudapi/x");
        assert_eq!(at(&tm, "https://h:443/cloudapi/x"), "https://h/cloudapi/x");
        // A space is sent as %20, as Cloud Director's filters need; '+' stays what it is.
        assert_eq!(
            at(&plain, "/a?filter=name==x y+z;b==ä"),
            "https://h:8443/a?filter=name==x%20y+z;b==%C3%A4"
        );
        assert_eq!(
            at(&plain, "/api/query?href=https://other/x"),
            "https://h:8443/api/query?href=https://other/x"
        );
        assert_eq!(
            at(&plain, "/orgs/urn:vcloud:org:1"),
            "https://h:8443/orgs/urn:vcloud:org:1"
        );
    }

    #[test]
    fn another_origin_is_refused_and_both_are_named() {
        let server = server("https://h");
        for target in [
            "https://other/x",
            "http://h/x",
            "https://h:444/x",
            "https://h.evil/x",
            "ftp://h/x",
        ] {
            let error = resolve(&server, target).unwrap_err();
            assert_eq!(error.code(), Code::Origin, "{target}");
            assert!(error.message().contains("https://h"), "{}", error.message());
        }
    }

    #[test]
    fn what_would_change_the_path_is_refused() {
        let server = server("https://h");
        for target in [
            "",
            "/a/../b",
            "/a/%2e%2E/b",
            "/./a",
            "//evil/x",
            "/a\\b",
            "/a\tb",
            "/a\nb",
            "/a#b",
            "https://u:p@h/x",
            "https://h/../x",
            "/a/\u{0}",
        ] {
            assert_eq!(
                resolve(&server, target).unwrap_err().code(),
                Code::Address,
                "{target:?}"
            );
        }
        assert!(resolve(&server, &format!("/{}", "a".repeat(MAX_LENGTH))).is_err());
        assert!(resolve(&server, "/a?x=../y").is_ok(), "dots in a query change nothing");
    }
}
