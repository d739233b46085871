//! Creating an API token: a client is registered for the user (RFC 7591), and the session's access token is exchanged
//! for the client's refresh token (RFC 7523), which is the API token. The server shows it this once.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

use super::body::BodySource;
use super::call::{Failure, Outcome};
use super::code::Code;
use super::error::{Error, Result};
use super::exchange;
use super::operation::required;
use super::org::Org;
use super::request::Request;
use super::response::Response;
use super::retry;
use super::run::Run;
use super::runtime;
use super::secret::Secret;
use super::server_error;
use super::session::Session;
use super::token_file::{NewTokenFile, TokenFile, TokenKind};
use super::undo::{self, Undo};
use super::verdict::{Asked, judge};
use bytes::Bytes;
use http::{HeaderValue, Method};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a file may be somebody else's, and how often that is looked at.
const FILE_WAIT: Duration = Duration::from_secs(5);
const FILE_PAUSE: Duration = Duration::from_millis(20);

/// Creates a token, and writes it into a file or hands it out in the answer's `refresh_token`.
pub(super) async fn create(run: &Run, session: Arc<Session>, request: Request, deadline: Instant) -> Outcome {
    let name = required(&request.settings.subject.name, "the token's name")?.to_owned();
    let org = realm(run, &session, &request, deadline).await?;
    let file = new_file(run, &request, deadline).await?;
    let registered = register(run, &session, &request, &org, json!({ "client_name": name }), deadline).await?;
    let id = client_id(&registered)?;
    let undo = Undo::new(
        run,
        &session,
        revocation(run, &request, &id),
        "an API token that nobody has could not be revoked",
    );
    let obtained = runtime::until(deadline, obtain(run, &session, &request, &org, &id, deadline))
        .await
        .unwrap_or_else(|| Err(Error::new(Code::Timeout, "the server did not hand the token out in time").into()));
    match obtained {
        Ok((token, response)) => {
            undo.done();
            let answer = json!({
                "id": format!("urn:vcloud:token:{id}"),
                "name": name,
                "org": org.name(),
            });
            hand_over(file, &token, TokenKind::ApiToken, response, answer).await
        }
        // It is on the server, nobody has it, and its name is taken.
        Err(Failure { error, response }) => {
            let undone = run
                .ask(
                    Some(&session),
                    revocation(run, &request, &id),
                    Instant::now() + undo::LIMIT,
                )
                .await;
            undo.done();
            let more = match undone {
                Ok(_) => "The token had been registered already and was revoked again".to_owned(),
                Err(failure) => format!(
                    "The token {name} is registered all the same, and revoking it failed ({}). Revoke it (DELETE /cloudapi/1.0.0/tokens/urn:vcloud:token:{id}) before you use its name again",
                    failure.error.message()
                ),
            };
            Err(Failure {
                error: error.and(&more),
                response,
            })
        }
    }
}

/// Exchanges the session's access token for that of a client that was registered.
async fn obtain(
    run: &Run,
    session: &Arc<Session>,
    request: &Request,
    org: &Org,
    id: &str,
    deadline: Instant,
) -> std::result::Result<(Secret, Response), Failure> {
    let access = session.access_token().ok_or_else(super::session::not_signed_in)?;
    let form = Secret::from_string(
        // Room for all of it: a text that grows leaves copies behind.
        url::form_urlencoded::Serializer::new(String::with_capacity(256 + 3 * (id.len() + access.expose().len())))
            .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
            .append_pair("client_id", id)
            .append_pair("assertion", access.expose())
            .finish(),
    );
    let response = post_form(run, request, org, "token", &form, deadline).await?;
    let token = match exchange::granted(&response) {
        Some(granted) => granted?.rotated.ok_or_else(|| {
            Error::new(
                Code::Json,
                "the server created the token and did not show it; try again",
            )
        })?,
        None => {
            let said = server_error::parse(response.body().as_bytes()).without(&access);
            return Err(Error::new(
                Code::Auth,
                format!("the server does not hand the token out{}", said.words()),
            )
            .with_answer(&response)
            .with_server_words(said.code, said.message)
            .into());
        }
    };
    Ok((token, response))
}

/// The request that revokes a token.
fn revocation(run: &Run, request: &Request, id: &str) -> Request {
    let path = format!("/cloudapi/1.0.0/tokens/urn:vcloud:token:{id}");
    let mut settings = request.settings.for_another_request();
    settings.tenant.clone_from(&request.settings.tenant);
    Request::new(Method::DELETE, run.client.address().place(&path), settings)
}

