//! The token file of a service account, whose token is replaced at each use: nobody may lose it. `tests/c/rotate.c` is
//! what uses it here, in processes that can be killed and limited.
#![cfg(unix)]

mod c_program;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use c_program::{Folder, command, compiled, host, simulator};
use serde_json::Value;
use vcd_simulator::{Fault, FaultKind, Simulator};
use xtask::{Finished, Language};

const LIMIT: Duration = Duration::from_secs(300);
/// Long enough for a file to be moved while an answer is on its way.
const DELAY: Duration = Duration::from_secs(2);

/// A simulator, the program, and a folder with the token file of a service account.
struct Stage {
    program: PathBuf,
    simulator: Simulator,
    folder: Folder,
    account: String,
}

impl Stage {
    /// `None` where there is no C compiler.
    fn new(what: &str) -> Option<Stage> {
        let source = xtask::repository().join("tests/c/rotate.c");
        let program = compiled(host(), what, Language::C, &source, true)?;
        let simulator = simulator();
        simulator.set_device_interval(Duration::ZERO);
        let mut stage = Stage {
            program,
            simulator,
            folder: Folder::new(),
            account: String::new(),
        };
        stage.set_up("first");
        Some(stage)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("token.json")
    }

    /// A new account with its token in the file.
    fn set_up(&mut self, name: &str) {
        for ending in ["", ".new"] {
            // Mostly there is none.
            let _ = fs::remove_file(format!("{}{ending}", self.file().display()));
        }
        let finished = self.run(&mut self.command("set-up", &[name]));
        assert!(finished.succeeded(), "{finished:?}");
        self.account = name.to_owned();
    }

    fn command(&self, what: &str, further: &[&str]) -> Command {
        let mut command = command(host(), &self.program, &self.simulator);
        command.arg(what).arg(self.file()).args(further);
        command
    }

    fn run(&self, command: &mut Command) -> Finished {
        xtask::run_limited(command, LIMIT).expect("the program starts")
    }

    /// The lines that a sign-in leaves.
    fn sign_in(&self, how: &str) -> Vec<String> {
        self.lines(&self.run(&mut self.command(how, &[])))
    }

    fn lines(&self, finished: &Finished) -> Vec<String> {
        assert!(finished.succeeded() && finished.stderr.is_empty(), "{finished:?}");
        finished.stdout.lines().map(str::to_owned).collect()
    }

    /// The token that the server takes next.
    fn current(&self) -> String {
        let accounts: Value = serde_json::from_str(&self.ask("/service-accounts")).expect("JSON");
        let accounts = accounts.as_array().expect("a list");
        let mine = accounts.iter().find(|account| account["name"] == self.account.as_str());
        mine.and_then(|account| account["refreshToken"].as_str())
            .unwrap_or_default()
            .to_owned()
    }

    /// Asks the control endpoint.
    fn ask(&self, target: &str) -> String {
        let url = self.simulator.control_url();
        let place = url.strip_prefix("http://").expect("it is http");
        let mut stream = TcpStream::connect(place).expect("the control endpoint listens");
        write!(
            stream,
            "GET {target} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n"
        )
        .expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("it speaks HTTP");
        body.to_owned()
    }

    /// Waits until no request is on its way any more.
    fn settle(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self
            .simulator
            .requests()
            .iter()
            .any(|request| request.status.is_none() && !request.aborted)
        {
            assert!(Instant::now() < deadline, "a request is never answered");
            std::thread::yield_now();
        }
    }

    /// Does something while the answer to an exchange is on its way, and returns what the sign-in leaves.
    fn meanwhile(&self, prepare: impl FnOnce(&mut Command), change: impl FnOnce()) -> Vec<String> {
        self.simulator
            .fault(Fault::new(FaultKind::Delay(DELAY)).on_path("/oauth"));
        let before = self.exchanges();
        let mut command = self.command("sign-in", &[]);
        prepare(&mut command);
        std::thread::scope(|scope| {
            let running = scope.spawn(move || xtask::run_limited(&mut command, LIMIT).expect("the program starts"));
            let arrived = self
                .simulator
                .wait_for_requests("/oauth/tenant/Tyrell/token", before + 1, LIMIT);
            assert!(arrived, "the exchange was not sent");
            change();
            self.lines(&running.join().expect("it runs"))
        })
    }

    fn exchanges(&self) -> usize {
        let requests = self.simulator.requests();
        requests
            .iter()
            .filter(|request| request.target.starts_with("/oauth/tenant/Tyrell/token"))
            .count()
    }
}

/// The token in a file, where there is one.
fn token_in(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let value: Value = serde_json::from_str(&text).ok()?;
    value["refresh_token"].as_str().map(str::to_owned)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", path.display()))
}

