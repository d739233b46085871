//! The settings that a call of the control endpoint changes.

use std::sync::Arc;
use std::time::Duration;

use crate::api_version::ApiVersions;
use crate::config::{ApiVersionEntry, OauthErrorStyle, Rotation, UnauthorizedBody};
use crate::parameters::Parameters;
use crate::simulator::Server;

/// Changes the settings that a call of the control endpoint names.
pub(crate) fn change(server: &Server, parameters: &Parameters) -> Result<(), String> {
    parameters.only(&[
        "lifetimeSeconds",
        "unauthorizedBody",
        "oauthErrors",
        "keepAliveMs",
        "log",
        "rotation",
        "deviceIntervalSeconds",
        "deviceLifetimeSeconds",
        "sparsePages",
        "versions",
    ])?;
    let versions = match parameters.get("versions") {
        None => None,
        Some(text) => {
            let entries = ApiVersionEntry::list(text);
            Some(entries.ok_or_else(|| format!("versions: '{text}' is no list of versions such as !36.0,37.2"))?)
        }
    };
    let lifetime = parameters.number("lifetimeSeconds")?;
    let keep_alive = parameters.number("keepAliveMs")?;
    let body = parameters.choice(
        "unauthorizedBody",
        &[("empty", UnauthorizedBody::Empty), ("json", UnauthorizedBody::Json)],
    )?;
    let errors = parameters.choice(
        "oauthErrors",
        &[("cloudapi", OauthErrorStyle::Cloudapi), ("rfc", OauthErrorStyle::Rfc)],
    )?;
    let rotations = [
        ("always", Rotation::Always),
        ("null", Rotation::Null),
        ("same", Rotation::Same),
    ];
    let rotation = parameters.choice("rotation", &rotations)?;
    let device_interval = parameters.number("deviceIntervalSeconds")?.map(Duration::from_secs);
    let device_lifetime = parameters.number("deviceLifetimeSeconds")?.map(Duration::from_secs);
    let sparse_pages = parameters.choice("sparsePages", &[("true", true), ("false", false)])?;
    let log = parameters.choice("log", &[("on", true), ("off", false)])?;
    server.cloud.change_settings(|settings| {
        settings.lifetime = lifetime.map_or(settings.lifetime, Duration::from_secs);
        settings.unauthorized_body = body.unwrap_or(settings.unauthorized_body);
        settings.oauth_errors = errors.unwrap_or(settings.oauth_errors);
        settings.sparse_pages = sparse_pages.unwrap_or(settings.sparse_pages);
        settings.rotation = rotation.unwrap_or(settings.rotation);
        settings.device_interval = device_interval.unwrap_or(settings.device_interval);
        settings.device_lifetime = device_lifetime.unwrap_or(settings.device_lifetime);
        if let Some(limit) = keep_alive {
            // 0 is "never".
            settings.keep_alive = (limit > 0).then(|| Duration::from_millis(limit));
        }
    });
    if let Some(entries) = versions {
        server.cloud.offer(Arc::new(ApiVersions::new(entries)));
    }
    if let Some(keep) = log {
        server.cloud.log.keep(keep);
    }
    Ok(())
}
