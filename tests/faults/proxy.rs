//! Proxies that refuse, break, and hear nothing that is not meant for them.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use socket2::SockRef;
use vcdrest::ffi::option::{
    VCD_OPT_ALLOW_HTTP, VCD_OPT_CA_ONLY, VCD_OPT_CA_PEM, VCD_OPT_CONNECT_TIMEOUT_MS, VCD_OPT_PROXY,
    VCD_OPT_PROXY_EXCEPT, VCD_OPT_PROXY_PASSWORD, VCD_OPT_PROXY_USER, VCD_OPT_READ_TIMEOUT_MS,
};

use crate::certificate;
use crate::fault::check_helps;
use crate::library::{API_TOKEN, Client, HANG};
use crate::server::{ACCESS_TOKEN, GOOD, GOOD_BODY, Server, answer};

/// The password for proxies.
const PASSWORD: &str = "pr0xyPassw0rdThatMayNotBeSeen";

/// Reads the head of a request.
fn head(tcp: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0; 1];
    while !bytes.ends_with(b"\r\n\r\n") && matches!(tcp.read(&mut byte), Ok(1)) {
        bytes.push(byte[0]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A proxy that opens every tunnel and notes what it was asked.
struct Proxy {
    server: Server,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn new() -> Proxy {
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&heads);
        let server = Server::raw(false, move |mut tcp, _| {
            let head = head(&mut tcp);
            noted.lock().unwrap_or_else(PoisonError::into_inner).push(head.clone());
            let mut first = head.split(' ');
            match (first.next(), first.next()) {
                (Some("CONNECT"), Some(place)) => {
                    let place: SocketAddr = place.parse().expect("it is an address");
                    let other = TcpStream::connect(place).expect("the server is there");
                    tcp.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                        .expect("the client listens");
                    carry(tcp, other);
                }
                // Over HTTP the whole request comes here.
                (Some(_), Some(_)) => {
                    let _ = tcp.write_all(&answer(
                        "200 OK",
                        &[("Content-Type", "application/json"), ("Connection", "close")],
                        GOOD_BODY,
                    ));
                }
                _ => {}
            }
        });
        Proxy { server, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Carries bytes in both directions until both sides have ended.
fn carry(one: TcpStream, other: TcpStream) {
    let pump = |mut from: TcpStream, mut to: TcpStream| {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    };
    let (from, to) = (
        one.try_clone().expect("it can be cloned"),
        other.try_clone().expect("it can be cloned"),
    );
    thread::scope(|scope| {
        scope.spawn(move || pump(from, to));
        pump(other, one);
    });
}

fn client(server: &str, proxy: &str) -> Client {
    let client = Client::try_new(server).expect("the address is good");
    client.set(VCD_OPT_CA_ONLY, 1);
    client
        .set_text(VCD_OPT_CA_PEM, &certificate::authority().pem())
        .expect("the certificates are good");
    client.set_text(VCD_OPT_PROXY, proxy).expect("the address is good");
    client
}

/// What a proxy does with a request for a tunnel.
struct Broken {
    name: &'static str,
    does: fn(&mut TcpStream),
    code: &'static str,
    /// In small letters.
    words: &'static [&'static str],
}

fn says(tcp: &mut TcpStream, bytes: &[u8]) {
    head(tcp);
    tcp.write_all(bytes).expect("the client listens");
    let _ = tcp.shutdown(Shutdown::Write);
    let _ = tcp.read_to_end(&mut Vec::new());
}

const PROXY: &str = "VCD_ERR_PROXY";

const BROKEN: &[Broken] = &[
    Broken {
        name: "asks for a credential",
        does: |tcp| {
            says(
                tcp,
                b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
            );
        },
        code: PROXY,
        words: &["http 407", "vcd_opt_proxy_user"],
    },
    Broken {
        name: "refuses",
        does: |tcp| says(tcp, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
        code: PROXY,
        words: &["did not open a way"],
    },
    Broken {
        name: "cannot reach the server",
        does: |tcp| says(tcp, b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
        code: PROXY,
        words: &["did not open a way"],
    },
    Broken {
        name: "redirects",
        does: |tcp| {
            says(
                tcp,
                b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
            )
        },
        code: PROXY,
        words: &["did not open a way"],
    },
    Broken {
        name: "closes",
        does: |tcp| says(tcp, b""),
        code: PROXY,
        words: &["proxy"],
    },
    Broken {
        name: "closes in the middle of its answer",
        does: |tcp| says(tcp, b"HTTP/1.1 200 Conn"),
        code: PROXY,
        words: &["proxy"],
    },
    Broken {
        name: "resets",
        does: |tcp| {
            head(tcp);
            SockRef::from(&*tcp)
                .set_linger(Some(Duration::ZERO))
                .expect("it can be set");
        },
        code: PROXY,
        words: &["proxy"],
    },
    Broken {
        name: "says nothing",
        does: |tcp| {
            let _ = tcp.read_to_end(&mut Vec::new());
        },
        code: "VCD_ERR_TIMEOUT",
        words: &["in time"],
    },
    Broken {
        name: "is no proxy",
        does: |tcp| says(tcp, b"SSH-2.0-OpenSSH_9.2\r\n"),
        code: PROXY,
        words: &["proxy"],
    },
    Broken {
        name: "sends headers for ever",
        does: |tcp| {
            head(tcp);
            let _ = tcp.write_all(b"HTTP/1.1 200 OK\r\n");
            for _ in 0..100_000 {
                if tcp.write_all(&b"X-More: of it\r\n".repeat(100)).is_err() {
                    return;
                }
            }
        },
        code: PROXY,
        words: &["proxy"],
    },
    Broken {
        name: "opens a way to something that speaks no TLS",
        does: |tcp| {
            head(tcp);
            tcp.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("the client listens");
            assert!(tcp.read(&mut [0; 4096]).expect("a hello comes") > 0);
            tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .expect("the client listens");
            let _ = tcp.read_to_end(&mut Vec::new());
        },
        code: "VCD_ERR_TLS",
        words: &["tls"],
    },
];

#[test]
fn proxies_that_break() {
    let behind = Server::tls(|_, _| Ok(None));
    for case in BROKEN {
        let does = case.does;
        let proxy = Server::raw(false, move |mut tcp, _| does(&mut tcp));
        let client = client(&behind.url(), &proxy.url());
        client.set(VCD_OPT_CONNECT_TIMEOUT_MS, 1_500);
        client.set(VCD_OPT_READ_TIMEOUT_MS, 5_000);
        let failure = client.sign_in().expect_err(case.name);
        assert_eq!(failure.code, case.code, "{}: {failure:?}", case.name);
        let message = failure.message.to_lowercase();
        for word in case.words {
            assert!(message.contains(word), "{}: \"{word}\" is not in: {message}", case.name);
        }
        check_helps(&failure);
    }
    assert_eq!(behind.connections(), 0, "nobody went past the proxy");
}

#[test]
fn a_proxy_that_is_not_there() {
    let behind = Server::tls(|_, _| Ok(None));
    // Bound, so that nobody else takes it, and not listening.
    let bound = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("there are sockets");
    bound
        .bind(&"127.0.0.1:0".parse::<SocketAddr>().expect("it is an address").into())
        .expect("there is a port");
    let port = bound
        .local_addr()
        .expect("it is bound")
        .as_socket()
        .expect("it is IP")
        .port();
    let failure = client(&behind.url(), &format!("http://127.0.0.1:{port}"))
        .sign_in()
        .expect_err("nobody is there");
    assert!(
        ["VCD_ERR_CONNECT", PROXY].contains(&failure.code.as_str()),
        "{failure:?}"
    );
    assert!(
        failure
            .message
            .contains(&format!("The proxy is http://127.0.0.1:{port}")),
        "{failure:?}"
    );
    check_helps(&failure);
    let failure = client(&behind.url(), "http://proxy.invalid:3128")
        .sign_in()
        .expect_err("the name is nobody's");
    assert!(["VCD_ERR_DNS", PROXY].contains(&failure.code.as_str()), "{failure:?}");
    assert!(
        failure.message.contains("The proxy is http://proxy.invalid:3128"),
        "{failure:?}"
    );
    assert_eq!(behind.connections(), 0);
}

/// The proxy hears its own credential and none of ours; the server hears ours and not the proxy's.
#[test]
fn secrets_go_where_they_belong() {
    let server = Server::tls(|_, _| Ok(None));
    let proxy = Proxy::new();
    let client = client(&server.url(), &proxy.server.url());
    client.set_text(VCD_OPT_PROXY_USER, "user").expect("it can be set");
    client
        .set_text(VCD_OPT_PROXY_PASSWORD, PASSWORD)
        .expect("it can be set");
    client.sign_in().expect("the sign-in goes well");
    assert_eq!(client.get(GOOD).expect("the call goes well"), GOOD_BODY);
    let heads = proxy.heads();
    assert!(!heads.is_empty());
    for head in heads {
        assert!(
            head.starts_with(&format!("CONNECT {} HTTP/1.1\r\n", server.address())),
            "{head}"
        );
        assert!(
            head.to_lowercase().contains("\r\nproxy-authorization: basic "),
            "{head}"
        );
        for secret in [API_TOKEN, ACCESS_TOKEN, "Bearer", "cookie"] {
            assert!(!head.contains(secret), "{head}");
        }
    }
    for request in server.requests("") {
        assert_eq!(request.header("proxy-authorization"), None, "{request:?}");
        let everything = format!("{request:?}");
        assert!(!everything.contains(PASSWORD), "{everything}");
    }
}

/// Lists of hosts that need no proxy, in every form.
#[test]
fn hosts_that_need_no_proxy() {
    let server = Server::tls(|_, _| Ok(None));
    let port = server.address().port();
    for (except, host, by_proxy) in [
        ("127.0.0.1", "127.0.0.1", false),
        ("127.0.0.0/8", "127.0.0.1", false),
        ("10.0.0.0/8, 127.0.0.1", "127.0.0.1", false),
        ("*", "127.0.0.1", false),
        ("localhost", "localhost", false),
        ("LOCALHOST", "localhost", false),
        ("10.0.0.0/8", "127.0.0.1", true),
        ("27.0.0.1", "127.0.0.1", true),
        ("host", "localhost", true),
        ("example.com", "localhost", true),
        ("", "127.0.0.1", true),
    ] {
        let refusing = Server::raw(false, |mut tcp, _| {
            says(&mut tcp, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        });
        let client = client(&format!("https://{host}:{port}"), &refusing.url());
        client.set_text(VCD_OPT_PROXY_EXCEPT, except).expect("it can be set");
        let ended = client.sign_in();
        if by_proxy {
            let failure = ended.expect_err(except);
            assert_eq!(failure.code, PROXY, "{except}: {failure:?}");
        } else {
            ended.unwrap_or_else(|failure| panic!("{except}: {failure:?}"));
            assert_eq!(refusing.connections(), 0, "{except}");
        }
    }
}

/// Over plain HTTP the whole request goes to the proxy, and comes from there.
#[test]
fn plain_http_goes_through_the_proxy_as_a_whole() {
    let proxy = Proxy::new();
    let client = client("http://vcd.invalid", &proxy.server.url());
    client.set(VCD_OPT_ALLOW_HTTP, 1);
    let call = client.call("GET", "/cloudapi/x");
    call.set(vcdrest::ffi::option::VCD_CALL_OPT_ANONYMOUS, 1);
    call.wait().expect("the proxy answers");
    let heads = proxy.heads();
    assert!(
        heads[0].starts_with("GET http://vcd.invalid/cloudapi/x HTTP/1.1\r\n"),
        "{heads:?}"
    );
}

/// The environment's proxy is used by a process of its own, unless that is switched off.
#[test]
fn the_proxy_of_the_environment() {
    const NAME: &str = "VCDREST_FAULTS_BEHIND_PROXY";
    if let Ok(address) = std::env::var(NAME) {
        let pem = std::env::var("VCDREST_FAULTS_PEM").expect("it is set");
        let of_environment = Client::try_new(&address).expect("the address is good");
        of_environment.set(VCD_OPT_CA_ONLY, 1);
        of_environment
            .set_text(VCD_OPT_CA_PEM, &pem)
            .expect("the certificate is good");
        let ended = of_environment.sign_in();
        if std::env::var_os("NO_PROXY").is_some() {
            return ended.expect("NO_PROXY names the server");
        }
        let failure = ended.expect_err("the proxy refuses");
        assert_eq!(failure.code, PROXY, "{failure:?}");
        assert!(!failure.everything().contains(PASSWORD), "{failure:?}");
        return Client::new(&address, Some(&pem)).sign_in().expect("no proxy is used");
    }
    let server = Server::tls(|_, _| Ok(None));
    let refusing = Server::raw(false, |mut tcp, _| {
        says(&mut tcp, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
    for (no_proxy, connections) in [(None, 1..=4), (Some("127.0.0.1"), 0..=0)] {
        let before = refusing.connections();
        let mut command = Command::new(std::env::current_exe().expect("it has a path"));
        command
            .args(["--exact", "proxy::the_proxy_of_the_environment", "--nocapture"])
            .env(NAME, server.url())
            .env("VCDREST_FAULTS_PEM", certificate::authority().pem())
            .env("HTTPS_PROXY", format!("http://user:{PASSWORD}@{}", refusing.address()))
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .env_remove("https_proxy")
            .env_remove("ALL_PROXY")
            .env_remove("all_proxy");
        if let Some(hosts) = no_proxy {
            command.env("NO_PROXY", hosts);
        }
        let finished = xtask::run_limited(&mut command, 2 * HANG).expect("it starts");
        assert!(finished.succeeded(), "{finished:?}");
        assert!(finished.stdout.contains("1 passed"), "{finished:?}");
        assert!(connections.contains(&(refusing.connections() - before)), "{no_proxy:?}");
    }
}
