//! The list of API versions, and what asking for a wrong one gives.

use crate::support::{Bench, send};

#[tokio::test]
async fn versions_are_listed_in_xml() {
    let bench = Bench::new();
    let answer = send(bench.client.get(bench.url("/api/versions")).header("Accept", "*/*")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/xml");
    let text = answer.text();
    assert!(text.contains("<SupportedVersions xmlns=\"http://www.vmware.com/vcloud/versions\""));
    assert_eq!(text.matches("<VersionInfo deprecated=\"true\">").count(), 3);
    assert_eq!(text.matches("<VersionInfo deprecated=\"false\">").count(), 6);
    assert_eq!(text.matches("<AlphaVersion deprecated=\"false\">").count(), 1);
    assert!(text.contains("<Version>37.2</Version>"));
    let schema = format!("<SchemaRoot>{}/api/v1.5/schema/</SchemaRoot>", bench.simulator.url());
    assert!(text.contains(&schema));
}

#[tokio::test]
async fn versions_are_listed_in_json_where_that_is_asked_for() {
    let bench = Bench::new();
    let request = bench
        .client
        .get(bench.url("/api/versions"))
        .header("Accept", "application/*+json");
    let json = send(request).await.json();
    let listed = json["versionInfo"].as_array().expect("an array");
    assert_eq!(listed.len(), 9);
    assert_eq!(
        (&listed[0]["version"], &listed[0]["deprecated"]),
        (&"35.0".into(), &true.into())
    );
    assert_eq!(
        (&listed[8]["version"], &listed[8]["deprecated"]),
        (&"37.2".into(), &false.into())
    );
    let version = json["alphaVersion"]["version"].as_str().expect("text");
    assert!(version.starts_with("38.0.0-alpha-"));
}

#[tokio::test]
async fn a_request_without_a_known_version_is_not_acceptable() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    for accept in ["application/json", "application/json;version=99.0", "*/*"] {
        let request = bench
            .request("GET", "/cloudapi/1.0.0/orgs", &token)
            .header("Accept", accept);
        let answer = send(request).await;
        assert_eq!(answer.status, 406, "{accept}");
        let json = answer.json();
        assert_eq!(json["minorErrorCode"], "NOT_ACCEPTABLE");
        let message = json["message"].as_str().expect("text");
        assert!(
            message.contains("Supported API versions are: [38.0.0-alpha-"),
            "{message}"
        );
        assert!(message.contains("36.1, 36.0 [D], 35.2 [D], 35.0 [D]]"), "{message}");
    }
    for accept in ["application/*;version=36.1", "application/*+json;version=36.1"] {
        let request = bench
            .request("GET", "/cloudapi/1.0.0/orgs", &token)
            .header("Accept", accept);
        let answer = send(request).await;
        assert_eq!(answer.status, 200, "{accept}");
        assert_eq!(answer.header("content-type"), "application/json;version=36.1");
    }
}

#[tokio::test]
async fn the_versions_change_while_it_runs() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let settings = async |versions: &str| {
        let call = format!("{}/settings?versions={versions}", bench.simulator.control_url());
        send(bench.client.post(call)).await
    };
    assert_eq!(settings("!36.3,39.0").await.status, 204);
    let path = "/cloudapi/1.0.0/sessions/current";
    let refused = bench.get(path, &token).await;
    assert_eq!(refused.status, 406);
    assert!(refused.text().contains("[39.0, 36.3 [D]]"), "{}", refused.text());
    assert_eq!(bench.get_in("39.0", path, &token).await.status, 200);
    let list = send(bench.client.get(bench.url("/api/versions"))).await.text();
    assert!(
        list.contains("<Version>39.0</Version>") && !list.contains("37.2"),
        "{list}"
    );
    let bad = settings("36.3,new").await;
    assert!(
        bad.status == 400 && bad.text().contains("versions: '36.3,new'"),
        "{}",
        bad.text()
    );
    bench.simulator.reset();
    assert_eq!(bench.get(path, &token).await.status, 200);
}

#[tokio::test]
async fn the_successor_has_other_versions_at_another_path() {
    let bench = Bench::with(vcd_simulator::Config::default().automation());
    assert!(bench.simulator.url().ends_with("/tm"));
    let token = bench.tenant().await;
    for version in ["40.0", "9.1.0"] {
        let answer = bench.get_in(version, "/cloudapi/1.0.0/serviceAccounts", &token).await;
        assert_eq!(answer.status, 200, "{version}");
    }

    assert_eq!(bench.exchange("provider", "x").await.json()["error"], "invalid_grant");
}
