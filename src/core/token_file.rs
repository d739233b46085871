//! Files that hold an API token or a service account's token, in the form that go-vcloud-director and the Terraform
//! provider read and write: a JSON object with `refresh_token`, `token_type`, `updated_by` and `updated_on`.
//!
//! A service account's token is replaced at each use, and the one that was exchanged is dead at once: whoever loses
//! the new one loses the grant. So, under a lock that other processes see, everything that can fail is done before
//! the exchange, and after it the new token is written into a file that is already there, which then takes the
//! place of the old one. A process that ends between these two steps leaves that file beside the other, and the
//! next one to come finishes the work.

use super::busy_file;
use super::code::Code;
use super::error::{Error, Result};
use super::log;
use super::notice::{NoticeKind, Notices};
use super::private_file;
use super::secret::{self, Secret};
use super::timestamp::timestamp;
use super::token_source::{Lease, TokenSource};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Map, Value};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use zeroize::Zeroizing;

/// `token_type` of a service account; it is taken for that where a file names none, which is the careful reading.
const SERVICE_ACCOUNT: &str = "Service Account";
/// `token_type` of a user's API token, which stays the same.
const API_TOKEN: &str = "API Token";
/// Ours: the server has replaced an API token once, so that it is treated like a service account's from then on.
const ROTATES: &str = "require_rotation";
/// Ours: SHA-256 of the token that this one replaced, by which a left-over file is known to be the newer one.
const REPLACES: &str = "replaces_sha256";

/// Larger files are no token files.
const MAX_FILE: u64 = 256 * 1024;
/// Room for the new token and what is written beside it, on top of what the file has now.
const ROOM: usize = 8 * 1024;

/// What a file holds when it is made for a token that was just created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    ApiToken,
    ServiceAccount,
}

/// A token in a file.
pub(crate) struct TokenFile {
    place: Arc<Place>,
}

struct Place {
    path: PathBuf,
    /// Who writes, as `updated_by` has it.
    agent: String,
    notices: Arc<Notices>,
    /// A token that could not be saved.
    unsaved: Mutex<Option<Unsaved>>,
}

/// A token that could not be put into its file.
#[derive(Clone)]
struct Unsaved {
    token: Secret,
    /// SHA-256 of the one that it replaced.
    replaced: String,
}

impl TokenFile {
    /// A token file; it is read now, so that a wrong path is found out before anything is sent.
    pub(crate) fn open(path: &str, agent: &str, notices: &Arc<Notices>) -> Result<Self> {
        if path.is_empty() {
            return Err(Error::new(Code::Argument, "no path of a token file was given"));
        }
        let asked = Path::new(path);
        // What is replaced is the file itself, not a link that leads to it.
        let path = resolved(asked).map_err(|error| {
            let refused = unreadable(asked, &error);
            let mut beside = asked.as_os_str().to_owned();
            beside.push(".new");
            // A process that ended while it created the file has left it under this name.
            if Path::new(&beside).exists() {
                refused.and(&format!(
                    "There is {}, which holds a token that was not given its name: rename it",
                    Path::new(&beside).display()
                ))
            } else {
                refused
            }
        })?;
        let place = Place {
            path,
            agent: agent.to_owned(),
            notices: Arc::clone(notices),
            unsaved: Mutex::default(),
        };
        place.read()?;
        place.warn_of_readers();
        Ok(TokenFile { place: Arc::new(place) })
    }

