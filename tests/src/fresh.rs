//! Attacks by somebody who has the documentation and the public API, and by somebody who can write the file but has no key.

mod closed;
mod flow;
mod held;
mod hostile;
mod key;
mod login;
mod mistake;
mod period;
mod rows;
mod thief;
mod verifier;
mod witness;

use hipaa_core::audit::Actor;
use hipaa_core::keys::Kek;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::tenancy::{Tenant, create_tenant};
use hipaa_core::vault::{Permissions, Row, TenantVault};
use hipaa_sqlite::rusqlite::{Connection, params};
use hipaa_sqlite::{Database, Error};
use std::path::PathBuf;

/// A table with one of everything that an attack needs.
mod person {
    use hipaa_core::schema::*;
    pub(super) const MRN: Column<Text> = Column::text("mrn");
    pub(super) const FAMILY: Column<Text> = Column::text("family");
    pub(super) const WARD: Column<Text> = Column::text("ward").protected();
    pub(super) const BY_MRN: Index<(Text,)> = Index::exact("by_mrn", MRN.as_identifier()).unique();
    pub(super) const BY_FAMILY: Index<(Text,)> = Index::exact("by_family", FAMILY.as_name());
    pub(super) const TABLE: Table =
        Table::new("person", &[MRN.def(), FAMILY.def(), WARD.def()], &[BY_MRN.def(), BY_FAMILY.def()]);
}

/// One database with one clinic.
struct Kit {
    folder: tempfile::TempDir,
    db: Database,
    tenant: Tenant,
    clinic: TenantVault,
}

fn kek() -> Kek {
    Kek::from_text(&"1a".repeat(32).into()).unwrap()
}

fn operator() -> Actor {
    Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap()
}

fn vault(tenant: TenantId, user: &str) -> TenantVault {
    TenantVault::new(Actor::new(tenant, user, "clinician").unwrap(), Permissions::everything())
}

fn row(mrn: &str, family: &str) -> Row {
    Row::new().set(person::MRN, mrn).set(person::FAMILY, family).set(person::WARD, "east")
}

impl Kit {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut db = Database::open(folder.path().join("emr.db"), kek()).unwrap();
        db.declare(&[&person::TABLE]).unwrap();
        let tenant = db.write(|unit| create_tenant(unit, &operator(), "North")).unwrap().into_inner();
        let clinic = vault(tenant.id, "osei");
        Self { folder, db, tenant, clinic }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("emr.db")
    }

    fn person(&mut self, mrn: &str, family: &str) -> RecordId {
        let clinic = self.clinic.clone();
        self.db.write(|unit| clinic.create(unit, &person::TABLE, &row(mrn, family))).unwrap().into_inner()
    }

    /// The family name of a record as a caller gets it, and whether it is said to be intact.
    fn family(&mut self, id: RecordId) -> Result<(String, bool), Error> {
        let clinic = self.clinic.clone();
        let record = self.db.write(|unit| Ok::<_, Error>(clinic.read(unit, &person::TABLE, id)?))?.open()?;
        let family = record.get(person::FAMILY).ok().flatten().unwrap_or("-").to_owned();
        Ok((family, record.integrity().is_intact()))
    }

    /// A connection that knows no safeguard.
    fn thief(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    /// How many entries of a name the clinic's log has.
    fn entries(&self, name: &str) -> i64 {
        let sql = "SELECT count(*) FROM hipaa_audit WHERE log = ?1 AND name = ?2";
        self.thief().query_row(sql, params![self.tenant.log.0, name], |row| row.get(0)).unwrap()
    }

    /// Sequences that are missing between the first and the last entry of the clinic's log.
    fn gaps(&self) -> i64 {
        let sql = "SELECT max(sequence) + 1 - count(*) FROM hipaa_audit WHERE log = ?1";
        self.thief().query_row(sql, params![self.tenant.log.0], |row| row.get(0)).unwrap()
    }
}
