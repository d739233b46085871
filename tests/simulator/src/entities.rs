//! Defined entities: things of any content, with a tag that changes with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use crate::data::User;

/// One defined entity.
#[derive(Clone)]
pub(crate) struct Entity {
    /// Its name.
    pub(crate) name: String,
    /// Something that another system knows it by.
    pub(crate) external_id: Option<String>,
    /// Its content.
    pub(crate) content: Map<String, Value>,
    /// Who saw it first, and so has it.
    pub(crate) owner: Arc<User>,
    /// How often it was changed.
    changes: u64,
}

impl Entity {
    /// The tag of what it is now.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.changes + 1)
    }
}

/// Why an entity is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unchanged {
    /// It is not there for this caller.
    Unknown,
    /// It is not what the caller believes.
    Mismatch,
}

/// All defined entities. Every URN of one is there as soon as somebody asks for it.
#[derive(Default)]
pub(crate) struct Entities(Mutex<HashMap<String, Entity>>);

impl Entities {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Entity>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entity with this URN, which is made for the user if nobody has it.
    pub(crate) fn get(&self, urn: &str, user: &Arc<User>) -> Entity {
        let mut all = self.all();
        let entity = all.entry(urn.to_owned()).or_insert_with(|| Entity {
            name: urn.rsplit(':').next().unwrap_or_default().to_owned(),
            external_id: None,
            content: Map::from_iter([("spec".to_owned(), json!({}))]),
            owner: Arc::clone(user),
            changes: 0,
        });
        entity.clone()
    }

    /// Changes an entity, if it is still what the caller believes.
    pub(crate) fn put(
        &self,
        urn: &str,
        expected: Option<&str>,
        change: impl FnOnce(&mut Entity),
    ) -> Result<Entity, Unchanged> {
        let mut all = self.all();
        let entity = all.get_mut(urn).ok_or(Unchanged::Unknown)?;
        let etag = entity.etag();
        let fits = |expected: &str| {
            expected
                .split(',')
                .any(|tag| matches!(tag.trim(), "*") || tag.trim() == etag)
        };
        if !expected.is_none_or(fits) {
            return Err(Unchanged::Mismatch);
        }
        change(entity);
        entity.changes += 1;
        Ok(entity.clone())
    }

    /// Forgets them all.
    pub(crate) fn reset(&self) {
        self.all().clear();
    }
}
