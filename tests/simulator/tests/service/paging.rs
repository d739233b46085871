//! Pages that are not like the others.

use crate::support::Bench;

const RULES: &str = "/cloudapi/1.0.0/edgeGateways/urn:vcloud:gateway:1/nat/rules";

fn next(link: &str) -> Option<String> {
    let start = link.split(',').find(|link| link.contains("rel=\"nextPage\""))?;
    Some(start.split(['<', '>']).nth(1)?.to_owned())
}

#[tokio::test]
async fn a_cursor_leads_through_the_rules_of_a_gateway() {
    let bench = Bench::new();
    let token = bench.tenant().await;
    let mut names = Vec::new();
    let mut address = Some(format!("{RULES}?pageSize=128"));
    let mut pages = 0;
    while let Some(here) = address {
        let answer = bench.get(&here, &token).await;
        assert_eq!(answer.status, 200, "{here}: {}", answer.text());
        let page = answer.json();
        assert!(page["page"].is_null() && page["pageCount"].is_null());
        let values = page["values"].as_array().expect("values").clone();
        names.extend(
            values
                .iter()
                .map(|rule| rule["name"].as_str().expect("a name").to_owned()),
        );
        address = next(answer.header("link"));
        if let Some(address) = &address {
            assert!(address.contains("?cursor=") && !address.contains("page"), "{address}");
        }
        pages += 1;
    }
    assert_eq!((pages, names.len()), (3, 300));
    names.dedup();
    assert_eq!(names.len(), 300);
    for bad in ["?cursor=x", "?cursor=bnN4OjE%3D", "?pageSize=x"] {
        assert_eq!(bench.get(&format!("{RULES}{bad}"), &token).await.status, 400, "{bad}");
    }
    let wrong = RULES.replace("gateway:1", "vdc:1");
    assert_eq!(bench.get(&wrong, &token).await.status, 400);
}

#[tokio::test]
async fn pages_can_lack_what_clients_page_by() {
    let bench = Bench::new();
    let token = bench.provider().await;
    let orgs = "/cloudapi/1.0.0/orgs";
    let control = format!("{}/settings?sparsePages=true", bench.simulator.control_url());
    crate::support::send(bench.client.post(control)).await;
    let answer = bench.get(orgs, &token).await;
    assert_eq!(next(answer.header("link")), None);
    assert!(answer.header("link").contains("lastPage"));
    let page = answer.json();
    assert_eq!(
        (page["resultTotal"].as_u64(), page["pageSize"].as_u64()),
        (Some(41), Some(25))
    );
    assert!(page.get("pageCount").is_none());
    bench.simulator.set_sparse_pages(false);
    assert!(next(bench.get(orgs, &token).await.header("link")).is_some());
}
