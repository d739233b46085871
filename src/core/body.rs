//! Bodies: where that of a request comes from, and where that of an answer goes to. What is large is streamed: never
//! more than a few hundred kilobytes of it are in memory.

use super::busy_file;
use super::code::Code;
use super::error::{Error, Result};
use super::progress::Progress;
use super::runtime::{self, Blocking};
use super::secret::Secret;
use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// What is read or written at once.
const PIECE: usize = 256 * 1024;

/// Reads the next piece of a body into the buffer and returns how many bytes it put there; 0 is the end.
pub(crate) type Reader = Box<dyn FnMut(&mut [u8]) -> io::Result<usize> + Send + Sync>;
/// Takes the next piece of a body.
pub(crate) type Writer = Box<dyn FnMut(&[u8]) -> io::Result<()> + Send + Sync>;

/// Whether functions of the host may still be called. Once it is closed none runs and none will: what they work on may
/// then go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<Passage>);

#[derive(Debug, Default)]
struct Passage {
    /// Set before the function that runs has come back, so that it is the last one: a lock alone is not fair, and the
    /// next piece could be faster than whoever waits to close.
    closed: AtomicBool,
    busy: Mutex<()>,
}

impl Gate {
    /// Calls a function of the host, unless the call has ended.
    fn pass<T>(&self, function: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let _busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if self.0.closed.load(Ordering::SeqCst) {
            return Err(io::Error::other("the call has ended"));
        }
        function()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::SeqCst)
    }

    /// Closes it, and waits for a function that runs.
    pub(crate) fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        drop(self.0.busy.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn reader(&self, mut reader: Reader) -> Reader {
        let gate = self.clone();
        Box::new(move |buffer| gate.pass(|| reader(buffer)))
    }

    pub(crate) fn writer(&self, mut writer: Writer) -> Writer {
        let gate = self.clone();
        Box::new(move |piece| gate.pass(|| writer(piece)))
    }
}

/// Where the body of a request comes from.
#[derive(Clone, Default)]
pub(crate) enum BodySource {
    #[default]
    Empty,
    Bytes(Bytes),
    /// A file, from an offset to its end; opened anew for each attempt.
    File {
        path: PathBuf,
        offset: u64,
    },
    /// What a function of the caller gives, once.
    Reader {
        reader: Arc<Mutex<Option<Reader>>>,
        length: Option<u64>,
    },
}

impl fmt::Debug for BodySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BodySource::Empty => "Empty",
            BodySource::Bytes(_) => "Bytes",
            BodySource::File { .. } => "File",
            BodySource::Reader { .. } => "Reader",
        })
    }
}

impl BodySource {
    /// The text of a secret, in memory that is wiped when the last part of it has gone out.
    pub(crate) fn secret(text: &Secret) -> Self {
        struct Wiped(Secret);
        impl AsRef<[u8]> for Wiped {
            fn as_ref(&self) -> &[u8] {
                self.0.expose().as_bytes()
            }
        }
        BodySource::Bytes(Bytes::from_owner(Wiped(text.clone())))
    }

    /// Whether it can be sent once more.
    pub(crate) fn is_repeatable(&self) -> bool {
        !matches!(self, BodySource::Reader { .. })
    }

    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, BodySource::Empty)
    }

    /// The body as the HTTP client sends it.
    pub(super) async fn open(&self, progress: &Arc<Progress>) -> Result<Option<reqwest::Body>> {
        Ok(match self {
            BodySource::Empty => None,
            BodySource::Bytes(bytes) => Some(reqwest::Body::from(bytes.clone())),
            BodySource::File { path, offset } => {
                let (opened, offset) = (path.clone(), *offset);
                let opened = runtime::blocking(move || open_from(&opened, offset)).await?;
                let (file, length) = opened.map_err(|error| unreadable(path, &error))?;
                let mut file = file.take(length);
                let reader: Reader = Box::new(move |buffer| file.read(buffer));
                Some(reqwest::Body::wrap(Streamed::new(reader, Some(length), progress)))
            }
            BodySource::Reader { reader, length } => {
                let reader = reader.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
                let reader = reader.ok_or_else(|| {
                    Error::new(
                        Code::State,
                        "the body was read by an earlier attempt and cannot be sent again",
                    )
                })?;
                Some(reqwest::Body::wrap(Streamed::new(reader, *length, progress)))
            }
        })
    }
}

/// Checks that a file can be sent.
pub(crate) fn check_readable(path: &str, offset: u64) -> Result<PathBuf> {
    let path = PathBuf::from(path);
    open_from(&path, offset).map_err(|error| unreadable(&path, &error))?;
    Ok(path)
}

