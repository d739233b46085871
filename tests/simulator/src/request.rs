//! What came in: one request as it stood on the wire.

use percent_encoding::percent_decode_str;

/// One request as it stood on the wire.
#[derive(Debug, Default)]
pub(crate) struct Request {
    /// `GET` and so on.
    pub(crate) method: String,
    /// The request target, untouched.
    pub(crate) target: String,
    /// Names in the client's spelling.
    pub(crate) headers: Vec<(String, String)>,
    /// The body without transfer coding.
    pub(crate) body: Vec<u8>,
    /// Whether it came over TLS.
    pub(crate) tls: bool,
    /// The client's port.
    pub(crate) peer_port: u16,
    /// Whether the connection may serve another request.
    pub(crate) keep_alive: bool,
}

impl Request {
    /// The target from its path on.
    fn origin_form(&self) -> &str {
        match self.target.split_once("://") {
            Some((scheme, rest)) if !scheme.contains('/') => rest.find('/').map_or("/", |start| &rest[start..]),
            _ => &self.target,
        }
    }

    /// The raw path.
    pub(crate) fn path(&self) -> &str {
        let target = self.origin_form();
        target.split_once('?').map_or(target, |(path, _)| path)
    }

    /// The raw query, empty if there is none.
    pub(crate) fn query(&self) -> &str {
        self.origin_form().split_once('?').map_or("", |(_, query)| query)
    }

    /// The query's pairs, percent-decoded. A `+` stays a `+`: whether the real server takes it for a space is not
    /// certain (there are reports of filters that it refused, and VMware's own tests send `vApp+User` and find it),
    /// so the reading is the one that only `%20` satisfies, which every server takes for a space.
    pub(crate) fn query_pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.query().split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
    }

    /// All values of a header.
    pub(crate) fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.headers
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Text without its percent-encoding.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(target: &str) -> Request {
        Request {
            target: target.to_owned(),
            ..Request::default()
        }
    }

    #[test]
    fn the_path_ends_at_the_question_mark() {
        assert_eq!(to("/a/b?c=/d").path(), "/a/b");
        assert_eq!(to("/a/b?c=/d").query(), "c=/d");
        assert_eq!(to("/a?u=https://x/y").path(), "/a");
        assert_eq!(to("http://host:1/a?b").path(), "/a");
        assert_eq!(to("http://host").path(), "/");
    }

    #[test]
    fn a_plus_in_a_query_stays_a_plus() {
        let pairs: Vec<_> = to("/?filter=name%3D%3Da+b%20c").query_pairs().collect();
        assert_eq!(pairs, [("filter".to_owned(), "name==a+b c".to_owned())]);
    }
}
