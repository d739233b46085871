//! Tests that want a process to themselves: this program once more, with one test.

use std::process::Command;

use xtask::Finished;

use crate::library::HANG;

/// Set in a process that a test has started for itself.
const VARIABLE: &str = "VCDREST_FAULTS_OWN_PROCESS";

/// Whether this is the process that a test has started for itself; else starts it, lets it run to its end and looks
/// that it passes. `name` is that of the test, with its module.
pub fn is_own(name: &str) -> bool {
    if std::env::var(VARIABLE).is_ok_and(|own| own == name) {
        return true;
    }
    let finished = run(name, &mut Command::new(std::env::current_exe().expect("it has a path")));
    assert!(finished.succeeded(), "{}{}", finished.stdout, finished.stderr);
    assert!(finished.stdout.contains("1 passed"), "{name} has not run: {finished:?}");
    let module = name.split("::").next().unwrap_or_default();
    for line in finished.stdout.lines().filter(|line| line.starts_with(module)) {
        println!("{line}");
    }
    false
}

/// Runs a test in a process that a command starts, which may be a shell with this program behind it.
pub fn run(name: &str, command: &mut Command) -> Finished {
    command.args(["--exact", name, "--nocapture"]).env(VARIABLE, name);
    xtask::run_limited(command, 3 * HANG).expect("it starts")
}

/// A line of `/proc/self/status`, in KiB or as a count.
pub fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_else(|| panic!("there is no {name}"))
}

/// How many descriptors are open.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("Linux has it").count()
}
