//! Stores that are broken on purpose, each in one way.

use hipaa_core::audit::Leaf;
use hipaa_core::index::Term;
use hipaa_core::schema::{RecordId, Table, TenantId};
use hipaa_core::store::memory::MemoryStore;
use hipaa_core::store::*;

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    LosesTheLastTerm,
    IgnoresTheCursor,
    AcceptsTakenSequences,
    ShowsRowsOfOtherTenants,
    ForgetsNewStates,
    AcceptsStatesOfOtherTenants,
    AcceptsASecondRoot,
    InsertsOnUpdate,
    KeepsDeletedRecordsAlive,
    OrdersByLength,
    TurnsTextIntoBlobs,
    ForgetsASubject,
    IgnoresLimits,
    FoldsNames,
    ForgetsEverything,
    InventsWhatIsMissing,
    WrapsNumbers,
    ForgetsTheStateBesideARow,
}

impl Fault {
    /// Every fault and the case that is there to find it.
    pub(crate) const ALL: [(Self, &str); 18] = [
        (Self::LosesTheLastTerm, "a_record_keeps_every_one_of_its_terms"),
        (Self::IgnoresTheCursor, "rows_page_behind_a_cursor_up_to_a_limit"),
        (Self::AcceptsTakenSequences, "a_taken_sequence_is_a_conflict_and_the_first_entry_stays"),
        (Self::ShowsRowsOfOtherTenants, "tenants_do_not_see_each_others_rows"),
        (Self::ForgetsNewStates, "a_state_reads_back_and_is_replaced"),
        (Self::AcceptsStatesOfOtherTenants, "a_state_never_changes_its_tenant"),
        (Self::AcceptsASecondRoot, "a_second_wrapped_root_is_a_conflict_and_the_first_stays"),
        (Self::InsertsOnUpdate, "updating_a_missing_row_is_missing_and_makes_none"),
        (Self::KeepsDeletedRecordsAlive, "a_tombstone_stays_as_a_state_and_leaves_the_live_ones"),
        (Self::OrdersByLength, "rows_ascend_by_the_bytes_of_their_ids"),
        (Self::TurnsTextIntoBlobs, "values_read_back_bit_for_bit_in_their_storage_class"),
        (Self::ForgetsASubject, "an_entry_is_found_by_each_of_its_patients_and_no_other"),
        (Self::IgnoresLimits, "entries_ascend_from_a_sequence_up_to_a_limit"),
        (Self::FoldsNames, "a_tenant_is_found_by_exactly_its_name"),
        (Self::ForgetsEverything, "a_ring_reads_back_and_is_replaced"),
        (Self::InventsWhatIsMissing, "a_missing_row_is_none"),
        (Self::WrapsNumbers, "entries_behind_the_end_are_none"),
        (Self::ForgetsTheStateBesideARow, "a_row_and_its_state_are_what_each_is_alone"),
    ];
}

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
}

impl AuditStore for Broken {
    fn head(&mut self, tenant: TenantId) -> Result<Option<StoredHead>, StoreError> {
        self.store().head(tenant)
    }

    fn put_head(&mut self, head: &StoredHead) -> Result<(), StoreError> {
        self.store().put_head(head)
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
