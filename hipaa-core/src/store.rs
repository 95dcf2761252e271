//! What an adapter stores: sealed bytes, on a transaction that it borrows.
//!
//! One trait per noun, few verbs, synchronous and object-safe, so that a host's own SQL rides in the same commit. An
//! adapter sees neither a key nor a plaintext, and decides nothing. May import the value types of the rooms below; knows
//! no I/O.
//!
//! What holds for every verb: a call that fails changes nothing; what was written reads back bit for bit, storage class
//! included; ids, terms and names are compared and ordered by their bytes; numbers are kept or refused as
//! [`StoreError::Full`], never changed; a limit of 0 gives nothing. The room `conformance` has a case for each sentence of
//! this page.

mod authority;
#[cfg(any(test, feature = "conformance"))]
pub mod memory;
mod tile;

pub use authority::{AuthorityKind, AuthorityStore, LOOKUP_BYTES, Lookup, StoredAuthority};

pub use crate::audit::{LogId, RecordState, StoredHead};
pub use crate::keys::RootKind;
pub(crate) use tile::StoredTiles;
pub use tile::put_tiles;

pub use crate::seal::{IndexedTerm, StoredRow, StoredValue};

use crate::audit::Leaf;
use crate::clock::Timestamp;
use crate::index::Term;
use crate::schema::{RecordId, Table, TenantId};

/// What went wrong in a store, as far as a program can act on it. Carries no text of the database: that would hold SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another writer holds the database; try again.
    #[error("the database is busy")]
    Busy,
    /// The disk or the database is full.
    #[error("the disk is full")]
    Full,
    /// The database cannot be written.
    #[error("the database is read-only")]
    ReadOnly,
    /// The row exists already, or changed in between.
    #[error("the row exists already or was changed")]
    Conflict,
    /// There is no such table, column or row where there must be one.
    #[error("a table, column or row is missing from the database")]
    Missing,
    /// A stored row does not have the shape that was written.
    #[error("the database holds a row of the wrong shape")]
    Corrupt,
    /// The operating system failed to read or write.
    #[error("reading or writing the database failed")]
    Io,
    /// The table was not declared to this database, or otherwise than it is used; or something else stands in its place.
    #[error("the table was not declared to this database as it is used")]
    NotDeclared,
    /// The transaction ended inside the unit: what would be written now would commit by itself, so it is not.
    #[error("the transaction ended inside the unit")]
    NoTransaction,
    /// A host's rule (constraint, trigger) refused the write.
    #[error("a constraint or trigger refused the write")]
    Refused,
    /// Anything else.
    #[error("the database failed")]
    Other,
}

/// One audit entry as the database holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The log.
    pub log: LogId,
    /// The place in the log, from 0.
    pub sequence: u64,
    /// The bytes that were hashed.
    pub body: Vec<u8>,
    /// Their hash.
    pub leaf: Leaf,
    /// Sealed details, whose digest the body holds.
    pub details: Option<Vec<u8>>,
}

/// What of an entry can be searched for: a disposable projection of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryProjection<'a> {
    /// When.
    pub time: Timestamp,
    /// What, by name; none for entries that are no events.
    pub name: Option<&'a str>,
    /// Who.
    pub user: Option<&'a str>,
    /// About whom: every patient of whom the entry shows something, ascending and distinct.
    pub subjects: &'a [RecordId],
}

/// The projected state of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredState {
    /// The tenant that owns the record.
    pub tenant: TenantId,
    /// Its version and MAC.
    pub state: RecordState,
}

/// One tenant as the database holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTenant {
    /// The tenant.
    pub tenant: TenantId,
    /// Its log.
    pub log: LogId,
    /// Its name.
    pub name: String,
    /// Keyed BLAKE3 over the other columns.
    pub mac: [u8; 32],
}

