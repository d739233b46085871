//! `POST /oauth/tenant/{organisation}/device_authorization` and `POST /oauth/provider/device_authorization`:
//! a service account asks for access.

use serde::Serialize;

use crate::cloud::Cloud;
use crate::error_body;
use crate::oauth::{self, Realm};
use crate::request::Request;
use crate::response::Response;

#[derive(Serialize)]
struct CodesAnswer {
    device_code: String,
    user_code: String,
    verification_uri: String,
    expires_in: u64,
    interval: u64,
}

/// Codes for a service account, which needs no secret for that.
pub(crate) fn answer(cloud: &Cloud, request: &Request, realm: Realm<'_>) -> Response {
    if request.method != "POST" {
        return error_body::method_not_allowed("POST");
    }
    let id = match oauth::required(cloud, request, "client_id") {
        Ok(id) => id,
        Err(refusal) => return refusal,
    };
    let account = cloud.service_accounts.by_id(&id);
    if account.filter(|account| realm.fits(&account.user)).is_none() {
        return oauth::refusal(cloud, "invalid_client", "Invalid client");
    }
    let settings = cloud.settings();
    let (interval, lifetime) = (settings.device_interval, settings.device_lifetime);
    match cloud.service_accounts.request(&id, interval, lifetime) {
        Ok(Some(codes)) => {
            let body = CodesAnswer {
                device_code: codes.device_code,
                user_code: codes.user_code,
                verification_uri: format!("{}/{}/device", cloud.base_url(request), realm.path()),
                expires_in: lifetime.as_secs(),
                interval: interval.as_secs(),
            };
            Response::json(200, "application/json", &body)
        }
        Ok(None) => oauth::refusal(
            cloud,
            "invalid_request",
            "The service account is active. Revoke its access before it asks for access again",
        ),
        Err(error) => error_body::cloudapi(500, "INTERNAL_SERVER_ERROR", &error.to_string()),
    }
}
