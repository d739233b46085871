//! `/transfer/{uuid}/{file}`: downloads, whole and in parts, and uploads.

use std::ops::Range;

use crate::authentication;
use crate::cloud::Cloud;
use crate::connection::{Connection, Part};
use crate::error_body::{self, Shape};
use crate::request::Request;
use crate::response::{Generated, Response};
use crate::transfers::Download;

/// Whether the body of this request is received here, piece by piece.
pub(crate) fn receives(cloud: &Cloud, request: &Request) -> bool {
    request.method == "PUT" && cloud.without_prefix(request.path()).starts_with("/transfer/")
}

/// Sends a download, or says what is not possible.
pub(crate) fn answer(cloud: &Cloud, request: &Request, id: &str) -> Result<Response, Response> {
    authentication::session(cloud, request, Shape::Cloudapi)?;
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Err(error_body::method_not_allowed("GET, PUT"));
    }
    let Some(Download { size, version }) = cloud.transfers.download(id) else {
        return Err(Response::html(404, "404 Not Found", "<h1>404 Not Found</h1>"));
    };
    let etag = format!("\"{id}-{version}\"");
    // A part of something else is of no use.
    let same = request.header("If-Range").is_none_or(|value| value == etag);
    let range = request.header("Range").filter(|_| same).and_then(ranges);
    let (status, part) = match range.map(|wanted| wanted.within(size)) {
        None => (200, 0..size),
        Some(Some(part)) => (206, part),
        Some(None) => {
            let whole = format!("bytes */{size}");
            return Err(Response::html(416, "416 Range Not Satisfiable", "").header("Content-Range", whole));
        }
    };
    let mut response = Response::empty(status)
        .header("Content-Type", "application/octet-stream")
        .header("Accept-Ranges", "bytes")
        .header("ETag", etag);
    if status == 206 {
        let place = format!("bytes {}-{}/{size}", part.start, part.end.saturating_sub(1));
        response = response.header("Content-Range", place);
    }
    response.generated = Some(Generated {
        offset: version + part.start,
        length: part.end - part.start,
    });
    Ok(response)
}

/// One part of a whole, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    From(u64),
    FromTo(u64, u64),
    Last(u64),
}

impl Wanted {
    /// Which bytes that are, if there are any.
    fn within(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From(start) => start..size,
            Self::FromTo(start, end) => start..end.saturating_add(1).min(size),
            Self::Last(length) => size.saturating_sub(length)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

/// The one part that is asked for; what is not understood, or is several, stands for the whole.
fn ranges(value: &str) -> Option<Wanted> {
    let (start, end) = value.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = (start.trim(), end.trim());
    match (start.is_empty(), end.is_empty()) {
        (false, true) => Some(Wanted::From(start.parse().ok()?)),
        (true, false) => Some(Wanted::Last(end.parse().ok()?)),
        (false, false) => {
            let (start, end) = (start.parse().ok()?, end.parse().ok()?);
            (start <= end).then_some(Wanted::FromTo(start, end))
        }
        (true, true) => None,
    }
}

/// Where the bytes of an upload belong, and how many there will be: `bytes 0-99/200`.
fn content_range(value: &str) -> Option<(Range<u64>, Option<u64>)> {
    let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (start, end) = range.split_once('-')?;
    let range = start.trim().parse().ok()?..end.trim().parse::<u64>().ok()?.checked_add(1)?;
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    let sound = range.start < range.end && total.is_none_or(|total| range.end <= total);
    sound.then_some((range, total))
}

/// How receiving ended.
pub(crate) enum Received {
    /// Everything has come, or is not wanted: this is the answer.
    Answer(Response),
    /// The client went away in the middle.
    CutShort,
    /// As many bytes have come as were to be received.
    Enough,
}

/// Receives an upload; `limit` is after how many bytes to stop.
pub(crate) async fn receive(
    cloud: &Cloud,
    connection: &mut Connection,
    request: &Request,
    limit: Option<u64>,
) -> Received {
    if let Err(refusal) = authentication::session(cloud, request, Shape::Cloudapi) {
        return Received::Answer(refusal);
    }
    let key = cloud.without_prefix(request.path()).to_owned();
    let range = match request.header("Content-Range").map(content_range) {
        None => None,
        Some(Some(range)) => Some(range),
        Some(None) => {
            let message = "The header Content-Range could not be understood.";
            return Received::Answer(error_body::cloudapi(400, "BAD_REQUEST", message));
        }
    };
    let begun = cloud
        .transfers
        .begin(&key, range.as_ref().map(|(range, total)| (range, *total)));
    let mut skip = match begun {
        Ok(skip) => skip,
        Err(there) => {
            let place = format!("bytes */{there}");
            let page = Response::html(416, "416 Range Not Satisfiable", "");
            return Received::Answer(page.header("Content-Range", place));
        }
    };
    if connection.invite(request).await.is_err() {
        return Received::CutShort;
    }
    let mut left = limit.unwrap_or(u64::MAX);
    loop {
        if left == 0 {
            return Received::Enough;
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX);
        match connection.part(most).await {
            Ok(Part::Bytes(bytes)) => {
                left -= bytes.len() as u64;
                // What has come before is not counted again.
                let known = usize::try_from(skip).unwrap_or(usize::MAX).min(bytes.len());
                skip -= known as u64;
                cloud.transfers.receive(&key, &bytes[known..]);
            }
            Ok(Part::End) => break,
            Ok(Part::Nonsense) => {
                return Received::Answer(error_body::cloudapi(400, "BAD_REQUEST", "The body has no end."));
            }
            Ok(Part::CutShort) | Err(_) => return Received::CutShort,
        }
    }
    if range.is_none() {
        cloud.transfers.complete(&key);
    }
    Received::Answer(Response::empty(200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_understood() {
        let within = |value: &str| ranges(value).map(|wanted| wanted.within(10));
        assert_eq!(within("bytes=2-"), Some(Some(2..10)));
        assert_eq!(within("bytes=2-4"), Some(Some(2..5)));
        assert_eq!(within("bytes=2-400"), Some(Some(2..10)));
        assert_eq!(within("bytes=-3"), Some(Some(7..10)));
        assert_eq!(within("bytes=-300"), Some(Some(0..10)));
        assert_eq!(within("bytes=10-"), Some(None));
        for whole in ["bytes=-", "bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=x-"] {
            assert_eq!(within(whole), None, "{whole}");
        }
        assert_eq!(content_range("bytes 0-99/200"), Some((0..100, Some(200))));
        assert_eq!(content_range("bytes 0-99/*"), Some((0..100, None)));
        for bad in ["bytes 5-2/9", "bytes 0-9/9", "bytes */9", "0-1/2"] {
            assert_eq!(content_range(bad), None, "{bad}");
        }
    }
}
