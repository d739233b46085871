//! What the process around the library suffers: no descriptors left, the library loaded twice and again and again.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use vcdrest::ffi::option::{VCD_CALL_OPT_ANONYMOUS, VCD_CALL_OPT_MAX_RETRIES};

use crate::certificate;
use crate::fault::check_helps;
use crate::library::{Call, Client, Functions, HANG};
use crate::own_process::{self, descriptors, is_own, status};
use crate::server::{GOOD, GOOD_BODY, Server, Then};

/// A place at which the servers of these tests never answer.
const HANGS: &str = "/cloudapi/hangs";

fn server() -> Server {
    Server::tls(|_, request| Ok(request.target.starts_with(HANGS).then_some(Then::Hang)))
}

fn anonymous(client: &Client, uri: &str) -> Call {
    let call = client.call("GET", uri);
    call.set(VCD_CALL_OPT_ANONYMOUS, 1);
    call.set(VCD_CALL_OPT_MAX_RETRIES, 0);
    call
}

/// The address and certificates of a server in the process that has started this one.
const SERVER: &str = "VCDREST_FAULTS_SERVER";
const PEM: &str = "VCDREST_FAULTS_PEM";

/// Runs a test of this module in a process that may open few files only, with a server outside.
fn with_few_descriptors(name: &str) -> bool {
    if !cfg!(target_os = "linux") {
        xtask::not_applicable(name, "it limits a process as Linux does", 1);
        return false;
    }
    if std::env::var_os(SERVER).is_some() {
        return true;
    }
    let server = server();
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -n 32 && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().expect("it has a path"))
        .env(SERVER, server.url())
        .env(PEM, certificate::authority().pem());
    let finished = own_process::run(name, &mut command);
    assert!(finished.succeeded(), "{}{}", finished.stdout, finished.stderr);
    assert!(finished.stdout.contains("1 passed"), "{finished:?}");
    false
}

fn client_of_server_outside() -> Client {
    let (server, pem) = (std::env::var(SERVER), std::env::var(PEM));
    Client::new(&server.expect("it is set"), Some(&pem.expect("it is set")))
}

/// More calls at once than there can be connections: those for which there is none fail and say why, and when the
/// others have ended there is room again.
#[test]
fn more_connections_than_descriptors() {
    if !with_few_descriptors("process::more_connections_than_descriptors") {
        return;
    }
    let client = client_of_server_outside();
    client.sign_in().expect("there is room for one");
    let calls: Vec<Call> = (0..60).map(|_| anonymous(&client, HANGS)).collect();
    for call in &calls {
        call.start();
    }
    let deadline = Instant::now() + HANG;
    let failures = loop {
        // Those that have a connection hang.
        let failures: Vec<_> = calls.iter().filter_map(Call::ended_badly).collect();
        if failures.len() >= 60 - 32 {
            break failures;
        }
        assert!(Instant::now() < deadline, "{failures:?}");
        thread::sleep(Duration::from_millis(10));
    };
    for failure in &failures {
        assert_eq!(failure.code, "VCD_ERR_CONNECT", "{failure:?}");
        assert_eq!(failure.os_error, 24, "{failure:?}");
        assert!(
            failure.message.to_lowercase().contains("too many open files"),
            "{failure:?}"
        );
        check_helps(failure);
    }
    for call in &calls {
        call.cancel();
    }
    drop(calls);
    // Cancelled connections are closed by the library's own thread, soon.
    let deadline = Instant::now() + HANG;
    while let Err(failure) = client.get(GOOD) {
        assert_eq!(failure.code, "VCD_ERR_CONNECT", "{failure:?}");
        assert!(Instant::now() < deadline, "{failure:?}");
    }
    assert_eq!(client.get(GOOD).expect("there is room again"), GOOD_BODY);
}

