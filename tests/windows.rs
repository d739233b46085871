//! The library for Windows as it ships, made by Debian's cross compilers: what the DLL exports and needs, and the
//! programs of `tests/c` with it, run by Wine against the simulator on this machine.

mod c_program;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use c_program::{Folder, LIMIT, check_passes, command, compiled, emulator, run_emulated, simulator, staged};
use xtask::{Declarations, Language, Platform};

const PLATFORM: Platform = Platform::WinX64;

/// What every Windows that is still served has.
const SYSTEM_LIBRARIES: [&str; 10] = [
    "advapi32.dll",
    "api-ms-win-core-synch-l1-2-0.dll",
    "bcrypt.dll",
    "bcryptprimitives.dll",
    "crypt32.dll",
    "kernel32.dll",
    "msvcrt.dll",
    "ntdll.dll",
    "oleaut32.dll",
    "ws2_32.dll",
];

/// A test for each program: `name => "file"`.
macro_rules! programs {
    ($($name:ident => $file:literal,)*) => {
        $(#[test]
        fn $name() {
            run_emulated(PLATFORM, $file);
        })*
    };
}

programs! {
    happy_path => "happy.c",
    every_way_to_sign_in => "sign_in.c",
    passwords_token_files_and_service_accounts => "grants.c",
    what_was_wrong_once => "mended.c",
    lists_page_by_page => "pages.c",
    downloads_and_uploads => "transfer.c",
    functions_of_the_host_and_calls_that_end => "callbacks.c",
    tasks_tenants_proxies_and_several_calls => "operations.c",
    requests_of_every_kind => "request.c",
    misuse => "misuse.c",
    what_errors_say => "errors.c",
    start_wait_cancel => "async.c",
    freed_while_running => "free_while_running.c",
    many_threads => "threads.c",
    log_callback => "log.c",
    loaded_by_hand => "load.c",
    small_stack => "small_stack.c",
    from_cpp => "c_header.cpp",
}

/// One of GNU's tools for files of Windows, or `None` and a line about it.
fn tool(what: &str, name: &str) -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        xtask::not_applicable(what, "GNU's tools look at it on Linux", 1);
        return None;
    }
    if let Some(why) = PLATFORM.cannot_build() {
        xtask::skip(what, &why, 1);
        return None;
    }
    let found = xtask::find_in_path(&format!("x86_64-w64-mingw32-{name}"));
    if found.is_none() {
        xtask::skip(what, "install Debian's package binutils-mingw-w64-x86-64", 1);
    }
    found
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_dll_exports_the_header_and_needs_the_system_alone() {
    let Some(objdump) = tool("what the DLL exports and needs", "objdump") else {
        return;
    };
    let printed = output(Command::new(objdump).arg("-p").arg(&staged(PLATFORM).library));
    let exports = printed
        .split_once("[Ordinal/Name Pointer] Table")
        .expect("it has exports")
        .1;
    let exports: Vec<&str> = exports
        .lines()
        .skip(1)
        .take_while(|line| line.trim_start().starts_with('['))
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    assert_eq!(exports, Declarations::read().function_names());

    let needed: BTreeSet<String> = printed
        .lines()
        .filter_map(|line| line.trim().strip_prefix("DLL Name: "))
        .map(str::to_ascii_lowercase)
        .collect();
    assert!(needed.contains("kernel32.dll"), "{printed}");
    let foreign: Vec<&String> = needed
        .iter()
        .filter(|name| !SYSTEM_LIBRARIES.contains(&name.as_str()))
        .collect();
    assert!(foreign.is_empty(), "{foreign:?} may not be there");
    assert!(printed.contains("HIGH_ENTROPY_VA") && printed.contains("DYNAMIC_BASE") && printed.contains("NX_COMPAT"));
}

#[test]
fn the_dll_says_its_version() {
    let Some(windres) = tool("the version of the DLL", "windres") else {
        return;
    };
    let printed = output(
        Command::new(windres)
            .args(["-J", "coff", "-O", "rc", "-i"])
            .arg(&staged(PLATFORM).library),
    );
    let version = env!("CARGO_PKG_VERSION");
    let numbers = format!("{}, 0", version.split('.').collect::<Vec<_>>().join(", "));
    for expected in [
        format!("FILEVERSION {numbers}"),
        format!("PRODUCTVERSION {numbers}"),
        "FILETYPE 0x2".to_owned(),
        format!("\"ProductVersion\", \"{version}\""),
        format!("\"FileVersion\", \"{version}\""),
        "\"OriginalFilename\", \"vcdrest.dll\"".to_owned(),
    ] {
        assert!(printed.contains(&expected), "no {expected} in:\n{printed}");
    }
}