/// Nothing was sent, the token is where it was and still works.
fn check_nothing_sent(stage: &Stage, how: &str, prepare: impl FnOnce(), undo: impl FnOnce()) -> String {
    let (exchanges, before) = (stage.exchanges(), stage.current());
    prepare();
    let lines = stage.sign_in(how);
    assert_eq!(stage.exchanges(), exchanges, "{how}: {lines:?}");
    assert!(
        lines[0].starts_with("VCD_ERR_TOKEN_FILE ") && lines[0].contains("nothing was sent"),
        "{how}: {lines:?}"
    );
    assert!(
        lines[0].contains(&stage.file().display().to_string()),
        "{how}: {lines:?}"
    );
    assert_eq!(stage.current(), before);
    undo();
    assert_eq!(token_in(&stage.file()).as_deref(), Some(before.as_str()), "{how}");
    assert!(
        !beside(&stage.file(), ".new").exists(),
        "{how}: nothing is left beside it"
    );
    assert_eq!(stage.sign_in("sign-in"), ["VCD_OK"], "{how}");
    lines[0].clone()
}

#[test]
fn without_a_place_for_the_new_token_the_old_one_is_not_used() {
    let Some(stage) = Stage::new("a token file that cannot be written") else {
        return;
    };
    let folder = stage.folder.path();
    let mode = |path: &Path, mode: u32| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be changed");
    };

    // A folder that this user may not write to; the file could be read.
    let file = stage.file();
    mode(&file, 0o644);
    let said = check_nothing_sent(
        &stage,
        "sign-in-as-nobody",
        || {
            let _ = fs::remove_file(beside(&file, ".lock"));
            mode(folder, 0o555);
        },
        || mode(folder, 0o755),
    );
    assert!(said.contains("Permission denied"), "{said}");

    // A lock that this user may not take, in a folder that would do.
    let said = check_nothing_sent(
        &stage,
        "sign-in-as-nobody",
        || {
            mode(&stage.file(), 0o644);
            fs::write(beside(&file, ".lock"), "").expect("the lock can be written");
            mode(&beside(&file, ".lock"), 0o400);
            mode(folder, 0o777);
        },
        || {
            mode(&beside(&file, ".lock"), 0o600);
            mode(folder, 0o755);
        },
    );
    // Whoever owns the file has the right all the same.
    assert!(said.contains("Permission denied"), "{said}");

    let said = check_nothing_sent(&stage, "sign-in-without-space", || {}, || {});
    assert!(said.contains("File too large"), "{said}");
}

#[test]
fn a_full_disk_is_found_before_the_exchange_and_does_no_harm_after_it() {
    let Some(mut stage) = Stage::new("a token file on a full disk") else {
        return;
    };
    let disk = stage.folder.join("disk");
    fs::create_dir(&disk).expect("a folder can be made");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
        .arg(&disk)
        .output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        return xtask::skip(
            "a token file on a full disk",
            "this user may not mount a small file system",
            1,
        );
    }
    struct Unmount(PathBuf);
    impl Drop for Unmount {
        fn drop(&mut self) {
            let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
            assert!(unmounted.is_ok_and(|status| status.success()));
        }
    }
    let _unmount = Unmount(disk.clone());
    let place = disk.join("token.json");
    fs::copy(stage.file(), &place).expect("it fits");
    fs::remove_file(stage.file()).expect("it is there");
    std::os::unix::fs::symlink(&place, stage.file()).expect("a link can be made");
    let fill = || {
        let mut file = fs::File::create(disk.join("filler")).expect("a file can be made");
        while file.write_all(&[b'x'; 512]).is_ok() {}
    };
    let free = || fs::remove_file(disk.join("filler")).expect("it is there");

    let (exchanges, before) = (stage.exchanges(), stage.current());
    fill();
    let lines = stage.sign_in("sign-in");
    assert!(
        lines[0].starts_with("VCD_ERR_TOKEN_FILE ") && lines[0].contains("No space left"),
        "{lines:?}"
    );
    assert_eq!((stage.exchanges(), stage.current()), (exchanges, before.clone()));
    free();

    // Full only when the new token is on its way: its place is taken already.
    let lines = stage.meanwhile(|_| {}, fill);
    assert_eq!(lines, ["VCD_OK"]);
    assert_ne!(stage.current(), before);
    assert_eq!(token_in(&place).as_deref(), Some(stage.current().as_str()));
    free();
    assert_eq!(stage.sign_in("sign-in"), ["VCD_OK"]);
    stage.account.clear();
}

