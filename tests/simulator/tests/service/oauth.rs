//! The token endpoints.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use vcd_simulator::{Config, OauthErrorStyle, SeedToken};

use crate::support::{Bench, send};

#[tokio::test]
async fn an_api_token_is_exchanged_for_an_access_token() {
    let bench = Bench::new();
    let answer = bench.exchange("tenant/Tyrell", &bench.simulator.tenant_token()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(!answer.header("x-vmware-vcloud-request-id").is_empty());
    assert!(!answer.header("x-vmware-vcloud-ceip-id").is_empty());
    let json = answer.json();
    let mut names: Vec<&String> = json.as_object().expect("an object").keys().collect();
    names.sort();
    assert_eq!(names, ["access_token", "expires_in", "refresh_token", "token_type"]);
    assert_eq!(json["token_type"], "Bearer");
    assert_eq!(json["expires_in"], 86_400);
    assert_eq!(json["refresh_token"], Value::Null);

    let token = json["access_token"].as_str().expect("text");
    let payload = token.split('.').nth(1).expect("three parts");
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON");
    assert_eq!(claims["sub"], "roy");
    assert_eq!(
        claims["iss"],
        "7e5f1fe3-80cc-41e8-bf72-d40caf54418e@f906e815-3468-4d4e-82be-72c1c2ed10b3"
    );
    assert_eq!(claims["version"], "vcloud_1.0");
    assert_eq!(claims["jti"].as_str().map(str::len), Some(32));
    assert!(claims["exp"].is_u64());
    assert_eq!((bench.simulator.exchanges(), bench.simulator.exchanges_ok()), (1, 1));
}

#[tokio::test]
async fn the_query_does_instead_of_a_body() {
    let bench = Bench::new();
    let token = bench.simulator.tenant_token();
    let path = format!("/oauth/tenant/tyrell/token?grant_type=refresh_token&refresh_token={token}");
    let request = bench.client.post(bench.url(&path)).header("Accept", "application/json");
    assert_eq!(send(request).await.status, 200);
}

#[tokio::test]
async fn names_are_decoded_and_compared_without_case() {
    let bench = Bench::new();
    let token = bench
        .simulator
        .user_token("Rep-Detect.(L.A.P.D.)", "admin")
        .expect("a user");
    let answer = bench.exchange("tenant/rep-detect%2E%28l.a.p.d.%29", &token).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn whatever_does_not_fit_is_an_invalid_grant() {
    let bench = Bench::new();
    let (tenant, provider) = (bench.simulator.tenant_token(), bench.simulator.provider_token());
    for (realm, token) in [
        ("tenant/Tyrell", "x".repeat(32)),
        ("tenant/Wallace", tenant.clone()),
        ("tenant/Nobody", tenant.clone()),
        ("provider", tenant.clone()),
        ("tenant/Tyrell", provider.clone()),
        ("tenant/System", provider),
    ] {
        let answer = bench.exchange(realm, &token).await;
        assert_eq!(answer.status, 400, "{realm}");
        assert_eq!(
            answer.text(),
            r#"{"minorErrorCode":"invalid_grant","message":"Invalid refresh token","stackTrace":null}"#
        );
    }
    bench.simulator.set_oauth_errors(OauthErrorStyle::Rfc);
    let answer = bench.exchange("provider", &tenant).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.text(),
        r#"{"error":"invalid_grant","error_description":"Invalid refresh token"}"#
    );
    assert_eq!((bench.simulator.exchanges(), bench.simulator.exchanges_ok()), (7, 0));
}

#[tokio::test]
async fn a_revoked_token_is_an_invalid_grant_until_reset() {
    let bench = Bench::new();
    let token = bench.simulator.tenant_token();
    bench.simulator.revoke_token(&token);
    assert_eq!(bench.exchange("tenant/Tyrell", &token).await.status, 400);
    bench.simulator.reset();
    assert_eq!(bench.exchange("tenant/Tyrell", &token).await.status, 200);
    assert_eq!(bench.simulator.exchanges(), 1);
}

#[tokio::test]
async fn requests_that_make_no_sense_are_told_apart() {
    let bench = Bench::new();
    for (form, code) in [
        ("", "invalid_request"),
        ("grant_type=refresh_token", "invalid_request"),
        ("grant_type=refresh_token&refresh_token=", "invalid_request"),
        ("grant_type=password&refresh_token=x", "unsupported_grant_type"),
    ] {
        let request = bench.client.post(bench.url("/oauth/provider/token")).body(form);
        let answer = send(request).await;
        assert_eq!(answer.status, 400, "{form}");
        assert_eq!(answer.json()["minorErrorCode"], code, "{form}");
    }
    let answer = send(bench.client.get(bench.url("/oauth/provider/token"))).await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), "POST");
}

#[tokio::test]
async fn tokens_and_prefix_can_be_chosen() {
    let seed = SeedToken {
        organization: "Tyrell".to_owned(),
        user: "roy".to_owned(),
        token: "0123456789abcdefghijABCDEFGHIJ01".to_owned(),
    };
    let config = Config {
        seed_tokens: Some(vec![seed.clone()]),
        path_prefix: Some("/tm".to_owned()),
        ..Config::default()
    };
    let bench = Bench::with(config);
    assert!(bench.simulator.url().ends_with("/tm"));
    // The bench goes through the prefix.
    assert_eq!(bench.exchange("tenant/Tyrell", &seed.token).await.status, 200);
    let bare = bench.simulator.url().replace("/tm", "/oauth/provider/token");
    assert_eq!(send(bench.client.post(bare)).await.status, 400);
}
