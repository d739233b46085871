//! The log: a sink that the host sets, and a file that the environment names. No line holds a secret, because no
//! secret is ever given to it.

use std::cell::Cell;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, OnceLock, RwLock};
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

/// The file of the environment variable VCDREST_LOG_FILE; one that cannot be opened is no reason to fail.
fn file() -> Option<&'static LogFile> {
    static FILE: OnceLock<Option<LogFile>> = OnceLock::new();
    FILE.get_or_init(|| {
        let path = std::env::var_os("VCDREST_LOG_FILE").filter(|path| !path.is_empty())?;
        let level = std::env::var("VCDREST_LOG_LEVEL")
            .ok()
            .and_then(|level| Level::from_number(level.trim().parse().ok()?))
            .unwrap_or(Level::Info);
        let file = OpenOptions::new().create(true).append(true).open(path).ok()?;
        Some(LogFile {
            level,
            file: Mutex::new(file),
        })
    })
    .as_ref()
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
        .max(file().map_or(0, |file| file.level as i32));
    WANTED.store(wanted, Ordering::Relaxed);
    wanted
}

/// Whether this thread is inside the host's sink, from where the library must not be called.
pub(crate) fn in_callback() -> bool {
    IN_CALLBACK.get()
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
    let line = line.to_string();
    let sink = SINK.read().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some((_, sink)) = sink.as_ref().filter(|(most, _)| level <= *most) {
        IN_CALLBACK.set(true);
        sink(level, &line);
        IN_CALLBACK.set(false);
    }
    drop(sink);
    if let Some(target) = file().filter(|target| level <= target.level) {
        let name = ["", "ERROR", "WARN", "INFO", "DEBUG"][level as usize];
        let mut file = target.file.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // A full disk must not end a call that went well.
        let _ = writeln!(file, "{} {name} {line}", timestamp(SystemTime::now()));
    }
}

/// `2026-01-31T12:00:00Z`, from the date that HTTP uses.
fn timestamp(time: SystemTime) -> String {
    let date = httpdate::fmt_http_date(time);
    let parts: Vec<&str> = date.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let [_, day, month, year, clock, _] = parts[..] else {
        return date;
    };
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = MONTHS.find(month).map_or(0, |at| at / 3 + 1);
    format!("{year}-{month:02}-{day}T{clock}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn timestamps_are_iso_8601() {
        // RFC 9110 section 5.6.7 gives this instant as an example of an HTTP date.
        assert_eq!(
            timestamp(UNIX_EPOCH + Duration::from_secs(784_111_777)),
            "1994-11-06T08:49:37Z"
        );
    }
}
