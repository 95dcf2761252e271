//! A store in memory, for tests and examples: its snapshots are its savepoints.

mod authority;

use super::{
    AuditStore, AuthorityKind, EntryProjection, KeyStore, LogId, RecordState, RecordStore, RootKind, StateStore,
    StoreError, StoredAuthority, StoredEntry, StoredHead, StoredRow, StoredState, StoredTenant, StoredValue,
    TenantStore, TermStore,
};
use crate::audit::merkle::TILE_BYTES;
use crate::index::Term;
use crate::schema::{RecordId, Table, TenantId};
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

type Label = &'static str;

/// All of a deployment in memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MemoryStore {
    pub(crate) deployment: Option<[u8; 16]>,
    pub(crate) tenants: BTreeMap<String, StoredTenant>,
    pub(crate) rings: BTreeMap<TenantId, Vec<u8>>,
    pub(crate) wrapped: BTreeMap<(TenantId, u32, RootKind), Vec<u8>>,
    pub(crate) heads: BTreeMap<TenantId, StoredHead>,
    pub(crate) checkpoints: BTreeMap<(LogId, u64), String>,
    pub(crate) entries: BTreeMap<(LogId, u64), (StoredEntry, Vec<RecordId>)>,
    pub(crate) tiles: BTreeMap<(LogId, u8, u64), Vec<u8>>,
    pub(crate) rows: BTreeMap<(Label, TenantId, RecordId), MemoryRow>,
    pub(crate) terms: BTreeSet<(Label, Term, RecordId)>,
    pending: BTreeSet<(Label, TenantId, Label)>,
    pub(crate) states: BTreeMap<(Label, RecordId), StoredState>,
    pub(crate) authority: BTreeMap<(AuthorityKind, RecordId), StoredAuthority>,
    /// What goes wrong with entries, in attack tests.
    #[cfg(test)]
    pub(crate) fault: Fault,
}

/// What goes wrong with the entries that a unit appends.
#[cfg(test)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    #[default]
    None,
    /// Every entry is refused.
    RefuseEntries,
    /// The next entry vanishes, as when a host rolls a savepoint back behind the unit.
    LoseNextEntry,
}

/// Columns by label, so that a row of an older schema reads as a newer one does in SQL.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MemoryRow {
    pub(crate) columns: BTreeMap<Label, StoredValue>,
    pub(crate) seal: Vec<u8>,
}

impl MemoryRow {
    pub(crate) fn new(table: &Table, row: &StoredRow) -> Result<Self, StoreError> {
        if row.columns.contains(&StoredValue::Foreign) {
            return Err(StoreError::Corrupt);
        }
        let labels = table.columns().iter().map(crate::schema::ColumnDef::label);
        Ok(Self { columns: labels.zip(row.columns.iter().cloned()).collect(), seal: row.seal.clone() })
    }

    pub(crate) fn read(&self, table: &Table, tenant: TenantId, record: RecordId) -> StoredRow {
        let column = |label| self.columns.get(label).cloned().unwrap_or(StoredValue::Null);
        let columns = table.columns().iter().map(|def| column(def.label())).collect();
        StoredRow { tenant, record, columns, seal: self.seal.clone() }
    }
}

impl KeyStore for MemoryStore {
    fn ring(&mut self, tenant: TenantId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.rings.get(&tenant).cloned())
    }

    fn put_ring(&mut self, tenant: TenantId, ring: &[u8]) -> Result<(), StoreError> {
        self.rings.insert(tenant, ring.to_vec());
        Ok(())
    }

    fn wrapped(&mut self, tenant: TenantId, epoch: u32, kind: RootKind) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.wrapped.get(&(tenant, epoch, kind)).cloned())
    }

    fn put_wrapped(&mut self, tenant: TenantId, epoch: u32, kind: RootKind, blob: &[u8]) -> Result<(), StoreError> {
        vacant(self.wrapped.entry((tenant, epoch, kind)), blob.to_vec())
    }

    fn newest_wrapped(&mut self, tenant: TenantId, kind: RootKind) -> Result<Option<(u32, Vec<u8>)>, StoreError> {
        let own = self.wrapped.range((tenant, 0, RootKind::Cell)..=(tenant, u32::MAX, RootKind::HeadSeed));
        let newest = own.rev().find(|((_, _, known), _)| *known == kind);
        Ok(newest.map(|((_, epoch, _), blob)| (*epoch, blob.clone())))
    }

    fn replace_wrapped(
        &mut self,
        tenant: TenantId,
        (old, new): (u32, u32),
        kind: RootKind,
        blob: &[u8],
    ) -> Result<(), StoreError> {
        if !self.wrapped.contains_key(&(tenant, old, kind)) {
            return Err(StoreError::Missing);
        }
        self.put_wrapped(tenant, new, kind, blob)?;
        self.wrapped.remove(&(tenant, old, kind));
        Ok(())
    }
}

