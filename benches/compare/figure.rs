//! A figure: one number under one key, with the goal that it has.

/// What a figure should be.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// At most so much.
    AtMost(f64),
    /// At least so much.
    AtLeast(f64),
}

impl Goal {
    /// Whether it is reached.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = match self {
            Self::AtMost(limit) => format!("<= {limit}"),
            Self::AtLeast(limit) => format!(">= {limit}"),
        };
        formatter.pad(&text)
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The key in the table and in `compare.json`.
    pub key: &'static str,
    /// What is measured, in words.
    pub what: &'static str,
    /// What it should be.
    pub goal: Goal,
}

/// What was measured.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its key.
    pub key: String,
    /// The number, or why there is none.
    pub value: Result<f64, String>,
}

impl Figure {
    /// A number, or why it could not be measured.
    pub fn new(key: impl Into<String>, value: xtask::Result<f64>) -> Self {
        Self {
            key: key.into(),
            value: value.map_err(|error| error.to_string()),
        }
    }
}
