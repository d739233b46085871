//! Pages of a list, with their links.

use std::ops::Range;

use serde::Serialize;

use crate::cloud::Cloud;
use crate::request::Request;
use crate::response::Response;

/// What is more is cut back to this.
const LARGEST_PAGE: usize = 128;

/// The page that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// From 1 on.
    page: usize,
    /// How many things are on it.
    size: usize,
}

/// A page as it is answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    result_total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_count: Option<usize>,
    page: usize,
    page_size: usize,
    associations: Option<()>,
    values: Vec<T>,
}

impl PageRequest {
    /// Reads `page` and `pageSize`, or says what is wrong with them.
    pub(crate) fn of(request: &Request) -> Result<Self, String> {
        let mut wanted = Self { page: 1, size: 25 };
        for (name, value) in request.query_pairs() {
            match name.as_str() {
                "page" => wanted.page = number(&name, &value, 1)?,
                "pageSize" => wanted.size = number(&name, &value, 0)?.min(LARGEST_PAGE),
                _ => {}
            }
        }
        Ok(wanted)
    }

    /// With no more things on it than this.
    pub(crate) fn at_most(mut self, largest: usize) -> Self {
        self.size = self.size.min(largest);
        self
    }

    /// Answers the page of all these things. `show` makes of a thing what goes into the answer.
    pub(crate) fn answer<'t, T, S: Serialize>(
        self,
        cloud: &Cloud,
        request: &Request,
        content_type: &str,
        model: &str,
        things: &'t [T],
        show: impl Fn(&'t T) -> S,
    ) -> Response {
        let total = things.len();
        // Some lists of the real server leave out what clients page by.
        let sparse = cloud.settings().sparse_pages;
        let page = Page {
            result_total: total,
            page_count: (!sparse).then(|| self.count(total)),
            page: self.page,
            page_size: self.size,
            associations: None,
            values: things[self.range(total)].iter().map(show).collect(),
        };
        let response = Response::json(200, content_type, &page);
        match self.links(cloud, request, model, total) {
            links if links.is_empty() => response,
            links => response.header("Link", links),
        }
    }

    /// From 1 on.
    pub(crate) fn number(self) -> usize {
        self.page
    }

    /// How many things are on it.
    pub(crate) fn size(self) -> usize {
        self.size
    }

    /// How many pages so many things make.
    fn count(self, total: usize) -> usize {
        if self.size == 0 { 0 } else { total.div_ceil(self.size) }
    }

    /// Which of so many things are on it.
    pub(crate) fn range(self, total: usize) -> Range<usize> {
        let start = (self.page - 1).saturating_mul(self.size).min(total);
        start..start.saturating_add(self.size).min(total)
    }

    /// The pages that it is linked with.
    pub(crate) fn targets(self, total: usize) -> Vec<(&'static str, usize)> {
        let count = self.count(total);
        let mut targets = Vec::new();
        if count > 0 {
            targets.push(("firstPage", 1));
            if self.page > 1 {
                targets.push(("previousPage", (self.page - 1).min(count)));
            }
            if self.page < count {
                targets.push(("nextPage", self.page + 1));
            }
            targets.push(("lastPage", count));
        }
        targets
    }

    fn links(self, cloud: &Cloud, request: &Request, model: &str, total: usize) -> String {
        let base = cloud.base_url(request);
        let path = cloud.without_prefix(request.path());
        let others: String = request
            .query()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .filter(|pair| !matches!(pair.split('=').next(), Some("page" | "pageSize")))
            .map(|pair| format!("&{pair}"))
            .collect();
        let sparse = cloud.settings().sparse_pages;
        let targets = self.targets(total).into_iter();
        let targets = targets.filter(|(rel, _)| !(sparse && *rel == "nextPage"));
        let links = targets.map(|(rel, page)| {
            let size = self.size;
            format!(r#"<{base}{path}?page={page}&pageSize={size}{others}>;rel="{rel}";type="application/json";model="{model}""#)
        });
        links.collect::<Vec<_>>().join(",")
    }
}

fn number(name: &str, value: &str, least: usize) -> Result<usize, String> {
    match value.parse() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(format!(
            "Invalid value '{value}' for query parameter {name}: it has to be a number from {least} on."
        )),
    }
}
