//! `cargo bench --bench compare`: vcdrest beside what people would take instead, on the same work, server and machine, in
//! the same run. Prints a table and writes `target/bench/compare.json`.
//!
//! | file | noun |
//! |---|---|
//! | `options.rs` | the command line |
//! | `bench.rs` | what every measurement needs: options, library, server, a folder |
//! | `group.rs` | the groups of rows; a new one gets a line there |
//! | `figure.rs` | a row with its goal, and a figure |
//! | `native.rs` | the rows that C programs measure |
//! | `powershell.rs` | the rows that PowerShell measures |
//! | `server.rs` | the server that all sides talk to |
//! | `content.rs` | what it answers |
//! | `wire.rs` | the bytes that come and go |
//! | `placement.rs` | which cores the server and the clients have |
//! | `program.rs` | a client program: compiled and run |
//! | `pairs.rs` | two sides measured in turn |
//! | `statistics.rs` | medians and quartiles |
//! | `cost.rs` | what a call costs in instructions, allocations and system calls |
//! | `limits.rs` | `--check`: the costs against `benches/limits.json` |
//! | `machine.rs` | what it runs on, and how busy that is |
//! | `table.rs` | what is printed and written |
//! | `*.c`, `*.h`, `*.py`, `*.ps1` | the client programs |

#![forbid(unsafe_code)]

mod bench;
mod content;
mod cost;
mod figure;
mod group;
mod limits;
mod machine;
mod native;
mod options;
mod pairs;
mod placement;
mod powershell;
mod program;
mod server;
mod statistics;
mod table;
mod wire;

use std::process::ExitCode;

use bench::Bench;
use options::Options;

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(how) => {
            eprint!("{how}");
            return ExitCode::from(2);
        }
    };
    match run(options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> xtask::Result<ExitCode> {
    if !options.check {
        group::check_keys(options.only())?;
    }
    let bench = Bench::new(options)?;
    if bench.options().serve {
        return serve(&bench);
    }
    machine::print(&bench);
    if bench.options().check {
        return limits::check(&bench);
    }
    let measured = group::measure(&bench)?;
    machine::print_load("at the end");
    table::print(&measured);
    let file = table::write(&measured)?;
    println!("\nwrote {}", file.display());
    Ok(ExitCode::SUCCESS)
}

/// Serves until standard input ends.
fn serve(bench: &Bench) -> xtask::Result<ExitCode> {
    println!("{} {}", bench.server().url(), bench.server().ca_file().display());
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    Ok(ExitCode::SUCCESS)
}
