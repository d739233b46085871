//! The part of a list that a request asks for: filter, order and page.

use serde::Serialize;

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::filter::{Field, Filter};
use crate::paging::PageRequest;
use crate::request::Request;
use crate::response::Response;

/// The part of a list that a request asks for.
pub(crate) struct Listing {
    page: PageRequest,
    filter: Option<Filter>,
    /// The field, and whether the largest comes first.
    sort: Option<(String, bool)>,
}

impl Listing {
    /// Reads `filter`, `sortAsc`, `sortDesc` and the page, or says what is wrong with them. Nothing is
    /// sorted by its identifier.
    pub(crate) fn of(request: &Request, fields: &[&str]) -> Result<Self, String> {
        let mut listing = Self {
            page: PageRequest::of(request)?,
            filter: None,
            sort: None,
        };
        for (name, value) in request.query_pairs() {
            match name.as_str() {
                "filter" if !value.is_empty() => {
                    let parsed = Filter::parse(&value, fields);
                    listing.filter = Some(parsed.map_err(|reason| format!("Invalid filter '{value}': {reason}."))?);
                }
                "sortAsc" | "sortDesc" if !value.is_empty() => {
                    if value == "id" || !fields.contains(&value.as_str()) {
                        return Err(format!("Cannot sort by '{value}'."));
                    }
                    listing.sort = Some((value, name == "sortDesc"));
                }
                _ => {}
            }
        }
        Ok(listing)
    }

    /// With pages no larger than this.
    pub(crate) fn at_most(mut self, largest: usize) -> Self {
        self.page = self.page.at_most(largest);
        self
    }

    /// The page wanted.
    pub(crate) fn page(&self) -> PageRequest {
        self.page
    }

    /// Whether everything is wanted, in the order in which it is.
    pub(crate) fn is_everything(&self) -> bool {
        self.filter.is_none() && self.sort.is_none()
    }

    /// What passes the filter, in the order wanted.
    pub(crate) fn choose<T>(
        &self,
        things: impl Iterator<Item = T>,
        field: impl for<'t> Fn(&'t T, &str) -> Option<Field<'t>>,
    ) -> Vec<T> {
        let passes = |thing: &T| {
            self.filter
                .as_ref()
                .is_none_or(|filter| filter.passes(&|name: &str| field(thing, name)))
        };
        let mut chosen: Vec<T> = things.filter(passes).collect();
        if let Some((name, descending)) = &self.sort {
            chosen.sort_by_cached_key(|thing| sort_key(field(thing, name)));
            if *descending {
                chosen.reverse();
            }
        }
        chosen
    }

    /// Answers the page of these things, which have been chosen.
    pub(crate) fn answer<'t, T, S: Serialize>(
        &self,
        cloud: &Cloud,
        request: &Request,
        caller: Caller<'_>,
        model: &str,
        things: &'t [T],
        show: impl Fn(&'t T) -> S,
    ) -> Response {
        self.page
            .answer(cloud, request, &caller.content_type(), model, things, show)
    }
}

fn sort_key(field: Option<Field<'_>>) -> (u32, String) {
    match field {
        Some(Field::Text(text)) => (0, text.to_lowercase()),
        Some(Field::Number(number)) => (number, String::new()),
        Some(Field::Flag(flag)) => (u32::from(flag), String::new()),
        None => (0, String::new()),
    }
}
