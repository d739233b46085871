//! The table behind the handles. Each key names a slot and the slot's generation, so a handle that was freed, or never
//! handed out, is found out and not followed.
//!
//! `tests/model.rs` compiles this file with locks that try every order of threads: what it locks comes from `core::sync`.

use crate::core::sync::{PoisonError, RwLock, RwLockWriteGuard};

/// Objects that any thread finds by their keys.
pub(super) struct Table<T>(RwLock<Slots<T>>);

/// The table, for one thread alone.
pub(super) type Held<'a, T> = RwLockWriteGuard<'a, Slots<T>>;

impl<T: Clone> Table<T> {
    pub(super) const fn new() -> Self {
        Table(RwLock::new(Slots::new()))
    }

    /// Keeps all other threads out until what it returns is dropped.
    pub(super) fn hold(&self) -> Held<'_, T> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an object in and returns its key.
    pub(super) fn insert(&self, object: T) -> usize {
        self.hold().insert(object)
    }

    /// The object of a key that is in use.
    pub(super) fn find(&self, key: usize) -> Option<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Takes an object out, if it is one that `belongs` accepts.
    pub(super) fn remove(&self, key: usize, belongs: impl Fn(&T) -> bool) -> Option<T> {
        let mut slots = self.hold();
        if slots.get(key).is_some_and(belongs) {
            slots.remove(key)
        } else {
            None
        }
    }

    /// How many objects are in.
    #[cfg(feature = "fuzzing")]
    pub(super) fn live(&self) -> usize {
        let slots = self.0.read().unwrap_or_else(PoisonError::into_inner);
        slots.slots.iter().filter(|slot| slot.value.is_some()).count()
    }
}

/// A slot map whose keys fit into a pointer and are never those of an aligned object.
pub(super) struct Slots<T> {
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

impl<T> Slots<T> {
    const fn new() -> Self {
        Slots {
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
        let mut table = Slots::new();
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
        let mut table = Slots::new();
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
        let mut table = Slots::new();
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
