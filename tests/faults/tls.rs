//! Servers whose TLS is none, or whose certificate is another's.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rcgen::SanType;
use socket2::SockRef;
use vcdrest::ffi::option::{
    VCD_OPT_CA_FILE, VCD_OPT_CA_ONLY, VCD_OPT_CA_PEM, VCD_OPT_CONNECT_TIMEOUT_MS, VCD_OPT_NO_PROXY,
    VCD_OPT_SKIP_CERTIFICATE_CHECK,
};

use crate::certificate::{self, Authority};
use crate::fault::check_helps;
use crate::library::{Client, Failure};
use crate::server::{GOOD, GOOD_BODY, Server};

/// What a server does with the first connections in place of a handshake.
struct Handshake {
    name: &'static str,
    does: fn(&mut TcpStream),
    code: &'static str,
    /// In small letters.
    words: &'static [&'static str],
}

fn hello(tcp: &mut TcpStream) {
    let mut bytes = [0; 4096];
    assert!(tcp.read(&mut bytes).expect("a hello comes") > 0);
}

/// Says something, and reads until the client goes.
fn says(tcp: &mut TcpStream, bytes: &[u8]) {
    hello(tcp);
    tcp.write_all(bytes).expect("the client listens");
    let _ = tcp.shutdown(std::net::Shutdown::Write);
    let _ = tcp.read_to_end(&mut Vec::new());
}

