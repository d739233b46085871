//! Service accounts: registered, granted access by device code, and with refresh tokens that rotate.

use std::time::Duration;

use serde_json::{Value, json};
use vcd_simulator::{ApiVersionEntry, Fault, FaultKind, Rotation};

use crate::support::{Answer, Bench, send};

const ACCOUNTS: &str = "/cloudapi/1.0.0/serviceAccounts";
const LOOKUP: &str = "/cloudapi/1.0.0/deviceLookup";
const CURRENT: &str = "/cloudapi/1.0.0/sessions/current";
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const TYRELL: &str = "7e5f1fe3-80cc-41e8-bf72-d40caf54418e";

/// A service account of Tyrell, and roy, who looks after it.
struct Account {
    bench: Bench,
    roy: String,
    id: String,
}

impl Account {
    async fn new() -> Self {
        let bench = Bench::new();
        bench.simulator.set_device_interval(Duration::ZERO);
        let roy = bench.with_password("Tyrell", "roy").await;
        let answer = bench.register("tenant/Tyrell", &roy, registration("backup")).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let id = answer.json()["client_id"].as_str().expect("a UUID").to_owned();
        Self { bench, roy, id }
    }

    fn path(&self) -> String {
        format!("{ACCOUNTS}/urn:vcloud:serviceAccount:{}", self.id)
    }

    async fn status(&self) -> String {
        let account = self.bench.get(&self.path(), &self.roy).await.json();
        account["status"].as_str().expect("a status").to_owned()
    }

    async fn authorize(&self) -> Value {
        let form = [("client_id", self.id.as_str())];
        let answer = self.bench.form("tenant/Tyrell/device_authorization", &form).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    async fn poll(&self, codes: &Value) -> Answer {
        let code = codes["device_code"].as_str().expect("a code");
        let form = [
            ("grant_type", DEVICE_CODE),
            ("client_id", &self.id),
            ("device_code", code),
        ];
        self.bench.form("tenant/Tyrell/token", &form).await
    }

    async fn poll_code(&self, codes: &Value) -> String {
        let answer = self.poll(codes).await;
        assert_eq!(answer.status, 400);
        answer.json()["minorErrorCode"].as_str().expect("a code").to_owned()
    }

    async fn decide(&self, call: &str, codes: &Value, session: &str) -> Answer {
        let body = json!({"userCode": codes["user_code"]});
        self.bench
            .call("POST", &format!("{LOOKUP}{call}"), session, Some(body))
            .await
    }

    /// Its first refresh token.
    async fn activate(&self) -> String {
        let codes = self.authorize().await;
        assert_eq!(self.decide("/grant", &codes, &self.roy).await.status, 204);
        let answer = self.poll(&codes).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        refresh_token(&answer)
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.bench.exchange("tenant/Tyrell", token).await
    }
}

fn registration(name: &str) -> Value {
    json!({
        "client_name": name,
        "software_id": "8a3b6c4e-0e5b-4c0a-9a7e-0d6f2f3c1b2a",
        "scope": "urn:vcloud:role:vApp%20Author",
        "software_version": "1.2",
        "client_uri": "https://backup.example.com"
    })
}

fn refresh_token(answer: &Answer) -> String {
    answer.json()["refresh_token"]
        .as_str()
        .expect("a refresh token")
        .to_owned()
}

#[tokio::test]
async fn a_service_account_lives_through_all_its_states() {
    let account = Account::new().await;
    let bench = &account.bench;
    assert_eq!(account.status().await, "CREATED");
    let codes = account.authorize().await;
    assert_eq!(
        (codes["interval"].as_u64(), codes["expires_in"].as_u64()),
        (Some(0), Some(3600))
    );
    let place = codes["verification_uri"].as_str().expect("an address");
    assert!(place.starts_with(&bench.simulator.url()), "{place}");
    assert_eq!(account.status().await, "REQUESTED");
    assert_eq!(account.poll_code(&codes).await, "authorization_pending");

    let found = account.decide("", &codes, &account.roy).await;
    assert_eq!((found.status.as_u16(), found.body.len()), (303, 0));
    assert_eq!(found.header("location"), bench.url(&account.path()));
    assert_eq!(account.decide("/grant", &codes, &account.roy).await.status, 204);
    assert_eq!(account.status().await, "GRANTED");
    let answer = account.poll(&codes).await;
    assert_eq!(answer.status, 200);
    assert_eq!(account.status().await, "ACTIVE");
    assert_eq!(account.poll_code(&codes).await, "invalid_grant");

    // Its session says who it is, and may not do what only people may.
    let access = answer.json()["access_token"].as_str().expect("a token").to_owned();
    let session = bench.get(CURRENT, &access).await.json();
    assert_eq!(
        (&session["user"]["name"], &session["roles"][0]),
        (&json!("backup"), &json!("vApp Author"))
    );
    assert_eq!(bench.get("/cloudapi/1.0.0/tokens", &access).await.status, 403);

    // Its access is revoked, and with it the session.
    let revoke = format!("{}/revoke", account.path());
    assert_eq!(bench.call("POST", &revoke, &account.roy, None).await.status, 204);
    assert_eq!(account.status().await, "CREATED");
    assert_eq!(bench.get(CURRENT, &access).await.status, 401);
    assert_eq!(account.refresh(&refresh_token(&answer)).await.status, 400);

    let gone = bench.call("DELETE", &account.path(), &account.roy, None).await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (202, 0));
    assert!(gone.header("location").contains("/api/task/"));
    assert_eq!(bench.get(&account.path(), &account.roy).await.status, 403);
}

