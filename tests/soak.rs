//! A process that does everything again and again holds no more at the end than after a third of the time: in C, and in one
//! PowerShell. `VCDREST_SOAK_SECONDS` says how long each takes (20).

mod c_program;
mod powershell_lab;

use std::time::Duration;

use c_program::{Folder, command, compiled, host, simulator};
use powershell_lab::{Lab, say};
use xtask::Language;

/// What a slow machine needs on top.
const SLACK: Duration = Duration::from_secs(300);

fn seconds() -> u64 {
    std::env::var("VCDREST_SOAK_SECONDS").map_or(20, |text| text.parse().expect("VCDREST_SOAK_SECONDS is a number"))
}

#[test]
fn a_program_that_does_everything_again_and_again_holds_no_more() {
    const WHAT: &str = "C program soak.c";
    if !cfg!(target_os = "linux") {
        return xtask::not_applicable(WHAT, "what a process holds is read in /proc", 1);
    }
    let source = xtask::repository().join("tests/c/soak.c");
    let Some(program) = compiled(host(), WHAT, Language::C, &source, true) else {
        return;
    };
    let simulator = simulator();
    let folder = Folder::new();
    let mut command = command(host(), &program, &simulator);
    command
        .env("VCD_SOAK_SECONDS", seconds().to_string())
        .env("VCD_FOLDER", folder.path());
    let finished = xtask::run_limited(&mut command, Duration::from_secs(seconds()) + SLACK).expect("it starts");
    say(&format!("{WHAT}: {}", finished.stdout.trim().replace('\n', "; ")));
    assert!(finished.succeeded(), "{finished:?}");
    assert!(finished.stdout.contains("at the end: "), "{finished:?}");
}

#[test]
fn a_powershell_that_does_everything_again_and_again_holds_no_more() {
    const WHAT: &str = "PowerShell soak";
    if !cfg!(target_os = "linux") {
        return xtask::not_applicable(WHAT, "what a process holds is read in /proc", 1);
    }
    let Some(lab) = Lab::new("soak", "Pester") else { return };
    let script = std::fs::read_to_string(lab.tests().join("soak.ps1")).expect("it can be read");
    let mut command = lab.script(&script);
    command.env("VCDREST_SOAK_SECONDS", seconds().to_string());
    let finished = xtask::run_limited(&mut command, Duration::from_secs(seconds()) + SLACK).expect("it starts");
    say(&format!("{WHAT}: {}", finished.stdout.trim().replace('\n', "; ")));
    assert!(finished.succeeded(), "{finished:?}");
    assert!(finished.stdout.contains("at the end: "), "{finished:?}");
}
