//! `/api/admin` and `/api/site`: the installation as a whole.

use crate::api_version::ApiVersion;
use crate::caller::Caller;
use crate::cloud::{Cloud, SITE_ID, SITE_NAME};
use crate::error_body;
use crate::legacy_document::Document;
use crate::request::Request;
use crate::response::Response;

/// What follows the three numbers of a product's version, the same in all.
const BUILD: &str = "21954589 Thu Jun 29 15:40:51 UTC 2023";

/// `/api/admin`: where administrators begin, and what tells them the product's version.
pub(crate) fn administration(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    let wanted = caller.wanted;
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::legacy_method_not_allowed("GET", wanted.json);
    }
    let user = &caller.session.user;
    if !user.role.is_administrator() {
        let message = error_body::forbidden_message(cloud, "General: Administrator View", "CLOUD_VIEW", "the cloud");
        return error_body::legacy(403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN", &message, wanted.json);
    }
    let base = cloud.base_url(request);
    let organization = format!("{base}/api/admin/org/{}", caller.organization_id());
    let href = format!("{base}/api/admin/");
    let newest = cloud.versions().newest();
    Document::new(wanted, "VCloud", "admin.vcloud", href, None, "VMware Cloud Director")
        .link("down", organization, "admin.organization")
        .link("down", format!("{base}/api/site"), "site")
        .description(format!("{}.{BUILD}", product(newest)))
        .answer()
}

/// `/api/site`: the site that is signed in to.
pub(crate) fn site(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    let wanted = caller.wanted;
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::legacy_method_not_allowed("GET", wanted.json);
    }
    let base = cloud.base_url(request);
    let urn = format!("urn:vcloud:site:{SITE_ID}");
    Document::new(wanted, "Site", "site", format!("{base}/api/site"), Some(urn), SITE_NAME)
        .element("RestEndpoint", format!("{base}/api"))
        .element("BaseUiEndpoint", base)
        .answer()
}

/// The product's version that came with a version of the API: 10.3 with 36.0, 10.4 with 37.0 and so on; from 9.0, which
/// began with 40.0, they are the same.
fn product(version: ApiVersion) -> String {
    let [major, minor, patch] = version.numbers();
    match major {
        0..20 => format!("{major}.{minor}.{patch}"),
        20..40 => format!("10.{}.{minor}", major.saturating_sub(33)),
        _ => format!("9.{}.{minor}", major - 40),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_go_with_versions_of_the_api() {
        for (version, expected) in [
            ("35.2", "10.2.2"),
            ("36.1", "10.3.1"),
            ("37.2", "10.4.2"),
            ("39.1", "10.6.1"),
            ("40.0", "9.0.0"),
            ("9.1.0", "9.1.0"),
        ] {
            assert_eq!(product(ApiVersion::parse(version).expect(version)), expected);
        }
    }
}
