//! Rings and wrapped roots.

use crate::store::SqliteStore;
use hipaa_core::schema::TenantId;
use hipaa_core::store::{KeyStore, RootKind, StoreError};
use rusqlite::params;

impl KeyStore for SqliteStore<'_> {
    fn ring(&mut self, tenant: TenantId) -> Result<Option<Vec<u8>>, StoreError> {
        self.one("SELECT ring FROM hipaa_ring WHERE tenant = ?1", [tenant.as_bytes()], |row| row.get(0))
    }

    fn put_ring(&mut self, tenant: TenantId, ring: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_ring (tenant, ring) VALUES (?1, ?2) ON CONFLICT (tenant) DO UPDATE SET ring = ?2";
        self.run_one(sql, params![tenant.as_bytes(), ring])
    }

    fn wrapped(&mut self, tenant: TenantId, epoch: u32, kind: RootKind) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT blob FROM hipaa_wrapped_key WHERE tenant = ?1 AND epoch = ?2 AND kind = ?3";
        self.one(sql, params![tenant.as_bytes(), epoch, kind.label()], |row| row.get(0))
    }

    fn put_wrapped(&mut self, tenant: TenantId, epoch: u32, kind: RootKind, blob: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_wrapped_key (tenant, epoch, kind, blob) VALUES (?1, ?2, ?3, ?4)";
        self.run_one(sql, params![tenant.as_bytes(), epoch, kind.label(), blob])
    }

    fn newest_wrapped(&mut self, tenant: TenantId, kind: RootKind) -> Result<Option<(u32, Vec<u8>)>, StoreError> {
        let sql =
            "SELECT epoch, blob FROM hipaa_wrapped_key WHERE tenant = ?1 AND kind = ?2 ORDER BY epoch DESC LIMIT 1";
        self.one(sql, params![tenant.as_bytes(), kind.label()], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn replace_wrapped(
        &mut self,
        tenant: TenantId,
        (old, new): (u32, u32),
        kind: RootKind,
        blob: &[u8],
    ) -> Result<(), StoreError> {
        // Deleted and written anew: an update in place could leave the old bytes where the new ones are shorter.
        if self.wrapped(tenant, old, kind)?.is_none() {
            return Err(StoreError::Missing);
        }
        self.put_wrapped(tenant, new, kind, blob)?;
        let sql = "DELETE FROM hipaa_wrapped_key WHERE tenant = ?1 AND epoch = ?2 AND kind = ?3";
        self.run_one(sql, params![tenant.as_bytes(), old, kind.label()])
    }
}
