//! `/api/org` and `/api/org/{uuid}`

use serde::Serialize;

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::error_body::{self, xml};
use crate::legacy_body::{Link, NAMESPACE, Nothing, PROLOG, Reference, attributes, content_type, media_type};
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Org<'a> {
    other_attributes: Nothing,
    link: Vec<Link>,
    href: String,
    r#type: String,
    id: String,
    operation_key: Option<()>,
    description: &'a str,
    tasks: Option<()>,
    name: &'a str,
    full_name: &'a str,
    is_enabled: bool,
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

/// `/api/org/{uuid}`
pub(crate) fn item(cloud: &Cloud, request: &Request, caller: Caller<'_>, id: &str) -> Response {
    let wanted = caller.wanted;
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::legacy_method_not_allowed("GET", wanted.json);
    }
    let organizations = cloud.organizations();
    let Some(organization) = organizations.by_id(id).filter(|_| caller.sees(id)) else {
        let message = format!(
            "[ {} ] No access to entity \"com.vmware.vcloud.entity.org:{id}\".",
            cloud.identifiers.uuid()
        );
        return error_body::legacy(403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN", &message, wanted.json);
    };
    let base = cloud.base_url(request);
    let users = format!("{base}/cloudapi/1.0.0/users");
    let org = Org {
        other_attributes: Nothing {},
        link: vec![
            Link::new(
                "down",
                format!("{base}/api/query?type=catalog"),
                Some(media_type(wanted, "query.records")),
            ),
            Link::new("down", users, Some("application/json".to_owned())),
        ],
        href: format!("{base}/api/org/{id}"),
        r#type: media_type(wanted, "org"),
        id: organization.urn(),
        operation_key: None,
        description: &organization.description,
        tasks: None,
        name: &organization.name,
        full_name: &organization.display_name,
        is_enabled: organization.is_enabled,
        v_cloud_extension: [],
    };
    let content_type = content_type(wanted, "org");
    if wanted.json {
        return Response::json(200, &content_type, &org);
    }
    let own = attributes(&[
        ("xmlns", Some(NAMESPACE)),
        ("name", Some(org.name)),
        ("id", Some(&org.id)),
        ("href", Some(&org.href)),
        ("type", Some(&org.r#type)),
    ]);
    let links: String = org.link.iter().map(Link::xml).collect();
    let text = format!(
        "{PROLOG}<Org{own}>\n{links}    <Description>{}</Description>\n    <FullName>{}</FullName>\n    \
         <IsEnabled>{}</IsEnabled>\n</Org>\n",
        xml(org.description),
        xml(org.full_name),
        org.is_enabled
    );
    Response::with_body(200, &content_type, text)
}