    /// Prepares a file for a token that is still to be created: everything that can fail is done first. `None` while
    /// somebody else does the same with this file, who may be about to give up.
    pub(crate) fn prepare(path: &str, agent: &str, notices: &Arc<Notices>) -> Result<Option<NewTokenFile>> {
        if path.is_empty() {
            return Err(Error::new(Code::Argument, "no path of a token file was given"));
        }
        let asked = Path::new(path);
        let occupied = |path: &Path| {
            Error::new(
                Code::TokenFile,
                format!(
                    "the token file {} is there already and may hold a token that works; nothing was created. Name another file, or remove this one first",
                    path.display()
                ),
            )
        };
        let path = match dunce::canonicalize(asked) {
            Ok(_) => return Err(occupied(asked)),
            Err(_) => std::path::absolute(asked).map_err(|error| unwritable(asked, &error, ""))?,
        };
        let place = Arc::new(Place {
            path,
            agent: agent.to_owned(),
            notices: Arc::clone(notices),
            unsaved: Mutex::default(),
        });
        let Some(lock) = place.try_lock("; nothing was created")? else {
            return Ok(None);
        };
        // Whoever had the lock may have created it since, or have ended between the two steps of that.
        if place.path.exists() {
            return Err(occupied(&place.path));
        }
        let beside = place.beside(".new");
        if read_small(&beside).is_ok_and(|bytes| Content::parse(&bytes).is_ok()) {
            return Err(occupied(&beside));
        }
        let spare = place
            .make_spare(0)
            .map_err(|error| unwritable(&place.path, &error, "; nothing was created"))?;
        Ok(Some(NewTokenFile {
            place,
            _lock: lock,
            spare: Some(spare),
        }))
    }
}

impl TokenSource for TokenFile {
    fn try_lease(&self) -> Result<Option<Box<dyn Lease>>> {
        let place = &self.place;
        let content = place.read()?;
        if place.unsaved().is_none() && !content.rotates() {
            // The file is only read: a read-only folder does no harm.
            return Ok(Some(Box::new(FileLease {
                token: content.token()?,
                place: Arc::clone(place),
                content,
                rotates: false,
                locked: None,
            })));
        }
        let before = "; a service account's token is replaced at each use, so nothing was sent and the token still works. Make its folder writable for this user. If it is a user's API token, which stays the same, put \"token_type\": \"API Token\" into the file";
        let Some(lock) = place.try_lock(before)? else {
            return Ok(None);
        };
        place.recover()?;
        // Whoever had the lock may have replaced the token since it was read above.
        let content = place.read()?;
        let spare = place
            .make_spare(content.length)
            .map_err(|error| unwritable(&place.path, &error, before))?;
        Ok(Some(Box::new(FileLease {
            token: place.current(&content)?,
            place: Arc::clone(place),
            content,
            rotates: true,
            locked: Some((lock, Some(spare))),
        })))
    }

    fn unsaved(&self) -> Option<Secret> {
        self.place.unsaved().clone().map(|unsaved| unsaved.token)
    }

    fn place(&self) -> String {
        self.place.path.display().to_string()
    }
}

/// A token file whose token is being exchanged.
struct FileLease {
    token: Secret,
    place: Arc<Place>,
    /// What the file says. Kept, because a process that is killed while it reads that again has lost the new token.
    content: Content,
    rotates: bool,
    locked: Option<(FileLock, Option<Spare>)>,
}

impl FileLease {
    /// Which token a new one replaces: the one that the file has, which need not be the one exchanged, since that may
    /// have been an unsaved one.
    fn replaced(&self) -> String {
        fingerprint(self.content.token().as_ref().unwrap_or(&self.token))
    }
}

impl Lease for FileLease {
    fn token(&self) -> &Secret {
        &self.token
    }

    fn may_rotate(&self) -> bool {
        self.rotates
    }

    fn secure(&mut self, new: &Secret) {
        let replaced = self.replaced();
        if let Some((_, Some(spare))) = &mut self.locked {
            let mut content = self.content.clone();
            let text = self.place.text(&mut content.object, new, Some(replaced));
            // Where it fails, keep will say so.
            let _ = spare.fill(&text);
        }
    }

