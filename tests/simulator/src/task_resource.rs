//! `/api/task/{uuid}` and `/api/task/{uuid}/action/cancel`

use serde::Serialize;

use crate::caller::Caller;
use crate::cloud::Cloud;
use crate::error_body::{self, xml};
use crate::legacy_body::{Link, NAMESPACE, Nothing, PROLOG, Reference, attributes, content_type, media_type};
use crate::request::Request;
use crate::response::Response;
use crate::tasks::{Status, Task};
use crate::timestamp;

/// How long tasks are kept after their beginning.
const KEPT: std::time::Duration = std::time::Duration::from_secs(90 * 86_400);
/// What a failed task says.
const FAILURE: &str = "The operation failed because the storage policy \"Gold\" has no room left.";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskAnswer<'a> {
    other_attributes: Nothing,
    link: Vec<Link>,
    href: String,
    r#type: String,
    id: String,
    operation_key: Option<()>,
    description: Option<()>,
    tasks: Option<()>,
    name: &'static str,
    owner: Option<Reference<'a>>,
    error: Option<TaskError>,
    user: Reference<'a>,
    organization: Reference<'a>,
    progress: Option<u32>,
    params: Option<()>,
    details: &'static str,
    vc_task_list: Option<()>,
    result: Option<TaskResult>,
    status: &'static str,
    operation: &'a str,
    operation_name: &'static str,
    service_namespace: &'static str,
    start_time: String,
    end_time: Option<String>,
    expiry_time: String,
    cancel_requested: bool,
    v_cloud_extension: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskError {
    message: &'static str,
    major_error_code: u16,
    minor_error_code: &'static str,
    vendor_specific_error_code: Option<()>,
    stack_trace: Option<()>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskResult {
    result_content: Option<()>,
    result_reference: Option<()>,
}

/// Shows a task, or cancels it.
pub(crate) fn answer(cloud: &Cloud, request: &Request, caller: Caller<'_>, id: &str, call: &[&str]) -> Response {
    let sees = |task: &Task| caller.sees(&task.user.organization_id);
    let json = caller.wanted.json;
    let nowhere = || error_body::legacy_no_access(cloud, "task", id, json);
    match (request.method.as_str(), call) {
        ("GET" | "HEAD", []) => match cloud.tasks.look(id, sees) {
            Some(task) => show(cloud, request, caller, &task),
            None => nowhere(),
        },
        ("POST", ["action", "cancel"]) => match cloud.tasks.cancel(id, sees) {
            Some(true) => Response::empty(204),
            Some(false) => {
                let message = "The task has ended and cannot be canceled.";
                error_body::legacy(400, "BAD_REQUEST", message, json)
            }
            None => nowhere(),
        },
        (_, []) => error_body::legacy_method_not_allowed("GET", json),
        (_, ["action", "cancel"]) => error_body::legacy_method_not_allowed("POST", json),
        _ => error_body::legacy(404, "NOT_FOUND", "There is nothing at this path.", json),
    }
}

/// A reference to a thing that is known by its URN alone.
fn owner<'a>(base: &str, caller: Caller<'_>, urn: &'a str) -> Reference<'a> {
    let kind = urn.split(':').nth(2).unwrap_or("entity");
    let id = urn.rsplit(':').next().unwrap_or(urn);
    let href = match kind {
        "vm" | "vapp" => format!("{base}/api/vApp/{kind}-{id}"),
        "org" => format!("{base}/api/org/{id}"),
        "serviceAccount" => format!("{base}/cloudapi/1.0.0/serviceAccounts/{urn}"),
        _ => format!("{base}/api/entity/{urn}"),
    };
    Reference::new(caller.wanted, kind, href, Some(urn.to_owned()), "")
}

fn show(cloud: &Cloud, request: &Request, caller: Caller<'_>, task: &Task) -> Response {
    let base = cloud.base_url(request);
    let href = format!("{base}/api/task/{}", task.id);
    let status = task.status();
    let user = &task.user;
    let wanted = caller.wanted;
    let answer = TaskAnswer {
        other_attributes: Nothing {},
        link: if status.is_final() {
            Vec::new()
        } else {
            vec![Link::new("task:cancel", format!("{href}/action/cancel"), None)]
        },
        href,
        r#type: media_type(wanted, "task"),
        id: format!("urn:vcloud:task:{}", task.id),
        operation_key: None,
        description: None,
        tasks: None,
        name: "task",
        owner: task.owner.as_deref().map(|urn| owner(&base, caller, urn)),
        error: (status == Status::Error).then_some(TaskError {
            message: FAILURE,
            major_error_code: 500,
            minor_error_code: "INTERNAL_SERVER_ERROR",
            vendor_specific_error_code: None,
            stack_trace: None,
        }),
        user: Reference::new(
            wanted,
            "admin.user",
            format!("{base}/api/admin/user/{}", user.id),
            None,
            &user.name,
        ),
        organization: Reference::new(
            wanted,
            "org",
            format!("{base}/api/org/{}", user.organization_id),
            None,
            &user.organization,
        ),
        progress: match status {
            Status::Running(progress) => Some(progress),
            Status::Success => Some(100),
            _ => None,
        },
        params: None,
        details: if status == Status::Error { FAILURE } else { "" },
        vc_task_list: None,
        result: (status == Status::Success).then_some(TaskResult {
            result_content: None,
            result_reference: None,
        }),
        status: status.name(),
        operation: &task.operation,
        operation_name: task.operation_name,
        service_namespace: "com.vmware.vcloud",
        start_time: timestamp::text(task.started),
        end_time: task.ended.map(timestamp::text),
        expiry_time: timestamp::text(task.started + KEPT),
        cancel_requested: task.cancel_requested,
        v_cloud_extension: [],
    };
    let content_type = content_type(wanted, "task");
    if wanted.json {
        Response::json(200, &content_type, &answer)
    } else {
        Response::with_body(200, &content_type, document(&answer))
    }
}

fn document(task: &TaskAnswer<'_>) -> String {
    let cancel_requested = task.cancel_requested.to_string();
    let own = attributes(&[
        ("xmlns", Some(NAMESPACE)),
        ("cancelRequested", Some(&cancel_requested)),
        ("endTime", task.end_time.as_deref()),
        ("expiryTime", Some(&task.expiry_time)),
        ("operation", Some(task.operation)),
        ("operationName", Some(task.operation_name)),
        ("serviceNamespace", Some(task.service_namespace)),
        ("startTime", Some(&task.start_time)),
        ("status", Some(task.status)),
        ("name", Some(task.name)),
        ("id", Some(&task.id)),
        ("href", Some(&task.href)),
        ("type", Some(&task.r#type)),
    ]);
    let mut text = format!("{PROLOG}<Task{own}>\n");
    text.extend(task.link.iter().map(Link::xml));
    text.extend(task.owner.as_ref().map(|owner| owner.xml("Owner")));
    text.extend(task.error.as_ref().map(|error| {
        let own = attributes(&[
            ("majorErrorCode", Some(&error.major_error_code.to_string())),
            ("minorErrorCode", Some(error.minor_error_code)),
            ("message", Some(error.message)),
        ]);
        format!("    <Error{own}/>\n")
    }));
    text.push_str(&task.user.xml("User"));
    text.push_str(&task.organization.xml("Organization"));
    text.extend(
        task.progress
            .map(|progress| format!("    <Progress>{progress}</Progress>\n")),
    );
    text.push_str(&format!("    <Details>{}</Details>\n</Task>\n", xml(task.details)));
    text
}
