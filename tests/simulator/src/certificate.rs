//! The certificate authority and the kinds of server certificate.

use std::io;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

/// What a server certificate is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CertificateKind {
    /// Signed by the simulator's CA for localhost, 127.0.0.1 and ::1.
    #[default]
    Good,
    /// Signed by itself; the names are right.
    SelfSigned,
    /// Signed by itself with `CN=localhost` and no subject alternative name, as old cells have it.
    SelfSignedCommonNameOnly,
    /// A CA certificate, signed by itself, served as if it were a server's.
    CaAsLeaf,
    /// Signed by the CA, but its time is over.
    Expired,
    /// Signed by the CA, but its time has not come.
    NotYetValid,
    /// Signed by the CA for another host.
    WrongName,
}

impl CertificateKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Good,
        Self::SelfSigned,
        Self::SelfSignedCommonNameOnly,
        Self::CaAsLeaf,
        Self::Expired,
        Self::NotYetValid,
        Self::WrongName,
    ];

    /// The name on the command line and at the control endpoint.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::SelfSigned => "self-signed",
            Self::SelfSignedCommonNameOnly => "self-signed-common-name-only",
            Self::CaAsLeaf => "ca-as-leaf",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::WrongName => "wrong-name",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn signs_itself(self) -> bool {
        matches!(self, Self::SelfSigned | Self::SelfSignedCommonNameOnly | Self::CaAsLeaf)
    }
}

/// The CA of one simulator.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate ready to be served.
pub struct ServerIdentity {
    /// What the TLS listener works with.
    pub tls: Arc<ServerConfig>,
    /// What a client has to trust, as PEM.
    pub trust_pem: String,
    /// SHA-256 of the certificate, lower-case hexadecimal.
    pub fingerprint: String,
}

impl Authority {
    /// Makes a CA with a fresh key.
    ///
    /// # Errors
    ///
    /// If the key cannot be made.
    pub fn new() -> io::Result<Self> {
        let mut parameters = parameters("Cloud Director Simulator CA", &[])?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().map_err(io::Error::other)?;
        Ok(Self(
            CertifiedIssuer::self_signed(parameters, key).map_err(io::Error::other)?,
        ))
    }

    /// The CA's certificate.
    pub fn pem(&self) -> String {
        self.certificate().pem()
    }

    fn certificate(&self) -> &Certificate {
        self.0.as_ref()
    }

    /// Makes a server certificate with a fresh key.
    ///
    /// # Errors
    ///
    /// If the key cannot be made.
    pub fn issue(&self, kind: CertificateKind) -> io::Result<ServerIdentity> {
        let parameters = leaf_parameters(kind)?;
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = if kind.signs_itself() {
            parameters.self_signed(&key)
        } else {
            parameters.signed_by(&key, &self.0)
        }
        .map_err(io::Error::other)?;
        let trust_pem = if kind.signs_itself() {
            certificate.pem()
        } else {
            self.pem()
        };
        let fingerprint = ring::digest::digest(&ring::digest::SHA256, certificate.der())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok(ServerIdentity {
            tls: server_config(certificate.der().clone(), key)?,
            trust_pem,
            fingerprint,
        })
    }
}

fn server_config(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> io::Result<Arc<ServerConfig>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn leaf_parameters(kind: CertificateKind) -> io::Result<CertificateParams> {
    let now = OffsetDateTime::now_utc();
    let names: &[&str] = match kind {
        CertificateKind::SelfSignedCommonNameOnly => &[],
        CertificateKind::WrongName => &["another-cell.example.com"],
        _ => &["localhost", "127.0.0.1", "::1"],
    };
    let common_name = if kind == CertificateKind::WrongName {
        "another-cell.example.com"
    } else {
        "localhost"
    };
    let mut parameters = parameters(common_name, names)?;
    match kind {
        CertificateKind::Expired => {
            parameters.not_before = now - Duration::days(60);
            parameters.not_after = now - Duration::days(30);
        }
        CertificateKind::NotYetValid => {
            parameters.not_before = now + Duration::days(30);
            parameters.not_after = now + Duration::days(60);
        }
        _ => {}
    }
    if kind == CertificateKind::CaAsLeaf {
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    } else {
        parameters.is_ca = IsCa::ExplicitNoCa;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    }
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = !kind.signs_itself();
    Ok(parameters)
}

/// Parameters good from yesterday for a year, which is as long as every platform accepts.
fn parameters(common_name: &str, names: &[&str]) -> io::Result<CertificateParams> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut parameters = CertificateParams::new(names).map_err(io::Error::other)?;
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    parameters
        .distinguished_name
        .push(DnType::OrganizationName, "Cloud Director Simulator");
    let now = OffsetDateTime::now_utc();
    parameters.not_before = now - Duration::days(1);
    parameters.not_after = now + Duration::days(364);
    Ok(parameters)
}
