//! The text of access tokens: a JWT as Cloud Director writes it, with a signature nobody checks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::random;

/// What an access token says.
#[derive(Serialize)]
pub(crate) struct Claims<'a> {
    /// The user's name.
    pub(crate) sub: &'a str,
    /// `{organisation}@{site}`
    pub(crate) iss: &'a str,
    /// When it ends, in seconds since 1970.
    pub(crate) exp: u64,
    /// `vcloud_1.0`
    pub(crate) version: &'static str,
    /// 32 hexadecimal digits.
    pub(crate) jti: &'a str,
}

/// The text of an access token that says this.
pub(crate) fn text(claims: &Claims<'_>) -> std::io::Result<String> {
    let mut signature = [0u8; 256];
    random::fill(&mut signature)?;
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
    Ok(format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_looks_like_a_real_one() {
        let iss = "7e5f1fe3-80cc-41e8-bf72-d40caf54418e@f906e815-3468-4d4e-82be-72c1c2ed10b3";
        let claims = Claims {
            sub: "roy",
            iss,
            exp: 1_700_000_000,
            version: "vcloud_1.0",
            jti: "0123456789abcdef0123456789abcdef",
        };
        let token = text(&claims).expect("a token");
        assert!(token.starts_with("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyb3kiLCJpc3MiOi"));
        assert_eq!(token.split('.').count(), 3);
        assert!((550..700).contains(&token.len()), "{} characters", token.len());
    }
}