    fn keep(&mut self, new: Secret) -> Result<()> {
        // From here on the new token is the one that counts, wherever it ends up.
        let replaced = self.replaced();
        *self.place.unsaved() = Some(Unsaved {
            token: new.clone(),
            replaced: replaced.clone(),
        });
        let spare = self.locked.as_mut().and_then(|(_, spare)| spare.take());
        let mut content = std::mem::replace(&mut self.content, Content::empty());
        if !self.rotates {
            content.object.insert(ROTATES.into(), Value::Bool(true));
        }
        self.place.save(spare, content, &new, Some(replaced))
    }
}

/// A file that waits for a token that is being created.
pub(crate) struct NewTokenFile {
    place: Arc<Place>,
    _lock: FileLock,
    spare: Option<Spare>,
}

impl NewTokenFile {
    /// Writes the new token.
    pub(crate) fn keep(&mut self, token: &Secret, kind: TokenKind) -> Result<()> {
        let mut content = Content::empty();
        let kind = match kind {
            TokenKind::ApiToken => API_TOKEN,
            TokenKind::ServiceAccount => SERVICE_ACCOUNT,
        };
        content.object.insert("token_type".into(), kind.into());
        self.place.save(self.spare.take(), content, token, None)
    }

    pub(crate) fn path(&self) -> String {
        self.place.path.display().to_string()
    }
}

/// What a token file says. Its texts are overwritten when it is dropped.
#[derive(Clone)]
pub(super) struct Content {
    object: Map<String, Value>,
    /// Bytes of the file.
    length: usize,
}

impl Drop for Content {
    fn drop(&mut self) {
        self.object.values_mut().for_each(secret::wipe);
    }
}

impl Content {
    fn empty() -> Self {
        Content {
            object: Map::new(),
            length: 0,
        }
    }

    pub(super) fn parse(text: &[u8]) -> std::result::Result<Self, &'static str> {
        const SHAPE: &str =
            "it has to be a JSON object such as {\"token_type\": \"API Token\", \"refresh_token\": \"...\"}";
        let text_only = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let Ok(Value::Object(object)) = serde_json::from_slice(text_only) else {
            return Err(match text_only {
                _ if text_only.iter().all(u8::is_ascii_whitespace) => "it is empty",
                [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'{', 0, ..] | [0, b'{', ..] => {
                    "it is written in UTF-16, as `>` of Windows PowerShell does; write it in UTF-8 (Set-Content -Encoding utf8)"
                }
                _ => SHAPE,
            });
        };
        let token = match object.get("refresh_token") {
            // go-vcloud-director does this when a server answers no new token.
            None | Some(Value::Null) => {
                return Err(
                    "it has no refresh_token; another program may have written it back without one. Put the token back if you have it elsewhere, or make a new one",
                );
            }
            Some(token) => token.as_str(),
        };
        match token {
            None => Err("its refresh_token is no text"),
            Some(token) if token.trim().is_empty() => Err("its refresh_token is empty"),
            Some(token) if !token.trim().bytes().all(|byte| (b'!'..=b'~').contains(&byte)) => {
                Err("its refresh_token has characters that no token has")
            }
            Some(_) => Ok(Content {
                object,
                length: text.len(),
            }),
        }
    }

    pub(super) fn token(&self) -> Result<Secret> {
        let token = self.object.get("refresh_token").and_then(Value::as_str);
        token
            .map(|token| Secret::new(token.trim()))
            .ok_or_else(|| Error::new(Code::Internal, "the token file lost its token"))
    }

    fn rotates(&self) -> bool {
        let is_api_token = self
            .object
            .get("token_type")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind.eq_ignore_ascii_case(API_TOKEN));
        !is_api_token || self.object.get(ROTATES) == Some(&Value::Bool(true))
    }

    fn replaces(&self) -> Option<&str> {
        self.object.get(REPLACES).and_then(Value::as_str)
    }
}

/// A file beside the token file, made while the exchange can still be left undone.
struct Spare {
    file: File,
    path: PathBuf,
    size: usize,
    /// Holds a token: it must not be removed.
    filled: bool,
}

