//! What a caller may set on a client.

use super::api_version::ApiVersion;
use super::code::Code;
use super::error::{Error, Result};
use super::proxy::ProxySettings;
use super::retry::RetryPolicy;
use super::trust::Trust;
use std::time::Duration;

/// The settings of a client, with their defaults.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) timeout: Duration,
    /// The caller has set it.
    pub(crate) timeout_is_set: bool,
    pub(crate) max_body_bytes: usize,
    pub(crate) allow_http: bool,
    pub(crate) api_version: Option<ApiVersion>,
    pub(crate) user_agent: String,
    pub(crate) retry: RetryPolicy,
    pub(crate) trust: Trust,
    pub(crate) proxy: ProxySettings,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            timeout: Duration::from_secs(120),
            timeout_is_set: false,
            max_body_bytes: 64 * 1024 * 1024,
            allow_http: false,
            api_version: None,
            user_agent: format!(
                "vcdrest/{} ({}; {})",
                env!("CARGO_PKG_VERSION"),
                std::env::consts::OS,
                std::env::consts::ARCH
            ),
            retry: RetryPolicy::default(),
            trust: Trust::default(),
            proxy: ProxySettings::default(),
        }
    }
}

/// An hour.
pub(crate) const LONGEST_WAIT_MS: i64 = 3_600_000;
/// A day.
pub(crate) const LONGEST_CALL_MS: i64 = 86_400_000;

impl Settings {
    pub(crate) fn set_connect_timeout_ms(&mut self, value: i64) -> Result<()> {
        self.connect_timeout = milliseconds("the connect timeout", value, LONGEST_WAIT_MS)?;
        Ok(())
    }

    pub(crate) fn set_read_timeout_ms(&mut self, value: i64) -> Result<()> {
        self.read_timeout = milliseconds("the read timeout", value, LONGEST_WAIT_MS)?;
        Ok(())
    }

    pub(crate) fn set_timeout_ms(&mut self, value: i64) -> Result<()> {
        self.timeout = milliseconds("the timeout", value, LONGEST_CALL_MS)?;
        self.timeout_is_set = true;
        Ok(())
    }

    pub(crate) fn set_max_body_bytes(&mut self, value: i64) -> Result<()> {
        self.max_body_bytes = in_range("the largest body", "bytes", value, 1_024, i64::from(i32::MAX))? as usize;
        Ok(())
    }

    pub(crate) fn set_api_version(&mut self, value: &str) -> Result<()> {
        self.api_version = Some(ApiVersion::parse(value)?);
        Ok(())
    }

    pub(crate) fn set_user_agent_suffix(&mut self, value: &str) -> Result<()> {
        let value = value.trim();
        if value.is_empty() || value.len() > 256 || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(Error::new(
                Code::Argument,
                "what is added to the User-Agent is 1 to 256 printable ASCII characters, such as backup/2.1",
            ));
        }
        let own = Settings::default().user_agent;
        self.user_agent = format!("{own} {value}");
        Ok(())
    }
}

/// Checks a number of milliseconds.
pub(crate) fn milliseconds(name: &str, value: i64, most: i64) -> Result<Duration> {
    in_range(name, "milliseconds", value, 1, most).map(|value| Duration::from_millis(value as u64))
}

/// Checks a number.
pub(crate) fn in_range(name: &str, unit: &str, value: i64, least: i64, most: i64) -> Result<i64> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(Error::new(
        Code::Argument,
        format!("{name} is {least} to {most} {unit}, not {value}"),
    ))
}
