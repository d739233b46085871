//! What the committed header declares.

use std::fs;

use crate::header::header_path;

/// What the header declares, each with its comment.
#[derive(Debug)]
pub struct Declarations {
    /// The functions, in the header's order.
    pub functions: Vec<Function>,
    /// The constants, in the header's order.
    pub constants: Vec<Constant>,
    /// The types, in the header's order, each as it is written.
    pub types: Vec<String>,
}

/// A function of the header.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Such as `vcd_get`.
    pub name: String,
    /// The type that it returns, such as `vcd_status`.
    pub returns: String,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// Their types, such as `const char *`.
    pub parameter_types: Vec<String>,
    /// What the comment before it says, without the comment's stars; empty where there is none.
    pub comment: String,
}

/// A constant of the header.
#[derive(Debug, PartialEq, Eq)]
pub struct Constant {
    /// Such as `VCD_ERR_NULL`.
    pub name: String,
    /// As it is written.
    pub value: String,
    /// What the comment before it says; empty where there is none.
    pub comment: String,
}

impl Declarations {
    /// Reads the committed header.
    ///
    /// # Panics
    ///
    /// If it cannot be read.
    pub fn read() -> Self {
        let path = header_path();
        Self::of(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    fn of(header: &str) -> Self {
        let mut found = Self {
            functions: Vec::new(),
            constants: Vec::new(),
            types: Vec::new(),
        };
        let mut comment = String::new();
        let mut declaration = String::new();
        let mut in_comment = false;
        for line in header.lines().map(str::trim) {
            if in_comment || line.starts_with("/*") {
                if !in_comment {
                    comment.clear();
                }
                in_comment = !line.ends_with("*/");
                let text = line
                    .trim_start_matches("/**")
                    .trim_start_matches("/*")
                    .trim_end_matches("*/");
                comment.push_str(text.trim_start_matches('*').trim());
                comment.push('\n');
            } else if let Some(definition) = line.strip_prefix("#define ") {
                if let Some((name, value)) = definition.split_once(' ') {
                    let constant = Constant {
                        name: name.into(),
                        value: value.trim().into(),
                        comment: comment.trim().into(),
                    };
                    found.constants.push(constant);
                }
                comment.clear();
            } else if !declaration.is_empty() || line.starts_with("VCD_API") {
                declaration.push_str(line);
                declaration.push(' ');
                if line.ends_with(';') {
                    found.functions.extend(function(&declaration, comment.trim()));
                    declaration.clear();
                    comment.clear();
                }
            } else if line.ends_with(';') {
                if line.starts_with("typedef ") {
                    found.types.push(line.into());
                }
                comment.clear();
            }
        }
        found
    }

    /// The names of the functions, sorted.
    pub fn function_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.functions.iter().map(|function| function.name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// The constants that are status codes, with their numbers.
    ///
    /// # Panics
    ///
    /// If one of them is not a number.
    pub fn status_codes(&self) -> Vec<(&str, i32)> {
        let is_status = |name: &str| name.starts_with("VCD_ERR_") || name == "VCD_OK" || name == "VCD_PENDING";
        let statuses = self.constants.iter().filter(|constant| is_status(&constant.name));
        let number = |constant: &Constant| {
            constant
                .value
                .parse()
                .unwrap_or_else(|_| panic!("{constant:?} is no number"))
        };
        statuses
            .map(|constant| (constant.name.as_str(), number(constant)))
            .collect()
    }
}

/// Reads `VCD_API type name(type name, …);`.
fn function(declaration: &str, comment: &str) -> Option<Function> {
    let declaration = declaration.strip_prefix("VCD_API")?.trim().strip_suffix(");")?;
    let (head, parameters) = declaration.split_once('(')?;
    let (returns, name) = last_name(head);
    let (parameter_types, parameters) = match parameters.trim() {
        "void" => (Vec::new(), Vec::new()),
        list => list.split(',').map(last_name).unzip(),
    };
    Some(Function {
        name,
        returns,
        parameters,
        parameter_types,
        comment: comment.into(),
    })
}

/// Splits `const char *name` into type and name.
fn last_name(text: &str) -> (String, String) {
    let text = text.trim();
    let start = text
        .rfind(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .map_or(0, |at| at + 1);
    (text[..start].trim().into(), text[start..].into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_constants_are_read_with_their_comments() {
        let header = "\
            /* File. */\n#ifndef GUARD_H\n#define GUARD_H\n/** How. */\n#define VCD_API\n\
            /**\n * One.\n * More.\n */\n#define VCD_ERR_ONE 1\n\
            #define VCD_BARE 2\n\
            /** A type. */\ntypedef int32_t vcd_status;\n\
            VCD_API void vcd_bare(struct vcd_call *call);\n\
            /**\n * Does it.\n *\n * @return nothing\n */\nVCD_API\nconst char *vcd_it(const struct vcd_call *call,\n    size_t n);\n\
            /** None. */\nVCD_API uint32_t vcd_none(void);\n";
        let found = Declarations::of(header);
        let constants: Vec<_> = found
            .constants
            .iter()
            .map(|c| (&*c.name, &*c.value, &*c.comment))
            .collect();
        assert_eq!(constants, [("VCD_ERR_ONE", "1", "One.\nMore."), ("VCD_BARE", "2", "")]);
        let functions: Vec<_> = found
            .functions
            .iter()
            .map(|f| (&*f.returns, &*f.name, f.parameters.join(" "), &*f.comment))
            .collect();
        assert_eq!(
            functions,
            [
                ("void", "vcd_bare", "call".into(), ""),
                ("const char *", "vcd_it", "call n".into(), "Does it.\n\n@return nothing"),
                ("uint32_t", "vcd_none", String::new(), "None."),
            ]
        );
        assert_eq!(found.types, ["typedef int32_t vcd_status;"]);
        let types: Vec<String> = found.functions.iter().map(|f| f.parameter_types.join(", ")).collect();
        assert_eq!(types, ["struct vcd_call *", "const struct vcd_call *, size_t", ""]);
        assert_eq!(found.status_codes(), [("VCD_ERR_ONE", 1)]);
    }
}
