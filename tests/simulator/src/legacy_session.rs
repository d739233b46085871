//! `/api/session`: what scripts ask after signing in.

use serde::Serialize;

use crate::access_tokens::Session;
use crate::api_version::Wanted;
use crate::cloud::{Cloud, SITE_ID};
use crate::error_body::{self, xml};
use crate::legacy_body::{Link, Nothing, content_type, media_type};
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

/// Shows the session, or ends it.
pub(crate) fn answer(cloud: &Cloud, request: &Request, session: &Session, wanted: &Wanted) -> Response {
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
    let down = |path: &str, kind: &str| Link::new("down", format!("{base}{path}"), Some(media_type(wanted, kind)));
    let mut links = vec![
        down("/api/org/", "orgList"),
        down(&format!("/api/org/{}", user.organization_id), "org").named(&user.organization),
        down("/api/query", "query.queryList"),
    ];
    if user.role.is_administrator() {
        links.push(down("/api/admin/", "admin.vcloud"));
    }
    let body = if wanted.json {
        let answer = SessionAnswer {
            other_attributes: Nothing {},
            link: links,
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
        let links: String = links.iter().map(Link::xml).collect();
        let base = xml(&base);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <Session xmlns=\"http://www.vmware.com/vcloud/v1.5\" user=\"{}\" org=\"{}\" userId=\"urn:vcloud:user:{}\" \
             roles=\"{}\" locationId=\"{location}\" href=\"{base}/api/session\" \
             type=\"application/vnd.vmware.vcloud.session+xml\">\n{links}    \
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
