//! `/api/session`, `/api/org`, `/api/admin` and `/api/site`.

use vcd_simulator::{ApiVersionEntry, Config};

use crate::support::{Answer, Bench, send};

#[tokio::test]
async fn the_session_is_shown_in_both_formats_and_echoes_the_token() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let get = async |accept: &str| send(bench.request("GET", "/api/session", &token).header("Accept", accept)).await;
    let xml = get("application/*+xml;version=36.1").await;
    assert_eq!(xml.status, 200);
    assert_eq!(
        xml.header("content-type"),
        "application/vnd.vmware.vcloud.session+xml;version=36.1"
    );
    assert!(
        xml.header("x-vmware-vcloud-access-token") == token,
        "another token came back"
    );
    assert_eq!(xml.header("x-vcloud-authorization").len(), 32);
    assert!(xml.text().contains("user=\"roy\" org=\"Tyrell\""));
    let json = get("application/*+json;version=36.1").await.json();
    assert_eq!((&json["user"], &json["org"]), (&"roy".into(), &"Tyrell".into()));
    assert!(json["link"].is_array() && json["otherAttributes"].is_object());
}

#[tokio::test]
async fn organisations_are_listed_to_whom_they_belong() {
    let bench = Bench::new();
    let (tenant, provider) = (bench.tenant().await, bench.provider().await);
    let count = async |token: &str| {
        let request = bench.request("GET", "/api/org", token);
        let json = send(request.header("Accept", "application/*+json;version=36.1"))
            .await
            .json();
        json["org"].as_array().expect("an array").len()
    };
    assert_eq!((count(&tenant).await, count(&provider).await), (1, 41));
    let request = bench.request("GET", "/api/org/", &provider);
    let xml = send(request.header("Accept", "application/*+xml;version=36.1"))
        .await
        .text();
    assert_eq!(xml.matches("<Org href=").count(), 41);
    assert!(xml.contains("name=\"Sebastian&apos;s_Toys\""));
}

#[tokio::test]
async fn plain_json_is_not_acceptable_here() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let request = bench.request("GET", "/api/session", &token);
    let answer = send(request.header("Accept", "application/json;version=36.1")).await;
    assert_eq!(answer.status, 406);
    assert_eq!(answer.json()["majorErrorCode"], 406);
    let request = bench.request("GET", "/api/session", &token);
    let answer = send(request.header("Accept", "application/*+xml;version=1.0")).await;
    assert_eq!(answer.status, 406);
    assert!(
        answer
            .text()
            .contains("majorErrorCode=\"406\" minorErrorCode=\"NOT_ACCEPTABLE\"")
    );
}

#[tokio::test]
async fn an_organisation_is_found_from_the_session() {
    let bench = Bench::new();
    let (tenant, provider) = (bench.tenant().await, bench.provider().await);
    let get = async |url: &str, token: &str, format: &str| {
        let request = bench.request("GET", url, token);
        send(request.header("Accept", format!("application/*+{format};version=37.2"))).await
    };
    let session = get("/api/session", &tenant, "json").await.json();
    let links = session["link"].as_array().expect("links");
    let own = links.iter().find(|link| link["name"] == "Tyrell").expect("a link");
    let url = own["href"].as_str().expect("an address");
    let org = get(url, &tenant, "json").await.json();
    assert_eq!(
        (&org["fullName"], &org["isEnabled"]),
        (&"Tyrell Corporation".into(), &true.into())
    );
    let text = get(url, &provider, "xml").await.text();
    assert!(
        text.contains("<Org ") && text.contains("<FullName>Tyrell Corporation</FullName>"),
        "{text}"
    );
    let text = get("/api/session", &tenant, "xml").await.text();
    assert!(
        text.contains("type=\"application/vnd.vmware.vcloud.query.queryList+xml\""),
        "{text}"
    );
    let other = get("/api/org/a93c9db9-7471-3192-8d09-a8f7eeda85f9", &tenant, "xml").await;
    assert_eq!(other.status, 403);
    assert!(other.text().contains("No access to entity"), "{}", other.text());
}

const TYRELL: &str = "7e5f1fe3-80cc-41e8-bf72-d40caf54418e";

async fn get(bench: &Bench, url: &str, format: &str, token: &str) -> Answer {
    let request = bench.request("GET", url, token);
    send(request.header("Accept", format!("application/*+{format};version=37.2"))).await
}

