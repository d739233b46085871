//! HTTP/1.1 on one stream.

use std::io;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::request::Request;
use crate::response::{Response, reason};
use crate::stream::Stream;

const LARGEST_HEAD: usize = 128 * 1024;
const LARGEST_BODY: usize = 64 * 1024 * 1024;
const MOST_HEADERS: usize = 200;

/// HTTP/1.1 on one stream.
pub(crate) struct Connection {
    stream: Stream,
    peer_port: u16,
    /// Read, but not yet used.
    unread: Vec<u8>,
    /// Reused from answer to answer.
    outgoing: Vec<u8>,
}

/// What comes next on a connection.
pub(crate) enum Next {
    /// A whole request.
    Request(Request),
    /// The client went away in the middle of this one.
    CutShort(Request),
    /// Something that is no request; this is to be answered before the connection is closed.
    Nonsense(Response),
    /// Nothing: the client closed, or stayed silent for too long.
    End,
}

impl Connection {
    /// A connection on a stream that has been set up.
    pub(crate) fn new(stream: Stream, peer_port: u16) -> Self {
        Self {
            stream,
            peer_port,
            unread: Vec::new(),
            outgoing: Vec::new(),
        }
    }

    /// Reads the next request. An idle connection ends after `idle`, if that is given.
    pub(crate) async fn next(&mut self, idle: Option<Duration>) -> io::Result<Next> {
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
                Ok(Some((length, mut request, framing))) => {
                    self.unread.drain(..length);
                    request.tls = self.stream.is_tls();
                    request.peer_port = self.peer_port;
                    return self.read_body(request, framing).await;
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

    async fn read_body(&mut self, mut request: Request, framing: Framing) -> io::Result<Next> {
        let expects = request
            .header("Expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
        if expects && self.unread.is_empty() && framing != Framing::Length(0) {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            self.stream.flush().await?;
        }
        match framing {
            Framing::Length(length) if length > LARGEST_BODY => Ok(nonsense(413)),
            Framing::Length(length) => {
                while self.unread.len() < length {
                    if !matches!(self.read_more().await, Ok(more) if more > 0) {
                        request.body = std::mem::take(&mut self.unread);
                        return Ok(Next::CutShort(request));
                    }
                }
                request.body = self.take(length);
                Ok(Next::Request(request))
            }
            Framing::Chunked => self.read_chunks(request).await,
        }
    }

    async fn read_chunks(&mut self, mut request: Request) -> io::Result<Next> {
        loop {
            let Some(line) = self.read_line().await? else {
                return Ok(Next::CutShort(request));
            };
            let digits = line.split(';').next().unwrap_or_default().trim();
            let Ok(length) = usize::from_str_radix(digits, 16) else {
                return Ok(nonsense(400));
            };
            if length > LARGEST_BODY - request.body.len() {
                return Ok(nonsense(413));
            }
            if length == 0 {
                // Trailers, up to the empty line.
                loop {
                    match self.read_line().await? {
                        None => return Ok(Next::CutShort(request)),
                        Some(line) if line.is_empty() => return Ok(Next::Request(request)),
                        Some(_) => {}
                    }
                }
            }
            while self.unread.len() < length + 2 {
                if self.read_more().await? == 0 {
                    return Ok(Next::CutShort(request));
                }
            }
            let chunk = self.take(length);
            request.body.extend_from_slice(&chunk);
            if self.take(2) != b"\r\n" {
                return Ok(nonsense(400));
            }
        }
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
        self.unread.reserve(8 * 1024);
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
        write_head(&mut outgoing, request, response);
        if request.method != "HEAD" {
            outgoing.extend_from_slice(&response.body);
        }
        let result = self.send_bytes(&outgoing).await;
        self.outgoing = outgoing;
        result
    }

    /// Sends the head, which announces the whole body, and half of the body.
    pub(crate) async fn send_half(&mut self, request: &Request, response: &Response) -> io::Result<()> {
        let mut outgoing = Vec::new();
        write_head(&mut outgoing, request, response);
        outgoing.extend_from_slice(&response.body[..response.body.len() / 2]);
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

fn write_head(outgoing: &mut Vec<u8>, request: &Request, response: &Response) {
    let status = response.status;
    outgoing.extend_from_slice(format!("HTTP/1.1 {status} {}\r\n", reason(status)).as_bytes());
    for (name, value) in &response.headers {
        outgoing.extend_from_slice(name.as_bytes());
        outgoing.extend_from_slice(b": ");
        outgoing.extend_from_slice(value.as_bytes());
        outgoing.extend_from_slice(b"\r\n");
    }
    if status != 204 && status != 304 {
        outgoing.extend_from_slice(format!("Content-Length: {}\r\n", response.body.len()).as_bytes());
    }
    if !request.keep_alive {
        outgoing.extend_from_slice(b"Connection: close\r\n");
    }
    let date = httpdate::fmt_http_date(SystemTime::now());
    outgoing.extend_from_slice(format!("Date: {date}\r\n\r\n").as_bytes());
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
}

/// The head at the start of some bytes with its length, `None` while it is incomplete, or the
/// status that refuses it.
fn parse_head(bytes: &[u8]) -> Result<Option<(usize, Request, Framing)>, u16> {
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
    let framing = framing(&request)?;
    Ok(Some((length, request, framing)))
}

fn framing(request: &Request) -> Result<Framing, u16> {
    let mut lengths = request.header_values("Content-Length");
    match (request.header("Transfer-Encoding"), lengths.next()) {
        (Some(_), Some(_)) => Err(400),
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
        (Some(_), None) => Err(501),
        (None, None) => Ok(Framing::Length(0)),
        (None, Some(first)) => {
            if lengths.any(|other| other != first) || !first.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(400);
            }
            first.parse().map(Framing::Length).map_err(|_| 400)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_with_its_names_as_they_were_written() {
        let bytes = b"POST /a?b=c HTTP/1.1\r\nhost: h\r\nX-oDD: 1\r\nContent-Length: 3\r\n\r\nabc";
        let (length, request, framing) = parse_head(bytes).expect("a head").expect("complete");
        assert_eq!(&bytes[length..], b"abc");
        assert_eq!(framing, Framing::Length(3));
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
