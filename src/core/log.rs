//! The log: a sink that the host sets, and a file that the environment names. No line holds a secret, because no
//! secret is ever given to it.

use super::code::Code;
use super::error::{Error, Result};
use super::timestamp::timestamp;
use std::cell::Cell;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, Once, PoisonError, RwLock, RwLockReadGuard};
use std::time::SystemTime;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Error = 1,
    Warn = 2,
    Info = 3,
    Debug = 4,
}

impl Level {
    pub(crate) fn from_number(number: i32) -> Option<Self> {
        [Level::Error, Level::Warn, Level::Info, Level::Debug]
            .into_iter()
            .find(|level| *level as i32 == number)
    }
}

/// Receives lines.
pub(crate) type Sink = Box<dyn Fn(Level, &str) + Send + Sync>;

static SINK: RwLock<Option<(Level, Sink)>> = RwLock::new(None);
/// The highest level that anybody wants; -1 until the environment has been read.
static WANTED: AtomicI32 = AtomicI32::new(-1);

thread_local! {
    static IN_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

struct LogFile {
    level: Level,
    file: Mutex<File>,
}

/// The file that lines go to, where there is one.
fn file() -> RwLockReadGuard<'static, Option<LogFile>> {
    static FROM_ENVIRONMENT: Once = Once::new();
    FROM_ENVIRONMENT.call_once(|| {
        let mut file = FILE.write().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            *file = environment();
        }
    });
    FILE.read().unwrap_or_else(PoisonError::into_inner)
}

static FILE: RwLock<Option<LogFile>> = RwLock::new(None);

/// The file of the environment variable VCDREST_LOG_FILE; one that cannot be opened is no reason to fail.
fn environment() -> Option<LogFile> {
    let path = std::env::var_os("VCDREST_LOG_FILE").filter(|path| !path.is_empty())?;
    let level = std::env::var("VCDREST_LOG_LEVEL")
        .ok()
        .and_then(|level| Level::from_number(level.trim().parse().ok()?))
        .unwrap_or(Level::Info);
    open(path.as_ref(), level).ok()
}

fn open(path: &Path, level: Level) -> io::Result<LogFile> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    Ok(LogFile {
        level,
        file: Mutex::new(file),
    })
}

/// Sets the file that lines are appended to, in place of the environment's, or ends that.
pub(crate) fn set_file(target: Option<(&str, Level)>) -> Result<()> {
    let opened = target
        .map(|(path, level)| {
            open(path.as_ref(), level).map_err(|error| {
                Error::new(
                    Code::Argument,
                    format!("the log file {path} cannot be written: {error}"),
                )
                .with_os_error(error.raw_os_error())
            })
        })
        .transpose()?;
    // Else the environment's would take its place when it is first looked for.
    drop(file());
    *FILE.write().unwrap_or_else(PoisonError::into_inner) = opened;
    refresh();
    Ok(())
}

/// Sets or removes the host's sink.
pub(crate) fn set_sink(sink: Option<(Level, Sink)>) {
    *SINK.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = sink;
    refresh();
}

fn refresh() -> i32 {
    let sink = SINK.read().unwrap_or_else(|poisoned| poisoned.into_inner());
    let wanted = sink
        .as_ref()
        .map_or(0, |(level, _)| *level as i32)
        .max(file().as_ref().map_or(0, |file| file.level as i32));
    WANTED.store(wanted, Ordering::Relaxed);
    wanted
}

/// Whether this thread is inside a function of the host, from where the library must not be called.
pub(crate) fn in_callback() -> bool {
    IN_CALLBACK.get()
}

/// Runs a function of the host, from within which the library must not be called.
pub(crate) fn from_callback<T>(function: impl FnOnce() -> T) -> T {
    let before = IN_CALLBACK.replace(true);
    let result = function();
    IN_CALLBACK.set(before);
    result
}

pub(crate) fn error(line: fmt::Arguments<'_>) {
    write(Level::Error, line);
}

pub(crate) fn warn(line: fmt::Arguments<'_>) {
    write(Level::Warn, line);
}

pub(crate) fn info(line: fmt::Arguments<'_>) {
    write(Level::Info, line);
}

pub(crate) fn debug(line: fmt::Arguments<'_>) {
    write(Level::Debug, line);
}

fn write(level: Level, line: fmt::Arguments<'_>) {
    let mut wanted = WANTED.load(Ordering::Relaxed);
    if wanted < 0 {
        wanted = refresh();
    }
    if (level as i32) > wanted || in_callback() {
        return;
    }
    // What a server says may stand in it, and is not to look like a line of its own.
    let line = line.to_string().replace(['\r', '\n'], " ");
    let sink = SINK.read().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some((_, sink)) = sink.as_ref().filter(|(most, _)| level <= *most) {
        from_callback(|| sink(level, &line));
    }
    drop(sink);
    if let Some(target) = file().as_ref().filter(|target| level <= target.level) {
        let name = ["", "ERROR", "WARN", "INFO", "DEBUG"][level as usize];
        let mut file = target.file.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // A full disk must not end a call that went well.
        let _ = writeln!(file, "{} {name} {line}", timestamp(SystemTime::now()));
    }
}
