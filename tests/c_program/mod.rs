//! C and C++ programs of `tests` and `examples`: compiled against the header and the library as a package lays them out,
//! and run against a simulator.

#![allow(dead_code, reason = "each test binary uses what it needs")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use vcd_simulator::{CertificateKind, Config, Simulator};
use xtask::{Finished, Language, LibraryKind, Platform, Runner, Sanitizer};

/// Long enough for a slow machine; a program that takes longer hangs.
pub const LIMIT: Duration = Duration::from_secs(300);
/// The same under valgrind, which is some thirty times slower.
const VALGRIND_LIMIT: Duration = Duration::from_secs(900);

/// What runs programs of this machine.
pub fn host() -> &'static Runner {
    static HOST: OnceLock<Runner> = OnceLock::new();
    HOST.get_or_init(|| Runner::host().expect("tests run where the library does"))
}

pub fn simulator() -> Simulator {
    Simulator::start(Config::default()).expect("the simulator starts")
}

/// A program with everything that it wants to know in its environment, and nothing that would mislead the library.
pub fn command(runner: &Runner, program: &Path, simulator: &Simulator) -> Command {
    let mut command = runner.command(program);
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
        .env("VCD_CA_FILE", runner.path(simulator.ca_file()))
        .env("VCD_FINGERPRINT", simulator.fingerprint())
        .env("VCD_ORG", "Tyrell")
        .env("VCD_API_TOKEN", simulator.tenant_token())
        .env("VCD_PASSWORD", password("Tyrell", "roy"))
        .env("VCD_PROVIDER_TOKEN", simulator.provider_token())
        .env("VCD_PROVIDER_PASSWORD", password("System", "administrator"))
        .env("VCD_EXPECTED_VERSION", env!("CARGO_PKG_VERSION"))
        .env("VCD_LIBRARY", runner.path(&staged(runner.platform()).library));
    command
}

/// The program made from a source file, or `None`, and a line about it, where there is no compiler.
pub fn compiled(runner: &Runner, what: &str, language: Language, source: &Path, linked: bool) -> Option<PathBuf> {
    compiled_for(runner, what, language, source, linked, None)
}

fn compiled_for(
    runner: &Runner,
    what: &str,
    language: Language,
    source: &Path,
    linked: bool,
    sanitizer: Option<Sanitizer>,
) -> Option<PathBuf> {
    let platform = runner.platform();
    if language.compiler(platform).is_none() {
        xtask::skip(what, "there is no compiler for it", 1);
        return None;
    }
    let runtime = sanitizer.map(|sanitizer| sanitizer.runtime().unwrap_or_else(|error| panic!("{error}")));
    if runtime.is_some_and(|runtime| runtime.is_none()) {
        xtask::skip(
            what,
            "this Rust toolchain has no runtime for it (those of rustup have)",
            1,
        );
        return None;
    }
    // Each test has a program of its own, since they run at the same time.
    let name: String = what
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    let staged = match sanitizer {
        None => staged(platform),
        Some(sanitizer) => sanitized(sanitizer),
    };
    // On Windows beside the library, where it is looked for first.
    let place = if platform.is_windows() { "bin" } else { "" };
    let program = staged.folder.join(place).join(name + platform.program_suffix());
    match sanitizer {
        None => xtask::compile(platform, language, source, &staged.folder, linked, &program),
        Some(sanitizer) => xtask::compile_sanitized(sanitizer, language, source, &staged.folder, linked, &program),
    }
    .unwrap_or_else(|error| panic!("{error}"));
    Some(program)
}

/// A program for this machine that a sanitizer watches, and the library with it.
pub fn sanitized_program(what: &str, language: Language, source: &Path, sanitizer: Sanitizer) -> Option<PathBuf> {
    compiled_for(host(), what, language, source, true, Some(sanitizer))
}

/// The header and a library, laid out for C programs.
pub struct Staged {
    platform: Platform,
    pub folder: PathBuf,
    pub library: PathBuf,
}

/// Those of this test run: of this machine the library beside the test, of another one the library as it ships.
pub fn staged(platform: Platform) -> &'static Staged {
    static STAGED: Mutex<Vec<&'static Staged>> = Mutex::new(Vec::new());
    let mut all = STAGED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(staged) = all.iter().find(|staged| staged.platform == platform) {
        return staged;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(env!("CARGO_CRATE_NAME"))
        .join(platform.name());
    let library = if platform.is_host() {
        xtask::test_library()
    } else {
        xtask::build_shipped_library(platform, LibraryKind::Shared).unwrap_or_else(|error| panic!("{error}"))
    };
    let place = xtask::stage_c(platform, &library, &folder).expect("the library can be staged");
    let staged = Box::leak(Box::new(Staged {
        platform,
        folder,
        library: place.join(platform.library_file_name()),
    }));
    all.push(staged);
    staged
}

