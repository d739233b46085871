//! `X-VMWARE-VCLOUD-TENANT-CONTEXT`: the organisation that the provider acts for.

use crate::access_tokens::Session;
use crate::api_version::Wanted;
use crate::authentication;
use crate::cloud::Cloud;
use crate::data::SYSTEM_ID;
use crate::error_body;
use crate::request::Request;
use crate::response::Response;

const HEADER: &str = "X-VMWARE-VCLOUD-TENANT-CONTEXT";

/// The UUID of the organisation that the provider acts for, if that is not itself, or the answer that refuses it.
///
/// `X-VMWARE-VCLOUD-AUTH-CONTEXT`, which may come with it, matters where several sites are joined, and so not here.
pub(crate) fn of(
    cloud: &Cloud,
    request: &Request,
    session: &Session,
    wanted: &Wanted,
) -> Result<Option<String>, Response> {
    let Some(value) = request.header(HEADER).map(str::trim) else {
        return Ok(None);
    };
    let urn = value.strip_prefix("urn:vcloud:org:");
    if urn.is_some() && !wanted.version.has(37, 0) {
        // Older servers take the UUID alone.
        return Err(authentication::unauthorized(cloud, wanted.errors));
    }
    let id = urn.unwrap_or(value);
    let allowed = session.user.is_provider() || session.user.organization_id == id;
    if !allowed || cloud.organizations().by_id(id).is_none() {
        let message = error_body::forbidden_message(cloud, "Organization: View", "ORG_VIEW", value);
        let code = "ACCESS_TO_RESOURCE_IS_FORBIDDEN";
        return Err(error_body::shaped(wanted.errors, 403, code, &message));
    }
    Ok((session.user.is_provider() && id != SYSTEM_ID).then(|| id.to_owned()))
}
