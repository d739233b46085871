//! What a caller signs in with.

use super::client::Client;
use super::code::Code;
use super::error::{Error, Result};
use super::notice::NoticeKind;
use super::org::{Org, describe};
use super::secret::Secret;
use super::token_file::TokenFile;

/// A way to sign in, with its secret.
pub(crate) enum Grant {
    /// An API token, exchanged for access tokens (RFC 6749 section 6).
    ApiToken { org: Org, token: Secret },
    /// A file with an API token or a service account's.
    TokenFile { org: Org, file: TokenFile },
    /// A user with a password.
    Password { org: Org, user: String, password: Secret },
    /// An access token that somebody else obtained.
    AccessToken { org: Option<Org>, token: Secret },
}

/// Longest token of either kind. Access tokens have about 600 characters, API tokens 32.
const MAX_TOKEN: usize = 64 * 1024;

impl Grant {
    pub(crate) fn api_token(client: &Client, org: Option<&str>, secret: &str) -> Result<Self> {
        let org = org_of(client, org)?;
        let token = clean(client, "API token", secret)?;
        if has_the_shape_of_an_api_token(org.name()) && !has_the_shape_of_an_api_token(token.expose()) {
            return Err(Error::new(
                Code::Argument,
                "the organization's name looks like an API token, and the API token does not: were they swapped? Nothing was sent",
            ));
        }
        if looks_like_access_token(token.expose()) {
            client.notices().add(
                NoticeKind::TokenLooksLikeAccessToken,
                "the API token looks like an access token (it begins with eyJ); an API token has 32 letters and digits. Sign in with it as an access token instead, or make an API token in the user interface",
            );
        }
        Ok(Grant::ApiToken { org, token })
    }

    pub(crate) fn token_file(client: &Client, org: Option<&str>, path: &str) -> Result<Self> {
        let org = org_of(client, org)?;
        let file = TokenFile::open(path, &client.settings().user_agent, client.notices())?;
        Ok(Grant::TokenFile { org, file })
    }

    pub(crate) fn password(client: &Client, org: Option<&str>, user: &str, password: &str) -> Result<Self> {
        let org = org_of(client, org)?;
        let user = user.trim();
        let refuse = |why: &str| Err(Error::new(Code::Argument, why.to_owned()));
        if user.is_empty() {
            return refuse("no user name was given");
        }
        // RFC 7617 section 2: what stands before the first colon is the user.
        if user.contains([':', '\r', '\n', '\0']) {
            return refuse("the user name has a colon or a line break in it, which a sign-in cannot carry");
        }
        if password.is_empty() {
            return refuse("the password is empty");
        }
        if password.chars().any(char::is_control) {
            return refuse(
                "the password has a line break or another control character in it; was it read with its line's end?",
            );
        }
        // VMware's other tools want user@org, and so do people who know them.
        let suffix = format!("@{}", org.name());
        let user = match user.len().checked_sub(suffix.len()) {
            Some(at) if at > 0 && user.is_char_boundary(at) && user[at..].eq_ignore_ascii_case(&suffix) => &user[..at],
            _ => user,
        };
        Ok(Grant::Password {
            org,
            user: user.to_owned(),
            password: Secret::new(password),
        })
    }

    pub(crate) fn access_token(client: &Client, org: Option<&str>, secret: &str) -> Result<Self> {
        client.check_process()?;
        client.check_encrypted()?;
        let org = match org {
            Some(org) => Some(Org::parse(org)?),
            None => client.address().org().cloned(),
        };
        let secret = secret.trim_start();
        let secret = match secret.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => &secret[7..],
            _ => secret,
        };
        Ok(Grant::AccessToken {
            org,
            token: clean(client, "access token", secret)?,
        })
    }
}

/// 32 letters and digits, some of either: no organization is called that.
fn has_the_shape_of_an_api_token(text: &str) -> bool {
    text.len() == 32
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Where to sign in, when a secret may travel there.
fn org_of(client: &Client, org: Option<&str>) -> Result<Org> {
    client.check_process()?;
    client.check_encrypted()?;
    match org {
        Some(org) => Org::parse(org),
        None => client.address().org().cloned().ok_or_else(|| {
            Error::new(
                Code::Argument,
                "no organization was given: name it, or put it into the address (https://vcd.example.com/tenant/acme); System means the provider",
            )
        }),
    }
}

pub(crate) fn looks_like_access_token(token: &str) -> bool {
    token.starts_with("eyJ")
}

/// Takes away what pasting adds, and refuses what cannot be a token. The token is never repeated in an error.
fn clean(client: &Client, what: &str, secret: &str) -> Result<Secret> {
    let refuse = |why: String| Err(Error::new(Code::Argument, format!("the {what} cannot be used: {why}")));
    let trimmed = secret.trim().trim_matches(['"', '\'', '\u{201c}', '\u{201d}']).trim();
    if trimmed.is_empty() {
        return refuse("it is empty".into());
    }
    if trimmed.len() > MAX_TOKEN {
        return refuse(format!("it has {} characters, the most is {MAX_TOKEN}", trimmed.len()));
    }
    if let Some(wrong) = trimmed.chars().find(|c| !('!'..='~').contains(c)) {
        let wrong = if wrong.is_whitespace() || wrong.is_control() {
            describe(wrong)
        } else {
            "a character that is not ASCII".into()
        };
        return refuse(format!("{wrong} is not allowed in it; was more than the token copied?"));
    }
    if trimmed.len() != secret.len() {
        client.notices().add(
            NoticeKind::TokenTrimmed,
            format!("white space or quotes around the {what} were left out"),
        );
    }
    Ok(Secret::new(trimmed))
}
