//! The module on Windows: a PowerShell for Windows, run by Wine, with the package of the module and the library in it,
//! against the simulator on this machine. `VCDREST_PWSH_WIN` names the script that starts that PowerShell.

mod module_files;
mod powershell_lab;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use module_files::{VERSION, package, unpack};
use powershell_lab::{LIMIT, Lab, empty_folder};
use xtask::{Platform, Runner};

const PLATFORM: Platform = Platform::WinX64;

/// What cannot be tried there: .NET's own TLS, for which Wine lacks the signatures, and what Wine does otherwise than
/// Windows. What is for Unix alone leaves itself out.
const NOT_THERE: [&str; 2] = ["DotNetTls", "NotWine"];
/// Files of tests that are left out, and why.
const LEFT_OUT: [(&str, &str); 3] = [
    ("Guide.Tests.ps1", "it is about texts, which are the same everywhere"),
    (
        "HelpExample.Tests.ps1",
        "it is about texts, which are the same everywhere",
    ),
    (
        "Vault.Tests.ps1",
        "it is about a vault of secrets, which that PowerShell does not have",
    ),
];
/// Long enough for a file of tests on a slow machine that does other things meanwhile; a file takes some 10 seconds on an idle one.
const FILE_LIMIT: Duration = Duration::from_secs(300);

/// Where Windows keeps the variables of the machine.
const VARIABLES: &str = r"HKLM\System\CurrentControlSet\Control\Session Manager\Environment";
/// Lets PowerShell behave as if application control were in force that allows what has `System32` in its path.
const LOCKDOWN: &str = "__PSLockdownPolicy";

/// The tests of the module, each file in a process of its own.
#[test]
fn module() {
    let Some(windows) = Windows::new("module") else {
        return;
    };
    let lab = &windows.lab;
    let entries = fs::read_dir(lab.tests()).expect("the tests are there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    let is_test = |file: &Path| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.ends_with(".Tests.ps1") && LEFT_OUT.iter().all(|(left_out, _)| *left_out != name)
    };
    files.retain(|file| is_test(file));
    files.sort();
    lab.pester("PowerShell module on Windows", &files, &NOT_THERE, FILE_LIMIT);
    for (file, why) in LEFT_OUT {
        xtask::not_applicable(&format!("{file} on Windows"), why, 1);
    }
}

/// The job of the blog, from the zip file, in a folder whose name is no ASCII.
#[test]
fn unzipped() {
    let Some(windows) = Windows::new("unzipped") else {
        return;
    };
    let lab = &windows.lab;
    let script = r#"
        Add-Type -AssemblyName System.IO.Compression.FileSystem
        $modules = Join-Path -Path $PWD -ChildPath 'Módulos für alle'
        [System.IO.Compression.ZipFile]::ExtractToDirectory($env:VCDREST_TEST_PACKAGE, $modules)
        $env:PSModulePath = "$modules;$env:PSModulePath"
        & $env:VCDREST_TEST_EXAMPLE -CertificateAuthority $env:VCDREST_TEST_CA
        $module = Get-Module -Name VcdRest
        $assembly = & $module { $script:Commands.Assembly }
        "module=$($module.ModuleBase.Substring($modules.Length))"
        "interop=$($assembly.Location.Substring($modules.Length))"
        "library=$($assembly.GetType('VcdRest.Abi1.Library')::Path.Substring($modules.Length))"
        "version=$($assembly.GetType('VcdRest.Abi1.Library')::Version)""#;
    let mut command = lab.script(script);
    command
        .env("VCDREST_TEST_PACKAGE", lab.path(&package().zip))
        .env(
            "VCDREST_TEST_EXAMPLE",
            lab.path(&xtask::repository().join("examples/powershell/blog.ps1")),
        )
        .env("VCD_URL", lab.simulator.url())
        .env("VCD_ORG", "Tyrell")
        .env("VCD_API_TOKEN", lab.simulator.tenant_token());
    let said = output(&mut command);
    let module = format!(r"\VcdRest\{VERSION}");
    for line in [
        "name           : Tyrell".to_owned(),
        format!("module={module}"),
        format!(r"interop={module}\Interop\VcdRest.Interop.dll"),
        format!(r"library={module}\native\win-x64\vcdrest.dll"),
        format!("version={VERSION}"),
    ] {
        assert!(said.lines().any(|found| found.trim_end() == line), "no {line}: {said}");
    }
}

