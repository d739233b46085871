//! The fuzz targets of `fuzz/`: built with AddressSanitizer, and run for a bounded time each. No cargo-fuzz is needed,
//! which would take longer to install than all this takes, and no other toolchain than the one that ships.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::platform::Platform;
use crate::repository::{cargo, repository, target_directory};
use crate::{Result, Sanitizer, run_limited, skip};

/// What lets the fuzzer see which way a program takes; the flags are those of cargo-fuzz.
const COVERAGE: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebuginfo=line-tables-only",
];

/// The names of the targets, sorted.
///
/// # Errors
///
/// If their folder cannot be read.
pub fn fuzz_targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in std::fs::read_dir(repository().join("fuzz/fuzz_targets"))? {
        let path = file?.path();
        names.push(path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Lets each target, or one of them, replay its corpus and then look for more, for so many seconds. What it finds is
/// kept in `target/fuzz/corpus`; what breaks something in `target/fuzz/artifacts`.
///
/// # Errors
///
/// If something breaks, with what broke it; or if the targets cannot be built.
pub fn fuzz(seconds: u32, only: Option<&str>) -> Result<()> {
    let mut targets = fuzz_targets()?;
    if let Some(only) = only {
        targets.retain(|target| target == only);
        if targets.is_empty() {
            return Err(format!("there is no target '{only}'; there are {}", fuzz_targets()?.join(", ")).into());
        }
    }
    if Sanitizer::Address.runtime()?.is_none() {
        skip(
            "fuzzing",
            "this toolchain has no runtime of AddressSanitizer (those of rustup have)",
            targets.len(),
        );
        return Ok(());
    }
    let place = target_directory()?.join("fuzz");
    let programs = build(&place, &targets)?;
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let at_once = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(targets.len());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match run(&place, &programs, target, seconds) {
                        Ok(line) => println!("{target}: {line}"),
                        Err(error) => failures
                            .lock()
                            .unwrap_or_else(std::sync::PoisonError::into_inner)
                            .push(format!("{target}: {error}")),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\n\n").into())
    }
}

/// Builds the targets and returns the folder that they are in.
fn build(place: &Path, targets: &[String]) -> Result<PathBuf> {
    let platform = Platform::host()?.target();
    let mut command = Command::new(cargo());
    command
        .args(["build", "--release", "--locked", "--quiet", "--target", platform])
        .current_dir(repository().join("fuzz"))
        .env("CARGO_TARGET_DIR", place)
        .env("CARGO_INCREMENTAL", "0");
    for target in targets {
        command.args(["--bin", target]);
    }
    Sanitizer::Address.instrument(&mut command, &COVERAGE);
    let status = command
        .status()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !status.success() {
        return Err(format!("the fuzz targets cannot be built: {status}").into());
    }
    Ok(place.join(platform).join("release"))
}

/// Runs one target; what it says in the end.
fn run(place: &Path, programs: &Path, target: &str, seconds: u32) -> Result<String> {
    let found = place.join("corpus").join(target);
    let artifacts = place.join("artifacts").join(target);
    std::fs::create_dir_all(&found)?;
    std::fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(programs.join(target));
    command
        .arg(&found)
        .arg(repository().join("fuzz/corpus").join(target))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .args([
            "-max_len=4096",
            "-timeout=60",
            "-rss_limit_mb=3072",
            "-print_final_stats=1",
            "-verbosity=1",
        ]);
    let finished = run_limited(&mut command, Duration::from_secs(u64::from(seconds) + 300))?;
    let value = |name: &str| {
        let line = finished.stderr.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or("?").trim().to_owned()
    };
    if finished.succeeded() {
        return Ok(format!(
            "{} inputs, {} new, most memory {} MiB",
            value("stat::number_of_executed_units:"),
            value("stat::new_units_added:"),
            value("stat::peak_rss_mb:")
        ));
    }
    let said: Vec<&str> = finished.stderr.lines().collect();
    Err(format!(
        "something broke it; it lies in {}\n{}\nReplay it with {} FILE",
        artifacts.display(),
        said[said.len().saturating_sub(80)..].join("\n"),
        programs.join(target).display()
    )
    .into())
}
