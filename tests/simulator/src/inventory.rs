//! What the query service finds: virtual machines and where they live, the same at every start.

use std::sync::Arc;

use crate::cloud::Cloud;
use crate::data::{Organization, SYSTEM_ID, TYRELL_ID};
use crate::query_record::{Record, Value};
use crate::random::fixed_uuid;
use crate::timestamp;

/// Virtual machines in a vApp.
const VMS_IN_VAPP: usize = 3;

/// What is there, seen by someone.
pub(crate) struct Inventory<'a> {
    /// Whose it is.
    pub(crate) cloud: &'a Cloud,
    /// Scheme, host and prefix of addresses.
    pub(crate) base: &'a str,
    /// Whether things of an organisation are shown.
    pub(crate) sees: &'a dyn Fn(&str) -> bool,
}

/// A vApp, which is where virtual machines are.
struct Vapp<'o> {
    number: usize,
    organization: &'o Organization,
    vms: Vec<usize>,
}

impl Vapp<'_> {
    fn id(&self) -> String {
        fixed_uuid(0x40_0000_0000 + self.number as u64)
    }

    fn name(&self) -> String {
        format!("vapp-{:04}", self.number + 1)
    }

    fn is_running(&self) -> bool {
        self.number % 3 != 2
    }

    fn status(&self) -> &'static str {
        if self.is_running() { "POWERED_ON" } else { "POWERED_OFF" }
    }
}

