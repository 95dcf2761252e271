//! Rows that confer or limit authority: users, credentials, second factors, sessions, tokens, failure counts, grants, notices.
//!
//! Whoever can write the tables and has no key must not become anyone. So every such row has one shape, a MAC over all of
//! its columns, and a recorded state; both are checked before a row is used, and a row that fails *denies*. The way in is
//! [`Authority`]: it inserts, reads, finds, lists, replaces and deletes inside a unit of work, with the entry that records
//! the states in the same transaction. There is no public way to a row that was not checked:
//!
//! ```compile_fail,E0277
//! fn trust(stored: hipaa_core::store::StoredAuthority) -> hipaa_core::authority::Row {
//!     stored.into()
//! }
//! ```
//!
//! Nor is there one that writes: what a row confers is for [`identity`](crate::identity) to give, which asks who gives it, and
//! notices are for the [outbox](crate::outbox). A host reads, sweeps what has expired, and replays:
//!
//! ```compile_fail,E0624
//! use hipaa_core::{audit::{Action, Actor, EventName}, authority::{Authority, Row}, unit::Unit};
//! fn raise(unit: &mut dyn Unit, actor: &Actor, row: Row) {
//!     let door = Authority::new(actor.clone());
//!     let _ = door.delete(unit, door.event(EventName::ROLE_CHANGED, Action::Update), row);
//! }
//! ```
//!
//! ```compile_fail,E0603
//! use hipaa_core::authority::{Change, Draft};
//! ```
//!
//! Nor one that reads a secret, such as a seed from which codes are made:
//!
//! ```compile_fail,E0624
//! fn seed(row: &hipaa_core::authority::Row) -> Option<&[u8]> {
//!     row.secret()
//! }
//! ```
//!
//! Decides nothing about passwords or codes: bodies are fields, secrets are bytes. May import `unit` and everything below
//! it; never `cipher`'s plaintexts of records, never a table of the host.

mod body;
mod check;
mod order;
mod repair;
mod replay;
mod row;
mod seal;
pub mod user;
mod write;

pub use crate::store::{AuthorityKind, LOOKUP_BYTES, Lookup};
pub use body::{Body, BodyError, MAX_BODY_BYTES};
pub use order::{Ordered, SweepMark, Swept};
pub use replay::{Finding, MAX_REPLAYED};
pub(crate) use row::Draft;
pub use row::{MAX_SECRET_BYTES, Row};
pub(crate) use seal::lookup_of;
#[cfg(test)]
pub(crate) use seal::{mac_of, open_secret, seal_secret};
pub(crate) use write::Change;

use crate::audit::{Action, Actor, Event, EventName, Outcome};
use crate::cipher::CellError;
use crate::keys::{KeyError, Purpose, RootKind};
use crate::schema::{RecordId, Table, TenantId, UserId};
use crate::store::{StoreError, StoredAuthority};
use crate::unit::{Unit, UnitError};
use check::{Admitted, Standing};

/// The most rows of one page, and the most changes of one entry.
pub const MAX_ROWS: usize = crate::audit::MAX_RECORDS_PER_ENTRY;

/// The label under which states of authority rows are recorded; a record's id is the kind's code, then the row's id.
pub const STATE_LABEL: &str = "hipaa.authority";

const STATES: Table = Table::own(STATE_LABEL);
/// Lookup keys are unique over all tenants and outlive every epoch of theirs, so they have one key for good.
const LOOKUP_EPOCH: u32 = 1;

