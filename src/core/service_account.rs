//! Service accounts: registered by an administrator, authorized by the device flow (RFC 8628), and activated by
//! whoever will use them. Granting is a request like others: `POST /cloudapi/1.0.0/deviceLookup/grant`.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

use super::api_token::{client_id, hand_over, new_file, post_form, realm, register};
use super::call::Outcome;
use super::code::Code;
use super::error::{Error, Result};
use super::exchange;
use super::log;
use super::operation::required;
use super::org::Org;
use super::request::Request;
use super::request_id::RequestId;
use super::response::Response;
use super::retry;
use super::run::Run;
use super::runtime;
use super::secret::Secret;
use super::server_error;
use super::session::Session;
use super::tenant::{Tenant, is_uuid};
use super::token_file::TokenKind;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// RFC 8628 section 3.2: where the server names no interval.
const USUAL_INTERVAL: Duration = Duration::from_secs(5);
/// RFC 8628 section 3.5: what `slow_down` adds.
const SLOWER: Duration = Duration::from_secs(5);

/// Registers an account. It is one because it has a software id.
pub(super) async fn create(run: &Run, session: Arc<Session>, request: Request, deadline: Instant) -> Outcome {
    let subject = &request.settings.subject;
    let name = required(&subject.name, "the service account's name")?;
    let role = required(
        &subject.role,
        "the service account's role (urn:vcloud:role:NAME, or a name)",
    )?;
    let software_id = match &subject.software_id {
        Some(id) if is_uuid(id.trim()) => id.trim().to_owned(),
        Some(_) => {
            return Err(Error::new(Code::Argument, "the software id has to be a UUID").into());
        }
        None => RequestId::generate().as_str().to_owned(),
    };
    let mut client = json!({
        "client_name": name,
        "software_id": software_id,
        "scope": scope(role)?,
    });
    for (key, value) in [
        ("software_version", &subject.software_version),
        ("client_uri", &subject.client_uri),
    ] {
        if let Some(value) = value {
            client[key] = value.as_str().into();
        }
    }
    let org = realm(run, &session, &request, deadline).await?;
    let mut registered = register(run, &session, &request, &org, client, deadline).await?;
    let id = client_id(&registered)?;
    registered["id"] = format!("urn:vcloud:serviceAccount:{id}").into();
    registered["org"] = org.name().into();
    Ok(Response::ours(&registered))
}

/// `urn:vcloud:role:NAME`, escaped as the server wants it, from that or a plain name.
fn scope(role: &str) -> Result<String> {
    const PREFIX: &str = "urn:vcloud:role:";
    if role.chars().any(char::is_control) {
        return Err(Error::new(Code::Argument, "the role has a control character in it"));
    }
    if role.starts_with(PREFIX) {
        return Ok(role.to_owned());
    }
    let escaped: String = url::form_urlencoded::byte_serialize(role.as_bytes()).collect();
    Ok(format!("{PREFIX}{}", escaped.replace('+', "%20")))
}

/// Asks for the codes: one for the device, one for the person who grants.
pub(super) async fn authorize(run: &Run, request: Request, deadline: Instant) -> Outcome {
    let id = account_id(&request)?;
    let org = account_org(run, &request)?;
    let form = Secret::from_string(
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &id)
            .finish(),
    );
    let response = post_form(run, &request, &org, "device_authorization", &form, deadline).await?;
    let answer: Value = serde_json::from_slice(response.body().as_bytes()).unwrap_or_default();
    if response.status() >= 400 || answer["device_code"].as_str().is_none_or(str::is_empty) {
        let said = server_error::parse(response.body().as_bytes());
        return Err(Error::new(
            Code::Auth,
            format!(
                "the service account {id} of {} cannot be authorized{}. Check its id and its organization; one that is active already has to be revoked first",
                org.name(),
                said.words()
            ),
        )
        .with_answer(&response)
        .with_server_words(said.code, said.message)
        .into());
    }
    Ok(response.with_json(&answer))
}

