//! The kinds of certificate are what they say.

use vcd_simulator::{CertificateKind, Config, Simulator};

use crate::support::{client_trusting, send, try_send};

#[tokio::test]
async fn the_good_one_is_good_for_all_loopback_names() {
    let simulator = Simulator::start(Config::default()).expect("a simulator");
    let client = client_trusting(&simulator.ca_pem());
    let url = format!("{}/api/versions", simulator.url());
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        if host == "[::1]" && std::net::TcpListener::bind("[::1]:0").is_err() {
            println!("not applicable: no IPv6 here");
            continue;
        }
        let answer = send(client.get(url.replace("localhost", host))).await;
        assert_eq!(answer.status, 200, "{host}");
    }
    assert_eq!(simulator.fingerprint().len(), 64);
}

#[tokio::test]
async fn each_bad_one_fails_for_its_own_reason() {
    let simulator = Simulator::start(Config::default()).expect("a simulator");
    let stranger = Simulator::start(Config::default()).expect("another simulator");
    for (kind, reason) in [
        (CertificateKind::Good, None),
        (CertificateKind::SelfSigned, None),
        (CertificateKind::Expired, Some("Expired")),
        (CertificateKind::NotYetValid, Some("NotValidYet")),
        (CertificateKind::WrongName, Some("NotValidForName")),
        (CertificateKind::SelfSignedCommonNameOnly, Some("NotValidForName")),
        (CertificateKind::CaAsLeaf, Some("CaUsedAsEndEntity")),
    ] {
        let endpoint = simulator.listen(kind).expect("a listener");
        assert_eq!(endpoint.fingerprint.len(), 64);
        assert_ne!(endpoint.fingerprint, simulator.fingerprint());
        let url = format!("{}/api/versions", endpoint.url);
        let pem = std::fs::read_to_string(&endpoint.ca_file).expect("the CA file");
        let result = try_send(client_trusting(&pem).get(&url)).await;
        match (result, reason) {
            (Ok(answer), None) => assert_eq!(answer.status, 200, "{kind:?}"),
            (Err(error), Some(reason)) => {
                let plain = error.replace(' ', "").to_lowercase();
                let known = match reason {
                    "Expired" => "certificateexpired",
                    "NotValidYet" => "certificatenotvalidyet",
                    "NotValidForName" => "certificatenotvalidforname",
                    _ => "causedasendentity",
                };
                assert!(plain.contains(known), "{kind:?}: {error}");
            }
            (result, _) => panic!("{kind:?}: {:?}", result.map(|answer| answer.status)),
        }
        let wrong_ca = try_send(client_trusting(&stranger.ca_pem()).get(&url)).await;
        assert!(wrong_ca.is_err(), "{kind:?} is trusted by strangers");
    }
}

#[test]
fn the_folder_goes_with_the_simulator() {
    let simulator = Simulator::start(Config::default()).expect("a simulator");
    let path = simulator.ca_file().to_owned();
    assert!(path.exists());
    let plain = simulator.plain_url().replace("http://", "");
    drop(simulator);
    assert!(!path.exists());
    assert!(std::net::TcpStream::connect(plain).is_err(), "someone still listens");
}
