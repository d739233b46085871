//! The organisation that the provider acts for.

use crate::support::{Answer, Bench, send};

const TYRELL: &str = "7e5f1fe3-80cc-41e8-bf72-d40caf54418e";
const SYSTEM: &str = "a93c9db9-7471-3192-8d09-a8f7eeda85f9";

async fn get(bench: &Bench, path: &str, token: &str, version: &str, context: &str) -> Answer {
    let request = bench.request("GET", path, token);
    let kind = if path.starts_with("/api") { "*+json" } else { "json" };
    let request = request.header("Accept", format!("application/{kind};version={version}"));
    let request = request.header("X-VMWARE-VCLOUD-AUTH-CONTEXT", "Tyrell");
    send(request.header("X-VMWARE-VCLOUD-TENANT-CONTEXT", context)).await
}

#[tokio::test]
async fn a_role_is_found_where_it_belongs() {
    let bench = Bench::new();
    let (tenant, provider) = (bench.tenant().await, bench.provider().await);
    let roles = bench.get("/cloudapi/1.0.0/roles", &tenant).await.json();
    for role in roles["values"].as_array().expect("roles") {
        let path = format!("/cloudapi/1.0.0/roles/{}", role["id"].as_str().expect("a URN"));
        assert_eq!(&bench.get(&path, &tenant).await.json(), role);
        assert_eq!(bench.get(&path, &provider).await.status, 404, "{path}");
        assert_eq!(&get(&bench, &path, &provider, "37.2", TYRELL).await.json(), role);
    }
    for (urn, status) in [
        ("urn:vcloud:role:00000000-0000-0000-0000-000000000000", 404),
        ("urn:vcloud:role:vApp%20User", 404),
        ("vApp%20User", 400),
    ] {
        let answer = bench.get(&format!("/cloudapi/1.0.0/roles/{urn}"), &tenant).await;
        assert_eq!(answer.status, status, "{urn}");
    }
}

#[tokio::test]
async fn the_provider_sees_what_the_tenant_would() {
    let bench = Bench::new();
    let provider = bench.with_password("System", "administrator").await;
    let urn = format!("urn:vcloud:org:{TYRELL}");
    for (path, total) in [
        ("/cloudapi/1.0.0/orgs", 1),
        ("/cloudapi/1.0.0/orgs?filter=name==Wallace", 0),
        ("/cloudapi/1.0.0/users", 2),
        ("/cloudapi/1.0.0/roles", 5),
        ("/cloudapi/1.0.0/tokens", 2),
        ("/cloudapi/1.0.0/serviceAccounts", 0),
    ] {
        for context in [TYRELL, &urn] {
            let answer = get(&bench, path, &provider, "37.2", context).await;
            assert_eq!(answer.json()["resultTotal"], total, "{path}: {}", answer.text());
        }
    }
    // For itself it sees everything, and its own users and roles.
    for (path, total) in [
        ("/cloudapi/1.0.0/orgs", 41),
        ("/cloudapi/1.0.0/users", 1),
        ("/cloudapi/1.0.0/roles", 1),
        ("/cloudapi/1.0.0/tokens", 42),
    ] {
        assert_eq!(bench.get(path, &provider).await.json()["resultTotal"], total, "{path}");
        let answer = get(&bench, path, &provider, "37.2", SYSTEM).await;
        assert_eq!(answer.json()["resultTotal"], total, "{path}");
    }
    let users = get(&bench, "/cloudapi/1.0.0/users", &provider, "36.1", TYRELL)
        .await
        .json();
    assert_eq!(users["values"][0]["username"], "rachael");
    assert_eq!(
        users["values"][1]["roleEntityRefs"][0]["name"],
        "Organization Administrator"
    );
    assert_eq!(users["values"][1]["storedVmQuota"], 0);
}

#[tokio::test]
async fn what_is_no_organisation_of_the_caller_is_refused() {
    let bench = Bench::new();
    let (tenant, provider) = (bench.tenant().await, bench.provider().await);
    let urn = format!("urn:vcloud:org:{TYRELL}");
    let orgs = "/cloudapi/1.0.0/orgs";
    // Older servers take no URN.
    assert_eq!(get(&bench, orgs, &provider, "36.3", &urn).await.status, 401);
    assert_eq!(get(&bench, orgs, &provider, "36.3", TYRELL).await.status, 200);
    assert_eq!(get(&bench, orgs, &tenant, "37.2", TYRELL).await.status, 200);
    for (token, context) in [
        (&tenant, SYSTEM),
        (&tenant, "x"),
        (&provider, "x"),
        (&provider, "Tyrell"),
    ] {
        let answer = get(&bench, orgs, token, "37.2", context).await;
        assert_eq!(answer.status, 403, "{context}");
        assert_eq!(answer.json()["minorErrorCode"], "ACCESS_TO_RESOURCE_IS_FORBIDDEN");
        let legacy = get(&bench, "/api/org", token, "37.2", context).await;
        assert_eq!(
            (legacy.status.as_u16(), &legacy.json()["majorErrorCode"]),
            (403, &403.into())
        );
    }
    let rachael = bench.rachael().await;
    assert_eq!(bench.get("/cloudapi/1.0.0/users", &rachael).await.status, 403);
}
