//! Filters in FIQL: `name==Ty*;isEnabled==true`.

use std::borrow::Cow;

/// A field of a thing that is listed.
#[derive(Debug, Clone)]
pub(crate) enum Field<'a> {
    /// Compared without regard to case.
    Text(Cow<'a, str>),
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(u32),
}

/// A filter that has been understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// All of these (`;`).
    All(Vec<Filter>),
    /// One of these (`,`).
    Any(Vec<Filter>),
    /// One comparison.
    Compare {
        /// The field's name.
        field: String,
        /// How.
        operator: Operator,
        /// What with: the parts between the wildcards `*`.
        value: Vec<String>,
    },
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `=lt=`
    Less,
    /// `=le=`
    LessOrEqual,
    /// `=gt=`
    Greater,
    /// `=ge=`
    GreaterOrEqual,
}

const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("=lt=", Operator::Less),
    ("=le=", Operator::LessOrEqual),
    ("=gt=", Operator::Greater),
    ("=ge=", Operator::GreaterOrEqual),
];

impl Filter {
    /// Reads a filter that may use these fields.
    pub(crate) fn parse(text: &str, fields: &[&str]) -> Result<Self, String> {
        let mut parser = Parser { rest: text, fields };
        let filter = parser.any(0)?;
        if parser.rest.is_empty() {
            Ok(filter)
        } else {
            Err(format!("unexpected text at '{}'", parser.rest))
        }
    }

    /// Whether something with these fields passes.
    pub(crate) fn passes<'a>(&self, field_of: &impl Fn(&str) -> Option<Field<'a>>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.passes(field_of)),
            Self::Any(parts) => parts.iter().any(|part| part.passes(field_of)),
            Self::Compare { field, operator, value } => {
                field_of(field).is_some_and(|field| compare(field, *operator, value))
            }
        }
    }
}

fn compare(field: Field<'_>, operator: Operator, value: &[String]) -> bool {
    let whole = value.join("*");
    let order = match field {
        Field::Text(text) => {
            let text = text.to_lowercase();
            match operator {
                Operator::Equal => return like(&text, value),
                Operator::NotEqual => return !like(&text, value),
                _ => text.cmp(&whole.to_lowercase()),
            }
        }
        Field::Flag(flag) => flag.cmp(&whole.eq_ignore_ascii_case("true")),
        Field::Number(number) => match whole.parse::<i64>() {
            Ok(other) => i64::from(number).cmp(&other),
            Err(_) => return false,
        },
    };
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
    }
}

/// Whether a lower-case text consists of these parts with anything between them.
fn like(text: &str, parts: &[String]) -> bool {
    let Some((first, others)) = parts.split_first() else {
        return text.is_empty();
    };
    let Some(mut rest) = text.strip_prefix(first.to_lowercase().as_str()) else {
        return false;
    };
    let Some((last, middle)) = others.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let part = part.to_lowercase();
        match rest.find(&part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.to_lowercase().as_str())
}

struct Parser<'a> {
    rest: &'a str,
    fields: &'a [&'a str],
}

impl Parser<'_> {
    fn accept(&mut self, text: &str) -> bool {
        self.rest.strip_prefix(text).map(|rest| self.rest = rest).is_some()
    }

    fn any(&mut self, depth: usize) -> Result<Filter, String> {
        let mut parts = vec![self.all(depth)?];
        while self.accept(",") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Filter::Any(parts)
        })
    }

    fn all(&mut self, depth: usize) -> Result<Filter, String> {
        let mut parts = vec![self.one(depth)?];
        while self.accept(";") {
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Filter::All(parts)
        })
    }

    fn one(&mut self, depth: usize) -> Result<Filter, String> {
        if depth > 32 {
            return Err("too many parentheses".to_owned());
        }
        if self.accept("(") {
            let filter = self.any(depth + 1)?;
            return if self.accept(")") {
                Ok(filter)
            } else {
                Err("a closing parenthesis is missing".to_owned())
            };
        }
        let end = self
            .rest
            .find(['=', '!'])
            .ok_or_else(|| format!("no comparison in '{}'", self.rest))?;
        let field = self.rest[..end].to_owned();
        if !self.fields.contains(&field.as_str()) {
            return Err(format!("'{field}' is not a field that can be filtered by"));
        }
        self.rest = &self.rest[end..];
        let operator = OPERATORS.iter().find(|(text, _)| self.rest.starts_with(text));
        let Some((text, operator)) = operator else {
            return Err(format!("no operator at '{}'", self.rest));
        };
        self.rest = &self.rest[text.len()..];
        Ok(Filter::Compare {
            field,
            operator: *operator,
            value: self.value()?,
        })
    }

    fn value(&mut self) -> Result<Vec<String>, String> {
        let mut parts = vec![String::new()];
        let mut end = self.rest.len();
        let mut letters = self.rest.char_indices();
        while let Some((place, letter)) = letters.next() {
            let plain = match letter {
                ';' | ',' | ')' => {
                    end = place;
                    break;
                }
                '(' => return Err("'(' in a value needs a backslash before it".to_owned()),
                '*' => {
                    parts.push(String::new());
                    continue;
                }
                '\\' => letters.next().ok_or("a backslash at the end")?.1,
                other => other,
            };
            if let Some(part) = parts.last_mut() {
                part.push(plain);
            }
        }
        self.rest = &self.rest[end..];
        if parts == [""] {
            Err("a value is missing".to_owned())
        } else {
            Ok(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 3] = ["name", "isEnabled", "count"];

    fn passes(filter: &str) -> bool {
        let filter = Filter::parse(filter, &FIELDS).expect(filter);
        filter.passes(&|field| match field {
            "name" => Some(Field::Text("Rep-Detect.(LAPD)".into())),
            "isEnabled" => Some(Field::Flag(true)),
            "count" => Some(Field::Number(7)),
            _ => None,
        })
    }

    #[test]
    fn filters_do_what_they_say() {
        for good in [
            "name==rep-detect.\\(LAPD\\)",
            "name==Rep*",
            "name==*LAPD*",
            "name==R*t*\\)",
            "name==*",
            "name!=Tyrell",
            "isEnabled==true",
            "count=ge=7;count=lt=8",
            "name==x,isEnabled==true",
            "(name==x,name==R*);(count==7)",
        ] {
            assert!(passes(good), "{good}");
        }
        for bad in [
            "name==Rep",
            "name==*x*",
            "name==*LAPD",
            "isEnabled==false",
            "count=gt=7",
            "name==R*;isEnabled!=true",
            "count==seven",
        ] {
            assert!(!passes(bad), "{bad}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "name",
            "name=Tyrell",
            "nome==x",
            "name==",
            "name==x;",
            "(name==x",
            "name==x)",
            "name==a(b",
            "name==x\\",
        ] {
            assert!(Filter::parse(text, &FIELDS).is_err(), "{text}");
        }
        assert!(Filter::parse(&"(".repeat(10_000), &FIELDS).is_err());
    }
}
