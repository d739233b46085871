//! HTTP/1.1 on one stream.

use std::io;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::generated::transfer_bytes;
use crate::request::Request;
use crate::response::{Generated, Response, reason};
use crate::stream::Stream;

const LARGEST_HEAD: usize = 128 * 1024;
const LARGEST_BODY: usize = 64 * 1024 * 1024;
const MOST_HEADERS: usize = 200;
/// How much of a made-up body is made at a time.
const PIECE: usize = 256 * 1024;
/// How long a client may go on sending after its answer.
const LINGER: Duration = Duration::from_secs(5);

/// HTTP/1.1 on one stream.
pub(crate) struct Connection {
    stream: Stream,
    peer_port: u16,
    /// Read, but not yet used.
    unread: Vec<u8>,
    /// What is to come of the body of the latest request.
    open: Open,
    /// Reused from answer to answer.
    outgoing: Vec<u8>,
}

/// What comes next on a connection.
pub(crate) enum Next {
    /// A whole request, or one whose body is to be read in parts.
    Request(Request),
    /// The client went away in the middle of this one.
    CutShort(Request),
    /// Something that is no request; this is to be answered before the connection is closed.
    Nonsense(Response),
    /// Nothing: the client closed, or stayed silent for too long.
    End,
}

/// What comes next of a body.
pub(crate) enum Part {
    /// Some bytes.
    Bytes(Vec<u8>),
    /// Nothing: it is complete.
    End,
    /// Nothing: the client went away.
    CutShort,
    /// Something that is no body.
    Nonsense,
}

impl Connection {
    /// A connection on a stream that has been set up.
    pub(crate) fn new(stream: Stream, peer_port: u16) -> Self {
        Self {
            stream,
            peer_port,
            unread: Vec::new(),
            open: Open::Bytes(0),
            outgoing: Vec::new(),
        }
    }

    /// Reads the next request. An idle connection ends after `idle`, if that is given. The body is left
    /// where it is if `in_parts` says so.
    pub(crate) async fn next(
        &mut self,
        idle: Option<Duration>,
        in_parts: impl Fn(&Request) -> bool,
    ) -> io::Result<Next> {
        if self.unread.is_empty() {
            let more = match idle {
                None => self.read_more().await?,
                Some(limit) => match tokio::time::timeout(limit, self.read_more()).await {
                    Ok(result) => result?,
                    Err(_) => return Ok(Next::End),
                },
            };
            if more == 0 {
                return Ok(Next::End);
            }
        }
        loop {
            match parse_head(&self.unread) {
                Ok(Some((length, mut request, open))) => {
                    self.unread.drain(..length);
                    request.tls = self.stream.is_tls();
                    request.peer_port = self.peer_port;
                    self.open = open;
                    if in_parts(&request) {
                        return Ok(Next::Request(request));
                    }
                    return self.read_body(request).await;
                }
                Ok(None) if self.unread.len() > LARGEST_HEAD => return Ok(nonsense(431)),
                Ok(None) => {
                    if self.read_more().await? == 0 {
                        return Ok(Next::End);
                    }
                }
                Err(status) => return Ok(nonsense(status)),
            }
        }
    }

    async fn read_body(&mut self, mut request: Request) -> io::Result<Next> {
        if matches!(self.open, Open::Bytes(length) if length > LARGEST_BODY as u64) {
            return Ok(nonsense(413));
        }
        self.invite(&request).await?;
        loop {
            match self.part(usize::MAX).await {
                Ok(Part::Bytes(bytes)) if bytes.len() > LARGEST_BODY - request.body.len() => return Ok(nonsense(413)),
                Ok(Part::Bytes(bytes)) => request.body.extend_from_slice(&bytes),
                Ok(Part::End) => return Ok(Next::Request(request)),
                Ok(Part::Nonsense) => return Ok(nonsense(400)),
                Ok(Part::CutShort) | Err(_) => return Ok(Next::CutShort(request)),
            }
        }
    }

