//! A PowerShell that knows a simulator, for tests of the module.

#![allow(dead_code, reason = "each test binary uses what it needs")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use vcd_simulator::{Config, Simulator};
use xtask::{Language, Runner};

/// Long enough for a slow machine that does other things meanwhile.
pub const LIMIT: Duration = Duration::from_secs(1800);

/// Variables that would change what the module does, were they set in the environment of the tests.
const OTHER_VARIABLES: [&str; 7] = [
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "https_proxy",
    "http_proxy",
    "all_proxy",
    "VCDREST_LOG_FILE",
];

/// A PowerShell, the module, a simulator, and a home of its own.
pub struct Lab {
    runner: Runner,
    powershell: PathBuf,
    pub folder: PathBuf,
    pub module: PathBuf,
    pub simulator: Simulator,
}

impl Lab {
    /// Sets it up with the library of this test run; `None`, and a line that says so, if PowerShell or one of its
    /// modules is missing.
    pub fn new(name: &str, needs: &str) -> Option<Self> {
        let powershell = powershell_with(needs, &format!("PowerShell, {name}"), 1)?;
        let folder = empty_folder(name);
        let runner = Runner::host().expect("tests run where the library does");
        let module = xtask::stage_module(&[(runner.platform(), &xtask::test_library())], &folder.join("module"));
        Some(Self {
            runner,
            powershell,
            folder,
            module: module.expect("the module can be staged"),
            simulator: simulator(),
        })
    }

    /// Sets it up with a PowerShell that is run by something else, and a module that lies in the folder already.
    pub fn elsewhere(runner: Runner, powershell: PathBuf, folder: PathBuf, module: PathBuf) -> Self {
        Self {
            runner,
            powershell,
            folder,
            module,
            simulator: simulator(),
        }
    }

    /// The Pester tests.
    pub fn tests(&self) -> PathBuf {
        xtask::repository().join("tests").join("powershell")
    }

