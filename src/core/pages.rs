//! A list that a server gives page by page: of `/cloudapi` with its numbers, links and cursors, and of the legacy
//! query service.

use super::body::{BodySink, Gate};
use super::call::{Call, Outcome};
use super::client::Client;
use super::code::Code;
use super::error::{Error, Result};
use super::notice::NoticeKind;
use super::request::Request;
use super::response::Response;
use super::settings::in_range;
use http::Method;
use quick_xml::events::Event;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// The pages of a list, in order, each a call that has finished.
pub(crate) struct Pages {
    client: Arc<Client>,
    template: Request,
    state: Mutex<State>,
}

struct State {
    /// How many pages may be asked for at once.
    in_flight: usize,
    /// What was asked for, the next one to hand out first.
    queue: VecDeque<(Url, Arc<Call>)>,
    /// What is to be asked for when the queue is empty; none behind the last page.
    next: Option<Url>,
    /// Where pages are numbered and their order is fixed: the number of the page to ask for next.
    numbered: Option<u64>,
    asked: HashSet<String>,
    total: Option<u64>,
    count: Option<u64>,
    done: u64,
    /// Items that were handed out.
    items: u64,
    /// The page before, where the server does not say which one it is: one that ignores the number sends it again.
    last: Option<u64>,
    /// Why there is no way on behind the pages that came: links in a circle, or to nowhere.
    broken: Option<Error>,
    closed: bool,
}

/// What comes next.
pub(crate) enum Page {
    /// A page; how it ended is for the caller to see. After a failure the same page comes again.
    Call(Arc<Call>),
    /// It has not come yet.
    Pending,
    End,
}

/// More pages than any list has: a server that goes on for ever is found out.
const MOST_PAGES: u64 = 10_000_000;

impl Pages {
    /// The list that a request gives, with its headers and options for every page.
    pub(crate) fn new(call: &Call) -> Result<Self> {
        let template = call.template()?;
        if template.method != Method::GET {
            return Err(Error::new(Code::Argument, "only a GET request has pages"));
        }
        if !template.body.is_empty() || !matches!(template.settings.sink, BodySink::Memory) {
            return Err(Error::new(
                Code::Argument,
                "the request of a list has no body, and its pages go to memory",
            ));
        }
        let state = State {
            in_flight: 1,
            queue: VecDeque::new(),
            next: Some(template.url.clone()),
            numbered: None,
            asked: HashSet::new(),
            total: None,
            count: None,
            done: 0,
            items: 0,
            last: None,
            broken: None,
            closed: false,
        };
        Ok(Pages {
            client: Arc::clone(call.client()),
            template,
            state: Mutex::new(state),
        })
    }

    pub(crate) fn set_in_flight(&self, value: i64) -> Result<()> {
        let value = in_range("the number of pages in flight", "pages", value, 1, 16)?;
        self.lock().in_flight = value as usize;
        Ok(())
    }

    pub(crate) fn check_process(&self) -> Result<()> {
        self.client.check_process()
    }

    pub(crate) fn total(&self) -> Option<u64> {
        self.lock().total
    }

    pub(crate) fn count(&self) -> Option<u64> {
        self.lock().count
    }

    pub(crate) fn done(&self) -> u64 {
        self.lock().done
    }