    /// Lets the client send the body, if it waits for that.
    pub(crate) async fn invite(&mut self, request: &Request) -> io::Result<()> {
        let expects = request
            .header("Expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
        if expects && self.unread.is_empty() && self.has_open_body() {
            self.send_bytes(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        Ok(())
    }

    /// Whether there is more to come of a body.
    pub(crate) fn has_open_body(&self) -> bool {
        self.open != Open::Bytes(0)
    }

    /// Whether another request may follow this one.
    pub(crate) fn goes_on(&self, request: &Request) -> bool {
        request.keep_alive && !self.has_open_body()
    }

    /// The next part of the body, which is not larger than this.
    pub(crate) async fn part(&mut self, most: usize) -> io::Result<Part> {
        loop {
            match self.open {
                Open::Bytes(0) => return Ok(Part::End),
                Open::Bytes(left) => {
                    let Some(bytes) = self.some_of(left, most).await? else {
                        return Ok(Part::CutShort);
                    };
                    self.open = Open::Bytes(left - bytes.len() as u64);
                    return Ok(Part::Bytes(bytes));
                }
                Open::Chunk(0) => {
                    let Some(line) = self.read_line().await? else {
                        return Ok(Part::CutShort);
                    };
                    if !line.is_empty() {
                        return Ok(Part::Nonsense);
                    }
                    self.open = Open::ChunkHead;
                }
                Open::Chunk(left) => {
                    let Some(bytes) = self.some_of(left, most).await? else {
                        return Ok(Part::CutShort);
                    };
                    self.open = Open::Chunk(left - bytes.len() as u64);
                    return Ok(Part::Bytes(bytes));
                }
                Open::ChunkHead => {
                    let Some(line) = self.read_line().await? else {
                        return Ok(Part::CutShort);
                    };
                    let digits = line.split(';').next().unwrap_or_default().trim();
                    let Ok(length) = u64::from_str_radix(digits, 16) else {
                        return Ok(Part::Nonsense);
                    };
                    self.open = if length == 0 {
                        Open::Trailers
                    } else {
                        Open::Chunk(length)
                    };
                }
                Open::Trailers => match self.read_line().await? {
                    None => return Ok(Part::CutShort),
                    Some(line) if line.is_empty() => self.open = Open::Bytes(0),
                    Some(_) => {}
                },
            }
        }
    }

    /// Bytes that have come or come now, not more than either; `None` at the end.
    async fn some_of(&mut self, left: u64, most: usize) -> io::Result<Option<Vec<u8>>> {
        if self.unread.is_empty() && self.read_more().await? == 0 {
            return Ok(None);
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(most);
        Ok(Some(self.take(self.unread.len().min(most))))
    }

    async fn read_line(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8_lossy(&self.unread[..end]).into_owned();
                self.unread.drain(..end + 2);
                return Ok(Some(line));
            }
            if self.unread.len() > LARGEST_HEAD || self.read_more().await? == 0 {
                return Ok(None);
            }
        }
    }

    async fn read_more(&mut self) -> io::Result<usize> {
        self.unread
            .reserve(if self.has_open_body() { 64 * 1024 } else { 8 * 1024 });
        self.stream.read_buf(&mut self.unread).await
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.unread.split_off(length);
        std::mem::replace(&mut self.unread, rest)
    }

    /// Returns when the client has gone away.
    pub(crate) async fn gone(&mut self) {
        // A client that sends more while it waits is heard out up to a limit, then only waited for.
        while self.unread.len() < LARGEST_HEAD {
            if !matches!(self.read_more().await, Ok(more) if more > 0) {
                return;
            }
        }
        std::future::pending().await
    }

    /// Sends a whole answer.
    pub(crate) async fn send(&mut self, request: &Request, response: &Response) -> io::Result<()> {
        let mut outgoing = std::mem::take(&mut self.outgoing);
        outgoing.clear();
        write_head(&mut outgoing, response, self.goes_on(request));
        let generated = response.generated.filter(|_| request.method != "HEAD");
        if request.method != "HEAD" {
            outgoing.extend_from_slice(&response.body);
        }
        let mut result = self.send_bytes(&outgoing).await;
        if let (Ok(()), Some(generated)) = (&result, generated) {
            result = self.send_generated(&mut outgoing, generated).await;
        }
        self.outgoing = outgoing;
        result
    }

    async fn send_generated(&mut self, buffer: &mut Vec<u8>, generated: Generated) -> io::Result<()> {
        let (mut offset, end) = (generated.offset, generated.offset.saturating_add(generated.length));
        while offset < end {
            let length = usize::try_from(end - offset).unwrap_or(usize::MAX).min(PIECE);
            buffer.resize(length, 0);
            transfer_bytes(offset, buffer);
            self.send_bytes(buffer).await?;
            offset += length as u64;
        }
        Ok(())
    }

    /// Sends the head, which announces the whole body, and half of the body, or so many bytes of it.
    pub(crate) async fn send_part(
        &mut self,
        request: &Request,
        response: &Response,
        bytes: Option<u64>,
    ) -> io::Result<()> {
        let mut outgoing = Vec::new();
        write_head(&mut outgoing, response, self.goes_on(request));
        let length = bytes.unwrap_or(response.length() / 2).min(response.length());
        if let Some(generated) = response.generated {
            self.send_bytes(&outgoing).await?;
            let offset = generated.offset;
            return self.send_generated(&mut outgoing, Generated { offset, length }).await;
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        outgoing.extend_from_slice(&response.body[..length]);
        self.send_bytes(&outgoing).await
    }

    /// Sends bytes as they are.
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Ends the connection in order.
    pub(crate) async fn close(mut self) {
        // The client may have closed first, which is all the same here.
        let _ = self.stream.shutdown().await;
        if self.has_open_body() {
            // Whoever is still sending would lose the answer if nobody listened any more.
            let drained = async { while matches!(self.part(usize::MAX).await, Ok(Part::Bytes(_))) {} };
            let _ = tokio::time::timeout(LINGER, drained).await;
        }
    }

    /// Ends the connection so that the client sees a reset.
    pub(crate) fn reset(self) {
        self.stream.reset();
    }
}

fn nonsense(status: u16) -> Next {
    Next::Nonsense(Response::html(
        status,
        reason(status),
        "The request could not be understood.",
    ))
}

fn write_head(outgoing: &mut Vec<u8>, response: &Response, goes_on: bool) {
    let status = response.status;
    outgoing.extend_from_slice(format!("HTTP/1.1 {status} {}\r\n", reason(status)).as_bytes());
    for (name, value) in &response.headers {
        outgoing.extend_from_slice(name.as_bytes());
        outgoing.extend_from_slice(b": ");
        outgoing.extend_from_slice(value.as_bytes());
        outgoing.extend_from_slice(b"\r\n");
    }
    if status != 204 && status != 304 {
        outgoing.extend_from_slice(format!("Content-Length: {}\r\n", response.length()).as_bytes());
    }
    if !goes_on {
        outgoing.extend_from_slice(b"Connection: close\r\n");
    }
    let date = httpdate::fmt_http_date(SystemTime::now());
    outgoing.extend_from_slice(format!("Date: {date}\r\n\r\n").as_bytes());
}

/// What is to come of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// So many bytes.
    Bytes(u64),
    /// The length of a chunk.
    ChunkHead,
    /// So many bytes of a chunk, and its end.
    Chunk(u64),
    /// What follows the last chunk.
    Trailers,
}

/// The head at the start of some bytes with its length, `None` while it is incomplete, or the
/// status that refuses it.
fn parse_head(bytes: &[u8]) -> Result<Option<(usize, Request, Open)>, u16> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut fields);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(431),
        Err(_) => return Err(400),
    };
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|field| (field.name.to_owned(), String::from_utf8_lossy(field.value).into_owned()))
        .collect();
    let mut request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        target: head.path.unwrap_or_default().to_owned(),
        headers,
        ..Request::default()
    };
    let connection = request.header("Connection").unwrap_or_default().to_ascii_lowercase();
    request.keep_alive = if head.version == Some(0) {
        connection.contains("keep-alive")
    } else {
        !connection.contains("close")
    };
    let open = open(&request)?;
    Ok(Some((length, request, open)))
}

