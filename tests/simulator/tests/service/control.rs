//! The control endpoint.

use serde_json::Value;

use crate::support::{Answer, Bench, send};

const CURRENT: &str = "/cloudapi/1.0.0/sessions/current";

async fn post(bench: &Bench, call: &str) -> Answer {
    send(bench.client.post(format!("{}{call}", bench.simulator.control_url()))).await
}

async fn get(bench: &Bench, call: &str) -> Answer {
    send(bench.client.get(format!("{}{call}", bench.simulator.control_url()))).await
}

#[tokio::test]
async fn everything_about_the_simulator_is_told() {
    let bench = Bench::new();
    let info = get(&bench, "/info").await.json();
    assert_eq!(info["url"], bench.simulator.url());
    assert_eq!(info["plainUrl"], bench.simulator.plain_url());
    assert_eq!(info["controlUrl"], bench.simulator.control_url());
    assert_eq!(info["caFile"], bench.simulator.ca_file().to_str().expect("text"));
    assert_eq!(info["fingerprint"], bench.simulator.fingerprint());
    assert_eq!(info["organizations"][0]["name"], "Tyrell");
    let users = info["users"].as_array().expect("users");
    let token = |organization: &str, user: &str| {
        let found = users
            .iter()
            .find(|known| known["organization"] == organization && known["user"] == user);
        found.map(|user| user["apiToken"].clone()).unwrap_or_default()
    };
    assert!(
        token("Tyrell", "roy") == bench.simulator.tenant_token(),
        "roy's token differs"
    );
    assert!(
        token("System", "administrator") == bench.simulator.provider_token(),
        "another token differs"
    );
}

#[tokio::test]
async fn tokens_and_sessions_are_ended() {
    let bench = Bench::new();
    for call in ["/expire", "/end-sessions"] {
        let token = bench.tenant().await;
        assert_eq!(post(&bench, call).await.status, 204);
        assert_eq!(bench.get(CURRENT, &token).await.status, 401, "{call}");
    }
    let api_token = bench.simulator.tenant_token();
    assert_eq!(post(&bench, &format!("/revoke?token={api_token}")).await.status, 204);
    assert_eq!(bench.exchange("tenant/Tyrell", &api_token).await.status, 400);
    assert_eq!(post(&bench, "/reset").await.status, 204);
    assert_eq!(bench.exchange("tenant/Tyrell", &api_token).await.status, 200);
}

#[tokio::test]
async fn faults_come_by_query_and_by_json() {
    let bench = Bench::new();
    let url = bench.url("/api/versions");
    assert_eq!(
        post(&bench, "/fault?kind=retry-after&status=429&seconds=3&path=/api")
            .await
            .status,
        204
    );
    let answer = send(bench.client.get(&url)).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "3"));

    let json = r#"{"kind": "status", "status": 502, "body": "bad", "contentType": "text/plain",
                   "method": "get", "times": 2, "headers": {"X-From": "proxy"}}"#;
    let request = bench
        .client
        .post(format!("{}/fault", bench.simulator.control_url()))
        .body(json);
    assert_eq!(send(request).await.status, 204);
    for _ in 0..2 {
        let answer = send(bench.client.get(&url)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text().as_str(), answer.header("x-from")),
            (502, "bad", "proxy")
        );
    }
    assert_eq!(send(bench.client.get(&url)).await.status, 200);
}

#[tokio::test]
async fn requests_are_shown_counted_and_waited_for() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    assert_eq!(
        get(&bench, &format!("/wait?path={CURRENT}&timeoutMs=1")).await.status,
        408
    );
    bench.get(CURRENT, &token).await;
    assert_eq!(
        get(&bench, &format!("/wait?path={CURRENT}&timeoutMs=20000"))
            .await
            .status,
        200
    );
    assert_eq!(
        get(&bench, &format!("/wait?path={CURRENT}&event=abort&timeoutMs=1"))
            .await
            .status,
        408
    );
    let requests = get(&bench, "/requests?path=/cloudapi").await.json();
    assert_eq!(requests.as_array().map(Vec::len), Some(1));
    assert_eq!(requests[0]["target"], CURRENT);
    assert_eq!(requests[0]["status"], 200);
    assert_eq!(requests[0]["aborted"], false);
    let headers = requests[0]["headers"].as_array().expect("headers");
    assert!(
        headers
            .iter()
            .any(|header| header["value"] == "application/json;version=37.2")
    );
    let stats = get(&bench, "/stats").await.json();
    let numbers = ["requests", "exchanges", "exchangesOk", "aborted", "connections"].map(|name| stats[name].clone());
    assert_eq!(numbers, [2, 1, 1, 0, 1].map(Value::from));
}

