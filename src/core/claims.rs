//! What an access token says about itself. A hint only: the signature is not checked, the server is the judge.

use super::timestamp::unix_now;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use std::time::Duration;

/// The claims of a Cloud Director access token (a JWT, RFC 7519) that matter here.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Claims {
    /// The user's name.
    pub(crate) sub: Option<String>,
    /// Whose it is: `ORGANIZATION@SITE`, two UUIDs.
    pub(crate) iss: Option<String>,
    /// When it ends, in seconds since 1970-01-01 UTC.
    #[serde(default, deserialize_with = "whole_seconds")]
    pub(crate) exp: Option<i64>,
}

impl Claims {
    /// Reads the claims; none where the token is no JWT.
    pub(crate) fn read(token: &str) -> Self {
        let payload = token.split('.').nth(1).unwrap_or_default();
        URL_SAFE_NO_PAD
            .decode(payload.trim_end_matches('='))
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default()
    }
}

impl Claims {
    /// How long the token is still good, by this computer's clock; zero where it has ended.
    pub(crate) fn lifetime(&self) -> Option<Duration> {
        let left = self.exp?.saturating_sub(unix_now());
        Some(Duration::from_secs(u64::try_from(left).unwrap_or(0)))
    }

    /// The UUIDs of the organization and the site.
    pub(crate) fn location(&self) -> Option<(&str, &str)> {
        self.iss.as_deref()?.split_once('@')
    }
}

/// RFC 7519 allows fractions of seconds.
fn whole_seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_i64().or_else(|| {
        value
            .as_f64()
            .filter(|seconds| seconds.is_finite())
            .map(|seconds| seconds as i64)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn user_and_end_are_read() {
        let claims = Claims::read(&token(
            r#"{"sub":"jdoe","iss":"a@b","exp":1700000000,"version":"vcloud_1.0"}"#,
        ));
        assert_eq!(
            claims,
            Claims {
                sub: Some("jdoe".into()),
                iss: Some("a@b".into()),
                exp: Some(1_700_000_000)
            }
        );
        assert_eq!(claims.location(), Some(("a", "b")));
        assert_eq!(Claims::read(&token(r#"{"exp":1.7e9}"#)).exp, Some(1_700_000_000));
    }

    #[test]
    fn what_is_no_jwt_says_nothing() {
        for text in ["", "abc", "a.b.c", "..", "eyJ.@@@.x", &token("[1]"), &token("not json")] {
            assert_eq!(Claims::read(text), Claims::default(), "{text}");
        }
    }
}
