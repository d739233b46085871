//! Handles: numbers in the guise of pointers. Each names a slot and the slot's generation, so a handle that was
//! freed, or never handed out, is found out and not followed.

use super::call::CallObject;
use super::error::ErrorObject;
use super::guard::check_reentry;
use crate::core::client::Client;
use crate::core::code::Code;
use crate::core::error::{Error, Result};
use crate::core::pages::Pages;
use std::ffi::c_void;
use std::sync::{Arc, RwLock};

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

static TABLE: RwLock<Table<Object>> = RwLock::new(Table::new());

#[cfg(unix)]
thread_local! {
    static HELD: std::cell::Cell<Option<std::sync::RwLockWriteGuard<'static, Table<Object>>>> =
        const { std::cell::Cell::new(None) };
}

/// Takes the table for the calling thread until `release`.
#[cfg(unix)]
pub(super) fn hold() {
    let table = TABLE.write().unwrap_or_else(|poisoned| poisoned.into_inner());
    HELD.set(Some(table));
}

/// Gives the table back, in the parent and in the child of a fork.
#[cfg(unix)]
pub(super) fn release() {
    HELD.set(None);
}

/// Puts an object into the table and returns its handle.
pub(super) fn insert(object: Object) -> *mut c_void {
    let mut table = TABLE.write().unwrap_or_else(|poisoned| poisoned.into_inner());
    std::ptr::without_provenance_mut(table.insert(object))
}

fn find(handle: *const c_void) -> Option<Object> {
    let table = TABLE.read().unwrap_or_else(|poisoned| poisoned.into_inner());
    table.get(handle.addr()).cloned()
}

/// How many handles are open.
#[cfg(feature = "fuzzing")]
pub(super) fn live() -> usize {
    let table = TABLE.read().unwrap_or_else(|poisoned| poisoned.into_inner());
    table.slots.iter().filter(|slot| slot.value.is_some()).count()
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
    let mut table = TABLE.write().unwrap_or_else(|poisoned| poisoned.into_inner());
    if table.get(handle.addr()).is_some_and(belongs) {
        table.remove(handle.addr())
    } else {
        None
    }
}

/// A slot map whose keys fit into a pointer and are never those of an aligned object.
struct Table<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

struct Slot<T> {
    generation: u32,
    value: Option<T>,
}

/// Low bits of every key: odd, so that a dereferenced handle is never a plausible object; not zero, so that no
/// key is NULL.
const TAG: usize = 0b0101;
const TAG_BITS: u32 = 4;
const INDEX_BITS: u32 = if usize::BITS >= 64 { 28 } else { 16 };
const GENERATION_BITS: u32 = usize::BITS - TAG_BITS - INDEX_BITS;
const LAST_GENERATION: u32 = if GENERATION_BITS >= 32 {
    u32::MAX
} else {
    (1 << GENERATION_BITS) - 1
};

impl<T> Table<T> {
    const fn new() -> Self {
        Table {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    fn insert(&mut self, value: T) -> usize {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.slots.push(Slot {
                    generation: 0,
                    value: None,
                });
                (self.slots.len() - 1) as u32
            }
        };
        assert!((index as usize) < (1 << INDEX_BITS), "too many handles are open");
        let slot = &mut self.slots[index as usize];
        slot.value = Some(value);
        ((slot.generation as usize) << (TAG_BITS + INDEX_BITS)) | ((index as usize) << TAG_BITS) | TAG
    }

    fn position(&self, key: usize) -> Option<usize> {
        if key & ((1 << TAG_BITS) - 1) != TAG {
            return None;
        }
        let index = (key >> TAG_BITS) & ((1 << INDEX_BITS) - 1);
        let generation = key >> (TAG_BITS + INDEX_BITS);
        let slot = self.slots.get(index)?;
        (slot.generation as usize == generation && slot.value.is_some()).then_some(index)
    }

    fn get(&self, key: usize) -> Option<&T> {
        self.slots[self.position(key)?].value.as_ref()
    }

    fn remove(&mut self, key: usize) -> Option<T> {
        let index = self.position(key)?;
        let slot = &mut self.slots[index];
        let value = slot.value.take();
        // A slot whose generations are used up is retired, so that no old handle ever fits again.
        if slot.generation < LAST_GENERATION {
            slot.generation += 1;
            self.free.push(index as u32);
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_key_never_fits_again() {
        let mut table = Table::new();
        let first = table.insert("first");
        assert_eq!(table.remove(first), Some("first"));
        let second = table.insert("second");
        assert_ne!(first, second);
        assert_eq!(table.get(first), None);
        assert_eq!(table.remove(first), None);
        assert_eq!(table.get(second), Some(&"second"));
    }

    #[test]
    fn made_up_keys_are_not_found() {
        let mut table = Table::new();
        let key = table.insert(());
        for made_up in [
            0,
            1,
            TAG,
            8,
            usize::MAX,
            key ^ (1 << TAG_BITS),
            key ^ 1,
            key ^ (1 << (usize::BITS - 1)),
        ] {
            if made_up != key {
                assert_eq!(table.get(made_up), None, "{made_up:#x}");
            }
        }
        assert_eq!(key & 1, 1, "a key is never the address of an aligned object");
    }

    #[test]
    fn a_slot_whose_generations_are_used_up_is_retired() {
        let mut table = Table::new();
        let key = table.insert(1);
        table.remove(key);
        table.slots[0].generation = LAST_GENERATION;
        let last = table.insert(2);
        assert_eq!(table.remove(last), Some(2));
        let next = table.insert(3);
        assert_eq!(table.slots.len(), 2);
        assert_eq!(table.get(last), None);
        assert_eq!(table.get(next), Some(&3));
    }
}
