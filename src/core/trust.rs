//! Whom to trust: the system's authorities, further ones, only given ones, one certificate by its fingerprint, or
//! anybody.

use super::code::Code;
use super::error::{Error, Result};
use super::log;
use super::runtime;
use super::x509::Fields;
use ring::digest::{SHA256, digest};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use std::fmt;
use std::sync::Arc;

/// What a caller may set about trust.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    skip_check: bool,
    ca_only: bool,
    certificates: Vec<CertificateDer<'static>>,
    fingerprint: Option<[u8; 32]>,
}

/// Larger files are no certificate files.
const MAX_FILE: u64 = 4 * 1024 * 1024;

impl Trust {
    pub(crate) fn set_skip_check(&mut self, skip: bool) -> Result<()> {
        self.skip_check = skip;
        Ok(())
    }

    pub(crate) fn set_ca_only(&mut self, only: bool) -> Result<()> {
        self.ca_only = only;
        Ok(())
    }

    /// Whether any certificate will do. A fingerprint, which is stricter, wins over the skipped check.
    pub(crate) fn accepts_anything(&self) -> bool {
        self.skip_check && self.fingerprint.is_none()
    }

    /// Adds the certificates of a PEM text.
    pub(crate) fn add_pem(&mut self, pem: &[u8], source: &str) -> Result<()> {
        let refuse = |why: &str| {
            Err(Error::new(
                Code::Trust,
                format!("{source} cannot be used for trust: {why}"),
            ))
        };
        let mut found = Vec::new();
        let pem = plain_pem(pem);
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            match certificate {
                Ok(certificate) => found.push(certificate),
                Err(_) => {
                    return refuse("a certificate in it is damaged; each stands between BEGIN and END CERTIFICATE");
                }
            }
        }
        if found.is_empty() {
            return refuse("there is no certificate in PEM form in it (-----BEGIN CERTIFICATE-----)");
        }
        for certificate in &found {
            if RootCertStore::empty().add(certificate.clone()).is_err() {
                return refuse("a certificate in it cannot be read as X.509");
            }
        }
        self.certificates.extend(found);
        Ok(())
    }

    /// Adds the certificates of a file, PEM or DER.
    pub(crate) fn add_file(&mut self, path: &str) -> Result<()> {
        let refuse = |why: String, os: Option<i32>| {
            Err(Error::new(
                Code::Trust,
                format!("the certificate file {path} cannot be used: {why}"),
            )
            .with_os_error(os))
        };
        match std::fs::metadata(path) {
            Ok(facts) if facts.len() > MAX_FILE => return refuse("it is larger than 4 MiB".into(), None),
            Ok(facts) if !facts.is_file() => return refuse("it is no file".into(), None),
            _ => {}
        }
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return refuse(error.to_string(), error.raw_os_error()),
        };
        if bytes.is_empty() {
            return refuse("it is empty".into(), None);
        }
        if bytes.starts_with(&[0x30]) {
            let certificate = CertificateDer::from(bytes);
            if RootCertStore::empty().add(certificate.clone()).is_err() {
                return refuse("it is no X.509 certificate in DER form".into(), None);
            }
            self.certificates.push(certificate);
            return Ok(());
        }
        self.add_pem(&bytes, &format!("the certificate file {path}"))
    }

    /// Pins the server's certificate by the SHA-256 of its DER form.
    pub(crate) fn set_fingerprint(&mut self, text: &str) -> Result<()> {
        let text = text.trim();
        let text = text
            .strip_prefix("SHA256:")
            .or_else(|| text.strip_prefix("sha256:"))
            .unwrap_or(text);
        let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b':' | b' ')).collect();
        let mut fingerprint = [0; 32];
        let valid = digits.len() == 64
            && digits.chunks(2).zip(&mut fingerprint).all(|(pair, byte)| {
                match ((pair[0] as char).to_digit(16), (pair[1] as char).to_digit(16)) {
                    (Some(high), Some(low)) => {
                        *byte = (high * 16 + low) as u8;
                        true
                    }
                    _ => false,
                }
            });
        if !valid {
            return Err(Error::new(
                Code::Argument,
                "a fingerprint is the SHA-256 of the server's certificate: 64 hexadecimal digits, with or without colons. `openssl x509 -noout -fingerprint -sha256 -in cert.pem` prints it",
            ));
        }
        self.fingerprint = Some(fingerprint);
        Ok(())
    }

    /// Builds the TLS configuration; reads the system's authorities where they are needed.
    pub(crate) fn client_config(&self) -> Result<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Verifier {
            authorities: if self.skip_check || self.fingerprint.is_some() {
                Authorities::default()
            } else {
                self.authorities(&provider)?
            },
            algorithms: provider.signature_verification_algorithms,
            trust: self.clone(),
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::new(Code::Internal, format!("TLS cannot be set up: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(config)
    }

    fn authorities(&self, provider: &Arc<CryptoProvider>) -> Result<Authorities> {
        let mut authorities = Authorities::default();
        if !self.certificates.is_empty() {
            let given = only(&self.certificates, provider).map_err(|error| {
                Error::new(
                    Code::Trust,
                    format!("the certificates to trust cannot be used: {error}"),
                )
            })?;
            authorities.given = Some(given);
        }
        if self.ca_only {
            if authorities.given.is_none() {
                return Err(Error::new(
                    Code::Trust,
                    "only given certificates are to be trusted, and none was given; name a certificate file",
                ));
            }
            return Ok(authorities);
        }
        match rustls_platform_verifier::Verifier::new(Arc::clone(provider)) {
            Ok(verifier) => authorities.system = Some(Arc::new(verifier)),
            // A small container may have none, and the given ones do.
            Err(error) if authorities.given.is_some() => {
                log::info(format_args!("the system's certificates cannot be used: {error}"));
            }
            Err(error) => {
                return Err(Error::new(
                    Code::Trust,
                    format!(
                        "the system's certificates cannot be used: {error}. Install the system's CA certificates, or name a certificate file"
                    ),
                ));
            }
        }
        Ok(authorities)
    }
}

/// PEM as editors and mails leave it: with a byte order mark, in UTF-16, indented.
fn plain_pem(pem: &[u8]) -> Vec<u8> {
    let utf16 = |decode: fn([u8; 2]) -> u16| -> String {
        let units = pem[2..].chunks_exact(2).map(|pair| decode([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect()
    };
    let text = match pem {
        [0xFF, 0xFE, ..] => utf16(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => utf16(u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(pem).into_owned(),
    };
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n").into_bytes()
}

/// A verifier for which these certificates and no others are authorities.
fn only(
    certificates: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> std::result::Result<Arc<dyn ServerCertVerifier>, rustls::client::VerifierBuilderError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates.iter().cloned());
    let verifier: Arc<dyn ServerCertVerifier> =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build()?;
    Ok(verifier)
}

/// Why a certificate was refused, with the fingerprint that would accept it. Travels inside the TLS error.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) why: String,
    pub(super) fingerprint: String,
    /// Trusting another authority may make it acceptable.
    pub(super) authority_would_help: bool,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Refused {}

/// Who vouches for servers. Nobody where a pin or nothing at all decides.
#[derive(Debug, Default)]
struct Authorities {
    /// Those that the caller has named. Asked first: they answer at once, where the system may look for a revocation
    /// list in a network that has none.
    given: Option<Arc<dyn ServerCertVerifier>>,
    system: Option<Arc<dyn ServerCertVerifier>>,
}

impl Authorities {
    /// Whether any of them vouches for the server; `None` where there are none. `ask` is put to each.
    fn vouch<T>(
        &self,
        ask: impl Fn(&dyn ServerCertVerifier) -> std::result::Result<T, rustls::Error>,
    ) -> Option<std::result::Result<T, rustls::Error>> {
        use CertificateError as E;
        let given = self.given.as_ref().map(|given| ask(given.as_ref()));
        let system = match (&given, &self.system) {
            (_, None) | (Some(Ok(_)), _) => return given,
            // No other authority would think otherwise of these.
            (
                Some(Err(rustls::Error::InvalidCertificate(
                    E::Expired
                    | E::ExpiredContext { .. }
                    | E::NotValidYet
                    | E::NotValidYetContext { .. }
                    | E::NotValidForName
                    | E::NotValidForNameContext { .. },
                ))),
                _,
            ) => return given,
            (_, Some(system)) => runtime::in_place(|| ask(system.as_ref())),
        };
        match (system, given) {
            // Who knows the issuer knows more.
            (Err(_), Some(Err(error))) if error != rustls::Error::InvalidCertificate(E::UnknownIssuer) => {
                Some(Err(error))
            }
            (system, _) => Some(system),
        }
    }
}

#[derive(Debug)]
struct Verifier {
    authorities: Authorities,
    algorithms: WebPkiSupportedAlgorithms,
    trust: Trust,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        if self.trust.accepts_anything() {
            return Ok(ServerCertVerified::assertion());
        }
        let shown = digest(&SHA256, leaf);
        let refused = |why: String, authority_would_help: bool| {
            let refused = Refused {
                why,
                fingerprint: hex(shown.as_ref()),
                authority_would_help,
            };
            Err(rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(
                Arc::new(refused),
            ))))
        };
        let refuse = |why: String| refused(why, false);
        if let Some(pinned) = &self.trust.fingerprint {
            if shown.as_ref() == pinned {
                return Ok(ServerCertVerified::assertion());
            }
            return refuse("it is not the one whose fingerprint was given; either the server has a new certificate, or somebody stands between".into());
        }
        let vouched = self
            .authorities
            .vouch(|authority| authority.verify_server_cert(leaf, intermediates, server, ocsp, now));
        let error = match vouched {
            None => return refuse("nothing is trusted".into()),
            Some(Ok(verified)) => return Ok(verified),
            Some(Err(error)) => error,
        };
        let rustls::Error::InvalidCertificate(error) = error else {
            return refuse(error.to_string());
        };
        use CertificateError as E;
        let fields = Fields::read(leaf);
        let name = server.to_str();
        match error {
            E::Expired | E::ExpiredContext { .. } => refuse("it has expired".into()),
            E::NotValidYet | E::NotValidYetContext { .. } => {
                refuse("it is not valid yet, by this computer's clock, which may be wrong".into())
            }
            E::Revoked => refuse("it was revoked".into()),
            E::NotValidForName | E::NotValidForNameContext { .. } => refuse(wrong_name(&name, &error)),
            // A self-signed certificate that is itself marked as an authority, and was given as trusted: the
            // authority check forbids it as a server's, but the caller named this very certificate.
            _ if self
                .trust
                .certificates
                .iter()
                .any(|given| given.as_ref() == leaf.as_ref())
                && fields.as_ref().is_some_and(|fields| fields.version == 3) =>
            {
                let parsed = ParsedCertificate::try_from(leaf)?;
                match rustls::client::verify_server_name(&parsed, server) {
                    Ok(()) => Ok(ServerCertVerified::assertion()),
                    Err(rustls::Error::InvalidCertificate(error)) => refuse(wrong_name(&name, &error)),
                    Err(error) => refuse(error.to_string()),
                }
            }
            error => match fields {
                Some(fields) if fields.version < 3 => refuse(format!(
                    "it is {} of X.509 version {}, which cannot name a host, so no authority can vouch for it; only its fingerprint can be trusted",
                    if fields.is_self_issued() {
                        "a self-signed certificate"
                    } else {
                        "a certificate"
                    },
                    fields.version
                )),
                Some(fields) if fields.is_self_issued() => refused("it is self-signed".to_owned(), true),
                _ if matches!(error, E::UnknownIssuer) => {
                    refused("it was issued by an authority that is not known here".to_owned(), true)
                }
                _ => refused(error.to_string(), true),
            },
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, certificate, signature, verify_tls12_signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, certificate, signature, verify_tls13_signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

type VerifySignature = fn(
    &[u8],
    &CertificateDer<'_>,
    &DigitallySignedStruct,
    &WebPkiSupportedAlgorithms,
) -> std::result::Result<HandshakeSignatureValid, rustls::Error>;

impl Verifier {
    /// Checks that the server has the key of its certificate.
    fn verify_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
        verify: VerifySignature,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        if self.trust.accepts_anything() {
            // Where any certificate will do, its key proves nothing, and old or weak ones are no reason to fail.
            return Ok(HandshakeSignatureValid::assertion());
        }
        let error = match verify(message, certificate, signature, &self.algorithms) {
            Ok(valid) => return Ok(valid),
            Err(error) => error,
        };
        // With a fingerprint a certificate of version 1 may come this far, which the usual check cannot read.
        let Some(fields) = Fields::read(certificate).filter(|fields| fields.version < 3) else {
            return Err(error);
        };
        let fits = self
            .algorithms
            .mapping
            .iter()
            .filter(|(scheme, _)| *scheme == signature.scheme)
            .flat_map(|(_, algorithms)| algorithms.iter())
            .filter(|algorithm| algorithm.public_key_alg_id().as_ref() == fields.key_algorithm)
            .any(|algorithm| {
                algorithm
                    .verify_signature(fields.key, message, signature.signature())
                    .is_ok()
            });
        if fits {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(error)
        }
    }
}

/// Why a certificate does not fit the server's name, with the names that it has.
fn wrong_name(wanted: &str, error: &CertificateError) -> String {
    let presented: Vec<&str> = match error {
        // As webpki writes them: DnsName("a.example"), IpAddress(10.0.0.1).
        CertificateError::NotValidForNameContext { presented, .. } => presented
            .iter()
            .map(|name| {
                name.split_once('(')
                    .map_or(name.as_str(), |(_, rest)| rest.trim_end_matches(')'))
                    .trim_matches('"')
            })
            .collect(),
        _ => Vec::new(),
    };
    if presented.is_empty() {
        format!(
            "it has no subject alternative name, which alone counts (a common name does not), so it is not valid for the name {wanted}"
        )
    } else {
        format!(
            "it is not valid for the name {wanted}, but for {}",
            presented.join(", ")
        )
    }
}

/// A fingerprint as people compare it: `ab:cd:…`.
fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_in_every_usual_form() {
        let digits = "00ff".repeat(16);
        let colons: Vec<_> = digits
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).unwrap())
            .collect();
        for text in [
            digits.clone(),
            digits.to_uppercase(),
            colons.join(":"),
            format!("SHA256:{digits}\n"),
        ] {
            let mut trust = Trust::default();
            trust.set_fingerprint(&text).unwrap();
            assert_eq!(trust.fingerprint.unwrap()[..2], [0, 255]);
        }
        for text in ["", "00", &"00".repeat(20), &"0g".repeat(32), &"00".repeat(33)] {
            assert!(Trust::default().set_fingerprint(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_refused_at_once() {
        let mut trust = Trust::default();
        for pem in [
            "",
            "text",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n",
        ] {
            assert_eq!(
                trust.add_pem(pem.as_bytes(), "it").unwrap_err().code(),
                Code::Trust,
                "{pem}"
            );
        }
        assert_eq!(trust.add_file("/does/not/exist.pem").unwrap_err().code(), Code::Trust);
        trust.set_ca_only(true).unwrap();
        assert_eq!(trust.client_config().unwrap_err().code(), Code::Trust);
    }
}
