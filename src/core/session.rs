//! The access token of a client: attached to requests, renewed ahead of its end and after a 401, forgotten.

use super::address::ServerAddress;
use super::claims::Claims;
use super::code::Code;
use super::error::{Error, Result};
use super::exchange::{Tokens, exchange};
use super::flight::{Decision, Flight};
use super::log;
use super::notice::{NoticeKind, Notices};
use super::org::Org;
use super::password::{self, Password};
use super::response::Response;
use super::retry::{self, RetryPolicy};
use super::runtime;
use super::secret::Secret;
use super::timestamp::unix_now;
use super::token_source::{Lease, TokenSource};
use super::transport::Transport;
use http::HeaderValue;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How a session gets a new access token.
pub(crate) enum Renewal {
    /// An API token, or a service account's, is exchanged.
    Token(Arc<dyn TokenSource>),
    /// The user signs in again.
    Password(Password),
    /// Not at all: the access token came from outside.
    None,
}

/// What a session needs of its client.
pub(crate) struct Surroundings {
    pub(crate) transport: Transport,
    pub(crate) address: ServerAddress,
    pub(crate) policy: RetryPolicy,
    /// How long a renewal may take in all.
    pub(crate) timeout: Duration,
    pub(crate) notices: Arc<Notices>,
}

/// A sign-in: who, where, and the access token of the moment.
pub(crate) struct Session {
    client: Surroundings,
    org: Option<Org>,
    renewal: Renewal,
    state: Mutex<State>,
    flight: Flight<()>,
}

#[derive(Default)]
struct State {
    access: Option<Access>,
    generation: u64,
    exchanges: u64,
    /// A renewal ahead of time failed: not again before this moment.
    postponed: Option<Instant>,
    /// Signed out: calls that are still under way must not open it anew.
    closed: bool,
    /// The server refused the password: once more and once more would lock the user out.
    refused: Option<Error>,
    user: Option<String>,
    org: Option<String>,
    location: Option<(String, String)>,
    last_answer: Option<Response>,
}

impl State {
    /// Notes what an access token says.
    fn note(&mut self, claims: Claims) {
        if let Some((org, site)) = claims.location() {
            self.location = Some((org.to_owned(), site.to_owned()));
        }
        self.user = claims.sub.or(self.user.take());
    }
}

struct Access {
    token: Secret,
    header: HeaderValue,
    /// By the monotonic clock, which nobody sets.
    ends: Option<Instant>,
    ends_at: Option<i64>,
    renew_from: Option<Instant>,
}

/// What a request carries, and which token it was, so that a 401 is blamed on the right one.
pub(crate) struct Bearer {
    pub(crate) header: HeaderValue,
    pub(crate) generation: u64,
}

/// Renew at most this long before the end.
const RENEW_AHEAD: Duration = Duration::from_secs(60);
/// Between two looks whether a token file is free.
const SHORTEST_WAIT: Duration = Duration::from_millis(2);
const LONGEST_WAIT: Duration = Duration::from_millis(25);
/// After a renewal ahead of time has failed.
const POSTPONE: Duration = Duration::from_secs(5);

impl Session {
    /// A session that gets an access token when one is needed first.
    pub(crate) fn renewable(client: Surroundings, org: Org, renewal: Renewal) -> Self {
        Session {
            client,
            org: Some(org),
            renewal,
            state: Mutex::default(),
            flight: Flight::default(),
        }
    }

    /// A session of an access token that cannot be renewed.
    pub(crate) fn fixed(client: Surroundings, org: Option<Org>, token: Secret) -> Result<Self> {
        let claims = Claims::read(token.expose());
        let access = Access::new(token, claims.lifetime(), claims.exp)?;
        let mut state = State {
            access: Some(access),
            generation: 1,
            ..State::default()
        };
        state.note(claims);
        Ok(Session {
            client,
            org,
            renewal: Renewal::None,
            state: Mutex::new(state),
            flight: Flight::default(),
        })
    }

    /// The token for a request; renewed first where it is about to end, or is the one that the server rejected.
    pub(crate) async fn bearer(self: &Arc<Self>, rejected: Option<u64>) -> Result<Bearer> {
        if let Some(bearer) = self.usable(rejected) {
            return Ok(bearer);
        }
        let renewal = self
            .flight
            .join(|| match self.usable(rejected) {
                Some(_) => Decision::Have(()),
                None => {
                    let session = Arc::clone(self);
                    Decision::Start(async move { session.renew().await })
                }
            })
            .await;
        match renewal {
            Ok(()) => self.present().ok_or_else(not_signed_in),
            Err(error) => {
                let mut state = self.lock();
                let now = Instant::now();
                let generation = state.generation;
                let still_good = state
                    .access
                    .as_ref()
                    .is_some_and(|access| rejected != Some(generation) && access.ends.is_none_or(|ends| now < ends));
                // A token that is not saved is more than a renewal that failed: somebody has to act on it.
                if !still_good || matches!(error.code(), Code::Auth | Code::TokenNotSaved) {
                    return Err(error);
                }
                state.postponed = Some(now + POSTPONE);
                drop(state);
                self.client.notices.add(
                    NoticeKind::RenewalFailed,
                    format!(
                        "the access token could not be renewed ahead of its end and is used until then: {}",
                        error.message()
                    ),
                );
                self.present().ok_or(error)
            }
        }
    }

