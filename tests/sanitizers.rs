//! The C programs with AddressSanitizer in the library and in the programs, those with many threads among them; these with
//! ThreadSanitizer too, where the toolchain has the source of its standard library. The library is built anew for it, which takes minutes, so `.ci/run` asks for these tests by name:
//!
//!     cargo test --test sanitizers -- --ignored

mod c_program;

use c_program::{Watch, host};
use xtask::{Language, Sanitizer};

/// A test for each program: `name => "file"`.
macro_rules! with_address_sanitizer {
    ($($name:ident => $file:literal,)*) => {
        $(#[test]
        #[ignore = "the library is built anew for it: cargo test --test sanitizers -- --ignored"]
        fn $name() {
            c_program::run(host(), "c", $file, Language::C, Watch::Sanitizer(Sanitizer::Address));
        })*
    };
}

with_address_sanitizer! {
    happy_path => "happy.c",
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
    after_fork => "fork.c",
    panics_stop_at_the_boundary => "panic.c",
}

/// A test for each program with many threads. The standard library has to be built for it as well, or its locks would be
/// taken for races.
macro_rules! with_thread_sanitizer {
    ($($name:ident => $file:literal,)*) => {
        $(#[test]
        #[ignore = "the library is built anew for it: cargo test --test sanitizers -- --ignored"]
        fn $name() {
            if !Sanitizer::has_standard_library_source().expect("rustc says where it would be") {
                let what = concat!("C program ", $file, " with the thread sanitizer");
                return xtask::not_applicable(what, "this Rust toolchain has no source of the standard library (rust-src)", 1);
            }
            c_program::run(host(), "c", $file, Language::C, Watch::Sanitizer(Sanitizer::Thread));
        })*
    };
}

with_thread_sanitizer! {
    races_of_many_threads => "threads.c",
    races_of_what_is_freed_while_it_runs => "free_while_running.c",
    races_of_start_wait_cancel => "async.c",
    races_of_functions_of_the_host => "callbacks.c",
}

/// That the sanitizer is really there: a program lets the library write behind a buffer.
#[test]
#[ignore = "the library is built anew for it: cargo test --test sanitizers -- --ignored"]
fn what_the_library_does_is_watched() {
    let what = "C program overflow.c with the address sanitizer";
    let source = xtask::repository().join("tests/c/overflow.c");
    let Some(program) = c_program::sanitized_program(what, Language::C, &source, Sanitizer::Address) else {
        return;
    };
    let simulator = c_program::simulator();
    let mut command = c_program::command(host(), &program, &simulator);
    Sanitizer::Address.report(&mut command);
    let finished = xtask::run_limited(&mut command, c_program::LIMIT).expect("it starts");
    assert_eq!(c_program::code(&finished), Some(99), "{finished:?}");
    assert!(finished.stderr.contains("stack-buffer-overflow"), "{}", finished.stderr);
    assert!(finished.stderr.contains("copy_text"), "{}", finished.stderr);
}
