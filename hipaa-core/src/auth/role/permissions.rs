//! What one actor may do. Deny by default.

use super::{Ability, Operation, Role, TableRule};
use crate::auth::mask::View;
use crate::schema::{RecordId, Table};
use std::sync::Arc;

/// Whose records an actor sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Those of every patient of the tenant.
    Tenant,
    /// Those of one patient, and directories.
    Patient(RecordId),
}

/// Which operations are allowed on which tables, and what of them is shown. Cheap to clone.
///
/// For users, [`RolePolicy`](super::RolePolicy) makes them; for a program's own tools they can be put together:
///
/// ```
/// # use hipaa_core::{schema::*, vault::{Operation, Permissions}};
/// # const TABLE: Table = Table::new("patient", &[], &[]);
/// let reception = Permissions::none().allow(&TABLE, &[Operation::Read, Operation::Search]);
/// ```
#[derive(Debug, Clone)]
pub struct Permissions {
    everything: bool,
    abilities: u16,
    scope: Scope,
    rules: Arc<Vec<TableRule>>,
}

impl Default for Permissions {
    fn default() -> Self {
        Self::none()
    }
}

impl Permissions {
    /// Nothing.
    #[must_use]
    pub fn none() -> Self {
        Self { everything: false, abilities: 0, scope: Scope::Tenant, rules: Arc::default() }
    }

    /// Every operation on every table, nothing masked: for an operator's own tools.
    #[must_use]
    pub fn everything() -> Self {
        Self { everything: true, abilities: u16::MAX, ..Self::none() }
    }

    pub(super) fn of(role: &Role, scope: Scope) -> Self {
        Self { everything: false, abilities: role.abilities, scope, rules: Arc::new(role.rules.clone()) }
    }

    /// The same, and these operations on this table, of which everything is shown.
    #[must_use]
    pub fn allow(mut self, table: &Table, operations: &[Operation]) -> Self {
        let rules = Arc::make_mut(&mut self.rules);
        if !rules.iter().any(|rule| rule.table() == table) {
            rules.push(TableRule::closed(table));
        }
        for rule in rules.iter_mut().filter(|rule| rule.table() == table) {
            rule.show_rest();
            rule.allow(operations);
        }
        self
    }

    /// The same, and reading the audit log with its details.
    #[must_use]
    pub const fn allow_trail(mut self) -> Self {
        self.abilities |= Ability::ReadTrail.bit() | Ability::ReadDetails.bit();
        self
    }

    /// Whether an operation on a table is allowed.
    #[must_use]
    pub fn allows(&self, table: &Table, operation: Operation) -> bool {
        self.everything || self.rule(table).is_some_and(|rule| rule.allows(operation))
    }

    /// Whether the actor has an ability.
    #[must_use]
    pub const fn has(&self, ability: Ability) -> bool {
        self.abilities & ability.bit() != 0
    }

    /// Whose records the actor sees.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        self.scope
    }

    /// What is shown of a table's column, by its label; hidden for a table or column that is not known.
    #[must_use]
    pub fn view(&self, table: &Table, column: &str) -> View {
        match (self.everything, self.rule(table), table.position(column)) {
            (true, _, Some(_)) => View::Clear,
            (_, Some(rule), Some(at)) => rule.view_at(at),
            _ => View::Hidden,
        }
    }

    /// What is shown of each column of a table; none where everything is.
    pub(crate) fn masks(&self, table: &Table) -> Option<impl Fn(usize) -> View + '_> {
        if self.everything {
            return None;
        }
        let rule = self.rule(table);
        let clear = rule.is_some_and(TableRule::is_clear);
        (!clear).then_some(move |at| rule.map_or(View::Hidden, |rule| rule.view_at(at)))
    }

    /// The rule of this very table: another that has its label is closed.
    fn rule(&self, table: &Table) -> Option<&TableRule> {
        // The label first: it tells most tables apart at once.
        self.rules.iter().find(|rule| rule.table().label() == table.label() && rule.table() == table)
    }
}
