//! The PowerShell module, in real PowerShell processes against the simulator: the Pester tests of
//! `tests/powershell`, PSScriptAnalyzer, and Ctrl+C, which only a parent process can press.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use vcd_simulator::{Config, Fault, FaultKind, Simulator};

/// Long enough for a slow machine that does other things meanwhile.
const LIMIT: Duration = Duration::from_secs(1800);
/// Ctrl+C takes a fifth of a second on an idle machine. What it interrupts would take minutes.
const INTERRUPT_LIMIT: Duration = Duration::from_secs(20);

/// Every test of the module.
#[test]
fn module() {
    let Some(lab) = Lab::new("module", "Pester") else {
        return;
    };
    lab.pester("PowerShell module", &lab.tests().join("*.Tests.ps1"));
}

/// The analyser, with the rules that check for Windows PowerShell 5.1.
#[test]
fn analyzer() {
    let Some(lab) = Lab::new("analyzer", "PSScriptAnalyzer") else {
        return;
    };
    lab.pester("PSScriptAnalyzer", &lab.tests().join("analyzer"));
}

/// Ctrl+C while the server keeps a request waiting.
#[test]
fn interrupted_request() {
    interrupt(
        "request",
        "/cloudapi/1.0.0/orgs",
        "$null = Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs",
    );
}

/// Ctrl+C while the token is being exchanged.
#[test]
fn interrupted_sign_in() {
    interrupt("sign-in", "/oauth/", "");
}

/// Ctrl+C while pages are being fetched.
#[test]
fn interrupted_list() {
    interrupt(
        "list",
        "/cloudapi/1.0.0/orgs?sortAsc=name&pageSize=128&page=3",
        "$null = Get-VcdOrg",
    );
}

/// Ctrl+C while the session is being ended.
#[test]
fn interrupted_sign_out() {
    interrupt("sign-out", "/cloudapi/1.0.0/sessions/current", "Disconnect-Vcd");
}

/// Lets a PowerShell run into a request that is never answered, presses Ctrl+C, and sees that the process ends at
/// once and that the server sees the request go.
fn interrupt(name: &str, hanging: &str, statement: &str) {
    if !cfg!(unix) {
        xtask::not_applicable(
            "Ctrl+C",
            "Windows sends it to all processes of a console, the test included",
            1,
        );
        return;
    }
    let Some(lab) = Lab::new(name, "Pester") else { return };
    let script = lab.folder.join("interrupted.ps1");
    let text = format!(
        "$ErrorActionPreference = 'Stop'\n\
         Import-Module -Name $env:VCDREST_TEST_MODULE\n\
         $null = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org System -ApiToken $env:VCDREST_TEST_PROVIDER_TOKEN \
         -CertificateAuthority $env:VCDREST_TEST_CA -TimeoutSec 600\n\
         {statement}\n\
         Set-Content -Path '{}' -Value 'went on'\n",
        lab.folder.join("went-on").display()
    );
    fs::write(&script, text).expect("the folder can be written");
    lab.simulator.fault(Fault::new(FaultKind::Hang).on_path(hanging));

    let mut child = lab
        .interruptible()
        .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-File"])
        .arg(&script)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("PowerShell starts");
    let arrived = lab.simulator.wait_for_request(hanging, Duration::from_secs(300));
    let pressed = Instant::now();
    let sent = Command::new("kill")
        .arg("-INT")
        .arg(child.id().to_string())
        .status()
        .expect("there is kill");
    let gone = lab.simulator.wait_for_abort(hanging, INTERRUPT_LIMIT);
    let ended = ends(&mut child, pressed + INTERRUPT_LIMIT);
    let took = pressed.elapsed();
    if !ended {
        child.kill().expect("it was running just now");
        child.wait().expect("it was killed");
    }
    assert!(arrived, "the request that is to hang never came");
    assert!(sent.success(), "kill failed: {sent}");
    assert!(gone, "the server did not see the request go");
    assert!(ended, "PowerShell went on for {took:?} after Ctrl+C");
    assert!(!lab.folder.join("went-on").exists(), "the script went on after Ctrl+C");
    say(&format!("Ctrl+C, {name}: ended after {} ms", took.as_millis()));
}

