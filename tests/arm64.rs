//! The library for Linux on ARM as it ships, made by Debian's cross compilers: some programs of `tests/c` with it, run
//! by QEMU against the simulator on this machine.

mod c_program;

use c_program::run;
use xtask::{Language, Platform, Runner};

const PLATFORM: Platform = Platform::LinuxArm64;

/// A test for each program: `name => "folder", "file", language`.
macro_rules! programs {
    ($($name:ident => $folder:literal, $file:literal, $language:expr,)*) => {
        $(#[test]
        fn $name() {
            if let Some(runner) = qemu($file) {
                run(&runner, $folder, $file, $language, false);
            }
        })*
    };
}

programs! {
    happy_path => "c", "happy.c", Language::C,
    passwords_token_files_and_service_accounts => "c", "grants.c", Language::C,
    misuse => "c", "misuse.c", Language::C,
    start_wait_cancel => "c", "async.c", Language::C,
    from_cpp => "cpp", "c_header.cpp", Language::Cpp("c++11"),
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
