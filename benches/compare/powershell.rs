//! The rows that PowerShell measures: the module beside `Invoke-RestMethod`.

use std::env;
use std::fs;
use std::path::PathBuf;

use xtask::{Platform, Result};

use crate::bench::Bench;
use crate::figure::{Figure, Goal, Row};
use crate::pairs::{self, Side};
use crate::program::Program;
use crate::statistics::Summary;
use crate::table;

/// The rows with goals.
pub const ROWS: &[Row] = &[
    row(
        "ps_cold_script_vs_blog",
        0.65,
        "a process: import, connect, list / the blog's script",
    ),
    row(
        "ps_warm_small_vs_irm",
        0.45,
        "GET of 0.5 KB / Invoke-RestMethod -WebSession",
    ),
    row(
        "ps_warm_small_vs_blog_irm",
        0.10,
        "the same / Invoke-RestMethod as the blog calls it",
    ),
    row(
        "ps_warm_page_vs_irm",
        0.35,
        "GET of 128 organizations as objects / Invoke-RestMethod -WebSession",
    ),
    row(
        "ps_all_pages_0ms_vs_irm",
        0.35,
        "12,800 organizations by -All / a loop with -WebSession",
    ),
    row("ps_all_pages_20ms_vs_irm", 0.12, "the same, a page takes 20 ms"),
    row("ps_import_vs_empty", 1.20, "a process with the import / an empty one"),
    row("ps_add_memory_mb", 10.0, "peak of the script less that of the blog's"),
];

const fn row(key: &'static str, limit: f64, what: &'static str) -> Row {
    Row {
        key,
        what,
        goal: Goal::AtMost(limit),
    }
}

/// What is measured within one process: rounds, calls in a round, and calls before; usual and quick.
const WARM: &[(&str, [usize; 3], [usize; 3])] = &[
    ("ps_warm_small_vs_irm", [60, 50, 2_000], [20, 50, 1_000]),
    ("ps_warm_small_vs_blog_irm", [40, 20, 1_000], [15, 20, 400]),
    ("ps_warm_page_vs_irm", [60, 10, 400], [20, 10, 200]),
    ("ps_all_pages_0ms_vs_irm", [11, 1, 2], [5, 1, 1]),
    ("ps_all_pages_20ms_vs_irm", [7, 1, 1], [3, 1, 1]),
];

/// The server takes any.
const TOKEN: &str = "0123456789abcdefghijklmnopqrstuv";

/// Measures what is asked for of the rows.
pub fn measure(bench: &Bench) -> Vec<Figure> {
    let wanted = ROWS.iter().filter(|row| bench.options().wants(&[row.key]));
    match PowerShell::new(bench) {
        Ok(powershell) => wanted.flat_map(|row| powershell.measure(row.key)).collect(),
        Err(error) => wanted
            .map(|row| Figure::new(row.key, Err(error.to_string().into())))
            .collect(),
    }
}

/// PowerShell with the module as a package has it: the interop compiled, the library as it ships.
struct PowerShell<'a> {
    bench: &'a Bench,
    program: Program,
    module: String,
}

impl<'a> PowerShell<'a> {
    fn new(bench: &'a Bench) -> Result<Self> {
        if env::var_os("VCDREST_REFERENCE_ASSEMBLIES").is_none_or(|value| value.is_empty()) {
            return Err("the module's interop is to be compiled as a package has it, and VCDREST_REFERENCE_ASSEMBLIES names no folder of reference assemblies for that".into());
        }
        let folder = bench.folder().join("powershell");
        let (home, certificates) = (folder.join("home"), folder.join("no-certificates"));
        fs::create_dir_all(&home)?;
        fs::create_dir_all(&certificates)?;
        let module = xtask::stage_module(&[(Platform::host()?, bench.library())], &folder)?;
        // The authority is trusted the same way by both sides, and no other.
        let program = Program::powershell()?
            .with("SSL_CERT_FILE", &bench.server().ca_file().display().to_string())
            .with("SSL_CERT_DIR", &certificates.display().to_string())
            .with("HOME", &home.display().to_string())
            .with("POWERSHELL_TELEMETRY_OPTOUT", "1")
            .with("POWERSHELL_UPDATECHECK", "Off");
        Ok(Self {
            bench,
            program,
            module: module.display().to_string(),
        })
    }

    fn measure(&self, key: &str) -> Vec<Figure> {
        match key {
            "ps_cold_script_vs_blog" => self.cold(key),
            "ps_import_vs_empty" => self.import(key),
            "ps_add_memory_mb" => vec![Figure::new(key, self.memory())],
            _ => self.warm(key),
        }
    }

    fn script(&self, name: &str) -> Program {
        self.program.script(name)
    }

