//! Cloud Director in miniature as a program: prints where it is and who may sign in, and serves
//! until Ctrl+C.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use vcd_simulator::{CertificateKind, Config, OauthErrorStyle, Simulator};

const HELP: &str = "\
Cloud Director in miniature: serves over HTTPS until Ctrl+C.

Usage: vcd-simulator [OPTIONS]

  --organizations N     how many tenant organizations there are (default 40)
  --vms N               how many virtual machines there are (default 300)
  --lifetime SECONDS    how long an access token is good for (default 86400)
  --latency MS          how long every answer is held back (default 0)
  --port N              the HTTPS port (default: one that is free)
  --control-port N      the port of the control endpoint (default: one that is free)
  --path-prefix PATH    a path before everything, such as /tm
  --automation          be like VCF Automation, the successor: path /tm, versions 40.0,
                        9.0.0 and 9.1.0, one hour of lifetime, errors by RFC 6749
  --certificate KIND    good, self-signed, self-signed-common-name-only, ca-as-leaf,
                        expired, not-yet-valid or wrong-name (default good)
  --oauth-errors STYLE  cloudapi or rfc (default cloudapi)
  --no-log              do not keep the requests received
  --json                print one line of JSON instead of text
  --until-stdin-ends    also stop when standard input ends
  --help                print this and stop

GET / at the control endpoint lists what can be changed while it runs.
";

struct Options {
    config: Config,
    json: bool,
    until_stdin_ends: bool,
}

/// Understands the command line; `None` asks for help.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options {
        config: Config::default(),
        json: false,
        until_stdin_ends: false,
    };
    while let Some(argument) = arguments.next() {
        let (name, mut inline) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let mut value = || {
            inline
                .take()
                .or_else(|| arguments.next())
                .ok_or_else(|| format!("{name} needs a value"))
        };
        let config = &mut options.config;
        match name.as_str() {
            "--organizations" => config.organizations = number(&name, &value()?)?,
            "--vms" => config.vms = number(&name, &value()?)?,
            "--lifetime" => config.access_token_lifetime = Duration::from_secs(number(&name, &value()?)?),
            "--latency" => config.latency = Duration::from_millis(number(&name, &value()?)?),
            "--port" => config.port = Some(number(&name, &value()?)?),
            "--control-port" => config.control_port = Some(number(&name, &value()?)?),
            "--path-prefix" => config.path_prefix = Some(value()?),
            "--certificate" => {
                let kind = value()?;
                let found = CertificateKind::from_name(&kind);
                config.certificate = found.ok_or_else(|| {
                    format!(
                        "{name}: '{kind}' is none of {}",
                        CertificateKind::ALL.map(CertificateKind::name).join(", ")
                    )
                })?;
            }
            "--oauth-errors" => {
                config.oauth_errors = match value()?.as_str() {
                    "cloudapi" => OauthErrorStyle::Cloudapi,
                    "rfc" => OauthErrorStyle::Rfc,
                    other => return Err(format!("{name}: '{other}' is none of cloudapi, rfc")),
                };
            }
            "--automation" => *config = std::mem::take(config).automation(),
            "--no-log" => config.log = false,
            "--json" => options.json = true,
            "--until-stdin-ends" => options.until_stdin_ends = true,
            "--help" | "-h" => return Ok(None),
            _ => return Err(format!("unknown option '{name}'; --help lists the options")),
        }
        if inline.is_some() {
            return Err(format!("{name} takes no value"));
        }
    }
    Ok(Some(options))
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{name}: '{text}' is not a number that fits"))
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("vcd-simulator: {message}");
            return ExitCode::from(2);
        }
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vcd-simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> io::Result<()> {
    // The signals are caught before anyone is told that the service is there.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut stop = {
        let _inside = runtime.enter();
        Stop::new()?
    };
    let simulator = Simulator::start(options.config)?;
    let mut out = io::stdout().lock();
    if options.json {
        writeln!(out, "{}", simulator.info_json())?;
    } else {
        write!(out, "{}", description(&simulator))?;
    }
    out.flush()?;
    drop(out);
    runtime.block_on(async {
        if options.until_stdin_ends {
            let ended = tokio::task::spawn_blocking(|| {
                // The end of it is all that matters, and an error is an end too.
                let _ = io::stdin().lock().read_to_end(&mut Vec::new());
            });
            tokio::select! {
                () = stop.wait() => {}
                _ = ended => {}
            }
        } else {
            stop.wait().await;
        }
    });
    drop(simulator);
    // Standard input may still be waited for.
    runtime.shutdown_background();
    Ok(())
}

/// Ctrl+C, and on Unix what `kill` sends.
struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

#[cfg(unix)]
impl Stop {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?],
        })
    }

    async fn wait(&mut self) {
        let [interrupt, terminate] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Stop {
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn wait(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without the handler Ctrl+C ends the process by itself.
            std::future::pending::<()>().await;
        }
    }
}

fn description(simulator: &Simulator) -> String {
    let info: serde_json::Value = serde_json::from_str(&simulator.info_json()).unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![
        "Cloud Director in miniature".to_owned(),
        String::new(),
        format!("  Server       {}", simulator.url()),
        format!("  CA file      {}", simulator.ca_file().display()),
        format!("  Fingerprint  {}", simulator.fingerprint()),
        format!("  Plain HTTP   {}", simulator.plain_url()),
        format!("  Control      {}", simulator.control_url()),
        String::new(),
    ];
    let organizations = info["organizations"].as_array().cloned().unwrap_or_default();
    lines.push(format!("Organizations ({} in all)", info["organizationCount"]));
    for organization in &organizations {
        lines.push(format!(
            "  {:<24} {}",
            text(&organization["name"]),
            text(&organization["displayName"])
        ));
    }
    lines.push(String::new());
    lines.push("Users, their passwords and their API tokens".to_owned());
    for user in info["users"].as_array().into_iter().flatten() {
        let (organization, name) = (text(&user["organization"]), text(&user["user"]));
        let (password, token) = (text(&user["password"]), text(&user["apiToken"]));
        lines.push(format!("  {organization:<24} {name:<16} {password:<18} {token}"));
    }
    lines.push(example(simulator));
    lines.join("\n")
}

fn example(simulator: &Simulator) -> String {
    format!(
        r#"
Try it in PowerShell (paste roy's API token when asked)

  Import-Module VcdRest
  Connect-Vcd -Server {url} -Org Tyrell -ApiToken (Read-Host -AsSecureString 'API token') -CertificateAuthority '{ca}'
  (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs).values

or in a shell (paste roy's API token, then Enter and Ctrl+D)

  access=$(tr -d '\n' | curl --silent --cacert '{ca}' {url}/oauth/tenant/Tyrell/token \
    --data grant_type=refresh_token --data-urlencode refresh_token@- | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  printf 'Authorization: Bearer %s' "$access" | curl --silent --cacert '{ca}' --header @- \
    --header 'Accept: application/json;version=36.1' {url}/cloudapi/1.0.0/orgs

Ctrl+C ends it.
"#,
        url = simulator.url(),
        ca = simulator.ca_file().display(),
    )
}