#[tokio::test]
async fn settings_are_changed() {
    let bench = Bench::new();
    let largest = u64::MAX;
    let call = format!("/settings?deviceIntervalSeconds={largest}&deviceLifetimeSeconds={largest}&rotation=same");
    assert_eq!(post(&bench, &call).await.status, 204);
    let call = "/settings?lifetimeSeconds=60&unauthorizedBody=json&oauthErrors=rfc";
    assert_eq!(post(&bench, call).await.status, 204);
    assert_eq!(
        bench
            .exchange("tenant/Tyrell", &bench.simulator.tenant_token())
            .await
            .json()["expires_in"],
        60
    );
    assert_eq!(
        bench.exchange("tenant/Tyrell", "x").await.json()["error"],
        "invalid_grant"
    );
    assert_eq!(bench.get(CURRENT, "x").await.json()["minorErrorCode"], "UNAUTHORIZED");
    post(&bench, "/latency?ms=1").await;
    post(&bench, "/latency?ms=1&path=/api").await;
    assert_eq!(send(bench.client.get(bench.url("/api/versions"))).await.status, 200);
    post(&bench, "/settings?log=off&keepAliveMs=0").await;
    let before = bench.simulator.requests().len();
    bench.get(CURRENT, "x").await;
    assert_eq!(bench.simulator.requests().len(), before);
}

#[tokio::test]
async fn another_certificate_is_served() {
    let bench = Bench::new();
    let endpoint = post(&bench, "/listen?certificate=self-signed").await.json();
    let pem = std::fs::read_to_string(endpoint["caFile"].as_str().expect("a path")).expect("the file");
    let url = format!("{}/api/versions", endpoint["url"].as_str().expect("an address"));
    assert_eq!(send(crate::support::client_trusting(&pem).get(url)).await.status, 200);
}

#[tokio::test]
async fn bad_input_is_answered_with_what_would_be_good() {
    let bench = Bench::new();
    for (call, expected) in [
        ("/nothing", "GET / lists what there is"),
        ("/expire?x=1", "x: this call has no parameters"),
        ("/latency", "ms: is missing"),
        ("/latency?ms=soon", "ms: 'soon' is not a whole number"),
        ("/latency?ms=1&paht=/", "paht: is none of ms, path"),
        ("/fault", "kind: is missing"),
        (
            "/fault?kind=flood",
            "kind: 'flood' is none of status, close-before-response",
        ),
        ("/fault?kind=status&status=99", "status: 99 is not from 200 to 599"),
        ("/fault?kind=redirect", "location: is missing"),
        ("/settings?oauthErrors=x", "oauthErrors: 'x' is none of cloudapi, rfc"),
        ("/listen?certificate=x", "certificate: 'x' is none of good, self-signed"),
        ("/revoke?token=x", "token: there is no such API token"),
        ("/wait?event=x", "event: 'x' is none of request, abort"),
    ] {
        let answer = post(&bench, call).await;
        assert_eq!(answer.status, 400, "{call}");
        assert!(answer.text().contains(expected), "{call}: {}", answer.text());
    }
    // The kinds that the message names are the kinds that there are.
    let text = post(&bench, "/fault?kind=x").await.text();
    let kinds: Vec<&str> = text
        .trim()
        .rsplit("none of ")
        .next()
        .unwrap_or_default()
        .split(", ")
        .collect();
    assert_eq!(kinds.len(), 20);
    for kind in kinds {
        let answer = post(&bench, &format!("/fault?kind={kind}&location=/&ms=1&path=/never")).await;
        assert_eq!(answer.status, 204, "{kind}");
    }
}

#[tokio::test]
async fn the_help_names_every_fault_and_every_setting() {
    let bench = Bench::new();
    let help = get(&bench, "/").await;
    assert_eq!(help.header("content-type"), "text/markdown; charset=utf-8");
    for call in ["/fault?kind=x", "/settings?x=1"] {
        let message = post(&bench, call).await.text();
        let names = message.trim().rsplit("none of ").next().unwrap_or_default().to_owned();
        for name in names.split(", ") {
            assert!(help.text().contains(&format!("`{name}`")), "{name}");
        }
    }
}
