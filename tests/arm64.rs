//! The library for Linux on ARM as it ships, made by Debian's cross compilers: some programs of `tests/c` with it, run
//! by QEMU against the simulator on this machine.

mod c_program;

use c_program::run;
use xtask::{Language, Platform, Runner};

const PLATFORM: Platform = Platform::LinuxArm64;

/// A test for each program: `name => "file"`.
macro_rules! programs {
    ($($name:ident => $file:literal,)*) => {
        $(#[test]
        fn $name() {
            if let Some(runner) = qemu($file) {
                let (folder, language) = if $file.ends_with(".cpp") {
                    ("cpp", Language::Cpp("c++17"))
                } else {
                    ("c", Language::C)
                };
                run(&runner, folder, $file, language, false);
            }
        })*
    };
}

programs! {
    happy_path => "happy.c",
    passwords_token_files_and_service_accounts => "grants.c",
    misuse => "misuse.c",
    start_wait_cancel => "async.c",
    from_cpp => "c_header.cpp",
}

/// QEMU, or `None` and a line about it where it is missing.
fn qemu(what: &str) -> Option<Runner> {
    let what = format!("{what} for {}", PLATFORM.name());
    if !cfg!(target_os = "linux") {
        xtask::not_applicable(&what, "QEMU runs programs of Linux on Linux alone", 1);
        return None;
    }
    if let Some(why) = PLATFORM.cannot_build() {
        xtask::skip(&what, &why, 1);
        return None;
    }
    Runner::new(PLATFORM)
        .map_err(|error| xtask::skip(&what, &error.to_string(), 1))
        .ok()
}
