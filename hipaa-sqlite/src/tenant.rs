//! The deployment and its tenants.

use crate::store::{SqliteStore, fixed};
use hipaa_core::schema::TenantId;
use hipaa_core::store::{LogId, StoreError, StoredTenant, TenantStore};
use rusqlite::{Row, params};

impl TenantStore for SqliteStore<'_> {
    fn deployment(&mut self) -> Result<Option<[u8; 16]>, StoreError> {
        self.one("SELECT value FROM hipaa_meta WHERE key = 'deployment'", [], |row| fixed(row, 0))
    }

    fn put_deployment(&mut self, deployment: &[u8; 16]) -> Result<(), StoreError> {
        self.run_one("INSERT INTO hipaa_meta (key, value) VALUES ('deployment', ?1)", [deployment])
    }

    fn tenants(&mut self) -> Result<Vec<StoredTenant>, StoreError> {
        self.all("SELECT tenant, log, name, mac FROM hipaa_tenant ORDER BY name", [], tenant)
    }

    fn tenant_named(&mut self, name: &str) -> Result<Option<StoredTenant>, StoreError> {
        self.one("SELECT tenant, log, name, mac FROM hipaa_tenant WHERE name = ?1", [name], tenant)
    }

    fn put_tenant(&mut self, row: &StoredTenant) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_tenant (tenant, log, name, mac) VALUES (?1, ?2, ?3, ?4)";
        self.run_one(sql, params![row.tenant.as_bytes(), row.log.0, row.name, row.mac])
    }
}

fn tenant(row: &Row<'_>) -> rusqlite::Result<StoredTenant> {
    Ok(StoredTenant {
        tenant: TenantId::from_bytes(fixed(row, 0)?),
        log: LogId(fixed(row, 1)?),
        name: row.get(2)?,
        mac: fixed(row, 3)?,
    })
}