impl Spare {
    /// Writes the text over what is there. The length stays what it was, so that no space has to be found now.
    fn fill(&mut self, text: &str) -> io::Result<()> {
        let length = text.len().max(self.size - 1);
        let mut padded = Zeroizing::new(Vec::with_capacity(length + 1));
        padded.extend_from_slice(text.as_bytes());
        padded.resize(length, b' ');
        padded.push(b'\n');
        io::Seek::rewind(&mut self.file)?;
        self.file.write_all(&padded)?;
        self.filled = true;
        Ok(())
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        if !self.filled {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The lock that keeps others out; ends when it is dropped, or the process ends.
struct FileLock(#[allow(dead_code, reason = "it is kept open")] File);

impl Place {
    fn unsaved(&self) -> MutexGuard<'_, Option<Unsaved>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token to exchange: one that could not be saved, unless the file has gone on since without it, by another
    /// process or by a person.
    fn current(&self, content: &Content) -> Result<Secret> {
        let in_file = content.token()?;
        let mut unsaved = self.unsaved();
        match unsaved.take() {
            Some(kept) if kept.replaced == fingerprint(&in_file) => {
                let token = kept.token.clone();
                *unsaved = Some(kept);
                Ok(token)
            }
            _ => Ok(in_file),
        }
    }

    /// The file's name with something behind it, in the same folder.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut name: OsString = self.path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    }

    fn read(&self) -> Result<Content> {
        let bytes = read_small(&self.path).map_err(|error| unreadable(&self.path, &error))?;
        Content::parse(&bytes).map_err(|why| {
            Error::new(
                Code::TokenFile,
                format!("the token file {} cannot be used: {why}", self.path.display()),
            )
        })
    }

    /// The lock has a file of its own, because the token file is replaced by another at each exchange.
    fn try_lock(&self, consequence: &str) -> Result<Option<FileLock>> {
        let path = self.beside(".lock");
        let file = private_file::open_or_create(&path)
            .and_then(|file| private_file::belong_to_owner_of(&self.path, &file).map(|()| file))
            .map_err(|error| unwritable(&self.path, &error, consequence))?;
        match fs4::FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(FileLock(file))),
            Err(fs4::TryLockError::WouldBlock) => Ok(None),
            Err(fs4::TryLockError::Error(error)) => Err(unwritable(&self.path, &error, consequence)),
        }
    }

    /// Finishes what a process that ended in between has begun. Called under the lock.
    fn recover(&self) -> Result<()> {
        let path = self.beside(".new");
        let Ok(bytes) = read_small(&path) else { return Ok(()) };
        let current = self.read()?.token()?;
        let left = Content::parse(&bytes).ok();
        let is_newer = left
            .as_ref()
            .and_then(Content::replaces)
            .is_some_and(|replaced| replaced == fingerprint(&current));
        if is_newer {
            busy_file::rename(&path, &self.path).map_err(|error| unwritable(&self.path, &error, ""))?;
            self.sync_folder();
            log::warn(format_args!(
                "token file {}: a new token that an earlier process had not put into its place was found beside it",
                self.path.display()
            ));
        } else if left.is_some() {
            // It belongs to another token than the one that is here; which of both works is for a person to judge.
            let stray = self.beside(".stray");
            busy_file::rename(&path, &stray).map_err(|error| unwritable(&self.path, &error, ""))?;
            log::warn(format_args!(
                "token file {}: a file beside it holds a token that did not come of this one; it is kept as {}",
                self.path.display(),
                stray.display()
            ));
        } else {
            let _ = fs::remove_file(&path);
        }
        Ok(())
    }

    /// Makes the file that will hold the new token, with as much space as it will take: a full disk shows now.
    fn make_spare(&self, length: usize) -> io::Result<Spare> {
        let path = self.beside(".new");
        let _ = fs::remove_file(&path);
        let file = private_file::create_new(&path)?;
        let mut spare = Spare {
            file,
            path,
            size: length + ROOM,
            filled: false,
        };
        private_file::belong_to_owner_of(&self.path, &spare.file)?;
        spare.file.write_all(&vec![b' '; spare.size])?;
        spare.file.sync_all()?;
        Ok(spare)
    }

    /// Writes the new token into its file.
    fn save(&self, spare: Option<Spare>, mut content: Content, new: &Secret, replaced: Option<String>) -> Result<()> {
        let is_successor = replaced.is_some();
        let text = self.text(&mut content.object, new, replaced);
        let saved = match spare {
            Some(spare) => self.put(spare, &text),
            None => self.make_spare(0).and_then(|spare| self.put(spare, &text)),
        };
        match saved {
            Ok(()) => {
                *self.unsaved() = None;
                Ok(())
            }
            Err(error) => Err(self.rescue(&text, is_successor, &error)),
        }
    }

    /// What the file is to say.
    fn text(&self, object: &mut Map<String, Value>, new: &Secret, replaced: Option<String>) -> Zeroizing<String> {
        object.entry("token_type").or_insert_with(|| SERVICE_ACCOUNT.into());
        if let Some(mut old) = object.insert("refresh_token".into(), new.expose().into()) {
            secret::wipe(&mut old);
        }
        object.insert("updated_by".into(), self.agent.clone().into());
        object.insert("updated_on".into(), timestamp(SystemTime::now()).into());
        match replaced {
            Some(replaced) => object.insert(REPLACES.into(), replaced.into()),
            None => object.remove(REPLACES),
        };
        // Room for all of it: a text that grows leaves copies behind.
        let mut text = Zeroizing::new(Vec::with_capacity(ROOM + MAX_FILE as usize));
        if serde_json::to_writer_pretty(&mut *text, &object).is_err() {
            text.clear();
        }
        Zeroizing::new(String::from_utf8(std::mem::take(&mut *text)).unwrap_or_default())
    }

    /// Fills the spare file and puts it into the place of the token file.
    fn put(&self, mut spare: Spare, text: &str) -> io::Result<()> {
        spare.fill(text)?;
        spare.file.set_len(text.len() as u64)?;
        spare.file.sync_all()?;
        busy_file::rename(&spare.path, &self.path)?;
        self.sync_folder();
        Ok(())
    }

    /// The new token could not be put into its file: it is written to wherever it can be.
    fn rescue(&self, text: &str, replaced: bool, why: &io::Error) -> Error {
        let beside = self.beside(".new");
        let holds_it = |path: &Path| read_small(path).is_ok_and(|bytes| bytes.starts_with(text.as_bytes()));
        let found = if holds_it(&beside) {
            Some(beside)
        } else {
            let mut random = [0; 8];
            let _ = SystemRandom::new().fill(&mut random);
            let name = format!("vcdrest-token-{}.json", hex(&random));
            [std::env::temp_dir(), home().unwrap_or_default()]
                .into_iter()
                .map(|folder| folder.join(&name))
                .find(|path| {
                    private_file::create_new(path)
                        .and_then(|mut file| {
                            file.write_all(text.as_bytes())?;
                            file.sync_all()
                        })
                        .is_ok()
                })
        };
        let where_it_is = match &found {
            Some(path) => format!(
                "It was written to {}: move that file to the token file's place",
                path.display()
            ),
            None if replaced => "It could be written nowhere and is in this client's memory only: read it now (VCD_CLIENT_API_TOKEN in C) and store it, or the grant is lost".to_owned(),
            None => "It could be written nowhere and stands in the answer of this call only (its body, as refresh_token): store it, or revoke the token and create another".to_owned(),
        };
        let what = if replaced {
            "the server has replaced the token, the old one is of no use any more, and the new one"
        } else {
            "the server has given the token, and it"
        };
        Error::new(
            Code::TokenNotSaved,
            format!(
                "{what} cannot be saved to {}: {why}. {where_it_is}",
                self.path.display()
            ),
        )
        .with_os_error(why.raw_os_error())
    }

    /// Makes a rename last through a power failure, where folders can be synced.
    fn sync_folder(&self) {
        if cfg!(unix) {
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let _ = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
        }
    }

    /// As ssh does for keys, but only by a word: a file that others may read is not ours to change.
    fn warn_of_readers(&self) {
        if let Some(remedy) = private_file::remedy(&self.path) {
            self.notices.add(
                NoticeKind::TokenFileReadable,
                format!(
                    "the token file {} can be read by other users of this computer; {remedy}",
                    self.path.display()
                ),
            );
        }
    }
}

/// The file that a path leads to, by its whole path.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    match dunce::canonicalize(path) {
        // Some file systems of Windows, such as disks in memory, cannot say where a file is. They have no links either.
        Err(_) if cfg!(windows) && path.exists() => std::path::absolute(path),
        resolved => resolved,
    }
}

