//! Defined entities, and what is busy for a while.

use serde_json::{Value, json};
use vcd_simulator::{Fault, FaultKind};

use crate::support::{Answer, Bench, send};

const ENTITY: &str = "/cloudapi/1.0.0/entities/urn:vcloud:entity:acme:robot:734e3845-1573-4f07-9b6c-b493c9042187";

async fn put(bench: &Bench, token: &str, etag: &str, body: &Value) -> Answer {
    let mut request = bench.request("PUT", ENTITY, token).body(body.to_string());
    request = request.header("Accept", "application/json;version=37.2");
    if !etag.is_empty() {
        request = request.header("If-Match", etag);
    }
    send(request).await
}

#[tokio::test]
async fn an_entity_is_changed_by_whoever_knows_its_tag() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let first = bench.get(ENTITY, &token).await;
    assert_eq!(first.status, 200);
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.len() > 2, "{etag}");
    let mut entity = first.json();
    assert_eq!(entity["entityType"], "urn:vcloud:type:acme:robot:1.0.0");
    entity["entity"]["model"] = json!("Nexus 6");

    let changed = put(&bench, &token, &etag, &entity).await;
    assert_eq!(
        (changed.status.as_u16(), &changed.json()["entity"]["model"]),
        (200, &json!("Nexus 6"))
    );
    let newer = changed.header("etag").to_owned();
    assert!(newer != etag && bench.get(ENTITY, &token).await.header("etag") == newer);
    let clash = put(&bench, &token, &etag, &entity).await;
    assert_eq!(clash.status, 412);
    assert!(clash.text().contains("ETag"), "{}", clash.text());
    for good in [&newer, "", "*"] {
        assert_eq!(put(&bench, &token, good, &entity).await.status, 200, "{good}");
    }
    assert_eq!(put(&bench, &token, "", &json!({"name": "x"})).await.status, 400);
    let wallace = bench.with_password("Wallace", "admin").await;
    assert_eq!(bench.get(ENTITY, &wallace).await.status, 403);
    assert_eq!(bench.get("/cloudapi/1.0.0/entities/x", &token).await.status, 400);
    assert_eq!(bench.call("DELETE", ENTITY, &token, None).await.status, 405);
}

#[tokio::test]
async fn what_is_busy_says_so_in_the_shape_of_its_api() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    bench.simulator.fault(Fault::new(FaultKind::Busy).times(3));
    let answer = bench.get(ENTITY, &token).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["minorErrorCode"]),
        (400, &json!("BUSY_ENTITY"))
    );
    assert!(answer.json().get("majorErrorCode").is_none());
    for (format, expected) in [("json", "\"majorErrorCode\":400"), ("xml", "<Error xmlns=")] {
        let request = bench.request("GET", "/api/org", &token);
        let answer = send(request.header("Accept", format!("application/*+{format};version=37.2"))).await;
        assert!(
            answer.text().contains(expected) && answer.text().contains("BUSY_ENTITY"),
            "{}",
            answer.text()
        );
    }
    assert_eq!(bench.get(ENTITY, &token).await.status, 200);
}
