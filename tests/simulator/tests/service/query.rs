//! The query service.

use serde_json::{Value, json};

use crate::support::{Answer, Bench, send};

async fn ask(bench: &Bench, query: &str, format: &str, token: &str) -> Answer {
    let request = bench.request("GET", &format!("/api/query{query}"), token);
    send(request.header("Accept", format!("application/*+{format};version=37.2"))).await
}

async fn json(bench: &Bench, query: &str, token: &str) -> Value {
    let answer = ask(bench, query, "json", token).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()
}

fn link<'a>(page: &'a Value, rel: &str) -> Option<&'a str> {
    let mut links = page["link"].as_array()?.iter();
    links.find(|link| link["rel"] == rel)?["href"].as_str()
}

#[tokio::test]
async fn all_pages_are_found_by_their_links() {
    let bench = Bench::new();
    let token = bench.provider().await;
    let mut names = Vec::new();
    let mut next = Some(bench.url("/api/query?type=vm&pageSize=1000&sortAsc=name"));
    let mut pages = 0;
    while let Some(url) = next {
        let request = bench.request("GET", &url, &token);
        let page = send(request.header("Accept", "application/*+json;version=37.2"))
            .await
            .json();
        assert_eq!(
            (page["total"].as_u64(), page["pageSize"].as_u64()),
            (Some(300), Some(128))
        );
        let records = page["record"].as_array().expect("records");
        names.extend(
            records
                .iter()
                .map(|record| record["name"].as_str().expect("a name").to_owned()),
        );
        pages += 1;
        assert_eq!(page["page"], pages);
        next = link(&page, "nextPage").map(str::to_owned);
    }
    assert_eq!((pages, names.len()), (3, 300));
    assert!(names.is_sorted(), "not in order");
}