    /// Waits for the next page, and asks for those behind it.
    pub(crate) fn next(&self, timeout: Option<Duration>) -> Result<Page> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let front = {
                let mut state = self.lock();
                if state.closed {
                    return Err(Error::new(Code::Cancelled, "the list was closed"));
                }
                match self.front(&mut state)? {
                    Some(front) => front,
                    None => return Ok(Page::End),
                }
            };
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let Some(outcome) = front.wait(left)? else {
                return Ok(Page::Pending);
            };
            let mut state = self.lock();
            let is_front = state.queue.front().is_some_and(|(_, call)| Arc::ptr_eq(call, &front));
            if !is_front {
                // Another thread has taken it.
                continue;
            }
            if let Some((url, call)) = state.queue.pop_front() {
                // The page is good whatever it says about the next one.
                if let Err(error) = self.advance(&mut state, url, &call, outcome) {
                    state.next = None;
                    state.broken = Some(error);
                }
                return Ok(Page::Call(call));
            }
        }
    }

    /// The call to wait for; it is made first where there is none.
    fn front(&self, state: &mut State) -> Result<Option<Arc<Call>>> {
        if state.queue.is_empty() {
            let Some(url) = state.next.take() else {
                return state.broken.clone().map_or(Ok(None), Err);
            };
            if let Err(error) = self.ask(state, url.clone()) {
                state.next = Some(url);
                return Err(error);
            }
        }
        Ok(state.queue.front().map(|(_, call)| Arc::clone(call)))
    }

    fn ask(&self, state: &mut State, url: Url) -> Result<()> {
        let mut request = self.template.clone();
        request.url = url.clone();
        // One page that is given up ends no other.
        request.gate = Gate::default();
        let call = Arc::new(Call::of(Arc::clone(&self.client), request));
        if state.in_flight > 1 {
            call.start()?;
        }
        state.queue.push_back((url, call));
        Ok(())
    }

    /// Notes what a page says about the ones behind it, and asks for those that may be asked for already.
    fn advance(&self, state: &mut State, url: Url, call: &Call, outcome: &Outcome) -> Result<()> {
        let response = match outcome {
            Ok(response) => response,
            Err(_) => {
                // It is handed out as it is; whoever goes on asks for the same page again. What was asked for behind
                // it would come in the wrong order then.
                let later: Vec<Url> = state
                    .queue
                    .drain(..)
                    .map(|(url, call)| {
                        call.close();
                        url
                    })
                    .collect();
                if state.numbered.is_some() && !later.is_empty() {
                    state.numbered = state.numbered.map(|number| number.saturating_sub(later.len() as u64));
                }
                state.next = Some(url);
                return Ok(());
            }
        };
        state.asked.insert(url.as_str().to_owned());
        state.done += 1;
        let envelope = Envelope::read(response);
        if let (Some(before), Some(now)) = (state.total, envelope.total) {
            if before != now {
                call.notices().add(
                    NoticeKind::ListChanged,
                    format!("the list changed while it was read: it had {before} results, and now has {now}. Some may be missing or come twice"),
                );
            }
        }
        state.total = envelope.total.or(state.total);
        state.count = envelope.page_count().or(state.count);
        let items = envelope.items.unwrap_or(0) as u64;
        state.items += items;
        // A list may grow while it is read, but not without end.
        let endless = state
            .total
            .is_some_and(|total| items > 0 && state.items > 2 * total + 1_000);
        if state.done >= MOST_PAGES || endless {
            return Err(Error::new(
                Code::Protocol,
                format!(
                    "the server's list does not come to an end: it has sent {} items and says that there are {}",
                    state.items,
                    state.total.unwrap_or(state.items)
                ),
            ));
        }

        let link = next_link(response);
        let by_cursor = link.as_deref().is_some_and(|link| link.contains("cursor="));
        let fixed = state.in_flight > 1 && is_sorted(&self.template.url) && !by_cursor;
        if let (true, None, Some(page)) = (fixed, state.numbered, envelope.page) {
            state.numbered = Some(page + 1);
        }
        if envelope.items == Some(0) {
            // Whatever the numbers say: behind an empty page comes nothing.
            for (_, call) in state.queue.drain(..) {
                call.close();
            }
            state.next = None;
            return Ok(());
        }
        if let (true, Some(count), Some(_)) = (fixed, state.count, envelope.page) {
            state.next = None;
            // The numbers say all: ask ahead.
            while state.queue.len() < state.in_flight {
                let Some(number) = state.numbered.filter(|number| *number <= count) else {
                    break;
                };
                let url = with_page(&self.template.url, number);
                if self.ask(state, url.clone()).is_err() {
                    // Whoever wants that page will see why.
                    if state.queue.is_empty() {
                        state.next = Some(url);
                        state.numbered = Some(number + 1);
                    }
                    break;
                }
                state.numbered = Some(number + 1);
            }
            return Ok(());
        }
        state.next = match link {
            Some(link) => Some(self.on_server(&link, &url, call)?),
            None if envelope.has_more() => envelope.page.map(|page| with_page(&url, page + 1)),
            // Some lists say nothing but how long they are.
            None if envelope.page.is_none() && items > 0 && envelope.total.is_some_and(|total| state.items < total) => {
                let body = hash_of(response.body().as_bytes());
                if state.last.replace(body) == Some(body) {
                    return Err(Error::new(
                        Code::Protocol,
                        format!(
                            "the server says that there are {} items and sends the same page again and again; the list ends here, and lacks something",
                            envelope.total.unwrap_or(0)
                        ),
                    ));
                }
                Some(with_page(&url, page_of(&url) + 1))
            }
            None => None,
        };
        if let Some(next) = &state.next {
            if state.asked.contains(next.as_str()) {
                return Err(Error::new(
                    Code::Protocol,
                    "the server's page links lead back to a page that was there already; the list ends here, and may lack something",
                ));
            }
        }
        Ok(())
    }

    /// Links carry the address that the server believes to have, which may be another than the one it is reached at.
    /// The token goes to the latter only.
    fn on_server(&self, link: &str, page: &Url, call: &Call) -> Result<Url> {
        let refuse = || {
            Error::new(
                Code::Protocol,
                "the server's link to the next page cannot be understood; the list ends here, and lacks something",
            )
        };
        let target = page.join(link).map_err(|_| refuse())?;
        if !matches!(target.scheme(), "http" | "https") {
            return Err(refuse());
        }
        let mut here = self.client.address().origin().clone();
        if target.origin() != here.origin() {
            call.notices().add(
                NoticeKind::ForeignLink,
                format!(
                    "the server's links lead to {}, its public address; {} is used, where the session belongs",
                    target.origin().ascii_serialization(),
                    here.origin().ascii_serialization()
                ),
            );
        }
        here.set_path(target.path());
        here.set_query(target.query());
        Ok(here)
    }

    /// Ends what is under way.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        for (_, call) in state.queue.drain(..) {
            call.close();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a page says about the list. `values` and `record` are only counted.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    total: Option<u64>,
    pages: Option<u64>,
    page: Option<u64>,
    size: Option<u64>,
    items: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonEnvelope {
    #[serde(default)]
    result_total: Option<u64>,
    /// The legacy name of it.
    #[serde(default)]
    total: Option<u64>,
    #[serde(default)]
    page_count: Option<u64>,
    #[serde(default)]
    page: Option<u64>,
    #[serde(default)]
    page_size: Option<u64>,
    #[serde(default)]
    values: Option<Vec<IgnoredAny>>,
    /// The legacy name of it.
    #[serde(default)]
    record: Option<Vec<IgnoredAny>>,
}

