//! A server that is a Cloud Director as far as a sign-in goes, and for the rest does what a test says, byte by byte.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use crate::certificate;
use crate::library::{Client, HANG};

/// What an answer ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The next request.
    Next,
    /// The end of the connection, in order.
    Close,
    /// The same, without the word that TLS has for it.
    Cut,
    /// A reset.
    Reset,
    /// Nothing at all, until the client goes.
    Hang,
}

/// Answers a request, or leaves it to the server ([`None`]).
pub type Answer = dyn Fn(&mut Link, &Request) -> io::Result<Option<Then>> + Send + Sync;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// The number of its connection, from 0.
    pub connection: usize,
    /// The number of the request on its connection, from 0.
    pub number: usize,
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A connection of a client.
pub struct Link {
    stream: Stream,
    /// What has been read and belongs to the next request.
    ahead: Vec<u8>,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Read for Link {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.read(buffer),
            Stream::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Link {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.write(buffer),
            Stream::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.flush(),
            Stream::Tls(stream) => stream.flush(),
        }
    }
}

impl Link {
    fn new(tcp: TcpStream, tls: Option<Arc<ServerConfig>>) -> Link {
        // A client that hangs must not hold up the test for ever.
        tcp.set_read_timeout(Some(HANG)).expect("it can be set");
        tcp.set_write_timeout(Some(HANG)).expect("it can be set");
        tcp.set_nodelay(true).expect("it can be set");
        let stream = match tls {
            None => Stream::Plain(tcp),
            Some(config) => {
                let tls = ServerConnection::new(config).expect("the configuration is good");
                Stream::Tls(Box::new(StreamOwned::new(tls, tcp)))
            }
        };
        Link {
            stream,
            ahead: Vec::new(),
        }
    }

    /// What lies below TLS.
    pub fn tcp(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => &stream.sock,
        }
    }

    /// Whether anything has come that was not read.
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.write_all(bytes.as_ref())?;
        self.flush()
    }

    /// Sends bytes again and again until the client has had enough, or so many have gone.
    pub fn repeat(&mut self, bytes: &[u8], total: u64) -> io::Result<()> {
        let mut sent = 0;
        while sent < total {
            self.write_all(bytes)?;
            sent += bytes.len() as u64;
        }
        self.flush()
    }

    /// Reads the next request, its head and, unless it is not wanted, its body. `None` at the end of the connection.
    pub fn request(&mut self, connection: usize, number: usize, with_body: fn(&str) -> bool) -> Option<Request> {
        let mut bytes = std::mem::take(&mut self.ahead);
        let mut piece = [0; 16 * 1024];
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            match self.read(&mut piece) {
                Ok(0) | Err(_) => return None,
                Ok(count) => bytes.extend_from_slice(&piece[..count]),
            }
        };
        let mut body = bytes.split_off(end + 4);
        let head = String::from_utf8_lossy(&bytes).into_owned();
        let mut lines = head.lines();
        let mut first = lines.next().unwrap_or_default().split(' ');
        let method = first.next().unwrap_or_default().to_owned();
        let target = first.next().unwrap_or_default().to_owned();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect();
        let length = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or(0);
        if with_body(&target) {
            while body.len() < length {
                match self.read(&mut piece) {
                    Ok(0) | Err(_) => return None,
                    Ok(count) => body.extend_from_slice(&piece[..count]),
                }
            }
            self.ahead = body.split_off(length.min(body.len()));
        }
        Some(Request {
            connection,
            number,
            method,
            target,
            headers,
            body,
        })
    }

    /// Ends the connection.
    pub fn end(mut self, how: Then) {
        match how {
            Then::Reset => {
                let _ = SockRef::from(self.tcp()).set_linger(Some(Duration::ZERO));
            }
            Then::Next => {}
            Then::Hang => self.drain(),
            Then::Close | Then::Cut => {
                if let (Then::Close, Stream::Tls(stream)) = (how, &mut self.stream) {
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
                let _ = self.tcp().shutdown(Shutdown::Write);
                // To the end, so that the client sees a close and no reset.
                self.drain();
            }
        }
    }

    /// Reads until the client goes.
    fn drain(&mut self) {
        let mut piece = [0; 16 * 1024];
        let mut tcp = self.tcp();
        while matches!(tcp.read(&mut piece), Ok(1..)) {}
    }
}

/// A complete answer.
pub fn answer(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").bytes());
    }
    bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// A complete answer of JSON.
pub fn json(status: &str, body: &str) -> Vec<u8> {
    answer(status, &[("Content-Type", "application/json")], body)
}

/// Where every server answers as it should.
pub const GOOD: &str = "/cloudapi/good";
/// What it says there.
pub const GOOD_BODY: &str = r#"{"all":"well"}"#;
/// The access token that a server gives.
pub const ACCESS_TOKEN: &str = "acc3ssTokenThatMayNotBeSeenAnywhere";

