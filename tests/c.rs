//! The C programs of `tests/c` and `examples/c`, compiled by the system's compiler against the header and the
//! library as a package lays them out, and run against the simulator; some of them under valgrind as well.
//!
//! A new program is a file in `tests/c` and a line below.

mod c_program;

use std::fs;
use std::io::Read;

use c_program::{Example, LIMIT, Watch, code, command, compiled, host, simulator};
use vcd_simulator::{Fault, FaultKind};
use xtask::Language;

/// A test for each program: `name => "file"`.
macro_rules! programs {
    ($($name:ident => $file:literal,)*) => {
        $(#[test]
        fn $name() {
            c_program::run(host(), "c", $file, Language::C, Watch::Nothing);
        })*
    };
}

/// The same under valgrind.
macro_rules! under_valgrind {
    ($($name:ident => $file:literal,)*) => {
        $(#[test]
        fn $name() {
            c_program::run(host(), "c", $file, Language::C, Watch::Valgrind);
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
    after_fork => "fork.c",
    signals => "signal.c",
    panics_stop_at_the_boundary => "panic.c",
    loaded_by_hand => "load.c",
    small_stack => "small_stack.c",
}

under_valgrind! {
    happy_path_under_valgrind => "happy.c",
    misuse_under_valgrind => "misuse.c",
    what_errors_say_under_valgrind => "errors.c",
    start_wait_cancel_under_valgrind => "async.c",
    service_accounts_under_valgrind => "grants.c",
    what_was_wrong_once_under_valgrind => "mended.c",
    tasks_tenants_proxies_and_several_calls_under_valgrind => "operations.c",
    functions_of_the_host_and_calls_that_end_under_valgrind => "callbacks.c",
    freed_while_running_under_valgrind => "free_while_running.c",
}

/// What the example of the README prints.
#[test]
fn example() {
    let Some(program) = compiled(
        host(),
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
        let mut command = command(host(), &program, &simulator);
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

#[test]
fn example_of_pages() {
    let Some(example) = Example::new("c", "pages", Language::C) else {
        return;
    };
    let finished = example.run(
        example
            .command(&["System"])
            .env("VCD_API_TOKEN", example.simulator.provider_token()),
    );
    assert!(finished.succeeded(), "{finished:?}");
    assert_eq!(finished.stdout.matches("\"displayName\"").count(), 41);
    assert_eq!(finished.stderr, "page 1 of 1, 41 in all\n");
    let finished = example.run(example.command(&["System"]).env_remove("VCD_API_TOKEN"));
    assert_eq!(code(&finished), Some(2), "{finished:?}");
    let finished = example.run(&mut example.command(&["Nexus"]));
    assert_eq!(code(&finished), Some(1), "{finished:?}");
    assert!(finished.stderr.starts_with("cannot sign in: "), "{}", finished.stderr);
}

#[test]
fn example_of_a_service_account() {
    let Some(example) = Example::new("c", "service_account", Language::C) else {
        return;
    };
    let run = || example.run(&mut example.command(&["Tyrell", "roy", "backup", "vApp Author", "backup.json"]));
    let finished = run();
    assert!(finished.succeeded(), "{finished:?}");
    assert_eq!(finished.stderr, "");
    assert!(
        finished.stdout.ends_with("signed in as backup with backup.json\n"),
        "{}",
        finished.stdout
    );
    assert_eq!(example.simulator.rotations(), 1);
    let finished = run();
    assert_eq!(code(&finished), Some(1), "there is one of that name: {finished:?}");
    assert!(finished.stderr.contains("exists already"), "{}", finished.stderr);
}

#[test]
fn example_of_a_download() {
    const SIZE: u64 = 2_000_000;
    let Some(example) = Example::new("c", "download", Language::C) else {
        return;
    };
    let place = example.simulator.transfer(SIZE);
    let path = &place[place.find("/transfer/").expect("it is below /transfer")..];
    let file = example.folder.join("disk.bin");

    // Ctrl+C while it hangs; then again, to the end.
    example
        .simulator
        .fault(Fault::new(FaultKind::HangMidBody).on_path(path).after_bytes(1_000_000));
    let mut command = example.command(&["Tyrell", path, "disk.bin"]);
    let mut child = example.start(&mut command);
    let mut said = Vec::new();
    let mut errors = child.0.stderr.take().expect("it is piped");
    let mut byte = [0; 1];
    while !String::from_utf8_lossy(&said).contains("1000000 of 2000000 bytes") {
        assert_eq!(errors.read(&mut byte).expect("it can be read"), 1, "{said:?}");
        said.extend(byte);
    }
    child.interrupt();
    errors.read_to_end(&mut said).expect("it can be read");
    assert_eq!(child.0.wait().expect("it ends").code(), Some(130));
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("the download ended early: "), "{said}");
    assert!(!file.exists());

    let finished = example.run(&mut example.command(&["Tyrell", path, "disk.bin"]));
    assert!(finished.succeeded(), "{finished:?}");
    assert!(
        finished.stderr.contains("100 %  2000000 of 2000000 bytes"),
        "{}",
        finished.stderr
    );
    let mut expected = vec![0; SIZE as usize];
    vcd_simulator::transfer_bytes(0, &mut expected);
    assert!(fs::read(&file).expect("it is there") == expected, "the bytes differ");
    let requests = example.simulator.requests();
    let last = requests.iter().rev().find(|request| request.target == path);
    assert_eq!(last.and_then(|request| request.status), Some(206), "it went on");
}