#[tokio::test]
async fn administrators_see_an_organisation_with_its_users() {
    let bench = Bench::new();
    let (tenant, provider) = (bench.tenant().await, bench.provider().await);
    let path = format!("/api/admin/org/{TYRELL}");
    for token in [&tenant, &provider] {
        let xml = get(&bench, &path, "xml", token).await;
        assert_eq!(
            xml.header("content-type"),
            "application/vnd.vmware.admin.organization+xml;version=37.2"
        );
        let text = xml.text();
        let own = format!(
            " href=\"{}\" type=\"application/vnd.vmware.admin.organization+xml\">",
            bench.url(&path)
        );
        for part in [
            "<AdminOrg xmlns=",
            own.as_str(),
            "<FullName>Tyrell Corporation</FullName>",
            "<IsEnabled>true</IsEnabled>",
            "<Users>",
            " type=\"application/vnd.vmware.admin.user+xml\" name=\"rachael\"/>",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert_eq!(text.matches("<UserReference ").count(), 2);
        let json = get(&bench, &path, "json", token).await.json();
        assert_eq!(
            (&json["fullName"], &json["type"], &json["href"]),
            (
                &"Tyrell Corporation".into(),
                &"application/vnd.vmware.admin.organization+json".into(),
                &bench.url(&path).into()
            )
        );
        let users = json["users"]["userReference"].as_array().expect("references");
        let names: Vec<_> = users
            .iter()
            .map(|user| user["name"].as_str().expect("a name"))
            .collect();
        assert_eq!(names, ["roy", "rachael"]);
        // The two views lead to each other.
        let link = |answer: &serde_json::Value| {
            let links = answer["link"].as_array().expect("links").iter();
            let mut others = links.filter(|link| link["rel"] == "alternate");
            others.next().and_then(|link| link["href"].as_str().map(str::to_owned))
        };
        let other = get(&bench, &link(&json).expect("a link"), "json", token).await.json();
        assert_eq!(other["type"], "application/vnd.vmware.vcloud.org+json");
        assert_eq!(link(&other), Some(bench.url(&path)));
    }
}

#[tokio::test]
async fn others_do_not_see_what_administrators_see() {
    let bench = Bench::new();
    let (tenant, rachael, provider) = (bench.tenant().await, bench.rachael().await, bench.provider().await);
    let own = format!("/api/admin/org/{TYRELL}");
    for (path, token) in [
        (own.as_str(), &rachael),
        ("/api/admin/org/a93c9db9-7471-3192-8d09-a8f7eeda85f9", &tenant),
        ("/api/admin/org/00000000-0000-0000-0000-000000000000", &provider),
    ] {
        let answer = get(&bench, path, "xml", token).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.text().contains("No access to entity"), "{}", answer.text());
    }
    let seen = get(&bench, &format!("/api/org/{TYRELL}"), "json", &rachael)
        .await
        .json();
    let links = seen["link"].as_array().expect("links").iter();
    assert_eq!(links.filter(|link| link["rel"] == "alternate").count(), 0);
    let request = bench.request("PUT", &own, &provider);
    let answer = send(request.header("Accept", "application/*+json;version=37.2")).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "GET"));
}

#[tokio::test]
async fn administrators_learn_the_product_version_that_fits_the_newest_api_version() {
    let bench = Bench::new();
    let (tenant, rachael, provider) = (bench.tenant().await, bench.rachael().await, bench.provider().await);
    for token in [&tenant, &provider] {
        let xml = get(&bench, "/api/admin", "xml", token).await;
        assert_eq!(
            xml.header("content-type"),
            "application/vnd.vmware.admin.vcloud+xml;version=37.2"
        );
        let text = xml.text();
        assert!(
            text.contains("<VCloud ")
                && text.contains("<Description>10.4.2.")
                && text.contains(" UTC 2023</Description>"),
            "{text}"
        );
        let json = get(&bench, "/api/admin/", "json", token).await.json();
        let description = json["description"].as_str().expect("text");
        assert!(description.starts_with("10.4.2."), "{description}");
        let links = json["link"].as_array().expect("links").iter();
        let organization = links
            .filter_map(|link| link["href"].as_str())
            .find(|href| href.contains("/admin/org/"));
        let seen = get(&bench, organization.expect("a link"), "json", token).await;
        assert_eq!(seen.status, 200);
    }
    // The session leads there, for administrators.
    for (token, count) in [(&tenant, 1), (&rachael, 0)] {
        let text = get(&bench, "/api/session", "xml", token).await.text();
        let link = format!(
            "href=\"{}\" type=\"application/vnd.vmware.admin.vcloud+xml\"",
            bench.url("/api/admin/")
        );
        assert_eq!(text.matches(&link).count(), count, "{text}");
    }
    let refused = get(&bench, "/api/admin", "json", &rachael).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["minorErrorCode"]),
        (403, &"ACCESS_TO_RESOURCE_IS_FORBIDDEN".into())
    );
    // Offered in any order, alpha versions aside.
    let entries = ApiVersionEntry::list("9.1.0,37.2,40.0,9.2.0-alpha-1").expect("versions");
    let bench = Bench::with(Config {
        api_versions: entries,
        ..Config::default()
    });
    let text = get(&bench, "/api/admin", "xml", &bench.provider().await).await.text();
    assert!(text.contains("<Description>9.1.0."), "{text}");
}

#[tokio::test]
async fn the_site_is_shown_to_everyone() {
    let bench = Bench::new();
    let rachael = bench.rachael().await;
    let xml = get(&bench, "/api/site", "xml", &rachael).await;
    assert_eq!(
        xml.header("content-type"),
        "application/vnd.vmware.vcloud.site+xml;version=37.2"
    );
    let endpoint = format!("<RestEndpoint>{}</RestEndpoint>", bench.url("/api"));
    assert!(
        xml.text().contains("<Site ") && xml.text().contains(&endpoint),
        "{}",
        xml.text()
    );
    let json = get(&bench, "/api/site", "json", &rachael).await.json();
    let session = bench.get("/cloudapi/1.0.0/sessions/current", &rachael).await.json();
    assert_eq!(
        (&json["id"], &json["name"]),
        (&session["site"]["id"], &session["site"]["name"])
    );
}