/// Constrained Language Mode, as AppLocker and App Control bring it: with the module among what is allowed, and without.
#[test]
fn constrained() {
    let Some(windows) = Windows::new("constrained") else {
        return;
    };
    let lab = &windows.lab;
    let allowed = lab.folder.join("System32").join("VcdRest");
    fs::create_dir(lab.folder.join("System32")).expect("the folder can be made");
    fs::rename(unpack(&lab.folder.join("unpacked")), &allowed).expect("it can be moved");
    let _locked = windows.lock_down();
    let script = r#"
        "mode=$($ExecutionContext.SessionState.LanguageMode)"
        try { Add-Type -TypeDefinition 'public class X { }'; 'compiled' } catch { 'compiler=refused' }
        try { Import-Module -Name $env:VCDREST_TEST_MODULE -ErrorAction Stop; Get-VcdSession; 'went on' } catch { "not allowed=$($_.FullyQualifiedErrorId)" }
        Import-Module -Name $env:VCDREST_TEST_ALLOWED -ErrorAction Stop
        $session = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
        "session=$($session.Org)"
        "orgs=$((Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs).values.name)"
        "listed=$(@(Get-VcdOrg).Count)"
        try { Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/nothing } catch { "status=$($_.Exception.Response.StatusCode.value__)" }
        Disconnect-Vcd -Session $session
        "left=$(@(Get-VcdSession).Count)""#;
    let mut command = lab.script(script);
    command.env("VCDREST_TEST_ALLOWED", lab.path(&allowed));
    let said = output(&mut command);
    let expected = [
        "mode=ConstrainedLanguage",
        "compiler=refused",
        "not allowed=VcdConstrainedLanguage,Initialize-VcdInterop",
        "session=Tyrell",
        "orgs=Tyrell",
        "listed=1",
        "status=404",
        "left=0",
    ];
    assert_eq!(said.lines().map(str::trim_end).collect::<Vec<_>>(), expected);
}

/// A PowerShell for Windows. One at a time: they share a registry.
struct Windows {
    runner: Runner,
    lab: Lab,
    _alone: MutexGuard<'static, ()>,
}

impl Windows {
    fn new(name: &str) -> Option<Self> {
        static ALONE: Mutex<()> = Mutex::new(());
        let what = format!("module on Windows, {name}");
        if !cfg!(target_os = "linux") {
            xtask::not_applicable(&what, "Wine runs it on Linux", 1);
            return None;
        }
        let launcher = env::var_os("VCDREST_PWSH_WIN")
            .map(PathBuf::from)
            .filter(|path| path.is_file());
        let Some(launcher) = launcher else {
            xtask::skip(&what, "VCDREST_PWSH_WIN names no PowerShell for Windows", 1);
            return None;
        };
        let runner = PLATFORM
            .cannot_package()
            .map_or_else(|| Runner::new(PLATFORM), |why| Err(why.into()));
        let runner = runner.map_err(|why| xtask::skip(&what, &why.to_string(), 1)).ok()?;
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = empty_folder(name);
        let module = folder.join("folder of modules").join("VcdRest");
        fs::create_dir(folder.join("folder of modules")).expect("the folder can be made");
        fs::rename(unpack(&folder.join("zip")), &module).expect("it can be moved");
        let lab = Lab::elsewhere(runner.clone(), launcher, folder, module);
        Some(Self {
            runner,
            lab,
            _alone: alone,
        })
    }

    /// Puts application control in force, until what is returned goes.
    fn lock_down(&self) -> LockDown<'_> {
        output(
            self.registry()
                .args(["add", VARIABLES, "/v", LOCKDOWN, "/d", "4", "/f"]),
        );
        LockDown(self)
    }

    fn registry(&self) -> Command {
        self.runner.command(Path::new("reg"))
    }
}

struct LockDown<'a>(&'a Windows);

impl Drop for LockDown<'_> {
    fn drop(&mut self) {
        output(self.0.registry().args(["delete", VARIABLES, "/v", LOCKDOWN, "/f"]));
    }
}

/// What a command prints; it has to go well.
fn output(command: &mut Command) -> String {
    let finished = xtask::run_limited(command, LIMIT).expect("it starts");
    assert!(finished.succeeded(), "{finished:?}");
    finished.stdout
}
