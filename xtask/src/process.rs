//! A child process with a time limit.

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How a child process ended.
#[derive(Debug)]
pub struct Finished {
    /// How it ended; `None` if its time was up and it was killed.
    pub status: Option<ExitStatus>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Finished {
    /// Whether it ended by itself with exit code 0.
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

/// Runs a program without input and keeps its output. When the time is up it is killed.
///
/// # Errors
///
/// If it cannot be started.
pub fn run_limited(command: &mut Command, limit: Duration) -> io::Result<Finished> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let deadline = Instant::now() + limit;
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    // A program that ends closes its output: that is the event to wait for.
    let (stdout, out_in_time) = text(&stdout, deadline);
    let (stderr, err_in_time) = text(&stderr, deadline);
    let status = if out_in_time && err_in_time {
        Some(child.wait()?)
    } else {
        child.kill()?;
        child.wait()?;
        None
    };
    Ok(Finished { status, stdout, stderr })
}

/// Pieces of a stream, as they come.
fn collect(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let Some(mut stream) = stream else { return };
        let mut buffer = [0; 8192];
        // An error ends the output as its end does; a receiver that is gone wants no more.
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Everything until the stream ends, and whether it ended before the deadline.
fn text(pieces: &Receiver<Vec<u8>>, deadline: Instant) -> (String, bool) {
    let mut bytes = Vec::new();
    let in_time = loop {
        match pieces.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(piece) => bytes.extend(piece),
            Err(RecvTimeoutError::Disconnected) => break true,
            Err(RecvTimeoutError::Timeout) => break false,
        }
    };
    (String::from_utf8_lossy(&bytes).into_owned(), in_time)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Finished {
        run_limited(Command::new("sh").args(["-c", script]), limit).expect("there is a shell")
    }

    #[test]
    fn output_and_exit_code_are_kept() {
        let finished = shell("echo out; echo err >&2; exit 3", Duration::from_secs(60));
        assert_eq!(finished.status.and_then(|status| status.code()), Some(3));
        assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), ("out\n", "err\n"));
        assert!(!finished.succeeded());
        assert!(shell("exit 0", Duration::from_secs(60)).succeeded());
    }

    #[test]
    fn a_program_that_hangs_is_killed_and_what_it_said_is_kept() {
        let finished = shell("echo started; exec sleep 600", Duration::from_millis(300));
        assert_eq!(finished.stdout, "started\n");
        assert!(finished.status.is_none());
    }
}
