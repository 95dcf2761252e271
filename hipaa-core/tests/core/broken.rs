//! Stores that are broken on purpose, each in one way.

use crate::fault::Fault;
use hipaa_core::audit::Leaf;
use hipaa_core::clock::Timestamp;
use hipaa_core::index::Term;
use hipaa_core::schema::{RecordId, Table, TenantId, UserId};
use hipaa_core::store::memory::MemoryStore;
use hipaa_core::store::*;

/// A store in memory with a fault.
#[derive(Debug)]
pub(crate) struct Broken {
    store: MemoryStore,
    fault: Option<Fault>,
}

impl Broken {
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        Self { store: MemoryStore::default(), fault }
    }

    fn store(&mut self) -> &mut MemoryStore {
        if self.has(Fault::ForgetsEverything) {
            self.store = MemoryStore::default();
        }
        &mut self.store
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }
}

impl KeyStore for Broken {
    fn ring(&mut self, tenant: TenantId) -> Result<Option<Vec<u8>>, StoreError> {
        let ring = self.store().ring(tenant)?;
        Ok(ring.or_else(|| self.has(Fault::InventsWhatIsMissing).then(Vec::new)))
    }

    fn put_ring(&mut self, tenant: TenantId, ring: &[u8]) -> Result<(), StoreError> {
        self.store().put_ring(tenant, ring)
    }

    fn wrapped(&mut self, tenant: TenantId, epoch: u32, kind: RootKind) -> Result<Option<Vec<u8>>, StoreError> {
        self.store().wrapped(tenant, epoch, kind)
    }

    fn put_wrapped(&mut self, tenant: TenantId, epoch: u32, kind: RootKind, blob: &[u8]) -> Result<(), StoreError> {
        match self.store().put_wrapped(tenant, epoch, kind, blob) {
            Err(StoreError::Conflict) if self.has(Fault::AcceptsASecondRoot) => Ok(()),
            result => result,
        }
    }

    fn newest_wrapped(&mut self, tenant: TenantId, kind: RootKind) -> Result<Option<(u32, Vec<u8>)>, StoreError> {
        self.store().newest_wrapped(tenant, kind)
    }

    fn replace_wrapped(
        &mut self,
        tenant: TenantId,
        (old, new): (u32, u32),
        kind: RootKind,
        blob: &[u8],
    ) -> Result<(), StoreError> {
        let before = self.store().wrapped(tenant, old, kind)?;
        self.store().replace_wrapped(tenant, (old, new), kind, blob)?;
        match before.filter(|_| self.has(Fault::KeepsTheReplacedRoot)) {
            Some(before) => self.store().put_wrapped(tenant, old, kind, &before),
            None => Ok(()),
        }
    }
}

impl AuditStore for Broken {
    fn head(&mut self, tenant: TenantId) -> Result<Option<StoredHead>, StoreError> {
        self.store().head(tenant)
    }

    fn put_head(&mut self, head: &StoredHead) -> Result<(), StoreError> {
        self.store().put_head(head)
    }

    fn heads(&mut self, after: Option<TenantId>, limit: usize) -> Result<Vec<StoredHead>, StoreError> {
        let limit = if self.has(Fault::IgnoresLimits) { usize::MAX } else { limit };
        self.store().heads(after, limit)
    }

    fn put_checkpoint(&mut self, log: LogId, size: u64, note: &str) -> Result<(), StoreError> {
        match self.store().put_checkpoint(log, size, note) {
            Err(StoreError::Conflict) if self.has(Fault::TakesASecondCheckpoint) => Ok(()),
            result => result,
        }
    }

