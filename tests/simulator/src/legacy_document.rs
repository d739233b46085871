//! A thing of `/api` that is shown by itself: what all of them have, and what is its own.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::api_version::Wanted;
use crate::error_body::xml;
use crate::legacy_body::{Link, NAMESPACE, Nothing, PROLOG, Reference, attributes, content_type, media_type};
use crate::query_record::Value;
use crate::response::Response;

/// A thing that is shown by itself.
pub(crate) struct Document<'a> {
    wanted: &'a Wanted,
    /// The name of the element.
    element: &'static str,
    /// What stands in the media type.
    kind: &'static str,
    href: String,
    media_type: String,
    id: Option<String>,
    name: &'a str,
    description: String,
    links: Vec<Link>,
    attributes: Vec<(&'static str, Value)>,
    elements: Vec<(&'static str, Content<'a>)>,
}

/// What is in an element.
enum Content<'a> {
    Value(Value),
    /// Elements of one name.
    References(&'static str, Vec<Reference<'a>>),
}

impl<'a> Document<'a> {
    /// A thing with this address; `kind` is what stands in the media type, such as `org`.
    pub(crate) fn new(
        wanted: &'a Wanted,
        element: &'static str,
        kind: &'static str,
        href: String,
        id: Option<String>,
        name: &'a str,
    ) -> Self {
        Self {
            wanted,
            element,
            kind,
            href,
            media_type: media_type(wanted, kind),
            id,
            name,
            description: String::new(),
            links: Vec::new(),
            attributes: Vec::new(),
            elements: Vec::new(),
        }
    }

    /// What it is for.
    pub(crate) fn description(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }

    /// What can be looked at from here; `kind` as above.
    pub(crate) fn link(mut self, rel: &'static str, href: String, kind: &str) -> Self {
        let media_type = media_type(self.wanted, kind);
        self.links.push(Link::new(rel, href, Some(media_type)));
        self
    }

    /// The same, with a media type that is none of `/api`.
    pub(crate) fn link_to_json(mut self, rel: &'static str, href: String) -> Self {
        let media_type = "application/json".to_owned();
        self.links.push(Link::new(rel, href, Some(media_type)));
        self
    }

    /// An attribute of its own.
    pub(crate) fn attribute(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// An element of its own.
    pub(crate) fn element(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.elements.push((name, Content::Value(value.into())));
        self
    }

    /// An element with references in it.
    pub(crate) fn references(mut self, name: &'static str, each: &'static str, all: Vec<Reference<'a>>) -> Self {
        self.elements.push((name, Content::References(each, all)));
        self
    }

    /// The answer that shows it.
    pub(crate) fn answer(self) -> Response {
        let content_type = content_type(self.wanted, self.kind);
        if self.wanted.json {
            Response::json(200, &content_type, &self)
        } else {
            Response::with_body(200, &content_type, self.xml())
        }
    }

    fn xml(&self) -> String {
        let texts: Vec<(&str, String)> = self
            .attributes
            .iter()
            .map(|(name, value)| (*name, value.text()))
            .collect();
        let own: Vec<(&str, Option<&str>)> = texts.iter().map(|(name, text)| (*name, Some(text.as_str()))).collect();
        let common = attributes(&[
            ("name", Some(self.name)),
            ("id", self.id.as_deref()),
            ("href", Some(&self.href)),
            ("type", Some(&self.media_type)),
        ]);
        let element = self.element;
        let mut text = format!(
            "{PROLOG}<{element} xmlns=\"{NAMESPACE}\"{}{common}>\n",
            attributes(&own)
        );
        text.extend(self.links.iter().map(Link::xml));
        text.push_str(&format!("    <Description>{}</Description>\n", xml(&self.description)));
        for (name, content) in &self.elements {
            match content {
                Content::Value(value) => text.push_str(&format!("    <{name}>{}</{name}>\n", xml(&value.text()))),
                Content::References(each, all) => {
                    text.push_str(&format!("    <{name}>\n"));
                    text.extend(all.iter().map(|reference| format!("    {}", reference.xml(each))));
                    text.push_str(&format!("    </{name}>\n"));
                }
            }
        }
        text.push_str(&format!("</{element}>\n"));
        text
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("otherAttributes", &Nothing {})?;
        map.serialize_entry("link", &self.links)?;
        map.serialize_entry("href", &self.href)?;
        map.serialize_entry("type", &self.media_type)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("operationKey", &None::<()>)?;
        map.serialize_entry("description", &self.description)?;
        map.serialize_entry("tasks", &None::<()>)?;
        map.serialize_entry("name", self.name)?;
        for (name, value) in &self.attributes {
            map.serialize_entry(name, value)?;
        }
        for (name, content) in &self.elements {
            map.serialize_entry(&json_name(name), content)?;
        }
        map.serialize_entry("vCloudExtension", &[(); 0])?;
        map.end()
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::References(each, all) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("otherAttributes", &Nothing {})?;
                map.serialize_entry(&json_name(each), all)?;
                map.serialize_entry("vCloudExtension", &[(); 0])?;
                map.end()
            }
        }
    }
}

/// An element's name in JSON: `FullName` is `fullName` there.
fn json_name(element: &str) -> String {
    let mut letters = element.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}
