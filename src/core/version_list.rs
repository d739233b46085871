//! What a server says about API versions (`GET /api/versions`), and which one is taken.

use super::api_version::ApiVersion;
use super::code::Code;
use super::error::{Error, Result};
use quick_xml::events::Event;
use serde::Deserialize;

/// A version that a server offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    pub(crate) version: ApiVersion,
    pub(crate) deprecated: bool,
}

/// Longest list that is read; real ones have about twenty entries.
const MAX_ENTRIES: usize = 1_000;

/// Reads a list, XML or JSON. Alpha versions are left out: nobody gets one without asking for it by name.
pub(crate) fn parse(body: &[u8]) -> Result<Vec<Offered>> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    let list = match body.first() {
        Some(b'{') => parse_json(body),
        Some(b'<') => parse_xml(body),
        _ => None,
    };
    list.filter(|list| !list.is_empty())
        .ok_or_else(|| Error::new(Code::ApiVersion, "the server's answer is no list of API versions"))
}

/// Takes the newest version that is not deprecated and that this library knows; else the newest deprecated one that
/// it knows; else the one nearest to what it knows: the oldest of the later ones, or the newest of the earlier ones.
pub(crate) fn choose(offered: &[Offered]) -> Option<&Offered> {
    let newest = |left: &&Offered, right: &&Offered| left.version.cmp(&right.version);
    let known = |deprecated: bool| {
        offered
            .iter()
            .filter(move |entry| entry.version.is_known() && entry.deprecated == deprecated)
            .max_by(newest)
    };
    known(false).or_else(|| known(true)).or_else(|| {
        let later = offered.iter().filter(|entry| entry.version.is_later_than_known());
        later.min_by(newest).or_else(|| offered.iter().max_by(newest))
    })
}

/// Takes the oldest version from this one on that is not deprecated; else the oldest deprecated one.
pub(crate) fn choose_from<'a>(offered: &'a [Offered], least: &ApiVersion) -> Option<&'a Offered> {
    offered
        .iter()
        .filter(|entry| entry.version >= *least)
        .min_by(|left, right| (left.deprecated, &left.version).cmp(&(right.deprecated, &right.version)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SupportedVersions {
    version_info: Vec<VersionInfo>,
}

#[derive(Deserialize)]
struct VersionInfo {
    version: String,
    #[serde(default)]
    deprecated: Option<bool>,
}

fn parse_json(body: &[u8]) -> Option<Vec<Offered>> {
    let list: SupportedVersions = serde_json::from_slice(body).ok()?;
    Some(
        list.version_info
            .into_iter()
            .take(MAX_ENTRIES)
            .filter_map(|entry| offered(&entry.version, entry.deprecated.unwrap_or(false)))
            .collect(),
    )
}

fn parse_xml(body: &[u8]) -> Option<Vec<Offered>> {
    let mut reader = quick_xml::Reader::from_reader(body);
    let mut list = Vec::new();
    // Inside a VersionInfo: whether it is deprecated. Inside its Version: the text so far.
    let mut deprecated = None;
    let mut text: Option<String> = None;
    while list.len() < MAX_ENTRIES {
        match reader.read_event().ok()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                b"VersionInfo" => {
                    let attribute = tag.try_get_attribute("deprecated").ok().flatten();
                    deprecated = Some(attribute.is_some_and(|attribute| attribute.value.as_ref() == b"true"));
                }
                b"Version" if deprecated.is_some() => text = Some(String::new()),
                _ => {}
            },
            Event::Text(content) => {
                if let Some(text) = &mut text {
                    text.push_str(&String::from_utf8_lossy(&content));
                }
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                b"VersionInfo" => deprecated = None,
                b"Version" => {
                    if let (Some(text), Some(deprecated)) = (text.take(), deprecated) {
                        list.extend(offered(&text, deprecated));
                    }
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    Some(list)
}

fn offered(version: &str, deprecated: bool) -> Option<Offered> {
    let version = ApiVersion::parse(version).ok()?;
    (!version.as_str().contains('-')).then_some(Offered { version, deprecated })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(list: &[(&str, bool)]) -> Option<String> {
        let list: Vec<_> = list
            .iter()
            .filter_map(|(version, deprecated)| offered(version, *deprecated))
            .collect();
        choose(&list).map(|entry| entry.version.to_string())
    }

    // The shape of Cloud Director's schema "versions"; the versions are those of a 10.5 server.
    const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ns2:SupportedVersions xmlns:ns2="http://www.vmware.com/vcloud/versions">
  <ns2:VersionInfo deprecated="true"><ns2:Version>36.3</ns2:Version><ns2:LoginUrl>https://h/x</ns2:LoginUrl></ns2:VersionInfo>
  <ns2:VersionInfo deprecated="false"><ns2:Version>37.2</ns2:Version></ns2:VersionInfo>
  <ns2:VersionInfo><ns2:Version> 38.0 </ns2:Version></ns2:VersionInfo>
  <ns2:SchemaRoot>https://h/api/v1.5/schema/</ns2:SchemaRoot>
  <ns2:AlphaVersion deprecated="false"><ns2:Version>39.0.0-alpha-1676</ns2:Version></ns2:AlphaVersion>
</ns2:SupportedVersions>"#;

    #[test]
    fn xml_and_json_give_the_same_list() {
        let json = br#"{"versionInfo":[{"version":"36.3","deprecated":true,"loginUrl":"x"},{"version":"37.2","deprecated":false},{"version":"38.0"}],"alphaVersion":{"version":"39.0.0-alpha-1676"}}"#;
        let list = parse(XML.as_bytes()).unwrap();
        assert_eq!(list, parse(json).unwrap());
        let texts: Vec<_> = list
            .iter()
            .map(|entry| (entry.version.as_str(), entry.deprecated))
            .collect();
        assert_eq!(texts, [("36.3", true), ("37.2", false), ("38.0", false)]);
    }

    #[test]
    fn the_newest_that_both_know_is_taken() {
        assert_eq!(
            chosen(&[("36.3", true), ("37.2", false), ("38.0", false)]).as_deref(),
            Some("38.0")
        );
        assert_eq!(
            chosen(&[("40.0", false), ("9.0.0", false), ("9.1.0", false)]).as_deref(),
            Some("9.1.0")
        );
        assert_eq!(chosen(&[("39.1", false), ("45.0", false)]).as_deref(), Some("39.1"));
        assert_eq!(chosen(&[("35.0", true), ("36.0", true)]).as_deref(), Some("36.0"));
        assert_eq!(chosen(&[("45.0", false), ("46.0", false)]).as_deref(), Some("45.0"));
        assert_eq!(chosen(&[("29.0", false), ("31.0", false)]).as_deref(), Some("31.0"));
        assert_eq!(chosen(&[("31.0", false), ("50.0", false)]).as_deref(), Some("50.0"));
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for body in [
            "",
            " ",
            "<html></html>",
            "{}",
            "[]",
            "{\"versionInfo\":[]}",
            "text",
            "<VersionInfo><Version>37.0",
            "<a",
        ] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