    fn cold(&self, key: &str) -> Vec<Figure> {
        let url = self.bench.server().url();
        let (ours, blog) = (self.script("module.ps1"), self.script("blog.ps1"));
        let sides: [(&str, Side); 2] = [
            ("module", &|| ours.milliseconds(&[&url, "Tyrell", TOKEN, &self.module])),
            ("blog", &|| blog.milliseconds(&[&url, "Tyrell", TOKEN])),
        ];
        self.processes(key, "ps_cold_script_ms", "script", &sides)
    }

    fn import(&self, key: &str) -> Vec<Figure> {
        let (import, empty) = (self.script("import.ps1"), self.script("empty.ps1"));
        let sides: [(&str, Side); 2] = [
            ("import", &|| import.milliseconds(&[&self.module])),
            ("empty", &|| empty.milliseconds(&[&self.module])),
        ];
        self.processes(key, "ps_import_ms", "import", &sides)
    }

    fn processes(&self, key: &str, first: &str, what: &str, sides: &[(&str, Side); 2]) -> Vec<Figure> {
        let rounds = self.bench.options().choose(31, 9);
        match pairs::measure(&format!("process, {what}"), "ms", rounds, sides) {
            Ok(measured) => vec![
                Figure::new(key, Ok(measured.ratios[0].median)),
                Figure::new(first, Ok(measured.first)),
            ],
            Err(error) => vec![Figure::new(key, Err(error))],
        }
    }

    /// The difference of the medians, in MB.
    fn memory(&self) -> Result<f64> {
        let url = self.bench.server().url();
        let (ours, blog) = (self.script("module.ps1"), self.script("blog.ps1"));
        let status = self.bench.folder().join("powershell").join("status.txt");
        let file = status.display().to_string();
        let peak = |program: &Program, arguments: &[&str]| {
            program.run(arguments)?;
            peak_mb(&status)
        };
        let rounds = self.bench.options().choose(9, 5);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            first.push(peak(&ours, &[&url, "Tyrell", TOKEN, &self.module, &file])?);
            second.push(peak(&blog, &[&url, "Tyrell", TOKEN, &file])?);
        }
        let (first, second) = (Summary::of(first).median, Summary::of(second).median);
        table::note(&format!("peak memory, MB: module {first:.1}, blog {second:.1}"));
        Ok(first - second)
    }

    fn warm(&self, key: &str) -> Vec<Figure> {
        let Some((_, usual, quick)) = WARM.iter().find(|(known, ..)| *known == key) else {
            return Vec::new();
        };
        let numbers = self
            .bench
            .options()
            .choose(usual, quick)
            .map(|number| number.to_string());
        let url = self.bench.server().url();
        let arguments = [&url, TOKEN, &self.module, key, &numbers[0], &numbers[1], &numbers[2]];
        let measured = self.script("warm.ps1").run(&arguments).and_then(|(printed, _)| {
            let rounds: Vec<(f64, f64)> = printed.lines().filter_map(|line| round(line, key)).collect();
            if rounds.is_empty() {
                return Err(format!("warm.ps1 prints no figures: {printed}").into());
            }
            Ok(rounds)
        });
        match measured {
            Ok(rounds) => {
                let first = Summary::of(rounds.iter().map(|round| round.0).collect());
                let second = Summary::of(rounds.iter().map(|round| round.1).collect());
                let ratio = Summary::of(rounds.iter().map(|round| round.0 / round.1).collect());
                table::note(&format!(
                    "{key}, ms: module {:.3}, Invoke-RestMethod {:.3}",
                    first.median, second.median
                ));
                table::note(&format!(
                    "    ratio {:.3} (half of {} rounds from {:.3} to {:.3})",
                    ratio.median,
                    rounds.len(),
                    ratio.lower,
                    ratio.upper
                ));
                let end = key.find("_vs_").unwrap_or(key.len());
                let mut figures = vec![Figure::new(key, Ok(ratio.median))];
                // One of the two rows of this call has it.
                if !key.ends_with("_vs_blog_irm") {
                    figures.push(Figure::new(format!("{}_ms", &key[..end]), Ok(first.median)));
                }
                figures
            }
            Err(error) => vec![Figure::new(key, Err(error))],
        }
    }
}

/// The two times in a line that the script prints.
fn round(line: &str, key: &str) -> Option<(f64, f64)> {
    let mut words = line.strip_prefix(key)?.split_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// The most memory that a process has had, in a copy of its status.
fn peak_mb(status: &PathBuf) -> Result<f64> {
    let text = fs::read_to_string(status)?;
    let kilobytes = text.lines().find_map(|line| {
        line.strip_prefix("VmHWM:")?
            .trim()
            .strip_suffix("kB")?
            .trim()
            .parse::<f64>()
            .ok()
    });
    Ok(kilobytes.ok_or("the system does not tell the peak of a process")? * 1024.0 / 1e6)
}
