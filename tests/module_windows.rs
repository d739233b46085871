//! The module on Windows: a PowerShell for Windows, run by Wine, with the package of the module and the library in it,
//! against the simulator on this machine. `VCDREST_PWSH_WIN` names the script that starts that PowerShell.

mod module_files;
mod powershell_lab;

use std::env;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use module_files::unpack;
use powershell_lab::{Lab, empty_folder};
use xtask::{Platform, Runner};

const PLATFORM: Platform = Platform::WinX64;

/// What cannot be tried there: permissions as bits, .NET's own TLS, for which Wine lacks the signatures, and what Wine
/// does otherwise than Windows.
const NOT_THERE: [&str; 3] = ["Unix", "DotNetTls", "NotWine"];

/// The tests of the module.
#[test]
fn module() {
    let Some(windows) = Windows::new("module") else { return };
    windows.lab.pester(
        "PowerShell module on Windows",
        &windows.lab.tests().join("*.Tests.ps1"),
        &NOT_THERE,
    );
}

/// A PowerShell for Windows. One at a time: they share a registry.
struct Windows {
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
            .cannot_build()
            .map_or_else(|| Runner::new(PLATFORM), |why| Err(why.into()));
        let runner = runner.map_err(|why| xtask::skip(&what, &why.to_string(), 1)).ok()?;
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = empty_folder(name);
        let module = unpack(&folder.join("folder of modules"));
        Some(Self {
            lab: Lab::elsewhere(runner, launcher, folder, module),
            _alone: alone,
        })
    }
}