/// Wrapped roots and rings.
pub trait KeyStore {
    /// The ring of a tenant.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn ring(&mut self, tenant: TenantId) -> Result<Option<Vec<u8>>, StoreError>;
    /// Writes the ring of a tenant, new or replaced.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn put_ring(&mut self, tenant: TenantId, ring: &[u8]) -> Result<(), StoreError>;
    /// A wrapped root.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn wrapped(&mut self, tenant: TenantId, epoch: u32, kind: RootKind) -> Result<Option<Vec<u8>>, StoreError>;
    /// Writes a new wrapped root.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where there is one already.
    fn put_wrapped(&mut self, tenant: TenantId, epoch: u32, kind: RootKind, blob: &[u8]) -> Result<(), StoreError>;
    /// The wrapped root of the highest epoch, with that epoch.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn newest_wrapped(&mut self, tenant: TenantId, kind: RootKind) -> Result<Option<(u32, Vec<u8>)>, StoreError>;
    /// Writes a new wrapped root in place of one of another epoch, which is gone then.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no old one, [`StoreError::Conflict`] where there is a new one already.
    fn replace_wrapped(
        &mut self,
        tenant: TenantId,
        old_and_new: (u32, u32),
        kind: RootKind,
        blob: &[u8],
    ) -> Result<(), StoreError>;
}

/// Logs and their heads.
pub trait AuditStore {
    /// The head of a tenant's log.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn head(&mut self, tenant: TenantId) -> Result<Option<StoredHead>, StoreError>;
    /// Writes the head of a log, new or replaced.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the tenant has another log, or the log another tenant.
    fn put_head(&mut self, head: &StoredHead) -> Result<(), StoreError>;
    /// Up to `limit` heads behind `after`, which need not exist, ascending by tenant.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn heads(&mut self, after: Option<TenantId>, limit: usize) -> Result<Vec<StoredHead>, StoreError>;
    /// Keeps a head for good: the signed note of a log at this size.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where one is kept of that log and size.
    fn put_checkpoint(&mut self, log: LogId, size: u64, note: &str) -> Result<(), StoreError>;
    /// Up to `limit` kept heads of a log from `size` on, ascending by size.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn checkpoints(&mut self, log: LogId, size: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError>;
    /// The entry with the highest sequence.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn tail(&mut self, log: LogId) -> Result<Option<StoredEntry>, StoreError>;
    /// Place and leaf of that entry; an adapter may spare itself the reading of the body.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn tail_leaf(&mut self, log: LogId) -> Result<Option<(u64, Leaf)>, StoreError> {
        Ok(self.tail(log)?.map(|entry| (entry.sequence, entry.leaf)))
    }
    /// Adds an entry and its projection. That sequences have no gap is for the unit to see to.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where that sequence is taken.
    fn append_entry(&mut self, entry: &StoredEntry, projection: &EntryProjection<'_>) -> Result<(), StoreError>;
    /// Up to `limit` entries from sequence `from` on, ascending; none behind the end.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn entries(&mut self, log: LogId, from: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError>;
    /// The leaves of up to `limit` entries from sequence `from` on, ascending; an adapter may spare itself the reading of
    /// the bodies.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn leaves(&mut self, log: LogId, from: u64, limit: usize) -> Result<Vec<Leaf>, StoreError> {
        Ok(self.entries(log, from, limit)?.into_iter().map(|entry| entry.leaf).collect())
    }
    /// The tile of a log at this level and index.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn tile(&mut self, log: LogId, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError>;
    /// Writes a tile, new or replaced.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] unless it has [`TILE_BYTES`](crate::audit::merkle::TILE_BYTES).
    fn put_tile(&mut self, log: LogId, level: u8, index: u64, hashes: &[u8]) -> Result<(), StoreError>;
    /// Whether anything but these verbs may have written entries since the transaction began: a host's own SQL, a trigger.
    /// If so, the entries are read back before the head over them is signed. An adapter that cannot tell says yes.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn has_other_writers(&mut self) -> Result<bool, StoreError> {
        Ok(true)
    }
    /// Up to `limit` entries about one patient, the newest first, found through the projection alone.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn entries_about(&mut self, log: LogId, subject: RecordId, limit: usize) -> Result<Vec<StoredEntry>, StoreError>;
}

