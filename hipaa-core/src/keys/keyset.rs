//! A tenant's secrets in memory: the roots of every live epoch, and the keys derived from them, each built once.

use super::{Derivation, Kek, KeyError, Purpose, Ring, Root, RootKind, WrapContext, unwrap};
use crate::red::{Safeguard, removed};
use crate::schema::{ColumnDef, NORMALIZER_VERSION, Table, TenantId};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit};
use core::fmt;
use secrecy::ExposeSecret;
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// How many (table, epoch) pairs keep their derived keys.
pub(crate) const MAX_CACHED_TABLES: usize = 256;
/// How many keys that belong to no table are kept.
const MAX_CACHED_OTHERS: usize = 64;

/// The keys of one tenant, as of one version of its ring.
pub(crate) struct TenantKeys {
    tenant: TenantId,
    ring: Ring,
    roots: Vec<EpochRoots>,
    tables: RwLock<Vec<Arc<TableKeys>>>,
    others: RwLock<Vec<OtherKey>>,
}

/// A key that belongs to no table, and which it is.
type OtherKey = ((RootKind, Purpose, u32), Zeroizing<[u8; 32]>);

struct EpochRoots {
    epoch: u32,
    roots: [Root; 4],
}

/// The derived keys of one table in one epoch.
pub(crate) struct TableKeys {
    table: Table,
    epoch: u32,
    /// One per column, in order; none for a protected column.
    pub(crate) cells: Vec<Option<Aes256GcmSiv>>,
    pub(crate) mac: Zeroizing<[u8; 32]>,
    /// One per index, in order.
    pub(crate) indexes: Vec<Zeroizing<[u8; 32]>>,
    /// The places of the columns, ascending by label: the order in which a record MAC covers them.
    pub(crate) by_label: Vec<usize>,
}

impl TenantKeys {
    /// Verifies the ring and unwraps the roots of its live epochs; `blob` fetches a wrapped root.
    pub(crate) fn load<E: From<KeyError>>(
        kek: &Kek,
        deployment: [u8; 16],
        tenant: TenantId,
        ring: &[u8],
        mut blob: impl FnMut(RootKind, u32) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        let ring = Ring::decode(ring, kek, &deployment, tenant)?;
        let mut roots = Vec::new();
        for epoch in ring.live() {
            let mut root = |kind| -> Result<Root, E> {
                let bytes = blob(kind, epoch)?.ok_or(KeyError::MissingBlob)?;
                Ok(unwrap(kek, &WrapContext { deployment, tenant, kind, epoch }, &bytes)?)
            };
            let [cell, index, audit, auth] = RootKind::TENANT;
            roots.push(EpochRoots { epoch, roots: [root(cell)?, root(index)?, root(audit)?, root(auth)?] });
        }
        Ok(Self { tenant, ring, roots, tables: RwLock::default(), others: RwLock::default() })
    }

    pub(crate) const fn ring(&self) -> &Ring {
        &self.ring
    }

    /// The same keys as they were while `epoch` was the active one.
    #[cfg(test)]
    pub(crate) fn as_of(&self, epoch: u32) -> Self {
        let copy = |root: &Root| secrecy::SecretBox::new(Box::new(*root.expose_secret()));
        let known = self.roots.iter().filter(|roots| roots.epoch <= epoch);
        let roots = known.map(|of| EpochRoots { epoch: of.epoch, roots: of.roots.each_ref().map(copy) }).collect();
        let ring = (1..epoch).fold(Ring::first(), |ring, _| ring.with_new_epoch());
        Self { tenant: self.tenant, ring, roots, tables: RwLock::default(), others: RwLock::default() }
    }

    /// Checks that an epoch found in stored bytes can be opened.
    fn root(&self, kind: RootKind, epoch: u32) -> Result<&Root, KeyError> {
        let found = self.roots.iter().find(|roots| roots.epoch == epoch);
        let place = RootKind::TENANT.iter().position(|known| *known == kind);
        match (found, place.and_then(|place| found?.roots.get(place))) {
            (Some(_), Some(root)) => Ok(root),
            _ if self.ring.state(epoch).is_some() => Err(KeyError::DestroyedKey(epoch)),
            _ => Err(KeyError::UnknownEpoch(epoch)),
        }
    }

    /// A key of this tenant that belongs to no table, from the cache or derived now.
    pub(crate) fn key(&self, kind: RootKind, purpose: Purpose, epoch: u32) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let (root, which) = (self.root(kind, epoch)?, (kind, purpose, epoch));
        let cached = self.others.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = cached.iter().find(|(known, _)| *known == which) {
            return Ok(key.clone());
        }
        drop(cached);
        let key = Derivation::tenant(purpose, self.tenant, epoch).derive(root.expose_secret());
        let mut cache = self.others.write().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_CACHED_OTHERS {
            cache.clear();
        }
        cache.push((which, key.clone()));
        Ok(key)
    }

    /// The keys of a table in one epoch, from the cache or derived now.
    pub(crate) fn table(&self, table: &Table, epoch: u32) -> Result<Arc<TableKeys>, KeyError> {
        let cached = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = cached.iter().find(|keys| keys.fits(table, epoch)) {
            return Ok(Arc::clone(keys));
        }
        drop(cached);
        let keys = Arc::new(self.derive_table(table, epoch)?);
        let mut cache = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_CACHED_TABLES {
            cache.clear();
        }
        cache.push(Arc::clone(&keys));
        Ok(keys)
    }

    fn derive_table(&self, table: &Table, epoch: u32) -> Result<TableKeys, KeyError> {
        let cell_root = self.root(RootKind::Cell, epoch)?.expose_secret();
        let index_root = self.root(RootKind::Index, epoch)?.expose_secret();
        let (cell_root, index_root, tenant) = match removed(Safeguard::TenantKeys) {
            true => (&[0; 32], &[0; 32], TenantId::DEPLOYMENT),
            false => (cell_root, index_root, self.tenant),
        };
        let base = Derivation { table: table.label(), ..Derivation::tenant(Purpose::Cell, tenant, epoch) };
        let cells = table.columns().iter().map(|column| {
            let key = Derivation { column: column.label(), ..base }.derive(cell_root);
            column.is_sealed().then(|| Aes256GcmSiv::new(&(*key).into()))
        });
        let indexes = table.indexes().iter().map(|index| {
            let id = index.normalizer_id();
            let normalizer = Some((id.as_str(), NORMALIZER_VERSION));
            Derivation { purpose: Purpose::Index, column: index.label(), normalizer, ..base }.derive(index_root)
        });
        let mut by_label = (0..table.columns().len()).collect::<Vec<_>>();
        by_label.sort_unstable_by_key(|at| table.columns().get(*at).map(ColumnDef::label));
        Ok(TableKeys {
            by_label,
            table: *table,
            epoch,
            cells: cells.collect(),
            mac: Derivation { purpose: Purpose::RecordMac, ..base }.derive(cell_root),
            indexes: indexes.collect(),
        })
    }
}

impl TableKeys {
    pub(crate) const fn epoch(&self) -> u32 {
        self.epoch
    }

    fn fits(&self, table: &Table, epoch: u32) -> bool {
        self.epoch == epoch && self.table == *table
    }
}

impl fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantKeys").field("tenant", &self.tenant).field("ring", &self.ring).finish_non_exhaustive()
    }
}

impl fmt::Debug for TableKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableKeys")
            .field("table", &self.table.label())
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}
