//! Operations: what takes several requests, and is one call all the same.

#![allow(
    clippy::result_large_err,
    reason = "a failed call keeps its answer, as a good one does"
)]

use super::call::Outcome;
use super::code::Code;
use super::error::{Error, Result};
use super::request::Request;
use super::run::Run;
use super::session::{Session, not_signed_in};
use super::{api_token, service_account, task};
use http::Method;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What an operation does. Its parameters are the call's: `request::Subject`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    CreateApiToken,
    CreateServiceAccount,
    AuthorizeServiceAccount,
    ActivateServiceAccount,
    WaitTask,
}

impl Operation {
    /// Where it begins.
    pub(super) fn place(self) -> &'static str {
        match self {
            Operation::CreateApiToken | Operation::CreateServiceAccount => "/oauth/register",
            Operation::AuthorizeServiceAccount => "/oauth/device_authorization",
            Operation::ActivateServiceAccount => "/oauth/token",
            Operation::WaitTask => "/api/task",
        }
    }

    /// What it does, for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Operation::CreateApiToken => "creating an API token",
            Operation::CreateServiceAccount => "creating a service account",
            Operation::AuthorizeServiceAccount => "authorizing a service account",
            Operation::ActivateServiceAccount => "activating a service account",
            Operation::WaitTask => "waiting for a task",
        }
    }

    pub(super) fn method(self) -> Method {
        match self {
            Operation::WaitTask => Method::GET,
            _ => Method::POST,
        }
    }

    /// How long it may take where the caller does not say: people and machines have to do something meanwhile.
    pub(super) fn timeout(self) -> Option<Duration> {
        match self {
            Operation::WaitTask => Some(Duration::from_secs(3600)),
            Operation::ActivateServiceAccount => Some(Duration::from_secs(1800)),
            _ => None,
        }
    }

    /// Whether it needs nobody who is signed in (RFC 8628: a device has no token yet).
    pub(super) fn is_anonymous(self) -> bool {
        matches!(
            self,
            Operation::AuthorizeServiceAccount | Operation::ActivateServiceAccount
        )
    }

    pub(super) async fn run(
        self,
        run: &Run,
        session: Option<Arc<Session>>,
        request: Request,
        deadline: Instant,
    ) -> Outcome {
        match (self, session) {
            (Operation::AuthorizeServiceAccount, _) => service_account::authorize(run, request, deadline).await,
            (Operation::ActivateServiceAccount, _) => service_account::activate(run, request, deadline).await,
            (_, None) => Err(not_signed_in().into()),
            (Operation::CreateApiToken, Some(session)) => api_token::create(run, session, request, deadline).await,
            (Operation::CreateServiceAccount, Some(session)) => {
                service_account::create(run, session, request, deadline).await
            }
            (Operation::WaitTask, Some(session)) => task::wait(run, session, request, deadline).await,
        }
    }
}

/// A parameter that the operation cannot do without.
pub(super) fn required<'a>(value: &'a Option<String>, name: &str) -> Result<&'a str> {
    value
        .as_deref()
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::new(Code::Argument, format!("{name} is missing, and the operation needs it")))
}