/// Rows of declared tables.
pub trait RecordStore {
    /// The row of a record.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn row(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<Option<StoredRow>, StoreError>;
    /// Up to `limit` rows of a tenant behind `after`, which need not exist, ascending by record id.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn rows(
        &mut self,
        table: &Table,
        tenant: TenantId,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<StoredRow>, StoreError>;
    /// Writes a new row.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the tenant has the record; [`StoreError::Corrupt`] for [`StoredValue::Foreign`].
    fn insert_row(&mut self, table: &Table, row: &StoredRow) -> Result<(), StoreError>;
    /// Replaces a row: every column and the seal.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where the tenant has no such record; [`StoreError::Corrupt`] for [`StoredValue::Foreign`].
    fn update_row(&mut self, table: &Table, row: &StoredRow) -> Result<(), StoreError>;
    /// Deletes a row.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where the tenant has no such record.
    fn delete_row(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<(), StoreError>;
}

/// Index terms: a projection of the lists in the seals.
pub trait TermStore {
    /// Adds a term of a record; one that is there is no error. A record has as many terms as were added.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn add_term(&mut self, table: &Table, term: Term, record: RecordId) -> Result<(), StoreError>;
    /// Removes a term of a record; one that is not there is no error.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn remove_term(&mut self, table: &Table, term: Term, record: RecordId) -> Result<(), StoreError>;
    /// Up to `limit` records with this term, ascending.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn candidates(&mut self, table: &Table, term: Term, limit: usize) -> Result<Vec<RecordId>, StoreError>;
    /// Whether the index was declared over rows of this tenant that are not indexed by it yet.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn is_pending(&mut self, table: &Table, tenant: TenantId, index: &str) -> Result<bool, StoreError>;
    /// Notes that all rows of this tenant are indexed; one that was never pending is no error.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn set_built(&mut self, table: &Table, tenant: TenantId, index: &str) -> Result<(), StoreError>;
}

/// A row and the recorded state of its record, as far as there are any.
pub type RowAndState = (Option<StoredRow>, Option<StoredState>);

/// The projected states of records; deleted records keep theirs.
pub trait StateStore: RecordStore {
    /// The state of a record, of whatever tenant.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn state(&mut self, table: &Table, record: RecordId) -> Result<Option<StoredState>, StoreError>;
    /// The row and the state of a record; an adapter may look for both at once.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn row_and_state(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<RowAndState, StoreError> {
        Ok((self.row(table, tenant, record)?, self.state(table, record)?))
    }
    /// The same of several records, in their order.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn rows_and_states(
        &mut self,
        table: &Table,
        tenant: TenantId,
        records: &[RecordId],
    ) -> Result<Vec<RowAndState>, StoreError> {
        records.iter().map(|record| self.row_and_state(table, tenant, *record)).collect()
    }
    /// Writes the state of a record, new or replaced.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the record is another tenant's.
    fn put_state(&mut self, table: &Table, state: &StoredState) -> Result<(), StoreError>;
    /// Up to `limit` states of a tenant's records that were not deleted, behind `after`, which need not exist, ascending by
    /// record id.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn live_states(
        &mut self,
        table: &Table,
        tenant: TenantId,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordState>, StoreError>;
}

/// The deployment and its tenants.
pub trait TenantStore {
    /// The id of the deployment, once it was made.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn deployment(&mut self) -> Result<Option<[u8; 16]>, StoreError>;
    /// Writes the id of the deployment.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where there is one already.
    fn put_deployment(&mut self, deployment: &[u8; 16]) -> Result<(), StoreError>;
    /// All tenants, ascending by name.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn tenants(&mut self) -> Result<Vec<StoredTenant>, StoreError>;
    /// The tenant with exactly this name.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn tenant_named(&mut self, name: &str) -> Result<Option<StoredTenant>, StoreError>;
    /// Writes a new tenant.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the id, log or name is taken.
    fn put_tenant(&mut self, tenant: &StoredTenant) -> Result<(), StoreError>;
}

/// All of it, on one transaction.
pub trait Store: KeyStore + AuditStore + RecordStore + TermStore + StateStore + TenantStore + AuthorityStore {}

impl<S: KeyStore + AuditStore + RecordStore + TermStore + StateStore + TenantStore + AuthorityStore> Store for S {}
