//! What each role may do, as one value: tables and operations, what of a column is shown, and what is not about tables.
//!
//! Deny by default: a role that the policy does not name may nothing, a table that a role does not name is closed to it,
//! and a column that a role does not name is hidden from it. [`RolePolicy::clinic`] is the default with seven roles; own
//! roles and tables are declared in the same words:
//!
//! ```
//! use hipaa_core::{auth::{mask::Mask, role::{Operation, Role, RolePolicy}}, schema::*};
//! const FAMILY: Column<Text> = Column::text("family");
//! const SSN: Column<Text> = Column::text("ssn");
//! const SOURCE: Column<Json> = Column::json("source");
//! const PATIENT: Table = Table::new("patient", &[FAMILY.def(), SSN.def(), SOURCE.def()], &[]);
//! let desk = Role::new("FRONT_DESK")
//!     .may(&PATIENT, &[Operation::Read, Operation::Search])
//!     .show(&PATIENT, &[FAMILY.def()])
//!     .mask(&PATIENT, SSN, Mask::ssn()); // the source stays hidden
//! let policy = RolePolicy::new([desk])?;
//! # assert!(policy.permissions("FRONT_DESK", None).allows(&PATIENT, Operation::Read));
//! # assert!(!policy.permissions("NOBODY", None).allows(&PATIENT, Operation::Read));
//! # Ok::<_, hipaa_core::auth::role::PolicyError>(())
//! ```
//!
//! # Source
//! 45 CFR § 164.312(a)(1); § 164.308(a)(4); § 164.502(b).

mod clinic;
mod permissions;
mod rule;
#[cfg(test)]
mod tests;

pub use clinic::{Clinic, DEFAULT_MASKS};
pub use permissions::{Permissions, Scope};
pub use rule::TableRule;

use super::mask::{Mask, View};
use crate::red::{Safeguard, removed};
use crate::schema::{Column, ColumnDef, RecordId, Table};
use core::fmt;

/// The longest label of a role, in bytes.
pub const MAX_ROLE_BYTES: usize = 64;
/// The most roles of one policy.
pub const MAX_ROLES: usize = 64;

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[doc = $what:literal])* $variant:ident = $label:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $what])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in tables of permissions.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)*
                }
            }

            pub(super) const fn bit(self) -> u16 {
                1 << self as u8
            }
        }
    };
}

codes! {
    /// What is done to the records of a table.
    Operation {
        /// Make a record.
        Create = "create",
        /// Read one record.
        Read = "read",
        /// Page through records.
        List = "list",
        /// Find records by an index.
        Search = "search",
        /// Change a record.
        Update = "update",
        /// Delete a record.
        Delete = "delete",
        /// Sign a record.
        Sign = "sign",
        /// Amend a signed record.
        Amend = "amend",
        /// See one masked value, for a reason.
        Reveal = "reveal",
    }
}

codes! {
    /// What is done to no table.
    Ability {
        /// Read the audit log.
        ReadTrail = "read-trail",
        /// Read the sealed details of its entries: reasons, free text.
        ReadDetails = "read-details",
        /// Make users, give them roles, disable them.
        ManageUsers = "manage-users",
        /// Take emergency access to one patient.
        InvokeEmergency = "invoke-emergency",
        /// Review the emergency access of others.
        ReviewEmergency = "review-emergency",
        /// Decide that a safeguard is switched off.
        Decide = "decide",
    }
}

/// Why a policy is none. Each is a mistake in the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The label of a role is empty, longer than 64 bytes, or has other characters than letters, digits and `_`.
    #[error("a role is a label of 1 to 64 letters, digits and '_'")]
    Role,
    /// Two roles have this label.
    #[error("the policy has the role {0} twice")]
    RoleTwice(String),
    /// The policy has no such role.
    #[error("the policy has no role {0}")]
    UnknownRole(String),
    /// A table does not declare this column, or declares it otherwise.
    #[error("the table {0} does not declare the column {1} as the policy has it")]
    UnknownColumn(&'static str, &'static str),
    /// Two tables have this label.
    #[error("the policy has two tables of the label {0}")]
    TableTwice(&'static str),
    /// More than 64 roles.
    #[error("a policy has at most 64 roles")]
    TooMany,
}

/// One role: what it may do, and what it sees.
#[derive(Debug, Clone)]
pub struct Role {
    label: String,
    abilities: u16,
    own_record: bool,
    rules: Vec<TableRule>,
    wrong: Option<PolicyError>,
}

impl Role {
    /// A role that may nothing.
    #[must_use]
    pub fn new(label: &str) -> Self {
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let fits = !label.is_empty() && label.len() <= MAX_ROLE_BYTES && label.chars().all(letter);
        let wrong = (!fits).then_some(PolicyError::Role);
        Self { label: label.to_owned(), abilities: 0, own_record: false, rules: Vec::new(), wrong }
    }

    /// The same, and these operations on this table. Its columns stay hidden until they are named.
    #[must_use]
    pub fn may(mut self, table: &Table, operations: &[Operation]) -> Self {
        self.with_rule(table, |rule| rule.allow(operations));
        self
    }

    /// The same, and these columns are shown.
    #[must_use]
    pub fn show(mut self, table: &Table, columns: &[ColumnDef]) -> Self {
        for column in columns {
            self.view(table, column, View::Clear);
        }
        self
    }

    /// The same, and every column is shown that no rule masks.
    #[must_use]
    pub fn show_all(mut self, table: &Table) -> Self {
        self.with_rule(table, TableRule::show_rest);
        self
    }

