//! What the bodies of `/api` have in common.

use serde::Serialize;

use crate::api_version::Wanted;
use crate::error_body::xml;

/// How every document begins.
pub(crate) const PROLOG: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// The namespace of every document.
pub(crate) const NAMESPACE: &str = "http://www.vmware.com/vcloud/v1.5";

/// `{}`
#[derive(Serialize)]
pub(crate) struct Nothing {}

/// A link to something that can be done or looked at.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Link {
    other_attributes: Nothing,
    href: String,
    id: Option<String>,
    r#type: Option<String>,
    name: Option<String>,
    rel: &'static str,
    v_cloud_extension: [(); 0],
}

impl Link {
    /// With this relation to this address.
    pub(crate) fn new(rel: &'static str, href: String, media_type: Option<String>) -> Self {
        Self {
            other_attributes: Nothing {},
            href,
            id: None,
            r#type: media_type,
            name: None,
            rel,
            v_cloud_extension: [],
        }
    }

    /// With a name.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// As an element.
    pub(crate) fn xml(&self) -> String {
        format!(
            "    <Link{}/>\n",
            attributes(&[
                ("rel", Some(self.rel)),
                ("href", Some(&self.href)),
                ("type", self.r#type.as_deref()),
                ("name", self.name.as_deref()),
            ])
        )
    }
}

/// Something as other things name it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference<'a> {
    other_attributes: Nothing,
    href: String,
    id: Option<String>,
    r#type: String,
    name: &'a str,
    v_cloud_extension: [(); 0],
}

impl<'a> Reference<'a> {
    /// With this address; `kind` is what stands in the media type, such as `org`.
    pub(crate) fn new(wanted: &Wanted, kind: &str, href: String, id: Option<String>, name: &'a str) -> Self {
        Self {
            other_attributes: Nothing {},
            href,
            id,
            r#type: media_type(wanted, kind),
            name,
            v_cloud_extension: [],
        }
    }

    /// As an element.
    pub(crate) fn xml(&self, element: &str) -> String {
        format!(
            "    <{element}{}/>\n",
            attributes(&[
                ("href", Some(&self.href)),
                ("id", self.id.as_deref()),
                ("type", Some(&self.r#type)),
                ("name", Some(self.name)),
            ])
        )
    }
}

/// The attributes that have a value, as they stand in an element.
pub(crate) fn attributes(all: &[(&str, Option<&str>)]) -> String {
    let there = all.iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    there
        .map(|(name, value)| format!(" {name}=\"{}\"", xml(value)))
        .collect()
}

/// The type of a body, as it stands inside of bodies. What only administrators see has types of its own, which
/// begin with `admin.`.
pub(crate) fn media_type(wanted: &Wanted, kind: &str) -> String {
    let format = if wanted.json { "json" } else { "xml" };
    let family = if kind.starts_with("admin.") { "" } else { "vcloud." };
    format!("application/vnd.vmware.{family}{kind}+{format}")
}

/// The type of a body, as it stands in the header.
pub(crate) fn content_type(wanted: &Wanted, kind: &str) -> String {
    format!("{};version={}", media_type(wanted, kind), wanted.text)
}
