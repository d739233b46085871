//! The parameters of a call of the control endpoint.

use serde_json::Value;

use crate::request::Request;

/// The parameters of a call.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads them, or says why that cannot be.
    pub(crate) fn of(request: &Request) -> Result<Self, String> {
        let owned = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
            (name.into_owned(), value.into_owned())
        };
        let mut all: Vec<_> = form_urlencoded::parse(request.query().as_bytes()).map(owned).collect();
        if request.body.trim_ascii_start().starts_with(b"{") {
            let object: serde_json::Map<String, Value> =
                serde_json::from_slice(&request.body).map_err(|error| format!("the body is not JSON: {error}"))?;
            for (name, value) in object {
                let text = match value {
                    Value::Null => continue,
                    Value::String(text) => text,
                    Value::Object(lines) => as_lines(&lines),
                    other => other.to_string(),
                };
                all.push((name, text));
            }
        } else {
            all.extend(form_urlencoded::parse(&request.body).map(owned));
        }
        Ok(Self(all))
    }

    /// Refuses whatever is not among these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), String> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) if known.is_empty() => Err(format!("{name}: this call has no parameters")),
            Some((name, _)) => Err(format!("{name}: is none of {}", known.join(", "))),
        }
    }

    /// The text of one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The text of one that has to be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, String> {
        self.get(name).ok_or_else(|| format!("{name}: is missing"))
    }

    /// The number that one is.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, String> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|_| format!("{name}: '{text}' is not a whole number from 0 on"))
    }

    /// What one stands for, of a few values.
    pub(crate) fn choice<T: Copy>(&self, name: &str, values: &[(&str, T)]) -> Result<Option<T>, String> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let found = values.iter().find(|(known, _)| *known == text);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let names: Vec<&str> = values.iter().map(|(known, _)| *known).collect();
            format!("{name}: '{text}' is none of {}", names.join(", "))
        })
    }
}

/// An object as lines of `Name: value`.
fn as_lines(object: &serde_json::Map<String, Value>) -> String {
    let line = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}: {text}\n"),
        other => format!("{name}: {other}\n"),
    };
    object.iter().map(line).collect()
}
