//! The rows that C programs measure: ours, libcurl, and a loop over OpenSSL and a socket as the floor.

use std::fs;
use std::path::Path;
use std::time::Instant;

use xtask::Result;

use crate::bench::Bench;
use crate::cost::{self, Work};
use crate::figure::{Figure, Goal, Row};
use crate::pairs::{self, Side};
use crate::placement::Placement;
use crate::program::Program;
use crate::table;

/// The rows with goals.
pub const ROWS: &[Row] = &[
    row(
        "instr_https_1k_vs_libcurl",
        Goal::AtMost(0.55),
        "instructions per GET of 1 KB",
    ),
    row(
        "instr_https_60k_vs_libcurl",
        Goal::AtMost(0.85),
        "instructions per GET of 60 KB",
    ),
    row(
        "p50_https_1k_vs_libcurl",
        Goal::AtMost(0.95),
        "median latency, 1 KB, same core",
    ),
    row(
        "p50_https_60k_vs_libcurl",
        Goal::AtMost(1.05),
        "median latency, 60 KB, same core",
    ),
    row(
        "throughput_8_threads_vs_libcurl",
        Goal::AtLeast(1.2),
        "requests per second, 8 threads, 1 KB",
    ),
    row(
        "batch_8_vs_curl_multi",
        Goal::AtLeast(1.5),
        "pages per second, 8 in flight, 60 KB",
    ),
    row(
        "pages_100_at_20ms_vs_ideal",
        Goal::AtMost(1.05),
        "100 pages of 20 ms, 8 in flight",
    ),
    row(
        "cold_first_get_vs_libcurl",
        Goal::AtMost(0.55),
        "a process with one GET, trusting a CA file",
    ),
    row(
        "cold_first_get_system_roots_vs_libcurl",
        Goal::AtMost(0.25),
        "the same, trusting the system's roots as well",
    ),
    row(
        "rss_after_first_get_mb",
        Goal::AtMost(6.0),
        "resident memory of a C program after a GET",
    ),
    row("lib_so_mb", Goal::AtMost(3.5), "the shared library as it ships"),
];

const fn row(key: &'static str, goal: Goal, what: &'static str) -> Row {
    Row { key, what, goal }
}

/// What is asked for.
pub const SMALL: Work = Work {
    path: "/cloudapi/1.0.0/small",
    short: 100,
    long: 600,
};
/// The same of a page; the cost of 60 KB is as steady with fewer.
pub const PAGE: Work = Work {
    path: "/cloudapi/1.0.0/page",
    short: 50,
    long: 250,
};
const LIST: &str = "/cloudapi/1.0.0/orgs?pageSize=128";
const SLOW_LIST: &str = "/cloudapi/1.0.0/orgs?pageSize=128&delay=20";
const SLOW_PAGE: &str = "/cloudapi/1.0.0/page?delay=20";
/// Where Debian keeps the authorities that the system trusts.
const SYSTEM_ROOTS: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The program of ours.
pub fn ours(bench: &Bench) -> Result<Program> {
    Program::compile(bench, "ours", &["client.c", "ours.c"], &["vcdrest"])
}

/// Measures what is asked for of the rows.
pub fn measure(bench: &Bench) -> Vec<Figure> {
    let mut figures = Vec::new();
    match Sides::new(bench) {
        Ok(sides) => {
            let suites: &[(&[&str], Suite)] = &[
                (&["instr_https_1k_vs_libcurl"], |sides| sides.costs("1k", SMALL)),
                (&["instr_https_60k_vs_libcurl"], |sides| sides.costs("60k", PAGE)),
                (&["p50_https_1k_vs_libcurl"], |sides| {
                    sides.latency("1k", SMALL.path, 2_000)
                }),
                (&["p50_https_60k_vs_libcurl"], |sides| {
                    sides.latency("60k", PAGE.path, 1_000)
                }),
                (&["throughput_8_threads_vs_libcurl"], |sides| sides.throughput()),
                (&["batch_8_vs_curl_multi"], |sides| sides.batch()),
                (&["pages_100_at_20ms_vs_ideal"], |sides| sides.slow_pages()),
                (&["cold_first_get_vs_libcurl"], |sides| {
                    sides.cold("cold_first_get_vs_libcurl", "first", sides.bench.server().ca_file())
                }),
                (&["cold_first_get_system_roots_vs_libcurl"], |sides| {
                    sides.cold_with_system_roots()
                }),
                (&["rss_after_first_get_mb"], |sides| sides.memory()),
            ];
            for (keys, suite) in suites {
                if bench.options().wants(keys) {
                    figures.extend(suite(&sides));
                }
            }
        }
        Err(error) => {
            let rows = ROWS
                .iter()
                .filter(|row| row.key != "lib_so_mb" && bench.options().wants(&[row.key]));
            figures.extend(rows.map(|row| Figure {
                key: row.key.to_owned(),
                value: Err(error.to_string()),
            }));
        }
    }
    if bench.options().wants(&["lib_so_mb"]) {
        figures.push(Figure::new("lib_so_mb", library_size(bench)));
    }
    figures
}

