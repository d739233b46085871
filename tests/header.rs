//! The header: made from the source, legal in every dialect of C and C++, documented, and true.

mod dialects;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::{Declarations, Language};

#[test]
fn it_is_what_the_source_makes() {
    let committed = fs::read_to_string(xtask::header_path()).expect("the header is there");
    let made = xtask::generate_header().unwrap_or_else(|error| panic!("{error}"));
    assert!(
        committed == made,
        "include/vcdrest.h is not what src/ffi makes; run `cargo xtask header`"
    );
}

/// A file of `src/ffi` that exports functions and is missing in the list would miss in the header too.
#[test]
fn every_file_with_exports_makes_it() {
    let folder = xtask::repository().join("src/ffi");
    let mut exporting = BTreeSet::new();
    for entry in fs::read_dir(&folder).expect("src/ffi is there") {
        let path = entry.expect("it can be listed").path();
        let text = fs::read_to_string(&path).expect("it can be read");
        if text.contains("#[unsafe(no_mangle)]") {
            exporting.insert(path.file_name().expect("it is a file").to_string_lossy().into_owned());
        }
    }
    assert!(exporting.len() > 3, "{exporting:?}");
    let listed: BTreeSet<String> = xtask::HEADER_SOURCES.map(str::to_owned).into();
    assert!(exporting.is_subset(&listed), "{exporting:?}");
}

#[test]
fn it_stands_alone_in_every_c() {
    dialects::stands_alone_in_every_c(&xtask::repository().join("include"), tmp());
}

#[test]
fn it_stands_alone_in_every_cpp() {
    dialects::stands_alone_in_every_cpp(&xtask::repository().join("include"), tmp());
}

#[test]
fn every_function_is_documented() {
    let declarations = Declarations::read();
    assert!(declarations.functions.len() > 30, "{:?}", declarations.function_names());
    for function in &declarations.functions {
        let (name, comment) = (&function.name, &function.comment);
        let first = comment.lines().next().unwrap_or_default();
        assert!(
            first.len() > 10 && !first.starts_with('@'),
            "{name} does not say what it does"
        );
        assert!(comment.contains("Since 0.1."), "{name} does not say since when");
        assert!(comment.contains("Threads: "), "{name} has no thread rule");
        assert_eq!(
            comment.contains("@return "),
            function.returns != "void",
            "{name} and what it returns"
        );
        let documented: Vec<&str> = comment
            .lines()
            .filter_map(|line| line.strip_prefix("@param "))
            .map(|rest| rest.split_whitespace().next().unwrap_or_default())
            .collect();
        assert_eq!(documented, function.parameters, "the parameters of {name}");
    }
}

#[test]
fn every_constant_is_documented() {
    for constant in Declarations::read().constants {
        assert!(
            constant.comment.len() > 10,
            "{} does not say what it means",
            constant.name
        );
    }
}

#[test]
fn everything_named_in_it_exists() {
    let header = fs::read_to_string(xtask::header_path()).expect("the header is there");
    let declarations = Declarations::read();
    let known: BTreeSet<&str> = declarations
        .constants
        .iter()
        .map(|constant| constant.name.as_str())
        .chain(declarations.function_names())
        .collect();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let named = header.split(|letter| !is_name(letter)).filter(|word| {
        // Endings with a line below stand for a family: "one of the VCD_OPT_ numbers".
        (word.starts_with("VCD_") || word.starts_with("vcd_")) && !word.ends_with('_')
    });
    // Types, the import macro, and the name of a status that is none.
    let others = [
        "vcd_status",
        "vcd_client",
        "vcd_call",
        "vcd_error",
        "vcd_pages",
        "vcd_log_fn",
        "vcd_read_fn",
        "vcd_write_fn",
        "vcd_done_fn",
        "VCD_API",
        "VCD_ERR_UNKNOWN",
    ];
    for word in named {
        assert!(
            known.contains(word) || others.contains(&word),
            "{word} is named in the header, and there is no such thing"
        );
    }
}

