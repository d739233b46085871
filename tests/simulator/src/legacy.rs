//! The little of `/api` that scripts call after signing in: `/api/session` and `/api/org`.

use serde::Serialize;

use crate::access_tokens::Session;
use crate::api_version::Wanted;
use crate::cloud::{Cloud, SITE_ID};
use crate::error_body::{self, xml};
use crate::legacy_body::{Link, Nothing, Reference, content_type, media_type};
use crate::request::Request;
use crate::response::Response;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionAnswer<'a> {
    other_attributes: Nothing,
    link: Vec<Link>,
    authorized_locations: AuthorizedLocations,
    href: String,
    r#type: &'static str,
    user: &'a str,
    org: &'a str,
    user_id: String,
    roles: &'a str,
    location_id: String,
    v_cloud_extension: [(); 0],
}

#[derive(Serialize)]
struct AuthorizedLocations {
    location: [Location; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    location_id: String,
    rest_api_endpoint: String,
    #[serde(rename = "uiEndpoint")]
    ui_endpoint: String,
    auth_context: String,
}

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

/// `/api/session`
pub(crate) fn session(cloud: &Cloud, request: &Request, session: &Session, wanted: &Wanted) -> Response {
    match request.method.as_str() {
        "GET" | "HEAD" => {}
        "DELETE" => {
            cloud.access_tokens.end(&session.token);
            return Response::empty(204);
        }
        _ => {
            return error_body::legacy_method_not_allowed("GET, DELETE", wanted.json);
        }
    }
    let base = cloud.base_url(request);
    let user = &session.user;
    let org_list = format!("{base}/api/org/");
    let body = if wanted.json {
        let answer = SessionAnswer {
            other_attributes: Nothing {},
            link: vec![Link::new("down", org_list, Some(media_type(wanted, "orgList")))],
            authorized_locations: AuthorizedLocations {
                location: [Location {
                    location_id: user.location(SITE_ID),
                    rest_api_endpoint: base.clone(),
                    ui_endpoint: base.clone(),
                    auth_context: user.organization.clone(),
                }],
            },
            href: format!("{base}/api/session"),
            r#type: "application/vnd.vmware.vcloud.session+json",
            user: &user.name,
            org: &user.organization,
            user_id: format!("urn:vcloud:user:{}", user.id),
            roles: user.role.name(),
            location_id: user.location(SITE_ID),
            v_cloud_extension: [],
        };
        serde_json::to_string(&answer).unwrap_or_default()
    } else {
        let (base, org_list) = (xml(&base), xml(&org_list));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <Session xmlns=\"http://www.vmware.com/vcloud/v1.5\" user=\"{}\" org=\"{}\" userId=\"urn:vcloud:user:{}\" \
             roles=\"{}\" locationId=\"{location}\" href=\"{base}/api/session\" \
             type=\"application/vnd.vmware.vcloud.session+xml\">\n    \
             <Link rel=\"down\" href=\"{org_list}\" type=\"application/vnd.vmware.vcloud.orgList+xml\"/>\n    \
             <AuthorizedLocations>\n        <Location>\n            <LocationId>{location}</LocationId>\n            \
             <OrgName>{org}</OrgName>\n            <RestApiEndpoint>{base}</RestApiEndpoint>\n            \
             <UIEndpoint>{base}</UIEndpoint>\n            <AuthContext>{org}</AuthContext>\n        </Location>\n    \
             </AuthorizedLocations>\n</Session>\n",
            xml(&user.name),
            xml(&user.organization),
            user.id,
            user.role.name(),
            location = user.location(SITE_ID),
            org = xml(&user.organization),
        )
    };
    Response::with_body(200, &content_type(wanted, "session"), body)
        .header("X-VMWARE-VCLOUD-ACCESS-TOKEN", session.token.clone())
        .header("X-VMWARE-VCLOUD-TOKEN-TYPE", "Bearer")
        .header("x-vcloud-authorization", session.legacy_id.clone())
}

/// `/api/org`
pub(crate) fn org_list(cloud: &Cloud, request: &Request, session: &Session, wanted: &Wanted) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::legacy_method_not_allowed("GET", wanted.json);
    }
    let base = cloud.base_url(request);
    let organizations = cloud.organizations();
    let seen = organizations
        .all()
        .iter()
        .filter(|organization| session.user.is_provider() || organization.id == session.user.organization_id);
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
