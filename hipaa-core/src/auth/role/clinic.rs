//! The default policy of a clinic: seven roles over six classes of tables.

use super::{Ability, Operation, PolicyError, Role, RolePolicy};
use crate::auth::mask::View;
use crate::schema::{ColumnDef, Table};

/// Labels of columns that STAFF and BILLING never see in clear, whatever else says a policy. As in
/// [`Role::mask`], a stricter rule counts more.
pub const DEFAULT_MASKS: &[(&str, View)] = &[
    ("ssn", View::Ssn),
    ("birth_date", View::Year),
    ("date_of_birth", View::Year),
    ("insurance_member_id", View::Last(4)),
    ("insurance_group_number", View::Last(4)),
    ("chief_complaint", View::Hidden),
    ("subjective", View::Hidden),
    ("objective", View::Hidden),
    ("assessment", View::Hidden),
    ("plan", View::Hidden),
    ("diagnosis", View::Hidden),
    ("clinical_notes", View::Hidden),
    ("internal_notes", View::Hidden),
    ("treatment_notes", View::Hidden),
];

/// What not even the patient sees: notes that are no part of the record that patients have a right to.
const FROM_PATIENTS: &str = "internal_notes";

use Operation::{Create, Delete, List, Read, Reveal, Search, Sign, Update};

const NONE: &[Operation] = &[];
const OWN: &[Operation] = &[Read, Search];
const LOOK: &[Operation] = &[Read, List, Search];
const KEEP: &[Operation] = &[Create, Read, List, Search, Update];
const TREAT: &[Operation] = &[Create, Read, List, Search, Update, Sign, Operation::Amend];
const BILL: &[Operation] = &[Read, List, Search, Reveal];
const RULE: &[Operation] = &[Create, Read, List, Search, Update, Delete];

/// What a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Class {
    Patients,
    Clinical,
    Billing,
    Directory,
    Other,
    Treatment,
}

/// What a role sees of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Everything.
    Clear,
    /// What the application shows to roles that do not treat, with the default masks.
    Masked,
    /// Everything of the user's own record but internal notes.
    Own,
}

struct DefaultRole {
    label: &'static str,
    sight: Sight,
    /// By class, in the order of [`Class`].
    operations: [&'static [Operation]; 6],
    abilities: &'static [Ability],
}

const ROLES: [DefaultRole; 7] = [
    DefaultRole {
        label: "SUPER_ADMIN",
        sight: Sight::Clear,
        operations: [RULE; 6],
        abilities: &[Ability::ReadTrail, Ability::ReadDetails, Ability::ManageUsers, Ability::Decide],
    },
    DefaultRole {
        label: "ORG_ADMIN",
        sight: Sight::Clear,
        operations: [RULE; 6],
        abilities: &[Ability::ReadTrail, Ability::ReadDetails, Ability::ManageUsers],
    },
    DefaultRole {
        label: "CLINICIAN",
        sight: Sight::Clear,
        operations: [KEEP, TREAT, LOOK, LOOK, LOOK, TREAT],
        abilities: &[Ability::InvokeEmergency],
    },
    DefaultRole {
        label: "STAFF",
        sight: Sight::Masked,
        operations: [KEEP, LOOK, LOOK, KEEP, NONE, NONE],
        abilities: &[Ability::InvokeEmergency],
    },
    DefaultRole {
        label: "BILLING",
        sight: Sight::Masked,
        operations: [BILL, LOOK, KEEP, LOOK, NONE, NONE],
        abilities: &[],
    },
    DefaultRole {
        label: "PRIVACY_OFFICER",
        sight: Sight::Masked,
        operations: [LOOK, NONE, NONE, LOOK, NONE, NONE],
        abilities: &[Ability::ReadTrail, Ability::ReadDetails, Ability::ReviewEmergency, Ability::Decide],
    },
    DefaultRole {
        label: "PATIENT",
        sight: Sight::Own,
        operations: [OWN, OWN, OWN, &[Read], NONE, OWN],
        abilities: &[],
    },
];

type Amend = fn(Role) -> Role;

/// The default policy while it is put together: each table is given with what it holds, and with the columns that roles
/// see which do not treat (STAFF, BILLING, PRIVACY_OFFICER). What is not given, no role sees; columns of
/// [`DEFAULT_MASKS`] are masked for those roles whatever is given.
#[derive(Debug, Clone, Default)]
pub struct Clinic {
    tables: Vec<(Class, Table, Vec<ColumnDef>)>,
    amended: Vec<(String, Amend)>,
    added: Vec<Role>,
}

impl Clinic {
    fn table(mut self, class: Class, table: &Table, shown: &[ColumnDef]) -> Self {
        self.tables.push((class, *table, shown.to_vec()));
        self
    }

