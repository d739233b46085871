//! `/api/org`, `/api/org/{uuid}` and `/api/admin/org/{uuid}`

use serde::Serialize;

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::error_body::{self, xml};
use crate::legacy_body::{Nothing, Reference, content_type};
use crate::legacy_document::Document;
use crate::request::Request;
use crate::response::Response;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrgList<'a> {
    other_attributes: Nothing,
    link: [(); 0],
    href: String,
    r#type: &'static str,
    org: Vec<Reference<'a>>,
    v_cloud_extension: [(); 0],
}

/// `/api/org`
pub(crate) fn collection(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    let wanted = caller.wanted;
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::legacy_method_not_allowed("GET", wanted.json);
    }
    let base = cloud.base_url(request);
    let organizations = cloud.organizations();
    let seen = organizations
        .all()
        .iter()
        .filter(|organization| caller.sees(&organization.id));
    let body = if wanted.json {
        let answer = OrgList {
            other_attributes: Nothing {},
            link: [],
            href: format!("{base}/api/org/"),
            r#type: "application/vnd.vmware.vcloud.orgList+json",
            org: seen
                .map(|organization| {
                    let href = format!("{base}/api/org/{}", organization.id);
                    Reference::new(wanted, "org", href, None, &organization.name)
                })
                .collect(),
            v_cloud_extension: [],
        };
        serde_json::to_string(&answer).unwrap_or_default()
    } else {
        let base = xml(&base);
        let references: String = seen
            .map(|organization| {
                format!(
                    "    <Org href=\"{base}/api/org/{}\" type=\"application/vnd.vmware.vcloud.org+xml\" name=\"{}\"/>\n",
                    organization.id,
                    xml(&organization.name)
                )
            })
            .collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <OrgList xmlns=\"http://www.vmware.com/vcloud/v1.5\" href=\"{base}/api/org/\" \
             type=\"application/vnd.vmware.vcloud.orgList+xml\">\n{references}</OrgList>\n"
        )
    };
    Response::with_body(200, &content_type(wanted, "orgList"), body)
}

/// Who an organisation is shown to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Everyone who sees it.
    User,
    /// Its administrators, and the provider's.
    Administrator,
}

/// `/api/org/{uuid}` and `/api/admin/org/{uuid}`
pub(crate) fn item(cloud: &Cloud, request: &Request, caller: Caller<'_>, id: &str, view: View) -> Response {
    let wanted = caller.wanted;
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::legacy_method_not_allowed("GET", wanted.json);
    }
    let administrates = caller.session.user.role.is_administrator();
    let allowed = caller.sees(id) && (administrates || view == View::User);
    let organizations = cloud.organizations();
    let Some(organization) = organizations.by_id(id).filter(|_| allowed) else {
        return error_body::legacy_no_access(cloud, "org", id, wanted.json);
    };
    let base = cloud.base_url(request);
    let (own, of_administrators) = (format!("{base}/api/org/{id}"), format!("{base}/api/admin/org/{id}"));
    let (urn, name) = (Some(organization.urn()), organization.name.as_str());
    let document = match view {
        View::User if administrates => Document::new(wanted, "Org", "org", own, urn, name).link(
            "alternate",
            of_administrators,
            "admin.organization",
        ),
        View::User => Document::new(wanted, "Org", "org", own, urn, name),
        View::Administrator => Document::new(wanted, "AdminOrg", "admin.organization", of_administrators, urn, name)
            .link("up", format!("{base}/api/admin/"), "admin.vcloud")
            .link("alternate", own, "org"),
    };
    let document = document
        .link("down", format!("{base}/api/query?type=catalog"), "query.records")
        .link_to_json("down", format!("{base}/cloudapi/1.0.0/users"))
        .description(organization.description.as_str())
        .element("FullName", organization.display_name.as_str())
        .element("IsEnabled", organization.is_enabled);
    if view == View::User {
        return document.answer();
    }
    let users = cloud.passwords.users().iter();
    let members = users.filter(|user| user.organization_id == id).map(|user| {
        let href = format!("{base}/api/admin/user/{}", user.id);
        Reference::new(wanted, "admin.user", href, Some(user.urn()), &user.name)
    });
    document
        .references("Users", "UserReference", members.collect())
        .answer()
}
