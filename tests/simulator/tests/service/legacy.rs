//! `/api/session` and `/api/org`.

use crate::support::{Bench, send};

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