impl Envelope {
    pub(super) fn read(response: &Response) -> Self {
        let body = response.body().as_bytes().trim_ascii_start();
        if body.starts_with(b"<") {
            return Envelope::read_xml(body);
        }
        let Ok(page) = serde_json::from_slice::<JsonEnvelope>(body) else {
            return Envelope::default();
        };
        Envelope {
            total: page.result_total.or(page.total),
            pages: page.page_count,
            page: page.page,
            size: page.page_size,
            items: page.values.or(page.record).map(|items| items.len()),
        }
    }

    fn read_xml(body: &[u8]) -> Self {
        let mut reader = quick_xml::Reader::from_reader(body);
        loop {
            match reader.read_event() {
                Ok(Event::Start(tag) | Event::Empty(tag)) => {
                    let number = |name: &str| {
                        let attribute = tag.try_get_attribute(name).ok().flatten()?;
                        std::str::from_utf8(&attribute.value).ok()?.parse().ok()
                    };
                    return Envelope {
                        total: number("total"),
                        pages: None,
                        page: number("page"),
                        size: number("pageSize"),
                        items: None,
                    };
                }
                Ok(Event::Eof) | Err(_) => return Envelope::default(),
                Ok(_) => {}
            }
        }
    }

    /// Some lists do not count their pages; their other numbers say as much.
    pub(super) fn page_count(&self) -> Option<u64> {
        let computed = match (self.total, self.size) {
            (Some(total), Some(size)) if size > 0 => Some(total.div_ceil(size)),
            _ => None,
        };
        self.pages.max(computed)
    }

    pub(super) fn has_more(&self) -> bool {
        match (self.page, self.page_count()) {
            (Some(page), Some(count)) => page < count && self.items != Some(0),
            _ => false,
        }
    }
}

/// The link to the next page: in a Link header (RFC 8288; one link may have several relations), or in the body of the
/// legacy API.
pub(crate) fn next_link(response: &Response) -> Option<String> {
    response.header_values("link").find_map(next_of_header).or_else(|| {
        let body = response.body().as_bytes().trim_ascii_start();
        if body.starts_with(b"<") {
            next_of_xml(body)
        } else {
            next_of_json(body)
        }
    })
}

fn next_of_header(value: &str) -> Option<String> {
    let mut rest = value;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>')?;
        let target = &rest[start + 1..end];
        // The parameters go to the next link: a comma outside quotes.
        let parameters = &rest[end + 1..];
        let mut quoted = false;
        let stop = parameters
            .char_indices()
            .find(|(_, c)| {
                quoted ^= *c == '"';
                *c == ',' && !quoted
            })
            .map_or(parameters.len(), |(at, _)| at);
        let is_next = parameters[..stop].split(';').any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, relations)| {
                name.trim().eq_ignore_ascii_case("rel")
                    && relations
                        .trim()
                        .trim_matches('"')
                        .split_ascii_whitespace()
                        .any(|relation| {
                            relation.eq_ignore_ascii_case("nextPage") || relation.eq_ignore_ascii_case("next")
                        })
            })
        });
        if is_next {
            return Some(target.trim().to_owned());
        }
        rest = &parameters[stop..];
    }
    None
}

#[derive(Deserialize)]
struct Links {
    #[serde(default)]
    link: Option<Vec<Link>>,
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    rel: Option<String>,
    #[serde(default)]
    href: Option<String>,
}

