//! What the actor may do here: operation, whose records, and what still entitles the actor.

use super::{Record, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome};
use crate::auth::role::{Ability, Operation, Scope};
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, Table};
use crate::unit::Unit;

pub(super) const fn action(operation: Operation) -> Action {
    match operation {
        Operation::Create | Operation::Amend => Action::Create,
        Operation::Search => Action::Execute,
        Operation::Update | Operation::Sign => Action::Update,
        Operation::Delete => Action::Delete,
        _ => Action::Read,
    }
}

impl TenantVault {
    /// That the actor may do this with a table, and is still who it was.
    pub(super) fn permit(&self, unit: &mut dyn Unit, table: &Table, operation: Operation) -> Result<(), VaultError> {
        self.stand(unit, action(operation))?;
        // A page would tell how many there are of whom the actor sees none.
        let pages = operation != Operation::List || !self.is_limited();
        if pages && self.permissions.allows(table, operation) {
            return Ok(());
        }
        let event = self.event(EventName::PERMISSION_DENIED, action(operation)).outcome(Outcome::Denied);
        unit.refuse(event.records(table.label(), &[]));
        Err(VaultError::Denied)
    }

    /// That the actor has an ability that is about no table.
    ///
    /// # Errors
    /// [`VaultError::Denied`] and [`VaultError::Ended`], each an audit entry.
    pub fn require(&self, unit: &mut dyn Unit, ability: Ability) -> Result<(), VaultError> {
        self.stand(unit, Action::Execute)?;
        if self.permissions.has(ability) && !self.is_limited() {
            return Ok(());
        }
        unit.refuse(self.event(EventName::PERMISSION_DENIED, Action::Execute).outcome(Outcome::Denied));
        Err(VaultError::Denied)
    }

    /// That session and grant are live.
    fn stand(&self, unit: &mut dyn Unit, action: Action) -> Result<(), VaultError> {
        let Some(warrant) = &self.warrant else { return Ok(()) };
        if unit.require(warrant)? {
            return Ok(());
        }
        unit.refuse(self.event(EventName::PERMISSION_DENIED, action).outcome(Outcome::Denied));
        Err(VaultError::Ended)
    }

    /// Whether the actor sees the records of one patient alone.
    pub(super) fn is_limited(&self) -> bool {
        self.permissions.scope() != Scope::Tenant && !removed(Safeguard::Scope)
    }

    /// Whether the actor sees records about this patient, or about none.
    pub(super) fn covers(&self, table: &Table, subject: Option<RecordId>) -> bool {
        let directory = !table.is_own_subject() && !table.columns().iter().any(crate::schema::ColumnDef::is_subject);
        match (self.permissions.scope(), subject) {
            (Scope::Patient(own), Some(subject)) if self.is_limited() => own == subject,
            (Scope::Patient(_), None) if self.is_limited() => directory,
            _ => true,
        }
    }

    /// Whether the actor sees this record. Whom an altered record is about nobody knows, unless it is the patient's own.
    pub(super) fn covers_record(&self, record: &Record) -> bool {
        let known = record.integrity().is_intact() || record.subject() == Some(record.id());
        (known || !self.is_limited()) && self.covers(record.table(), record.subject())
    }

    /// That the actor sees this record; another patient's is a denial that names it.
    pub(super) fn require_covered(
        &self,
        unit: &mut dyn Unit,
        record: &Record,
        operation: Operation,
    ) -> Result<(), VaultError> {
        if self.covers_record(record) {
            return Ok(());
        }
        if !record.integrity().is_intact() {
            self.refuse_altered(unit, record.table(), &[record.id()]);
        }
        self.refuse_record(unit, record.table(), record.id(), operation)
    }

    /// A denial that names a record.
    pub(super) fn refuse_record(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        record: RecordId,
        operation: Operation,
    ) -> Result<(), VaultError> {
        let event = self.event(EventName::PERMISSION_DENIED, action(operation)).outcome(Outcome::Denied);
        unit.refuse(event.records(table.label(), &[record]));
        Err(VaultError::Denied)
    }
}