fn read_small(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    // Asked first, because Windows refuses to open one, and does not say why.
    if fs::metadata(path)?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a folder"));
    }
    let file = busy_file::open(path)?;
    // Room for all of it: bytes that grow leave copies behind.
    let length = file.metadata().map_or(0, |facts| facts.len()).min(MAX_FILE);
    let mut bytes = Zeroizing::new(Vec::with_capacity(length as usize + 1));
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is larger than 256 KiB, as no token file is",
        ));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::new(
        Code::TokenFile,
        format!(
            "the token file {} cannot be read: {error}. Check the path and that this user may read it",
            path.display()
        ),
    )
    .with_os_error(error.raw_os_error())
}

fn unwritable(path: &Path, error: &io::Error, consequence: &str) -> Error {
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    // The usual advice is about rights.
    let foreign = error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none();
    let consequence = match consequence.split_once(". ") {
        Some((first, _)) if full => format!("{first}. Free some space there"),
        Some((first, _)) if foreign => format!("{first}. Run this as that user, or give the file to this one"),
        _ => consequence.to_owned(),
    };
    Error::new(
        Code::TokenFile,
        format!(
            "the token file {} cannot be rewritten: {error}{consequence}",
            path.display()
        ),
    )
    .with_os_error(error.raw_os_error())
}

