//! Programs of a platform, run here: by themselves, under Wine or under QEMU.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use crate::Result;
use crate::platform::Platform;
use crate::process::run_limited;
use crate::repository::{repository, target_directory};
use crate::tool::find_in_path;

/// Long enough for Wine to make its first files on a slow machine.
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
                let mut command = wine.command("wine");
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

impl Wine {
    /// The one of this process; made when it is not there.
    fn start() -> Result<Arc<Self>> {
        static RUNNING: Mutex<Weak<Wine>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wine) = running.upgrade() {
            return Ok(wine);
        }
        let wine = Self {
            home: target_directory()?.join("wine"),
        };
        wine.furnish()?;
        let wine = Arc::new(wine);
        *running = Arc::downgrade(&wine);
        Ok(wine)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("WINEPREFIX", &self.home)
            .env("WINEDEBUG", "-all")
            // It would look for a screen.
            .env_remove("DISPLAY");
        command
    }

    /// Makes the home, and adds what this Wine lacks.
    fn furnish(&self) -> Result<()> {
        let addition = self.home.join("drive_c/windows/system32/bcryptprimitives.dll");
        if addition.is_file() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.home)?;
        let mut boot = self.command("wineboot");
        // Neither .NET nor a browser, which it would offer to download.
        boot.arg("-i").env("WINEDLLOVERRIDES", "mscoree,mshtml=");
        let made = run_limited(&mut boot, LIMIT)?;
        if !made.succeeded() {
            return Err(format!("wineboot fails: {}", made.stderr).into());
        }
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
        Ok(())
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        // Where it has ended by itself, there is nothing to end.
        let _ = self
            .command("wineserver")
            .arg("-k")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
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