fn open(request: &Request) -> Result<Open, u16> {
    let mut lengths = request.header_values("Content-Length");
    match (request.header("Transfer-Encoding"), lengths.next()) {
        (Some(_), Some(_)) => Err(400),
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Ok(Open::ChunkHead),
        (Some(_), None) => Err(501),
        (None, None) => Ok(Open::Bytes(0)),
        (None, Some(first)) => {
            if lengths.any(|other| other != first) || !first.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(400);
            }
            first.parse().map(Open::Bytes).map_err(|_| 400)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_with_its_names_as_they_were_written() {
        let bytes = b"POST /a?b=c HTTP/1.1\r\nhost: h\r\nX-oDD: 1\r\nContent-Length: 3\r\n\r\nabc";
        let (length, request, open) = parse_head(bytes).expect("a head").expect("complete");
        assert_eq!(&bytes[length..], b"abc");
        assert_eq!(open, Open::Bytes(3));
        assert_eq!(request.headers[1], ("X-oDD".to_owned(), "1".to_owned()));
        assert!(request.keep_alive);
        assert!(matches!(parse_head(&bytes[..20]), Ok(None)));
    }

    #[test]
    fn ambiguous_framing_is_refused() {
        for fields in [
            "Content-Length: 3\r\nContent-Length: 4",
            "Content-Length: +3",
            "Content-Length: 3\r\nTransfer-Encoding: chunked",
        ] {
            let bytes = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n");
            assert_eq!(parse_head(bytes.as_bytes()).err(), Some(400), "{fields}");
        }
    }
}
