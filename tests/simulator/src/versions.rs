//! `GET /api/versions`

use serde::Serialize;

use crate::cloud::Cloud;
use crate::config::ApiVersionEntry;
use crate::error_body::{method_not_allowed, xml};
use crate::request::Request;
use crate::response::Response;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SupportedVersions<'a> {
    version_info: Vec<VersionInfo<'a>>,
    any: [(); 0],
    other_attributes: Nothing,
    schema_root: &'a str,
    alpha_version: Option<VersionInfo<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionInfo<'a> {
    version: &'a str,
    login_url: &'a str,
    provider_login_url: &'a str,
    media_type_mapping: [(); 0],
    any: [(); 0],
    deprecated: bool,
    other_attributes: Nothing,
}

#[derive(Serialize)]
struct Nothing {}

/// Lists the API versions to anyone who asks.
pub(crate) fn answer(cloud: &Cloud, request: &Request) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return method_not_allowed("GET");
    }
    let base = cloud.base_url(request);
    let login = format!("{base}/cloudapi/1.0.0/sessions");
    let provider_login = format!("{login}/provider");
    let schema_root = format!("{base}/api/v1.5/schema/");
    let is_alpha = |entry: &&ApiVersionEntry| entry.version.contains("-alpha");
    let versions = cloud.versions();
    let listed = versions.entries.iter().filter(|entry| !is_alpha(entry));
    let alpha = versions.entries.iter().find(is_alpha);

    if request.header_values("Accept").any(|value| value.contains("json")) {
        let info = |entry| version_info(entry, &login, &provider_login);
        let body = SupportedVersions {
            version_info: listed.map(info).collect(),
            any: [],
            other_attributes: Nothing {},
            schema_root: &schema_root,
            alpha_version: alpha.map(info),
        };
        return Response::json(200, "application/json", &body);
    }

    let infos: String = listed
        .map(|entry| element("VersionInfo", entry, &login, &provider_login))
        .collect();
    let alpha = alpha
        .map(|entry| element("AlphaVersion", entry, &login, &provider_login))
        .unwrap_or_default();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <SupportedVersions xmlns=\"http://www.vmware.com/vcloud/versions\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n\
         {infos}    <SchemaRoot>{}</SchemaRoot>\n{alpha}</SupportedVersions>\n",
        xml(&schema_root)
    );
    Response::with_body(200, "text/xml", text)
}

fn version_info<'a>(entry: &'a ApiVersionEntry, login_url: &'a str, provider_login_url: &'a str) -> VersionInfo<'a> {
    VersionInfo {
        version: &entry.version,
        login_url,
        provider_login_url,
        media_type_mapping: [],
        any: [],
        deprecated: entry.deprecated,
        other_attributes: Nothing {},
    }
}

fn element(name: &str, entry: &ApiVersionEntry, login: &str, provider_login: &str) -> String {
    format!(
        "    <{name} deprecated=\"{}\">\n        <Version>{}</Version>\n        <LoginUrl>{}</LoginUrl>\n        \
         <ProviderLoginUrl>{}</ProviderLoginUrl>\n    </{name}>\n",
        entry.deprecated,
        xml(&entry.version),
        xml(login),
        xml(provider_login)
    )
}