    /// Signs in: the first exchange.
    pub(crate) async fn open(self: &Arc<Self>) -> Result<Response> {
        self.bearer(None).await?;
        Ok(self.last_answer())
    }

    fn usable(&self, rejected: Option<u64>) -> Option<Bearer> {
        let state = self.lock();
        let access = state.access.as_ref()?;
        if self.can_renew() {
            if rejected == Some(state.generation) {
                return None;
            }
            let now = Instant::now();
            let postponed =
                state.postponed.is_some_and(|until| now < until) && access.ends.is_none_or(|ends| now < ends);
            if access.renew_from.is_some_and(|from| now >= from) && !postponed {
                return None;
            }
        }
        Some(Bearer {
            header: access.header.clone(),
            generation: state.generation,
        })
    }

    fn present(&self) -> Option<Bearer> {
        let state = self.lock();
        let access = state.access.as_ref()?;
        Some(Bearer {
            header: access.header.clone(),
            generation: state.generation,
        })
    }

    async fn renew(&self) -> Result<()> {
        if self.lock().closed {
            return Err(signed_out());
        }
        let deadline = Instant::now() + self.client.timeout;
        let Some(org) = &self.org else {
            return Err(not_signed_in());
        };
        let (tokens, kept) = match &self.renewal {
            Renewal::None => return Err(not_signed_in()),
            Renewal::Password(login) => {
                if let Some(refused) = self.lock().refused.clone() {
                    return Err(refused);
                }
                let work = password::open(&self.client.transport, &self.client.address, org, login);
                match self.in_time(deadline, work).await {
                    Ok(tokens) => (tokens, Ok(())),
                    Err(error) => {
                        if error.code() == Code::Auth {
                            self.lock().refused = Some(error.clone());
                        }
                        return Err(error);
                    }
                }
            }
            Renewal::Token(source) => self.exchange(org, source, deadline).await?,
        };
        let Tokens {
            access,
            lifetime,
            answer,
            ..
        } = tokens;
        let claims = Claims::read(access.expose());
        let ends_at = lifetime
            .and_then(|left| i64::try_from(left.as_secs()).ok())
            .and_then(|left| unix_now().checked_add(left))
            .or(claims.exp);
        // A token that was given just now has not ended, whatever this computer's clock makes of its end.
        let said = claims.lifetime().filter(|left| !left.is_zero());
        let access = Access::new(access, lifetime.or(said), ends_at)?;
        let mut state = self.lock();
        state.access = Some(access);
        state.generation += 1;
        state.exchanges += 1;
        state.postponed = None;
        state.note(claims);
        state.last_answer = Some(answer);
        log::debug(format_args!("access token {} obtained", state.generation));
        drop(state);
        kept
    }

    /// Exchanges the token of a source, and says whether a new one could be kept.
    async fn exchange(
        &self,
        org: &Org,
        source: &Arc<dyn TokenSource>,
        deadline: Instant,
    ) -> Result<(Tokens, Result<()>)> {
        let mut lease = lease(source, deadline).await?;
        let work = exchange(
            &self.client.transport,
            &self.client.address,
            org,
            lease.as_ref(),
            &self.client.policy,
            deadline,
        );
        // An exchange that may replace the token is not given up half-way, or the answer with the new one would be
        // lost. The connection's own time-outs end it.
        let granted = if lease.may_rotate() {
            work.await?
        } else {
            self.in_time(deadline, work).await?
        };
        let Some(new) = granted.rotated else {
            return Ok((granted.tokens?, Ok(())));
        };
        // Whatever else is wrong with the answer: the new token comes first, and a first copy of it at once, since a
        // process that is killed before has lost it.
        lease.secure(&new);
        let kept = runtime::blocking(move || lease.keep(new)).await.and_then(|kept| kept);
        if kept.is_ok() && source.unsaved().is_some() {
            self.client.notices.add(
                NoticeKind::TokenRotated,
                format!(
                    "the server replaced the API token at this use; the new one is kept by {}, and the old one will not sign in again",
                    source.place()
                ),
            );
        }
        if let Err(error) = &kept {
            log::error(format_args!("{}", error.message()));
        }
        Ok((granted.tokens?, kept))
    }