const HANDSHAKES: &[Handshake] = &[
    Handshake {
        name: "closes at once",
        does: |_| {},
        code: "VCD_ERR_CONNECT",
        words: &["no connection"],
    },
    Handshake {
        name: "closes after the hello",
        does: |tcp| says(tcp, b""),
        code: "VCD_ERR_CONNECT",
        words: &["no connection", "tls handshake eof"],
    },
    Handshake {
        name: "resets after the hello",
        does: |tcp| {
            hello(tcp);
            SockRef::from(&*tcp)
                .set_linger(Some(Duration::ZERO))
                .expect("it can be set");
        },
        code: "VCD_ERR_CONNECT",
        words: &["no connection", "reset"],
    },
    Handshake {
        name: "says nothing",
        does: |tcp| {
            let _ = tcp.read_to_end(&mut Vec::new());
        },
        code: "VCD_ERR_TIMEOUT",
        words: &["no connection in time"],
    },
    Handshake {
        name: "speaks HTTP",
        does: |tcp| says(tcp, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        code: "VCD_ERR_TLS",
        words: &["something else than https"],
    },
    Handshake {
        name: "says that TLS 1.2 is too new",
        does: |tcp| says(tcp, b"\x15\x03\x01\0\x02\x02\x46"),
        code: "VCD_ERR_TLS",
        words: &["tls 1.2 or 1.3"],
    },
    Handshake {
        name: "knows TLS 1.1 only",
        does: |tcp| {
            // A hello of TLS 1.1 with TLS_RSA_WITH_AES_128_CBC_SHA.
            let mut server_hello = b"\x16\x03\x02\0\x2a\x02\0\0\x26\x03\x02".to_vec();
            server_hello.extend([7; 32]);
            server_hello.extend(b"\0\0\x2f\0");
            says(tcp, &server_hello);
        },
        code: "VCD_ERR_TLS",
        words: &["tls 1.2 or 1.3"],
    },
    Handshake {
        name: "has no certificate for this name",
        does: |tcp| says(tcp, b"\x15\x03\x03\0\x02\x02\x70"),
        code: "VCD_ERR_TLS",
        words: &["no tls connection"],
    },
    Handshake {
        name: "sends a record of the largest size, and stops in it",
        does: |tcp| says(tcp, b"\x16\x03\x03\xff\xff\x02"),
        code: "VCD_ERR_TLS",
        words: &["no tls connection"],
    },
    Handshake {
        name: "greets as a mail server does",
        does: |tcp| {
            tcp.write_all(b"220 mail.example.com ESMTP\r\n")
                .expect("the client listens");
            says(tcp, b"");
        },
        code: "VCD_ERR_TLS",
        words: &["something else than https"],
    },
];

/// A server that does this with so many connections, and works from then on.
fn broken(does: fn(&mut TcpStream), times: usize) -> Server {
    let config = certificate::local();
    let connections = AtomicUsize::new(0);
    Server::before_tls(config, move |tcp| {
        let broken = connections.fetch_add(1, Ordering::SeqCst) < times;
        if broken {
            does(tcp);
        }
        broken
    })
}

#[test]
fn handshakes_that_fail() {
    for case in HANDSHAKES {
        // The sign-in and the list of versions have a connection each.
        let server = broken(case.does, usize::MAX);
        let client = server.client();
        client.set(VCD_OPT_CONNECT_TIMEOUT_MS, 3_000);
        let failure = client.sign_in().expect_err(case.name);
        assert_eq!(failure.code, case.code, "{}: {failure:?}", case.name);
        let message = failure.message.to_lowercase();
        for word in case.words {
            assert!(message.contains(word), "{}: \"{word}\" is not in: {message}", case.name);
        }
        check_helps(&failure);
    }
}

/// It comes and goes, and the same client goes on.
#[test]
fn a_server_that_recovers_is_used_again() {
    for case in HANDSHAKES {
        let server = broken(case.does, 1);
        let client = server.client();
        client.set(VCD_OPT_CONNECT_TIMEOUT_MS, 3_000);
        let call = client.call("GET", GOOD);
        call.set(vcdrest::ffi::option::VCD_CALL_OPT_ANONYMOUS, 1);
        let failure = call.wait().expect_err(case.name);
        assert_eq!(failure.code, case.code, "{}: {failure:?}", case.name);
        client
            .sign_in()
            .unwrap_or_else(|failure| panic!("after {}: {failure:?}", case.name));
        assert_eq!(client.get(GOOD).expect(case.name), GOOD_BODY);
    }
}

fn refused(server: &Server, address: &str) -> Failure {
    let client = Client::new(address, Some(&certificate::authority().pem()));
    let failure = client.sign_in().expect_err("the certificate is not good");
    check_helps(&failure);
    assert_eq!(
        server.requests("").len(),
        0,
        "nothing was said before the certificate was looked at"
    );
    failure
}

fn names(names: &[&str]) -> Vec<SanType> {
    names
        .iter()
        .map(|name| match name.parse() {
            Ok(ip) => SanType::IpAddress(ip),
            Err(_) => SanType::DnsName((*name).try_into().expect("it is ASCII")),
        })
        .collect()
}

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What the certificate is for, to the letter.
#[test]
fn certificates_are_for_the_host_that_was_asked_for() {
    for (host, certified, good) in [
        ("localhost", &["localhost"][..], true),
        ("127.0.0.1", &["127.0.0.1"], true),
        ("127.0.0.1", &["::1", "127.0.0.1"], true),
        ("127.0.0.1", &["localhost"], false),
        ("127.0.0.1", &["127.0.0.2"], false),
        ("localhost", &["127.0.0.1"], false),
        ("localhost", &["localhost.example.com"], false),
        ("localhost", &["example.com"], false),
        ("localhost", &["*"], false),
        ("localhost", &[], false),
    ] {
        let server = Server::start(
            LOCALHOST,
            Some(certificate::authority().server(&names(certified))),
            |_, _| Ok(None),
        );
        let address = format!("https://{host}:{}", server.address().port());
        if good {
            let client = Client::new(&address, Some(&certificate::authority().pem()));
            client
                .sign_in()
                .unwrap_or_else(|failure| panic!("{certified:?}: {failure:?}"));
            assert_eq!(client.get(GOOD).expect("it goes well"), GOOD_BODY);
        } else {
            let failure = refused(&server, &address);
            assert_eq!(failure.code, "VCD_ERR_TLS", "{host}, {certified:?}: {failure:?}");
            assert!(failure.message.contains("fingerprint"), "{failure:?}");
        }
    }
}

#[test]
fn an_authority_that_nobody_knows_vouches_for_nobody() {
    let unknown = Authority::new();
    let server = Server::start(
        LOCALHOST,
        Some(unknown.server(&certificate::names_of_this_machine())),
        |_, _| Ok(None),
    );
    let failure = refused(&server, &server.url());
    assert_eq!(failure.code, "VCD_ERR_TLS", "{failure:?}");
    assert!(failure.message.contains("VCD_OPT_CA_FILE"), "{failure:?}");

    // One of several that are trusted does.
    let several = certificate::authority().pem() + &Authority::new().pem() + &unknown.pem();
    let client = Client::new(&server.url(), Some(&several));
    client.sign_in().expect("one of them vouches for it");

    // Without a check it works, and is said.
    let client = Client::try_new(&server.url()).expect("the address is good");
    client.set(VCD_OPT_NO_PROXY, 1);
    client.set(VCD_OPT_SKIP_CERTIFICATE_CHECK, 1);
    client.sign_in().expect("nobody looks");
    let notices = client.notices();
    assert!(
        notices.iter().any(|notice| notice.contains("certificate")),
        "{notices:?}"
    );
}

/// Another certificate than a moment ago is looked at as the first one was.
#[test]
fn a_certificate_that_changes_between_calls_is_looked_at_again() {
    let good = certificate::local();
    let bad = Authority::new().server(&certificate::names_of_this_machine());
    let server = Server::changing(move |connection| if connection < 2 { good.clone() } else { bad.clone() });
    let client = server.client();
    client.sign_in().expect("the first certificate is good");
    // The connection of the sign-in is used up by a request that closes it.
    let _ = client.get("/cloudapi/close").expect("it goes well");
    let requests = server.requests("").len();
    let failure = client.get(GOOD).expect_err("the certificate is another's");
    assert_eq!(failure.code, "VCD_ERR_TLS", "{failure:?}");
    check_helps(&failure);
    assert_eq!(server.requests("").len(), requests, "nothing was said to the other one");
}

/// What cannot be trust is an error when it is given, not at the first call.
#[test]
fn files_of_certificates_that_are_none_are_refused_when_they_are_given() {
    let folder = std::env::temp_dir().join(format!("vcdrest-faults-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let pem = certificate::authority().pem();
    let broken = pem.replace('M', "!");
    let cut = &pem[..pem.len() / 2];
    for (name, bytes, good) in [
        ("empty", &b""[..], false),
        ("garbage", b"\0\xff\x01garbage", false),
        ("text", b"no certificate", false),
        ("broken", broken.as_bytes(), false),
        ("cut", cut.as_bytes(), false),
        ("der_garbage", b"\x30\x82\x01\x00garbage", false),
        ("der", &certificate::authority().der(), true),
        ("many", pem.repeat(200).as_bytes(), true),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("it can be written");
        let client = Client::try_new("https://localhost").expect("the address is good");
        let given = client.set_text(VCD_OPT_CA_FILE, path.to_str().expect("it is text"));
        match given {
            Ok(()) => assert!(good, "{name}"),
            Err(failure) => {
                assert!(!good, "{name}: {failure:?}");
                assert_eq!(failure.code, "VCD_ERR_TRUST", "{name}");
                assert!(failure.message.contains(name), "{failure:?}");
                check_helps(&failure);
            }
        }
    }
    let client = Client::try_new("https://localhost").expect("the address is good");
    let missing = client.set_text(VCD_OPT_CA_FILE, folder.join("missing").to_str().expect("it is text"));
    assert_eq!(missing.expect_err("it is not there").code, "VCD_ERR_TRUST");
    let failure = client.set_text(VCD_OPT_CA_PEM, "").expect_err("there is nothing in it");
    assert_eq!(failure.code, "VCD_ERR_TRUST");
    let _ = std::fs::remove_dir_all(&folder);

    // Trusting given certificates only, and none given, is refused before anything is sent.
    let server = Server::tls(|_, _| Ok(None));
    let client = Client::try_new(&server.url()).expect("the address is good");
    client.set(VCD_OPT_CA_ONLY, 1);
    let failure = client.sign_in().expect_err("nobody is trusted");
    assert_eq!(failure.code, "VCD_ERR_TRUST", "{failure:?}");
    assert_eq!(server.connections(), 0);
}
