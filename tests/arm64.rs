//! The library for Linux on ARM as it ships, made by Debian's cross compilers: some programs of `tests/c` with it, run
//! by QEMU against the simulator on this machine.

mod c_program;

use c_program::run_emulated;
use xtask::Platform;

const PLATFORM: Platform = Platform::LinuxArm64;

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
    passwords_token_files_and_service_accounts => "grants.c",
    misuse => "misuse.c",
    start_wait_cancel => "async.c",
    from_cpp => "c_header.cpp",
}
