//! A server certificate of X.509 version 1, which has no extensions and so no names. No tool of today makes one, and no
//! TLS library serves one willingly: both is done here by hand.

mod c_program;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use c_program::{Folder, command, compiled, host, simulator};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use xtask::Language;

const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn version_1_by_tls_1_3() {
    run("a certificate of version 1 by TLS 1.3", &rustls::version::TLS13);
}

#[test]
fn version_1_by_tls_1_2() {
    run("a certificate of version 1 by TLS 1.2", &rustls::version::TLS12);
}

fn run(what: &str, version: &'static SupportedProtocolVersion) {
    if cfg!(windows) {
        return xtask::not_applicable(what, "the program uses POSIX sockets", 1);
    }
    let source = xtask::repository().join("tests/c/certificate.c");
    let Some(program) = compiled(host(), what, Language::C, &source, true) else {
        return;
    };
    let (key, other) = (new_key(), new_key());
    let certificate = certificate(&key);
    let folder = Folder::new();
    let file = folder.join("certificate.der");
    fs::write(&file, &certificate).expect("the file can be written");
    let fingerprint: Vec<String> = ring::digest::digest(&ring::digest::SHA256, &certificate)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let simulator = simulator();
    let finished = xtask::run_limited(
        command(host(), &program, &simulator)
            .env("VCD_URL", serve(&certificate, &key, version))
            .env("VCD_IMPOSTOR_URL", serve(&certificate, &other, version))
            .env("VCD_FINGERPRINT", fingerprint.join(":"))
            .env("VCD_CA_FILE", &file),
        LIMIT,
    )
    .expect("the program starts");
    println!("{}{}", finished.stdout, finished.stderr);
    assert!(finished.succeeded(), "{finished:?}");
    assert!(finished.stdout.ends_with(" checks passed\n"));
    writeln!(std::io::stderr().lock(), "{what}: {}", finished.stdout.trim()).expect("standard error is open");
}

/// A private key as PKCS #8.
fn new_key() -> Vec<u8> {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
    key.expect("there is randomness").as_ref().to_vec()
}

/// A value of DER with its tag and length.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut value = vec![tag];
    match u8::try_from(length) {
        Ok(short @ ..128) => value.push(short),
        Ok(long) => value.extend([0x81, long]),
        Err(_) => value.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    value.extend(content);
    value
}

/// A self-signed certificate for CN=localhost: RFC 5280 section 4.1 without version and extensions.
fn certificate(key: &[u8]) -> Vec<u8> {
    const SEQUENCE: u8 = 0x30;
    const OID: u8 = 0x06;
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key, &random).expect("it is a key");
    let ecdsa_with_sha256 = der(
        SEQUENCE,
        &[&der(OID, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]])],
    );
    let common_name = der(
        SEQUENCE,
        &[&der(OID, &[&[0x55, 0x04, 0x03]]), &der(0x0c, &[b"localhost"])],
    );
    let name = der(SEQUENCE, &[&der(0x31, &[&common_name])]);
    let validity = der(
        SEQUENCE,
        &[&der(0x17, &[b"200101000000Z"]), &der(0x17, &[b"491231235959Z"])],
    );
    let algorithm = der(
        SEQUENCE,
        &[
            &der(OID, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]]),
            &der(OID, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]]),
        ],
    );
    let public_key = der(SEQUENCE, &[&algorithm, &der(0x03, &[&[0], key.public_key().as_ref()])]);
    let serial = der(0x02, &[&[1]]);
    let to_sign = der(
        SEQUENCE,
        &[&serial, &ecdsa_with_sha256, &name, &validity, &name, &public_key],
    );
    let signature = key.sign(&random, &to_sign).expect("there is randomness");
    der(
        SEQUENCE,
        &[&to_sign, &ecdsa_with_sha256, &der(0x03, &[&[0], signature.as_ref()])],
    )
}

/// A server that shows this certificate, with whatever key, and answers what a sign-in and a list ask for. It serves
/// until the test ends.
fn serve(certificate: &[u8], key: &[u8], version: &'static SupportedProtocolVersion) -> String {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_vec()));
    let key = rustls::crypto::ring::sign::any_ecdsa_type(&key).expect("it is a key");
    // Past the check whether certificate and key fit, which cannot read version 1.
    let shown = CertifiedKey::new(vec![CertificateDer::from(certificate.to_vec())], key);
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[version])
        .expect("the version is known")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(shown)));
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || {
                // A client that does not like the certificate goes away, which is what is tested.
                let _ = answer(stream, config);
            });
        }
    });
    format!("https://localhost:{}", address.port())
}

/// Answers one request.
fn answer(stream: TcpStream, config: Arc<ServerConfig>) -> std::io::Result<()> {
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => request.extend(&buffer[..count]),
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let body = match request.split(' ').nth(1).unwrap_or_default() {
        path if path.starts_with("/oauth/") => r#"{"access_token":"abc","token_type":"Bearer","expires_in":3600}"#,
        "/api/versions" => r#"{"versionInfo":[{"version":"37.2","deprecated":false}]}"#,
        _ => r#"{"resultTotal":1,"values":[{"name":"Tyrell"}]}"#,
    };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}
