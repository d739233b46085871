//! Faults of the system below: a resolver that takes its time, a clock that somebody sets. A library in C that stands
//! before the system's own brings them about, in a process of their own.

use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use rcgen::SanType;
use vcdrest::ffi::option::{VCD_CALL_OPT_ANONYMOUS, VCD_OPT_CONNECT_TIMEOUT_MS, VCD_OPT_TIMEOUT_MS};

use crate::certificate;
use crate::fault::check_helps;
use crate::library::{Client, HANG};
use crate::network::BlackHole;
use crate::own_process;
use crate::server::{ACCESS_TOKEN, GOOD, GOOD_BODY, Server, Then, json};

/// How long the slow resolver takes: longer than any of these tests.
const RESOLVER_SECONDS: u64 = 30;
const CLOCK: &str = "FAULTS_CLOCK_FILE";

/// The library that stands before the system's; `None` where there is no compiler for it.
fn shim() -> Option<&'static PathBuf> {
    static SHIM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let shim = SHIM.get_or_init(|| {
        let compiler = xtask::find_c_compiler()?;
        let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{}.so", std::process::id()));
        let output = Command::new(compiler)
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(&place)
            .arg(xtask::repository().join("tests/faults/system.c"))
            .arg("-ldl")
            .output()
            .expect("the compiler starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(place)
    });
    shim.as_ref()
}

/// Whether this is the process with the faults; else starts it with these variables, and says how long it has taken.
fn with_faults(name: &str, variables: &[(&str, &str)]) -> bool {
    if std::env::var_os("LD_PRELOAD").is_some_and(|shim| shim.to_string_lossy().contains("faults-")) {
        return true;
    }
    if !cfg!(target_os = "linux") {
        xtask::not_applicable(name, "it stands before the C library as on Linux", 1);
        return false;
    }
    let Some(shim) = shim() else {
        xtask::skip(name, "there is no C compiler", 1);
        return false;
    };
    let mut command = Command::new(std::env::current_exe().expect("it has a path"));
    command.env("LD_PRELOAD", shim).envs(variables.iter().copied());
    let begun = Instant::now();
    let finished = own_process::run(name, &mut command);
    assert!(finished.succeeded(), "{}{}", finished.stdout, finished.stderr);
    assert!(finished.stdout.contains("1 passed"), "{finished:?}");
    assert!(
        begun.elapsed() < Duration::from_secs(RESOLVER_SECONDS),
        "the end of the process waits for the resolver"
    );
    false
}

/// A name that takes for ever holds up neither its own call beyond its time, nor others, nor the end of the process.
#[test]
fn a_slow_resolver() {
    let seconds = RESOLVER_SECONDS.to_string();
    if !with_faults("system::a_slow_resolver", &[("FAULTS_RESOLVER_SECONDS", &seconds)]) {
        return;
    }
    let pem = certificate::authority().pem();
    for (option, words) in [
        (VCD_OPT_CONNECT_TIMEOUT_MS, "no connection in time"),
        (VCD_OPT_TIMEOUT_MS, "took longer than"),
    ] {
        let client = Client::new("https://slow.example.com", Some(&pem));
        client.set(option, 500);
        let call = client.call("GET", GOOD);
        call.set(VCD_CALL_OPT_ANONYMOUS, 1);
        let failure = call.wait().expect_err("the name takes for ever");
        assert_eq!(failure.code, "VCD_ERR_TIMEOUT", "{failure:?}");
        assert!(failure.message.contains(words), "{failure:?}");
        check_helps(&failure);
    }
    // Many of them do not stand in the way of a name that is known.
    let slow = Client::new("https://slow.example.com", Some(&pem));
    let calls: Vec<_> = (0..20).map(|_| slow.call("GET", GOOD)).collect();
    for call in &calls {
        call.set(VCD_CALL_OPT_ANONYMOUS, 1);
        call.start();
    }
    let server = Server::tls(|_, _| Ok(None));
    let quick = Client::new(&format!("https://localhost:{}", server.address().port()), Some(&pem));
    quick.sign_in().expect("it goes well");
    assert_eq!(quick.get(GOOD).expect("it goes well"), GOOD_BODY);
}

/// A name with an address of each family, of which the first one is not served, or never answers: the second one is
/// used.
#[test]
fn a_dead_family_of_addresses() {
    if !with_faults("system::a_dead_family_of_addresses", &[]) {
        return;
    }
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        return xtask::not_applicable("two families of addresses", "this machine has no IPv6", 1);
    }
    let names = [SanType::DnsName("both.example.com".try_into().expect("it is ASCII"))];
    let server = Server::start(
        Ipv4Addr::LOCALHOST.into(),
        Some(certificate::authority().server(&names)),
        |_, _| Ok(None),
    );
    let port = server.address().port();
    let check = || {
        let pem = certificate::authority().pem();
        let client = Client::new(&format!("https://both.example.com:{port}"), Some(&pem));
        client.sign_in().expect("the other family answers");
        assert_eq!(client.get(GOOD).expect("it goes well"), GOOD_BODY);
    };
    check();
    let hole = BlackHole::new((Ipv6Addr::LOCALHOST, port).into());
    assert!(
        hole.is_some(),
        "the port is free, and Linux drops what comes to a full queue"
    );
    check();
}

/// The clock of the day jumps a day ahead and back: a token is good for as long as it was said to be, and no longer.
#[test]
fn a_clock_that_jumps() {
    let file = std::env::temp_dir().join(format!("vcdrest-faults-clock-{}", std::process::id()));
    let path = file.to_str().expect("it is text").to_owned();
    if !with_faults("system::a_clock_that_jumps", &[(CLOCK, &path)]) {
        // Mostly the other process has taken it away.
        let _ = fs::remove_file(&file);
        return;
    }
    let file = PathBuf::from(std::env::var_os(CLOCK).expect("it is set"));
    let set = |seconds: i64| fs::write(&file, seconds.to_string()).expect("it can be written");
    // With the date of the server far from ours, too.
    let server = Server::tls(|link, request| {
        if !request.target.starts_with("/oauth/") {
            return Ok(None);
        }
        let body = format!(r#"{{"access_token":"{ACCESS_TOKEN}","expires_in":3600}}"#);
        let mut bytes = json("200 OK", &body);
        let at = bytes
            .windows(2)
            .position(|end| end == b"\r\n")
            .expect("there is a line")
            + 2;
        bytes.splice(at..at, *b"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
        link.say(bytes)?;
        Ok(Some(Then::Next))
    });
    let now = || {
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .expect("it is later")
            .as_secs()
    };
    let real = now();
    let client = server.client();
    client.sign_in().expect("it goes well");
    for jump in [86_400, -86_400, 0] {
        set(jump);
        let seen = now().abs_diff(real.checked_add_signed(jump).expect("it is a time"));
        assert!(seen < HANG.as_secs(), "the clock has jumped");
        for _ in 0..3 {
            assert_eq!(client.get(GOOD).expect("the token is good"), GOOD_BODY);
        }
        assert_eq!(client.exchanges(), 1, "nobody renews for a clock, {jump}");
        // A sign-in under the wrong clock goes well, and its token is good as long.
        let other = server.client();
        other.sign_in().expect("it goes well");
        set(0);
        assert_eq!(other.get(GOOD).expect("the token is good"), GOOD_BODY);
        assert_eq!(other.exchanges(), 1, "{jump}");
    }
    let _ = fs::remove_file(&file);
}
