//! The current session, and who is let in.

use reqwest::header::HeaderValue;
use vcd_simulator::{Config, UnauthorizedBody};

use crate::support::{Bench, send};

const CURRENT: &str = "/cloudapi/1.0.0/sessions/current";
const ACCEPT: &str = "application/json;version=37.2";

#[tokio::test]
async fn the_session_says_who_signed_in() {
    let bench = Bench::new();
    let json = bench.get(CURRENT, &bench.tenant().await).await.json();
    assert_eq!(json["user"]["name"], "roy");
    assert_eq!(json["org"]["name"], "Tyrell");
    assert_eq!(
        json["site"]["id"],
        "urn:vcloud:site:f906e815-3468-4d4e-82be-72c1c2ed10b3"
    );
    assert_eq!(json["roles"][0], "Organization Administrator");
    assert_eq!(
        json["roleRefs"][0]["id"],
        "urn:vcloud:role:a41afac6-8ad8-3eee-98d1-69c202def8be"
    );
    assert_eq!(json["sessionIdleTimeoutMinutes"], 30);
    let provider = bench.get(CURRENT, &bench.provider().await).await.json();
    assert_eq!(
        provider["org"]["id"],
        "urn:vcloud:org:a93c9db9-7471-3192-8d09-a8f7eeda85f9"
    );
    let older = bench.get_in("36.1", CURRENT, &bench.tenant().await).await.json();
    assert!(older.get("site").is_none(), "the site came with 37.1");
}

#[tokio::test]
async fn signing_out_ends_this_session_alone() {
    let bench = Bench::new();
    let (first, second) = (bench.tenant().await, bench.tenant().await);
    let answer = send(bench.request("DELETE", CURRENT, &first).header("Accept", ACCEPT)).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    assert_eq!(bench.get(CURRENT, &first).await.status, 401);
    assert_eq!(bench.get(CURRENT, &second).await.status, 200);
}

#[tokio::test]
async fn without_a_good_access_token_it_is_401() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let unauthorized = async |request: reqwest::RequestBuilder| {
        let answer = send(request.header("Accept", ACCEPT)).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("content-length"), "0");
    };
    unauthorized(bench.client.get(bench.url(CURRENT))).await;
    unauthorized(bench.request("GET", CURRENT, "eyJ.x.y")).await;
    let basic = bench
        .client
        .get(bench.url(CURRENT))
        .header("Authorization", format!("Basic {token}"));
    unauthorized(basic).await;

    bench.simulator.set_unauthorized_body(UnauthorizedBody::Json);
    let answer = bench.get(CURRENT, "x").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["minorErrorCode"], "UNAUTHORIZED");
    assert!(answer.json().get("majorErrorCode").is_none());
    // Each API has errors of its own shape.
    let legacy = async |accept: &str| {
        let request = bench.request("GET", "/api/session", "x").header("Accept", accept);
        let answer = send(request).await;
        assert_eq!(answer.status, 401);
        answer
    };
    let answer = legacy("application/*+json;version=37.2").await;
    assert_eq!(
        answer.header("content-type"),
        "application/vnd.vmware.vcloud.error+json"
    );
    assert_eq!(
        (&answer.json()["majorErrorCode"], &answer.json()["minorErrorCode"]),
        (&401.into(), &"UNAUTHORIZED".into())
    );
    let answer = legacy("application/*+xml;version=37.2").await;
    assert_eq!(answer.header("content-type"), "application/vnd.vmware.vcloud.error+xml");
    assert!(
        answer
            .text()
            .contains("<Error xmlns=\"http://www.vmware.com/vcloud/v1.5\" majorErrorCode=\"401\""),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn sessions_end_on_demand_and_by_time() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    bench.simulator.expire_access_tokens();
    assert_eq!(bench.get(CURRENT, &token).await.status, 401);
    let token = bench.tenant().await;
    assert_eq!(bench.get(CURRENT, &token).await.status, 200);
    bench.simulator.end_sessions();
    assert_eq!(bench.get(CURRENT, &token).await.status, 401);

    let config = Config {
        access_token_lifetime: std::time::Duration::ZERO,
        ..Config::default()
    };
    let bench = Bench::with(config);
    assert_eq!(bench.get(CURRENT, &bench.tenant().await).await.status, 401);
}

#[tokio::test]
async fn the_pair_of_headers_does_as_well() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let request = bench.client.get(bench.url(CURRENT)).header("Accept", ACCEPT);
    let request = request.header("X-VMWARE-VCLOUD-ACCESS-TOKEN", token);
    assert_eq!(
        send(request.header("X-VMWARE-VCLOUD-TOKEN-TYPE", "Bearer"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_header_of_older_clients_still_does() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let accept = "application/*+json;version=37.2";
    let own = send(bench.request("GET", "/api/session", &token).header("Accept", accept)).await;
    let get = async |path: &str, id: &str| {
        let request = bench.client.get(bench.url(path)).header("x-vcloud-authorization", id);
        send(request.header("Accept", accept)).await
    };
    let id = own.header("x-vcloud-authorization");
    let same = get("/api/session", id).await;
    assert_eq!((same.status.as_u16(), &same.json()["user"]), (200, &"roy".into()));
    assert_eq!(get("/api/query?type=vm", id).await.status, 200);
    assert_eq!(get(CURRENT, id).await.status, 200);
    assert_eq!(get("/api/session", &"0".repeat(32)).await.status, 401);
    // What Authorization says counts.
    let request = bench
        .request("GET", "/api/session", "x")
        .header("x-vcloud-authorization", id);
    assert_eq!(send(request.header("Accept", accept)).await.status, 401);
    bench.simulator.expire_access_tokens();
    assert_eq!(get("/api/session", id).await.status, 401);
}

#[tokio::test]
async fn two_authorization_headers_do_not_pass_the_load_balancer() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let value = HeaderValue::from_str(&format!("Bearer {token}")).expect("a value");
    let mut request = bench
        .request("GET", CURRENT, &token)
        .header("Accept", ACCEPT)
        .build()
        .expect("a request");
    request.headers_mut().append("Authorization", value);
    let response = bench.client.execute(request).await.expect("an answer");
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
}