type Suite = fn(&Sides) -> Vec<Figure>;

/// Megabytes of the library as it ships.
pub fn library_size(bench: &Bench) -> Result<f64> {
    Ok(fs::metadata(bench.library())?.len() as f64 / 1e6)
}

/// The client programs.
struct Sides<'a> {
    bench: &'a Bench,
    ours: Program,
    libcurl: Program,
    raw: Program,
}

impl<'a> Sides<'a> {
    fn new(bench: &'a Bench) -> Result<Self> {
        Ok(Self {
            bench,
            ours: ours(bench)?,
            libcurl: Program::compile(bench, "libcurl", &["client.c", "libcurl.c"], &["curl"])?,
            raw: Program::compile(bench, "raw", &["client.c", "raw.c"], &["ssl", "crypto"])?,
        })
    }

    /// The same server for everybody.
    fn arguments(&self, mode: &str, path: &str, counts: &[usize]) -> Vec<String> {
        let server = self.bench.server();
        let mut arguments = vec![
            mode.to_owned(),
            server.url(),
            path.to_owned(),
            server.ca_file().display().to_string(),
        ];
        arguments.extend(counts.iter().map(ToString::to_string));
        arguments
    }

    fn number(&self, program: &Program, name: &str, arguments: &[String]) -> Result<f64> {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        program.number(&arguments, name)
    }

    /// Instructions, allocations, system calls and bytes per request.
    fn costs(&self, size: &str, work: Work) -> Vec<Figure> {
        type Cost = fn(&Bench, &Program, Work) -> Result<f64>;
        let costs: [(&str, &str, usize, Cost); 4] = [
            ("instr", "instructions", 1, cost::instructions),
            ("allocations", "allocations", 1, cost::allocations),
            ("syscalls", "system calls", 2, cost::system_calls),
            ("bytes", "bytes on the wire", 1, cost::bytes),
        ];
        let mut figures = Vec::new();
        if let Err(error) = self.bench.place(Placement::SameCore) {
            return vec![Figure::new(format!("instr_https_{size}_vs_libcurl"), Err(error))];
        }
        for (name, what, factor, cost) in costs {
            let programs = [("ours", &self.ours), ("libcurl", &self.libcurl), ("raw", &self.raw)];
            let values: Result<Vec<f64>> = programs
                .iter()
                .map(|(_, program)| cost(self.bench, program, work.times(factor)))
                .collect();
            let key = format!("{name}_https_{size}");
            match values {
                Ok(values) => {
                    table::note(&format!(
                        "{what} per GET of {size}: ours {:.1}, libcurl {:.1}, raw {:.1}",
                        values[0], values[1], values[2]
                    ));
                    figures.push(Figure::new(format!("{key}_vs_libcurl"), Ok(values[0] / values[1])));
                    figures.push(Figure::new(format!("{key}_vs_raw"), Ok(values[0] / values[2])));
                    figures.push(Figure::new(key, Ok(values[0])));
                }
                Err(error) => figures.push(Figure::new(format!("{key}_vs_libcurl"), Err(error))),
            }
        }
        figures
    }

