//! API tokens: registered, given their secret, listed and revoked.

use serde_json::{Value, json};
use vcd_simulator::OauthErrorStyle;

use crate::support::{Answer, Bench, send};

const TOKENS: &str = "/cloudapi/1.0.0/tokens";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

async fn fetch(bench: &Bench, session: &str, client_id: &str) -> Answer {
    let form = [
        ("grant_type", JWT_BEARER),
        ("assertion", session),
        ("client_id", client_id),
    ];
    bench.form("tenant/Tyrell/token", &form).await
}

/// Registers a token and gives its client's UUID.
async fn registered(bench: &Bench, realm: &str, session: &str, name: &str) -> String {
    let answer = bench.register(realm, session, json!({"client_name": name})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["client_id"].as_str().expect("a UUID").to_owned()
}

fn names(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let values = json["values"].as_array().expect("values").iter();
    values
        .map(|token| format!("{}/{}", token["owner"]["name"], token["name"]).replace('"', ""))
        .collect()
}

#[tokio::test]
async fn a_token_is_made_used_and_revoked() {
    let bench = Bench::new();
    let session = bench.with_password("Tyrell", "roy").await;
    let answer = bench
        .register("tenant/Tyrell", &session, json!({"client_name": "ci"}))
        .await;
    assert_eq!(answer.status, 201);
    let client = answer.json();
    assert_eq!(client["client_name"], "ci");
    assert_eq!(client["grant_types"][0], JWT_BEARER);
    assert_eq!(client["software_id"], Value::Null);
    let client_id = client["client_id"].as_str().expect("a UUID");

    // It is listed before it has its secret, and gets that once.
    let path = format!("{TOKENS}/urn:vcloud:token:{client_id}");
    let token = bench.get(&path, &session).await.json();
    assert_eq!((&token["name"], &token["type"]), (&json!("ci"), &json!("REFRESH")));
    assert_eq!(
        (&token["token"], &token["owner"]["name"]),
        (&Value::Null, &json!("roy"))
    );
    let answer = fetch(&bench, &session, client_id).await.json();
    let secret = answer["refresh_token"].as_str().expect("a secret");
    assert_eq!(secret.len(), 32);
    assert_eq!(answer["expires_in"], 86_400);
    let again = fetch(&bench, &session, client_id).await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["minorErrorCode"]),
        (400, &json!("invalid_grant"))
    );

    assert_eq!(
        bench.exchange("tenant/Tyrell", secret).await.json()["refresh_token"],
        Value::Null
    );
    assert_eq!(bench.call("DELETE", &path, &session, None).await.status, 204);
    assert_eq!(bench.exchange("tenant/Tyrell", secret).await.status, 400);
    assert_eq!(bench.get(&path, &session).await.status, 403);
    assert_eq!(bench.call("DELETE", &path, &session, None).await.status, 403);
    // The name is free again.
    registered(&bench, "tenant/Tyrell", &session, "ci").await;
}

#[tokio::test]
async fn registration_needs_a_password_session_and_a_name() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let session = bench.with_password("Tyrell", "roy").await;
    let name = json!({"client_name": "ci"});
    assert_eq!(bench.register("tenant/Tyrell", "x", name.clone()).await.status, 401);
    for (realm, session) in [
        ("tenant/Tyrell", &token),
        ("tenant/Wallace", &session),
        ("provider", &session),
    ] {
        let answer = bench.register(realm, session, name.clone()).await;
        assert_eq!(answer.status, 403, "{realm}");
        assert_eq!(answer.json()["minorErrorCode"], "ACCESS_TO_RESOURCE_IS_FORBIDDEN");
        let text = answer.text();
        assert!(
            text.contains("Either you need some or all of the following rights [Token: Manage]"),
            "{text}"
        );
    }
    registered(&bench, "tenant/Tyrell", &session, "ci").await;
    for body in [
        json!({"client_name": "ci"}),
        json!({"client_name": " "}),
        json!({}),
        json!(7),
    ] {
        let answer = bench.register("tenant/Tyrell", &session, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["minorErrorCode"], "invalid_client_metadata");
    }
    // Someone else may use the name.
    let rachael = bench.with_password("Tyrell", "rachael").await;
    registered(&bench, "tenant/tyrell", &rachael, "ci").await;
    bench.simulator.set_oauth_errors(OauthErrorStyle::Rfc);
    let answer = bench.register("tenant/Tyrell", &session, name).await;
    assert_eq!(answer.json()["error"], "invalid_client_metadata");
    assert_eq!(
        send(bench.client.get(bench.url("/oauth/provider/register")))
            .await
            .status,
        405
    );
}