impl AuditStore for MemoryStore {
    fn head(&mut self, tenant: TenantId) -> Result<Option<StoredHead>, StoreError> {
        Ok(self.heads.get(&tenant).cloned())
    }

    fn put_head(&mut self, head: &StoredHead) -> Result<(), StoreError> {
        if self.heads.values().any(|known| (known.tenant == head.tenant) != (known.log == head.log)) {
            return Err(StoreError::Conflict);
        }
        self.heads.insert(head.tenant, head.clone());
        Ok(())
    }

    fn heads(&mut self, after: Option<TenantId>, limit: usize) -> Result<Vec<StoredHead>, StoreError> {
        let behind = self.heads.values().filter(|head| after.is_none_or(|after| head.tenant > after));
        Ok(behind.take(limit).cloned().collect())
    }

    fn put_checkpoint(&mut self, log: LogId, size: u64, note: &str) -> Result<(), StoreError> {
        vacant(self.checkpoints.entry((log, size)), note.to_owned())
    }

    fn checkpoints(&mut self, log: LogId, size: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError> {
        let kept = self.checkpoints.range((log, size)..=(log, u64::MAX)).take(limit);
        Ok(kept.map(|((_, size), note)| (*size, note.clone())).collect())
    }

    fn tail(&mut self, log: LogId) -> Result<Option<StoredEntry>, StoreError> {
        Ok(self.entries.range((log, 0)..=(log, u64::MAX)).next_back().map(|(_, (entry, _))| entry.clone()))
    }

    fn append_entry(&mut self, entry: &StoredEntry, projection: &EntryProjection<'_>) -> Result<(), StoreError> {
        #[cfg(test)]
        match core::mem::take(&mut self.fault) {
            Fault::None => {}
            Fault::LoseNextEntry => return Ok(()),
            Fault::RefuseEntries => {
                self.fault = Fault::RefuseEntries;
                return Err(StoreError::Full);
            }
        }
        vacant(self.entries.entry((entry.log, entry.sequence)), (entry.clone(), projection.subjects.to_vec()))
    }

    fn entries(&mut self, log: LogId, from: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        Ok(self.entries.range((log, from)..=(log, u64::MAX)).take(limit).map(|(_, (entry, _))| entry.clone()).collect())
    }

    fn tile(&mut self, log: LogId, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tiles.get(&(log, level, index)).cloned())
    }

    fn put_tile(&mut self, log: LogId, level: u8, index: u64, hashes: &[u8]) -> Result<(), StoreError> {
        if hashes.len() != TILE_BYTES {
            return Err(StoreError::Corrupt);
        }
        self.tiles.insert((log, level, index), hashes.to_vec());
        Ok(())
    }

    fn entries_about(&mut self, log: LogId, subject: RecordId, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        let about =
            self.entries.range((log, 0)..=(log, u64::MAX)).rev().filter(|(_, (_, about))| about.contains(&subject));
        Ok(about.take(limit).map(|(_, (entry, _))| entry.clone()).collect())
    }
}