/// Not one descriptor is left when the library is used for the first time; and then there are some again.
#[test]
fn no_descriptor_for_the_first_use() {
    if !with_few_descriptors("process::no_descriptor_for_the_first_use") {
        return;
    }
    let client = client_of_server_outside();
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    let failure = client.sign_in().expect_err("there is no descriptor for anything");
    assert!(
        ["VCD_ERR_INTERNAL", "VCD_ERR_CONNECT"].contains(&failure.code.as_str()),
        "{failure:?}"
    );
    assert!(
        failure.message.to_lowercase().contains("too many open files"),
        "{failure:?}"
    );
    check_helps(&failure);
    drop(taken);
    client.sign_in().expect("there are descriptors again");
    assert_eq!(client.get(GOOD).expect("it goes well"), GOOD_BODY);
}

/// A copy of the library under another name, which the loader takes for another library.
fn copy(name: &str) -> PathBuf {
    let library = xtask::test_library();
    let ending = library
        .extension()
        .expect("it has one")
        .to_str()
        .expect("it is text")
        .to_owned();
    let place = std::env::temp_dir().join(format!("{name}-{}.{ending}", std::process::id()));
    fs::copy(&library, &place).expect("it can be copied");
    place
}

/// Two copies in one process, as of two plug-ins, have nothing to do with each other.
#[test]
fn two_copies_in_one_process() {
    if !is_own("process::two_copies_in_one_process") {
        return;
    }
    let place = copy("vcdrest-faults-copy");
    let second: &'static Functions = Box::leak(Box::new(Functions::load(&place)));
    let server = server();
    let pem = certificate::authority().pem();
    let one = Client::new(&server.url(), Some(&pem));
    let other = Client::new_of(second, &server.url(), Some(&pem));
    one.sign_in_with("one", crate::library::API_TOKEN)
        .expect("it goes well");
    other
        .sign_in_with("other", crate::library::API_TOKEN)
        .expect("it goes well");
    thread::scope(|scope| {
        for client in [&one, &other] {
            scope.spawn(move || {
                for _ in 0..50 {
                    assert_eq!(client.get(GOOD).expect("it goes well"), GOOD_BODY);
                }
            });
        }
    });
    // A handle of one is none of the other, and neither harms the other.
    drop(one);
    assert_eq!(other.get(GOOD).expect("it goes well"), GOOD_BODY);
    fs::remove_file(&place)
        .or_else(still_loaded)
        .expect("it can be removed");
}

/// Windows keeps files of what is loaded.
fn still_loaded(error: io::Error) -> io::Result<()> {
    if cfg!(windows) { Ok(()) } else { Err(error) }
}

/// Loaded, used, left with a call in flight, unloaded, again and again: threads, descriptors and memory stay as they
/// are.
#[test]
fn loaded_and_unloaded_again_and_again() {
    const ROUNDS: usize = 200;
    if !cfg!(target_os = "linux") {
        return xtask::not_applicable("loading again and again", "it reads /proc", 1);
    }
    if !is_own("process::loaded_and_unloaded_again_and_again") {
        return;
    }
    let place = copy("vcdrest-faults-again");
    let server = server();
    let pem = certificate::authority().pem();
    let mut before = (0, 0, 0);
    for round in 0..ROUNDS {
        // It lives as long as the client and the call do that are given it, and is unloaded after them.
        let library = Box::into_raw(Box::new(Functions::load(&place)));
        {
            let library = Functions::borrowed(library);
            let client = Client::new_of(library, &server.url(), Some(&pem));
            let call = anonymous(&client, HANGS);
            call.start();
            assert_eq!(anonymous(&client, GOOD).wait().map(|()| 0).expect("it goes well"), 0);
        }
        Functions::take(library).unload();
        // Connections of calls that were given up go soon after, on both sides: the server's are in this process.
        if round == ROUNDS / 4 || round == ROUNDS - 1 {
            let deadline = Instant::now() + HANG;
            while descriptors() > 40 && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(10));
            }
            let now = (status("Threads"), descriptors() as u64, status("VmRSS"));
            println!("process::after {} rounds: {now:?}", round + 1);
            if before == (0, 0, 0) {
                before = now;
            } else {
                assert!(now.0 <= before.0 + 10, "threads: {before:?}, {now:?}");
                assert!(now.1 <= before.1 + 10, "descriptors: {before:?}, {now:?}");
                assert!(now.2 <= before.2 + 8 * 1024, "memory: {before:?}, {now:?}");
            }
        }
    }
    fs::remove_file(&place).expect("it can be removed");
}
