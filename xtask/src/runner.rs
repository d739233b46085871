//! Programs of a platform, run here: by themselves, under Wine or under QEMU.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Result;
use crate::platform::Platform;
use crate::process::run_limited;
use crate::repository::{repository, target_directory};
use crate::tool::find_in_path;

/// Long enough for a compiler on a slow machine.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs programs of a platform.
#[derive(Debug, Clone)]
pub struct Runner {
    platform: Platform,
    means: Means,
}

#[derive(Debug, Clone)]
enum Means {
    None,
    Wine(Arc<Wine>),
    Qemu(PathBuf),
}

impl Runner {
    /// One for programs of this machine.
    ///
    /// # Errors
    ///
    /// If no library is made for it.
    pub fn host() -> Result<Self> {
        Ok(Self {
            platform: Platform::host()?,
            means: Means::None,
        })
    }

    /// One for programs of a platform. Wine gets a home of its own in the target directory.
    ///
    /// # Errors
    ///
    /// If what it takes is missing, with the packages that have it.
    pub fn new(platform: Platform) -> Result<Self> {
        if platform.is_host() {
            return Self::host();
        }
        let missing =
            |what: &str, package: &str| format!("{what} is not in the path; install Debian's packages {package}");
        let means = match platform {
            Platform::WinX64 => {
                if find_in_path("wine").is_none() || find_in_path("wineserver").is_none() {
                    return Err(missing("wine", "wine wine64").into());
                }
                Means::Wine(Wine::start()?)
            }
            Platform::LinuxArm64 => {
                let program = "qemu-aarch64-static";
                let found = find_in_path(program).ok_or_else(|| missing(program, "qemu-user-static"))?;
                Means::Qemu(found)
            }
            _ => return Err(format!("programs for {} run on a machine of that kind", platform.name()).into()),
        };
        Ok(Self { platform, means })
    }

    /// Whose programs it runs.
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// A command that runs a program.
    pub fn command(&self, program: &Path) -> Command {
        match &self.means {
            Means::None => Command::new(program),
            Means::Wine(wine) => {
                let mut command = self::wine(&wine.home, "wine");
                command.arg(program);
                command
            }
            Means::Qemu(qemu) => {
                let mut command = Command::new(qemu);
                // Where Debian has the libraries of that platform.
                command.args(["-L", "/usr/aarch64-linux-gnu"]).arg(program);
                command
            }
        }
    }

    /// A command that runs a script of this machine, which starts one of those programs by itself.
    pub fn script(&self, script: &Path) -> Command {
        match &self.means {
            Means::Wine(wine) => self::wine(&wine.home, script),
            _ => Command::new(script),
        }
    }

    /// A path of this machine as those programs know it.
    pub fn path(&self, path: &Path) -> PathBuf {
        match self.means {
            // Wine shows the root of this machine as a drive.
            Means::Wine(_) => format!("Z:{}", path.display()).replace('/', "\\").into(),
            _ => path.to_owned(),
        }
    }
}

/// Wine with a home of its own. Its server ends with the last that uses it.
#[derive(Debug)]
struct Wine {
    home: PathBuf,
}

/// How many use it. Held while its server starts or ends.
static USERS: Mutex<usize> = Mutex::new(0);

fn users() -> MutexGuard<'static, usize> {
    USERS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wine {
    fn start() -> Result<Arc<Self>> {
        let mut users = users();
        let home = target_directory()?.join("wine");
        if *users == 0 {
            furnish(&home)?;
            warm_up(&home)?;
        }
        *users += 1;
        Ok(Arc::new(Self { home }))
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        let mut users = users();
        *users -= 1;
        if *users > 0 {
            return;
        }
        // Where it has ended by itself, there is nothing to end.
        for option in ["-k", "-w"] {
            let _ = silently(wine(&self.home, "wineserver").arg(option));
        }
    }
}

/// One of Wine's programs, or one that starts one.
fn wine(home: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .env("WINEPREFIX", home)
        .env("WINEDEBUG", "-all")
        // Else it does not know what names of files and arguments mean.
        .env("LC_ALL", "C.UTF-8")
        // It would look for a screen.
        .env_remove("DISPLAY");
    command
}

/// Runs what stays when its program ends, and would keep an output open that somebody reads to its end.
fn silently(command: &mut Command) -> Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command
        .status()
        .map_err(|error| format!("{command:?} cannot be run: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?} fails: {status}").into())
    }
}

/// Starts the server and what the first program would start otherwise.
fn warm_up(home: &Path) -> Result<()> {
    // Should this process be killed, the server ends by itself after so many seconds without a program.
    // One that a killed process has left behind refuses, and serves as well.
    let _ = silently(wine(home, "wineserver").arg("-p600"));
    silently(wine(home, "wine").args(["cmd", "/c", "exit 0"]))
}

/// Makes the home, and adds what this Wine lacks.
fn furnish(home: &Path) -> Result<()> {
    let addition = home.join("drive_c/windows/system32/bcryptprimitives.dll");
    let ready = home.join(".ready");
    if addition.is_file() && ready.is_file() {
        return Ok(());
    }
    std::fs::create_dir_all(home)?;
    // Neither .NET nor a browser, which it would offer to download.
    silently(
        wine(home, "wineboot")
            .arg("-i")
            .env("WINEDLLOVERRIDES", "mscoree,mshtml="),
    )?;
    silently(wine(home, "wine").args(["winecfg", "-v", "win10"]))?;
    // Else it complains of the root's device, in the output of programs.
    silently(
        Command::new("ln")
            .args(["-sfn", "/dev/null"])
            .arg(home.join("dosdevices/z::")),
    )?;
    let cross = Platform::WinX64.cross().ok_or("nothing compiles for Windows here")?;
    let source = repository().join("xtask/wine/bcryptprimitives.c");
    let mut compiler = Command::new(cross.tool_name("gcc"));
    compiler
        .args(["-shared", "-o"])
        .arg(&addition)
        .arg(source)
        .arg("-ladvapi32");
    let compiled = run_limited(&mut compiler, LIMIT)?;
    if !compiled.succeeded() {
        return Err(format!("{} fails: {}", cross.tool_name("gcc"), compiled.stderr).into());
    }
    // Where this is missing, the script that starts a PowerShell for Windows sets the home up and waits for the end of
    // the server, which stays for ten minutes here.
    std::fs::write(ready, "")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_the_host_run_by_themselves() {
        let runner = Runner::host().expect("tests run where the library does");
        assert!(runner.platform().is_host());
        let program = Path::new("/somewhere/program");
        assert_eq!(runner.command(program).get_program(), program);
        assert_eq!(runner.path(program), program);
    }

    #[test]
    fn what_cannot_run_says_why() {
        let platform = if cfg!(windows) {
            Platform::LinuxArm
        } else {
            Platform::WinArm64
        };
        let error = Runner::new(platform).expect_err("nothing runs it").to_string();
        assert!(error.contains(platform.name()), "{error}");
    }
}