    /// Medians of requests one after the other, client and server on one core.
    fn latency(&self, size: &str, path: &str, count: usize) -> Vec<Figure> {
        let key = format!("p50_https_{size}");
        if let Err(error) = self.bench.place(Placement::SameCore) {
            return vec![Figure::new(format!("{key}_vs_libcurl"), Err(error))];
        }
        let arguments = self.arguments("get", path, &[count, 200]);
        let of = |program: &Program| self.number(program, "p50_us ", &arguments);
        let sides: [(&str, Side); 3] = [
            ("ours", &|| of(&self.ours)),
            ("libcurl", &|| of(&self.libcurl)),
            ("raw", &|| of(&self.raw)),
        ];
        let rounds = self.bench.options().choose(31, 9);
        let mut figures = match pairs::measure(&format!("median of a GET of {size}"), "us", rounds, &sides) {
            Ok(measured) => vec![
                Figure::new(format!("{key}_vs_libcurl"), Ok(measured.ratios[0].median)),
                Figure::new(format!("{key}_vs_raw"), Ok(measured.ratios[1].median)),
                Figure::new(format!("{key}_us"), Ok(measured.first)),
            ],
            Err(error) => vec![Figure::new(format!("{key}_vs_libcurl"), Err(error))],
        };
        let against_python = Program::python("requests_client.py").and_then(|python| {
            let arguments = self.arguments("get", path, &[300, 50]);
            let sides: [(&str, Side); 2] = [
                ("ours", &|| of(&self.ours)),
                ("requests", &|| self.number(&python, "p50_us ", &arguments)),
            ];
            let rounds = self.bench.options().choose(5, 3);
            pairs::measure(
                &format!("the same beside Python's requests, {size}"),
                "us",
                rounds,
                &sides,
            )
        });
        figures.push(Figure::new(
            format!("{key}_vs_requests"),
            against_python.map(|measured| measured.ratios[0].median),
        ));
        figures
    }

    /// Eight threads, with the server on a core of its own.
    fn throughput(&self) -> Vec<Figure> {
        let count = self.bench.options().choose(3_000, 1_500);
        let arguments = self.arguments("threads", SMALL.path, &[count, 8]);
        let measured = self.on_two_cores(|| {
            let of = |program: &Program| self.number(program, "per_second ", &arguments);
            let sides: [(&str, Side); 3] = [
                ("ours", &|| of(&self.ours)),
                ("libcurl", &|| of(&self.libcurl)),
                ("raw", &|| of(&self.raw)),
            ];
            pairs::measure("GETs of 1 KB by 8 threads", "per second", self.rounds(), &sides)
        });
        let key = "throughput_8_threads_vs_libcurl";
        match measured {
            Ok(measured) => vec![
                Figure::new(key, Ok(measured.ratios[0].median)),
                Figure::new("throughput_8_threads_vs_raw", Ok(measured.ratios[1].median)),
                Figure::new("throughput_8_threads_per_second", Ok(measured.first)),
            ],
            Err(error) => vec![Figure::new(key, Err(error))],
        }
    }

    /// Pages of a list, eight in flight.
    fn batch(&self) -> Vec<Figure> {
        let arguments = self.arguments("batch", LIST, &[400]);
        let measured = self.on_two_cores(|| {
            let of = |program: &Program| {
                let taken = self.number(program, "batch_ms ", &arguments)?;
                Ok(400.0 / taken * 1e3)
            };
            let sides: [(&str, Side); 2] = [("ours", &|| of(&self.ours)), ("curl_multi", &|| of(&self.libcurl))];
            pairs::measure("pages of 60 KB, 8 in flight", "per second", self.rounds(), &sides)
        });
        let key = "batch_8_vs_curl_multi";
        match measured {
            Ok(measured) => vec![
                Figure::new(key, Ok(measured.ratios[0].median)),
                Figure::new("batch_8_pages_per_second", Ok(measured.first)),
            ],
            Err(error) => vec![Figure::new(key, Err(error))],
        }
    }

