//! `--check`: the costs that do not depend on how busy the machine is, against a committed table.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use xtask::Result;

use crate::bench::Bench;
use crate::cost;
use crate::native::{self, PAGE, SMALL};
use crate::placement::Placement;

/// Measures each and says which are above their limits.
pub fn check(bench: &Bench) -> Result<ExitCode> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("limits.json");
    let mut limits: BTreeMap<String, f64> = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let program = native::ours(bench)?;
    bench.place(Placement::SameCore)?;
    let measured = [
        ("instr_https_1k", cost::instructions(bench, &program, SMALL)?),
        ("instr_https_60k", cost::instructions(bench, &program, PAGE)?),
        ("allocations_https_1k", cost::allocations(bench, &program, SMALL)?),
        ("allocations_https_60k", cost::allocations(bench, &program, PAGE)?),
        ("syscalls_https_1k", cost::system_calls(bench, &program, SMALL)?),
        ("syscalls_https_60k", cost::system_calls(bench, &program, PAGE)?),
        ("lib_so_mb", native::library_size(bench)?),
    ];
    let mut above = 0;
    println!("\n{:<26} {:>12} {:>12}", "cost of a call", "measured", "limit");
    for (key, value) in measured {
        let limit = limits
            .remove(key)
            .ok_or_else(|| format!("{} has no limit for {key}", file.display()))?;
        let verdict = if value <= limit { "" } else { "  too much" };
        above += usize::from(value > limit);
        println!("{key:<26} {value:>12.2} {limit:>12.2}{verdict}");
    }
    if let Some(key) = limits.keys().next() {
        return Err(format!("{} has a limit for {key}, which nobody measures", file.display()).into());
    }
    if above == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "\n{above} above their limits in {}. If that is worth it, raise them there and say why; `cargo bench --bench \
         compare` shows what it means beside others.",
        file.display()
    );
    Ok(ExitCode::FAILURE)
}
