//! What an actor may do, as a value. Deny by default.

use crate::audit::Action;
use crate::schema::Table;

/// What is done to the records of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Make a record.
    Create,
    /// Read one record.
    Read,
    /// Page through records.
    List,
    /// Find records by an index.
    Search,
    /// Change a record.
    Update,
    /// Delete a record.
    Delete,
    /// Sign a record.
    Sign,
    /// Amend a signed record.
    Amend,
}

impl Operation {
    pub(super) const fn action(self) -> Action {
        match self {
            Self::Create | Self::Amend => Action::Create,
            Self::Read | Self::List => Action::Read,
            Self::Search => Action::Execute,
            Self::Update | Self::Sign => Action::Update,
            Self::Delete => Action::Delete,
        }
    }
}

/// Which operations are allowed on which tables.
///
/// ```
/// # use hipaa_core::{schema::*, vault::{Operation, Permissions}};
/// # const TABLE: Table = Table::new("patient", &[], &[]);
/// let reception = Permissions::none().allow(&TABLE, &[Operation::Read, Operation::Search]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Permissions {
    everything: bool,
    trail: bool,
    allowed: Vec<(&'static str, Operation)>,
}

impl Permissions {
    /// Nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self { everything: false, trail: false, allowed: Vec::new() }
    }

    /// Every operation on every table: for an operator's own tools.
    #[must_use]
    pub const fn everything() -> Self {
        Self { everything: true, trail: true, allowed: Vec::new() }
    }

    /// The same, and these operations on this table.
    #[must_use]
    pub fn allow(mut self, table: &Table, operations: &[Operation]) -> Self {
        self.allowed.extend(operations.iter().map(|operation| (table.label(), *operation)));
        self
    }

    /// The same, and reading the audit log.
    #[must_use]
    pub const fn allow_trail(mut self) -> Self {
        self.trail = true;
        self
    }

    pub(super) const fn permit_trail(&self) -> bool {
        self.trail
    }

    pub(super) fn permit(&self, table: &Table, operation: Operation) -> bool {
        self.everything || self.allowed.contains(&(table.label(), operation))
    }
}