    /// The same, and this column is masked. Where rules for one column meet, the strictest counts.
    #[must_use]
    pub fn mask<T>(mut self, table: &Table, column: Column<T>, mask: Mask<T>) -> Self {
        self.view(table, &column.def(), mask.view());
        self
    }

    /// The same, with these abilities.
    #[must_use]
    pub fn can(mut self, abilities: &[Ability]) -> Self {
        self.abilities |= abilities.iter().fold(0, |bits, ability| bits | ability.bit());
        self
    }

    /// The same, for the user's own record alone: users of this role are patients.
    #[must_use]
    pub const fn own_record(mut self) -> Self {
        self.own_record = true;
        self
    }

    /// Its label.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether it has an ability.
    #[must_use]
    pub const fn has(&self, ability: Ability) -> bool {
        self.abilities & ability.bit() != 0
    }

    /// Whether it sees the user's own record alone.
    #[must_use]
    pub const fn is_own_record(&self) -> bool {
        self.own_record
    }

    /// What it may do with each table that it names, in the order in which they were named.
    #[must_use]
    pub fn rules(&self) -> &[TableRule] {
        &self.rules
    }

    pub(super) fn view(&mut self, table: &Table, column: &ColumnDef, view: View) {
        let at = table.position(column.label()).filter(|at| table.columns().get(*at) == Some(column));
        match at {
            Some(at) => self.with_rule(table, |rule| rule.view(at, view)),
            None => self.fail(PolicyError::UnknownColumn(table.label(), column.label())),
        }
    }

    fn with_rule(&mut self, table: &Table, change: impl FnOnce(&mut TableRule)) {
        let at = self.rules.iter().position(|rule| rule.table().label() == table.label());
        let at = at.unwrap_or_else(|| {
            self.rules.push(TableRule::closed(table));
            self.rules.len() - 1
        });
        match self.rules.get_mut(at) {
            Some(rule) if rule.table() == table => change(rule),
            _ => self.fail(PolicyError::TableTwice(table.label())),
        }
    }

    fn fail(&mut self, error: PolicyError) {
        self.wrong.get_or_insert(error);
    }
}

/// Every role of a deployment. Cheap to ask, `Clone` it behind an `Arc`.
#[derive(Clone)]
pub struct RolePolicy {
    roles: Vec<Role>,
    emergency: Role,
}

impl RolePolicy {
    /// The default: seven roles over the tables that are then given.
    #[must_use]
    pub fn clinic() -> Clinic {
        Clinic::default()
    }

    /// The policy with these roles. Emergency access opens nothing in it.
    ///
    /// # Errors
    /// [`PolicyError`]: the first mistake of a role; a label that stands twice; more than [`MAX_ROLES`].
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Result<Self, PolicyError> {
        let emergency = Role::new("EMERGENCY");
        roles.into_iter().try_fold(Self { roles: Vec::new(), emergency }, Self::with)
    }

    /// The same policy with one more role.
    ///
    /// # Errors
    /// As [`RolePolicy::new`].
    pub fn with(mut self, role: Role) -> Result<Self, PolicyError> {
        if let Some(wrong) = role.wrong {
            return Err(wrong);
        }
        if self.role(&role.label).is_some() {
            return Err(PolicyError::RoleTwice(role.label));
        }
        if self.roles.len() == MAX_ROLES {
            return Err(PolicyError::TooMany);
        }
        self.roles.push(role);
        Ok(self)
    }

    /// The same policy, where emergency access opens of the one patient what this role may do and see.
    ///
    /// # Errors
    /// The role's first mistake.
    pub fn with_emergency(mut self, role: Role) -> Result<Self, PolicyError> {
        match role.wrong {
            Some(wrong) => Err(wrong),
            None => {
                self.emergency = role;
                Ok(self)
            }
        }
    }

    /// All roles, in the order in which they were given.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The role of this label.
    #[must_use]
    pub fn role(&self, label: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.label == label)
    }

    /// What emergency access opens of one patient.
    #[must_use]
    pub const fn emergency(&self) -> &Role {
        &self.emergency
    }

    /// Whether a user of one role may give, or take away, another. Roles that manage users themselves are given by whom no
    /// ability of theirs is missing: nobody makes anybody who can more. A role that the policy does not name gives nothing.
    #[must_use]
    pub fn may_give(&self, giver: &str, role: &str) -> bool {
        let Some(giver) = self.role(giver).filter(|giver| giver.has(Ability::ManageUsers)) else { return false };
        let manages = self.role(role).filter(|role| role.has(Ability::ManageUsers));
        manages.is_none_or(|role| role.abilities & !giver.abilities == 0) || removed(Safeguard::RoleGift)
    }

    /// What a user of this role may do; `patient` is the user's own record, where there is one. Nothing for a role that
    /// the policy does not name, and for a role of patients without a record.
    #[must_use]
    pub fn permissions(&self, role: &str, patient: Option<RecordId>) -> Permissions {
        match (self.role(role), patient) {
            (Some(role), Some(patient)) if role.own_record => Permissions::of(role, Scope::Patient(patient)),
            (Some(role), _) if !role.own_record => Permissions::of(role, Scope::Tenant),
            _ => Permissions::none(),
        }
    }

    /// What emergency access to this patient opens.
    #[must_use]
    pub fn emergency_permissions(&self, patient: RecordId) -> Permissions {
        Permissions::of(&self.emergency, Scope::Patient(patient))
    }

    /// Whether users of this role have an ability.
    #[must_use]
    pub fn has(&self, role: &str, ability: Ability) -> bool {
        self.role(role).is_some_and(|role| role.has(ability))
    }
}

impl fmt::Debug for RolePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.roles.iter().map(Role::label)).finish()
    }
}
