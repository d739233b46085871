//! `cargo demo`: the job of the blog, end to end, on a machine without Cloud Director.

use std::env;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use vcd_simulator::{Config, Simulator};

use crate::Result;
use crate::build::build_dev_library;
use crate::compiler::{Language, compile};
use crate::platform::Platform;
use crate::repository::{repository, target_directory};
use crate::stage::{stage_c, stage_module};
use crate::tool::{find_c_compiler, find_powershell};

/// The organization of the demo; the simulator has it.
const ORG: &str = "Tyrell";

/// Variables that would change what the demo does, were they set in the caller's environment.
const OTHER_VARIABLES: [&str; 13] = [
    "VCD_SYS_ORG",
    "VCD_API_TOKEN_FILE",
    "VCD_SA_TOKEN_FILE",
    "VCD_TOKEN",
    "VCD_USER",
    "VCD_PASSWORD",
    "VCD_ALLOW_UNVERIFIED_SSL",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// Builds the library, starts the simulator, and lets the example script (without PowerShell, or with `in_c`: the
/// example program in C) sign in with an API token and list the organizations.
///
/// # Errors
///
/// If there is neither PowerShell nor a C compiler, or anything on the way fails.
pub fn demo(in_c: bool) -> Result<()> {
    let example = Example::choose(in_c)?;
    // The quick build is enough to look at, and it is there when the tests have run. The one that ships takes
    // minutes, for link-time optimisation.
    let library = build_dev_library()?;
    println!("Built    {}", library.display());
    let folder = target_directory()?.join("demo");
    let mut command = example.prepare(&library, &folder)?;
    let simulator = Simulator::start(Config::default())?;
    println!("Started  a Cloud Director in miniature at {}", simulator.url());
    println!("Runs     {}", example.description());
    println!();
    let status = example.configure(&mut command, &simulator).status();
    let status = status.map_err(|error| format!("{} cannot be run: {error}", command.get_program().display()))?;
    println!();
    if !status.success() {
        return Err(format!("the example failed: {status}").into());
    }
    println!("Server   {}", what_the_server_saw(&simulator)?);
    println!("The demo worked.");
    Ok(())
}

/// Which example does the job.
enum Example {
    PowerShell(PathBuf),
    C { why: &'static str },
}

impl Example {
    fn choose(in_c: bool) -> Result<Self> {
        match (find_powershell(), find_c_compiler()) {
            (Some(powershell), _) if !in_c => Ok(Self::PowerShell(powershell)),
            (_, Some(_)) if in_c => Ok(Self::C { why: "as asked for" }),
            (_, Some(_)) => Ok(Self::C {
                why: "because PowerShell (pwsh, powershell) is not in the path",
            }),
            (_, None) if in_c => Err("no C compiler (CC, cc, gcc, clang) is in the path; install one".into()),
            (_, None) => Err(
                "neither PowerShell (pwsh, powershell) nor a C compiler (CC, cc, gcc, clang) is in the path; \
                 install one of them"
                    .into(),
            ),
        }
    }

    fn description(&self) -> String {
        match self {
            Self::PowerShell(program) => format!("examples/powershell/blog.ps1 in {}", program.display()),
            Self::C { why } => format!("examples/c/orgs.c, {why}"),
        }
    }

    /// Lays out what the example needs, and returns how it is run.
    fn prepare(&self, library: &Path, folder: &Path) -> Result<Command> {
        let examples = repository().join("examples");
        match self {
            Self::PowerShell(program) => {
                let modules = folder.join("module");
                stage_module(&[(Platform::host()?, library)], &modules)?;
                let mut command = Command::new(program);
                command.args(["-NoLogo", "-NoProfile", "-NonInteractive"]);
                if cfg!(windows) {
                    command.args(["-ExecutionPolicy", "Bypass"]);
                }
                command.arg("-File").arg(examples.join("powershell").join("blog.ps1"));
                command.env("PSModulePath", before(&modules, "PSModulePath")?);
                Ok(command)
            }
            Self::C { .. } => {
                let staged = folder.join("c");
                let host = Platform::host()?;
                let place = stage_c(host, library, &staged)?;
                let program = staged.join(format!("orgs{}", host.program_suffix()));
                compile(
                    host,
                    Language::C,
                    &examples.join("c").join("orgs.c"),
                    &staged,
                    true,
                    &program,
                )?;
                let mut command = Command::new(program);
                // Where there is no rpath, the loader looks for libraries in the path.
                command.env("PATH", before(&place, "PATH")?);
                Ok(command)
            }
        }
    }

    /// Adds the server and the credentials. The token travels by environment: everybody on the machine can read a
    /// command line.
    fn configure<'a>(&self, command: &'a mut Command, simulator: &Simulator) -> &'a mut Command {
        for name in OTHER_VARIABLES {
            command.env_remove(name);
        }
        command.env("VCD_API_TOKEN", simulator.tenant_token());
        if !std::io::stdout().is_terminal() {
            command.env("NO_COLOR", "1");
        }
        match self {
            Self::PowerShell(_) => command
                .env("VCD_URL", simulator.url())
                .env("VCD_ORG", ORG)
                .arg("-CertificateAuthority")
                .arg(simulator.ca_file()),
            Self::C { .. } => command.arg(simulator.url()).arg(ORG).arg(simulator.ca_file()),
        }
    }
}

/// The value of a path variable with a folder before it.
fn before(folder: &Path, variable: &str) -> Result<std::ffi::OsString> {
    let rest = env::var_os(variable).unwrap_or_default();
    Ok(env::join_paths(
        std::iter::once(folder.to_path_buf()).chain(env::split_paths(&rest)),
    )?)
}

/// One line on what the server received.
///
/// # Errors
///
/// If it is not what the example is there to show.
fn what_the_server_saw(simulator: &Simulator) -> Result<String> {
    let requests = simulator.requests();
    let token = simulator.tenant_token();
    if requests.iter().any(|request| request.target.contains(&token)) {
        return Err("the API token stood in a URL".into());
    }
    let lists = requests
        .iter()
        .filter(|request| request.path() == "/cloudapi/1.0.0/orgs" && request.status == Some(200));
    let (exchanges, lists) = (simulator.exchanges_ok(), lists.count());
    if exchanges == 0 || lists == 0 {
        return Err("the example ended well without having signed in and asked for the organizations".into());
    }
    Ok(format!(
        "{} requests: {exchanges} token exchange with the API token in the body, {lists} answered with organizations",
        requests.len()
    ))
}