/// Polls until somebody has granted or denied, and takes the token.
pub(super) async fn activate(run: &Run, request: Request, deadline: Instant) -> Outcome {
    let id = account_id(&request)?;
    let org = account_org(run, &request)?;
    let Some(code) = request.settings.subject.device_code.clone() else {
        return Err(Error::new(
            Code::Argument,
            "the device code is missing, which the authorization gave",
        )
        .into());
    };
    let file = new_file(run, &request, deadline).await?;
    let mut interval = request.settings.subject.poll_interval.unwrap_or(USUAL_INTERVAL);
    let form = Secret::from_string(
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
            .append_pair("client_id", &id)
            .append_pair("device_code", code.expose())
            .finish(),
    );
    loop {
        // RFC 8628 section 3.5: what passes does not end the polling.
        let response = match post_form(run, &request, &org, "token", &form, deadline).await {
            Ok(response) if response.status() == 429 => None,
            Ok(response) => Some(response),
            Err(failure) if passes(&failure.error) => {
                log::debug(format_args!("service account {id}: {}", failure.error.message()));
                None
            }
            Err(failure) => return Err(failure),
        };
        let Some(response) = response else {
            interval += SLOWER;
            pause(&id, interval, deadline).await?;
            continue;
        };
        if let Some(granted) = exchange::granted(&response) {
            let token = granted?.rotated.ok_or_else(|| {
                Error::new(
                    Code::Json,
                    "the server granted the service account and did not show its token; revoke it and authorize it anew",
                )
            })?;
            let answer = json!({
                "id": format!("urn:vcloud:serviceAccount:{id}"),
                "org": org.name(),
            });
            return hand_over(file, &token, TokenKind::ServiceAccount, response, answer).await;
        }
        let said = server_error::parse(response.body().as_bytes()).without(&code);
        match said.code.as_deref() {
            Some("authorization_pending") => {}
            Some("slow_down") => interval += SLOWER,
            other => {
                let why = match other {
                    Some("access_denied") => "an administrator denied it",
                    Some("expired_token") => "nobody granted it in time; authorize it anew",
                    _ => {
                        "the device code is wrong, was used already, or belongs to another service account or organization"
                    }
                };
                return Err(Error::new(
                    Code::Auth,
                    format!("the service account {id} was not activated: {why}{}", said.words()),
                )
                .with_answer(&response)
                .with_server_words(said.code, said.message)
                .into());
            }
        }
        pause(&id, interval, deadline).await?;
    }
}

/// Whether the next question may well be answered.
fn passes(error: &Error) -> bool {
    matches!(error.code(), Code::ConnectionLost | Code::Timeout | Code::Connect)
        || error.http_status().is_some_and(|status| status >= 500)
}

/// Waits until it is time to ask again.
async fn pause(id: &str, interval: Duration, deadline: Instant) -> Result<()> {
    if !retry::fits(interval, deadline) {
        return Err(Error::new(
            Code::Timeout,
            format!("nobody has granted the service account {id} in the time that was given"),
        ));
    }
    log::debug(format_args!(
        "service account {id}: not granted yet, again in {} ms",
        interval.as_millis()
    ));
    runtime::sleep(interval).await;
    Ok(())
}

/// The account's UUID, from that or its URN.
fn account_id(request: &Request) -> Result<String> {
    let id = required(&request.settings.subject.id, "the service account's id")?;
    let bare = id.strip_prefix("urn:vcloud:serviceAccount:").unwrap_or(id);
    if is_uuid(bare) {
        return Ok(bare.to_owned());
    }
    Err(Error::new(
        Code::Argument,
        "a service account's id is a UUID, or urn:vcloud:serviceAccount:UUID",
    ))
}

/// Where the account is: the tenant that was named, the session's organization, or that of the address.
fn account_org(run: &Run, request: &Request) -> Result<Org> {
    match &request.settings.tenant {
        Some(Tenant::Name(name)) => return Ok(Org::Tenant(name.clone())),
        Some(Tenant::Id(_)) => {
            return Err(Error::new(
                Code::Argument,
                "the service account's organization is needed by its name here, not by its id",
            ));
        }
        None => {}
    }
    let own = run.client.org().and_then(|name| Org::parse(&name).ok());
    own.or_else(|| run.client.address().org().cloned()).ok_or_else(|| {
        Error::new(
            Code::Argument,
            "the service account's organization is not known; name it, or put it into the address (https://vcd.example.com/tenant/acme)",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_become_scopes() {
        assert_eq!(scope("vApp Author").unwrap(), "urn:vcloud:role:vApp%20Author");
        assert_eq!(scope("urn:vcloud:role:x%20y").unwrap(), "urn:vcloud:role:x%20y");
        assert!(scope("a\nb").is_err());
    }
}
