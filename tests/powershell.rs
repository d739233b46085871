//! The PowerShell module, in real PowerShell processes against the simulator: the Pester tests of
//! `tests/powershell`, PSScriptAnalyzer, and Ctrl+C, which only a parent process can press.

mod powershell_lab;

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use powershell_lab::{LIMIT, Lab, say};
use vcd_simulator::{Fault, FaultKind};

/// Ctrl+C takes a fifth of a second on an idle machine. What it interrupts would take minutes.
const INTERRUPT_LIMIT: Duration = Duration::from_secs(20);

/// Every test of the module.
#[test]
fn module() {
    let Some(lab) = Lab::new("module", "Pester") else {
        return;
    };
    lab.pester("PowerShell module", &[lab.tests().join("*.Tests.ps1")], &[], LIMIT);
}

/// The analyser, with the rules that check for Windows PowerShell 5.1.
#[test]
fn analyzer() {
    let Some(lab) = Lab::new("analyzer", "PSScriptAnalyzer") else {
        return;
    };
    lab.pester("PSScriptAnalyzer", &[lab.tests().join("analyzer")], &[], LIMIT);
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
        .arg("-File")
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
