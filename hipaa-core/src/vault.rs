//! The door to records: permission, integrity, cells, terms and audit entry in one step.
//!
//! A [`TenantVault`] belongs to one actor in one tenant. Everything it does needs a unit of work; what it reads stays
//! held until the unit's entries are committed. For a user it is [`TenantVault::signed_in`], under the roles and masks of
//! a [`RolePolicy`](crate::auth::role::RolePolicy). May import every room below it; no room imports it.

mod check;
mod disclosure;
mod emergency;
mod find;
mod inspect;
mod list;
mod own_table;
mod permission;
mod record;
mod reindex;
mod require;
mod resolve;
mod reveal;
mod row;
mod sight;
mod sign;
mod signed_in;
mod trail;
mod upsert;
mod write;

pub use crate::auth::role::{Operation, Permissions};
pub use check::Checked;
pub use disclosure::{Disclosure, Select, Selected, Selection};
pub use find::{Found, Matches};
pub use list::{Page, PageOf};
pub use record::{Break, FieldError, Integrity, Record};
pub use reveal::Revealed;
pub use row::Row;
pub use trail::{Activity, MAX_COUNTED_ENTRIES, MAX_SEARCHED_ENTRIES, TrailEntry, TrailFilter, TrailPage, TrailPageOf};
pub use upsert::Upsert;

use self::inspect::Opening;
use crate::audit::{Action, Actor, Event, EventName, Outcome};
use crate::index::IndexError;
use crate::schema::{RecordId, Table, TenantId};
use crate::seal::SealError;
use crate::store::StoreError;
use crate::unit::{Held, ReleaseError, Unit, UnitError, Warrant};
use std::sync::Arc;

/// The most records of one page, and the most candidates of one search.
pub const MAX_PAGE: usize = crate::audit::MAX_RECORDS_PER_ENTRY;