    async fn in_time<T>(&self, deadline: Instant, work: impl Future<Output = Result<T>>) -> Result<T> {
        runtime::until(deadline, work).await.unwrap_or_else(|| {
            Err(Error::new(
                Code::Timeout,
                format!(
                    "the sign-in took longer than {} ms; the server is slow or does not answer",
                    self.client.timeout.as_millis()
                ),
            ))
        })
    }

    fn last_answer(&self) -> Response {
        let empty = || Response::new(http::StatusCode::OK, http::HeaderMap::new(), Vec::new());
        self.lock().last_answer.clone().unwrap_or_else(empty)
    }

    /// Whether a 401 can be answered with a new token.
    pub(crate) fn can_renew(&self) -> bool {
        !matches!(self.renewal, Renewal::None)
    }

    /// Whether an API token or a service account's opened the session, which may do less than its user.
    pub(crate) fn is_by_token(&self) -> bool {
        matches!(self.renewal, Renewal::Token(_))
    }

    /// The organization that the session belongs to, where it is known.
    pub(crate) fn place(&self) -> Option<Org> {
        self.org.clone()
    }

    /// The API token that stands in for the one of the sign-in, where the server has replaced it and it is in no file.
    pub(crate) fn unsaved_token(&self) -> Option<Secret> {
        match &self.renewal {
            Renewal::Token(source) => source.unsaved(),
            _ => None,
        }
    }

    /// Gives the session up: it is not renewed any more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
    }

    /// Notes what the server says about who this is.
    pub(crate) fn learn(&self, user: Option<String>, org: Option<String>) {
        let mut state = self.lock();
        state.user = user.or(state.user.take());
        state.org = org.or(state.org.take());
    }

    /// The Authorization header of the moment.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        self.lock().access.as_ref().map(|access| access.header.clone())
    }

    pub(crate) fn access_token(&self) -> Option<Secret> {
        self.lock().access.as_ref().map(|access| access.token.clone())
    }

    pub(crate) fn user(&self) -> Option<String> {
        self.lock().user.clone()
    }

    pub(crate) fn org(&self) -> Option<String> {
        self.lock()
            .org
            .clone()
            .or_else(|| self.org.as_ref().map(|org| org.name().to_owned()))
    }

    /// The UUIDs of organization and site, as the access token has them.
    pub(crate) fn location(&self) -> Option<(String, String)> {
        self.lock().location.clone()
    }

    pub(crate) fn ends_at(&self) -> Option<i64> {
        self.lock().access.as_ref()?.ends_at
    }

    pub(crate) fn ends_in(&self) -> Option<Duration> {
        Some(
            self.lock()
                .access
                .as_ref()?
                .ends?
                .saturating_duration_since(Instant::now()),
        )
    }

    pub(crate) fn exchanges(&self) -> u64 {
        self.lock().exchanges
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Access {
    fn new(token: Secret, lifetime: Option<Duration>, ends_at: Option<i64>) -> Result<Self> {
        let text = Secret::from_string(format!("Bearer {}", token.expose()));
        let mut header = HeaderValue::from_str(text.expose()).map_err(|_| {
            Error::new(
                Code::Argument,
                "the access token has characters that no header can carry",
            )
        })?;
        header.set_sensitive(true);
        let now = Instant::now();
        Ok(Access {
            token,
            header,
            ends: lifetime.and_then(|left| now.checked_add(left)),
            ends_at,
            renew_from: lifetime.and_then(|left| now.checked_add(left - RENEW_AHEAD.min(left / 10))),
        })
    }
}

/// Waits for the token of a source that others may be exchanging, here or in another process.
async fn lease(source: &Arc<dyn TokenSource>, deadline: Instant) -> Result<Box<dyn Lease>> {
    let mut pause = SHORTEST_WAIT;
    loop {
        let place = Arc::clone(source);
        if let Some(lease) = runtime::blocking(move || place.try_lease()).await?? {
            return Ok(lease);
        }
        if !retry::fits(pause, deadline) {
            return Err(Error::new(
                Code::TokenFile,
                format!(
                    "another process or client kept {} locked for too long; nothing was sent. Does one hang?",
                    source.place()
                ),
            ));
        }
        runtime::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_WAIT);
    }
}

fn signed_out() -> Error {
    Error::new(
        Code::NotSignedIn,
        "the session was signed out while this was under way; sign in again",
    )
}

pub(crate) fn not_signed_in() -> Error {
    Error::new(Code::NotSignedIn, "the client is not signed in; sign in first")
}
