//! Handles: numbers in the guise of pointers, which `table.rs` turns into objects.

use super::call::CallObject;
use super::error::ErrorObject;
use super::guard::check_reentry;
use super::table::Table;
use crate::core::client::Client;
use crate::core::code::Code;
use crate::core::error::{Error, Result};
use crate::core::pages::Pages;
use std::ffi::c_void;
use std::sync::Arc;

/// What a handle can stand for.
#[derive(Clone)]
pub(super) enum Object {
    Client(Arc<Client>),
    Call(Arc<CallObject>),
    Pages(Arc<Pages>),
    Error(Arc<ErrorObject>),
}

impl Object {
    fn kind(&self) -> &'static str {
        match self {
            Object::Client(_) => "vcd_client",
            Object::Call(_) => "vcd_call",
            Object::Pages(_) => "vcd_pages",
            Object::Error(_) => "vcd_error",
        }
    }
}

static TABLE: Table<Object> = Table::new();

#[cfg(unix)]
thread_local! {
    static HELD: std::cell::Cell<Option<super::table::Held<'static, Object>>> = const { std::cell::Cell::new(None) };
}

/// Takes the table for the calling thread until `release`.
#[cfg(unix)]
pub(super) fn hold() {
    HELD.set(Some(TABLE.hold()));
}

/// Gives the table back, in the parent and in the child of a fork.
#[cfg(unix)]
pub(super) fn release() {
    HELD.set(None);
}

/// Puts an object into the table and returns its handle.
pub(super) fn insert(object: Object) -> *mut c_void {
    std::ptr::without_provenance_mut(TABLE.insert(object))
}

fn find(handle: *const c_void) -> Option<Object> {
    TABLE.find(handle.addr())
}

/// How many handles are open.
#[cfg(feature = "fuzzing")]
pub(super) fn live() -> usize {
    TABLE.live()
}

fn missing(handle: *const c_void, wanted: &str) -> Error {
    if handle.is_null() {
        return Error::new(Code::Null, format!("the {wanted} handle is NULL"));
    }
    Error::new(
        Code::Handle,
        format!("not a live {wanted} handle: it was freed already or never came from this library"),
    )
}

fn wrong_kind(object: &Object, wanted: &str) -> Error {
    Error::new(
        Code::Handle,
        format!("a {wanted} handle is needed, this is a {} handle", object.kind()),
    )
}

/// The object of one kind that the handle stands for. In the child of a fork what the parent made is refused: another
/// thread of the parent may have held its locks, and would hold them for ever.
fn object<T>(
    handle: *const c_void,
    wanted: &str,
    pick: impl FnOnce(&Object) -> Option<Arc<T>>,
    check_process: impl FnOnce(&T) -> Result<()>,
) -> Result<Arc<T>> {
    check_reentry()?;
    let found = find(handle).ok_or_else(|| missing(handle, wanted))?;
    let object = pick(&found).ok_or_else(|| wrong_kind(&found, wanted))?;
    check_process(&object)?;
    Ok(object)
}

/// The client that the handle stands for.
pub(super) fn client(handle: *const c_void) -> Result<Arc<Client>> {
    let pick = |object: &Object| match object {
        Object::Client(client) => Some(Arc::clone(client)),
        _ => None,
    };
    object(handle, "vcd_client", pick, Client::check_process)
}

/// The call that the handle stands for.
pub(super) fn call(handle: *const c_void) -> Result<Arc<CallObject>> {
    let pick = |object: &Object| match object {
        Object::Call(call) => Some(Arc::clone(call)),
        _ => None,
    };
    object(handle, "vcd_call", pick, |call| call.call.check_process())
}

/// The list that the handle stands for.
pub(super) fn pages(handle: *const c_void) -> Result<Arc<Pages>> {
    let pick = |object: &Object| match object {
        Object::Pages(pages) => Some(Arc::clone(pages)),
        _ => None,
    };
    object(handle, "vcd_pages", pick, Pages::check_process)
}

/// The error object that the handle stands for; it belongs to no process.
pub(super) fn error(handle: *const c_void) -> Result<Arc<ErrorObject>> {
    let pick = |object: &Object| match object {
        Object::Error(error) => Some(Arc::clone(error)),
        _ => None,
    };
    object(handle, "vcd_error", pick, |_| Ok(()))
}

/// Takes the object out of the table when it is of the kind that `belongs` accepts. A handle of another kind
/// stays as it is.
pub(super) fn remove(handle: *const c_void, belongs: impl Fn(&Object) -> bool) -> Option<Object> {
    check_reentry().ok()?;
    TABLE.remove(handle.addr(), belongs)
}
