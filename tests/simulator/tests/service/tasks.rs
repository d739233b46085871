//! Tasks.

use serde_json::{Value, json};
use vcd_simulator::TaskOutcome;

use crate::support::{Answer, Bench, send};

async fn look(bench: &Bench, url: &str, format: &str, token: &str) -> Answer {
    let request = bench.request("GET", url, token);
    send(request.header("Accept", format!("application/*+{format};version=37.2"))).await
}

async fn cancel(bench: &Bench, url: &str, token: &str) -> Answer {
    let request = bench.request("POST", &format!("{url}/action/cancel"), token);
    send(request.header("Accept", "application/*+json;version=37.2")).await
}

#[tokio::test]
async fn a_task_comes_a_step_further_with_each_look() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let url = bench.simulator.task(TaskOutcome::Success, 5);
    let mut seen = Vec::new();
    for _ in 0..6 {
        let task = look(&bench, &url, "json", &token).await.json();
        seen.push((
            task["status"].as_str().unwrap_or_default().to_owned(),
            task["progress"].as_u64(),
        ));
    }
    let expected = [
        ("queued", None),
        ("preRunning", None),
        ("running", Some(60)),
        ("running", Some(80)),
        ("success", Some(100)),
        ("success", Some(100)),
    ];
    assert_eq!(seen, expected.map(|(status, progress)| (status.to_owned(), progress)));

    let answer = look(&bench, &url, "json", &token).await;
    assert_eq!(
        answer.header("content-type"),
        "application/vnd.vmware.vcloud.task+json;version=37.2"
    );
    let task = answer.json();
    assert_eq!(task["href"], url.as_str());
    assert_eq!(task["type"], "application/vnd.vmware.vcloud.task+json");
    assert_eq!(
        (&task["user"]["name"], &task["organization"]["name"]),
        (&json!("roy"), &json!("Tyrell"))
    );
    assert_eq!((&task["error"], &task["link"]), (&Value::Null, &json!([])));
    for name in ["startTime", "endTime", "expiryTime"] {
        let moment = task[name].as_str().expect(name);
        assert!(moment.ends_with("+0200") && moment.len() == 28, "{name}: {moment}");
    }
}

#[tokio::test]
async fn a_failed_task_says_why_in_both_formats() {
    let bench = Bench::new();
    let token = bench.provider().await;
    let url = bench.simulator.task(TaskOutcome::Error, 2);
    let running = look(&bench, &url, "xml", &token).await;
    assert!(running.header("content-type").contains("task+xml"));
    let text = running.text();
    assert!(
        text.contains(r#" status="running""#) && text.contains("<Progress>50</Progress>"),
        "{text}"
    );
    assert!(text.contains(r#"<Link rel="task:cancel""#), "{text}");
    let failed = look(&bench, &url, "xml", &token).await.text();
    let error = "<Error majorErrorCode=\"500\" minorErrorCode=\"INTERNAL_SERVER_ERROR\" message=\"The operation failed";
    assert!(
        failed.contains(error) && failed.contains("&quot;Gold&quot;"),
        "{failed}"
    );
    let json = look(&bench, &url, "json", &token).await.json();
    assert_eq!(
        (&json["status"], &json["error"]["majorErrorCode"]),
        (&json!("error"), &json!(500))
    );
    let aborted = bench.simulator.task(TaskOutcome::Aborted, 1);
    assert_eq!(look(&bench, &aborted, "json", &token).await.json()["status"], "aborted");
}

#[tokio::test]
async fn a_task_is_canceled_once() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let url = bench.simulator.task(TaskOutcome::Hang, 1);
    for _ in 0..3 {
        assert_eq!(look(&bench, &url, "json", &token).await.json()["status"], "running");
    }
    let answer = cancel(&bench, &url, &token).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    let task = look(&bench, &url, "json", &token).await.json();
    assert_eq!(
        (&task["status"], &task["cancelRequested"]),
        (&json!("canceled"), &json!(true))
    );
    assert_eq!(cancel(&bench, &url, &token).await.status, 400);
}

#[tokio::test]
async fn tasks_are_shown_to_their_organisation() {
    let bench = Bench::new();
    let call = format!(
        "{}/task?outcome=success&polls=1&organization=Wallace&owner=urn:vcloud:vm:1",
        bench.simulator.control_url()
    );
    let started = send(bench.client.post(call)).await;
    let url = started.json()["href"].as_str().expect("an address").to_owned();
    let (tenant, provider) = (bench.tenant().await, bench.provider().await);
    let refused = look(&bench, &url, "json", &tenant).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["majorErrorCode"]),
        (403, &json!(403))
    );
    assert!(refused.text().contains("No access to entity"), "{}", refused.text());
    assert_eq!(cancel(&bench, &url, &tenant).await.status, 403);
    let task = look(&bench, &url, "json", &provider).await.json();
    assert_eq!(
        (&task["status"], &task["owner"]["id"]),
        (&json!("success"), &json!("urn:vcloud:vm:1"))
    );
    for (method, path, status) in [("PUT", "", 405), ("GET", "/action/cancel", 405), ("GET", "/x", 404)] {
        let request = bench.request(method, &format!("{url}{path}"), &provider);
        let answer = send(request.header("Accept", "application/*+json;version=37.2")).await;
        assert_eq!(answer.status, status, "{method} {path}");
    }
    // What a deletion starts is there as well.
    let own = "/cloudapi/1.0.0/orgs/urn:vcloud:org:7e5f1fe3-80cc-41e8-bf72-d40caf54418e";
    let deleted = bench.call("DELETE", own, &provider, None).await;
    let task = look(&bench, deleted.header("location"), "json", &provider).await.json();
    assert_eq!(
        (&task["operationName"], &task["status"]),
        (&json!("orgDelete"), &json!("running"))
    );
}
