//! What the library exports is what the header declares, and what PowerShell declares is that as well.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::Declarations;

/// What the tests have on top of the header.
const TEST_ONLY: [&str; 1] = ["vcd_test_panic"];
/// What the header has and managed code must not use: it is never called back from native threads.
const NOT_FOR_POWERSHELL: [&str; 4] = [
    "vcd_log_set",
    "vcd_call_set_reader",
    "vcd_call_set_writer",
    "vcd_call_on_done",
];

#[test]
fn the_library_exports_the_functions_of_the_header() {
    let Some(nm) = tool("nm", "the exported symbols") else {
        return;
    };
    let library = xtask::test_library();
    let output = Command::new(nm)
        .args(["-D", "--defined-only"])
        .arg(&library)
        .output()
        .expect("nm runs");
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut exported: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    exported.sort_unstable();
    let declarations = Declarations::read();
    let mut expected = declarations.function_names();
    expected.extend(TEST_ONLY);
    expected.sort_unstable();
    assert_eq!(exported, expected);
}

#[test]
fn it_has_its_soname_and_stays_in_memory() {
    let Some(readelf) = tool("readelf", "the dynamic section") else {
        return;
    };
    let library = xtask::test_library();
    let output = Command::new(readelf)
        .args(["-d", "-W"])
        .arg(&library)
        .output()
        .expect("readelf runs");
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let declarations = Declarations::read();
    let major = declarations
        .constants
        .iter()
        .find(|constant| constant.name == "VCD_ABI_MAJOR")
        .expect("it is there");
    let soname = format!("[libvcdrest.so.{}]", major.value);
    assert!(
        printed
            .lines()
            .any(|line| line.contains("(SONAME)") && line.contains(&soname)),
        "no {soname}:\n{printed}"
    );
    assert!(
        printed
            .lines()
            .any(|line| line.contains("(FLAGS_1)") && line.contains("NODELETE")),
        "{printed}"
    );
}

/// The table of `DllImport` declarations.
#[test]
fn powershell_declares_the_functions_of_the_header() {
    let table = xtask::repository().join("powershell/VcdRest/Interop/Native.cs");
    let source = fs::read_to_string(&table).unwrap_or_else(|error| panic!("{}: {error}", table.display()));
    let declarations = Declarations::read();
    let mut declared = imports(&source);
    let expected: Vec<&str> = declarations
        .function_names()
        .into_iter()
        .filter(|name| !NOT_FOR_POWERSHELL.contains(name))
        .collect();
    let with_counts = |functions: &[(String, usize)]| {
        functions
            .iter()
            .map(|(name, count)| format!("{name} with {count}"))
            .collect::<Vec<_>>()
    };
    declared.sort();
    let counted: Vec<(String, usize)> = expected
        .iter()
        .map(|name| {
            let function = declarations.functions.iter().find(|function| function.name == *name);
            (
                String::from(*name),
                function.map_or(0, |function| function.parameters.len()),
            )
        })
        .collect();
    assert_eq!(
        with_counts(&declared),
        with_counts(&counted),
        "functions with their numbers of parameters"
    );
}

/// The functions after `extern`, each with how many parameters it has.
fn imports(source: &str) -> Vec<(String, usize)> {
    let code: Vec<&str> = source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let code = code.join(" ");
    let mut found = Vec::new();
    for declaration in code.split(" extern ").skip(1) {
        let declaration = declaration.split(';').next().unwrap_or_default();
        let (head, parameters) = declaration
            .split_once('(')
            .expect("an extern declaration has parameters");
        let name = head.split_whitespace().last().expect("a function has a name");
        let parameters = parameters.rsplit_once(')').expect("parameters end").0.trim();
        // Attributes such as [MarshalAs(UnmanagedType.LPArray, SizeParamIndex = 1)] have commas of their own.
        let (mut depth, mut commas) = (0, 0);
        for letter in parameters.chars() {
            match letter {
                '[' | '(' => depth += 1,
                ']' | ')' => depth -= 1,
                ',' if depth == 0 => commas += 1,
                _ => {}
            }
        }
        found.push((name.to_owned(), if parameters.is_empty() { 0 } else { commas + 1 }));
    }
    found
}

#[test]
fn import_declarations_are_read_right() {
    let source = r#"
        [DllImport("vcdrest")] // extern int no();
        internal static extern int vcd_get(IntPtr client, [MarshalAs(UnmanagedType.LPArray, SizeParamIndex = 1)] byte[] uri,
            out IntPtr call);
        public static extern uint vcd_abi_version();"#;
    assert_eq!(imports(source), [("vcd_get".into(), 3), ("vcd_abi_version".into(), 0)]);
}

/// A tool that reads ELF files, where libraries are ELF files.
fn tool(name: &str, what: &str) -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        xtask::not_applicable(what, "libraries are no ELF files here", 1);
        return None;
    }
    let found = xtask::find_in_path(name);
    if found.is_none() {
        xtask::skip(what, &format!("{name} is not in the path"), 1);
    }
    found.filter(|path| Path::is_file(path))
}