/// The organization in whose name OAuth requests are made: the session's, or the tenant that a provider acts in.
pub(super) async fn realm(
    run: &Run,
    session: &Arc<Session>,
    request: &Request,
    deadline: Instant,
) -> std::result::Result<Org, Failure> {
    let own = session.place().or_else(|| {
        let name = session.org()?;
        Org::parse(&name).ok()
    });
    let Some(tenant) = request.settings.tenant.clone() else {
        return own.ok_or_else(|| {
            Error::new(
                Code::Argument,
                "the session's organization is not known; sign in with its name",
            )
            .into()
        });
    };
    let (name, id) = run.tenant(Some(session), tenant, &request.settings, deadline).await?;
    if !name.is_empty() {
        return Ok(Org::Tenant(name));
    }
    let url = run
        .client
        .address()
        .place(&format!("/cloudapi/1.0.0/orgs/urn:vcloud:org:{id}"));
    let lookup = Request::new(Method::GET, url, request.settings.for_another_request());
    let answer = run.ask(Some(session), lookup, deadline).await?;
    let org: Value = serde_json::from_slice(answer.body().as_bytes()).unwrap_or_default();
    match org["name"].as_str() {
        Some(name) => Ok(Org::parse(name)?),
        None => Err(Error::new(Code::Json, "the answer about the organization lacks its name").into()),
    }
}

/// The file that the new token goes into, where one was named. Everything that can fail about it fails here.
pub(super) async fn new_file(run: &Run, request: &Request, deadline: Instant) -> Result<Option<NewTokenFile>> {
    let Some(path) = request.settings.subject.token_file.clone() else {
        return Ok(None);
    };
    // A call that was cancelled a moment ago may still hold it.
    let deadline = deadline.min(Instant::now() + FILE_WAIT);
    loop {
        let agent = run.client.settings().user_agent.clone();
        let notices = Arc::clone(run.client.notices());
        let wanted = path.clone();
        let prepared = runtime::blocking(move || TokenFile::prepare(&wanted, &agent, &notices)).await??;
        if prepared.is_some() {
            return Ok(prepared);
        }
        if !retry::fits(FILE_PAUSE, deadline) {
            return Err(Error::new(
                Code::TokenFile,
                format!("another process or call is about to write the token file {path}; nothing was created"),
            ));
        }
        runtime::sleep(FILE_PAUSE).await;
    }
}

/// Registers a client (`POST /oauth/…/register`).
pub(super) async fn register(
    run: &Run,
    session: &Arc<Session>,
    request: &Request,
    org: &Org,
    client: Value,
    deadline: Instant,
) -> std::result::Result<Value, Failure> {
    let url = run
        .client
        .address()
        .place(&format!("/oauth/{}/register", org.oauth_path()));
    let mut settings = request.settings.for_another_request();
    settings.tenant.clone_from(&request.settings.tenant);
    let mut post = Request::new(Method::POST, url, settings);
    post.body = BodySource::Bytes(Bytes::from(client.to_string()));
    let response = run.ask(Some(session), post, deadline).await?;
    serde_json::from_slice(response.body().as_bytes())
        .map_err(|_| Error::new(Code::Json, "the answer to the registration is no JSON").into())
}

/// The id of a registered client, which has to be a part of a path later.
pub(super) fn client_id(registered: &Value) -> Result<String> {
    registered["client_id"]
        .as_str()
        .filter(|id| super::tenant::is_uuid(id))
        .map(str::to_owned)
        .ok_or_else(|| {
            Error::new(
                Code::Json,
                "the answer to the registration has no client_id that is a UUID",
            )
        })
}

/// Posts a form to an OAuth endpoint; no token goes with it. Every answer comes back.
pub(super) async fn post_form(
    run: &Run,
    request: &Request,
    org: &Org,
    endpoint: &str,
    form: &Secret,
    deadline: Instant,
) -> Outcome {
    let url = run
        .client
        .address()
        .place(&format!("/oauth/{}/{endpoint}", org.oauth_path()));
    let mut settings = request.settings.for_another_request();
    settings.accept_any_status = true;
    settings.content_type = Some(HeaderValue::from_static("application/x-www-form-urlencoded"));
    let mut post = Request::new(Method::POST, url, settings);
    post.body = BodySource::secret(form);
    let response = run.ask(None, post.clone(), deadline).await?;
    // Redirects and broken servers are no refusals of a grant.
    if (300..400).contains(&response.status()) || response.status() >= 500 || response.status() == 404 {
        post.settings.accept_any_status = false;
        let asked = Asked {
            session: None,
            token: None,
            accept_is_ours: true,
            version_is_set: false,
        };
        return judge(&post, &asked, response);
    }
    Ok(response)
}

/// Puts a new token into its file, or into the answer where there is none, or where the file cannot be written.
pub(super) async fn hand_over(
    file: Option<NewTokenFile>,
    token: &Secret,
    kind: TokenKind,
    response: Response,
    mut answer: Value,
) -> Outcome {
    let Some(mut file) = file else {
        answer["refresh_token"] = token.expose().into();
        return Ok(response.with_json(&answer));
    };
    answer["token_file"] = file.path().into();
    let written = token.clone();
    let kept = runtime::blocking(move || file.keep(&written, kind)).await;
    let Err(error) = kept.and_then(|kept| kept) else {
        return Ok(response.with_json(&answer));
    };
    answer["refresh_token"] = token.expose().into();
    Err(Failure {
        error,
        response: Some(response.with_json(&answer)),
    })
}

impl Response {
    /// The same answer with another body, of our making.
    pub(super) fn with_json(self, body: &Value) -> Response {
        self.without_secrets()
            .with_body(body.to_string().into_bytes(), "application/json")
    }
}
