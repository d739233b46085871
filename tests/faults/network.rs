//! Faults below TLS and HTTP: addresses at which nobody answers, names, and both families of IP.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use vcdrest::ffi::option::{VCD_OPT_CONNECT_TIMEOUT_MS, VCD_OPT_TIMEOUT_MS};

use crate::certificate;
use crate::fault::check_helps;
use crate::library::{Client, HANG};
use crate::server::{GOOD, GOOD_BODY, Server};

/// An address that takes no connection, and does not say so: its queue is full.
pub struct BlackHole {
    _listening: Socket,
    _queue: Vec<Socket>,
    address: SocketAddr,
}

impl BlackHole {
    /// `None` where the system does not drop what comes to a full queue.
    pub fn new(address: SocketAddr) -> Option<BlackHole> {
        let socket = || Socket::new(Domain::for_address(address), Type::STREAM, None).expect("there are sockets");
        let listening = socket();
        listening.set_reuse_address(true).expect("it can be set");
        listening.bind(&address.into()).ok()?;
        listening.listen(0).expect("it can listen");
        let address = listening
            .local_addr()
            .expect("it is bound")
            .as_socket()
            .expect("it is IP");
        let mut queue = Vec::new();
        for _ in 0..64 {
            let waiting = socket();
            if waiting
                .connect_timeout(&address.into(), Duration::from_millis(300))
                .is_err()
            {
                return Some(BlackHole {
                    _listening: listening,
                    _queue: queue,
                    address,
                });
            }
            queue.push(waiting);
        }
        None
    }
}

fn failure(client: &Client, code: &str, words: &[&str]) -> crate::library::Failure {
    let failure = client.sign_in().expect_err("it cannot be reached");
    assert_eq!(failure.code, code, "{failure:?}");
    let message = failure.message.to_lowercase();
    for word in words {
        assert!(message.contains(word), "\"{word}\" is not in: {message}");
    }
    check_helps(&failure);
    failure
}

#[test]
fn an_address_at_which_nobody_answers() {
    let Some(hole) = BlackHole::new((Ipv4Addr::LOCALHOST, 0).into()) else {
        return xtask::not_applicable("black hole", "the system answers for a full queue", 1);
    };
    let client = Client::new(
        &format!("https://{}", hole.address),
        Some(&certificate::authority().pem()),
    );
    client.set(VCD_OPT_CONNECT_TIMEOUT_MS, 500);
    let begun = Instant::now();
    failure(&client, "VCD_ERR_TIMEOUT", &["no connection in time", "connect"]);
    assert!(begun.elapsed() < HANG);
    // The whole limit holds as well, where it is the shorter one.
    let client = Client::new(
        &format!("https://{}", hole.address),
        Some(&certificate::authority().pem()),
    );
    client.set(VCD_OPT_TIMEOUT_MS, 500);
    failure(&client, "VCD_ERR_TIMEOUT", &["took longer than 500 ms"]);
}

#[test]
fn names_that_nobody_has() {
    for name in ["vcd.invalid", "no-such-host.example.invalid"] {
        let client = Client::new(&format!("https://{name}"), Some(&certificate::authority().pem()));
        failure(&client, "VCD_ERR_DNS", &[name, "cannot be resolved", "dns"]);
    }
}

/// Nobody listens; then somebody does, and the same client reaches them.
#[test]
fn a_server_that_is_down_and_comes_back() {
    let held = Socket::new(Domain::IPV4, Type::STREAM, None).expect("there are sockets");
    held.set_reuse_address(true).expect("it can be set");
    held.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
        .expect("there is a port");
    let address = held.local_addr().expect("it is bound").as_socket().expect("it is IP");
    let client = Client::new(&format!("http://{address}"), None);
    let refused = failure(&client, "VCD_ERR_CONNECT", &["no connection", "firewalls"]);
    assert_ne!(refused.os_error, 0);
    held.listen(16).expect("it can listen");
    std::thread::spawn(move || {
        while let Ok((connection, _)) = held.accept() {
            let mut connection = TcpStream::from(connection);
            let mut bytes = [0; 4096];
            let _ = std::io::Read::read(&mut connection, &mut bytes);
            let body = r#"{"access_token":"t","versionInfo":[{"version":"37.2"}]}"#;
            let answer = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    client.sign_in().expect("it is up");
}

#[test]
fn addresses_of_the_sixth_version() {
    if std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        return xtask::not_applicable("IPv6", "this machine has none", 1);
    }
    let server = Server::start(IpAddr::V6(Ipv6Addr::LOCALHOST), Some(certificate::local()), |_, _| {
        Ok(None)
    });
    let client = server.client();
    client.sign_in().expect("it is reached");
    assert_eq!(client.get(GOOD).expect("it goes well"), GOOD_BODY);
    let port = server.address().port();
    assert_eq!(server.requests(GOOD)[0].header("host"), Some(&*format!("[::1]:{port}")));
    // The same address in another form is the same server.
    let long = Client::new(
        &format!("https://[0:0:0:0:0:0:0:1]:{port}"),
        Some(&certificate::authority().pem()),
    );
    long.sign_in().expect("it is reached");
    for address in [
        "https://[::1",
        "https://::1]",
        "https://[::1]x",
        "https://[::1]:",
        "https://[::1]:0",
        "https://[::1]:65536",
        "https://[fe80::1%25lo]:443",
        "https://[fe80::1%lo]:443",
        "https://[1::2::3]",
        "https://[v1.x]",
        "https://[]",
        "https://[127.0.0.1]",
    ] {
        let failure = match Client::try_new(address) {
            Err(failure) => failure,
            // A port that is left empty means the usual one.
            Ok(_) if address.ends_with(':') => continue,
            Ok(_) => panic!("{address} is taken"),
        };
        assert_eq!(failure.code, "VCD_ERR_ADDRESS", "{address}: {failure:?}");
        check_helps(&failure);
    }
}