#[test]
fn a_token_that_cannot_be_saved_is_where_the_error_says() {
    let Some(stage) = Stage::new("a token file that is replaced meanwhile") else {
        return;
    };
    let file = stage.file();

    // A folder has come to stand in the file's place.
    let lines = stage.meanwhile(
        |_| {},
        || {
            fs::remove_file(&file).expect("it is there");
            fs::create_dir_all(file.join("in the way")).expect("a folder can be made");
        },
    );
    let saved = beside(&file, ".new");
    assert!(lines[0].starts_with("VCD_ERR_TOKEN_NOT_SAVED "), "{lines:?}");
    assert!(
        lines[0].contains(&format!("It was written to {}:", saved.display())),
        "{lines:?}"
    );
    assert_eq!(lines[1], stage.current(), "VCD_CLIENT_API_TOKEN is the one that works");
    assert_eq!(token_in(&saved), Some(stage.current()));
    // As the message says.
    fs::remove_dir_all(&file).expect("it is there");
    fs::rename(&saved, &file).expect("it can be moved");
    assert_eq!(stage.sign_in("sign-in"), ["VCD_OK"]);

    // The whole folder has gone: the temporary one takes it.
    let (gone, temporary) = (stage.folder.join("gone"), stage.folder.join("temporary"));
    fs::create_dir(&temporary).expect("a folder can be made");
    fs::create_dir(&gone).expect("a folder can be made");
    fs::rename(&file, gone.join("token.json")).expect("it can be moved");
    std::os::unix::fs::symlink(gone.join("token.json"), &file).expect("a link can be made");
    let lines = stage.meanwhile(
        |command| {
            command.env("TMPDIR", &temporary);
        },
        || fs::remove_dir_all(&gone).expect("it can be removed"),
    );
    assert!(lines[0].starts_with("VCD_ERR_TOKEN_NOT_SAVED "), "{lines:?}");
    let rescued: Vec<PathBuf> = fs::read_dir(&temporary)
        .expect("it is there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    let [rescued] = &rescued[..] else {
        panic!("{rescued:?}");
    };
    assert!(
        lines[0].contains(&format!("It was written to {}:", rescued.display())),
        "{lines:?}"
    );
    assert_eq!(token_in(rescued), Some(stage.current()));
    let facts = fs::metadata(rescued).expect("it is there");
    assert_eq!(facts.permissions().mode() & 0o777, 0o600, "for this user alone");
    fs::remove_file(&file).expect("the link is there");
    fs::rename(rescued, &file).expect("it can be moved");
    assert_eq!(stage.sign_in("sign-in"), ["VCD_OK"]);

    // Nothing can be written anywhere: the client is the only one that knows it.
    fs::create_dir(&gone).expect("a folder can be made");
    fs::rename(&file, gone.join("token.json")).expect("it can be moved");
    std::os::unix::fs::symlink(gone.join("token.json"), &file).expect("a link can be made");
    let nowhere = stage.folder.join("nowhere");
    let lines = stage.meanwhile(
        |command| {
            command.env("TMPDIR", &nowhere).env("HOME", &nowhere);
        },
        || fs::remove_dir_all(&gone).expect("it can be removed"),
    );
    assert!(
        lines[0].starts_with("VCD_ERR_TOKEN_NOT_SAVED ") && lines[0].contains("VCD_CLIENT_API_TOKEN"),
        "{lines:?}"
    );
    assert_eq!(lines[1], stage.current());
    assert_eq!(stage.simulator.killed_grants(), 0);
}

#[test]
fn two_processes_with_eight_threads_each_share_a_file() {
    const THREADS: u64 = 8;
    const ROUNDS: u64 = 63;
    let Some(stage) = Stage::new("a token file that two processes share") else {
        return;
    };
    let before = stage.simulator.rotations();
    let start = Instant::now();
    let further = [THREADS.to_string(), ROUNDS.to_string()];
    let further = [further[0].as_str(), further[1].as_str()];
    std::thread::scope(|scope| {
        let running = [(); 2].map(|()| {
            let mut command = stage.command("share", &further);
            scope.spawn(move || xtask::run_limited(&mut command, LIMIT).expect("the program starts"))
        });
        for running in running {
            let lines = stage.lines(&running.join().expect("it runs"));
            assert_eq!(lines, [(THREADS * ROUNDS).to_string()]);
        }
    });
    let took = start.elapsed();
    assert_eq!(stage.simulator.rotations() - before, 2 * THREADS * ROUNDS);
    assert_eq!(stage.simulator.killed_grants(), 0);
    assert_eq!(token_in(&stage.file()), Some(stage.current()));
    say(&format!(
        "two processes with {THREADS} threads each made {} exchanges with one file in {:.1} s, all well",
        2 * THREADS * ROUNDS,
        took.as_secs_f64()
    ));
}