/// The library of this machine with a sanitizer in it, laid out as the others are.
fn sanitized(sanitizer: Sanitizer) -> &'static Staged {
    static ADDRESS: OnceLock<Staged> = OnceLock::new();
    static THREAD: OnceLock<Staged> = OnceLock::new();
    let staged = match sanitizer {
        Sanitizer::Address => &ADDRESS,
        Sanitizer::Thread => &THREAD,
    };
    staged.get_or_init(|| {
        let platform = host().platform();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(env!("CARGO_CRATE_NAME"))
            .join(sanitizer.name());
        let library = xtask::build_sanitized_library(sanitizer).unwrap_or_else(|error| panic!("{error}"));
        let place = xtask::stage_c(platform, &library, &folder).expect("the library can be staged");
        Staged {
            platform,
            folder,
            library: place.join(platform.library_file_name()),
        }
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

/// An example, without a warning, and by the command that stands at its head.
pub struct Example {
    pub program: PathBuf,
    pub simulator: Simulator,
    pub folder: Folder,
}

impl Example {
    /// `None` where it cannot be compiled.
    pub fn new(folder: &str, name: &str, language: Language) -> Option<Example> {
        let extension = if language == Language::C { "c" } else { "cpp" };
        let what = format!("example {name}.{extension}");
        if !cfg!(target_os = "linux") {
            xtask::not_applicable(&what, "its compiler's command is that of Linux", 1);
            return None;
        }
        let source = xtask::repository().join(format!("examples/{folder}/{name}.{extension}"));
        compiled(host(), &what, language, &source, true)?;
        let text = fs::read_to_string(&source).expect("the example can be read");
        let mut lines = text.lines().map(|line| line.trim_start_matches([' ', '*', '/']));
        let line = lines.find_map(|line| line.strip_prefix("cc ").or(line.strip_prefix("c++ ")));
        let line = line.expect("it says how it is compiled");
        let compiler = language.compiler(host().platform()).expect("there is one");
        let folder = Folder::new();
        fs::copy(&source, folder.join(&format!("{name}.{extension}"))).expect("it can be copied");
        // What an installed package makes unnecessary.
        let finished = xtask::run_limited(
            Command::new("sh")
                .args(["-c", &format!("'{}' {line}", compiler.display())])
                .current_dir(folder.path())
                .env("CPATH", staged(host().platform()).folder.join("include"))
                .env("LIBRARY_PATH", staged(host().platform()).folder.join("lib")),
            LIMIT,
        )
        .expect("the compiler starts");
        assert!(finished.succeeded(), "{line}: {finished:?}");
        Some(Example {
            program: folder.join(name),
            simulator: simulator(),
            folder,
        })
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(host(), &self.program, &self.simulator);
        command
            .env("LD_LIBRARY_PATH", staged(host().platform()).folder.join("lib"))
            .current_dir(self.folder.path())
            .arg(self.simulator.url())
            .args(arguments)
            .arg(self.simulator.ca_file());
        command
    }

    pub fn run(&self, command: &mut Command) -> Finished {
        xtask::run_limited(command, LIMIT).expect("the example starts")
    }

    /// Starts it for a test that reads its standard error.
    pub fn start(&self, command: &mut Command) -> Guard {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        Guard(command.spawn().expect("the example starts"))
    }
}

/// What watches a program while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    Nothing,
    Valgrind,
    Sanitizer(Sanitizer),
}

/// Compiles and runs a program of `tests/c` or `tests/cpp`.
pub fn run(runner: &Runner, folder: &str, file: &str, language: Language, watch: Watch) {
    let platform = runner.platform();
    let how = match (watch, platform.is_host()) {
        (Watch::Valgrind, _) => " under valgrind".to_owned(),
        (Watch::Sanitizer(sanitizer), _) => format!(" with the {} sanitizer", sanitizer.name()),
        (Watch::Nothing, true) => String::new(),
        (Watch::Nothing, false) => format!(" for {}", platform.name()),
    };
    let kind = match language {
        Language::C => "C".to_owned(),
        Language::Cpp(standard) => standard.to_owned(),
    };
    let what = format!("{kind} program {file}{how}");
    if cfg!(windows) {
        return xtask::not_applicable(&what, "it is compiled by GNU's compiler", 1);
    }
    let sanitizer = match watch {
        Watch::Sanitizer(sanitizer) => Some(sanitizer),
        _ => None,
    };
    let valgrind = if watch == Watch::Valgrind {
        let Some(valgrind) = xtask::find_in_path("valgrind") else {
            return xtask::skip(&what, "valgrind is not in the path", 1);
        };
        Some(valgrind)
    } else {
        None
    };
    let source = xtask::repository().join("tests").join(folder).join(file);
    // The one that loads the library by hand must not have it already.
    let Some(program) = compiled_for(runner, &what, language, &source, file != "load.c", sanitizer) else {
        return;
    };
    let simulator = if file == "pages.c" {
        Simulator::start(Config {
            organizations: 10_000,
            ..Config::default()
        })
        .expect("the simulator starts")
    } else {
        simulator()
    };
    let mut command = match &valgrind {
        None => command(runner, &program, &simulator),
        Some(valgrind) => {
            // The system's hundred authorities take their time under valgrind, and none of them vouches for the
            // simulator: one that does not either will do.
            let other = simulator
                .listen(CertificateKind::SelfSigned)
                .expect("the simulator listens");
            let mut command = command(runner, valgrind, &simulator);
            command
                .env("SSL_CERT_FILE", other.ca_file)
                .env_remove("SSL_CERT_DIR")
                .args(["-q", "--error-exitcode=99", "--leak-check=full"])
                .args(["--errors-for-leak-kinds=definite", "--show-leak-kinds=definite"])
                .arg("--num-callers=60")
                .arg(format!(
                    "--suppressions={}",
                    xtask::repository().join("tests/c/valgrind.supp").display()
                ))
                .arg(&program);
            command
        }
    };
    let folder = Folder::new();
    command.env("VCD_FOLDER", runner.path(folder.path()));
    if file == "log.c" {
        // Lines are appended to it: what an earlier run has written must go. Mostly there is none.
        let log_file = program.with_extension("log");
        let _ = fs::remove_file(&log_file);
        command.env("VCDREST_LOG_FILE", runner.path(&log_file));
    }
    if let Some(sanitizer) = sanitizer {
        command.env("VCD_LIBRARY", &sanitized(sanitizer).library);
        sanitizer.report(&mut command);
    }
    let limit = if watch == Watch::Valgrind {
        VALGRIND_LIMIT
    } else {
        LIMIT
    };
    check_passes(&what, &mut command, limit);
}

/// A program comes to its end, and has nothing to say but how many checks have passed.
pub fn check_passes(what: &str, command: &mut Command, limit: Duration) {
    let finished = xtask::run_limited(command, limit).expect("the program starts");
    println!("{}{}", finished.stdout, finished.stderr);
    let end = match finished.status {
        Some(status) => status.to_string(),
        None => format!("killed after {} s", limit.as_secs()),
    };
    assert!(finished.succeeded(), "{what}: {end}");
    assert_eq!(
        finished.stderr, "",
        "{what}: neither the library nor valgrind has anything to say"
    );
    let count = finished
        .stdout
        .trim()
        .strip_suffix(" checks passed")
        .and_then(|count| count.parse::<u64>().ok());
    let count = count.unwrap_or_else(|| panic!("{what} did not come to its end: {}", finished.stdout));
    assert!(count > 0, "{what} checked nothing");
    // Past the test harness, so that the count is seen.
    writeln!(std::io::stderr().lock(), "{what}: {count} checks passed").expect("standard error is open");
}

/// What runs programs of another platform on this machine, or `None` and a line about it where it is missing.
pub fn emulator(platform: Platform, what: &str) -> Option<Runner> {
    let what = format!("{what} for {}", platform.name());
    if !cfg!(target_os = "linux") {
        xtask::not_applicable(&what, "Linux runs it, by Wine or QEMU", 1);
        return None;
    }
    let runner = platform
        .cannot_build()
        .map_or_else(|| Runner::new(platform), |why| Err(why.into()));
    runner.map_err(|error| xtask::skip(&what, &error.to_string(), 1)).ok()
}

/// Runs a program of `tests/c`, or of `tests/cpp` by its name, on another platform.
pub fn run_emulated(platform: Platform, file: &str) {
    let Some(runner) = emulator(platform, file) else { return };
    let (folder, language) = if file.ends_with(".cpp") {
        ("cpp", Language::Cpp("c++17"))
    } else {
        ("c", Language::C)
    };
    run(&runner, folder, file, language, Watch::Nothing);
}

/// A process that does not outlive a test that fails.
pub struct Guard(pub Child);

impl Guard {
    /// Presses Ctrl+C.
    pub fn interrupt(&self) {
        let pressed = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        assert!(pressed.is_ok_and(|status| status.success()));
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Mostly it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
