//! A client program: compiled and run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use xtask::Result;

use crate::bench::Bench;

/// Longer than any of them takes, under valgrind as well.
const LIMIT: Duration = Duration::from_secs(120);

/// A program that talks to the server.
#[derive(Debug, Clone)]
pub struct Program {
    start: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

impl Program {
    /// Compiles C sources of this folder, with optimisation.
    pub fn compile(bench: &Bench, name: &str, sources: &[&str], libraries: &[&str]) -> Result<Self> {
        let compiler = xtask::find_c_compiler().ok_or("there is no C compiler")?;
        let (staged, program) = (bench.staged(), bench.folder().join(name));
        let lib = staged.join("lib");
        let output = Command::new(&compiler)
            .args([
                "-std=c99",
                "-O2",
                "-g",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-D_GNU_SOURCE",
                "-pthread",
                "-I",
            ])
            .arg(staged.join("include"))
            .args(sources.iter().map(|source| sources_folder().join(source)))
            .arg("-o")
            .arg(&program)
            .arg("-L")
            .arg(&lib)
            .arg(format!("-Wl,-rpath,{}", lib.display()))
            .args(libraries.iter().map(|library| format!("-l{library}")))
            .output()?;
        if output.status.success() {
            Ok(Self {
                start: vec![program.display().to_string()],
                environment: Vec::new(),
            })
        } else {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(format!("{name} does not compile (libcurl4-openssl-dev and libssl-dev are needed): {said}").into())
        }
    }

    /// A Python script of this folder, for the first Python in the path that has a module.
    pub fn python(name: &str, module: &str) -> Result<Self> {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let python = std::env::split_paths(&folders)
            .map(|folder| folder.join("python3"))
            .find(|python| {
                let imported = Command::new(python)
                    .args(["-c", &format!("import {module}")])
                    .stderr(Stdio::null())
                    .status();
                imported.is_ok_and(|status| status.success())
            });
        let python = python.ok_or_else(|| format!("there is no python3 in the path with {module}"))?;
        Ok(Self {
            start: vec![
                python.display().to_string(),
                sources_folder().join(name).display().to_string(),
            ],
            environment: Vec::new(),
        })
    }

    /// PowerShell, which is still to be told its script.
    pub fn powershell() -> Result<Self> {
        let powershell = xtask::find_in_path("pwsh").ok_or("there is no pwsh")?;
        let words = ["-NoLogo", "-NoProfile", "-NonInteractive", "-File"];
        let words = words.iter().map(ToString::to_string);
        Ok(Self {
            start: [powershell.display().to_string()].into_iter().chain(words).collect(),
            environment: Vec::new(),
        })
    }

    /// The same with a script of this folder.
    pub fn script(&self, name: &str) -> Self {
        let mut with = self.clone();
        with.start.push(sources_folder().join(name).display().to_string());
        with
    }

    /// The same with an environment variable.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut with = self.clone();
        with.environment.push((name, value.to_owned()));
        with
    }

    /// The same, run by another program.
    pub fn under(&self, words: &[&str]) -> Self {
        let words = words.iter().map(ToString::to_string);
        Self {
            start: words.chain(self.start.iter().cloned()).collect(),
            environment: self.environment.clone(),
        }
    }

    /// Runs it to its good end, and returns what it printed, first to standard output.
    pub fn run(&self, arguments: &[&str]) -> Result<(String, String)> {
        let mut command = Command::new(&self.start[0]);
        command.args(&self.start[1..]).args(arguments);
        for (name, _) in std::env::vars_os() {
            // Proxies and logs would get into the way; the Cargo that runs us leads to its own libraries.
            let name = name.to_string_lossy();
            if name.to_ascii_lowercase().ends_with("_proxy")
                || name.starts_with("VCDREST_")
                || name == "LD_LIBRARY_PATH"
            {
                command.env_remove(&*name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let finished = xtask::run_limited(&mut command, LIMIT)?;
        if finished.succeeded() {
            Ok((finished.stdout, finished.stderr))
        } else {
            Err(format!(
                "{} {}: {}: {}",
                self.start.join(" "),
                arguments.join(" "),
                finished
                    .status
                    .map_or_else(|| "killed when its time was up".to_owned(), |status| status.to_string()),
                finished.stderr.trim()
            )
            .into())
        }
    }

    /// Runs it and returns a number that it printed as `name value`.
    pub fn number(&self, arguments: &[&str], name: &str) -> Result<f64> {
        let (printed, _) = self.run(arguments)?;
        let number = printed
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        Ok(number.ok_or_else(|| format!("{} does not print '{name}': {printed}", self.start.join(" ")))?)
    }

    /// Runs it and returns how many milliseconds that took, from its start to its end.
    pub fn milliseconds(&self, arguments: &[&str]) -> Result<f64> {
        let started = Instant::now();
        self.run(arguments)?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }
}

/// Where the client programs lie.
fn sources_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compare")
}