/// A process is killed at a random moment of a rotating exchange, 500 times. The next one signs in with what it finds
/// in the file, or beside it.
///
/// Between the moment at which the server replaces the token and the one at which the answer is in the client's file
/// nobody but the server knows the new token: a client that dies there has lost the grant, whatever it does. These
/// cases are told from all others by looking at what the server has and what is on disk when the process is dead,
/// and are counted. How many there are says how long a request is on its way, compared with the time between two: here
/// a process does nothing but exchange its token, at a server that is a fraction of a millisecond away, and about a
/// third of its time passes like that.
#[test]
fn kill_at_any_moment_loses_nothing_that_had_arrived() {
    const KILLS: u32 = 500;
    const SEED: u64 = 0x2026_1124_0500;
    let Some(mut stage) = Stage::new("a token file whose user is killed") else {
        return;
    };
    let file = stage.file();
    let mut random = SEED;
    let (mut lost, mut late, mut found_beside, mut half_way, mut exchanges) = (0, 0, 0, 0, 0);
    let start = Instant::now();

    // How long an exchange takes here.
    let mut child = Endless::start(&stage);
    assert_eq!(child.first_line(), "VCD_OK");
    let before = stage.simulator.rotations();
    std::thread::sleep(Duration::from_millis(500));
    let cycle = Duration::from_millis(500) / u32::try_from(stage.simulator.rotations() - before).unwrap_or(1).max(1);
    child.kill();

    for number in 0..KILLS {
        stage.settle();
        // Looked at first: what is replaced from here on was asked for by the process that is dead.
        let mut before = stage.simulator.rotations();
        let (current, in_file) = (stage.current(), token_in(&file));
        let is_beside = token_in(&beside(&file, ".new"));
        half_way += u32::from(beside(&file, ".new").exists());
        if in_file.as_deref() != Some(current.as_str()) {
            if is_beside.as_deref() == Some(current.as_str()) {
                found_beside += 1;
            } else {
                // It had not arrived. The administrator begins anew.
                lost += 1;
                stage.set_up(&format!("account-{number}"));
                before = stage.simulator.rotations();
            }
        }
        let mut child = Endless::start(&stage);
        let mut line = child.first_line();
        if line.starts_with("VCD_ERR_AUTH ") && stage.simulator.rotations() > before {
            // This process has replaced nothing: the request of the one before reached the server only now.
            late += 1;
            stage.set_up(&format!("late-{number}"));
            before = stage.simulator.rotations();
            child = Endless::start(&stage);
            line = child.first_line();
        }
        assert_eq!(
            line, "VCD_OK",
            "kill {number} of seed {SEED:#x}: the file has {in_file:?}, beside it is {is_beside:?}, the server has {current}"
        );
        // xorshift64*
        random ^= random >> 12;
        random ^= random << 25;
        random ^= random >> 27;
        let part = u32::try_from(random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 48).unwrap_or_default();
        std::thread::sleep(cycle * 3 * part / 65_536);
        child.kill();
        exchanges += stage.simulator.rotations() - before;
    }
    let killed = stage.simulator.killed_grants();
    say(&format!(
        "{KILLS} kills with seed {SEED:#x} among {exchanges} exchanges of about {:.1} ms, in {:.0} s: {half_way} left a \
         file half-way, in {found_beside} of them the new token was found there, {} came between the request and the \
         answer's arrival",
        cycle.as_secs_f64() * 1000.0,
        start.elapsed().as_secs_f64(),
        lost + late
    ));
    assert_eq!(
        killed, late,
        "an old token was used only where nobody could know of the new one"
    );
    assert!(exchanges >= u64::from(KILLS), "every process has made an exchange");
    // How many depends on how busy the machine is; that it is most of them would mean that the token is written late.
    assert!(
        (lost + late) * 4 <= u64::from(KILLS) * 3,
        "{lost} + {late} of {KILLS} grants were lost"
    );
}

/// A process that exchanges the token again and again until it is killed.
struct Endless(Child);

impl Endless {
    fn start(stage: &Stage) -> Endless {
        let mut command = stage.command("sign-in-for-ever", &[]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        Endless(command.spawn().expect("the program starts"))
    }

    /// What became of its first sign-in. The program ends by itself where nothing comes of it.
    fn first_line(&mut self) -> String {
        let mut line = String::new();
        let output = self.0.stdout.as_mut().expect("it is piped");
        BufReader::new(output).read_line(&mut line).expect("it is text");
        line.trim_end().to_owned()
    }

    fn kill(&mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it has ended");
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        // After a failed test; else it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Past the test harness, so that the figures are seen.
fn say(line: &str) {
    writeln!(std::io::stderr().lock(), "{line}").expect("standard error is open");
}
