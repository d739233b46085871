//! The C programs of `tests/c` and `examples/c`, compiled by the system's compiler against the header and the
//! library as a package lays them out, and run against the simulator; some of them under valgrind as well.
//!
//! A new program is a file in `tests/c` and a line below.

mod c_program;

use std::fs;
use std::io::Write;
use std::time::Duration;

use c_program::{Folder, code, command, compiled, simulator};
use vcd_simulator::{CertificateKind, Config, Simulator};
use xtask::Language;

/// Long enough for a slow machine; a program that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(300);
/// The same under valgrind, which is some thirty times slower.
const VALGRIND_LIMIT: Duration = Duration::from_secs(900);

/// A test for each program: `name => "file"`.
macro_rules! programs {
    ($($name:ident => $file:literal,)*) => {
        $(#[test]
        fn $name() {
            run_program($file, false);
        })*
    };
}

/// The same under valgrind.
macro_rules! under_valgrind {
    ($($name:ident => $file:literal,)*) => {
        $(#[test]
        fn $name() {
            run_program($file, true);
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
    tasks_tenants_proxies_and_several_calls => "operations.c",
    requests_of_every_kind => "request.c",
    misuse => "misuse.c",
    what_errors_say => "errors.c",
    start_wait_cancel => "async.c",
    freed_while_running => "free_while_running.c",
    many_threads => "threads.c",
    log_callback => "log.c",
    after_fork => "fork.c",
    signals => "signal.c",
    panics_stop_at_the_boundary => "panic.c",
    loaded_by_hand => "load.c",
    small_stack => "small_stack.c",
    from_cpp => "cpp.cpp",
}

under_valgrind! {
    happy_path_under_valgrind => "happy.c",
    misuse_under_valgrind => "misuse.c",
    what_errors_say_under_valgrind => "errors.c",
    start_wait_cancel_under_valgrind => "async.c",
    service_accounts_under_valgrind => "grants.c",
    freed_while_running_under_valgrind => "free_while_running.c",
}

/// What the example of the README prints.
#[test]
fn example() {
    let Some(program) = compiled(
        "example orgs.c",
        Language::C,
        &xtask::repository().join("examples/c/orgs.c"),
        true,
    ) else {
        return;
    };
    let simulator = simulator();
    let ca_file = simulator.ca_file().to_owned();
    let run = |arguments: &[&str], token: Option<&str>| {
        let mut command = command(&program, &simulator);
        command.args(arguments).env_remove("VCD_API_TOKEN");
        if let Some(token) = token {
            command.env("VCD_API_TOKEN", token);
        }
        xtask::run_limited(&mut command, LIMIT).expect("the example starts")
    };
    let (url, token) = (simulator.url(), simulator.tenant_token());
    let good = [url.as_str(), "Tyrell", ca_file.to_str().expect("the path is text")];

    let finished = run(&good, Some(&token));
    assert!(finished.succeeded(), "{finished:?}");
    assert!(finished.stdout.contains(r#""name":"Tyrell""#), "{}", finished.stdout);
    assert_eq!(finished.stderr, "");
    let targets: Vec<String> = simulator.requests().into_iter().map(|request| request.target).collect();
    assert!(
        targets.iter().any(|target| target == "/cloudapi/1.0.0/orgs"),
        "{targets:?}"
    );
    assert!(
        targets
            .iter()
            .any(|target| target == "/cloudapi/1.0.0/sessions/current"),
        "it signs out: {targets:?}"
    );

    let finished = run(&good[..2], Some(&token));
    assert_eq!(code(&finished), Some(1), "without the CA file: {finished:?}");
    assert!(finished.stderr.contains("cannot sign in"), "{}", finished.stderr);
    let finished = run(&good, Some("wrongwrongwrongwrongwrongwrong12"));
    assert_eq!(code(&finished), Some(1), "with a wrong token: {finished:?}");
    assert!(
        finished.stderr.contains("the server says: invalid_grant"),
        "{}",
        finished.stderr
    );
    let finished = run(&["", "Tyrell"], Some(&token));
    assert_eq!(code(&finished), Some(1), "without a server: {finished:?}");
    assert!(
        finished.stderr.contains("cannot use the server address"),
        "{}",
        finished.stderr
    );
    let finished = run(&good, None);
    assert_eq!(code(&finished), Some(2), "without a token: {finished:?}");
    assert!(finished.stderr.contains("usage"), "{}", finished.stderr);
}

/// Compiles and runs a program of `tests/c`.
fn run_program(file: &str, in_valgrind: bool) {
    let what = format!("C program {file}{}", if in_valgrind { " under valgrind" } else { "" });
    if cfg!(windows) {
        return xtask::not_applicable(&what, "it uses POSIX threads, sockets and processes", 1);
    }
    let valgrind = if in_valgrind {
        let Some(valgrind) = xtask::find_in_path("valgrind") else {
            return xtask::skip(&what, "valgrind is not in the path", 1);
        };
        Some(valgrind)
    } else {
        None
    };
    let language = if file.ends_with(".cpp") {
        Language::Cpp
    } else {
        Language::C
    };
    let source = xtask::repository().join("tests/c").join(file);
    // The one that loads the library by hand must not have it already.
    let Some(program) = compiled(&what, language, &source, file != "load.c") else {
        return;
    };
    let simulator = if file == "pages.c" {
        Simulator::start(Config {
            organizations: 10_000,
            ..Config::default()
        })
        .expect("the simulator starts")
    } else {
        simulator()
    };
    let mut command = match &valgrind {
        None => command(&program, &simulator),
        Some(valgrind) => {
            // The system's hundred authorities take their time under valgrind, and none of them vouches for the
            // simulator: one that does not either will do.
            let other = simulator
                .listen(CertificateKind::SelfSigned)
                .expect("the simulator listens");
            let mut command = command(valgrind, &simulator);
            command
                .env("SSL_CERT_FILE", other.ca_file)
                .env_remove("SSL_CERT_DIR")
                .args(["-q", "--error-exitcode=99", "--leak-check=full"])
                .args(["--errors-for-leak-kinds=definite", "--show-leak-kinds=definite"])
                .arg("--num-callers=60")
                .arg(format!(
                    "--suppressions={}",
                    xtask::repository().join("tests/c/valgrind.supp").display()
                ))
                .arg(&program);
            command
        }
    };
    let folder = Folder::new();
    command.env("VCD_FOLDER", folder.path());
    if file == "log.c" {
        // Lines are appended to it: what an earlier run has written must go. Mostly there is none.
        let log_file = program.with_extension("log");
        let _ = fs::remove_file(&log_file);
        command.env("VCDREST_LOG_FILE", log_file);
    }
    let limit = if in_valgrind { VALGRIND_LIMIT } else { LIMIT };
    let finished = xtask::run_limited(&mut command, limit).expect("the program starts");
    println!("{}{}", finished.stdout, finished.stderr);
    let end = match finished.status {
        Some(status) => status.to_string(),
        None => format!("killed after {} s", limit.as_secs()),
    };
    assert!(finished.succeeded(), "{what}: {end}");
    assert_eq!(
        finished.stderr, "",
        "{what}: neither the library nor valgrind has anything to say"
    );
    let count = finished
        .stdout
        .trim()
        .strip_suffix(" checks passed")
        .and_then(|count| count.parse::<u64>().ok());
    let count = count.unwrap_or_else(|| panic!("{what} did not come to its end: {}", finished.stdout));
    assert!(count > 0, "{what} checked nothing");
    // Past the test harness, so that the count is seen.
    writeln!(std::io::stderr().lock(), "{what}: {count} checks passed").expect("standard error is open");
}
