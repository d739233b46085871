//! The access token of a client: attached to requests, renewed ahead of its end and after a 401, forgotten.

use super::address::ServerAddress;
use super::claims::Claims;
use super::code::Code;
use super::error::Result;
use super::exchange::{Tokens, exchange};
use super::flight::{Decision, Flight};
use super::log;
use super::notice::{NoticeKind, Notices};
use super::org::Org;
use super::response::Response;
use super::retry::RetryPolicy;
use super::secret::Secret;
use super::token_source::TokenSource;
use super::transport::Transport;
use http::HeaderValue;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A sign-in: who, where, and the access token of the moment.
pub(crate) struct Session {
    transport: Transport,
    address: ServerAddress,
    org: Option<Org>,
    /// None where the access token came from outside and cannot be renewed.
    source: Option<Box<dyn TokenSource>>,
    policy: RetryPolicy,
    /// How long an exchange may take in all.
    timeout: Duration,
    notices: Arc<Notices>,
    state: Mutex<State>,
    flight: Flight<Response>,
}

#[derive(Default)]
struct State {
    access: Option<Access>,
    generation: u64,
    exchanges: u64,
    /// A renewal ahead of time failed: not again before this moment.
    postponed: Option<Instant>,
    user: Option<String>,
    org: Option<String>,
    last_answer: Option<Response>,
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
/// After a renewal ahead of time has failed.
const POSTPONE: Duration = Duration::from_secs(5);

impl Session {
    /// A session that exchanges a token when one is needed first.
    pub(crate) fn renewable(
        transport: Transport,
        address: ServerAddress,
        org: Org,
        source: Box<dyn TokenSource>,
        policy: RetryPolicy,
        timeout: Duration,
        notices: Arc<Notices>,
    ) -> Self {
        Session {
            transport,
            address,
            org: Some(org),
            source: Some(source),
            policy,
            timeout,
            notices,
            state: Mutex::default(),
            flight: Flight::default(),
        }
    }

    /// A session of an access token that cannot be renewed.
    pub(crate) fn fixed(
        transport: Transport,
        address: ServerAddress,
        org: Option<Org>,
        token: Secret,
        policy: RetryPolicy,
        timeout: Duration,
        notices: Arc<Notices>,
    ) -> Result<Self> {
        let claims = Claims::read(token.expose());
        let left = claims
            .exp
            .and_then(|exp| u64::try_from(exp - unix_now()).ok())
            .map(Duration::from_secs);
        let access = Access::new(token, left, claims.exp)?;
        let state = State {
            access: Some(access),
            generation: 1,
            user: claims.sub,
            ..State::default()
        };
        Ok(Session {
            transport,
            address,
            org,
            source: None,
            policy,
            timeout,
            notices,
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
                Some(_) => Decision::Have(self.last_answer()),
                None => {
                    let session = Arc::clone(self);
                    Decision::Start(async move { session.renew().await })
                }
            })
            .await;
        match renewal {
            Ok(_) => self.present().ok_or_else(not_signed_in),
            Err(error) => {
                let mut state = self.lock();
                let now = Instant::now();
                let generation = state.generation;
                let still_good = state
                    .access
                    .as_ref()
                    .is_some_and(|access| rejected != Some(generation) && access.ends.is_none_or(|ends| now < ends));
                if !still_good || error.code() == Code::Auth {
                    return Err(error);
                }
                state.postponed = Some(now + POSTPONE);
                drop(state);
                self.notices.add(
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
        if self.source.is_some() {
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

    async fn renew(&self) -> Result<Response> {
        let (Some(source), Some(org)) = (&self.source, &self.org) else {
            return Err(not_signed_in());
        };
        let deadline = Instant::now() + self.timeout;
        let work = exchange(
            &self.transport,
            &self.address,
            org,
            source.as_ref(),
            &self.policy,
            deadline,
        );
        let Tokens {
            access,
            lifetime,
            rotated,
            answer,
        } = super::runtime::until(deadline, work).await.unwrap_or_else(|| {
            Err(super::error::Error::new(
                Code::Timeout,
                format!(
                    "the token exchange took longer than {} ms; the server is slow or does not answer",
                    self.timeout.as_millis()
                ),
            ))
        })?;
        if let Some(new) = rotated {
            source.keep(new)?;
            self.notices.add(
                NoticeKind::TokenRotated,
                "the server replaced the API token at this use; the new one is kept by this session only, and the old one will not sign in again",
            );
        }
        let claims = Claims::read(access.expose());
        let ends_at = lifetime
            .and_then(|left| i64::try_from(left.as_secs()).ok())
            .and_then(|left| unix_now().checked_add(left))
            .or(claims.exp);
        let lifetime = lifetime.or_else(|| {
            let left = claims.exp?.checked_sub(unix_now())?;
            u64::try_from(left).ok().map(Duration::from_secs)
        });
        let access = Access::new(access, lifetime, ends_at)?;
        let mut state = self.lock();
        state.access = Some(access);
        state.generation += 1;
        state.exchanges += 1;
        state.postponed = None;
        state.user = claims.sub.or(state.user.take());
        state.last_answer = Some(answer.clone());
        log::debug(format_args!("access token {} obtained", state.generation));
        Ok(answer)
    }

    fn last_answer(&self) -> Response {
        let empty = || Response::new(http::StatusCode::OK, http::HeaderMap::new(), Vec::new());
        self.lock().last_answer.clone().unwrap_or_else(empty)
    }

    /// Whether a 401 can be answered with a new token.
    pub(crate) fn can_renew(&self) -> bool {
        self.source.is_some()
    }

    /// Notes what the server says about who this is.
    pub(crate) fn learn(&self, user: Option<String>, org: Option<String>) {
        let mut state = self.lock();
        state.user = user.or(state.user.take());
        state.org = org.or(state.org.take());
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
            super::error::Error::new(
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

pub(crate) fn not_signed_in() -> super::error::Error {
    super::error::Error::new(Code::NotSignedIn, "the client is not signed in; sign in first")
}

fn unix_now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
