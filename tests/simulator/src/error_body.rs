//! The shapes of error answers.

use serde::Serialize;

use crate::cloud::Cloud;
use crate::response::Response;

/// What an error looks like, which is a matter of the API and of what the request accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// JSON of `/cloudapi`.
    Cloudapi,
    /// JSON of `/api`.
    LegacyJson,
    /// XML of `/api`.
    LegacyXml,
}

/// An error in the shape wanted.
pub(crate) fn shaped(shape: Shape, status: u16, code: &str, message: &str) -> Response {
    match shape {
        Shape::Cloudapi => cloudapi(status, code, message),
        Shape::LegacyJson => legacy(status, code, message, true),
        Shape::LegacyXml => legacy(status, code, message, false),
    }
}

/// What `/cloudapi` answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CloudapiError<'a> {
    minor_error_code: &'a str,
    message: &'a str,
    stack_trace: Option<&'a str>,
}

/// What `/api` answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LegacyError<'a> {
    message: &'a str,
    major_error_code: u16,
    minor_error_code: &'a str,
    vendor_specific_error_code: Option<&'a str>,
    stack_trace: Option<&'a str>,
}

/// What RFC 6749 has.
#[derive(Serialize)]
struct OauthError<'a> {
    error: &'a str,
    error_description: &'a str,
}

/// `{"minorErrorCode","message","stackTrace"}`
pub(crate) fn cloudapi(status: u16, code: &str, message: &str) -> Response {
    let body = CloudapiError {
        minor_error_code: code,
        message,
        stack_trace: None,
    };
    Response::json(status, "application/json", &body)
}

/// `{"error","error_description"}`
pub(crate) fn rfc_6749(status: u16, code: &str, message: &str) -> Response {
    Response::json(
        status,
        "application/json",
        &OauthError {
            error: code,
            error_description: message,
        },
    )
}

/// `<Error …/>`, or the same as JSON.
pub(crate) fn legacy(status: u16, code: &str, message: &str, json: bool) -> Response {
    if json {
        let body = LegacyError {
            message,
            major_error_code: status,
            minor_error_code: code,
            vendor_specific_error_code: None,
            stack_trace: None,
        };
        return Response::json(status, "application/vnd.vmware.vcloud.error+json", &body);
    }
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <Error xmlns=\"http://www.vmware.com/vcloud/v1.5\" majorErrorCode=\"{status}\" minorErrorCode=\"{}\" message=\"{}\"/>\n",
        xml(code),
        xml(message)
    );
    Response::with_body(status, "application/vnd.vmware.vcloud.error+xml", body)
}

/// What is said about things that the caller may not touch, and about things that are not there.
pub(crate) fn forbidden(cloud: &Cloud, right: &str, operation: &str, entity: &str) -> Response {
    let message = forbidden_message(cloud, right, operation, entity);
    cloudapi(403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN", &message)
}

/// How that is worded.
pub(crate) fn forbidden_message(cloud: &Cloud, right: &str, operation: &str, entity: &str) -> String {
    format!(
        "[ {} ] Either you need some or all of the following rights [{right}] to perform operations \
         [{operation}] for {entity} or the target entity is invalid.",
        cloud.identifiers.uuid()
    )
}

/// `/cloudapi` has nothing at this path.
pub(crate) fn not_found() -> Response {
    cloudapi(404, "RESOURCE_NOT_FOUND", "There is nothing at this path.")
}

/// The method is not for this path.
pub(crate) fn method_not_allowed(allowed: &'static str) -> Response {
    cloudapi(
        405,
        "METHOD_NOT_ALLOWED",
        "The request method is not supported by this resource.",
    )
    .header("Allow", allowed)
}

/// The same in `/api`.
pub(crate) fn legacy_method_not_allowed(allowed: &'static str, json: bool) -> Response {
    legacy(405, "METHOD_NOT_ALLOWED", "Method not allowed", json).header("Allow", allowed)
}

/// What `/api` says about things that the caller may not see, and about things that are not there.
pub(crate) fn legacy_no_access(cloud: &Cloud, kind: &str, id: &str, json: bool) -> Response {
    let message = format!(
        "[ {} ] No access to entity \"com.vmware.vcloud.entity.{kind}:{id}\".",
        cloud.identifiers.uuid()
    );
    legacy(403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN", &message, json)
}

/// Text as it may stand in XML.
pub(crate) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    escaped
}