#[tokio::test]
async fn devices_wait_and_are_told_what_for() {
    let account = Account::new().await;
    let simulator = &account.bench.simulator;
    simulator.set_device_interval(Duration::from_secs(60));
    let codes = account.authorize().await;
    assert_eq!(account.poll_code(&codes).await, "authorization_pending");
    assert_eq!(account.poll_code(&codes).await, "slow_down");

    // No interval is too long.
    simulator.set_device_interval(Duration::MAX);
    let codes = account.authorize().await;
    for code in ["authorization_pending", "slow_down", "slow_down"] {
        assert_eq!(account.poll_code(&codes).await, code);
    }

    simulator.set_device_interval(Duration::ZERO);
    let codes = account.authorize().await;
    assert_eq!(account.decide("/deny", &codes, &account.roy).await.status, 204);
    for _ in 0..2 {
        assert_eq!(account.poll_code(&codes).await, "access_denied");
    }
    assert_eq!(account.status().await, "CREATED");

    simulator.set_device_lifetime(Duration::ZERO);
    let codes = account.authorize().await;
    assert_eq!(account.poll_code(&codes).await, "expired_token");
    assert_eq!(account.decide("/grant", &codes, &account.roy).await.status, 404);
    assert_eq!(account.status().await, "CREATED");
    assert_eq!(account.poll_code(&json!({"device_code": "x"})).await, "invalid_grant");

    for (realm, client) in [
        ("tenant/Wallace", account.id.as_str()),
        ("tenant/Tyrell", "x"),
        ("provider", &account.id),
    ] {
        let path = format!("{realm}/device_authorization");
        let answer = account.bench.form(&path, &[("client_id", client)]).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["minorErrorCode"]),
            (400, &json!("invalid_client"))
        );
    }
}

