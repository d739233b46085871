//! `/api/query`: the query service.

use serde::Serialize;

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::error_body;
use crate::inventory::Inventory;
use crate::legacy_body::{Link, NAMESPACE, Nothing, PROLOG, Reference, attributes, content_type, media_type};
use crate::listing::Listing;
use crate::query_record::{Record, Shown};
use crate::request::Request;
use crate::response::Response;

/// What can be asked for.
struct Kind {
    own: Name,
    /// The name by which only the provider asks, to see which organisation each thing belongs to.
    of_provider: Option<Name>,
    /// What stands in the media type of one of these.
    media: &'static str,
    /// What one can filter and sort by, and choose to see, when it is asked for by its own name.
    fields: &'static [&'static str],
    find: fn(&Inventory<'_>) -> Vec<Record>,
}

/// The name of a query, and the words that come of it.
struct Name {
    name: &'static str,
    /// What stands in the names of records, and of their types in JSON.
    record: &'static str,
    /// What stands in the names of references.
    reference: &'static str,
}

impl Name {
    const fn new(name: &'static str, word: &'static str) -> Self {
        Self {
            name,
            record: word,
            reference: word,
        }
    }

    const fn with_references(name: &'static str, record: &'static str, reference: &'static str) -> Self {
        Self {
            name,
            record,
            reference,
        }
    }
}

static KINDS: [Kind; 7] = [
    Kind {
        own: Name::new("organization", "Org"),
        of_provider: None,
        media: "org",
        fields: &[
            "id",
            "href",
            "name",
            "displayName",
            "isEnabled",
            "isReadOnly",
            "canPublishCatalogs",
            "numberOfCatalogs",
            "numberOfVdcs",
            "numberOfVApps",
        ],
        find: |inventory| inventory.organization_records(),
    },
    Kind {
        own: Name::new("orgVdc", "OrgVdc"),
        of_provider: Some(Name::new("adminOrgVdc", "AdminVdc")),
        media: "vdc",
        fields: &[
            "id",
            "href",
            "name",
            "orgName",
            "description",
            "isEnabled",
            "isBusy",
            "numberOfVApps",
            "cpuLimitMhz",
            "memoryLimitMB",
            "status",
        ],
        find: |inventory| inventory.vdcs(),
    },
    Kind {
        own: Name::new("vApp", "VApp"),
        of_provider: Some(Name::with_references("adminVApp", "AdminVApp", "VApp")),
        media: "vApp",
        fields: &[
            "id",
            "href",
            "name",
            "vdcName",
            "vdc",
            "status",
            "numberOfVMs",
            "isEnabled",
            "isDeployed",
            "isBusy",
        ],
        find: |inventory| inventory.vapp_records(),
    },
    Kind {
        own: Name::new("vm", "VM"),
        of_provider: Some(Name::with_references("adminVM", "AdminVM", "VM")),
        media: "vm",
        fields: &[
            "id",
            "href",
            "name",
            "containerName",
            "container",
            "vdc",
            "status",
            "guestOs",
            "numberOfCpus",
            "memoryMB",
            "hardwareVersion",
            "ipAddress",
            "isDeployed",
            "isVAppTemplate",
            "isBusy",
        ],
        find: |inventory| inventory.vms(),
    },
    Kind {
        own: Name::new("task", "Task"),
        of_provider: Some(Name::with_references("adminTask", "AdminTask", "Task")),
        media: "task",
        fields: &[
            "id",
            "href",
            "name",
            "status",
            "object",
            "objectType",
            "ownerName",
            "orgName",
            "org",
            "startDate",
            "endDate",
        ],
        find: |inventory| inventory.tasks(),
    },
    Kind {
        own: Name::new("user", "User"),
        of_provider: Some(Name::with_references("adminUser", "AdminUser", "User")),
        media: "admin.user",
        fields: &[
            "id",
            "href",
            "name",
            "fullName",
            "roleNames",
            "isEnabled",
            "isLdapUser",
            "numberOfDeployedVMs",
            "numberOfStoredVMs",
        ],
        find: |inventory| inventory.users(),
    },
    Kind {
        own: Name::new("catalog", "Catalog"),
        of_provider: Some(Name::with_references("adminCatalog", "AdminCatalog", "Catalog")),
        media: "catalog",
        fields: &[
            "id",
            "href",
            "name",
            "orgName",
            "description",
            "isPublished",
            "isShared",
            "numberOfVAppTemplates",
            "numberOfMedia",
            "status",
        ],
        find: |inventory| inventory.catalogs(),
    },
];

