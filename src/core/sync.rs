//! The locks of what `tests/model.rs` tries in every order of threads: there this module is made of other locks.

pub(crate) use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};