#[tokio::test]
async fn a_device_that_asks_too_soon_waits_longer_from_then_on() {
    let account = Account::new().await;
    account.bench.simulator.set_device_interval(Duration::from_millis(1));
    let codes = account.authorize().await;
    account.poll(&codes).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(account.poll_code(&codes).await, "authorization_pending");
    account.bench.simulator.set_device_interval(Duration::from_millis(500));
    let codes = account.authorize().await;
    account.poll(&codes).await;
    assert_eq!(account.poll_code(&codes).await, "slow_down");
    tokio::time::sleep(Duration::from_millis(600)).await;
    // Half a second was enough before, and is not any more.
    assert_eq!(account.poll_code(&codes).await, "slow_down");
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_twice_it_ends_the_grant() {
    let account = Account::new().await;
    let first = account.activate().await;
    // At the wrong endpoint it is not used up.
    assert_eq!(account.bench.exchange("tenant/Wallace", &first).await.status, 400);
    let answer = account.refresh(&first).await;
    let second = refresh_token(&answer);
    assert!(second.len() == 32 && second != first, "it does not rotate");
    let third = refresh_token(&account.refresh(&second).await);
    assert_eq!(account.bench.simulator.rotations(), 2);
    let control = format!("{}/service-accounts", account.bench.simulator.control_url());
    let shown = send(account.bench.client.get(control)).await.json();
    assert_eq!(
        (&shown[0]["name"], &shown[0]["status"]),
        (&json!("backup"), &json!("ACTIVE"))
    );
    assert!(shown[0]["refreshToken"] == third.as_str(), "another token is shown");

    for token in [&first, &third, &second] {
        assert_eq!(account.refresh(token).await.json()["minorErrorCode"], "invalid_grant");
    }
    assert_eq!(account.bench.simulator.killed_grants(), 1);
    assert_eq!(account.status().await, "CREATED");
    let access = answer.json()["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(account.bench.get(CURRENT, &access).await.status, 401);

    // What is left of an old grant does no harm to a new one.
    let fresh = account.activate().await;
    assert_eq!(account.refresh(&first).await.status, 400);
    assert_eq!(account.refresh(&fresh).await.status, 200);
    assert_eq!(account.bench.simulator.killed_grants(), 1);
    account.bench.simulator.reset();
    assert_eq!(account.bench.simulator.rotations(), 0);
    assert_eq!(account.refresh(&fresh).await.status, 400);
}

#[tokio::test]
async fn rotation_can_be_off_in_two_ways() {
    let account = Account::new().await;
    let token = account.activate().await;
    account.bench.simulator.set_rotation(Rotation::Null);
    for _ in 0..2 {
        assert_eq!(account.refresh(&token).await.json()["refresh_token"], Value::Null);
    }
    account.bench.simulator.set_rotation(Rotation::Same);
    for _ in 0..2 {
        assert!(
            refresh_token(&account.refresh(&token).await) == token,
            "it is another one"
        );
    }
    assert_eq!(account.bench.simulator.rotations(), 0);
    assert_eq!(account.status().await, "ACTIVE");
    let form = [("client_id", account.id.as_str())];
    let again = account.bench.form("tenant/Tyrell/device_authorization", &form).await;
    assert_eq!(again.json()["minorErrorCode"], "invalid_request");
}

#[tokio::test]
async fn only_administrators_with_a_password_decide() {
    let account = Account::new().await;
    let bench = &account.bench;
    let codes = account.authorize().await;
    for session in [bench.with_password("Tyrell", "rachael").await, bench.tenant().await] {
        for call in ["", "/grant", "/deny"] {
            assert_eq!(account.decide(call, &codes, &session).await.status, 403, "{call}");
        }
    }
    // The provider has to say whom it acts for; another organisation has no such code.
    let provider = bench.with_password("System", "administrator").await;
    let other = bench.with_password("Wallace", "admin").await;
    for session in [&provider, &other] {
        assert_eq!(account.decide("/grant", &codes, session).await.status, 404);
    }
    assert_eq!(
        account
            .decide("/grant", &json!({"user_code": 7}), &provider)
            .await
            .status,
        400
    );
    let body = json!({"userCode": codes["user_code"].as_str().map(str::to_lowercase)});
    let request = bench
        .request("POST", &format!("{LOOKUP}/grant"), &provider)
        .body(body.to_string());
    let request = request.header("Accept", "application/json;version=37.2");
    let granted = send(request.header("X-VMWARE-VCLOUD-TENANT-CONTEXT", TYRELL)).await;
    assert_eq!(granted.status, 204, "{}", granted.text());
    assert_eq!(account.poll(&codes).await.status, 200);
}

#[tokio::test]
async fn registration_of_service_accounts_is_checked() {
    let account = Account::new().await;
    let bench = &account.bench;
    let rachael = bench.with_password("Tyrell", "rachael").await;
    let made_by_token = bench.tenant().await;
    for session in [&rachael, &made_by_token] {
        let answer = bench.register("tenant/Tyrell", session, registration("other")).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text().contains("[Service Account: Manage]"), "{}", answer.text());
    }
    let mut no_uuid = registration("other");
    no_uuid["software_id"] = json!("x");
    let mut no_role = registration("other");
    no_role["scope"] = json!("urn:vcloud:role:Emperor");
    let mut provider_role = registration("other");
    provider_role["scope"] = json!("urn:vcloud:role:System%20Administrator");
    for (body, code) in [
        (registration("Backup"), "invalid_client_metadata"),
        (no_uuid, "invalid_client_metadata"),
        (no_role, "invalid_scope"),
        (provider_role, "invalid_scope"),
    ] {
        let answer = bench.register("tenant/Tyrell", &account.roy, body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["minorErrorCode"]),
            (400, &json!(code))
        );
    }
    // The provider makes accounts for itself and for others.
    let provider = bench.with_password("System", "administrator").await;
    let own = json!({"client_name": "own", "software_id": TYRELL});
    assert_eq!(bench.register("provider", &provider, own).await.status, 201);
    assert_eq!(
        bench
            .register("tenant/Tyrell", &provider, registration("other"))
            .await
            .status,
        201
    );
    assert_eq!(
        bench
            .register("tenant/Nobody", &provider, registration("other"))
            .await
            .status,
        403
    );
    assert_eq!(bench.get(ACCOUNTS, &provider).await.json()["resultTotal"], 3);
    assert_eq!(bench.get(ACCOUNTS, &account.roy).await.json()["resultTotal"], 2);
}

