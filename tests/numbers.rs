//! The numbers that the PowerShell module's C# has are those of the header.

use std::fs;

use xtask::{Declarations, repository};

/// The classes of Numbers.cs, and the prefixes that their numbers have in the header.
const CLASSES: [(&str, &str); 11] = [
    ("Status", "VCD_"),
    ("ClientOption", "VCD_OPT_"),
    ("ClientField", "VCD_CLIENT_"),
    ("CallOption", "VCD_CALL_OPT_"),
    ("CallField", "VCD_CALL_"),
    ("ErrorField", "VCD_ERROR_"),
    ("Grant", "VCD_GRANT_"),
    ("NoticeCode", "VCD_NOTICE_"),
    ("OperationNumber", "VCD_OP_"),
    ("PagesOption", "VCD_PAGES_OPT_"),
    ("PagesField", "VCD_PAGES_"),
];

/// `internal const int ReadTimeoutMs = 2;` as `("ReadTimeoutMs", "2")`, each with the class that it stands in.
fn numbers(source: &str) -> Vec<(String, String, String)> {
    let mut class = String::new();
    let mut found = Vec::new();
    for line in source.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("internal static class ") {
            name.clone_into(&mut class);
        } else if let Some((name, value)) = line
            .strip_prefix("internal const int ")
            .and_then(|rest| rest.trim_end_matches(';').split_once(" = "))
        {
            found.push((class.clone(), name.to_owned(), value.to_owned()));
        }
    }
    found
}

/// `ReadTimeoutMs` as `READ_TIMEOUT_MS`.
fn upper(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

#[test]
fn numbers_of_the_module_are_those_of_the_header() {
    let path = repository().join("powershell/VcdRest/Interop/Numbers.cs");
    let source = fs::read_to_string(&path).expect("the file is there");
    let numbers = numbers(&source);
    assert!(numbers.len() > 50, "only {} numbers were found", numbers.len());
    let header = Declarations::read();
    for (class, name, value) in numbers {
        let (_, prefix) = CLASSES
            .iter()
            .find(|(known, _)| *known == class)
            .unwrap_or_else(|| panic!("the test does not know {class}"));
        let name = upper(&name);
        let mut candidates = vec![format!("{prefix}{name}")];
        if class == "Status" {
            candidates.push(format!("VCD_ERR_{name}"));
        }
        let constant = header
            .constants
            .iter()
            .find(|constant| candidates.contains(&constant.name))
            .unwrap_or_else(|| panic!("the header has none of {candidates:?}"));
        assert_eq!(constant.value, value, "{}", constant.name);
    }
}

#[test]
fn names_are_taken_apart() {
    assert_eq!(upper("ReadTimeoutMs"), "READ_TIMEOUT_MS");
    let found = numbers("internal static class A\n{\n internal const int B = 1;\n}");
    assert_eq!(found, [("A".into(), "B".into(), "1".into())]);
}
