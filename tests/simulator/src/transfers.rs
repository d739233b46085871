//! What is transferred: downloads that are made up while they are sent, uploads that are counted and forgotten.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::digest::{Context, SHA256};

use crate::generated::transfer_bytes;

/// No file is larger.
const LARGEST: u64 = 1 << 50;

/// All transfers.
#[derive(Default)]
pub(crate) struct Transfers(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// By UUID.
    downloads: BTreeMap<String, Download>,
    /// By UUID and name.
    uploads: BTreeMap<String, Upload>,
}

/// Something to download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Download {
    /// How many bytes it has.
    pub(crate) size: u64,
    /// How often something else was put in its place; its bytes begin so many further on.
    pub(crate) version: u64,
}

/// What has come of an upload so far.
#[derive(Clone)]
pub(crate) struct Upload {
    /// How many bytes have come.
    pub(crate) received: u64,
    /// How many are to come in all, as far as that was said.
    pub(crate) total: Option<u64>,
    /// How many requests had a `Content-Range`.
    pub(crate) parts: u32,
    digest: Context,
}

impl Upload {
    fn new() -> Self {
        Self {
            received: 0,
            total: None,
            parts: 0,
            digest: Context::new(&SHA256),
        }
    }

    /// Whether everything has come.
    pub(crate) fn is_complete(&self) -> bool {
        self.total == Some(self.received)
    }

    /// SHA-256 of what has come, in hexadecimal.
    pub(crate) fn sha256(&self) -> String {
        hexadecimal(self.digest.clone())
    }
}

impl Transfers {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a download of so many bytes (2^50 at most), or puts another in its place.
    pub(crate) fn offer(&self, id: &str, size: u64) -> Download {
        let mut known = self.known();
        let version = known.downloads.get(id).map_or(0, |old| old.version + 1);
        let download = Download {
            size: size.min(LARGEST),
            version,
        };
        known.downloads.insert(id.to_owned(), download);
        download
    }

    /// What there is to download.
    pub(crate) fn download(&self, id: &str) -> Option<Download> {
        self.known().downloads.get(id).copied()
    }

    /// Begins to receive. `range` is where the bytes belong if that was said, with the size of the whole;
    /// the answer is how many of them are there already, or else how many bytes there are, if some are missing.
    pub(crate) fn begin(&self, key: &str, range: Option<(&Range<u64>, Option<u64>)>) -> Result<u64, u64> {
        let mut known = self.known();
        let upload = known.uploads.entry(key.to_owned()).or_insert_with(Upload::new);
        let Some((range, total)) = range else {
            *upload = Upload::new();
            return Ok(0);
        };
        if range.start == 0 {
            *upload = Upload::new();
        }
        if range.start > upload.received {
            return Err(upload.received);
        }
        upload.parts += 1;
        upload.total = total.or(upload.total);
        Ok(upload.received - range.start)
    }

    /// Receives bytes that follow what is there.
    pub(crate) fn receive(&self, key: &str, bytes: &[u8]) {
        if let Some(upload) = self.known().uploads.get_mut(key) {
            upload.received += bytes.len() as u64;
            upload.digest.update(bytes);
        }
    }

    /// Notes that everything has come.
    pub(crate) fn complete(&self, key: &str) {
        if let Some(upload) = self.known().uploads.get_mut(key) {
            upload.total = Some(upload.received);
        }
    }

    /// All uploads.
    pub(crate) fn uploads(&self) -> BTreeMap<String, Upload> {
        self.known().uploads.clone()
    }

    /// Forgets them all.
    pub(crate) fn reset(&self) {
        *self.known() = Known::default();
    }
}

/// SHA-256 of a download, in hexadecimal.
pub(crate) fn sha256_of(download: Download) -> String {
    let Download { size, version } = download;
    let mut digest = Context::new(&SHA256);
    let mut buffer = vec![0; 256 * 1024];
    let mut offset = 0;
    while offset < size {
        let length = usize::try_from(size - offset).unwrap_or(usize::MAX).min(buffer.len());
        transfer_bytes(version + offset, &mut buffer[..length]);
        digest.update(&buffer[..length]);
        offset += length as u64;
    }
    hexadecimal(digest)
}

fn hexadecimal(digest: Context) -> String {
    let bytes = digest.finish();
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