fn open_from(path: &Path, offset: u64) -> io::Result<(File, u64)> {
    let mut file = File::open(path)?;
    let facts = file.metadata()?;
    if facts.is_dir() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a folder"));
    }
    let Some(left) = facts.len().checked_sub(offset) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("it has {} bytes, and byte {offset} was asked for", facts.len()),
        ));
    };
    file.seek(SeekFrom::Start(offset))?;
    Ok((file, left))
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::new(
        Code::File,
        format!("the file {} cannot be sent: {error}", path.display()),
    )
    .with_os_error(error.raw_os_error())
}

/// The body of a request could not be read to its end. Travels inside the HTTP client's error.
#[derive(Debug)]
pub(super) struct GaveOut(io::Error);

impl GaveOut {
    fn wrap(error: io::Error) -> io::Error {
        io::Error::other(GaveOut(error))
    }

    pub(super) fn os_error(&self) -> Option<i32> {
        self.0.raw_os_error()
    }
}

impl fmt::Display for GaveOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for GaveOut {}

/// A body that is read piece by piece while it is sent, off the thread that sends it.
struct Streamed {
    state: State,
    left: Option<u64>,
    progress: Arc<Progress>,
}

enum State {
    Idle(Reader),
    Reading(Blocking<(Reader, io::Result<Bytes>)>),
    Over,
}

impl Streamed {
    fn new(reader: Reader, length: Option<u64>, progress: &Arc<Progress>) -> Self {
        Streamed {
            state: State::Idle(reader),
            left: length,
            progress: Arc::clone(progress),
        }
    }
}

impl http_body::Body for Streamed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        loop {
            match std::mem::replace(&mut this.state, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Idle(mut reader) => {
                    let room = this.left.map_or(PIECE, |left| left.min(PIECE as u64) as usize);
                    if room == 0 {
                        return Poll::Ready(None);
                    }
                    this.state = State::Reading(runtime::start_blocking(move || {
                        let mut piece = BytesMut::zeroed(room);
                        let read = reader(&mut piece).map(|count| {
                            piece.truncate(count);
                            piece.freeze()
                        });
                        (reader, read)
                    }));
                }
                State::Reading(mut reading) => {
                    let Poll::Ready(done) = Pin::new(&mut reading).poll(cx) else {
                        this.state = State::Reading(reading);
                        return Poll::Pending;
                    };
                    let (reader, read) = done.map_err(io::Error::other)?;
                    let piece = read.map_err(GaveOut::wrap)?;
                    if piece.is_empty() {
                        return match this.left {
                            None | Some(0) => Poll::Ready(None),
                            Some(_) => Poll::Ready(Some(Err(GaveOut::wrap(io::Error::new(
                                io::ErrorKind::UnexpectedEof,
                                "it ended before its length was reached",
                            ))))),
                        };
                    }
                    if let Some(left) = &mut this.left {
                        *left -= (piece.len() as u64).min(*left);
                    }
                    this.progress.add_sent(piece.len() as u64);
                    this.state = State::Idle(reader);
                    return Poll::Ready(Some(Ok(Frame::data(piece))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0) || matches!(self.state, State::Over)
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Where the body of a good answer goes to. That of a refusal always goes to memory.
#[derive(Clone, Default)]
pub(crate) enum BodySink {
    #[default]
    Memory,
    /// A file, which is there when all of it has come.
    File { path: PathBuf, resume: bool },
    /// A function of the caller.
    Writer(Arc<Mutex<Option<Writer>>>),
}

impl fmt::Debug for BodySink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BodySink::Memory => "Memory",
            BodySink::File { .. } => "File",
            BodySink::Writer(_) => "Writer",
        })
    }
}

impl BodySink {
    pub(crate) fn is_memory(&self) -> bool {
        matches!(self, BodySink::Memory)
    }
}

/// A body on its way into a file or function.
pub(crate) struct Download {
    sink: BodySink,
    output: Option<Output>,
    /// What has not been written yet.
    waiting: BytesMut,
    /// Bytes that are safe in the sink.
    written: u64,
    /// By what the server knows that it still has the same thing (RFC 9110 section 13.1.5).
    validator: Option<String>,
}

enum Output {
    File(File),
    Writer(Writer),
}

impl Download {
    /// A download that has not begun; one that may be resumed looks for what an earlier call has left.
    pub(super) async fn new(sink: &BodySink) -> Result<Self> {
        let mut download = Download {
            sink: sink.clone(),
            output: None,
            waiting: BytesMut::new(),
            written: 0,
            validator: None,
        };
        if let BodySink::File { path, resume } = sink {
            let (path, resume) = (path.clone(), *resume);
            let shown = path.clone();
            let opened = runtime::blocking(move || open_part(&path, resume)).await?;
            let (file, written, validator) = opened.map_err(|error| unwritable(&shown, &error))?;
            download.output = Some(Output::File(file));
            download.written = written;
            download.validator = validator;
        }
        Ok(download)
    }