/// Microsoft's import library, by a linker that is not Microsoft's: it reads that form, too.
#[test]
fn the_import_library_for_microsofts_linker_works() {
    let what = "the import library vcdrest.lib";
    let Some(runner) = emulator(PLATFORM, what) else { return };
    let all = staged(PLATFORM);
    let folder = Folder::new();
    for (file, place) in [
        ("include/vcdrest.h", "include"),
        ("lib/vcdrest.lib", "lib"),
        ("bin/vcdrest.dll", "."),
    ] {
        let file = all.folder.join(file);
        fs::create_dir_all(folder.join(place)).expect("a folder can be made");
        let name = file.file_name().expect("it has a name");
        fs::copy(&file, folder.join(place).join(name)).expect("it can be copied");
    }
    let source = folder.join("version.c");
    let text =
        "#include <stdio.h>\n#include <vcdrest.h>\nint main(void)\n{\n    puts(vcd_version());\n    return 0;\n}\n";
    fs::write(&source, text).expect("the source can be written");
    let program = folder.join("version.exe");
    xtask::compile(PLATFORM, Language::C, &source, folder.path(), true, &program)
        .unwrap_or_else(|error| panic!("{error}"));
    let finished = xtask::run_limited(&mut runner.command(&program), LIMIT).expect("Wine starts");
    assert!(finished.succeeded(), "{finished:?}");
    assert_eq!(finished.stdout.trim_end(), env!("CARGO_PKG_VERSION"));
}

/// A program, and the library beside it, in a folder with spaces and letters that no code page of the West has.
#[test]
fn wide_names_open_files_and_properties() {
    let what = "C program windows.c";
    let Some(runner) = emulator(PLATFORM, what) else { return };
    let source = xtask::repository().join("tests/c/windows.c");
    let Some(program) = compiled(&runner, what, Language::C, &source, true) else {
        return;
    };
    let folder = Folder::new();
    let place = folder.join("Zertifikate für 東京");
    fs::create_dir(&place).expect("a folder can be made");
    for file in [&program, &staged(PLATFORM).library] {
        let name = file.file_name().expect("it has a name");
        fs::copy(file, place.join(name)).expect("it can be copied");
    }
    let simulator = simulator();
    let program = place.join(program.file_name().expect("it has a name"));
    let mut command = command(&runner, &program, &simulator);
    command
        .env("VCD_FOLDER", runner.path(folder.path()))
        .arg("Grüße aus 東京, \u{1F44B}!")
        .arg(runner.path(&place));
    check_passes(what, &mut command, LIMIT);
}

/// The same file, by two processes with some threads each: every exchange waits for its turn.
#[cfg(unix)]
#[test]
fn two_processes_share_a_token_file() {
    use std::os::unix::fs::PermissionsExt;
    const THREADS: u32 = 4;
    const ROUNDS: u32 = 10;
    let what = "rotate.c";
    let Some(runner) = emulator(PLATFORM, what) else { return };
    let source = xtask::repository().join("tests/c/rotate.c");
    let Some(program) = compiled(&runner, what, Language::C, &source, true) else {
        return;
    };
    let simulator = simulator();
    simulator.set_device_interval(std::time::Duration::ZERO);
    let folder = Folder::new();
    let file = folder.join("token.json");
    let run = |arguments: &[&str]| {
        let mut command = command(&runner, &program, &simulator);
        command.arg(arguments[0]).arg(runner.path(&file)).args(&arguments[1..]);
        let finished = xtask::run_limited(&mut command, LIMIT).expect("Wine starts");
        assert!(finished.succeeded() && finished.stderr.is_empty(), "{finished:?}");
        finished.stdout.trim_end().to_owned()
    };
    assert_eq!(run(&["set-up", "shared"]), "VCD_OK");
    let before = simulator.rotations();
    let (threads, rounds) = (THREADS.to_string(), ROUNDS.to_string());
    std::thread::scope(|scope| {
        let processes: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| run(&["share", &threads, &rounds])))
            .collect();
        for process in processes {
            assert_eq!(process.join().expect("it ends"), (THREADS * ROUNDS).to_string());
        }
    });
    assert_eq!(simulator.rotations() - before, 2 * u64::from(THREADS * ROUNDS));
    for name in ["token.json", "token.json.lock"] {
        // What Wine makes of an access list for the owner alone.
        let mode = fs::metadata(folder.join(name))
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o007, 0, "{name}: {mode:o}");
    }
    let left: BTreeSet<String> = fs::read_dir(folder.path())
        .expect("it can be read")
        .map(|entry| {
            entry
                .expect("it can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(left, ["token.json", "token.json.lock"].map(str::to_owned).into());
}