/// A kind, and the name by which it is asked for.
#[derive(Clone, Copy)]
struct Query {
    kind: &'static Kind,
    name: &'static Name,
    of_provider: bool,
}

impl Query {
    /// All that there are.
    fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().flat_map(|kind| {
            let own = Self {
                kind,
                name: &kind.own,
                of_provider: false,
            };
            let of_provider = kind.of_provider.as_ref().map(|name| Self {
                kind,
                name,
                of_provider: true,
            });
            [own].into_iter().chain(of_provider)
        })
    }

    fn is_for(&self, caller: Caller<'_>) -> bool {
        !self.of_provider || caller.is_provider()
    }

    /// What one can filter and sort by, and choose to see.
    fn fields(&self) -> Vec<&'static str> {
        let mut fields = self.kind.fields.to_vec();
        if self.of_provider && !fields.contains(&"org") {
            fields.push("org");
        }
        fields
    }
}

/// How much of a thing is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Records,
    IdRecords,
    References,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::IdRecords => "idrecords",
            Self::References => "references",
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Results<'a> {
    other_attributes: Nothing,
    link: Vec<Link>,
    href: String,
    r#type: String,
    name: &'static str,
    page: usize,
    page_size: usize,
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Vec<Shown<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Vec<Reference<'a>>>,
    v_cloud_extension: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct QueryList {
    other_attributes: Nothing,
    link: Vec<Link>,
    href: String,
    r#type: String,
    v_cloud_extension: [(); 0],
}

/// Answers a query, or lists the queries that there are.
pub(crate) fn answer(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::legacy_method_not_allowed("GET", caller.wanted.json);
    }
    let wanted = |name: &str| {
        request
            .query_pairs()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    };
    let Some(name) = wanted("type") else {
        return queries(cloud, request, caller);
    };
    let refused = |message: String| error_body::legacy(400, "BAD_REQUEST", &message, caller.wanted.json);
    let Some(query) = Query::all().find(|query| query.name.name == name) else {
        return refused(format!("Unknown or unsupported query type '{name}'."));
    };
    if !query.is_for(caller) {
        let message = error_body::forbidden_message(cloud, "System: View", "QUERY", &name);
        let code = "ACCESS_TO_RESOURCE_IS_FORBIDDEN";
        return error_body::legacy(403, code, &message, caller.wanted.json);
    }
    let format = match wanted("format").as_deref() {
        None | Some("records") => Format::Records,
        Some("idrecords") => Format::IdRecords,
        Some("references") => Format::References,
        Some(other) => return refused(format!("Unknown query result format '{other}'.")),
    };
    results(cloud, request, caller, query, format).unwrap_or_else(refused)
}