    /// How much is there already.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// What is there is of no use: the next answer begins at the start.
    pub(super) fn forget(&mut self) {
        self.validator = None;
    }

    /// What to ask for in order to go on: the first byte that is missing, and the validator.
    pub(super) fn rest(&self) -> Option<(u64, &str)> {
        let validator = self.validator.as_deref()?;
        (self.written > 0).then_some((self.written, validator))
    }

    /// An answer begins: at this byte, of a thing with this validator.
    pub(super) async fn begin(&mut self, start: u64, validator: Option<String>) -> Result<()> {
        self.waiting.clear();
        if let BodySink::Writer(writer) = &self.sink {
            if self.output.is_none() {
                let writer = writer.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
                self.output = writer.map(Output::Writer);
            }
            if start != self.written {
                return Err(Error::new(
                    Code::State,
                    "a part of the answer was handed over already and cannot be taken back, and the server does not go on from there",
                ));
            }
        } else if let Some(Output::File(mut file)) = self.output.take() {
            let sink = self.sink.clone();
            let kept = validator.clone();
            let cut = runtime::blocking(move || {
                file.set_len(start)?;
                file.seek(SeekFrom::Start(start))?;
                if let BodySink::File { path, resume: true } = &sink {
                    match &kept {
                        Some(validator) => fs::write(part(path, ".part.tag"), validator)?,
                        None => remove(&part(path, ".part.tag")),
                    }
                }
                Ok::<_, io::Error>(file)
            })
            .await?;
            self.output = Some(Output::File(cut.map_err(|error| self.failed(&error))?));
        }
        self.written = start;
        self.validator = validator;
        Ok(())
    }

    /// Takes the next piece.
    pub(super) async fn push(&mut self, piece: &[u8]) -> Result<()> {
        self.waiting.extend_from_slice(piece);
        if self.waiting.len() >= PIECE {
            self.flush().await?;
        }
        Ok(())
    }

    /// Writes what waits, so that nothing that has come is lost.
    pub(super) async fn flush(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let piece = self.waiting.split().freeze();
        let count = piece.len() as u64;
        let Some(mut output) = self.output.take() else {
            return Err(Error::new(Code::Internal, "the answer has nowhere to go"));
        };
        let (output, done) = runtime::blocking(move || {
            let done = match &mut output {
                Output::File(file) => file.write_all(&piece),
                Output::Writer(writer) => writer(&piece),
            };
            (output, done)
        })
        .await?;
        self.output = Some(output);
        done.map_err(|error| self.failed(&error))?;
        self.written += count;
        Ok(())
    }

    /// All has come: the file gets its name.
    pub(super) async fn finish(&mut self) -> Result<()> {
        self.flush().await?;
        let Some(Output::File(file)) = self.output.take() else {
            return Ok(());
        };
        let BodySink::File { path, .. } = &self.sink else {
            return Ok(());
        };
        let path = path.clone();
        let done = runtime::blocking(move || {
            file.sync_all()?;
            drop(file);
            busy_file::rename(&part(&path, ".part"), &path)?;
            remove(&part(&path, ".part.tag"));
            Ok(())
        })
        .await?;
        done.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Error {
        match &self.sink {
            BodySink::File { path, .. } => unwritable(path, error),
            _ => Error::new(
                Code::Cancelled,
                format!("the function that takes the answer ended the call: {error}"),
            ),
        }
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        // What cannot be resumed, or has not begun, is of no use to anybody.
        if let (Some(Output::File(_)), BodySink::File { path, resume }) = (&self.output, &self.sink) {
            if !resume || self.written == 0 || self.validator.is_none() {
                self.output = None;
                remove(&part(path, ".part"));
                remove(&part(path, ".part.tag"));
            }
        }
    }
}

fn part(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

/// Opens the file beside the one that is meant, with what is there of it.
fn open_part(path: &Path, resume: bool) -> io::Result<(File, u64, Option<String>)> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a folder"));
    }
    let name = part(path, ".part");
    let validator = if resume {
        fs::read_to_string(part(path, ".part.tag")).ok()
    } else {
        None
    };
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(validator.is_none())
        .open(&name)?;
    let written = file.seek(SeekFrom::End(0))?;
    Ok((file, written, validator))
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::new(
        Code::File,
        format!("the answer cannot be saved to {}: {error}", path.display()),
    )
    .with_os_error(error.raw_os_error())
}