    fn checkpoints(&mut self, log: LogId, size: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError> {
        self.store().checkpoints(log, size, limit)
    }

    fn tail(&mut self, log: LogId) -> Result<Option<StoredEntry>, StoreError> {
        self.store().tail(log)
    }

    fn append_entry(&mut self, entry: &StoredEntry, projection: &EntryProjection<'_>) -> Result<(), StoreError> {
        let subjects = match projection.subjects {
            [most @ .., _] if self.has(Fault::ForgetsASubject) => most,
            all => all,
        };
        match self.store().append_entry(entry, &EntryProjection { subjects, ..*projection }) {
            Err(StoreError::Conflict) if self.has(Fault::AcceptsTakenSequences) => Ok(()),
            result => result,
        }
    }

    fn entries(&mut self, log: LogId, from: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        let limit = if self.has(Fault::IgnoresLimits) { usize::MAX } else { limit };
        // As a cast to a signed number does: all entries are behind a negative one.
        let wrapped = self.has(Fault::WrapsNumbers) && i64::try_from(from).is_err();
        self.store().entries(log, if wrapped { 0 } else { from }, limit)
    }

    fn leaves(&mut self, log: LogId, from: u64, limit: usize) -> Result<Vec<Leaf>, StoreError> {
        // As one that orders the newest first.
        let mut leaves = self.store().leaves(log, from, limit)?;
        if self.has(Fault::IgnoresLimits) {
            leaves.reverse();
        }
        Ok(leaves)
    }

    fn tile(&mut self, log: LogId, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.store().tile(log, level, index)
    }

    fn put_tile(&mut self, log: LogId, level: u8, index: u64, hashes: &[u8]) -> Result<(), StoreError> {
        self.store().put_tile(log, level, index, hashes)
    }

    fn entries_about(&mut self, log: LogId, subject: RecordId, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        self.store().entries_about(log, subject, limit)
    }
}

impl RecordStore for Broken {
    fn row(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<Option<StoredRow>, StoreError> {
        let own = self.store().row(table, tenant, record)?;
        if own.is_none() && self.has(Fault::ShowsRowsOfOtherTenants) {
            return self.store().row(table, TenantId::from_bytes([0xa1; 16]), record);
        }
        let invented = StoredRow { tenant, record, columns: Vec::new(), seal: Vec::new() };
        Ok(own.or_else(|| self.has(Fault::InventsWhatIsMissing).then_some(invented)))
    }

    fn rows(
        &mut self,
        table: &Table,
        tenant: TenantId,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let after = after.filter(|_| !self.has(Fault::IgnoresTheCursor));
        let mut rows = self.store().rows(table, tenant, after, limit)?;
        if self.has(Fault::OrdersByLength) {
            rows.sort_by_key(|row| row.record.as_bytes().len());
        }
        Ok(rows)
    }

    fn insert_row(&mut self, table: &Table, row: &StoredRow) -> Result<(), StoreError> {
        let mut row = row.clone();
        for value in &mut row.columns {
            if let (StoredValue::Text(text), true) = (&value, self.has(Fault::TurnsTextIntoBlobs)) {
                *value = StoredValue::Blob(text.as_bytes().to_vec());
            }
        }
        self.store().insert_row(table, &row)
    }

    fn update_row(&mut self, table: &Table, row: &StoredRow) -> Result<(), StoreError> {
        match self.store().update_row(table, row) {
            Err(StoreError::Missing) if self.has(Fault::InsertsOnUpdate) => self.store().insert_row(table, row),
            result => result,
        }
    }

    fn delete_row(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<(), StoreError> {
        self.store().delete_row(table, tenant, record)
    }
}

impl TermStore for Broken {
    fn add_term(&mut self, table: &Table, term: Term, record: RecordId) -> Result<(), StoreError> {
        // As a column instead of a row for each would: a later value takes the place of the one before.
        if self.has(Fault::LosesTheLastTerm) {
            for byte in 0..=u8::MAX {
                if let Some(known) = Term::from_slice(&[byte; 8]).filter(|known| *known != term) {
                    self.store().remove_term(table, known, record)?;
                }
            }
        }
        self.store().add_term(table, term, record)
    }

    fn remove_term(&mut self, table: &Table, term: Term, record: RecordId) -> Result<(), StoreError> {
        self.store().remove_term(table, term, record)
    }

    fn candidates(&mut self, table: &Table, term: Term, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        self.store().candidates(table, term, limit)
    }

    fn is_pending(&mut self, table: &Table, tenant: TenantId, index: &str) -> Result<bool, StoreError> {
        self.store().is_pending(table, tenant, index)
    }

    fn set_built(&mut self, table: &Table, tenant: TenantId, index: &str) -> Result<(), StoreError> {
        self.store().set_built(table, tenant, index)
    }
}

impl StateStore for Broken {
    fn state(&mut self, table: &Table, record: RecordId) -> Result<Option<StoredState>, StoreError> {
        self.store().state(table, record)
    }

    fn row_and_state(
        &mut self,
        table: &Table,
        tenant: TenantId,
        record: RecordId,
    ) -> Result<(Option<StoredRow>, Option<StoredState>), StoreError> {
        let (row, state) = self.store().row_and_state(table, tenant, record)?;
        let forgotten = row.is_some() && self.has(Fault::ForgetsTheStateBesideARow);
        Ok((row, state.filter(|_| !forgotten)))
    }

    fn put_state(&mut self, table: &Table, state: &StoredState) -> Result<(), StoreError> {
        let known = self.store().state(table, state.state.record)?;
        match self.store().put_state(table, state) {
            Ok(()) if self.has(Fault::ForgetsNewStates) => {
                known.map_or(Ok(()), |old| self.store().put_state(table, &old))
            }
            Err(StoreError::Conflict) if self.has(Fault::AcceptsStatesOfOtherTenants) => Ok(()),
            result => result,
        }
    }

    fn live_states(
        &mut self,
        table: &Table,
        tenant: TenantId,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordState>, StoreError> {
        let mut live = self.store().live_states(table, tenant, after, limit)?;
        if self.has(Fault::KeepsDeletedRecordsAlive) {
            let dead = (1..=u8::MAX).filter_map(|byte| RecordId::from_slice(&[byte; 16]).ok());
            for record in dead {
                let known = self.store().state(table, record)?.map(|stored| stored.state);
                live.extend(known.filter(RecordState::is_tombstone));
            }
        }
        Ok(live)
    }
}

impl TenantStore for Broken {
    fn deployment(&mut self) -> Result<Option<[u8; 16]>, StoreError> {
        self.store().deployment()
    }

    fn put_deployment(&mut self, deployment: &[u8; 16]) -> Result<(), StoreError> {
        self.store().put_deployment(deployment)
    }

    fn tenants(&mut self) -> Result<Vec<StoredTenant>, StoreError> {
        self.store().tenants()
    }

    fn tenant_named(&mut self, name: &str) -> Result<Option<StoredTenant>, StoreError> {
        if self.has(Fault::FoldsNames) {
            return Ok(self.store().tenants()?.into_iter().find(|tenant| tenant.name.eq_ignore_ascii_case(name)));
        }
        self.store().tenant_named(name)
    }

    fn put_tenant(&mut self, tenant: &StoredTenant) -> Result<(), StoreError> {
        self.store().put_tenant(tenant)
    }
}

/// Everybody who owns something in the cases.
const OWNERS: [UserId; 2] = [UserId::from_bytes([0xd1; 16]), UserId::from_bytes([0xd2; 16])];

impl AuthorityStore for Broken {
    fn authority(&mut self, kind: AuthorityKind, id: RecordId) -> Result<Option<StoredAuthority>, StoreError> {
        let mut row = self.store().authority(kind, id)?;
        if let (Some(row), true) = (&mut row, self.has(Fault::LosesSecrets)) {
            row.sealed = None;
        }
        Ok(row)
    }

    fn authority_found_by(
        &mut self,
        kind: AuthorityKind,
        lookup: &Lookup,
    ) -> Result<Option<StoredAuthority>, StoreError> {
        // As an index over the first bytes does.
        let mut key = *lookup;
        for last in 0..=u8::MAX {
            if self.has(Fault::FindsByTheBeginning) {
                key[31] = last;
            }
            if let Some(found) = self.store().authority_found_by(kind, &key)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn authority_of(
        &mut self,
        kind: AuthorityKind,
        owner: (TenantId, UserId),
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<StoredAuthority>, StoreError> {
        let after = after.filter(|_| !self.has(Fault::IgnoresTheCursor));
        if self.has(Fault::ListsEveryOwner) {
            let all = OWNERS.map(|user| self.store().authority_of(kind, (owner.0, user), after, limit));
            return all.into_iter().collect::<Result<Vec<_>, _>>().map(|rows| rows.concat());
        }
        self.store().authority_of(kind, owner, after, limit)
    }

    fn authority_expired(
        &mut self,
        kind: AuthorityKind,
        (tenant, until): (TenantId, Timestamp),
        after: Option<(Timestamp, RecordId)>,
        limit: usize,
    ) -> Result<Vec<StoredAuthority>, StoreError> {
        let until = if self.has(Fault::SweepsWhatLives) { Timestamp::from_micros(i64::MAX) } else { until };
        self.store().authority_expired(kind, (tenant, until), after, limit)
    }

    fn insert_authority(&mut self, row: &StoredAuthority) -> Result<(), StoreError> {
        let late = [AuthorityKind::Grant, AuthorityKind::Decision, AuthorityKind::Review].contains(&row.kind);
        if late && self.has(Fault::ForgetsGrants) {
            return Ok(());
        }
        let mut row = row.clone();
        if self.has(Fault::WrapsVersions) {
            row.version &= u64::MAX >> 1;
        }
        match self.store().insert_authority(&row) {
            Err(StoreError::Conflict) if self.has(Fault::AcceptsTakenLookups) => {
                row.lookup = None;
                self.store().insert_authority(&row)
            }
            result => result,
        }
    }

    fn replace_authority(&mut self, row: &StoredAuthority, from: u64) -> Result<(), StoreError> {
        let known = self.store().authority(row.kind, row.id)?;
        let from = known.as_ref().filter(|_| self.has(Fault::ReplacesAnyVersion)).map_or(from, |known| known.version);
        match (self.store().replace_authority(row, from), known) {
            (Err(StoreError::Conflict), Some(known)) if self.has(Fault::MovesAuthority) && known.version == from => {
                self.store().delete_authority(row.kind, row.id, from)?;
                self.store().insert_authority(row)
            }
            (result, _) => result,
        }
    }

    fn delete_authority(&mut self, kind: AuthorityKind, id: RecordId, version: u64) -> Result<(), StoreError> {
        let known = self.store().authority(kind, id)?.filter(|_| self.has(Fault::DeletesAnyVersion));
        self.store().delete_authority(kind, id, known.map_or(version, |known| known.version))
    }

    fn discard_authority(&mut self, kind: AuthorityKind, id: RecordId) -> Result<(), StoreError> {
        if self.has(Fault::KeepsWhatIsDiscarded) { Ok(()) } else { self.store().discard_authority(kind, id) }
    }
}
