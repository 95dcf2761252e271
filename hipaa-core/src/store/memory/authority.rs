//! Authority rows in memory.

use super::MemoryStore;
use crate::clock::Timestamp;
use crate::schema::{RecordId, TenantId, UserId};
use crate::store::{AuthorityKind, AuthorityStore, Lookup, StoreError, StoredAuthority};

impl MemoryStore {
    fn authority_of_kind(&self, kind: AuthorityKind) -> impl Iterator<Item = &StoredAuthority> {
        self.authority.values().filter(move |row| row.kind == kind)
    }

    fn is_lookup_taken(&self, row: &StoredAuthority) -> bool {
        let mut others = self.authority_of_kind(row.kind).filter(|other| other.id != row.id);
        row.lookup.is_some() && others.any(|other| other.lookup == row.lookup)
    }

    fn authority_as_of(
        &mut self,
        kind: AuthorityKind,
        id: RecordId,
        version: u64,
    ) -> Result<&mut StoredAuthority, StoreError> {
        let row = self.authority.get_mut(&(kind, id)).ok_or(StoreError::Missing)?;
        if row.version == version { Ok(row) } else { Err(StoreError::Conflict) }
    }
}

impl AuthorityStore for MemoryStore {
    fn authority(&mut self, kind: AuthorityKind, id: RecordId) -> Result<Option<StoredAuthority>, StoreError> {
        Ok(self.authority.get(&(kind, id)).cloned())
    }

    fn authority_found_by(
        &mut self,
        kind: AuthorityKind,
        lookup: &Lookup,
    ) -> Result<Option<StoredAuthority>, StoreError> {
        Ok(self.authority_of_kind(kind).find(|row| row.lookup.as_ref() == Some(lookup)).cloned())
    }

    fn authority_of(
        &mut self,
        kind: AuthorityKind,
        owner: (TenantId, UserId),
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<StoredAuthority>, StoreError> {
        let rows = self.authority_of_kind(kind).filter(|row| (row.tenant, row.owner) == owner);
        Ok(rows.filter(|row| after.is_none_or(|after| row.id > after)).take(limit).cloned().collect())
    }

    fn authority_expired(
        &mut self,
        kind: AuthorityKind,
        (tenant, until): (TenantId, Timestamp),
        after: Option<(Timestamp, RecordId)>,
        limit: usize,
    ) -> Result<Vec<StoredAuthority>, StoreError> {
        let own = self.authority_of_kind(kind).filter(|row| row.tenant == tenant);
        let places = own.filter_map(|row| Some(((row.expires?, row.id), row)));
        let ended = places.filter(|(place, _)| place.0 <= until && after.is_none_or(|after| *place > after));
        let mut ended = ended.collect::<Vec<_>>();
        ended.sort_unstable_by_key(|(place, _)| *place);
        Ok(ended.into_iter().take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn insert_authority(&mut self, row: &StoredAuthority) -> Result<(), StoreError> {
        if self.is_lookup_taken(row) {
            return Err(StoreError::Conflict);
        }
        super::vacant(self.authority.entry((row.kind, row.id)), row.clone())
    }

    fn replace_authority(&mut self, row: &StoredAuthority, from: u64) -> Result<(), StoreError> {
        let taken = self.is_lookup_taken(row);
        let known = self.authority_as_of(row.kind, row.id, from)?;
        if taken || (known.tenant, known.owner) != (row.tenant, row.owner) {
            return Err(StoreError::Conflict);
        }
        known.clone_from(row);
        Ok(())
    }

    fn delete_authority(&mut self, kind: AuthorityKind, id: RecordId, version: u64) -> Result<(), StoreError> {
        self.authority_as_of(kind, id, version)?;
        self.authority.remove(&(kind, id));
        Ok(())
    }

    fn discard_authority(&mut self, kind: AuthorityKind, id: RecordId) -> Result<(), StoreError> {
        self.authority.remove(&(kind, id));
        Ok(())
    }
}
