//! What a broken exchange means: the HTTP client's errors, told apart.

use super::body::GaveOut;
use super::code::Code;
use super::error::Error;
use super::trust::Refused;
use rustls::CertificateError;
use std::error::Error as StdError;
use std::io;

/// Turns an error of the HTTP client into one of ours. `host` is the server, without path or query; `harmless` says
/// that the request changes nothing.
pub(super) fn translate(error: reqwest::Error, host: &str, harmless: bool) -> Error {
    let lost = |host: &str, text: &str, os_error: Option<i32>| lost(host, text, os_error, harmless);
    // The URL may hold what nobody should see.
    let error = error.without_url();
    if let Some(source) = find::<GaveOut>(&error) {
        return Error::new(
            Code::File,
            format!(
                "the body of the request could not be read to its end, and {host} has not received all of it: {source}"
            ),
        )
        .with_os_error(source.os_error());
    }
    let os_error = find::<io::Error>(&error).and_then(io::Error::raw_os_error);
    if let Some(tls) = find_tls(&error) {
        return tls_error(tls, host);
    }
    let text = chain(&error);
    if text.contains("proxy authorization required") {
        return Error::new(
            Code::Proxy,
            format!(
                "the proxy on the way to {host} asks for a user and password, or does not take those that were given (HTTP 407). Give its credential (-ProxyCredential in PowerShell, VCD_OPT_PROXY_USER and VCD_OPT_PROXY_PASSWORD in C)"
            ),
        );
    }
    if text.contains("proxy") || text.contains("tunnel") {
        return Error::new(
            Code::Proxy,
            format!("the proxy did not open a way to {host}: {text}. Check HTTPS_PROXY and NO_PROXY, or the system's proxy settings"),
        )
        .with_os_error(os_error);
    }
    if error.is_timeout() {
        let what = if error.is_connect() {
            "there was no connection in time"
        } else {
            "the server sent nothing for too long"
        };
        return Error::new(
            Code::Timeout,
            format!(
                "{what} ({host}). Is the address right and the server up? Raise the connect or read timeout where it is slow"
            ),
        );
    }
    if error.is_connect() {
        if error.is_dns() {
            return Error::new(
                Code::Dns,
                format!("the name of {host} cannot be resolved: {text}. Check its spelling and this computer's DNS"),
            )
            .with_os_error(os_error);
        }
        // It stood, and was gone before anybody here could look at it: a server that has no patience, or that restarts.
        if text.contains("tcp connect error")
            && find::<io::Error>(&error).is_some_and(|io| io.kind() == io::ErrorKind::ConnectionReset)
        {
            return Error::new(
                Code::ConnectionLost,
                format!(
                    "the connection to {host} broke before anything was sent: {text}. Ask again; where it happens often, something between here and the server closes connections"
                ),
            )
            .with_os_error(os_error);
        }
        return Error::new(
            Code::Connect,
            format!(
                "no connection to {host}: {text}. Check the address and port, that the server is up, and firewalls"
            ),
        )
        .with_os_error(os_error);
    }
    if let Some(http) = find::<hyper::Error>(&error) {
        if http.is_incomplete_message() || http.is_canceled() || http.is_closed() {
            return lost(host, &text, os_error);
        }
        if http.is_parse() {
            return Error::new(
                Code::Protocol,
                format!(
                    "what {host} answered is not HTTP that can be understood: {text}. Is another service listening there?"
                ),
            );
        }
    }
    // It ended between two chunks, or in the words around them.
    if find::<io::Error>(&error).is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof) {
        return lost(host, &text, os_error);
    }
    // Where chunks are cut wrongly, the decoder that reads them only passes the complaint on.
    if text.contains("chunk") {
        return Error::new(
            Code::Protocol,
            format!(
                "what {host} answered is not HTTP that can be understood: {text}. Something on the way damages answers"
            ),
        );
    }
    if let Some(io) = find::<io::Error>(&error) {
        return lost(host, &text, os_error.or(io.raw_os_error()));
    }
    if error.is_decode() {
        return lost(host, &text, os_error);
    }
    Error::new(Code::Protocol, format!("the exchange with {host} failed: {text}"))
}

fn lost(host: &str, text: &str, os_error: Option<i32>, harmless: bool) -> Error {
    let advice = if harmless {
        "Ask again; where it happens often, something between here and the server closes connections"
    } else {
        "Whether the request took effect is not known; look before you repeat it"
    };
    Error::new(
        Code::ConnectionLost,
        format!("the connection to {host} broke before the whole answer had arrived: {text}. {advice}"),
    )
    .with_os_error(os_error)
}

fn tls_error(error: &rustls::Error, host: &str) -> Error {
    let refused = match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => other.0.downcast_ref::<Refused>(),
        _ => None,
    };
    if let Some(refused) = refused {
        let authority = if refused.authority_would_help {
            " If its issuer is a private CA, name the CA's certificate file (-CertificateAuthority in PowerShell, VCD_OPT_CA_FILE in C); if it is a public one, the server may not send its intermediate certificates."
        } else {
            ""
        };
        return Error::new(
            Code::Tls,
            format!(
                "the certificate of {host} is not trusted: {}. Its SHA-256 fingerprint is {}.{authority} To trust exactly this certificate, compare the fingerprint with the server's and give it (-ServerFingerprint in PowerShell, VCD_OPT_SERVER_FINGERPRINT in C)",
                refused.why.trim_end_matches('.'), refused.fingerprint
            ),
        )
        .with_fingerprint(refused.fingerprint.clone());
    }
    use rustls::Error as E;
    let advice = match error {
        E::InvalidMessage(_) => "Is something else than HTTPS listening there?",
        E::PeerIncompatible(_) | E::AlertReceived(_) => {
            "The server has to offer TLS 1.2 or 1.3 with ciphers that are secure today (ECDHE with AES-GCM or ChaCha20)"
        }
        E::InvalidCertificate(_) => {
            "The key or the signature of its certificate is of a kind that is not secure enough, such as RSA with less than 2048 bits; the server needs a better one"
        }
        _ => "Check what stands between here and the server",
    };
    Error::new(Code::Tls, format!("no TLS connection to {host}: {error}. {advice}"))
}

fn find_tls<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    find::<rustls::Error>(error)
}

/// Looks for an error of a type along the causes, also inside I/O errors, which hide theirs.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<T>() {
            return Some(found);
        }
        let hidden = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = hidden.and_then(|inner| find::<T>(inner)) {
            return Some(found);
        }
        next = current.source();
    }
    None
}

/// The innermost causes as text, without what only repeats.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(current) = next {
        let text = current.to_string();
        // Which function it was concerns nobody; and some libraries put the address of their manual behind their words.
        if text.starts_with("client error (") {
            next = current.source();
            continue;
        }
        let text = text.split(": https://docs.rs").next().unwrap_or_default().to_owned();
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        next = current.source();
    }
    if parts.is_empty() {
        error.to_string()
    } else {
        parts.join(": ")
    }
}
