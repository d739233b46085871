//! `/api/vApp`, `/api/vdc`, `/api/catalog` and `/api/admin/user`: what the query service finds, one by one.

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::error_body;
use crate::inventory::Inventory;
use crate::legacy_document::Document;
use crate::query_record::{Record, Value};
use crate::request::Request;
use crate::response::Response;

/// Things of one kind.
pub(crate) struct Kind {
    /// What is before the identifier in their addresses.
    path: &'static str,
    /// The name of the element.
    element: &'static str,
    /// What stands in the media type.
    media: &'static str,
    find: fn(&Inventory<'_>) -> Vec<Record>,
    /// Where one of them belongs: the field of its record that has the address, and what stands in the media type of
    /// what is there.
    parent: (&'static str, &'static str),
    /// The states that queries have words for and these documents numbers.
    states: &'static [(&'static str, u32)],
    /// Elements of its own, and the fields of its record that they come from.
    elements: &'static [(&'static str, &'static str)],
}

const POWER: &[(&str, u32)] = &[("POWERED_ON", 4), ("POWERED_OFF", 8)];

/// Virtual machines.
pub(crate) const VM: Kind = Kind {
    path: "/api/vApp/vm-",
    element: "Vm",
    media: "vm",
    find: |inventory| inventory.vms(),
    parent: ("container", "vApp"),
    states: POWER,
    elements: &[],
};

/// vApps.
pub(crate) const VAPP: Kind = Kind {
    path: "/api/vApp/vapp-",
    element: "VApp",
    media: "vApp",
    find: |inventory| inventory.vapp_records(),
    parent: ("vdc", "vdc"),
    states: POWER,
    elements: &[],
};

/// Virtual data centres.
pub(crate) const VDC: Kind = Kind {
    path: "/api/vdc/",
    element: "Vdc",
    media: "vdc",
    find: |inventory| inventory.vdcs(),
    parent: ("org", "org"),
    states: &[("READY", 1)],
    elements: &[("IsEnabled", "isEnabled")],
};

/// Catalogues, which have no state here.
pub(crate) const CATALOG: Kind = Kind {
    path: "/api/catalog/",
    element: "Catalog",
    media: "catalog",
    find: |inventory| inventory.catalogs(),
    parent: ("org", "org"),
    states: &[],
    elements: &[("IsPublished", "isPublished")],
};

/// Users.
pub(crate) const USER: Kind = Kind {
    path: "/api/admin/user/",
    element: "User",
    media: "admin.user",
    find: |inventory| inventory.users(),
    parent: ("org", "org"),
    states: &[],
    elements: &[("FullName", "fullName"), ("IsEnabled", "isEnabled")],
};

/// Shows the thing with this identifier.
pub(crate) fn item(cloud: &Cloud, request: &Request, caller: Caller<'_>, kind: &Kind, id: &str) -> Response {
    let wanted = caller.wanted;
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return error_body::legacy_method_not_allowed("GET", wanted.json);
    }
    let base = cloud.base_url(request);
    let href = format!("{base}{}{id}", kind.path);
    let inventory = Inventory {
        cloud,
        base: &base,
        sees: &|organization| caller.sees(organization),
    };
    let Some(record) = (kind.find)(&inventory).into_iter().find(|record| record.href == href) else {
        return error_body::legacy_no_access(cloud, kind.media, id, wanted.json);
    };
    let text = |field| match record.value(field) {
        Some(Value::Text(text)) => text.as_str(),
        _ => "",
    };
    let urn = Some(record.urn.clone());
    let mut document = Document::new(wanted, kind.element, kind.media, href, urn, record.name())
        .link("up", text(kind.parent.0).to_owned(), kind.parent.1)
        .description(text("description"));
    if let Some((_, number)) = kind.states.iter().find(|(word, _)| *word == text("status")) {
        document = document.attribute("status", Value::Number(*number));
    }
    if let Some(Value::Flag(deployed)) = record.value("isDeployed") {
        document = document.attribute("deployed", *deployed);
    }
    for (element, field) in kind.elements {
        if let Some(value) = record.value(field) {
            document = document.element(element, value.clone());
        }
    }
    document.answer()
}
