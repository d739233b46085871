//! Which cores the server and the clients have.

use std::fs;
use std::process::Command;

use xtask::Result;

/// Where they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// All on one core: nothing is woken across cores, and ratios are steady.
    SameCore,
    /// The server on a core of its own, the clients on another.
    TwoCores,
    /// Wherever the system puts them.
    Anywhere,
}

impl Placement {
    /// The cores of the server and of the clients, as `taskset` takes them.
    pub fn cores(self, count: usize) -> Result<(String, String)> {
        let all = format!("0-{}", count - 1);
        Ok(match self {
            Self::SameCore => ("0".to_owned(), "0".to_owned()),
            Self::TwoCores if count < 2 => return Err("there is but one core, and the server needs its own".into()),
            Self::TwoCores => ("1".to_owned(), "0".to_owned()),
            Self::Anywhere => (all.clone(), all),
        })
    }
}

/// A thread of this process. What it starts runs where it runs.
#[derive(Debug, Clone)]
pub struct Thread {
    number: String,
}

impl Thread {
    /// The one that asks.
    pub fn current() -> std::io::Result<Self> {
        let thread = fs::read_link("/proc/thread-self")?;
        let number = thread.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { number })
    }

    /// Keeps it to these cores.
    pub fn keep_to(&self, cores: &str) -> Result<()> {
        let output = Command::new("taskset")
            .args(["--pid", "--cpu-list", cores, &self.number])
            .output();
        let output = output.map_err(|error| format!("taskset (of util-linux) cannot be run: {error}"))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(format!("taskset: {}", String::from_utf8_lossy(&output.stderr).trim()).into())
        }
    }

    /// How long it has computed so far, in seconds, to a hundredth.
    pub fn seconds(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/self/task/{}/stat", self.number)).unwrap_or_default();
        // Behind the name, which may have spaces: user and system time are the 12th and 13th.
        let fields = status.rsplit(") ").next().unwrap_or_default();
        let ticks = fields
            .split(' ')
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<f64>().ok());
        ticks.sum::<f64>() / 100.0
    }
}