    /// Patients and what identifies them.
    #[must_use]
    pub fn patients(self, table: &Table, shown: &[ColumnDef]) -> Self {
        self.table(Class::Patients, table, shown)
    }

    /// What is known of a patient's health.
    #[must_use]
    pub fn clinical(self, table: &Table, shown: &[ColumnDef]) -> Self {
        self.table(Class::Clinical, table, shown)
    }

    /// What treatment alone needs, such as prescriptions: for those who treat, administrators and the patient. Roles that do
    /// not treat do not even see that there is any.
    ///
    /// # Source
    /// 45 CFR § 164.502(b), the minimum necessary.
    #[must_use]
    pub fn treatment(self, table: &Table) -> Self {
        self.table(Class::Treatment, table, &[])
    }

    /// Claims and payments.
    #[must_use]
    pub fn billing(self, table: &Table, shown: &[ColumnDef]) -> Self {
        self.table(Class::Billing, table, shown)
    }

    /// Practitioners, places: about no patient.
    #[must_use]
    pub fn directory(self, table: &Table, shown: &[ColumnDef]) -> Self {
        self.table(Class::Directory, table, shown)
    }

    /// Anything else that may hold PHI: for administrators and clinicians alone.
    #[must_use]
    pub fn other(self, table: &Table) -> Self {
        self.table(Class::Other, table, &[])
    }

    /// One of the seven roles, changed: `|role| role.mask(&PATIENT, PHONE, Mask::last(4))`.
    #[must_use]
    pub fn amend(mut self, label: &str, change: fn(Role) -> Role) -> Self {
        self.amended.push((label.to_owned(), change));
        self
    }

    /// One more role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.added.push(role);
        self
    }

    /// The policy.
    ///
    /// # Errors
    /// [`PolicyError`]: the first mistake.
    pub fn build(self) -> Result<RolePolicy, PolicyError> {
        let mut roles = ROLES.iter().map(|role| self.default_role(role)).collect::<Vec<_>>();
        for (label, change) in &self.amended {
            let place = roles.iter_mut().find(|role| role.label() == label);
            let place = place.ok_or_else(|| PolicyError::UnknownRole(label.clone()))?;
            *place = change(place.clone());
        }
        roles.extend(self.added.iter().cloned());
        RolePolicy::new(roles)?.with_emergency(self.emergency())
    }

    fn default_role(&self, default: &DefaultRole) -> Role {
        let mut role = Role::new(default.label).can(default.abilities);
        for (class, table, shown) in &self.tables {
            let operations = default.operations.get(*class as usize).copied().unwrap_or(NONE);
            if operations.is_empty() {
                continue;
            }
            role = role.may(table, operations);
            role = match default.sight {
                Sight::Clear => role.show_all(table),
                Sight::Own => hide(role.show_all(table), table, FROM_PATIENTS),
                Sight::Masked => masked(role.show(table, shown), table),
            };
        }
        if default.sight == Sight::Own { role.own_record() } else { role }
    }

    /// Reading everything that is about the one patient, and the directories.
    fn emergency(&self) -> Role {
        let opened = self.tables.iter().filter(|(class, ..)| *class != Class::Other);
        opened.fold(Role::new("EMERGENCY"), |role, (_, table, _)| role.may(table, OWN).show_all(table))
    }
}

fn masked(mut role: Role, table: &Table) -> Role {
    for column in table.columns() {
        if let Some((_, view)) = DEFAULT_MASKS.iter().find(|(label, _)| *label == column.label()) {
            role.view(table, column, *view);
        }
    }
    role
}

fn hide(mut role: Role, table: &Table, label: &str) -> Role {
    if let Some(column) = table.columns().iter().find(|column| column.label() == label) {
        role.view(table, column, View::Hidden);
    }
    role
}
