//! `/cloudapi/1.0.0/edgeGateways/{urn}/nat/rules`: a list that is paged by cursor, as all are that the network
//! virtualisation below keeps.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::error_body;
use crate::random::fixed_uuid;
use crate::request::Request;
use crate::response::Response;

/// How many rules each gateway has.
const RULES: usize = 300;
const LARGEST_PAGE: usize = 128;

/// A page without a number.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EdgeNatRules {
    result_total: usize,
    page_count: Option<()>,
    page: Option<()>,
    page_size: usize,
    associations: Option<()>,
    values: Vec<EdgeNatRule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EdgeNatRule {
    id: String,
    name: String,
    description: &'static str,
    enabled: bool,
    r#type: &'static str,
    external_addresses: String,
    internal_addresses: String,
    logging: bool,
    system_rule: bool,
    priority: usize,
    version: ObjectVersion,
}

#[derive(Serialize)]
struct ObjectVersion {
    version: u32,
}

/// Where a page begins, and how large it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    start: usize,
    size: usize,
}

impl Place {
    /// What a request asks for; beside a cursor nothing else counts.
    fn of(request: &Request) -> Result<Self, String> {
        let mut place = Self { start: 0, size: 25 };
        for (name, value) in request.query_pairs() {
            match name.as_str() {
                "cursor" => {
                    return Self::from_cursor(&value).ok_or_else(|| format!("Invalid cursor '{value}'."));
                }
                "pageSize" => {
                    let size: usize = value
                        .parse()
                        .map_err(|_| format!("Invalid value '{value}' for query parameter pageSize."))?;
                    place.size = size.clamp(1, LARGEST_PAGE);
                }
                _ => {}
            }
        }
        Ok(place)
    }

    fn from_cursor(cursor: &str) -> Option<Self> {
        let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
        let (start, size) = text.strip_prefix("nsx:")?.split_once(':')?;
        let place = Self {
            start: start.parse().ok()?,
            size: size.parse().ok()?,
        };
        (place.start <= RULES && (1..=LARGEST_PAGE).contains(&place.size)).then_some(place)
    }

    fn cursor(self) -> String {
        STANDARD.encode(format!("nsx:{}:{}", self.start, self.size))
    }
}

fn rule(number: usize) -> EdgeNatRule {
    EdgeNatRule {
        id: fixed_uuid(0x50_0000_0000 + number as u64),
        name: format!("nat-{number:03}"),
        description: "",
        enabled: true,
        r#type: if number & 1 == 0 { "DNAT" } else { "SNAT" },
        external_addresses: format!("192.0.2.{}", number % 250 + 1),
        internal_addresses: format!("10.1.{}.{}", number / 250, number % 250 + 1),
        logging: false,
        system_rule: false,
        priority: 0,
        version: ObjectVersion { version: 1 },
    }
}

/// Lists the rules of a gateway; every gateway is there.
pub(crate) fn collection(cloud: &Cloud, request: &Request, caller: Caller<'_>, urn: &str) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::method_not_allowed("GET");
    }
    if !urn.starts_with("urn:vcloud:gateway:") {
        let message = format!("'{urn}' is not the identifier of an edge gateway.");
        return error_body::cloudapi(400, "BAD_REQUEST", &message);
    }
    let place = match Place::of(request) {
        Ok(place) => place,
        Err(message) => return error_body::cloudapi(400, "BAD_REQUEST", &message),
    };
    let end = (place.start + place.size).min(RULES);
    let page = EdgeNatRules {
        result_total: RULES,
        page_count: None,
        page: None,
        page_size: place.size,
        associations: None,
        values: (place.start..end).map(rule).collect(),
    };
    let response = Response::json(200, &caller.content_type(), &page);
    if end == RULES {
        return response;
    }
    let next = Place {
        start: end,
        size: place.size,
    };
    let base = cloud.base_url(request);
    let path = cloud.without_prefix(request.path());
    let cursor = next
        .cursor()
        .replace('=', "%3D")
        .replace('+', "%2B")
        .replace('/', "%2F");
    let link = format!(r#"<{base}{path}?cursor={cursor}>;rel="nextPage";type="application/json";model="EdgeNatRules""#);
    response.header("Link", link)
}
