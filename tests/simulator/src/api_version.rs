//! API versions, and which of them a request asks for.

use crate::config::ApiVersionEntry;
use crate::error_body::{self, Shape};
use crate::request::Request;
use crate::response::Response;

/// A version that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ApiVersion([u32; 3]);

impl ApiVersion {
    /// From text such as `36.1` or `38.0.0-alpha-1676542985`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = [0; 3];
        let numbers = text.split_once('-').map_or(text, |(numbers, _)| numbers);
        for (index, part) in numbers.split('.').enumerate() {
            *parts.get_mut(index)? = part.parse().ok()?;
        }
        Some(Self(parts))
    }

    /// Its numbers: `[37, 2, 0]`.
    pub(crate) fn numbers(self) -> [u32; 3] {
        self.0
    }

    /// Whether what came with a version is there. `9.x` is the family after `4x.0`.
    pub(crate) fn has(self, major: u32, minor: u32) -> bool {
        self.0[0] < 20 || self >= Self([major, minor, 0])
    }
}

/// The two APIs differ in which media types they know and how they refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// `/cloudapi`: JSON.
    Cloudapi,
    /// `/api`: XML, or JSON by `+json`.
    Legacy,
}

impl Api {
    /// What errors look like here.
    fn errors(self, json: bool) -> Shape {
        match self {
            Self::Cloudapi => Shape::Cloudapi,
            Self::Legacy if json => Shape::LegacyJson,
            Self::Legacy => Shape::LegacyXml,
        }
    }
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The version to compare with.
    pub(crate) version: ApiVersion,
    /// The version as it was written.
    pub(crate) text: String,
    /// JSON, rather than XML.
    pub(crate) json: bool,
    /// What errors look like.
    pub(crate) errors: Shape,
}

/// The versions offered.
pub(crate) struct ApiVersions {
    /// As they are listed.
    pub(crate) entries: Vec<ApiVersionEntry>,
    /// For the text of a 406.
    supported: String,
}

impl ApiVersions {
    /// Offers these.
    pub(crate) fn new(entries: Vec<ApiVersionEntry>) -> Self {
        let names: Vec<String> = entries
            .iter()
            .rev()
            .map(|entry| {
                if entry.deprecated {
                    format!("{} [D]", entry.version)
                } else {
                    entry.version.clone()
                }
            })
            .collect();
        Self {
            supported: names.join(", "),
            entries,
        }
    }

    /// The newest that is no alpha version.
    pub(crate) fn newest(&self) -> ApiVersion {
        let released = self.entries.iter().filter(|entry| !entry.version.contains("-alpha"));
        // `9.x` is the family after `4x.0`.
        let newest = released
            .filter_map(|entry| ApiVersion::parse(&entry.version))
            .max_by_key(|version| (version.0[0] < 20, *version));
        newest.unwrap_or(ApiVersion([0; 3]))
    }

    /// The version and format that the request asks for, or the 406 that refuses it.
    pub(crate) fn negotiate(&self, request: &Request, api: Api) -> Result<Wanted, Response> {
        let ranges = request.header_values("Accept").flat_map(|value| value.split(','));
        for range in ranges {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default().to_ascii_lowercase();
            let version = parts.find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim()
                    .eq_ignore_ascii_case("version")
                    .then(|| value.trim().trim_matches('"'))
            });
            let known = version.and_then(|text| self.entries.iter().find(|entry| names(entry, text)));
            if let (Some(entry), Some(json)) = (known, format(api, &media)) {
                let version = ApiVersion::parse(&entry.version).unwrap_or(ApiVersion([0; 3]));
                return Ok(Wanted {
                    version,
                    text: entry.version.clone(),
                    json,
                    errors: api.errors(json),
                });
            }
        }
        Err(self.refusal(request, api))
    }

    fn refusal(&self, request: &Request, api: Api) -> Response {
        let message = format!(
            "The request has invalid accept header: Invalid API version requested. \
             Supported API versions are: [{}] ([D] indicates deprecated versions).",
            self.supported
        );
        let json = request.header_values("Accept").any(|value| value.contains("json"));
        error_body::shaped(api.errors(json), 406, "NOT_ACCEPTABLE", &message)
    }
}

/// Whether a text names this version; an alpha version also goes without its build number.
fn names(entry: &ApiVersionEntry, text: &str) -> bool {
    entry.version == text
        || entry
            .version
            .split_once("-alpha")
            .is_some_and(|(number, _)| text.strip_suffix("-alpha") == Some(number))
}

/// Whether JSON is meant; `None` if the API does not have this media type.
fn format(api: Api, media: &str) -> Option<bool> {
    match api {
        Api::Cloudapi => {
            let known = ["application/json", "application/*", "application/*+json", "*/*"].contains(&media);
            known.then_some(true)
        }
        Api::Legacy if media == "*/*" || media == "application/*" => Some(false),
        Api::Legacy if !media.starts_with("application/") => None,
        Api::Legacy if media.ends_with("+json") => Some(true),
        Api::Legacy => media.ends_with("+xml").then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn ask(accept: &[&str], api: Api) -> Result<Wanted, u16> {
        let headers = accept
            .iter()
            .map(|value| ("accept".to_owned(), (*value).to_owned()))
            .collect();
        let versions = ApiVersions::new(Config::default().api_versions);
        versions
            .negotiate(
                &Request {
                    headers,
                    ..Request::default()
                },
                api,
            )
            .map_err(|refusal| refusal.status)
    }

    #[test]
    fn cloudapi_takes_json_with_a_known_version() {
        for good in [
            "application/json;version=36.1",
            "application/*; Version=\"37.2\"",
            "application/*+json;version=35.0",
            "*/*;version=38.0.0-alpha",
        ] {
            assert!(ask(&[good], Api::Cloudapi).is_ok(), "{good}");
        }
        assert!(ask(&["text/html, application/json;version=36.1"], Api::Cloudapi).is_ok());
        assert!(ask(&["text/html", "application/json;version=36.1"], Api::Cloudapi).is_ok());
        for bad in [
            "application/json",
            "application/json;version=",
            "application/json;version=36",
            "application/json;version=99.0",
            "text/html;version=36.1",
        ] {
            assert_eq!(ask(&[bad], Api::Cloudapi), Err(406), "{bad}");
        }
        assert_eq!(ask(&[], Api::Cloudapi), Err(406));
    }

    #[test]
    fn legacy_has_no_plain_json() {
        assert_eq!(ask(&["application/json;version=36.1"], Api::Legacy), Err(406));
        assert_eq!(
            ask(&["application/*+json;version=36.1"], Api::Legacy).map(|wanted| wanted.json),
            Ok(true)
        );
        assert_eq!(
            ask(&["application/*+xml;version=36.1"], Api::Legacy).map(|wanted| wanted.json),
            Ok(false)
        );
        assert_eq!(
            ask(&["*/*;version=36.1"], Api::Legacy).map(|wanted| wanted.json),
            Ok(false)
        );
    }

    #[test]
    fn versions_are_compared_by_component() {
        let version = |text| ApiVersion::parse(text).expect(text);
        assert!(version("5.10") > version("5.9"));
        assert!(version("36.1").has(36, 1) && !version("36.0").has(36, 1));
        assert!(version("9.1.0").has(37, 1));
        assert!(version("38.0.0-alpha-1").has(38, 0));
        assert_eq!(ApiVersion::parse("x"), None);
    }
}
