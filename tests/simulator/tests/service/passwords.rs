//! Signing in with a password.

use crate::support::{Bench, send};

const ACCEPT: &str = "application/json;version=37.2";

#[tokio::test]
async fn a_password_opens_a_session() {
    let bench = Bench::new();
    let password = bench.simulator.user_password("Tyrell", "roy").expect("roy");
    let answer = bench.sign_in("", "tyrell", "roy", &password).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-vmware-vcloud-token-type"), "Bearer");
    assert_eq!(answer.json()["user"]["name"], "roy");
    let token = answer.header("x-vmware-vcloud-access-token");
    assert!(token.starts_with("eyJ"), "no JWT");
    let id = answer.json()["id"].as_str().expect("an identifier").to_owned();
    let path = format!("/cloudapi/1.0.0/sessions/{id}");
    for path in ["/cloudapi/1.0.0/sessions/current", &path] {
        assert_eq!(bench.get(path, token).await.json()["id"], id.as_str(), "{path}");
    }
    // Sessions are shown to whom they belong, and end by their identifier as well.
    let other = bench.with_password("Tyrell", "rachael").await;
    assert_eq!(bench.get(&path, &other).await.status, 403);
    let all = bench.get("/cloudapi/1.0.0/sessions", token).await.json();
    assert_eq!(
        (&all["resultTotal"], &all["values"][0]["id"]),
        (&1.into(), &id.as_str().into())
    );
    let end = bench.request("DELETE", &path, token).header("Accept", ACCEPT);
    assert_eq!(send(end).await.status, 204);
    assert_eq!(bench.get("/cloudapi/1.0.0/sessions/current", token).await.status, 401);
}

#[tokio::test]
async fn each_door_is_for_its_own() {
    let bench = Bench::new();
    let password = |organization: &str, user: &str| {
        let password = bench.simulator.user_password(organization, user);
        password.expect("a user")
    };
    let (roy, administrator) = (password("Tyrell", "roy"), password("System", "administrator"));
    let provider = bench
        .sign_in("/provider", "System", "administrator", &administrator)
        .await;
    assert_eq!(
        (provider.status.as_u16(), &provider.json()["org"]["name"]),
        (200, &"System".into())
    );
    for (door, organization, user, password) in [
        ("/provider", "Tyrell", "roy", roy.as_str()),
        ("", "System", "administrator", &administrator),
        ("", "Tyrell", "roy", "wrong"),
        ("", "Tyrell", "roy", ""),
        ("", "Tyrell", "nobody", &roy),
        ("", "Wallace", "roy", &roy),
    ] {
        let answer = bench.sign_in(door, organization, user, password).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (401, 0), "{door} {user}");
        assert_eq!(answer.header("x-vmware-vcloud-access-token"), "");
    }
    for header in ["Bearer x", "Basic", "Basic !", "Basic cm95", "Basic cm95OnB3"] {
        let request = bench.client.post(bench.url("/cloudapi/1.0.0/sessions"));
        let request = request.header("Authorization", header).header("Accept", ACCEPT);
        assert_eq!(send(request).await.status, 401, "{header}");
    }
    let answer = send(bench.client.post(bench.url("/cloudapi/1.0.0/sessions"))).await;
    assert_eq!(answer.status, 406);
}

#[tokio::test]
async fn passwords_can_be_chosen_and_are_told() {
    let config = vcd_simulator::Config {
        seed_passwords: Some(vec![vcd_simulator::SeedPassword {
            organization: "Tyrell".to_owned(),
            user: "roy".to_owned(),
            password: "time:to@die".to_owned(),
        }]),
        ..vcd_simulator::Config::default()
    };
    let bench = Bench::with(config);
    assert_eq!(bench.sign_in("", "Tyrell", "roy", "time:to@die").await.status, 200);
    let info: serde_json::Value = serde_json::from_str(&bench.simulator.info_json()).expect("JSON");
    let users = info["users"].as_array().expect("users");
    let roy = users.iter().find(|user| user["user"] == "roy").expect("roy");
    assert_eq!(roy["password"], "time:to@die");
    let other = users
        .iter()
        .find(|user| user["user"] == "administrator")
        .expect("a user");
    assert_eq!(other["password"].as_str().map(str::len), Some(16));
}