    /// A path as that PowerShell knows it.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.runner.path(path)
    }

    /// A PowerShell that knows the simulator.
    pub fn command(&self) -> Command {
        self.prepared(self.runner.script(&self.powershell))
    }

    /// A PowerShell that knows the simulator and runs a script, which stops at its first error.
    pub fn script(&self, text: &str) -> Command {
        let file = self.folder.join("script.ps1");
        fs::write(&file, format!("$ErrorActionPreference = 'Stop'\n{text}\n")).expect("it can be written");
        let mut command = self.command();
        command.arg("-File").arg(self.path(&file));
        command
    }

    /// The same as [`Lab::command`], also if this process was started in a way that makes its children deaf to Ctrl+C, as a shell does
    /// that starts something in the background.
    pub fn interruptible(&self) -> Command {
        let mut env = Command::new("env");
        env.arg("--default-signal=INT");
        if !Command::new("env")
            .args(["--default-signal=INT", "true"])
            .output()
            .is_ok_and(|output| output.status.success())
        {
            return self.command();
        }
        env.arg(&self.powershell);
        self.prepared(env)
    }

    fn prepared(&self, mut command: Command) -> Command {
        command.args(["-NoLogo", "-NoProfile", "-NonInteractive"]);
        if cfg!(windows) {
            command.args(["-ExecutionPolicy", "Bypass"]);
        }
        command
            // What PowerShell leaves behind where it has no home lands here.
            .current_dir(&self.folder)
            .env("VCDREST_TEST_MODULE", self.path(&self.module))
            .env("VCDREST_TEST_URL", self.simulator.url())
            .env("VCDREST_TEST_PLAIN_URL", self.simulator.plain_url())
            .env("VCDREST_TEST_CA", self.path(self.simulator.ca_file()))
            .env("VCDREST_TEST_CONTROL", self.simulator.control_url())
            .env("VCDREST_TEST_FINGERPRINT", self.simulator.fingerprint())
            .env("VCDREST_TEST_TENANT_TOKEN", self.simulator.tenant_token())
            .env("VCDREST_TEST_PROVIDER_TOKEN", self.simulator.provider_token())
            .env("POWERSHELL_TELEMETRY_OPTOUT", "1")
            .env("POWERSHELL_UPDATECHECK", "Off");
        for name in OTHER_VARIABLES {
            command.env_remove(name);
        }
        if self.runner.platform().is_host() {
            let home = self.folder.join("home");
            fs::create_dir_all(&home).expect("the folder can be made");
            command.env("HOME", &home).env("XDG_CACHE_HOME", home.join("cache"));
        }
        command
    }

    /// Runs Pester tests but those with one of the tags, each path in a PowerShell of its own that has so much time, shows
    /// what they say, and fails unless all of them ran and passed.
    pub fn pester(&self, what: &str, paths: &[PathBuf], without: &[&str], limit: Duration) {
        let mut sums = [0; 5];
        let mut skipped_tests = Vec::new();
        for path in paths {
            let result = self.pester_process(what, path, without, limit);
            let count = |name: &str| result[name].as_u64().expect("run.ps1 writes numbers");
            let counts = ["passed", "failed", "skipped", "notRun", "total"].map(count);
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
            let names = result["skippedTests"].as_array().expect("run.ps1 writes a list");
            skipped_tests.extend(names.iter().map(|name| name.as_str().unwrap_or_default().to_owned()));
        }
        let [passed, failed, skipped, not_run, total] = sums;
        say(&format!(
            "{what}: {passed} passed, {failed} failed, {skipped} skipped, {not_run} not applicable"
        ));
        assert_eq!(failed, 0, "{what}: tests failed");
        assert!(passed > 0, "{what}: no test ran");
        assert_eq!(passed + skipped + not_run, total, "{what}: tests are missing");
        assert_eq!(skipped_tests.len() as u64, skipped);
        for name in skipped_tests {
            xtask::skip(&name, "what it needs is not here", 1);
        }
    }

    /// Runs the tests of a path, and returns what came of them.
    fn pester_process(&self, what: &str, path: &Path, without: &[&str], limit: Duration) -> serde_json::Value {
        let place = path.display();
        let result = self.folder.join("result.json");
        // That of the path before would pass for this one's.
        let _ = fs::remove_file(&result);
        let mut command = self.command();
        command
            .arg("-File")
            .arg(self.path(&self.tests().join("run.ps1")))
            .arg("-Path")
            .arg(self.path(path))
            .arg("-ExcludeTag")
            .arg(without.join(";"))
            .env("VCDREST_TEST_RESULT", self.path(&result));
        if let Some(library) = self.other_abi() {
            command.env("VCDREST_TEST_OTHER_ABI", self.path(&library));
        }
        let began = Instant::now();
        let finished = xtask::run_limited(&mut command, limit).expect("PowerShell starts");
        println!("{}{}", finished.stdout, finished.stderr);
        println!("{place}: {} s\n", began.elapsed().as_secs());
        // Pester names a test when it has ended.
        assert!(
            finished.status.is_some(),
            "{what}: {place} did not end within {} s; it hangs after: {}",
            limit.as_secs(),
            finished.stdout.lines().last().unwrap_or("it was started").trim()
        );
        let text = fs::read(&result).unwrap_or_else(|error| panic!("{what}: {place}: Pester left no result: {error}"));
        let result: serde_json::Value = serde_json::from_slice(&text).expect("run.ps1 writes JSON");
        // It ends with the number of tests that failed.
        assert!(
            finished.succeeded() || result["failed"] != 0,
            "{what}: {place}: PowerShell ended with {:?}",
            finished.status
        );
        result
    }

    /// A library that has nothing but another ABI number, where it can be made.
    fn other_abi(&self) -> Option<PathBuf> {
        let compiler = Language::C.compiler(self.runner.platform())?;
        // With an extension: a compiler for Windows would add its own.
        let library = self.folder.join("other-abi.dll");
        let source = self.tests().join("other_abi.c");
        let made = Command::new(compiler)
            .args(["-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(source)
            .status();
        made.is_ok_and(|status| status.success()).then_some(library)
    }
}

/// PowerShell, if it has a module; else `None`, and a line that says so.
pub fn powershell_with(needs: &str, what: &str, count: usize) -> Option<PathBuf> {
    let Some(powershell) = xtask::find_powershell() else {
        xtask::skip(what, "there is no PowerShell in the path", count);
        return None;
    };
    let present = Command::new(&powershell)
        .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"])
        .arg(format!("@(Get-Module -ListAvailable -Name {needs}).Count"))
        .output()
        .expect("PowerShell starts");
    if String::from_utf8_lossy(&present.stdout).trim() == "0" {
        xtask::skip(what, &format!("PowerShell has no module {needs}"), count);
        return None;
    }
    Some(powershell)
}

/// The folder of a test, empty.
pub fn empty_folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(env!("CARGO_CRATE_NAME"))
        .join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            panic!("{}: {error}", folder.display())
        }
        _ => fs::create_dir_all(&folder).expect("the folder can be made"),
    }
    folder
}

/// The server of the tests.
pub fn simulator() -> Simulator {
    // More than two of the largest pages.
    let config = Config {
        organizations: 300,
        ..Config::default()
    };
    Simulator::start(config).expect("the simulator starts")
}

/// Past the test harness, which keeps to itself what is printed in a test that passes.
pub fn say(line: &str) {
    // A closed standard error is no reason to fail a test.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
