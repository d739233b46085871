//! Organisations: what is shown to whom, pages, filters, changes.

use serde_json::{Value, json};
use vcd_simulator::Config;

use crate::support::{Answer, Bench, send};

fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let json = answer.json();
    let values = json["values"].as_array().expect("values");
    values
        .iter()
        .map(|value| value["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// The target of one of the links.
fn link(answer: &Answer, rel: &str) -> Option<String> {
    let links = answer.header("link").split(",<");
    let found = links
        .into_iter()
        .find(|link| link.contains(&format!("rel=\"{rel}\"")))?;
    let target = found.trim_start_matches('<').split('>').next()?;
    Some(target.to_owned())
}

#[tokio::test]
async fn a_tenant_sees_the_blogs_answer() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let answer = bench.get_in("36.1", "/cloudapi/1.0.0/orgs", &token).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.text(),
        r#"{"resultTotal":1,"pageCount":1,"page":1,"pageSize":25,"associations":null,"values":[{"id":"urn:vcloud:org:7e5f1fe3-80cc-41e8-bf72-d40caf54418e","name":"Tyrell","displayName":"Tyrell Corporation","description":"","isEnabled":true,"orgVdcCount":1,"catalogCount":0,"vappCount":3,"runningVMCount":6,"userCount":2,"diskCount":0,"canPublish":false}]}"#
    );
}

#[tokio::test]
async fn fields_come_with_versions_and_rights() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let urn = "/cloudapi/1.0.0/orgs/urn:vcloud:org:7e5f1fe3-80cc-41e8-bf72-d40caf54418e";
    let fields = async |version: &str| {
        let json = bench.get_in(version, urn, &token).await.json();
        json.as_object().expect("an object").len()
    };
    assert_eq!(
        [fields("35.2").await, fields("36.0").await, fields("36.1").await],
        [5, 11, 12]
    );

    let json = bench.get(urn, &bench.rachael().await).await.json();
    assert_eq!(json["displayName"], "Tyrell Corporation");
    assert_eq!((&json["isEnabled"], &json["userCount"]), (&Value::Null, &Value::Null));
    assert_eq!(json.as_object().expect("an object").len(), 12);
}

#[tokio::test]
async fn pages_are_walked_by_their_links() {
    let bench = Bench::with(Config {
        organizations: 60,
        ..Config::default()
    });
    let token = bench.provider().await;
    let mut answer = bench.get("/cloudapi/1.0.0/orgs?pageSize=25", &token).await;
    let (mut all, mut pages) = (names(&answer), 1);
    assert_eq!(answer.json()["resultTotal"], 61);
    assert_eq!(answer.json()["pageCount"], 3);
    assert_eq!(link(&answer, "previousPage"), None);
    while let Some(next) = link(&answer, "nextPage") {
        assert!(next.starts_with(&bench.simulator.url()), "{next}");
        answer = bench.get(&next, &token).await;
        all.extend(names(&answer));
        pages += 1;
    }
    assert_eq!((all.len(), pages), (61, 3));
    assert!(all.contains(&"System".to_owned()) && all.contains(&"Tyrell".to_owned()));
    let mut sorted = all.clone();
    sorted.sort_by_key(|name| name.to_lowercase());
    assert_eq!(all, sorted, "the default order is by name");
    let previous = link(&answer, "previousPage").expect("a previous page");
    assert!(previous.contains("page=2&"), "{previous}");
    assert!(link(&answer, "firstPage").expect("a first page").contains("page=1&"));
    assert!(link(&answer, "lastPage").expect("a last page").contains("page=3&"));
}

#[tokio::test]
async fn pages_have_limits() {
    let bench = Bench::with(Config {
        organizations: 200,
        ..Config::default()
    });
    let token = bench.provider().await;
    let large = bench.get("/cloudapi/1.0.0/orgs?pageSize=1000", &token).await;
    assert_eq!(names(&large).len(), 128);
    assert_eq!(large.json()["pageSize"], 128);
    let beyond = bench.get("/cloudapi/1.0.0/orgs?page=99", &token).await;
    assert!(names(&beyond).is_empty());
    assert_eq!(link(&beyond, "nextPage"), None);
    let none = bench.get("/cloudapi/1.0.0/orgs?pageSize=0", &token).await;
    assert!(names(&none).is_empty());
    assert_eq!(none.json()["resultTotal"], 201);
    for bad in ["page=0", "page=-1", "page=x", "pageSize=-1"] {
        let answer = bench.get(&format!("/cloudapi/1.0.0/orgs?{bad}"), &token).await;
        assert_eq!(answer.status, 400, "{bad}");
        assert_eq!(answer.json()["minorErrorCode"], "BAD_REQUEST");
    }
}