impl RecordStore for MemoryStore {
    fn row(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<Option<StoredRow>, StoreError> {
        let row = self.rows.get(&(table.label(), tenant, record));
        Ok(row.map(|row| row.read(table, tenant, record)))
    }

    fn rows(
        &mut self,
        table: &Table,
        tenant: TenantId,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let rows = self.rows.iter().filter(|((label, owner, record), _)| {
            *label == table.label() && *owner == tenant && after.is_none_or(|after| *record > after)
        });
        Ok(rows.take(limit).map(|((_, _, record), row)| row.read(table, tenant, *record)).collect())
    }

    fn insert_row(&mut self, table: &Table, row: &StoredRow) -> Result<(), StoreError> {
        vacant(self.rows.entry((table.label(), row.tenant, row.record)), MemoryRow::new(table, row)?)
    }

    fn update_row(&mut self, table: &Table, row: &StoredRow) -> Result<(), StoreError> {
        let known = self.rows.get_mut(&(table.label(), row.tenant, row.record)).ok_or(StoreError::Missing)?;
        *known = MemoryRow::new(table, row)?;
        Ok(())
    }

    fn delete_row(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<(), StoreError> {
        self.rows.remove(&(table.label(), tenant, record)).map(|_| ()).ok_or(StoreError::Missing)
    }
}

impl TermStore for MemoryStore {
    fn add_term(&mut self, table: &Table, term: Term, record: RecordId) -> Result<(), StoreError> {
        self.terms.insert((table.label(), term, record));
        Ok(())
    }

    fn remove_term(&mut self, table: &Table, term: Term, record: RecordId) -> Result<(), StoreError> {
        self.terms.remove(&(table.label(), term, record));
        Ok(())
    }

    fn candidates(&mut self, table: &Table, term: Term, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        let found = self.terms.iter().filter(|(label, known, _)| *label == table.label() && *known == term);
        Ok(found.take(limit).map(|(_, _, record)| *record).collect())
    }

    fn is_pending(&mut self, table: &Table, tenant: TenantId, index: &str) -> Result<bool, StoreError> {
        Ok(self
            .pending
            .iter()
            .any(|(label, owner, known)| *label == table.label() && *owner == tenant && *known == index))
    }

    fn set_built(&mut self, table: &Table, tenant: TenantId, index: &str) -> Result<(), StoreError> {
        self.pending.retain(|(label, owner, known)| *label != table.label() || *owner != tenant || *known != index);
        Ok(())
    }
}

impl MemoryStore {
    /// Declares an index over the rows that a tenant has: what an adapter does when a declaration names a new one.
    pub fn set_pending(&mut self, table: &Table, tenant: TenantId, index: &'static str) {
        self.pending.insert((table.label(), tenant, index));
    }
}

impl StateStore for MemoryStore {
    fn state(&mut self, table: &Table, record: RecordId) -> Result<Option<StoredState>, StoreError> {
        Ok(self.states.get(&(table.label(), record)).copied())
    }

    fn put_state(&mut self, table: &Table, state: &StoredState) -> Result<(), StoreError> {
        let place = self.states.entry((table.label(), state.state.record)).or_insert(*state);
        if place.tenant != state.tenant {
            return Err(StoreError::Conflict);
        }
        *place = *state;
        Ok(())
    }

    fn live_states(
        &mut self,
        table: &Table,
        tenant: TenantId,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordState>, StoreError> {
        let live = self.states.iter().filter(|((label, record), stored)| {
            *label == table.label()
                && stored.tenant == tenant
                && !stored.state.is_tombstone()
                && after.is_none_or(|after| *record > after)
        });
        Ok(live.take(limit).map(|(_, stored)| stored.state).collect())
    }
}

impl TenantStore for MemoryStore {
    fn deployment(&mut self) -> Result<Option<[u8; 16]>, StoreError> {
        Ok(self.deployment)
    }

    fn put_deployment(&mut self, deployment: &[u8; 16]) -> Result<(), StoreError> {
        if self.deployment.is_some() {
            return Err(StoreError::Conflict);
        }
        self.deployment = Some(*deployment);
        Ok(())
    }

    fn tenants(&mut self) -> Result<Vec<StoredTenant>, StoreError> {
        Ok(self.tenants.values().cloned().collect())
    }

    fn tenant_named(&mut self, name: &str) -> Result<Option<StoredTenant>, StoreError> {
        Ok(self.tenants.get(name).cloned())
    }

    fn put_tenant(&mut self, tenant: &StoredTenant) -> Result<(), StoreError> {
        let taken = self
            .tenants
            .values()
            .any(|known| known.tenant == tenant.tenant || known.log == tenant.log || known.name == tenant.name);
        if taken {
            return Err(StoreError::Conflict);
        }
        self.tenants.insert(tenant.name.clone(), tenant.clone());
        Ok(())
    }
}

/// Fills a place that nothing holds; what holds it stays.
fn vacant<K: Ord, V>(place: Entry<'_, K, V>, value: V) -> Result<(), StoreError> {
    match place {
        Entry::Occupied(_) => Err(StoreError::Conflict),
        Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
    }
}
