//! Organisations and users.

use std::collections::HashMap;
use std::sync::Arc;

use crate::random::fixed_uuid;
use crate::request::decoded;

/// The UUID of the provider's organisation, the same on every Cloud Director.
pub(crate) const SYSTEM_ID: &str = "a93c9db9-7471-3192-8d09-a8f7eeda85f9";
/// The organisation of the example that everyone starts from.
pub(crate) const TYRELL_ID: &str = "7e5f1fe3-80cc-41e8-bf72-d40caf54418e";

/// One organisation.
#[derive(Debug, Clone)]
pub(crate) struct Organization {
    /// Its UUID.
    pub(crate) id: String,
    /// The short name.
    pub(crate) name: String,
    /// The full name.
    pub(crate) display_name: String,
    /// What it is for.
    pub(crate) description: String,
    /// Whether its users may sign in.
    pub(crate) is_enabled: bool,
    /// Virtual data centres.
    pub(crate) org_vdc_count: u32,
    /// Catalogues.
    pub(crate) catalog_count: u32,
    /// vApps.
    pub(crate) vapp_count: u32,
    /// Running virtual machines.
    pub(crate) running_vm_count: u32,
    /// Users.
    pub(crate) user_count: u32,
    /// Named disks.
    pub(crate) disk_count: u32,
    /// Whether it may publish catalogues.
    pub(crate) can_publish: bool,
}

impl Organization {
    /// The identifier that `/cloudapi` uses.
    pub(crate) fn urn(&self) -> String {
        format!("urn:vcloud:org:{}", self.id)
    }

    /// An organisation without anything in it.
    pub(crate) fn new(id: String, name: &str, display_name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            description: String::new(),
            is_enabled: true,
            org_vdc_count: 0,
            catalog_count: 0,
            vapp_count: 0,
            running_vm_count: 0,
            user_count: 0,
            disk_count: 0,
            can_publish: false,
        }
    }
}

/// One user.
#[derive(Debug)]
pub(crate) struct User {
    /// The name to sign in with.
    pub(crate) name: String,
    /// The UUID.
    pub(crate) id: String,
    /// The organisation's UUID.
    pub(crate) organization_id: String,
    /// The organisation's name.
    pub(crate) organization: String,
    /// What the user may do.
    pub(crate) role: Role,
}

impl User {
    /// Whether this is the user of that name in the organisation of that name, in whatever case.
    pub(crate) fn is(&self, organization: &str, name: &str) -> bool {
        self.organization.eq_ignore_ascii_case(organization) && self.name.eq_ignore_ascii_case(name)
    }

    /// Whether this is a user of "System".
    pub(crate) fn is_provider(&self) -> bool {
        self.organization_id == SYSTEM_ID
    }

    /// The identifier that `/cloudapi` uses.
    pub(crate) fn urn(&self) -> String {
        format!("urn:vcloud:user:{}", self.id)
    }

    /// Where a session of this user is valid, as access tokens and sessions spell it.
    pub(crate) fn location(&self, site_id: &str) -> String {
        format!("{}@{site_id}", self.organization_id)
    }
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything, in every organisation.
    SystemAdministrator,
    /// Everything in one organisation.
    OrganizationAdministrator,
    /// Makes catalogues and vApps.
    CatalogAuthor,
    /// Makes vApps.
    VappAuthor,
    /// Uses vApps; lacks the right to see an organisation's restricted fields.
    VappUser,
    /// Sees the consoles of virtual machines.
    ConsoleAccessOnly,
}

impl Role {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::SystemAdministrator,
        Self::OrganizationAdministrator,
        Self::CatalogAuthor,
        Self::VappAuthor,
        Self::VappUser,
        Self::ConsoleAccessOnly,
    ];

    /// The one that a URN names, by its UUID or by its name.
    pub(crate) fn from_urn(urn: &str) -> Option<Self> {
        let text = decoded(urn.strip_prefix("urn:vcloud:role:")?);
        Self::ALL
            .into_iter()
            .find(|role| role.id() == text || role.name().eq_ignore_ascii_case(&text))
    }

    /// Whether it is a role of the provider's users, rather than of everyone else's.
    pub(crate) fn is_for_provider(self) -> bool {
        self == Self::SystemAdministrator
    }

    /// Whether users, tokens and service accounts of others may be managed.
    pub(crate) fn is_administrator(self) -> bool {
        matches!(self, Self::SystemAdministrator | Self::OrganizationAdministrator)
    }

    /// The name that people see.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SystemAdministrator => "System Administrator",
            Self::OrganizationAdministrator => "Organization Administrator",
            Self::CatalogAuthor => "Catalog Author",
            Self::VappAuthor => "vApp Author",
            Self::VappUser => "vApp User",
            Self::ConsoleAccessOnly => "Console Access Only",
        }
    }

    fn id(self) -> String {
        match self {
            Self::SystemAdministrator => fixed_uuid(0x5_0001),
            Self::OrganizationAdministrator => "a41afac6-8ad8-3eee-98d1-69c202def8be".to_owned(),
            Self::CatalogAuthor => fixed_uuid(0x5_0003),
            Self::VappAuthor => fixed_uuid(0x5_0004),
            Self::VappUser => fixed_uuid(0x5_0002),
            Self::ConsoleAccessOnly => fixed_uuid(0x5_0005),
        }
    }

    /// The identifier.
    pub(crate) fn urn(self) -> String {
        format!("urn:vcloud:role:{}", self.id())
    }

    /// Whether the right "Organization Administrator View" belongs to it.
    pub(crate) fn sees_restricted_fields(self) -> bool {
        self.is_administrator()
    }
}