/// By what a token is recognized without being told.
fn fingerprint(token: &Secret) -> String {
    hex(digest(&SHA256, token.expose().as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn home() -> Option<PathBuf> {
    std::env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" })
        .filter(|home| !home.is_empty())
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that goes when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("vcdrest-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }

        fn file(&self, text: &str) -> String {
            let path = self.0.join("token.json");
            fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        }

        fn names(&self) -> Vec<String> {
            let mut names: Vec<String> = fs::read_dir(&self.0)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn open(path: &str) -> TokenFile {
        TokenFile::open(path, "test/1", &Arc::default()).unwrap()
    }

    fn lease(source: &TokenFile) -> Box<dyn Lease> {
        source.try_lease().unwrap().expect("nobody else has it")
    }

    // As the Terraform provider 3.9.0 writes it.
    const TERRAFORM: &str = "{\n  \"token_type\": \"Service Account\",\n  \"refresh_token\": \"oldoldoldoldoldoldoldoldoldoldol\",\n  \"updated_by\": \"terraform-provider-vcd/v3.9.0 (darwin/arm64; isProvider:true)\",\n  \"updated_on\": \"2023-04-18T14:33:07+02:00\"\n }";

    #[test]
    fn a_new_token_takes_the_place_of_the_old_one() {
        let folder = Folder::new("replace");
        let path = folder.file(TERRAFORM);
        let source = open(&path);
        let mut first = lease(&source);
        assert!(first.may_rotate());
        assert_eq!(first.token().expose(), "oldoldoldoldoldoldoldoldoldoldol");
        assert!(source.try_lease().unwrap().is_none(), "it is locked");
        first.keep(Secret::new("new")).unwrap();
        drop(first);
        let text = fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["refresh_token"], "new");
        assert_eq!(value["token_type"], "Service Account");
        assert_eq!(value["updated_by"], "test/1");
        assert_eq!(folder.names(), ["token.json", "token.json.lock"]);
        assert_eq!(lease(&source).token().expose(), "new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_not_kept_leaves_the_file_as_it_was() {
        let folder = Folder::new("unchanged");
        let path = folder.file(TERRAFORM);
        let source = open(&path);
        drop(lease(&source));
        assert_eq!(fs::read_to_string(&path).unwrap(), TERRAFORM);
        assert_eq!(folder.names(), ["token.json", "token.json.lock"]);
    }

    #[test]
    fn a_process_that_ended_in_between_loses_nothing() {
        let folder = Folder::new("recover");
        let path = folder.file(TERRAFORM);
        let old = Secret::new("oldoldoldoldoldoldoldoldoldoldol");
        let beside = format!("{path}.new");
        // Before the exchange: a file without a token.
        fs::write(&beside, " ".repeat(9000)).unwrap();
        assert_eq!(lease(&open(&path)).token().expose(), old.expose());
        // After it: one with the token that replaced the old one.
        let newer = format!(
            r#"{{"refresh_token":"newer","replaces_sha256":"{}"}}"#,
            fingerprint(&old)
        );
        fs::write(&beside, newer + &" ".repeat(500)).unwrap();
        assert_eq!(lease(&open(&path)).token().expose(), "newer");
        // And one that is left of a token which the file no longer had.
        fs::write(
            &beside,
            format!(
                r#"{{"refresh_token":"stale","replaces_sha256":"{}"}}"#,
                fingerprint(&old)
            ),
        )
        .unwrap();
        assert_eq!(lease(&open(&path)).token().expose(), "newer");
    }

    #[test]
    fn api_tokens_are_only_read() {
        let folder = Folder::new("api");
        let path = folder.file("\u{feff}{\"token_type\":\"API Token\",\"refresh_token\":\" abc\\n\",\"extra\":1}");
        let source = open(&path);
        let mut first = lease(&source);
        assert!(!first.may_rotate());
        assert_eq!(first.token().expose(), "abc");
        assert_eq!(folder.names(), ["token.json"]);
        // Unless the server replaces them all the same.
        first.keep(Secret::new("def")).unwrap();
        let second = lease(&source);
        assert_eq!(second.token().expose(), "def");
        assert!(second.may_rotate());
        let value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(
            (&value["token_type"], &value["extra"]),
            (&"API Token".into(), &1.into())
        );
    }

    #[test]
    fn what_is_no_token_file_is_refused_by_name() {
        let folder = Folder::new("refused");
        for text in [
            "",
            " \n",
            "abc",
            "[]",
            "{}",
            "{\"refresh_token\":null}",
            "{\"refresh_token\":1}",
            "{\"refresh_token\":\" \"}",
            "{\"refresh_token\":\"a b\"}",
        ] {
            let path = folder.file(text);
            let error = TokenFile::open(&path, "test/1", &Arc::default()).err().expect(text);
            assert_eq!(error.code(), Code::TokenFile, "{text}");
            assert!(error.message().contains("token.json"), "{}", error.message());
        }
        let missing = folder.0.join("missing.json");
        assert!(TokenFile::open(missing.to_str().unwrap(), "", &Arc::default()).is_err());
        assert!(TokenFile::open(folder.0.to_str().unwrap(), "", &Arc::default()).is_err());
    }

    #[test]
    fn a_file_that_was_written_back_without_its_token_says_what_may_have_happened() {
        let folder = Folder::new("written-back");
        // As go-vcloud-director writes it when the server answered no new token.
        let without = "{\n  \"token_type\": \"Service Account\",\n  \"updated_by\": \"go-vcloud-director\",\n  \"updated_on\": \"2023-04-18T14:33:07+02:00\"\n }";
        for (text, is_it) in [
            (without, true),
            ("{\"refresh_token\":null}", true),
            ("{\"refresh_token\":1}", false),
            ("{\"refresh_token\":\"\"}", false),
        ] {
            let path = folder.file(text);
            let error = TokenFile::open(&path, "test/1", &Arc::default()).err().expect(text);
            let says = |part: &str| error.message().contains(part);
            assert_eq!(
                says("another program may have written it back"),
                is_it,
                "{}",
                error.message()
            );
            assert_eq!(says("make a new one"), is_it, "{}", error.message());
        }
    }

    #[test]
    fn a_token_that_cannot_be_saved_is_found_where_the_error_says() {
        let folder = Folder::new("rescue");
        let path = folder.file(TERRAFORM);
        let source = open(&path);
        let mut first = lease(&source);
        // Something else has come to stand in the place of the file.
        fs::remove_file(&path).unwrap();
        fs::create_dir_all(format!("{path}/in/the/way")).unwrap();
        let error = first.keep(Secret::new("rescued")).unwrap_err();
        assert_eq!(error.code(), Code::TokenNotSaved);
        let rescued = format!("{path}.new");
        assert!(error.message().contains(&rescued), "{}", error.message());
        assert!(fs::read_to_string(rescued).unwrap().contains("\"rescued\""));
        assert_eq!(source.unsaved().unwrap().expose(), "rescued");
    }

    #[test]
    fn a_file_for_a_token_to_come_is_not_laid_over_another() {
        let folder = Folder::new("create");
        let path = folder.file(TERRAFORM);
        let notices = Arc::default();
        assert!(TokenFile::prepare(&path, "test/1", &notices).is_err());
        let other = folder.0.join("other.json");
        let other = other.to_str().unwrap();
        let prepared = TokenFile::prepare(other, "test/1", &notices).unwrap();
        assert!(TokenFile::prepare(other, "test/1", &notices).unwrap().is_none());
        drop(prepared);
        assert!(!Path::new(other).exists(), "nothing was created");
        let mut file = TokenFile::prepare(other, "test/1", &notices).unwrap().unwrap();
        file.keep(&Secret::new("made"), TokenKind::ApiToken).unwrap();
        assert_eq!(lease(&open(other)).token().expose(), "made");
        // A process ended before the file with the token had its name.
        let third = folder.0.join("third.json");
        let third = third.to_str().unwrap();
        fs::write(format!("{third}.new"), r#"{"refresh_token":"theonlyone"}"#).unwrap();
        let error = TokenFile::prepare(third, "test/1", &notices).err().unwrap();
        assert!(error.message().contains("third.json.new"), "{}", error.message());
        let missing = folder.0.join("no/folder.json");
        assert!(TokenFile::prepare(missing.to_str().unwrap(), "test/1", &notices).is_err());
    }

    #[test]
    fn what_was_read_and_written_is_overwritten_in_memory() {
        const OLD: &str = "old-0123456789abcdef";
        const NEW: &str = "new-0123456789abcdef";
        for secret in [OLD, NEW] {
            let folder = Folder::new(&format!("wiped-{}", &secret[..3]));
            let path = folder.file(&format!(
                r#"{{"token_type":"Service Account","refresh_token":"{OLD}"}}"#
            ));
            let exchanged = || {
                let notices = Arc::new(Notices::default());
                let file = TokenFile::open(&path, "test", &notices).unwrap();
                let mut lease = file.try_lease().unwrap().unwrap();
                assert_eq!(lease.token().expose(), OLD);
                let new = Secret::new(NEW);
                lease.secure(&new);
                lease.keep(new).unwrap();
            };
            assert_eq!(crate::ffi::watched_memory::freed_with(secret, exchanged), 0, "{secret}");
            assert!(fs::read_to_string(&path).unwrap().contains(NEW));
        }
    }
}