fn next_of_json(body: &[u8]) -> Option<String> {
    // Only the legacy API has them, and a look for the word costs less than reading it all.
    const WORD: &[u8] = b"nextPage";
    body.windows(WORD.len()).find(|window| *window == WORD)?;
    let links: Links = serde_json::from_slice(body).ok()?;
    links
        .link?
        .into_iter()
        .find(|link| link.rel.as_deref() == Some("nextPage"))?
        .href
}

fn next_of_xml(body: &[u8]) -> Option<String> {
    let mut reader = quick_xml::Reader::from_reader(body);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == b"Link" => {
                let text = |name: &str| {
                    let attribute = tag.try_get_attribute(name).ok().flatten()?;
                    let raw = String::from_utf8_lossy(&attribute.value).into_owned();
                    Some(quick_xml::escape::unescape(&raw).map_or(raw.clone(), |text| text.into_owned()))
                };
                if text("rel").as_deref() == Some("nextPage") {
                    return text("href");
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn is_sorted(url: &Url) -> bool {
    url.query_pairs()
        .any(|(name, value)| matches!(name.as_ref(), "sortAsc" | "sortDesc") && !value.is_empty())
}

/// The number of the page that a request asks for.
pub(super) fn page_of(url: &Url) -> u64 {
    let asked = url.query_pairs().find(|(name, _)| name == "page");
    asked.and_then(|(_, number)| number.parse().ok()).unwrap_or(1)
}

fn hash_of(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// The same request for another page; the rest of the query stays as it was written.
pub(super) fn with_page(url: &Url, number: u64) -> Url {
    let mut pairs: Vec<String> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("page"))
        .map(str::to_owned)
        .collect();
    pairs.push(format!("page={number}"));
    let mut url = url.clone();
    url.set_query(Some(&pairs.join("&")));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, StatusCode};

    fn response(body: &str) -> Response {
        Response::new(StatusCode::OK, HeaderMap::new(), body.as_bytes().to_vec())
    }

    #[test]
    fn the_next_page_is_found_in_headers_and_bodies() {
        let header = r#"<https://h/o?page=1>;rel="firstPage";type="application/json";model="a,b",<https://h/o?page=2&x=1,2>;rel="lastPage nextPage""#;
        assert_eq!(next_of_header(header).as_deref(), Some("https://h/o?page=2&x=1,2"));
        assert_eq!(next_of_header("<a>; rel=next").as_deref(), Some("a"));
        for none in [
            "",
            "<a>;rel=\"previousPage\"",
            "nextPage",
            "<a",
            "<a>;title=\"rel=nextPage\"",
        ] {
            assert_eq!(next_of_header(none), None, "{none}");
        }
        let json =
            r#"{"link":[{"rel":"up","href":"u"},{"rel":"nextPage","href":"https://h/api/query?page=2&pageSize=25"}]}"#;
        assert_eq!(
            next_link(&response(json)).as_deref(),
            Some("https://h/api/query?page=2&pageSize=25")
        );
        let xml = r#"<QueryResultRecords total="3" pageSize="1" page="1"><Link rel="nextPage" href="https://h/api/query?page=2&amp;pageSize=1"/></QueryResultRecords>"#;
        assert_eq!(
            next_link(&response(xml)).as_deref(),
            Some("https://h/api/query?page=2&pageSize=1")
        );
        let envelope = Envelope::read(&response(xml));
        assert_eq!((envelope.total, envelope.page_count()), (Some(3), Some(3)));
    }

    #[test]
    fn numbers_say_whether_there_is_more() {
        let more = |body: &str| Envelope::read(&response(body)).has_more();
        assert!(more(
            r#"{"resultTotal":41,"pageCount":2,"page":1,"pageSize":25,"values":[1]}"#
        ));
        assert!(more(
            r#"{"resultTotal":41,"pageCount":null,"page":1,"pageSize":25,"values":[1]}"#
        ));
        assert!(!more(
            r#"{"resultTotal":41,"pageCount":2,"page":2,"pageSize":25,"values":[1]}"#
        ));
        assert!(!more(r#"{"resultTotal":41,"page":1,"pageSize":25,"values":[]}"#));
        for body in ["", "[]", "{}", "text", r#"{"page":"x"}"#] {
            assert!(!more(body), "{body}");
        }
    }

    #[test]
    fn only_the_page_changes() {
        let url = Url::parse("https://h/o?sortAsc=name&page=1&filter=name==a%20b;x==1").unwrap();
        assert_eq!(
            with_page(&url, 7).as_str(),
            "https://h/o?sortAsc=name&filter=name==a%20b;x==1&page=7"
        );
        assert!(is_sorted(&url));
        assert!(!is_sorted(&Url::parse("https://h/o?sortAsc=").unwrap()));
    }
}