/// Why the vault did not do what was asked. Holds no value and no SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The actor has no permission; the refusal is an audit entry.
    #[error("the actor may not do this")]
    Denied,
    /// The session or grant under which the actor acts has ended; the refusal is an audit entry.
    #[error("the session or grant has ended")]
    Ended,
    /// The actor sees this column, or a column of this index, masked only: it is not searched, sorted by or changed. The
    /// refusal is an audit entry.
    #[error("{0} is masked for the actor: it is not searched, sorted by or changed")]
    Masked(&'static str),
    /// The tenant has no such record.
    #[error("no such record")]
    NotFound,
    /// The record is known, but its row is gone: somebody deleted it behind the application's back.
    #[error("the row of this record is missing from the database")]
    RowMissing,
    /// The record has another version than the one that was read.
    #[error("the record was changed in between")]
    Stale,
    /// Another record has the same value in a unique index.
    #[error("another record has the same value in the unique index {0}")]
    Duplicate(&'static str),
    /// The record is not what was written; it is not changed, so that the evidence stays.
    #[error("the record was altered behind the application's back; it is not changed")]
    Tampered,
    /// The table does not declare this column, or declares it otherwise.
    #[error("the table does not declare the column {0} as it is used")]
    UnknownColumn(&'static str),
    /// The record is signed: it does not change any more. Later edits are amendments.
    #[error("the record is signed and is not changed any more: amend it")]
    Signed,
    /// Only a signed record is amended; a draft is changed.
    #[error("the record is not signed: change it instead of amending it")]
    NotSigned,
    /// The table does not declare the columns of a signature.
    #[error("the records of this table cannot be signed: it does not declare the columns of a signature")]
    NotSignable,
    /// The amendment names another patient than the record that it amends.
    #[error("an amendment is about the patient whom the original is about")]
    OtherSubject,
    /// A value that was to be revealed does not open.
    #[error(transparent)]
    Field(FieldError),
    /// The table has a subject column, and the row names no patient.
    #[error("the row does not name the patient whom it is about")]
    NoSubject,
    /// The index given to an upsert is not unique, or the row has no value in it.
    #[error("an upsert needs a unique index and a value in it")]
    NoUniqueValue,
    /// More than 500 candidates, a page of 0 or more than 500 records, or more than 500 rows in one call.
    #[error("a page, a search or a bulk write takes 1 to 500 records")]
    TooMany,
    /// A value was not sealed or cannot be indexed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The unit failed.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// What was read is not to be released by this commit.
    #[error(transparent)]
    Release(#[from] ReleaseError),
}

impl VaultError {
    /// Whether one row was refused for its own sake, before anything of it was written.
    const fn concerns_row(&self) -> bool {
        matches!(
            self,
            Self::Duplicate(_) | Self::Seal(_) | Self::Tampered | Self::RowMissing | Self::NoUniqueValue | Self::Signed
        )
    }
}

impl From<StoreError> for VaultError {
    fn from(error: StoreError) -> Self {
        Self::Unit(error.into())
    }
}

impl From<IndexError> for VaultError {
    fn from(error: IndexError) -> Self {
        Self::Seal(error.into())
    }
}

impl From<crate::keys::KeyError> for VaultError {
    fn from(error: crate::keys::KeyError) -> Self {
        Self::Unit(error.into())
    }
}

/// One actor's door to one tenant's records. `Clone`, `Send` and `'static`; holds no key.
#[derive(Clone)]
pub struct TenantVault {
    actor: Actor,
    permissions: Permissions,
    warrant: Option<Arc<dyn Warrant>>,
}

impl TenantVault {
    /// The vault of a program's own tool, or of an actor whom the host has established in its own way. For a user who is
    /// signed in, take [`TenantVault::signed_in`].
    ///
    /// # Security
    /// Who the actor is and what it may do is for the host to establish: this type keeps to it. It knows of no session: what
    /// was read in a reader is released, and later units work, whether or not the user was disabled, logged out or given
    /// another role meanwhile. A vault of [`TenantVault::signed_in`] asks again before both.
    #[must_use]
    pub fn new(actor: Actor, permissions: Permissions) -> Self {
        Self { actor, permissions, warrant: None }
    }

    /// The actor.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Reads one record. A record that was altered comes with its breaks, never silently.
    ///
    /// # Errors
    /// [`VaultError::Denied`], [`VaultError::Ended`], [`VaultError::NotFound`], [`VaultError::RowMissing`], or the unit's.
    /// Each of the first four is an audit entry.
    pub fn read(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        record: RecordId,
    ) -> Result<Held<Record>, VaultError> {
        self.permit(unit, table, Operation::Read)?;
        let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), record)?;
        let record = self.examine(unit, table, (record, Opening::Shown), (row.as_ref(), state))?;
        self.require_covered(unit, &record, Operation::Read)?;
        self.note_seen(unit, self.event(EventName::PHI_READ, Action::Read), table, core::slice::from_ref(&record))?;
        Ok(self.present(unit, record))
    }

    fn tenant(&self) -> TenantId {
        self.actor.tenant()
    }

    fn event(&self, name: EventName, action: Action) -> Event {
        Event::new(&self.actor, name, action)
    }

    /// Writes the entry for records that were seen; where one was altered, a second that survives a rollback.
    fn note_seen(&self, unit: &mut dyn Unit, event: Event, table: &Table, seen: &[Record]) -> Result<(), VaultError> {
        let ids = seen.iter().map(Record::id).collect::<Vec<_>>();
        let subjects = seen.iter().filter_map(|record| record.subject()).collect::<Vec<_>>();
        let altered = seen.iter().filter(|record| !record.integrity().is_intact()).map(Record::id).collect::<Vec<_>>();
        if !altered.is_empty() {
            self.refuse_altered(unit, table, &altered);
        }
        let outcome = if altered.is_empty() { Outcome::Success } else { Outcome::IntegrityFailed };
        unit.note(event.outcome(outcome).subjects(&subjects).records(table.label(), &ids))?;
        Ok(())
    }

    fn refuse_altered(&self, unit: &mut dyn Unit, table: &Table, altered: &[RecordId]) {
        let event = self.event(EventName::INTEGRITY_FAILED, Action::Read).outcome(Outcome::IntegrityFailed);
        unit.refuse(event.records(table.label(), altered));
    }
}

/// Without the permissions, which are long.
impl core::fmt::Debug for TenantVault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TenantVault").field("actor", &self.actor).finish_non_exhaustive()
    }
}