/// Why an authority row confers nothing, or was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The row was altered, restored, revived, put in or taken away behind the application's back; the finding is an entry.
    #[error("an authority row is not what was written; it is denied")]
    Integrity,
    /// The row has expired.
    #[error("the session, token or grant has expired")]
    Expired,
    /// The row was written before its owner's password, role or second factor changed, or before the owner was disabled.
    #[error("the session, token or grant was voided")]
    Void,
    /// The row was changed or deleted since it was read.
    #[error("the authority row was changed in between")]
    Stale,
    /// The id is taken, or was once.
    #[error("the id of an authority row is taken")]
    Exists,
    /// The lookup key is taken: in some tenant there is a user of this login name.
    #[error("the lookup key is taken")]
    LookupTaken,
    /// An id has 16 or 32 bytes, and of some kinds it is the owner's.
    #[error("an id of 16 or 32 bytes; the owner's own where a user has one such row")]
    Id,
    /// Rows of this kind must have an expiry.
    #[error("rows of this kind must have an expiry")]
    NoExpiry,
    /// Rows of this kind are bound to a user, and there is no such user, or one who is disabled.
    #[error("the owner of the row does not exist, or is disabled")]
    NoOwner,
    /// The event, or the row, is of another tenant than the actor.
    #[error("the event or row is of another tenant")]
    Tenant,
    /// A page or a set of changes has 1 to 500 rows.
    #[error("a page or change takes 1 to 500 rows")]
    TooMany,
    /// The secret is longer than 4 KiB.
    #[error("a secret has at most 4,096 bytes")]
    SecretTooLong,
    /// The body is too long, or lacks a field.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The secret was not sealed.
    #[error(transparent)]
    Cell(#[from] CellError),
    /// The unit failed.
    #[error(transparent)]
    Unit(#[from] UnitError),
}

impl From<StoreError> for AuthorityError {
    fn from(error: StoreError) -> Self {
        Self::Unit(error.into())
    }
}

impl From<KeyError> for AuthorityError {
    fn from(error: KeyError) -> Self {
        Self::Unit(error.into())
    }
}

/// One actor's door to authority rows. `Clone`, `Send` and `'static`; holds no key.
///
/// An actor of a tenant sees the rows of that tenant. An actor of the deployment sees the rows of every tenant, as login
/// must, which learns the tenant from the row. Rows are written in the actor's own tenant only, because the entry that
/// records their states belongs to that tenant's log.
#[derive(Debug, Clone)]
pub struct Authority {
    actor: Actor,
}

/// One page of an owner's rows.
#[derive(Debug)]
pub struct Listed {
    /// The rows that confer something now, ascending by id.
    pub rows: Vec<Row>,
    /// Rows that fail their check: they confer nothing, and each is an entry.
    pub altered: Vec<RecordId>,
    /// Where the next page begins: give it as `after`. None on the last page.
    pub next: Option<RecordId>,
}

/// The same with rows of every standing.
struct Page {
    rows: Vec<Admitted>,
    altered: Vec<RecordId>,
    next: Option<RecordId>,
}

impl Authority {
    /// The door of this actor.
    ///
    /// # Security
    /// Who the actor is and whether it may see this is for the caller to establish. The door shows what a row says, and what
    /// is secret in it to nobody outside of this crate.
    #[must_use]
    pub const fn new(actor: Actor) -> Self {
        Self { actor }
    }

    /// The actor.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// An event of this actor, to go with a change.
    #[must_use]
    pub fn event(&self, name: EventName, action: Action) -> Event {
        Event::new(&self.actor, name, action)
    }

    /// The row of this id; none where there never was one, where it was deleted, or where it is another tenant's.
    ///
    /// # Errors
    /// [`AuthorityError::Integrity`], [`AuthorityError::Expired`], [`AuthorityError::Void`], or the unit's.
    pub fn read(&self, unit: &mut dyn Unit, kind: AuthorityKind, id: RecordId) -> Result<Option<Row>, AuthorityError> {
        self.fetch(unit, kind, id)?.map(|found| Ok(found.live()?.row)).transpose()
    }

    /// The same row with its owner's, which was read to see whether the row is void: none for a kind that is not bound.
    pub(crate) fn read_with_owner(
        &self,
        unit: &mut dyn Unit,
        kind: AuthorityKind,
        id: RecordId,
    ) -> Result<Option<(Row, Option<Row>)>, AuthorityError> {
        self.fetch(unit, kind, id)?.map(|found| Ok(found.live()?.with_owner())).transpose()
    }

    /// The same row although it has expired or was voided: for what it says, not for what it confers.
    pub(crate) fn read_any(
        &self,
        unit: &mut dyn Unit,
        kind: AuthorityKind,
        id: RecordId,
    ) -> Result<Option<Row>, AuthorityError> {
        Ok(self.fetch(unit, kind, id)?.map(|found| found.row))
    }

    /// The row with this lookup key, in whatever tenant the actor sees; none where there is none.
    ///
    /// # Errors
    /// As [`Authority::read`].
    ///
    /// # Security
    /// A row that was deleted behind the application's back is not found, and not noticed here: it denies, and
    /// [`Authority::replay`] finds it.
    pub fn find(
        &self,
        unit: &mut dyn Unit,
        kind: AuthorityKind,
        lookup: &Lookup,
    ) -> Result<Option<Row>, AuthorityError> {
        let found = unit.parts().0.authority_found_by(kind, lookup);
        let Some(stored) = self.of_shape(unit, None, found)? else { return Ok(None) };
        let id = stored.id;
        let right = stored.kind == kind && stored.lookup.as_ref() == Some(lookup);
        let found = self.admit(unit, (kind, id), Some(stored).filter(|_| right))?;
        found.map(|found| Ok(found.live()?.row)).transpose()
    }

    /// One page of the rows of an owner in the actor's tenant. Those that have expired or were voided are left out.
    ///
    /// # Errors
    /// [`AuthorityError::TooMany`] unless `limit` is 1 to 500; [`AuthorityError::Integrity`] when the page cannot be read
    /// at all; or the unit's. Where the owner's own row fails its check, so does every row that is bound to it.
    ///
    /// # Security
    /// A row that was deleted behind the application's back is not in the page; kinds of which a user has one row are
    /// therefore read, not listed.
    pub fn list(
        &self,
        unit: &mut dyn Unit,
        (kind, owner): (AuthorityKind, UserId),
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Listed, AuthorityError> {
        let Page { rows, altered, next } = self.page(unit, (kind, owner), after, limit)?;
        let rows = rows.into_iter().filter(|found| found.standing == Standing::Live).map(|found| found.row);
        Ok(Listed { rows: rows.collect(), altered, next })
    }

    /// The lookup key of a text: keyed BLAKE3 under a key of the deployment, the same in every tenant. `normal` is the text
    /// in the form in which it is unique.
    ///
    /// # Errors
    /// The unit's.
    pub fn lookup(unit: &mut dyn Unit, kind: AuthorityKind, normal: &[u8]) -> Result<Lookup, AuthorityError> {
        let (store, ledger) = unit.parts();
        let keys = ledger.keys(store, TenantId::DEPLOYMENT)?;
        let key = keys.key(RootKind::Auth, Purpose::AuthorityLookup, LOOKUP_EPOCH)?;
        Ok(lookup_of(&key, kind, normal))
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.actor.tenant()
    }

    /// The checked row of an id, whatever its standing.
    fn fetch(
        &self,
        unit: &mut dyn Unit,
        kind: AuthorityKind,
        id: RecordId,
    ) -> Result<Option<Admitted>, AuthorityError> {
        let found = unit.parts().0.authority(kind, id);
        let stored = self.of_shape(unit, Some((kind, id)), found)?;
        self.admit(unit, (kind, id), stored)
    }

    fn page(
        &self,
        unit: &mut dyn Unit,
        (kind, owner): (AuthorityKind, UserId),
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Page, AuthorityError> {
        if limit == 0 || limit > MAX_ROWS {
            return Err(AuthorityError::TooMany);
        }
        let place = (self.tenant(), owner);
        let found = unit.parts().0.authority_of(kind, place, after, limit);
        let page = self.of_shape(unit, None, found.map(Some))?.unwrap_or_default();
        let next = page.last().filter(|_| page.len() == limit).map(|row| row.id);
        let (mut rows, mut altered) = (Vec::new(), Vec::new());
        for stored in page {
            let id = stored.id;
            let right = (stored.tenant, stored.owner) == place;
            match self.admit(unit, (kind, id), Some(stored).filter(|_| right)) {
                Ok(row) => rows.extend(row),
                Err(AuthorityError::Integrity) => altered.push(id),
                Err(error) => return Err(error),
            }
        }
        Ok(Page { rows, altered, next })
    }

    /// A row that does not even have its shape is an altered one.
    fn of_shape<T>(
        &self,
        unit: &mut dyn Unit,
        place: Option<(AuthorityKind, RecordId)>,
        found: Result<Option<T>, StoreError>,
    ) -> Result<Option<T>, AuthorityError> {
        match found {
            Err(StoreError::Corrupt) => Err(self.refuse_altered(unit, place)),
            other => Ok(other?),
        }
    }

    /// Notes an altered row, in an entry that survives a rollback.
    fn refuse_altered(&self, unit: &mut dyn Unit, place: Option<(AuthorityKind, RecordId)>) -> AuthorityError {
        let event = self.event(EventName::INTEGRITY_FAILED, Action::Read).outcome(Outcome::IntegrityFailed);
        let record = place.map(|(kind, id)| state_id(kind, id));
        unit.refuse(event.records(STATE_LABEL, record.as_slice()));
        AuthorityError::Integrity
    }

    fn refuse_foreign(&self, unit: &mut dyn Unit, row: &StoredAuthority) {
        let event = self.event(EventName::PERMISSION_DENIED, Action::Read).outcome(Outcome::Denied);
        unit.refuse(event.records(STATE_LABEL, &[state_id(row.kind, row.id)]));
    }
}

/// The id of a row among all recorded states: code of the kind, id. Ids have at most 32 bytes, records 40.
pub(crate) fn state_id(kind: AuthorityKind, id: RecordId) -> RecordId {
    let bytes = [&[kind.code()], id.as_bytes()].concat();
    RecordId::from_slice(&bytes).unwrap_or(id)
}
