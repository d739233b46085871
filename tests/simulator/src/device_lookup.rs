//! `/cloudapi/1.0.0/deviceLookup`, `…/grant` and `…/deny`: an administrator decides about a service account
//! that asks for access.

use serde::Deserialize;

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::error_body;
use crate::request::Request;
use crate::response::Response;

/// What is done with a request for access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// Say whose it is.
    Find,
    /// Give access.
    Grant,
    /// Refuse access.
    Deny,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeviceInfo {
    user_code: String,
}

/// Answers a call with a user code of the organisation that is acted in.
pub(crate) fn answer(cloud: &Cloud, request: &Request, caller: Caller<'_>, call: Call) -> Response {
    if request.method != "POST" {
        return error_body::method_not_allowed("POST");
    }
    if !caller.session.came_of_password() || !caller.session.user.role.is_administrator() {
        let (right, operation) = ("Service Account: Manage", "SERVICE_ACCOUNT_MANAGE");
        return error_body::forbidden(cloud, right, operation, &caller.session.user.urn());
    }
    let code = match serde_json::from_slice::<DeviceInfo>(&request.body) {
        Ok(info) => info.user_code,
        Err(error) => {
            let message = format!("The body has no user code: {error}.");
            return error_body::cloudapi(400, "BAD_REQUEST", &message);
        }
    };
    let accounts = &cloud.service_accounts;
    let organization = caller.organization_id();
    let done = match call {
        Call::Find => accounts.by_user_code(&code, organization).map(|account| {
            let base = cloud.base_url(request);
            let place = format!("{base}/cloudapi/1.0.0/serviceAccounts/{}", account.urn());
            Response::empty(303).header("Location", place)
        }),
        Call::Grant | Call::Deny => accounts
            .decide(&code, organization, call == Call::Grant)
            .then(|| Response::empty(204)),
    };
    done.unwrap_or_else(|| {
        error_body::cloudapi(
            404,
            "RESOURCE_NOT_FOUND",
            "No device authorization request with this user code was found.",
        )
    })
}
