//! The simulator as a program.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_vcd-simulator");

#[test]
fn one_line_of_json_tells_all_and_the_end_of_input_ends_it() {
    let mut child = Command::new(PROGRAM)
        .args([
            "--json",
            "--until-stdin-ends",
            "--organizations=3",
            "--automation",
            "--vms",
            "5",
            "--lifetime",
            "60",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut output = BufReader::new(child.stdout.take().expect("output"));
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    let info: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(info["organizationCount"], 4);
    assert!(info["url"].as_str().is_some_and(|url| url.ends_with("/tm")));
    let folder = Path::new(info["caFile"].as_str().expect("a path"))
        .parent()
        .expect("a folder")
        .to_owned();
    assert!(folder.is_dir());
    assert!(
        info["url"]
            .as_str()
            .is_some_and(|url| url.starts_with("https://localhost:"))
    );
    drop(child.stdin.take());
    assert!(child.wait().expect("an end").success());
    assert!(!folder.exists(), "the folder is left behind");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_and_leaves_nothing_behind() {
    let mut child = Command::new(PROGRAM)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut output = BufReader::new(child.stdout.take().expect("output"));
    let mut text = String::new();
    while !text.contains("Ctrl+C ends it.") {
        assert!(output.read_line(&mut text).expect("a line") > 0, "it ended early");
    }
    for expected in [
        "Tyrell Corporation",
        "roy",
        "Connect-Vcd -Server https://localhost:",
        "--cacert",
    ] {
        assert!(text.contains(expected), "no '{expected}' in what it prints");
    }
    let line = text.lines().find(|line| line.contains("CA file")).expect("the CA file");
    let file = Path::new(line.split_whitespace().last().expect("a path")).to_owned();
    assert!(file.exists());
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    assert!(child.wait().expect("an end").success());
    assert!(!file.exists(), "the CA file is left behind");
}

#[test]
fn wrong_options_are_named() {
    for (arguments, expected) in [
        (vec!["--organisations", "3"], "unknown option '--organisations'"),
        (vec!["--port", "many"], "--port: 'many' is not a number"),
        (vec!["--port"], "--port needs a value"),
        (vec!["--json=yes"], "--json takes no value"),
        (vec!["--certificate", "x"], "'x' is none of good"),
    ] {
        let output = Command::new(PROGRAM).args(&arguments).output().expect("the program");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    let mut help = Command::new(PROGRAM)
        .arg("--help")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut text = String::new();
    help.stdout
        .take()
        .expect("output")
        .read_to_string(&mut text)
        .expect("text");
    assert!(help.wait().expect("an end").success());
    assert!(text.contains("--organizations N"));
}
