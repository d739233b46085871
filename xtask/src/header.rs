//! `include/vcdrest.h`, made from `src/ffi`.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::Result;
use crate::repository::repository;

/// The files of `src/ffi` that make the header, in its order.
pub const HEADER_SOURCES: [&str; 9] = [
    "library.rs",
    "status.rs",
    "option.rs",
    "error.rs",
    "client.rs",
    "call.rs",
    "pages.rs",
    "everyday.rs",
    "log.rs",
];

/// The committed header.
pub fn header_path() -> PathBuf {
    repository().join("include").join("vcdrest.h")
}

/// Makes the text of the header by the settings of `cbindgen.toml`. What the generator only warns of, such as a
/// type that it does not know, is an error here.
///
/// # Errors
///
/// If a file cannot be read, or the generator has anything to say.
pub fn generate_header() -> Result<String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    Complaints::listen()?;
    let root = repository();
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml"))?;
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in HEADER_SOURCES {
        builder = builder.with_src(root.join("src").join("ffi").join(file));
    }
    let bindings = builder.generate()?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let complaints = Complaints::take();
    if !complaints.is_empty() {
        return Err(format!("cbindgen complains:\n  {}", complaints.join("\n  ")).into());
    }
    Ok(String::from_utf8(text)?)
}

/// Keeps the warnings and errors that the generator logs.
struct Complaints(Mutex<Vec<String>>);

static COMPLAINTS: Complaints = Complaints(Mutex::new(Vec::new()));

impl Complaints {
    fn listen() -> Result<()> {
        static FIRST: std::sync::Once = std::sync::Once::new();
        let mut result = Ok(());
        FIRST.call_once(|| {
            result = log::set_logger(&COMPLAINTS);
            log::set_max_level(LevelFilter::Warn);
        });
        result.map_err(|_| "another logger is set in this process; cbindgen's warnings would be lost")?;
        Self::take();
        Ok(())
    }

    fn take() -> Vec<String> {
        std::mem::take(&mut COMPLAINTS.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Log for Complaints {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Warn && metadata.target().starts_with("cbindgen")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("{}: {}", record.level(), record.args());
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    fn flush(&self) {}
}