/// All organisations, "System" among them.
#[derive(Default)]
pub(crate) struct Organizations {
    /// In the order of their names, which is the default order of the API.
    sorted: Vec<Arc<Organization>>,
    by_id: HashMap<String, Arc<Organization>>,
}

impl Organizations {
    /// "System" and so many tenants, the same at every start.
    pub(crate) fn new(tenants: usize) -> Self {
        let mut organizations = Self::default();
        organizations.sorted.push(Arc::new(system()));
        organizations
            .sorted
            .extend((0..tenants.max(1)).map(|index| Arc::new(tenant(index))));
        organizations
            .sorted
            .sort_by_cached_key(|organization| organization.name.to_lowercase());
        organizations.by_id = organizations
            .sorted
            .iter()
            .map(|entry| (entry.id.clone(), Arc::clone(entry)))
            .collect();
        organizations
    }

    /// All of them in the order of their names.
    pub(crate) fn all(&self) -> &[Arc<Organization>] {
        &self.sorted
    }

    /// The one with this UUID.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Arc<Organization>> {
        self.by_id.get(id)
    }

    /// Whether there is one of that name, in whatever case.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.sorted
            .binary_search_by_key(&name, |organization| organization.name.to_lowercase())
            .is_ok()
    }

    /// Adds one, or puts it in place of the one with the same UUID.
    pub(crate) fn put(&mut self, organization: Organization) -> Arc<Organization> {
        self.remove(&organization.id);
        let organization = Arc::new(organization);
        let name = organization.name.to_lowercase();
        let place = self.sorted.partition_point(|other| other.name.to_lowercase() < name);
        self.sorted.insert(place, Arc::clone(&organization));
        self.by_id.insert(organization.id.clone(), Arc::clone(&organization));
        organization
    }

    /// Takes one away.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.sorted.retain(|organization| organization.id != id);
        self.by_id.remove(id).is_some()
    }
}

fn system() -> Organization {
    let mut organization = Organization::new(SYSTEM_ID.to_owned(), "System", "System");
    organization.user_count = 1;
    organization
}

/// Tenants with names of their own: short name and full name. The third to fifth have what names
/// may have and clients tend to get wrong; the last is named like an identifier, as some providers do.
const NAMED: [(&str, &str); 7] = [
    ("Tyrell", "Tyrell Corporation"),
    ("Wallace", "Wallace Corporation"),
    ("Rep-Detect.(L.A.P.D.)", "Los Angeles Police, Rep-Detect"),
    ("Shimago!Dominguez,$1", "Shimago-Domínguez 株式会社"),
    ("Sebastian's_Toys", "J. F. Sebastian"),
    ("Off-world", "Off-world Colonies"),
    ("e0d8d1a4-2f0b-4c7e-9d3a-5b6c7d8e9f01", "Nexus Memory Laboratories"),
];

fn tenant(index: usize) -> Organization {
    let number = index + 1;
    let (name, display_name) = match NAMED.get(index) {
        Some((name, display_name)) => ((*name).to_owned(), (*display_name).to_owned()),
        None => (format!("org-{number:05}"), format!("Organization {number}")),
    };
    let varied = |modulus: usize| u32::try_from(number % modulus).unwrap_or_default();
    let mut organization = Organization::new(fixed_uuid(number as u64), &name, &display_name);
    if index == 0 {
        TYRELL_ID.clone_into(&mut organization.id);
        organization.org_vdc_count = 1;
        organization.vapp_count = 3;
        organization.running_vm_count = 6;
        organization.user_count = 2;
    } else {
        organization.is_enabled = varied(10) != 0;
        organization.org_vdc_count = varied(4);
        organization.catalog_count = varied(3);
        organization.vapp_count = varied(17);
        organization.running_vm_count = varied(29);
        organization.user_count = 1;
        organization.disk_count = varied(5);
        organization.can_publish = varied(7) == 0;
    }
    organization
}

/// Everyone who has an API token: the provider's administrator, two users of Tyrell, and an
/// administrator in each other organisation.
pub(crate) fn users(organizations: &Organizations) -> Vec<Arc<User>> {
    let mut users = Vec::with_capacity(organizations.all().len() + 1);
    for organization in organizations.all() {
        let members: &[(&str, Role)] = match organization.id.as_str() {
            SYSTEM_ID => &[("administrator", Role::SystemAdministrator)],
            TYRELL_ID => &[("roy", Role::OrganizationAdministrator), ("rachael", Role::VappUser)],
            _ => &[("admin", Role::OrganizationAdministrator)],
        };
        for (name, role) in members {
            users.push(Arc::new(User {
                name: (*name).to_owned(),
                id: fixed_uuid(0x10_0000_0000 + users.len() as u64),
                organization_id: organization.id.clone(),
                organization: organization.name.clone(),
                role: *role,
            }));
        }
    }
    users
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_tenants_as_asked_for_and_system() {
        for (wanted, expected) in [(0, 2), (1, 2), (40, 41), (12_800, 12_801)] {
            assert_eq!(Organizations::new(wanted).all().len(), expected);
        }
    }

    #[test]
    fn what_is_put_is_found_in_order() {
        let mut organizations = Organizations::new(3);
        organizations.put(Organization::new("x".to_owned(), "Uranus", "Uranus"));
        let names: Vec<&str> = organizations.all().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(
            names,
            ["Rep-Detect.(L.A.P.D.)", "System", "Tyrell", "Uranus", "Wallace"]
        );
        assert!(organizations.has_name("uRANUS"));
        assert!(organizations.remove("x"));
        assert!(!organizations.has_name("Uranus"));
    }
}
