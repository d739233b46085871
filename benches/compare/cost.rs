//! What a call costs, whatever else the machine does: instructions, allocations, system calls, bytes.
//!
//! Each is the difference between two runs of different length, divided by the difference of their lengths: what a
//! program does once is not in it.

use xtask::Result;

use crate::bench::Bench;
use crate::program::Program;

/// What is asked for and how often, in two runs.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// Where it is.
    pub path: &'static str,
    /// Requests of the shorter run.
    pub short: usize,
    /// Requests of the longer run.
    pub long: usize,
}

impl Work {
    /// So many times as much, where a tool is quick.
    pub fn times(self, factor: usize) -> Self {
        Self {
            short: self.short * factor,
            long: self.long * factor,
            ..self
        }
    }

    /// The difference per request of what a run of some length comes to.
    fn difference(self, total: impl Fn(&[&str]) -> Result<f64>, bench: &Bench) -> Result<f64> {
        let run = |count: usize| {
            let (url, ca_file) = (bench.server().url(), bench.server().ca_file().display().to_string());
            total(&["repeat", &url, self.path, &ca_file, &count.to_string(), "20"])
        };
        Ok((run(self.long)? - run(self.short)?) / (self.long - self.short) as f64)
    }
}

/// Instructions of the program itself, without those of the system.
pub fn instructions(bench: &Bench, program: &Program, work: Work) -> Result<f64> {
    let valgrind = tool("valgrind")?;
    let program = program.under(&[
        &valgrind,
        "--tool=cachegrind",
        "--cache-sim=no",
        "--cachegrind-out-file=/dev/null",
    ]);
    work.difference(|arguments| number_after(&program.run(arguments)?.1, "refs:"), bench)
}

/// Blocks taken from the heap.
pub fn allocations(bench: &Bench, program: &Program, work: Work) -> Result<f64> {
    let valgrind = tool("valgrind")?;
    let program = program.under(&[
        &valgrind,
        "--tool=memcheck",
        "--leak-check=no",
        "--undef-value-errors=no",
    ]);
    work.difference(
        |arguments| number_after(&program.run(arguments)?.1, "total heap usage:"),
        bench,
    )
}

/// System calls of all threads.
pub fn system_calls(bench: &Bench, program: &Program, work: Work) -> Result<f64> {
    let strace = tool("strace")?;
    let program = program.under(&[&strace, "--follow-forks", "--summary-only"]);
    work.difference(
        |arguments| {
            let (_, table) = program.run(arguments)?;
            // 100.00    0.023042           4      5210       120 total
            let total = table.lines().rfind(|line| line.trim_end().ends_with(" total"));
            let calls = total.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
            Ok(calls.ok_or_else(|| format!("strace says nothing about the total: {table}"))?)
        },
        bench,
    )
}

/// Bytes on the wire, both ways, TLS included.
pub fn bytes(bench: &Bench, program: &Program, work: Work) -> Result<f64> {
    work.difference(
        |arguments| {
            let (received, sent) = bench.server().bytes();
            program.run(arguments)?;
            let (now_received, now_sent) = bench.server().bytes();
            Ok((now_received - received + now_sent - sent) as f64)
        },
        bench,
    )
}

fn tool(name: &str) -> Result<String> {
    let found = xtask::find_in_path(name).ok_or_else(|| format!("{name} is not in the path"))?;
    Ok(found.display().to_string())
}

/// A number with commas that follows some words.
fn number_after(text: &str, words: &str) -> Result<f64> {
    let number = text.lines().find_map(|line| {
        let (_, rest) = line.split_once(words)?;
        rest.split_whitespace().next()?.replace(',', "").parse().ok()
    });
    Ok(number.ok_or_else(|| format!("valgrind says nothing about '{words}': {text}"))?)
}
