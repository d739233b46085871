//! One thing that the query service finds.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::filter::Field;
use crate::legacy_body::{Nothing, attributes};

/// One thing that the query service finds.
pub(crate) struct Record {
    /// Its URN.
    pub(crate) urn: String,
    /// Its address.
    pub(crate) href: String,
    /// What is known about it, the name first. Not each kind of query shows all of it.
    pub(crate) attributes: Vec<(&'static str, Value)>,
}

/// What an attribute says.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    /// Text.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(u32),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(u32::try_from(number).unwrap_or(u32::MAX))
    }
}

impl Value {
    /// As it stands in XML, but for what has to be escaped there.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl Record {
    /// A field to filter or sort by.
    pub(crate) fn field(&self, name: &str) -> Option<Field<'_>> {
        match name {
            "id" => return Some(Field::Text(self.urn.as_str().into())),
            "href" => return Some(Field::Text(self.href.as_str().into())),
            _ => {}
        }
        Some(match self.value(name)? {
            Value::Text(text) => Field::Text(text.as_str().into()),
            Value::Flag(flag) => Field::Flag(*flag),
            Value::Number(number) => Field::Number(*number),
        })
    }

    /// What an attribute says.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        let (_, value) = self.attributes.iter().find(|(known, _)| *known == name)?;
        Some(value)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        match self.attributes.first() {
            Some((_, Value::Text(name))) => name,
            _ => "",
        }
    }
}

/// A record as it is answered.
pub(crate) struct Shown<'a> {
    /// The record.
    pub(crate) record: &'a Record,
    /// The type in JSON.
    pub(crate) json_type: &'a str,
    /// With its URN instead of its address.
    pub(crate) by_id: bool,
    /// Only these attributes.
    pub(crate) fields: &'a [&'a str],
}

impl Shown<'_> {
    fn attributes(&self) -> impl Iterator<Item = &(&'static str, Value)> {
        let attributes = self.record.attributes.iter();
        attributes.filter(|(name, _)| self.fields.contains(name))
    }

    fn href(&self) -> Option<&str> {
        (!self.by_id).then_some(self.record.href.as_str())
    }

    fn id(&self) -> Option<&str> {
        self.by_id.then_some(self.record.urn.as_str())
    }

    /// As an element.
    pub(crate) fn xml(&self, element: &str) -> String {
        let texts: Vec<(&str, String)> = self.attributes().map(|(name, value)| (*name, value.text())).collect();
        let own: Vec<(&str, Option<&str>)> = texts.iter().map(|(name, text)| (*name, Some(text.as_str()))).collect();
        let address = attributes(&[("href", self.href()), ("id", self.id())]);
        format!("    <{element}{}{address}/>\n", attributes(&own))
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("_type", self.json_type)?;
        map.serialize_entry("link", &[(); 0])?;
        map.serialize_entry("metadata", &None::<()>)?;
        map.serialize_entry("href", &self.href())?;
        map.serialize_entry("id", &self.id())?;
        map.serialize_entry("type", &None::<()>)?;
        map.serialize_entry("otherAttributes", &Nothing {})?;
        for (name, value) in self.attributes() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