fn results(
    cloud: &Cloud,
    request: &Request,
    caller: Caller<'_>,
    query: Query,
    format: Format,
) -> Result<Response, String> {
    let base = cloud.base_url(request);
    let inventory = Inventory {
        cloud,
        base: &base,
        sees: &|organization| caller.sees(organization),
    };
    let Query { kind, name, .. } = query;
    let records = (kind.find)(&inventory);
    let fields = query.fields();
    let listing = Listing::of(request, &fields)?;
    let chosen = listing.choose(records.into_iter(), |record, name| record.field(name));
    let page = listing.page();
    let chosen_fields: Vec<String> = request
        .query_pairs()
        .filter(|(name, _)| name == "fields")
        .flat_map(|(_, value)| {
            value
                .split(',')
                .map(|field| field.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .filter(|field| !field.is_empty())
        .collect();
    if let Some(unknown) = chosen_fields.iter().find(|field| !fields.contains(&field.as_str())) {
        return Err(format!("Unknown field '{unknown}' in parameter fields."));
    }
    let shown_fields = if chosen_fields.is_empty() {
        fields
    } else {
        chosen_fields.iter().map(String::as_str).collect()
    };
    let json_type = format!("QueryResult{}RecordType", name.record);
    let part = &chosen[page.range(chosen.len())];
    let shown = || {
        part.iter().map(|record| Shown {
            record,
            json_type: &json_type,
            by_id: format == Format::IdRecords,
            fields: &shown_fields,
        })
    };
    let references = || {
        part.iter().map(|record| {
            let urn = Some(record.urn.clone());
            Reference::new(caller.wanted, kind.media, record.href.clone(), urn, record.name())
        })
    };
    let by_reference = format == Format::References;
    let own_type = media_type(caller.wanted, &format!("query.{}", format.name()));
    let address = |page: usize| own_address(&base, request, name, format, page, listing.page().size());
    let links = page
        .targets(chosen.len())
        .into_iter()
        .map(|(rel, page)| Link::new(rel, address(page), Some(own_type.clone())));
    let results = Results {
        other_attributes: Nothing {},
        link: links.collect(),
        href: address(page.number()),
        r#type: own_type.clone(),
        name: name.name,
        page: page.number(),
        page_size: page.size(),
        total: chosen.len(),
        record: (!by_reference).then(|| shown().collect()),
        reference: by_reference.then(|| references().collect()),
        v_cloud_extension: [],
    };
    let content_type = content_type(caller.wanted, &format!("query.{}", format.name()));
    if caller.wanted.json {
        return Ok(Response::json(200, &content_type, &results));
    }
    let element = if by_reference {
        format!("{}References", name.reference)
    } else {
        "QueryResultRecords".to_owned()
    };
    let own = attributes(&[
        ("xmlns", Some(NAMESPACE)),
        ("total", Some(&results.total.to_string())),
        ("pageSize", Some(&results.page_size.to_string())),
        ("page", Some(&results.page.to_string())),
        ("name", Some(name.name)),
        ("href", Some(&results.href)),
        ("type", Some(&results.r#type)),
    ]);
    let mut text = format!("{PROLOG}<{element}{own}>\n");
    text.extend(results.link.iter().map(Link::xml));
    if by_reference {
        text.extend(references().map(|reference| reference.xml(&format!("{}Reference", name.reference))));
    } else {
        text.extend(shown().map(|shown| shown.xml(&format!("{}Record", name.record))));
    }
    text.push_str(&format!("</{element}>\n"));
    Ok(Response::with_body(200, &content_type, text))
}

/// The address of a page of this query.
fn own_address(base: &str, request: &Request, name: &Name, format: Format, page: usize, size: usize) -> String {
    let others: String = request
        .query()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter(|pair| !matches!(pair.split('=').next(), Some("type" | "page" | "pageSize" | "format")))
        .map(|pair| format!("&{pair}"))
        .collect();
    let (name, format) = (name.name, format.name());
    format!("{base}/api/query?type={name}&page={page}&pageSize={size}&format={format}{others}")
}

fn queries(cloud: &Cloud, request: &Request, caller: Caller<'_>) -> Response {
    let base = cloud.base_url(request);
    let mut links = Vec::new();
    for query in Query::all().filter(|query| query.is_for(caller)) {
        for format in [Format::References, Format::Records, Format::IdRecords] {
            let (name, format) = (query.name.name, format.name());
            let href = format!("{base}/api/query?type={name}&format={format}");
            let media_type = media_type(caller.wanted, &format!("query.{format}"));
            links.push(Link::new("down", href, Some(media_type)).named(name));
        }
    }
    let list = QueryList {
        other_attributes: Nothing {},
        link: links,
        href: format!("{base}/api/query"),
        r#type: media_type(caller.wanted, "query.queryList"),
        v_cloud_extension: [],
    };
    let content_type = content_type(caller.wanted, "query.queryList");
    if caller.wanted.json {
        return Response::json(200, &content_type, &list);
    }
    let own = attributes(&[
        ("xmlns", Some(NAMESPACE)),
        ("href", Some(&list.href)),
        ("type", Some(&list.r#type)),
    ]);
    let links: String = list.link.iter().map(Link::xml).collect();
    Response::with_body(
        200,
        &content_type,
        format!("{PROLOG}<QueryList{own}>\n{links}</QueryList>\n"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_fields_of_a_kind_are_those_of_its_records() {
        let cloud = Cloud::new(&Config::default()).expect("a cloud");
        let inventory = Inventory {
            cloud: &cloud,
            base: "",
            sees: &|_| true,
        };
        for query in Query::all() {
            let shown: Vec<&str> = query.fields().into_iter().skip(2).collect();
            for record in (query.kind.find)(&inventory) {
                let mut names: Vec<&str> = record.attributes.iter().map(|(name, _)| *name).collect();
                names.retain(|name| *name != "org" || shown.contains(name));
                names.sort_unstable();
                let mut shown = shown.clone();
                shown.sort_unstable();
                assert_eq!(names, shown, "{}", query.name.name);
            }
        }
    }
}
