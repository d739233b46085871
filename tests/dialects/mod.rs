//! A header that has to stand alone in every dialect of C or C++.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each dialect is compiled with.
const WARNINGS: [&str; 6] = [
    "-Wall",
    "-Wextra",
    "-pedantic",
    "-Wundef",
    "-Wstrict-prototypes",
    "-Werror",
];

/// Compiles `vcdrest.h` of a folder as C99 to C23; `scratch` is a folder for the test.
pub fn stands_alone_in_every_c(include: &Path, scratch: &Path) {
    stands_alone(include, scratch, &["gcc", "clang"], "c", &["c99", "c11", "c17", "c2x"]);
}

/// The same as C++11 to C++23.
pub fn stands_alone_in_every_cpp(include: &Path, scratch: &Path) {
    // C++23, by the name that both compilers of Debian 12 know.
    let standards = ["c++11", "c++14", "c++17", "c++20", "c++2b"];
    stands_alone(include, scratch, &["g++", "clang++"], "cpp", &standards);
}

fn stands_alone(include: &Path, scratch: &Path, compilers: &[&str], ending: &str, standards: &[&str]) {
    let found: Vec<(&str, PathBuf)> = compilers
        .iter()
        .filter_map(|name| Some((*name, xtask::find_in_path(name)?)))
        .collect();
    for name in compilers
        .iter()
        .filter(|name| found.iter().all(|(found, _)| found != *name))
    {
        xtask::skip(&format!("the header by {name}"), "it is not in the path", 1);
    }
    // Twice, for the include guard, and with nothing before it.
    let source = scratch.join(format!("alone.{ending}"));
    fs::write(&source, "#include <vcdrest.h>\n#include <vcdrest.h>\n").expect("the source can be written");
    for (name, compiler) in found {
        for standard in standards {
            for define in ["", "-DVCDREST_STATIC"] {
                let warnings = WARNINGS
                    .iter()
                    .filter(|warning| ending == "c" || **warning != "-Wstrict-prototypes");
                let mut command = Command::new(&compiler);
                command
                    .args(warnings)
                    .arg(format!("-std={standard}"))
                    .arg("-fsyntax-only")
                    .arg("-I");
                command.arg(include).arg(&source);
                if !define.is_empty() {
                    command.arg(define);
                }
                let output = command.output().expect("the compiler runs");
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{name} -std={standard} {define}:\n{said}");
            }
        }
    }
}