    /// The ideal is as many times the floor's time for one page as eight connections need for a hundred pages.
    fn slow_pages(&self) -> Vec<Figure> {
        let (list, page) = (
            self.arguments("batch", SLOW_LIST, &[100]),
            self.arguments("get", SLOW_PAGE, &[10, 2]),
        );
        let measured = self.on_two_cores(|| {
            let of = |program: &Program| self.number(program, "batch_ms ", &list);
            let sides: [(&str, Side); 3] = [
                ("ours", &|| of(&self.ours)),
                ("ideal", &|| {
                    let one = self.number(&self.raw, "p50_us ", &page)?;
                    Ok(f64::from(100_u32.div_ceil(8)) * one / 1e3)
                }),
                ("curl_multi", &|| of(&self.libcurl)),
            ];
            let rounds = self.bench.options().choose(9, 5);
            pairs::measure("100 pages of 20 ms, 8 in flight", "ms", rounds, &sides)
        });
        let key = "pages_100_at_20ms_vs_ideal";
        match measured {
            Ok(measured) => vec![
                Figure::new(key, Ok(measured.ratios[0].median)),
                Figure::new("pages_100_at_20ms_vs_curl_multi", Ok(measured.ratios[1].median)),
                Figure::new("pages_100_at_20ms_ms", Ok(measured.first)),
            ],
            Err(error) => vec![Figure::new(key, Err(error))],
        }
    }

    /// Whole processes, from their start to their end.
    fn cold(&self, key: &str, mode: &str, ca_file: &Path) -> Vec<Figure> {
        let mut arguments = self.arguments(mode, SMALL.path, &[]);
        let ours = arguments.clone();
        // libcurl takes one file.
        arguments[3] = ca_file.display().to_string();
        let of = |program: &Program, arguments: &[String]| {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            program.milliseconds(&arguments)
        };
        let measured = self.on_two_cores(|| {
            let sides: [(&str, Side); 2] = [
                ("ours", &|| of(&self.ours, &ours)),
                ("libcurl", &|| of(&self.libcurl, &arguments)),
            ];
            let rounds = self.bench.options().choose(41, 15);
            pairs::measure(&format!("process with one GET ({mode})"), "ms", rounds, &sides)
        });
        match measured {
            Ok(measured) => vec![
                Figure::new(key, Ok(measured.ratios[0].median)),
                Figure::new(key.replace("_vs_libcurl", "_ms"), Ok(measured.first)),
            ],
            Err(error) => vec![Figure::new(key, Err(error))],
        }
    }

    fn cold_with_system_roots(&self) -> Vec<Figure> {
        let key = "cold_first_get_system_roots_vs_libcurl";
        match self.bundle() {
            Ok(bundle) => self.cold(key, "first-system", Path::new(&bundle)),
            Err(error) => vec![Figure::new(key, Err(error))],
        }
    }

    /// The system's roots and the server's CA in one file.
    fn bundle(&self) -> Result<String> {
        let roots = fs::read_to_string(SYSTEM_ROOTS).map_err(|error| format!("{SYSTEM_ROOTS}: {error}"))?;
        let file = self.bench.folder().join("system-and-ca.pem");
        fs::write(&file, roots + &fs::read_to_string(self.bench.server().ca_file())?)?;
        Ok(file.display().to_string())
    }

    fn memory(&self) -> Vec<Figure> {
        let arguments = self.arguments("memory", SMALL.path, &[]);
        let of = |program: &Program| Ok(self.number(program, "resident_kb ", &arguments)? * 1024.0 / 1e6);
        let sides: [(&str, Side); 2] = [("ours", &|| of(&self.ours)), ("libcurl", &|| of(&self.libcurl))];
        let key = "rss_after_first_get_mb";
        match pairs::measure("resident after a GET", "MB", 5, &sides) {
            Ok(measured) => vec![
                Figure::new(key, Ok(measured.first)),
                Figure::new("rss_after_first_get_vs_libcurl", Ok(measured.ratios[0].median)),
            ],
            Err(error) => vec![Figure::new(key, Err(error))],
        }
    }

    fn rounds(&self) -> usize {
        self.bench.options().choose(15, 7)
    }

    /// With the server on a core of its own. Says how much of it the server has used, since it must not be what limits.
    fn on_two_cores<T>(&self, measure: impl FnOnce() -> Result<T>) -> Result<T> {
        self.bench.place(Placement::TwoCores)?;
        let (began, computed) = (Instant::now(), self.bench.server().thread().seconds());
        let measured = measure()?;
        let share = (self.bench.server().thread().seconds() - computed) / began.elapsed().as_secs_f64();
        table::note(&format!("    the server computed {:.0} % of the time", share * 100.0));
        Ok(measured)
    }
}
