//! `/cloudapi/1.0.0/tokens` and `/cloudapi/1.0.0/tokens/{urn}`

use serde::Serialize;

use crate::api_tokens::ApiToken;
use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::error_body;
use crate::filter::Field;
use crate::listing::Listing;
use crate::reference::Reference;
use crate::request::Request;
use crate::response::Response;

/// What the API calls those that can be exchanged.
const TYPE: &str = "REFRESH";

/// A token as it is answered. Its secret is not.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Token<'a> {
    id: String,
    name: &'a str,
    token: Option<()>,
    expiration_time_utc: Option<()>,
    owner: Reference<'a>,
    org: Reference<'a>,
    r#type: &'static str,
}

const FIELDS: [&str; 5] = ["id", "name", "type", "owner.name", "owner.id"];

fn field<'a>(token: &'a ApiToken, name: &str) -> Option<Field<'a>> {
    let text = match name {
        "id" => token.urn().into(),
        "name" => token.name.as_str().into(),
        "type" => TYPE.into(),
        "owner.name" => token.user.name.as_str().into(),
        "owner.id" => token.user.urn().into(),
        _ => return None,
    };
    Some(Field::Text(text))
}

fn show(token: &ApiToken) -> Token<'_> {
    Token {
        id: token.urn(),
        name: &token.name,
        token: None,
        expiration_time_utc: None,
        owner: Reference::of_user(&token.user),
        org: Reference::of_organization(&token.user),
        r#type: TYPE,
    }
}

/// Administrators see the tokens of others as well.
fn sees(caller: Caller<'_>, token: &ApiToken) -> bool {
    let own = token.user.id == caller.session.user.id && caller.tenant.is_none();
    own || caller.session.user.role.is_administrator() && caller.sees(&token.user.organization_id)
}

/// What a session lacks that came of a token, and what everyone lacks for tokens that are not there.
fn forbidden(cloud: &Cloud, caller: Caller<'_>, entity: &str) -> Response {
    let right = if caller.session.user.role.is_administrator() {
        "Token: Manage, Token: Manage All"
    } else {
        "Token: Manage"
    };
    error_body::forbidden(cloud, right, "TOKEN_MANAGE", entity)
}

/// `/cloudapi/1.0.0/tokens`
pub(crate) fn collection(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::method_not_allowed("GET");
    }
    if !caller.session.came_of_password() {
        return forbidden(cloud, caller, &caller.session.user.urn());
    }
    let listing = match Listing::of(request, &FIELDS) {
        Ok(listing) => listing,
        Err(message) => return error_body::cloudapi(400, "BAD_REQUEST", &message),
    };
    let tokens = cloud.api_tokens.list(|token| sees(caller, token));
    let chosen = listing.choose(tokens.into_iter(), field);
    listing.answer(cloud, request, caller, "Tokens", &chosen, show)
}

/// `/cloudapi/1.0.0/tokens/{urn}`
pub(crate) fn item(cloud: &Cloud, request: &Request, caller: Caller<'_>, urn: &str) -> Response {
    let found = cloud
        .api_tokens
        .list(|token| token.urn() == urn && sees(caller, token))
        .pop()
        .filter(|_| caller.session.came_of_password());
    let Some(token) = found else {
        return forbidden(cloud, caller, urn);
    };
    match request.method.as_str() {
        "GET" | "HEAD" => Response::json(200, &caller.content_type(), &show(&token)),
        "DELETE" => {
            cloud.api_tokens.remove(&token.id);
            Response::empty(204)
        }
        _ => error_body::method_not_allowed("GET, DELETE"),
    }
}
