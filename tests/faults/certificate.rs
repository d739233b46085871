//! Certificates of the raw servers.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// An authority that the clients of the tests trust.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Authority {
        let mut parameters = CertificateParams::new(Vec::new()).expect("there are no names");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key can be made");
        Authority(CertifiedIssuer::self_signed(parameters, key).expect("it can be signed"))
    }

    pub fn pem(&self) -> String {
        self.0.as_ref().pem()
    }

    pub fn der(&self) -> Vec<u8> {
        self.0.as_ref().der().to_vec()
    }

    /// What a server with these names works with.
    pub fn server(&self, names: &[SanType]) -> Arc<ServerConfig> {
        let mut parameters = CertificateParams::new(Vec::new()).expect("there are no names");
        parameters.subject_alt_names = names.to_vec();
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = parameters.signed_by(&key, &self.0).expect("it can be signed");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider can do them")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("the key belongs to the certificate");
        Arc::new(config)
    }
}

/// The authority of most tests.
pub fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(Authority::new)
}

/// What a server of this machine works with, with a certificate of [`authority`].
pub fn local() -> Arc<ServerConfig> {
    static LOCAL: OnceLock<Arc<ServerConfig>> = OnceLock::new();
    Arc::clone(LOCAL.get_or_init(|| authority().server(&names_of_this_machine())))
}

pub fn names_of_this_machine() -> Vec<SanType> {
    vec![
        SanType::DnsName("localhost".try_into().expect("it is ASCII")),
        SanType::IpAddress("127.0.0.1".parse().expect("it is an address")),
        SanType::IpAddress("::1".parse().expect("it is an address")),
    ]
}