#[tokio::test]
async fn lists_are_filtered_and_sorted() {
    let bench = Bench::new();
    let token = bench.provider().await;
    let list = async |query: &str| names(&bench.get(&format!("/cloudapi/1.0.0/orgs?{query}"), &token).await);
    assert_eq!(list("filter=name==Tyrell").await, ["Tyrell"]);
    assert_eq!(list("filter=name%3D%3Dty*").await, ["Tyrell"]);
    assert_eq!(
        list("filter=name==Tyrell,name==Wallace&sortDesc=name").await,
        ["Wallace", "Tyrell"]
    );
    assert_eq!(list("filter=(name==Tyrell);isEnabled==false").await, [""; 0]);
    assert_eq!(list("filter=displayName==Tyrell%20Corp*").await, ["Tyrell"]);
    assert_eq!(
        list(r"filter=name==Rep-Detect.%5C(L.A.P.D.%5C)").await,
        ["Rep-Detect.(L.A.P.D.)"]
    );
    let id = "urn:vcloud:org:7e5f1fe3-80cc-41e8-bf72-d40caf54418e";
    assert_eq!(list(&format!("filter=id=={id}")).await, ["Tyrell"]);
    assert_eq!(
        list("sortAsc=displayName&pageSize=1").await,
        ["J. F. Sebastian"].map(|_| "Sebastian's_Toys")
    );

    let filtered = bench
        .get("/cloudapi/1.0.0/orgs?filter=name==org-*&pageSize=5", &token)
        .await;
    let next = link(&filtered, "nextPage").expect("a next page");
    assert!(next.ends_with("?page=2&pageSize=5&filter=name==org-*"), "{next}");

    for bad in [
        "filter=name",
        "filter=nome==x",
        "filter=name=Tyrell",
        "sortAsc=nome",
        "sortAsc=id",
    ] {
        let answer = bench.get(&format!("/cloudapi/1.0.0/orgs?{bad}"), &token).await;
        assert_eq!(answer.status, 400, "{bad}");
    }
    let own = bench.tenant().await;
    let answer = bench.get("/cloudapi/1.0.0/orgs?filter=name==Wallace", &own).await;
    assert!(names(&answer).is_empty());
}

#[tokio::test]
async fn what_is_not_yours_and_what_is_not_there_look_the_same() {
    let bench = Bench::new();
    let (tenant, provider) = (bench.tenant().await, bench.provider().await);
    let wallace = bench
        .get("/cloudapi/1.0.0/orgs?filter=name==Wallace", &provider)
        .await
        .json();
    let wallace = wallace["values"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        bench
            .get(&format!("/cloudapi/1.0.0/orgs/{wallace}"), &provider)
            .await
            .status,
        200
    );
    let nobody = "urn:vcloud:org:00000000-0000-4000-8000-000000000000";
    for (urn, token) in [(wallace.as_str(), &tenant), (nobody, &tenant), (nobody, &provider)] {
        let answer = bench.get(&format!("/cloudapi/1.0.0/orgs/{urn}"), token).await;
        assert_eq!(answer.status, 403);
        assert_eq!(answer.json()["minorErrorCode"], "ACCESS_TO_RESOURCE_IS_FORBIDDEN");
        assert!(answer.json()["message"].as_str().expect("text").contains(urn));
    }
    assert_eq!(bench.get("/cloudapi/1.0.0/orgs/Tyrell", &tenant).await.status, 400);
}

#[tokio::test]
async fn the_provider_creates_changes_and_deletes() {
    let bench = Bench::new();
    let token = bench.provider().await;
    let call = async |method: &str, path: &str, body: Value| {
        let request = bench.request(method, path, &token).body(body.to_string());
        let request = request.header("Content-Type", "application/json");
        send(request.header("Accept", "application/json;version=37.2")).await
    };
    let new = json!({"name": "Nexus", "displayName": "Nexus 7", "description": "", "isEnabled": true});
    let created = call("POST", "/cloudapi/1.0.0/orgs", new.clone()).await;
    assert_eq!(created.status, 201);
    let place = created.header("content-location").to_owned();
    assert!(
        place.ends_with(created.json()["id"].as_str().expect("an id")),
        "{place}"
    );
    assert_eq!(
        call("POST", "/cloudapi/1.0.0/orgs", new).await.status,
        400,
        "the name is taken"
    );
    let nameless = call("POST", "/cloudapi/1.0.0/orgs", json!({"displayName": "x"})).await;
    assert_eq!(nameless.status, 400);

    let changed = json!({"name": "Nexus", "displayName": "Nexus 9", "isEnabled": false});
    let updated = call("PUT", &place, changed).await;
    assert_eq!(updated.status, 200);
    assert_eq!(bench.get(&place, &token).await.json()["displayName"], "Nexus 9");

    let deleted = call("DELETE", &place, Value::Null).await;
    assert_eq!(deleted.status, 202);
    assert!(deleted.body.is_empty());
    assert!(deleted.header("location").starts_with(&bench.url("/api/task/")));
    assert_eq!(bench.get(&place, &token).await.status, 403);
    assert_eq!(call("PATCH", "/cloudapi/1.0.0/orgs", Value::Null).await.status, 405);
}

#[tokio::test]
async fn a_tenant_changes_nothing() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let own = "/cloudapi/1.0.0/orgs/urn:vcloud:org:7e5f1fe3-80cc-41e8-bf72-d40caf54418e";
    for (method, path) in [("POST", "/cloudapi/1.0.0/orgs"), ("PUT", own), ("DELETE", own)] {
        let request = bench.request(method, path, &token).body("{}");
        let answer = send(request.header("Accept", "application/json;version=37.2")).await;
        assert_eq!(answer.status, 403, "{method}");
    }
}

#[tokio::test]
async fn twelve_thousand_eight_hundred_are_no_trouble() {
    let bench = Bench::with(Config {
        organizations: 12_800,
        ..Config::default()
    });
    let token = bench.provider().await;
    let mut seen = 0;
    let mut next = Some("/cloudapi/1.0.0/orgs?pageSize=128".to_owned());
    while let Some(path) = next {
        let answer = bench.get(&path, &token).await;
        seen += names(&answer).len();
        next = link(&answer, "nextPage");
    }
    assert_eq!(seen, 12_801);
}
