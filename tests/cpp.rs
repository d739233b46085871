//! `include/vcdrest.hpp`: complete, legal for both compilers in every standard that it is for, and tried by the programs
//! of `tests/cpp` and `examples/cpp` against the simulator; some of them under valgrind as well. Its guide compiles.
//!
//! A new program is a file in `tests/cpp` and a line below.

mod c_program;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use c_program::{Example, Watch, code, host};
use vcd_simulator::{Fault, FaultKind};
use xtask::{Declarations, Language};

/// A test for each program: `name => "file" as "standard"`, and where it is to run in valgrind `in valgrind`.
macro_rules! programs {
    ($($name:ident => $file:literal as $standard:literal $(in $valgrind:ident)?,)*) => {
        $(#[test]
        fn $name() {
            let in_valgrind = [$(stringify!($valgrind))?].contains(&"valgrind");
            let watch = if in_valgrind { Watch::Valgrind } else { Watch::Nothing };
            c_program::run(host(), "cpp", $file, Language::Cpp($standard), watch);
        })*
    };
}

programs! {
    the_c_header => "c_header.cpp" as "c++11",
    every_day => "everyday.cpp" as "c++17",
    every_day_under_valgrind => "everyday.cpp" as "c++17" in valgrind,
    calls_and_bodies => "calls.cpp" as "c++17",
    calls_and_bodies_under_valgrind => "calls.cpp" as "c++17" in valgrind,
    lists_and_operations => "lists.cpp" as "c++17",
    stop_tokens => "stop.cpp" as "c++20",
    stop_tokens_under_valgrind => "stop.cpp" as "c++20" in valgrind,
}

/// The standards that it is for; both compilers of Debian 12 know the last one by this name.
const STANDARDS: [&str; 3] = ["c++17", "c++20", "c++2b"];

#[test]
fn gcc_has_nothing_to_say() {
    has_nothing_to_say("g++");
}

#[test]
fn clang_has_nothing_to_say() {
    has_nothing_to_say("clang++");
}

/// Twice the header with nothing before it, and what its classes are made of, which is the same in every standard: they
/// may meet in a program. And everything that uses it: only that looks into its templates.
fn has_nothing_to_say(name: &str) {
    let Some(compiler) = xtask::find_in_path(name) else {
        return xtask::skip(&format!("vcdrest.hpp by {name}"), "it is not in the path", 1);
    };
    let alone = tmp().join(format!("alone-{name}.cpp"));
    let source = "#include <vcdrest.hpp>\n#include <vcdrest.hpp>\n\
        using shared = std::shared_ptr<int>;\n\
        static_assert(sizeof(vcdrest::client) == sizeof(void *));\n\
        static_assert(sizeof(vcdrest::call) == sizeof(shared) && sizeof(vcdrest::response) == sizeof(shared));\n\
        static_assert(sizeof(vcdrest::error) == sizeof(std::runtime_error) + sizeof(shared));\n\
        static_assert(sizeof(vcdrest::pages) == 2 * sizeof(shared) + sizeof(std::optional<vcdrest::response>));\n";
    fs::write(&alone, source).expect("the source can be written");
    let mut sources = vec![alone];
    for folder in ["tests/cpp", "examples/cpp"] {
        sources.extend(files(&xtask::repository().join(folder), "cpp"));
    }
    assert!(sources.len() > 6, "{sources:?}");
    for source in sources {
        let text = fs::read_to_string(&source).expect("the source can be read");
        let needs_later = text.contains("stop_token");
        for standard in STANDARDS
            .iter()
            .filter(|standard| !needs_later || **standard != "c++17")
        {
            compiles(&compiler, standard, &source);
        }
    }
}

fn compiles(compiler: &Path, standard: &str, source: &Path) {
    let output = Command::new(compiler)
        .args(["-Wall", "-Wextra", "-pedantic", "-Wundef", "-Wshadow", "-Werror"])
        .args([
            &format!("-std={standard}"),
            "-D_POSIX_C_SOURCE=200809L",
            "-fsyntax-only",
            "-I",
        ])
        .arg(xtask::repository().join("include"))
        .arg(source)
        .output()
        .expect("the compiler runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{} -std={standard} {}:\n{said}",
        compiler.display(),
        source.display()
    );
}