#[test]
fn no_number_is_used_twice_in_a_table() {
    let declarations = Declarations::read();
    // A table is what a function takes: options of clients, options of calls, fields of each kind of handle.
    let tables = [
        "VCD_OPT_",
        "VCD_CALL_OPT_",
        "VCD_GRANT_",
        "VCD_CLIENT_",
        "VCD_CALL_",
        "VCD_ERROR_",
        "VCD_NOTICE_",
        "VCD_LOG_",
    ];
    let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for constant in &declarations.constants {
        let prefixes = tables.iter().filter(|prefix| constant.name.starts_with(**prefix));
        let Some(table) = prefixes.max_by_key(|prefix| prefix.len()) else {
            continue;
        };
        let other = seen.insert((table, &constant.value), &constant.name);
        assert_eq!(other, None, "{} is {} as well", constant.name, constant.value);
    }
    assert!(seen.len() > 50, "{}", seen.len());
    let mut numbers = BTreeMap::new();
    for (name, number) in declarations.status_codes() {
        assert_eq!(numbers.insert(number, name), None, "{name} is {number} as well");
    }
    assert!(numbers.len() > 30, "{numbers:?}");
}

#[test]
fn its_abi_number_is_that_of_the_soname() {
    let build = fs::read_to_string(xtask::repository().join("build.rs")).expect("build.rs is there");
    let constants = Declarations::read().constants;
    let major = constants
        .iter()
        .find(|constant| constant.name == "VCD_ABI_MAJOR")
        .expect("the header has it");
    let line = format!("const ABI_MAJOR: &str = \"{}\";", major.value);
    assert!(build.contains(&line), "build.rs does not say {line}");
}

/// Asks the library for the name of every status of the header, and of numbers that are none.
#[test]
fn every_status_has_its_name_in_the_library() {
    let host = xtask::Platform::host().expect("tests run where the library does");
    if Language::C.compiler(host).is_none() {
        return xtask::skip("the names of the status codes", "there is no C compiler", 1);
    }
    let declarations = Declarations::read();
    let statuses = declarations.status_codes();
    let mut source = String::from("#include <stdio.h>\n#include <vcdrest.h>\nint main(void)\n{\n");
    for (name, _) in &statuses {
        source.push_str(&format!("    puts(vcd_status_name({name}));\n"));
    }
    for none in [-1, 3, 9, 1_000_000] {
        source.push_str(&format!("    puts(vcd_status_name({none}));\n"));
    }
    source.push_str("    puts(vcd_version());\n    printf(\"%d.%d\\n\", (int)(vcd_abi_version() >> 16), (int)(vcd_abi_version() & 0xffff));\n");
    source.push_str("    return 0;\n}\n");
    let staged = tmp().join("header");
    xtask::stage_c(host, &xtask::test_library(), &staged).expect("the library can be staged");
    let file = staged.join("names.c");
    let program = staged.join(format!("names{}", host.program_suffix()));
    fs::write(&file, source).expect("the source can be written");
    xtask::compile(host, Language::C, &file, &staged, true, &program).unwrap_or_else(|error| panic!("{error}"));
    let output = Command::new(&program).output().expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).expect("it prints text");
    let mut expected: Vec<&str> = statuses.iter().map(|(name, _)| *name).collect();
    expected.extend(["VCD_ERR_UNKNOWN"; 4]);
    expected.push(env!("CARGO_PKG_VERSION"));
    let number = |name: &str| {
        declarations
            .constants
            .iter()
            .find(|constant| constant.name == name)
            .map(|found| &found.value)
    };
    let abi = format!(
        "{}.{}",
        number("VCD_ABI_MAJOR").expect("it is there"),
        number("VCD_ABI_MINOR").expect("it is there")
    );
    expected.push(&abi);
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
}

fn tmp() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
