//! A thing as other things name it.

use serde::Serialize;

use crate::data::{Role, User};

/// A thing as other things name it: `{"name","id"}`.
#[derive(Serialize)]
pub(crate) struct Reference<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its URN.
    pub(crate) id: String,
}

impl<'a> Reference<'a> {
    /// A user.
    pub(crate) fn of_user(user: &'a User) -> Self {
        Self {
            name: &user.name,
            id: user.urn(),
        }
    }

    /// The organisation of a user.
    pub(crate) fn of_organization(user: &'a User) -> Self {
        Self {
            name: &user.organization,
            id: format!("urn:vcloud:org:{}", user.organization_id),
        }
    }
}

impl Reference<'static> {
    /// A role.
    pub(crate) fn of_role(role: Role) -> Self {
        Self {
            name: role.name(),
            id: role.urn(),
        }
    }
}