/// An older standard is refused in words.
#[test]
fn it_says_what_it_needs() {
    let Some(compiler) = Language::Cpp("c++14").compiler(host().platform()) else {
        return xtask::skip("vcdrest.hpp in C++14", "there is no compiler for it", 1);
    };
    let source = tmp().join("old.cpp");
    fs::write(&source, "#include <vcdrest.hpp>\n").expect("the source can be written");
    let output = Command::new(compiler)
        .args(["-std=c++14", "-fsyntax-only", "-I"])
        .arg(xtask::repository().join("include"))
        .arg(&source)
        .output()
        .expect("the compiler runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("vcdrest.hpp needs C++17"), "{said}");
}

/// clang finds a text that is read when its answer is gone.
#[test]
fn clang_warns_of_what_dangles() {
    let Some(compiler) = xtask::find_in_path("clang++") else {
        return xtask::skip("texts that dangle", "clang++ is not in the path", 1);
    };
    let source = tmp().join("dangling.cpp");
    let dangles = "#include <vcdrest.hpp>\n\
        void dangles(vcdrest::client &client) { std::string_view body = client.get(\"/\").body(); body = {}; }\n";
    fs::write(&source, dangles).expect("the source can be written");
    let output = Command::new(compiler)
        .args(["-std=c++17", "-fsyntax-only", "-Werror=dangling", "-I"])
        .arg(xtask::repository().join("include"))
        .arg(&source)
        .output()
        .expect("the compiler runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("-Wdangling"), "{said}");
}

/// What is in the C header and not in this one, and why.
const LEFT_OUT: [(&str, &str); 5] = [
    (
        "VCD_ABI_MINOR",
        "functions that are missing are missed when the program is loaded",
    ),
    ("VCD_ERROR_CODE", "the status is known without it"),
    ("VCD_ERROR_MESSAGE", "vcd_error_message gives it"),
    ("vcd_error_code", "the status is known without it"),
    ("VCD_API", "it is for declarations"),
];

/// Every function and every number of the C header is used, and the numbers have its names.
#[test]
fn it_is_complete() {
    let code = header_code();
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words: BTreeSet<&str> = code.split(|letter| !is_word(letter)).collect();
    let declarations = Declarations::read();
    let constants = declarations.constants.iter().map(|constant| constant.name.as_str());
    let names: BTreeSet<&str> = declarations.function_names().into_iter().chain(constants).collect();
    assert!(names.len() > 200, "{}", names.len());
    for name in &names {
        let left_out = LEFT_OUT.iter().any(|(known, _)| known == name);
        assert!(
            words.contains(name) != left_out,
            "{name} is {} vcdrest.hpp",
            if left_out {
                "left out on purpose and yet in"
            } else {
                "not in"
            }
        );
    }
    // `timeout{VCD_CALL_OPT_TIMEOUT_MS}` and `timeout = VCD_ERR_TIMEOUT,`.
    let mut named = 0;
    for line in code.lines().map(str::trim) {
        let parts = line
            .strip_prefix("inline constexpr ")
            .and_then(|rest| rest.split_once('{'))
            .map(|(declared, number)| {
                (
                    declared.rsplit(' ').next().unwrap_or_default(),
                    number.trim_end_matches("};"),
                )
            })
            .or_else(|| {
                line.split_once(" = ")
                    .map(|(name, number)| (name, number.trim_end_matches(',')))
            })
            .filter(|(name, number)| number.starts_with("VCD_") && name.chars().all(is_word));
        let Some((name, number)) = parts else { continue };
        let wanted = name.to_ascii_uppercase();
        let number = number.trim_end_matches("_MS");
        assert!(number.ends_with(&format!("_{wanted}")), "{name} stands for {number}");
        named += 1;
    }
    assert!(named > 100, "{named}");
}

/// Whatever a user of the header sees says what it is for. Numbers are documented in the C header.
#[test]
fn every_type_and_function_is_documented() {
    let text = fs::read_to_string(header()).expect("the header is there");
    let lines: Vec<&str> = text.lines().collect();
    let (mut in_detail, mut hidden_from, mut documented) = (false, None, 0);
    for (number, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let depth = line.len() - code.len();
        in_detail = code.starts_with("namespace detail") || in_detail && code != "} // namespace detail";
        if code == "private:" || code == "protected:" {
            hidden_from = Some(depth);
        } else if code == "public:" || hidden_from.is_some_and(|from| code == "};" && depth == from) {
            hidden_from = None;
        }
        let begins = |words: &[&str]| words.iter().any(|word| code.starts_with(word));
        let is_type = begins(&["class ", "struct ", "enum class ", "template <class T> class "]) && code.ends_with('{');
        let is_function = if depth == 0 { begins(&["inline "]) } else { depth == 4 } && code.contains('(');
        // What is in the body of a function, and what is declared elsewhere.
        let is_other = begins(&[
            "return ",
            "if ",
            "for ",
            "//",
            "template",
            "friend ",
            "static_cast",
            "const ",
            "auto ",
        ]) || !code.starts_with(|letter: char| letter.is_ascii_lowercase());
        let name = code.split('(').next().and_then(|before| before.rsplit(' ').next());
        let is_other = is_other || name.is_some_and(|name| name.contains("::"));
        if in_detail || hidden_from.is_some() || !(is_type && depth == 0 || is_function && !is_other) {
            continue;
        }
        // Functions of one kind follow each other without an empty line, and the first has the comment.
        let before = lines[..number].iter().rev().map(|line| line.trim());
        let mut group = before.take_while(|line| !line.is_empty() && !line.ends_with(':'));
        assert!(
            group.any(|line| line.starts_with("///")),
            "vcdrest.hpp:{}: {code} is not documented",
            number + 1
        );
        documented += 1;
    }
    assert!(documented > 100, "{documented}");
}

/// Each snippet of the guide, and of the README, as it stands there.
#[test]
fn the_guide_compiles() {
    const BEFORE: &str = "#include <fstream>\n#include <iostream>\n#include <thread>\n#include <vcdrest.hpp>\n\
        using namespace std::chrono_literals;\n\
        template <class T> void show(const T &) {}\n\
        struct loop_of_the_program { void post(std::function<void()>) {} };\n";
    const KNOWN: &str = "(vcdrest::client &client, const vcdrest::response &response, loop_of_the_program &loop, \
        const std::string &token, const std::string &password, const std::string &etag, const std::string &json)";
    let Some(compiler) = Language::Cpp("c++20").compiler(host().platform()) else {
        return xtask::skip("the snippets of the guide", "there is no compiler for them", 1);
    };
    let mut source = BEFORE.to_owned();
    let mut count = 0;
    for file in ["docs/cpp.md", "README.md"] {
        let text = fs::read_to_string(xtask::repository().join(file)).expect("the guide is there");
        for snippet in text.split("\n```cpp\n").skip(1) {
            let snippet = snippet.split("\n```").next().unwrap_or_default();
            count += 1;
            if snippet.starts_with("#include") {
                source.push_str(&format!("{snippet}\n"));
            } else {
                // Names of one snippet may be those of what all are given.
                source.push_str(&format!(
                    "void snippet_{count}{KNOWN}\n{{\n    {{\n{snippet}\n    }}\n}}\n"
                ));
            }
        }
    }
    assert!(count > 12, "{count}");
    let file = tmp().join("guide.cpp");
    fs::write(&file, source).expect("the source can be written");
    let output = Command::new(compiler)
        .args([
            "-std=c++20",
            "-Wall",
            "-Wextra",
            "-pedantic",
            "-Werror",
            "-Wno-unused-parameter",
        ])
        .args([
            "-Wno-unused-variable",
            "-Wno-unused-but-set-variable",
            "-fsyntax-only",
            "-I",
        ])
        .arg(xtask::repository().join("include"))
        .arg(&file)
        .output()
        .expect("the compiler runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn example_of_organizations() {
    let Some(example) = Example::new("cpp", "orgs", Language::Cpp("c++17")) else {
        return;
    };
    let token = example.simulator.tenant_token();
    let finished = example.run(example.command(&["Tyrell"]).env("VCD_API_TOKEN", token));
    assert!(finished.succeeded(), "{finished:?}");
    assert!(finished.stdout.contains(r#""name":"Tyrell""#), "{}", finished.stdout);
    assert_eq!(finished.stderr, "");
    let requests = example.simulator.requests();
    let last = requests.last().map(|request| request.target.as_str());
    assert_eq!(last, Some("/cloudapi/1.0.0/sessions/current"), "it signs out");

    let wrong = "wrongwrongwrongwrongwrongwrong12";
    let finished = example.run(example.command(&["Tyrell"]).env("VCD_API_TOKEN", wrong));
    assert_eq!(code(&finished), Some(1), "{finished:?}");
    assert!(
        finished.stderr.contains("the server says: invalid_grant"),
        "{}",
        finished.stderr
    );
    let finished = example.run(example.command(&["Tyrell"]).env_remove("VCD_API_TOKEN"));
    assert_eq!(code(&finished), Some(2), "{finished:?}");
    assert!(finished.stderr.contains("usage"), "{}", finished.stderr);
}

#[test]
fn example_of_pages() {
    const ORGS: &str = "/cloudapi/1.0.0/orgs";
    let Some(example) = Example::new("cpp", "pages", Language::Cpp("c++20")) else {
        return;
    };
    let command = || {
        let mut command = example.command(&["System"]);
        command.env("VCD_API_TOKEN", example.simulator.provider_token());
        command
    };
    let finished = example.run(&mut command());
    assert!(finished.succeeded(), "{finished:?}");
    assert_eq!(finished.stdout.matches("\"displayName\"").count(), 41);
    assert_eq!(finished.stderr, "page 1 of 1, 41 in all\n");

    // Ctrl+C while the page hangs.
    example.simulator.fault(Fault::new(FaultKind::Hang).on_path(ORGS));
    let mut child = example.start(&mut command());
    assert!(example.simulator.wait_for_requests(ORGS, 2, c_program::LIMIT));
    child.interrupt();
    let mut said = String::new();
    let mut errors = child.0.stderr.take().expect("it is piped");
    errors.read_to_string(&mut said).expect("it can be read");
    assert_eq!(child.0.wait().expect("it ends").code(), Some(130), "{said}");
    assert!(said.contains("cancelled"), "{said}");
}

/// The code of the header, without its comments.
fn header_code() -> String {
    let text = fs::read_to_string(header()).expect("the header is there");
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}

fn header() -> PathBuf {
    xtask::repository().join("include/vcdrest.hpp")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}

fn tmp() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
