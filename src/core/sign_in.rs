//! Signing in, by each grant.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

use super::call::{Failure, Outcome};
use super::code::Code;
use super::error::Error;
use super::grant::Grant;
use super::notice::NoticeKind;
use super::org::Org;
use super::password::Password;
use super::request::Request;
use super::run::Run;
use super::runtime;
use super::secret::Secret;
use super::session::{Renewal, Session};
use super::token_source::{InMemory, TokenSource};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a sign-in waits for the API version once it has its token.
const VERSION_WAIT: Duration = Duration::from_secs(2);

impl Run {
    pub(super) async fn sign_in(&self, grant: Grant, request: Request, deadline: Instant) -> Outcome {
        match grant {
            Grant::ApiToken { org, token } => {
                let source = Arc::new(InMemory::new(token));
                self.sign_in_by_token(org, source, &request, deadline).await
            }
            Grant::TokenFile { org, file } => self.sign_in_by_token(org, Arc::new(file), &request, deadline).await,
            Grant::Password { org, user, password } => {
                let login = Password {
                    user,
                    password,
                    version: self.client.version().await?,
                };
                self.open_session(org, Renewal::Password(login), &request).await
            }
            Grant::AccessToken { org, token } => self.sign_in_by_access_token(org, token, request, deadline).await,
        }
    }

    /// The exchange, with the API version settled beside it.
    async fn sign_in_by_token(
        &self,
        org: Org,
        source: Arc<dyn TokenSource>,
        request: &Request,
        deadline: Instant,
    ) -> Outcome {
        let client = Arc::clone(&self.client);
        runtime::spawn(async move {
            // Whoever needs the version joins this, or tries again.
            let _ = client.version().await;
        })?;
        let answer = self.open_session(org, Renewal::Token(source), request).await?;
        // It mostly is there by now. A server that is slow with its list must not make a sign-in fail that went well, also
        // where the caller has little time.
        let now = Instant::now();
        let wait = VERSION_WAIT.min(deadline.saturating_duration_since(now) / 2);
        let _ = runtime::until(now + wait, self.client.version()).await;
        Ok(answer)
    }

    async fn open_session(&self, org: Org, renewal: Renewal, request: &Request) -> Outcome {
        let surroundings = self.client.surroundings(&request.settings).await?;
        let session = Arc::new(Session::renewable(surroundings, org, renewal));
        match session.open().await {
            Ok(answer) => {
                self.client.set_session(session);
                Ok(answer)
            }
            Err(error) => {
                // The sign-in itself went well, and the session has the one copy of the new token in its memory.
                if error.code() == Code::TokenNotSaved {
                    self.client.set_session(session);
                }
                Err(error.into())
            }
        }
    }

    /// Asks the server who the token belongs to.
    async fn sign_in_by_access_token(
        &self,
        org: Option<Org>,
        token: Secret,
        mut request: Request,
        deadline: Instant,
    ) -> Outcome {
        let surroundings = self.client.surroundings(&request.settings).await?;
        let session = Arc::new(Session::fixed(surroundings, org, token)?);
        request.settings.anonymous = false;
        let answer = match self.send(Some(Arc::clone(&session)), request, deadline).await {
            Ok(response) => {
                let facts: serde_json::Value = serde_json::from_slice(response.body().as_bytes()).unwrap_or_default();
                let name = |of: &str| facts.get(of)?.get("name")?.as_str().map(str::to_owned);
                let (given, found) = (session.org(), name("org"));
                if let (Some(given), Some(found)) = (&given, &found) {
                    if !given.eq_ignore_ascii_case(found) {
                        self.client.notices().add(
                            NoticeKind::OtherOrg,
                            format!("the access token belongs to the organization {found}, and not to {given}, which was named"),
                        );
                    }
                }
                session.learn(name("user"), found);
                response
            }
            Err(Failure { error, response }) if error.http_status() == Some(401) => {
                let refused = Error::new(
                    Code::Auth,
                    "the server refused the access token: it has ended, was signed out, or belongs to another server. Obtain a new one",
                )
                .with_http_status(401)
                .with_server_words(error.server_code().map(str::to_owned), error.server_message().map(str::to_owned))
                .with_request_id(error.request_id().map(str::to_owned));
                return Err(Failure {
                    error: refused,
                    response,
                });
            }
            // A server that refuses this question may still know the token. One that answers with a web page or sends
            // us elsewhere is no Cloud Director at all.
            Err(Failure {
                error,
                response: Some(response),
            }) if error.code() == Code::Http => {
                self.client.notices().add(
                    NoticeKind::TokenUnchecked,
                    format!("the access token is taken without a check: {}", error.message()),
                );
                response
            }
            Err(failure) => return Err(failure),
        };
        self.client.set_session(session);
        Ok(answer.without_secrets())
    }
}