#[tokio::test]
async fn each_type_answers_in_each_format() {
    let bench = Bench::new();
    let token = bench.provider().await;
    bench.simulator.task(vcd_simulator::TaskOutcome::Hang, 4);
    for (name, word, total) in [
        ("organization", "Org", 41),
        ("orgVdc", "OrgVdc", 40),
        ("vApp", "VApp", 100),
        ("vm", "VM", 300),
        ("task", "Task", 1),
        ("user", "User", 42),
        ("catalog", "Catalog", 40),
    ] {
        let records = json(&bench, &format!("?type={name}"), &token).await;
        assert_eq!(
            (&records["total"], &records["name"]),
            (&json!(total), &json!(name)),
            "{name}"
        );
        let record = &records["record"][0];
        assert_eq!(record["_type"], format!("QueryResult{word}RecordType"));
        assert!(record["href"].is_string() && record["id"].is_null() && record["otherAttributes"].is_object());
        let by_id = json(&bench, &format!("?type={name}&format=idrecords"), &token).await;
        assert!(by_id["record"][0]["id"].is_string() && by_id["record"][0]["href"].is_null());
        let references = json(&bench, &format!("?type={name}&format=references"), &token).await;
        assert!(references["reference"][0]["name"].is_string() && references.get("record").is_none());

        let xml = ask(&bench, &format!("?type={name}&pageSize=1"), "xml", &token).await;
        assert_eq!(
            xml.header("content-type"),
            "application/vnd.vmware.vcloud.query.records+xml;version=37.2"
        );
        let text = xml.text();
        assert!(
            text.contains(&format!(" total=\"{total}\"")) && text.contains(&format!("    <{word}Record name=")),
            "{text}"
        );
        assert_eq!(text.contains("<Link rel=\"nextPage\""), total > 1);
        let text = ask(&bench, &format!("?type={name}&format=references"), "xml", &token)
            .await
            .text();
        assert!(
            text.contains(&format!("<{word}References ")) && text.contains(&format!("<{word}Reference ")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn records_are_filtered_sorted_and_cut_to_fields() {
    let bench = Bench::new();
    let token = bench.provider().await;
    let filter =
        "?type=vm&filter=status==POWERED_ON;numberOfCpus=ge=4&sortDesc=memoryMB&fields=name,memoryMB&pageSize=5";
    let page = json(&bench, filter, &token).await;
    let record = page["record"][0].as_object().expect("a record");
    assert_eq!(
        (record["memoryMB"].as_u64(), record.contains_key("status")),
        (Some(16_384), false)
    );
    let next = link(&page, "nextPage").expect("a link");
    for kept in [
        "filter=status",
        "sortDesc=memoryMB",
        "fields=name",
        "page=2",
        "pageSize=5",
    ] {
        assert!(next.contains(kept), "{next}");
    }
    let one = json(&bench, "?type=organization&filter=name==Ty*", &token).await;
    assert_eq!(
        (&one["total"], &one["record"][0]["displayName"]),
        (&json!(1), &json!("Tyrell Corporation"))
    );
    assert_eq!(
        json(&bench, "?type=task&filter=status==queued", &token).await["total"],
        0
    );
}

#[tokio::test]
async fn tenants_find_what_is_theirs() {
    let bench = Bench::new();
    let (tenant, provider) = (bench.tenant().await, bench.provider().await);
    for (name, total) in [("organization", 1), ("user", 2), ("orgVdc", 1), ("catalog", 1)] {
        assert_eq!(
            json(&bench, &format!("?type={name}"), &tenant).await["total"],
            total,
            "{name}"
        );
    }
    let own = json(&bench, "?type=vm", &tenant).await["total"]
        .as_u64()
        .expect("a number");
    assert!((150..170).contains(&own), "{own}");
    let request = bench.request("GET", "/api/query?type=vm", &provider);
    let request = request.header("Accept", "application/*+json;version=37.2");
    let context = "7e5f1fe3-80cc-41e8-bf72-d40caf54418e";
    let seen = send(request.header("X-VMWARE-VCLOUD-TENANT-CONTEXT", context))
        .await
        .json();
    assert_eq!(seen["total"], own);
}

#[tokio::test]
async fn queries_are_listed_and_nonsense_is_refused() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let list = json(&bench, "", &token).await;
    assert_eq!(list["link"].as_array().map(Vec::len), Some(21));
    let more = json(&bench, "", &bench.provider().await).await;
    assert_eq!(more["link"].as_array().map(Vec::len), Some(39));
    assert_eq!(
        (&list["link"][0]["rel"], &list["link"][0]["name"]),
        (&json!("down"), &json!("organization"))
    );
    let text = ask(&bench, "", "xml", &token).await.text();
    assert!(
        text.contains("<QueryList ") && text.contains("api/query?type=vm&amp;format=records"),
        "{text}"
    );
    for query in [
        "?type=vmm",
        "?type=vm&format=table",
        "?type=vm&page=0",
        "?type=vm&filter=colour==red",
        "?type=vm&fields=colour",
        "?type=vm&sortAsc=colour",
    ] {
        let answer = ask(&bench, query, "json", &token).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["majorErrorCode"]),
            (400, &json!(400)),
            "{query}"
        );
        let xml = ask(&bench, query, "xml", &token).await;
        assert!(xml.text().contains("minorErrorCode=\"BAD_REQUEST\""), "{query}");
    }
    let request = bench.request("POST", "/api/query?type=vm", &token);
    assert_eq!(
        send(request.header("Accept", "application/*+json;version=37.2"))
            .await
            .status,
        405
    );
}

/// What only the provider asks for: the query, its records and its references, and the query of tenants.
const OF_PROVIDER: [(&str, &str, &str, &str); 6] = [
    ("adminVM", "AdminVM", "VM", "vm"),
    ("adminVApp", "AdminVApp", "VApp", "vApp"),
    ("adminCatalog", "AdminCatalog", "Catalog", "catalog"),
    ("adminOrgVdc", "AdminVdc", "AdminVdc", "orgVdc"),
    ("adminTask", "AdminTask", "Task", "task"),
    ("adminUser", "AdminUser", "User", "user"),
];

#[tokio::test]
async fn the_provider_sees_whose_things_are() {
    let bench = Bench::new();
    let provider = bench.provider().await;
    bench.simulator.task(vcd_simulator::TaskOutcome::Hang, 4);
    let tyrell = bench.url("/api/org/7e5f1fe3-80cc-41e8-bf72-d40caf54418e");
    for (name, record, reference, of_tenants) in OF_PROVIDER {
        let all = json(&bench, &format!("?type={name}"), &provider).await;
        let same = json(&bench, &format!("?type={of_tenants}"), &provider).await;
        assert_eq!((&all["total"], &all["name"]), (&same["total"], &json!(name)));
        assert_eq!(all["record"][0]["_type"], format!("QueryResult{record}RecordType"));
        assert_eq!(all["record"][0]["href"], same["record"][0]["href"]);
        if name != "adminTask" {
            assert!(same["record"][0].get("org").is_none(), "{same}");
        }
        let own = json(&bench, &format!("?type={name}&filter=org=={tyrell}"), &provider).await;
        let count = own["total"].as_u64().expect("a number");
        assert!(
            count > 0 && (count < all["total"].as_u64().expect("a number") || name == "adminTask"),
            "{name}: {count}"
        );
        for found in own["record"].as_array().expect("records") {
            assert_eq!(found["org"], tyrell, "{name}");
        }
        let text = ask(&bench, &format!("?type={name}&pageSize=1"), "xml", &provider)
            .await
            .text();
        assert!(
            text.contains(&format!("<{record}Record name=")) && text.contains(" org=\"https://"),
            "{text}"
        );
        let text = ask(&bench, &format!("?type={name}&format=references"), "xml", &provider)
            .await
            .text();
        assert!(
            text.contains(&format!("<{reference}References ")) && text.contains(&format!("<{reference}Reference ")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn tenants_may_not_ask_what_only_the_provider_asks() {
    let bench = Bench::new();
    let tenant = bench.tenant().await;
    for (name, _, _, of_tenants) in OF_PROVIDER {
        let answer = ask(&bench, &format!("?type={name}"), "json", &tenant).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["minorErrorCode"]),
            (403, &json!("ACCESS_TO_RESOURCE_IS_FORBIDDEN")),
            "{name}"
        );
        if name != "adminTask" {
            let answer = ask(&bench, &format!("?type={of_tenants}&filter=org==x"), "xml", &tenant).await;
            assert_eq!(answer.status, 400, "{of_tenants}");
        }
    }
}

#[tokio::test]
async fn what_is_found_is_shown_by_its_address() {
    let bench = Bench::new();
    let (tenant, provider) = (bench.tenant().await, bench.provider().await);
    for (name, element, media, status) in [
        ("vm", "Vm", "vcloud.vm", Some(4)),
        ("vApp", "VApp", "vcloud.vApp", Some(4)),
        ("orgVdc", "Vdc", "vcloud.vdc", Some(1)),
        ("catalog", "Catalog", "vcloud.catalog", None),
        ("user", "User", "admin.user", None),
        ("organization", "Org", "vcloud.org", None),
    ] {
        let record = json(&bench, &format!("?type={name}"), &tenant).await["record"][0].clone();
        let id = json(&bench, &format!("?type={name}&format=idrecords"), &tenant).await["record"][0]["id"].clone();
        let href = record["href"].as_str().expect("an address");
        let follow = async |href: &str, format: &str, token: &str| {
            let request = bench.request("GET", href, token);
            send(request.header("Accept", format!("application/*+{format};version=37.2"))).await
        };
        let answer = follow(href, "json", &tenant).await;
        assert_eq!(answer.status, 200, "{href}: {}", answer.text());
        let content_type = format!("application/vnd.vmware.{media}+json;version=37.2");
        assert_eq!(answer.header("content-type"), content_type);
        let shown = answer.json();
        assert_eq!(
            (&shown["name"], &shown["href"], &shown["id"]),
            (&record["name"], &record["href"], &id)
        );
        assert_eq!(shown.get("status").and_then(Value::as_u64), status, "{name}");
        let text = follow(href, "xml", &provider).await.text();
        assert!(text.contains(&format!("<{element} xmlns=")), "{text}");
        // From a virtual machine one gets to its organisation.
        if let Some(up) = link(&shown, "up") {
            let answer = follow(up, "json", &tenant).await;
            assert_eq!(answer.status, 200, "{up}: {}", answer.text());
        } else {
            assert_eq!(name, "organization");
        }
        let request = bench.request("DELETE", href, &tenant);
        let answer = send(request.header("Accept", "application/*+json;version=37.2")).await;
        assert_eq!(answer.status, 405, "{name}");
        // What belongs to others is not to be seen.
        let all = json(&bench, &format!("?type={name}&pageSize=128"), &provider).await;
        let own = json(&bench, &format!("?type={name}&pageSize=128&fields=name"), &tenant).await;
        let own: Vec<&Value> = own["record"].as_array().expect("records").iter().collect();
        let mut others = all["record"].as_array().expect("records").iter();
        let other = others.find(|other| own.iter().all(|own| own["href"] != other["href"]));
        let answer = follow(
            other.expect("another")["href"].as_str().expect("an address"),
            "json",
            &tenant,
        )
        .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["minorErrorCode"]),
            (403, &json!("ACCESS_TO_RESOURCE_IS_FORBIDDEN"))
        );
    }
    let off = json(&bench, "?type=vm&filter=status==POWERED_OFF", &tenant).await["record"][0]["href"].clone();
    let request = bench.request("GET", off.as_str().expect("an address"), &tenant);
    let shown = send(request.header("Accept", "application/*+json;version=37.2"))
        .await
        .json();
    assert_eq!((&shown["status"], &shown["deployed"]), (&json!(8), &json!(false)));
}
