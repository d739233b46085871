//! The example in Python: a real interpreter, the library of this test run, the simulator.

mod c_program;

use std::path::{Path, PathBuf};
use std::time::Duration;

use c_program::{code, command, host, simulator};
use vcd_simulator::Simulator;
use xtask::Finished;

const LIMIT: Duration = Duration::from_secs(300);

/// `None`, and a line about it, where there is no Python.
fn python() -> Option<PathBuf> {
    let found = xtask::find_in_path("python3").or_else(|| xtask::find_in_path("python"));
    if found.is_none() {
        xtask::skip("example orgs.py", "there is no Python in the path", 1);
    }
    found
}

/// Runs the example with the organization and what may follow it.
fn run(simulator: &Simulator, python: &Path, arguments: &[&str], token: Option<&str>) -> Finished {
    let mut command = command(host(), python, simulator);
    command
        .arg(xtask::repository().join("examples/python/orgs.py"))
        .args(arguments)
        .env_remove("VCD_API_TOKEN");
    if let Some(token) = token {
        command.env("VCD_API_TOKEN", token);
    }
    xtask::run_limited(&mut command, LIMIT).expect("Python starts")
}

#[test]
fn example() {
    let Some(python) = python() else { return };
    let simulator = simulator();
    let library = xtask::test_library();
    let library = library.to_str().expect("the path is text");
    let ca_file = simulator.ca_file().to_owned();
    let (url, token) = (simulator.url(), simulator.tenant_token());
    let good = [
        library,
        url.as_str(),
        "Tyrell",
        ca_file.to_str().expect("the path is text"),
    ];

    let finished = run(&simulator, &python, &good, Some(&token));
    assert!(finished.succeeded(), "{finished:?}");
    assert_eq!(finished.stdout.trim_end(), "Tyrell\tTyrell Corporation");
    let ended = |request: &&vcd_simulator::LoggedRequest| {
        request.method == "DELETE" && request.target == "/cloudapi/1.0.0/sessions/current"
    };
    assert_eq!(simulator.requests().iter().filter(ended).count(), 1, "it signs out");

    let finished = run(&simulator, &python, &good[..3], Some(&token));
    assert_eq!(code(&finished), Some(1), "without the CA file: {finished:?}");
    assert!(finished.stderr.contains("is not trusted"), "{}", finished.stderr);
    let finished = run(&simulator, &python, &good, Some("wrongwrongwrongwrongwrongwrong12"));
    assert_eq!(code(&finished), Some(1), "with a wrong token: {finished:?}");
    assert!(finished.stderr.contains("invalid_grant"), "{}", finished.stderr);
    assert!(!finished.stderr.contains("Traceback"), "{}", finished.stderr);
    let finished = run(&simulator, &python, &[library, "", "Tyrell"], Some(&token));
    assert_eq!(code(&finished), Some(1), "without a server: {finished:?}");
    let finished = run(&simulator, &python, &good, None);
    assert_eq!(code(&finished), Some(1), "without a token: {finished:?}");
    assert!(finished.stderr.contains("usage"), "{}", finished.stderr);
}