#[tokio::test]
async fn accounts_are_listed_and_changed() {
    let account = Account::new().await;
    let bench = &account.bench;
    for number in 0..40 {
        let answer = bench
            .register("tenant/Tyrell", &account.roy, registration(&format!("sa-{number:02}")))
            .await;
        assert_eq!(answer.status, 201);
    }
    let page = bench
        .get(&format!("{ACCOUNTS}?pageSize=128"), &account.roy)
        .await
        .json();
    assert_eq!(
        (page["pageSize"].as_u64(), page["pageCount"].as_u64()),
        (Some(32), Some(2))
    );
    let filtered = bench
        .get(&format!("{ACCOUNTS}?filter=name==sa-0*;status==CREATED"), &account.roy)
        .await;
    assert_eq!(filtered.json()["resultTotal"], 10);
    // Who may not manage them sees less of them.
    let rachael = bench.with_password("Tyrell", "rachael").await;
    let seen = bench.get(&account.path(), &rachael).await.json();
    assert_eq!((&seen["name"], &seen["status"]), (&json!("backup"), &Value::Null));
    assert_eq!(bench.call("DELETE", &account.path(), &rachael, None).await.status, 403);

    // Whether their tokens rotate is told from 39.0 on.
    let versions = ["37.2", "39.0"].map(ApiVersionEntry::current);
    bench.simulator.set_api_versions(versions.into());
    let newer = bench.get_in("39.0", &account.path(), &account.roy).await.json();
    assert_eq!(newer["requireRotation"], true);
    assert!(seen.get("requireRotation").is_none());

    let mut change = bench.get(&account.path(), &account.roy).await.json();
    assert_eq!(change["role"]["name"], "vApp Author");
    change["name"] = json!("copies");
    change["role"]["id"] = json!("urn:vcloud:role:Catalog Author");
    let changed = bench
        .call("PUT", &account.path(), &account.roy, Some(change.clone()))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(changed.json()["role"]["name"], "Catalog Author");
    change["name"] = json!("sa-00");
    assert_eq!(
        bench
            .call("PUT", &account.path(), &account.roy, Some(change))
            .await
            .status,
        400
    );
    assert_eq!(
        bench
            .call("PUT", &account.path(), &account.roy, Some(json!(1)))
            .await
            .status,
        400
    );
    // They came with 37.0.
    bench.simulator.reset();
    assert_eq!(bench.get_in("36.3", ACCOUNTS, &account.roy).await.status, 404);
}

#[tokio::test]
async fn a_rotation_whose_answer_is_lost_has_happened() {
    let account = Account::new().await;
    let token = account.activate().await;
    account
        .bench
        .simulator
        .fault(Fault::new(FaultKind::LostResponse).on_path("/oauth"));
    // A client of its own, so that it does not try again on another connection.
    let client = crate::support::client_trusting(&account.bench.simulator.ca_pem());
    let form = format!("grant_type=refresh_token&refresh_token={token}");
    let request = client.post(account.bench.url("/oauth/tenant/Tyrell/token")).body(form);
    assert!(crate::support::try_send(request).await.is_err(), "it is answered");
    assert_eq!(account.bench.simulator.rotations(), 1);
    assert_eq!(account.refresh(&token).await.status, 400);
    assert_eq!(account.bench.simulator.killed_grants(), 1);
}
