//! Who asks, in which version, and for which organisation.

use crate::access_tokens::Session;
use crate::api_version::Wanted;
use crate::data::SYSTEM_ID;

/// Who asks, in which version, and for which organisation.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'a> {
    /// Whose session it is.
    pub(crate) session: &'a Session,
    /// The version asked for.
    pub(crate) wanted: &'a Wanted,
    /// The UUID of the organisation that the provider acts for.
    pub(crate) tenant: Option<&'a str>,
}

impl<'a> Caller<'a> {
    /// The media type of answers.
    pub(crate) fn content_type(&self) -> String {
        format!("application/json;version={}", self.wanted.text)
    }

    /// The UUID of the organisation that something is done in.
    pub(crate) fn organization_id(&self) -> &'a str {
        self.tenant.unwrap_or(&self.session.user.organization_id)
    }

    /// Whether things of this organisation are shown: the provider sees all, unless it acts for one.
    pub(crate) fn sees(&self, organization_id: &str) -> bool {
        self.organization_id() == organization_id || self.organization_id() == SYSTEM_ID
    }

    /// Whether the provider asks.
    pub(crate) fn is_provider(&self) -> bool {
        self.session.user.is_provider()
    }
}
