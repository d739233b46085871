//! What it runs on, and how busy that is.

use std::fs;
use std::process::Command;

use xtask::Platform;

use crate::bench::Bench;

/// Prints the machine, the versions of what is compared, and the load.
pub fn print(bench: &Bench) {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name\t: "));
    println!("machine: {} x {}", bench.cores(), cpu.unwrap_or("unknown processor"));
    for (what, program, arguments) in [
        ("system", "uname", &["-srm"][..]),
        ("libcurl", "curl-config", &["--version"]),
        ("OpenSSL", "openssl", &["version"]),
        ("compiler", "cc", &["--version"]),
        ("Rust", "rustc", &["--version"]),
        ("valgrind", "valgrind", &["--version"]),
    ] {
        println!("{what}: {}", first_line(program, arguments));
    }
    let how = match Platform::host().ok().and_then(Platform::cannot_package) {
        None => "as it ships".to_owned(),
        Some(why) => format!("as it ships, but linked by this machine's linker: {why}"),
    };
    println!("library: {} ({how})", bench.library().display());
    print_load("at the start");
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            text.lines().next().unwrap_or_default().to_owned()
        }
        Err(error) => format!("{program}: {error}"),
    }
}

/// Prints how many others want to run as well: what is measured in time is the less steady the more they are.
pub fn print_load(when: &str) {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(2).collect();
    println!("load {when}: {} (1 and 5 minutes)", load.join(", "));
}
