//! What the command line asks for.

/// How to use it.
const HELP: &str = "\
Usage: cargo bench --bench compare -- [--quick] [--only KEY…] [--check] [--serve]

  --quick      fewer repetitions: ends in under two minutes
  --only KEY…  only the rows of these keys, and what is measured along with them
  --check      only the costs that do not depend on how busy the machine is, against benches/limits.json; fails if one
               is higher
  --serve      only the server, until standard input ends: for a profiler, or for another client
";

/// The options.
#[derive(Debug, Default)]
pub struct Options {
    /// Fewer repetitions.
    pub quick: bool,
    /// Only rows of these keys; all if empty.
    only: Vec<String>,
    /// Compare with the committed limits instead of with others.
    pub check: bool,
    /// Measure nothing; serve.
    pub serve: bool,
}

impl Options {
    /// Reads the arguments, or says how to use them.
    pub fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut in_only = false;
        for argument in arguments {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--check" => options.check = true,
                "--serve" => options.serve = true,
                "--only" => in_only = true,
                // What `cargo bench` passes to every benchmark.
                "--bench" => {}
                key if in_only && !key.starts_with('-') => options.only.push(key.to_owned()),
                other => return Err(format!("there is no option '{other}'\n\n{HELP}")),
            }
        }
        if in_only && options.only.is_empty() {
            return Err(format!("--only names no key\n\n{HELP}"));
        }
        Ok(options)
    }

    /// Whether one of these figures is asked for.
    pub fn wants(&self, keys: &[&str]) -> bool {
        self.only.is_empty() || keys.iter().any(|key| self.only.iter().any(|only| only == key))
    }

    /// What was asked for by name.
    pub fn only(&self) -> &[String] {
        &self.only
    }

    /// A number of repetitions: the first, or the second where it has to be quick.
    pub fn choose<T>(&self, usual: T, quick: T) -> T {
        if self.quick { quick } else { usual }
    }
}
