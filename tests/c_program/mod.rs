//! A C or C++ program of `tests/c`: compiled against the header and the library as a package lays them out, and run
//! against a simulator.

#![allow(dead_code, reason = "each test binary uses what it needs")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use vcd_simulator::{Config, Simulator};
use xtask::{Finished, Language};

pub fn simulator() -> Simulator {
    Simulator::start(Config::default()).expect("the simulator starts")
}

/// A program with everything that it wants to know in its environment, and nothing that would mislead the library.
pub fn command(program: &Path, simulator: &Simulator) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.to_ascii_lowercase().ends_with("_proxy") || name.starts_with("VCDREST_LOG") {
            command.env_remove(&*name);
        }
    }
    let password = |org: &str, user: &str| simulator.user_password(org, user).expect("the user has a password");
    command
        .env("VCD_URL", simulator.url())
        .env("VCD_PLAIN_URL", simulator.plain_url())
        .env("VCD_CONTROL_URL", simulator.control_url())
        .env("VCD_CA_FILE", simulator.ca_file())
        .env("VCD_FINGERPRINT", simulator.fingerprint())
        .env("VCD_ORG", "Tyrell")
        .env("VCD_API_TOKEN", simulator.tenant_token())
        .env("VCD_PASSWORD", password("Tyrell", "roy"))
        .env("VCD_PROVIDER_TOKEN", simulator.provider_token())
        .env("VCD_PROVIDER_PASSWORD", password("System", "administrator"))
        .env("VCD_EXPECTED_VERSION", env!("CARGO_PKG_VERSION"))
        .env("VCD_LIBRARY", xtask::test_library());
    command
}

/// The program made from a source file, or `None`, and a line about it, where there is no compiler.
pub fn compiled(what: &str, language: Language, source: &Path, linked: bool) -> Option<PathBuf> {
    if language.compiler().is_none() {
        xtask::skip(what, "there is no compiler for it", 1);
        return None;
    }
    // Each test has a program of its own, since they run at the same time.
    let name: String = what
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    let program = staged().join(name);
    xtask::compile(language, source, staged(), linked, &program).unwrap_or_else(|error| panic!("{error}"));
    Some(program)
}

/// The header and the library of this test run.
pub fn staged() -> &'static Path {
    static STAGED: OnceLock<PathBuf> = OnceLock::new();
    STAGED.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
        let host = xtask::Platform::host().expect("tests run where the library does");
        xtask::stage_c(host, &xtask::test_library(), &folder).expect("the library can be staged");
        folder
    })
}

pub fn code(finished: &Finished) -> Option<i32> {
    finished.status.and_then(|status| status.code())
}

/// An empty folder of a test, which goes with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("vcdrest-{}-{}-{number}", env!("CARGO_CRATE_NAME"), std::process::id());
        let path = std::env::temp_dir().join(name);
        // One of an earlier process with the same number; mostly there is none.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("a folder can be made");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}
