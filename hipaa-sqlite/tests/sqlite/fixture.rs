//! A deployment in a file of its own.

use hipaa_core::audit::{Actor, Body};
use hipaa_core::clock::Clock;
use hipaa_core::keys::Kek;
use hipaa_core::schema::{Column, RecordId, Table, TenantId, Text};
use hipaa_core::store::StoredRow;
use hipaa_core::tenancy::create_tenant;
use hipaa_core::unit::Unit as _;
use hipaa_core::vault::{Permissions, Row, TenantVault, VaultError};
use hipaa_sqlite::rusqlite::Connection;
use hipaa_sqlite::{Database, Error, Options, attach};
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) const NAME: Column<Text> = Column::text("name");
pub(crate) const NOTE: Table = Table::new("note", &[NAME.def()], &[]);

pub(crate) fn kek() -> Kek {
    Kek::from_text(&"0f".repeat(32).into()).unwrap()
}

/// A database with one tenant and a declared table.
pub(crate) struct Clinic {
    pub(crate) folder: TempDir,
    pub(crate) db: Database,
    pub(crate) tenant: TenantId,
}

/// What can be seen of the tenant from outside.
#[derive(Debug, PartialEq)]
pub(crate) struct Sight {
    pub(crate) rows: Vec<StoredRow>,
    /// The names of the entries.
    pub(crate) entries: Vec<String>,
    /// The size that the signed head states.
    pub(crate) size: usize,
}

impl Clinic {
    pub(crate) fn new() -> Self {
        Self::founded(&Options::default())
    }

    pub(crate) fn founded(options: &Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut db = Database::open_with(folder.path().join("emr.db"), kek(), options).unwrap();
        db.declare(&[&NOTE]).unwrap();
        let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
        let made = db.write(|unit| create_tenant(unit, &operator, "North clinic").map_err(Error::from)).unwrap();
        let tenant = made.into_inner().id;
        Self { folder, db, tenant }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("emr.db")
    }

    /// Another connection to the same file, as a host has it.
    pub(crate) fn host(&self) -> Connection {
        let mut connection = Connection::open(self.path()).unwrap();
        attach(&mut connection, kek(), Clock::system()).unwrap();
        connection
    }

    pub(crate) fn clinician(&self) -> TenantVault {
        TenantVault::new(Actor::new(self.tenant, "u-1", "clinician").unwrap(), Permissions::everything())
    }

    pub(crate) fn visitor(&self) -> TenantVault {
        TenantVault::new(Actor::new(self.tenant, "u-2", "visitor").unwrap(), Permissions::none())
    }

    pub(crate) fn record(&mut self) -> RecordId {
        let clinician = self.clinician();
        self.db.write(|unit| clinician.create(unit, &NOTE, &note("a value"))).unwrap().into_inner()
    }

    pub(crate) fn see(&mut self) -> Sight {
        let tenant = self.tenant;
        let seen = self.db.write(|unit| {
            let (store, _) = unit.parts();
            let head = store.head(tenant)?.ok_or(VaultError::NotFound)?;
            let entries = store.entries(head.log, 0, 1000)?;
            let name = |body: &[u8]| Body::decode(body).unwrap().name().unwrap_or("-").to_owned();
            Ok::<_, VaultError>(Sight {
                rows: store.rows(&NOTE, tenant, None, 1000)?,
                entries: entries.iter().map(|entry| name(&entry.body)).collect(),
                size: usize::try_from(head.size).unwrap(),
            })
        });
        seen.unwrap().into_inner()
    }
}

pub(crate) fn note(name: &str) -> Row {
    Row::new().set(NAME, name)
}