/// Whether a child ends in time.
fn ends(child: &mut std::process::Child, deadline: Instant) -> bool {
    while Instant::now() < deadline {
        if child.try_wait().expect("it is our child").is_some() {
            return true;
        }
        // There is no waiting with a limit in the standard library.
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// A PowerShell, a module with the library of this test run, a simulator, and a home of its own.
struct Lab {
    powershell: PathBuf,
    folder: PathBuf,
    module: PathBuf,
    simulator: Simulator,
}

impl Lab {
    /// Sets it up; `None`, and a line that says so, if PowerShell or one of its modules is missing.
    fn new(name: &str, needs: &str) -> Option<Self> {
        let Some(powershell) = xtask::find_powershell() else {
            xtask::skip(&format!("PowerShell, {name}"), "there is no PowerShell in the path", 1);
            return None;
        };
        let present = Command::new(&powershell)
            .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"])
            .arg(format!("@(Get-Module -ListAvailable -Name {needs}).Count"))
            .output()
            .expect("PowerShell starts");
        if String::from_utf8_lossy(&present.stdout).trim() == "0" {
            xtask::skip(
                &format!("PowerShell, {name}"),
                &format!("PowerShell has no module {needs}"),
                1,
            );
            return None;
        }
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("powershell").join(name);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                panic!("{}: {error}", folder.display())
            }
            _ => fs::create_dir_all(folder.join("home")).expect("the folder can be made"),
        }
        let host = xtask::Platform::host().expect("tests run where the library does");
        let library = xtask::test_library();
        let module =
            xtask::stage_module(&[(host, &library)], &folder.join("module")).expect("the module can be staged");
        // More than two of the largest pages.
        let simulator = Simulator::start(Config {
            organizations: 300,
            ..Config::default()
        })
        .expect("the simulator starts");
        Some(Self {
            powershell,
            folder,
            module,
            simulator,
        })
    }

    fn tests(&self) -> PathBuf {
        xtask::repository().join("tests").join("powershell")
    }

    /// A PowerShell that knows the simulator.
    fn command(&self) -> Command {
        self.prepared(Command::new(&self.powershell))
    }

    /// The same, also if this process was started in a way that makes its children deaf to Ctrl+C, as a shell does
    /// that starts something in the background.
    fn interruptible(&self) -> Command {
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
        let home = self.folder.join("home");
        command
            // What PowerShell leaves behind where it has no home lands here.
            .current_dir(&self.folder)
            .env("VCDREST_TEST_MODULE", &self.module)
            .env("VCDREST_TEST_URL", self.simulator.url())
            .env("VCDREST_TEST_PLAIN_URL", self.simulator.plain_url())
            .env("VCDREST_TEST_CA", self.simulator.ca_file())
            .env("VCDREST_TEST_CONTROL", self.simulator.control_url())
            .env("VCDREST_TEST_FINGERPRINT", self.simulator.fingerprint())
            .env("VCDREST_TEST_TENANT_TOKEN", self.simulator.tenant_token())
            .env("VCDREST_TEST_PROVIDER_TOKEN", self.simulator.provider_token())
            .env("HOME", &home)
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("POWERSHELL_TELEMETRY_OPTOUT", "1")
            .env("POWERSHELL_UPDATECHECK", "Off");
        for name in [
            "HTTPS_PROXY",
            "HTTP_PROXY",
            "ALL_PROXY",
            "https_proxy",
            "http_proxy",
            "all_proxy",
            "VCDREST_LOG_FILE",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Runs Pester tests, shows what it says, and fails unless all of them ran and passed.
    fn pester(&self, what: &str, path: &Path) {
        let result = self.folder.join("result.json");
        let mut command = self.command();
        command.args(["-NoLogo", "-NoProfile", "-NonInteractive"]);
        if cfg!(windows) {
            command.args(["-ExecutionPolicy", "Bypass"]);
        }
        command
            .arg("-File")
            .arg(self.tests().join("run.ps1"))
            .arg("-Path")
            .arg(path)
            .env("VCDREST_TEST_RESULT", &result);
        if let Some(library) = self.other_abi() {
            command.env("VCDREST_TEST_OTHER_ABI", library);
        }
        let finished = xtask::run_limited(&mut command, LIMIT).expect("PowerShell starts");
        println!("{}{}", finished.stdout, finished.stderr);
        let result = fs::read(&result).unwrap_or_else(|error| panic!("{what}: Pester left no result: {error}"));
        let result: serde_json::Value = serde_json::from_slice(&result).expect("run.ps1 writes JSON");
        let count = |name: &str| result[name].as_u64().expect("run.ps1 writes numbers");
        let [passed, failed, skipped, not_run] = ["passed", "failed", "skipped", "notRun"].map(count);
        say(&format!(
            "{what}: {passed} passed, {failed} failed, {skipped} skipped, {not_run} not applicable"
        ));
        assert_eq!(failed, 0, "{what}: tests failed");
        assert!(passed > 0, "{what}: no test ran");
        assert!(
            finished.succeeded(),
            "{what}: PowerShell ended with {:?}",
            finished.status
        );
        assert_eq!(passed + skipped + not_run, count("total"), "{what}: tests are missing");
        let names = result["skippedTests"].as_array().expect("run.ps1 writes a list");
        assert_eq!(names.len() as u64, skipped);
        for name in names {
            xtask::skip(name.as_str().unwrap_or_default(), "what it needs is not here", 1);
        }
    }

    /// A library that has nothing but another ABI number, where it can be made.
    fn other_abi(&self) -> Option<PathBuf> {
        let compiler = xtask::find_c_compiler()?;
        let library = self.folder.join("other-abi");
        let source = self.tests().join("other_abi.c");
        let made = Command::new(compiler)
            .args(["-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(source)
            .status();
        made.is_ok_and(|status| status.success()).then_some(library)
    }
}

/// Past the test harness, which keeps to itself what is printed in a test that passes.
fn say(line: &str) {
    // A closed standard error is no reason to fail a test.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
