//! The fault that a call of the control endpoint asks for.

use std::time::Duration;

use crate::fault::{Fault, FaultKind};
use crate::parameters::Parameters;

/// The fault that a call of the control endpoint asks for.
pub(crate) fn asked_for(parameters: &Parameters) -> Result<Fault, String> {
    parameters.only(&[
        "kind",
        "path",
        "method",
        "times",
        "status",
        "seconds",
        "body",
        "contentType",
        "location",
        "ms",
        "headers",
        "bytes",
    ])?;
    let status = |otherwise: u64| -> Result<u16, String> {
        let status = parameters.number("status")?.unwrap_or(otherwise);
        let legal = u16::try_from(status).ok().filter(|status| (200..=599).contains(status));
        legal.ok_or_else(|| format!("status: {status} is not from 200 to 599"))
    };
    let text = |name: &str, otherwise: &str| parameters.get(name).unwrap_or(otherwise).to_owned();
    let kind = match parameters.required("kind")? {
        "status" => FaultKind::Status {
            code: status(500)?,
            body: text("body", ""),
            content_type: text("contentType", "application/json"),
            headers: headers(&text("headers", ""))?,
        },
        "close-before-response" => FaultKind::CloseBeforeResponse,
        "reset" => FaultKind::Reset,
        "close-mid-body" => FaultKind::CloseMidBody,
        "hang-mid-body" => FaultKind::HangMidBody,
        "close-after-response" => FaultKind::CloseAfterResponse,
        "truncated-json" => FaultKind::TruncatedJson,
        "html-ok" => FaultKind::HtmlOk,
        "empty-ok" => FaultKind::EmptyOk,
        "hang" => FaultKind::Hang,
        "retry-after" => FaultKind::RetryAfter {
            status: status(503)?,
            seconds: parameters.number("seconds")?.unwrap_or(1),
        },
        "wrong-content-type" => FaultKind::WrongContentType,
        "redirect" => FaultKind::Redirect {
            location: parameters.required("location")?.to_owned(),
        },
        "busy" => FaultKind::Busy,
        "lost-response" => FaultKind::LostResponse,
        "oauth-error-cloudapi-shape" => FaultKind::OAuthErrorCloudapiShape,
        "oauth-error-rfc-shape" => FaultKind::OAuthErrorRfcShape,
        "invalid-utf8" => FaultKind::InvalidUtf8,
        "not-http" => FaultKind::NotHttp,
        "delay" => FaultKind::Delay(Duration::from_millis(parameters.number("ms")?.ok_or("ms: is missing")?)),
        other => {
            return Err(format!("kind: '{other}' is none of {}", FaultKind::NAMES.join(", ")));
        }
    };
    Ok(Fault {
        kind,
        path_prefix: parameters.get("path").map(ToOwned::to_owned),
        method: parameters.get("method").map(ToOwned::to_owned),
        bytes: parameters.number("bytes")?,
        times: u32::try_from(parameters.number("times")?.unwrap_or(1)).map_err(|_| "times: is too large")?,
    })
}

/// Headers from lines of `Name: value`.
fn headers(lines: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |line: &str| {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| format!("headers: '{line}' is not 'Name: value'"))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    lines.lines().filter(|line| !line.trim().is_empty()).map(pair).collect()
}