/// What a Cloud Director would answer. The connection of the list of versions, which is asked for beside the sign-in,
/// is closed, so that a sign-in leaves one connection behind.
fn well_behaved(request: &Request) -> Vec<u8> {
    let path = request.target.split('?').next().unwrap_or_default();
    if path == "/api/versions" {
        answer(
            "200 OK",
            &[("Content-Type", "application/json"), ("Connection", "close")],
            r#"{"versionInfo":[{"version":"37.2","deprecated":false}]}"#,
        )
    } else if path.starts_with("/oauth/") {
        json(
            "200 OK",
            &format!(r#"{{"access_token":"{ACCESS_TOKEN}","token_type":"Bearer","expires_in":86400}}"#),
        )
    } else if path == GOOD {
        json("200 OK", GOOD_BODY)
    } else {
        json(
            "404 Not Found",
            r#"{"minorErrorCode":"RESOURCE_NOT_FOUND","message":"nothing there"}"#,
        )
    }
}

/// A server on its own threads, which end with it.
pub struct Server {
    address: SocketAddr,
    is_tls: bool,
    shared: Arc<Shared>,
}

struct Shared {
    stopped: AtomicBool,
    connections: AtomicUsize,
    requests: Mutex<Vec<Request>>,
}

impl Server {
    /// Over TCP.
    pub fn plain(answer: impl Fn(&mut Link, &Request) -> io::Result<Option<Then>> + Send + Sync + 'static) -> Server {
        Server::start(IpAddr::V4(Ipv4Addr::LOCALHOST), None, answer)
    }

    /// Over TLS.
    pub fn tls(answer: impl Fn(&mut Link, &Request) -> io::Result<Option<Then>> + Send + Sync + 'static) -> Server {
        Server::start(IpAddr::V4(Ipv4Addr::LOCALHOST), Some(certificate::local()), answer)
    }

    pub fn start(
        ip: IpAddr,
        tls: Option<Arc<ServerConfig>>,
        answer: impl Fn(&mut Link, &Request) -> io::Result<Option<Then>> + Send + Sync + 'static,
    ) -> Server {
        let is_tls = tls.is_some();
        let answer: Arc<Answer> = Arc::new(answer);
        Server::listen(ip, is_tls, move |tcp, connection, shared| {
            serve(Link::new(tcp, tls.clone()), connection, &answer, shared);
        })
    }

    /// One whose connections a function takes as they come, below HTTP and TLS.
    pub fn raw(is_tls: bool, take: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Server {
        Server::listen(IpAddr::V4(Ipv4Addr::LOCALHOST), is_tls, move |tcp, connection, _| {
            tcp.set_read_timeout(Some(HANG)).expect("it can be set");
            take(tcp, connection);
        })
    }

    /// One that does something with each connection before TLS; `true` where that was all.
    pub fn before_tls(
        config: Arc<ServerConfig>,
        does: impl Fn(&mut TcpStream) -> bool + Send + Sync + 'static,
    ) -> Server {
        let answer: Arc<Answer> = Arc::new(|_: &mut Link, _: &Request| Ok(None));
        Server::listen(
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            true,
            move |mut tcp, connection, shared| {
                tcp.set_read_timeout(Some(HANG)).expect("it can be set");
                if !does(&mut tcp) {
                    serve(Link::new(tcp, Some(Arc::clone(&config))), connection, &answer, shared);
                }
            },
        )
    }

    /// One that works with something else for each connection, and closes it after `/cloudapi/close`.
    pub fn changing(config: impl Fn(usize) -> Arc<ServerConfig> + Send + Sync + 'static) -> Server {
        let answer: Arc<Answer> = Arc::new(|link: &mut Link, request: &Request| {
            if request.target != "/cloudapi/close" {
                return Ok(None);
            }
            let headers = &[("Content-Type", "application/json"), ("Connection", "close")];
            link.say(self::answer("200 OK", headers, "{}"))?;
            Ok(Some(Then::Close))
        });
        Server::listen(IpAddr::V4(Ipv4Addr::LOCALHOST), true, move |tcp, connection, shared| {
            serve(Link::new(tcp, Some(config(connection))), connection, &answer, shared);
        })
    }

    fn listen(ip: IpAddr, is_tls: bool, take: impl Fn(TcpStream, usize, &Shared) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind((ip, 0)).expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            stopped: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            requests: Mutex::default(),
        });
        let here = Arc::clone(&shared);
        let take = Arc::new(take);
        thread::spawn(move || {
            for tcp in listener.incoming() {
                if here.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(tcp) = tcp else { continue };
                let connection = here.connections.fetch_add(1, Ordering::SeqCst);
                let (take, here) = (Arc::clone(&take), Arc::clone(&here));
                thread::spawn(move || take(tcp, connection, &here));
            }
        });
        Server {
            address,
            is_tls,
            shared,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// A client that may use it.
    pub fn client(&self) -> Client {
        let pem = self.is_tls.then(|| certificate::authority().pem());
        Client::new(&self.url(), pem.as_deref())
    }

    /// A client that has signed in.
    pub fn signed_in(&self) -> Client {
        let client = self.client();
        client.sign_in().expect("the sign-in goes well");
        client
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The requests whose target begins like this, in the order in which they came.
    pub fn requests(&self, target: &str) -> Vec<Request> {
        let requests = self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests
            .iter()
            .filter(|request| request.target.starts_with(target))
            .cloned()
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
    }
}

/// Serves one connection to its end.
fn serve(mut link: Link, connection: usize, answer: &Arc<Answer>, shared: &Shared) {
    for number in 0.. {
        let Some(request) = link.request(connection, number, |target| !target.ends_with("/early")) else {
            return;
        };
        shared
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request.clone());
        // A client that has gone in the middle of an answer is what many tests want.
        let Ok(then) = answer(&mut link, &request) else { return };
        let then = match then {
            Some(then) => then,
            None if link.say(well_behaved(&request)).is_ok() => Then::Next,
            None => return,
        };
        if then != Then::Next {
            return link.end(then);
        }
    }
}
