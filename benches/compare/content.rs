//! What the server answers.
//!
//! | place | what |
//! |---|---|
//! | `/cloudapi/1.0.0/small` | 1,003 bytes |
//! | `/cloudapi/1.0.0/page` | 61,650 bytes: 128 organizations |
//! | `/cloudapi/1.0.0/orgs?pageSize=128&page=N` | the same as page N of 100; `pages=N` makes it a list of so many |
//! | `/cloudapi/1.0.0/orgs` | a list of 25, a page of the size that a server takes where none is named |
//! | `/cloudapi/1.0.0/sessions/current` | half a kilobyte |
//! | `/oauth/…/token`, `/api/versions` | what signing in needs |
//!
//! `delay=MS` in any query makes an answer wait.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use hyper::{Method, StatusCode, Uri};

/// Length of the small body.
pub const SMALL: usize = 1_003;
/// Length of a page.
pub const PAGE: usize = 61_650;
/// How many organizations are on a page.
pub const ITEMS: usize = 128;
/// How many are on a page of those who name no size.
const FEW: usize = 25;
/// How many pages the list of organizations has.
const PAGES: usize = 100;

/// All bodies, those of pages once they were asked for.
pub struct Content {
    small: Bytes,
    session: Bytes,
    token: Bytes,
    versions: Bytes,
    pages: Mutex<HashMap<(usize, usize, usize), Bytes>>,
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Bytes,
    /// How long it takes.
    pub delay: Duration,
}

impl Content {
    /// Makes the bodies.
    pub fn new() -> Self {
        let filler = |length| "abcdefgh".repeat(length / 8 + 1)[..length].to_owned();
        let token = format!(
            r#"{{"access_token":"{}","token_type":"Bearer","expires_in":3600}}"#,
            filler(512)
        );
        let versions: Vec<String> = ["36.3", "37.2", "38.1"]
            .iter()
            .map(|version| format!(r#"{{"version":"{version}","deprecated":false}}"#))
            .collect();
        Self {
            small: padded(
                r#"{"id":"urn:vcloud:org:0","name":"Tyrell","description":""#,
                SMALL,
                "\"}",
            ),
            session: padded(
                r#"{"id":"urn:vcloud:session:0","site":{"name":"bench","id":"urn:vcloud:site:0"},"user":{"name":"roy","id":"urn:vcloud:user:0"},"org":{"name":"Tyrell","id":"urn:vcloud:org:0"},"operatingOrg":{"name":"Tyrell","id":"urn:vcloud:org:0"},"location":""#,
                512,
                r#"","roles":["Organization Administrator"],"sessionIdleTimeoutMinutes":30}"#,
            ),
            token: token.into(),
            versions: format!(r#"{{"versionInfo":[{}]}}"#, versions.join(",")).into(),
            pages: Mutex::default(),
        }
    }

    /// What a request gets.
    pub fn answer(&self, method: &Method, uri: &Uri) -> Answer {
        let query = uri.query().unwrap_or_default();
        let path = uri.path();
        let body = match (method, path.strip_prefix("/cloudapi/1.0.0/")) {
            (&Method::POST, None) if path.starts_with("/oauth/") && path.ends_with("/token") => {
                Some(self.token.clone())
            }
            (&Method::GET, None) if path == "/api/versions" => Some(self.versions.clone()),
            (&Method::GET, Some("small")) => Some(self.small.clone()),
            (&Method::GET, Some("page")) => Some(self.page(1, 1, ITEMS)),
            (&Method::GET, Some("orgs")) if number(query, "pageSize").is_none() => Some(self.page(1, 1, FEW)),
            (&Method::GET, Some("orgs")) => Some(self.page(
                number(query, "page").unwrap_or(1),
                number(query, "pages").unwrap_or(PAGES),
                ITEMS,
            )),
            (&Method::GET | &Method::DELETE, Some("sessions/current")) => Some(self.session.clone()),
            _ => None,
        };
        let status = match (&body, method) {
            (None, _) => StatusCode::NOT_FOUND,
            (_, &Method::DELETE) => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        };
        let body = body.unwrap_or_else(|| "{\"message\":\"there is no such place\"}".into());
        Answer {
            status,
            body: if status == StatusCode::NO_CONTENT {
                Bytes::new()
            } else {
                body
            },
            delay: Duration::from_millis(number(query, "delay").unwrap_or(0) as u64),
        }
    }

    fn page(&self, page: usize, pages: usize, items: usize) -> Bytes {
        let mut known = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry((page, pages, items))
            .or_insert_with(|| make_page(page, pages, items))
            .clone()
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::new()
    }
}

/// A page of organizations as the server lists them.
fn make_page(page: usize, pages: usize, items: usize) -> Bytes {
    let total = pages * items;
    let mut text = format!(
        r#"{{"resultTotal":{total},"pageCount":{pages},"page":{page},"pageSize":{items},"associations":null,"values":["#
    );
    for item in 0..items {
        let number = (page - 1) * items + item;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            r#"{{"id":"urn:vcloud:org:00000000-0000-4000-8000-{number:012}","name":"org-{number:06}","displayName":"Organization {number:06}","description":"","isEnabled":true,"orgVdcCount":{},"catalogCount":{},"vappCount":{},"runningVMCount":{},"userCount":{},"diskCount":0,"managedBy":{{"name":"System","id":"urn:vcloud:org:a93c9db9-7471-3192-8d09-a8f7eeda85f9"}},"canManageOrgs":false,"canPublish":false,"maskedEventTaskUsername":null,"directlyManagedOrgCount":0}},"#,
            item % 7,
            item % 5,
            item % 11,
            item % 13,
            item % 17
        );
    }
    text.pop();
    // What is missing to the length goes into the last description.
    let last = text.rfind(r#""description":"""#).map_or(text.len(), |place| place + 15);
    let rest = text.split_off(last);
    padded(&text, PAGE * items / ITEMS, &(rest + "]}"))
}

/// A text of exactly this length, with letters between its two parts.
fn padded(before: &str, length: usize, after: &str) -> Bytes {
    let missing = length
        .checked_sub(before.len() + after.len())
        .expect("the parts are shorter");
    format!("{before}{}{after}", "x".repeat(missing)).into()
}

/// A number in a query.
fn number(query: &str, name: &str) -> Option<usize> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        .and_then(|value| value.parse().ok())
}