#[tokio::test]
async fn secrets_go_to_those_who_registered() {
    let bench = Bench::new();
    let (roy, rachael) = (
        bench.with_password("Tyrell", "roy").await,
        bench.with_password("Tyrell", "rachael").await,
    );
    let id = registered(&bench, "tenant/Tyrell", &roy, "ci").await;
    let made_by_token = bench.tenant().await;
    for (session, id, code) in [
        (&rachael, id.as_str(), "invalid_client"),
        (&roy, "unknown", "invalid_client"),
        (&made_by_token, &id, "invalid_grant"),
        (&"x".to_owned(), &id, "invalid_grant"),
        (&String::new(), &id, "invalid_request"),
        (&roy, "", "invalid_request"),
    ] {
        let answer = fetch(&bench, session, id).await;
        assert_eq!(answer.status, 400, "{code}");
        assert_eq!(answer.json()["minorErrorCode"], code);
    }
    assert_eq!(fetch(&bench, &roy, &id).await.status, 200);
}

#[tokio::test]
async fn tokens_are_listed_to_whom_they_concern() {
    let bench = Bench::new();
    let (roy, rachael) = (
        bench.with_password("Tyrell", "roy").await,
        bench.with_password("Tyrell", "rachael").await,
    );
    registered(&bench, "tenant/Tyrell", &rachael, "hers").await;
    let own = bench.get(TOKENS, &rachael).await;
    assert_eq!(names(&own), ["rachael/api-token", "rachael/hers"]);
    let all = ["roy/api-token", "rachael/api-token", "rachael/hers"];
    assert_eq!(names(&bench.get(TOKENS, &roy).await), all);

    let provider = bench.with_password("System", "administrator").await;
    assert_eq!(bench.get(TOKENS, &provider).await.json()["resultTotal"], 43);
    let request = bench.request("GET", TOKENS, &provider);
    let request = request.header("Accept", "application/json;version=37.2");
    let tenant = "7e5f1fe3-80cc-41e8-bf72-d40caf54418e";
    let in_tenant = send(request.header("X-VMWARE-VCLOUD-TENANT-CONTEXT", tenant)).await;
    assert_eq!(names(&in_tenant), all);

    let filter = "filter=(name==hers;owner.name==rachael;(type==PROXY,type==REFRESH))&sortDesc=name";
    assert_eq!(
        names(&bench.get(&format!("{TOKENS}?{filter}"), &roy).await),
        ["rachael/hers"]
    );
    let page = bench.get(&format!("{TOKENS}?page=2&pageSize=2"), &roy).await;
    assert_eq!((page.json()["pageCount"].as_u64(), names(&page).len()), (Some(2), 1));
    assert_eq!(bench.get(&format!("{TOKENS}?filter=token==x"), &roy).await.status, 400);

    // An administrator revokes the tokens of others; others do not.
    let path = |answer: &Answer, index: usize| {
        let json = answer.json();
        format!("{TOKENS}/{}", json["values"][index]["id"].as_str().expect("a URN"))
    };
    let everyone = bench.get(TOKENS, &roy).await;
    assert_eq!(
        bench.call("DELETE", &path(&everyone, 0), &rachael, None).await.status,
        403
    );
    assert_eq!(bench.call("DELETE", &path(&everyone, 2), &roy, None).await.status, 204);
    // Nobody does so in a session that came of a token.
    let made_by_token = bench.tenant().await;
    for (method, path) in [("GET", TOKENS), ("GET", &path(&own, 0)), ("DELETE", &path(&own, 0))] {
        let answer = bench.call(method, path, &made_by_token, None).await;
        assert_eq!(answer.status, 403, "{path}");
        let text = answer.text();
        assert!(text.contains("rights [Token: Manage, Token: Manage All]"), "{text}");
    }
    let gone = format!("{TOKENS}/urn:vcloud:token:734e3845-1573-4f07-9b6c-b493c9042187");
    assert_eq!(bench.get(&gone, &roy).await.status, 403);
    bench.simulator.reset();
    assert_eq!(bench.get(TOKENS, &roy).await.json()["resultTotal"], 2);
}