/// The UUID of something that an organisation has one of.
fn id_in(organization: &Organization, kind: u64) -> String {
    let number = organization.id.bytes().fold(kind, |number, byte| {
        number.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    fixed_uuid(number)
}

fn vdc_id(organization: &Organization) -> String {
    id_in(organization, 1)
}

fn vdc_name(organization: &Organization) -> String {
    format!("{}-vdc", organization.name)
}

impl Inventory<'_> {
    fn organizations(&self) -> Vec<Arc<Organization>> {
        self.cloud.organizations().all().to_vec()
    }

    /// Every second vApp is Tyrell's; the others are spread over all tenants.
    fn vapps<'o>(&self, organizations: &'o [Arc<Organization>]) -> Vec<Vapp<'o>> {
        let tenants: Vec<&Arc<Organization>> = organizations.iter().filter(|entry| entry.id != SYSTEM_ID).collect();
        let Some(first) = tenants.iter().find(|entry| entry.id == TYRELL_ID).or(tenants.first()) else {
            return Vec::new();
        };
        let vms = self.cloud.vms;
        let vapp = |number: usize| {
            let start = number * VMS_IN_VAPP;
            Vapp {
                number,
                organization: if number & 1 == 0 {
                    first
                } else {
                    tenants[number / 2 % tenants.len()]
                },
                vms: (start..(start + VMS_IN_VAPP).min(vms)).collect(),
            }
        };
        let all = (0..vms.div_ceil(VMS_IN_VAPP)).map(vapp);
        all.filter(|vapp| (self.sees)(&vapp.organization.id)).collect()
    }

    fn vdc_href(&self, organization: &Organization) -> String {
        format!("{}/api/vdc/{}", self.base, vdc_id(organization))
    }

    fn org_href(&self, id: &str) -> String {
        format!("{}/api/org/{id}", self.base)
    }

    /// Virtual machines.
    pub(crate) fn vms(&self) -> Vec<Record> {
        let organizations = self.organizations();
        let mut records = Vec::new();
        for vapp in self.vapps(&organizations) {
            for number in &vapp.vms {
                let id = fixed_uuid(0x41_0000_0000 + *number as u64);
                records.push(Record {
                    urn: format!("urn:vcloud:vm:{id}"),
                    href: format!("{}/api/vApp/vm-{id}", self.base),
                    attributes: vec![
                        ("name", Value::from(format!("vm-{:05}", number + 1))),
                        ("containerName", vapp.name().into()),
                        ("container", format!("{}/api/vApp/vapp-{}", self.base, vapp.id()).into()),
                        ("vdc", self.vdc_href(vapp.organization).into()),
                        ("org", self.org_href(&vapp.organization.id).into()),
                        ("status", vapp.status().into()),
                        (
                            "guestOs",
                            ["Debian GNU/Linux 12 (64-bit)", "Microsoft Windows Server 2022 (64-bit)"][number % 2]
                                .into(),
                        ),
                        ("numberOfCpus", Value::Number(1 << (number % 4))),
                        ("memoryMB", Value::Number(1024 << (number % 5))),
                        ("hardwareVersion", Value::Number(19)),
                        (
                            "ipAddress",
                            format!("10.0.{}.{}", number / 250 % 250, number % 250 + 1).into(),
                        ),
                        ("isDeployed", vapp.is_running().into()),
                        ("isVAppTemplate", false.into()),
                        ("isBusy", false.into()),
                    ],
                });
            }
        }
        records
    }

    /// vApps.
    pub(crate) fn vapp_records(&self) -> Vec<Record> {
        let organizations = self.organizations();
        let vapps = self.vapps(&organizations);
        let record = |vapp: &Vapp<'_>| Record {
            urn: format!("urn:vcloud:vapp:{}", vapp.id()),
            href: format!("{}/api/vApp/vapp-{}", self.base, vapp.id()),
            attributes: vec![
                ("name", vapp.name().into()),
                ("vdcName", vdc_name(vapp.organization).into()),
                ("vdc", self.vdc_href(vapp.organization).into()),
                ("org", self.org_href(&vapp.organization.id).into()),
                ("status", vapp.status().into()),
                ("numberOfVMs", vapp.vms.len().into()),
                ("isEnabled", true.into()),
                ("isDeployed", vapp.is_running().into()),
                ("isBusy", false.into()),
            ],
        };
        vapps.iter().map(record).collect()
    }

    /// Virtual data centres, one for each tenant.
    pub(crate) fn vdcs(&self) -> Vec<Record> {
        let organizations = self.organizations();
        let vapps = self.vapps(&organizations);
        let seen = organizations
            .iter()
            .filter(|entry| entry.id != SYSTEM_ID && (self.sees)(&entry.id));
        let record = |organization: &Arc<Organization>| {
            let own = vapps.iter().filter(|vapp| vapp.organization.id == organization.id);
            Record {
                urn: format!("urn:vcloud:vdc:{}", vdc_id(organization)),
                href: self.vdc_href(organization),
                attributes: vec![
                    ("name", vdc_name(organization).into()),
                    ("orgName", organization.name.as_str().into()),
                    ("org", self.org_href(&organization.id).into()),
                    ("description", "".into()),
                    ("isEnabled", organization.is_enabled.into()),
                    ("isBusy", false.into()),
                    ("numberOfVApps", own.count().into()),
                    ("cpuLimitMhz", Value::Number(0)),
                    ("memoryLimitMB", Value::Number(0)),
                    ("status", "READY".into()),
                ],
            }
        };
        seen.map(record).collect()
    }

    /// Catalogues, one for each tenant.
    pub(crate) fn catalogs(&self) -> Vec<Record> {
        let organizations = self.organizations();
        let seen = organizations
            .iter()
            .filter(|entry| entry.id != SYSTEM_ID && (self.sees)(&entry.id));
        let record = |organization: &Arc<Organization>| {
            let id = id_in(organization, 2);
            Record {
                urn: format!("urn:vcloud:catalog:{id}"),
                href: format!("{}/api/catalog/{id}", self.base),
                attributes: vec![
                    ("name", format!("{} templates", organization.name).into()),
                    ("orgName", organization.name.as_str().into()),
                    ("org", self.org_href(&organization.id).into()),
                    ("description", "".into()),
                    ("isPublished", organization.can_publish.into()),
                    ("isShared", false.into()),
                    ("numberOfVAppTemplates", Value::Number(3)),
                    ("numberOfMedia", Value::Number(1)),
                    ("status", "READY".into()),
                ],
            }
        };
        seen.map(record).collect()
    }

    /// Organisations.
    pub(crate) fn organization_records(&self) -> Vec<Record> {
        let organizations = self.organizations();
        let seen = organizations.iter().filter(|entry| (self.sees)(&entry.id));
        let record = |organization: &Arc<Organization>| Record {
            urn: organization.urn(),
            href: self.org_href(&organization.id),
            attributes: vec![
                ("name", organization.name.as_str().into()),
                ("displayName", organization.display_name.as_str().into()),
                ("isEnabled", organization.is_enabled.into()),
                ("isReadOnly", false.into()),
                ("canPublishCatalogs", organization.can_publish.into()),
                ("numberOfCatalogs", Value::Number(organization.catalog_count)),
                ("numberOfVdcs", Value::Number(organization.org_vdc_count)),
                ("numberOfVApps", Value::Number(organization.vapp_count)),
            ],
        };
        seen.map(record).collect()
    }

    /// Users.
    pub(crate) fn users(&self) -> Vec<Record> {
        let users = self.cloud.passwords.users().iter();
        let seen = users.filter(|user| (self.sees)(&user.organization_id));
        seen.map(|user| Record {
            urn: user.urn(),
            href: format!("{}/api/admin/user/{}", self.base, user.id),
            attributes: vec![
                ("name", user.name.as_str().into()),
                ("org", self.org_href(&user.organization_id).into()),
                ("fullName", user.name.as_str().into()),
                ("roleNames", user.role.name().into()),
                ("isEnabled", true.into()),
                ("isLdapUser", false.into()),
                ("numberOfDeployedVMs", Value::Number(0)),
                ("numberOfStoredVMs", Value::Number(0)),
            ],
        })
        .collect()
    }

    /// Tasks, as they were last looked at.
    pub(crate) fn tasks(&self) -> Vec<Record> {
        let tasks = self.cloud.tasks.list().into_iter();
        let seen = tasks.filter(|task| (self.sees)(&task.user.organization_id));
        seen.map(|task| {
            let owner = task.owner.as_deref().unwrap_or_default();
            Record {
                urn: format!("urn:vcloud:task:{}", task.id),
                href: format!("{}/api/task/{}", self.base, task.id),
                attributes: vec![
                    ("name", task.operation_name.into()),
                    ("status", task.status().name().into()),
                    ("object", owner.into()),
                    ("objectType", owner.split(':').nth(2).unwrap_or_default().into()),
                    ("ownerName", task.user.name.as_str().into()),
                    ("orgName", task.user.organization.as_str().into()),
                    ("org", self.org_href(&task.user.organization_id).into()),
                    ("startDate", timestamp::text(task.started).into()),
                    ("endDate", task.ended.map(timestamp::text).unwrap_or_default().into()),
                ],
            }
        })
        .collect()
    }
}
