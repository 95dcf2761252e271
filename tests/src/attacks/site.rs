//! A database file with two tenants, and an attacker with a connection to it.

use hipaa_core::audit::{Actor, Body, read_records, tag};
use hipaa_core::keys::Kek;
use hipaa_core::schema::{Column, Date, Index, Integer, RecordId, Table, TenantId, Text};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::vault::{Break, Permissions, Record, Row, TenantVault, VaultError};
use hipaa_sqlite::{Database, Error, Unit};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Params};
use tempfile::TempDir;

pub(super) const FAMILY: Column<Text> = Column::text("family");
pub(super) const BORN: Column<Date> = Column::date("birth_date");
pub(super) const MRN: Column<Text> = Column::text("mrn");
pub(super) const WARD: Column<Text> = Column::text("ward").protected();
pub(super) const BED: Column<Integer> = Column::integer("bed").protected();
pub(super) const BY_NAME: Index<(Text, Date)> = Index::exact("name_birth", FAMILY.as_name()).and(BORN.as_day());
pub(super) const BY_MRN: Index<(Text,)> = Index::exact("mrn", MRN.as_identifier()).unique();
pub(super) const PATIENT: Table = Table::new(
    "patient",
    &[FAMILY.def(), BORN.def(), MRN.def(), WARD.def(), BED.def()],
    &[BY_NAME.def(), BY_MRN.def()],
);

/// All rows of a query.
type Rows = Vec<Vec<Value>>;

pub(super) fn day() -> Date {
    Date::new(1980, 2, 29).unwrap()
}

pub(super) fn patient(family: &str, mrn: &str) -> Row {
    Row::new().set(FAMILY, family).set(BORN, day()).set(MRN, mrn).set(WARD, "east").set(BED, 7)
}

pub(super) struct Site {
    folder: TempDir,
    pub(super) db: Database,
    pub(super) attacker: Connection,
    pub(super) north: TenantVault,
    pub(super) south: TenantVault,
}

impl Site {
    pub(super) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut db = open(&folder, "0f").unwrap();
        let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
        let [north, south] = ["North", "South"].map(|name| {
            let tenant = db.write(|unit| create_tenant(unit, &operator, name)).unwrap().into_inner();
            let actor = Actor::new(tenant.id, "dr-osei", "clinician").unwrap();
            TenantVault::new(actor, Permissions::everything())
        });
        let attacker = Connection::open(folder.path().join("emr.db")).unwrap();
        Self { folder, db, attacker, north, south }
    }

    /// The file as another process opens it.
    pub(super) fn reopen(&mut self) -> Result<(), Error> {
        self.db = open(&self.folder, "0f")?;
        Ok(())
    }

    /// What opening gives with another key.
    pub(super) fn open_with_another_key(&self) -> Result<(), Error> {
        open(&self.folder, "0e").map(drop)
    }

    pub(super) fn north_id(&self) -> [u8; 16] {
        *self.north.actor().tenant().as_bytes()
    }

    pub(super) fn south_id(&self) -> [u8; 16] {
        *self.south.actor().tenant().as_bytes()
    }

    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.db.write(work).map(hipaa_core::unit::Committed::into_inner)
    }

    /// A patient of North.
    pub(super) fn admit(&mut self, family: &str, mrn: &str) -> RecordId {
        let north = self.north.clone();
        self.write(|unit| north.create(unit, &PATIENT, &patient(family, mrn))).unwrap()
    }

    /// What North reads, once it is released.
    pub(super) fn read(&mut self, record: RecordId) -> Result<Record, VaultError> {
        let north = self.north.clone();
        Ok(self.db.write(|unit| north.read(unit, &PATIENT, record))?.open()?)
    }

    /// What is wrong with a record of North. Reading it must leave a failed-integrity entry for it just if something is.
    pub(super) fn breaks(&mut self, record: RecordId) -> Vec<Break> {
        let before = self.entries().len();
        let read = self.read(record).unwrap();
        let failed = self.failed_since(before);
        match read.integrity().is_intact() {
            true => assert_eq!(failed, []),
            false => assert_eq!(failed, [record]),
        }
        read.integrity().breaks().to_vec()
    }

    /// The rows that a query gives.
    pub(super) fn rows(&self, sql: &str) -> Rows {
        let mut statement = self.attacker.prepare(sql).unwrap();
        let columns = statement.column_count();
        let read = |row: &rusqlite::Row<'_>| (0..columns).map(|at| Ok(value(row.get_ref(at)?))).collect();
        statement.query_map([], read).unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// Runs the attacker's statement, which must change what `watched` holds.
    pub(super) fn attack(&self, watched: &str, sql: &str, params: impl Params) {
        let select = format!("SELECT * FROM {watched}");
        let before = self.rows(&select);
        self.attacker.execute(sql, params).unwrap();
        assert!(before != self.rows(&select), "the attack changes nothing: {sql}");
    }

    /// The entries of North's log.
    pub(super) fn entries(&self) -> Vec<Body> {
        let sql = "SELECT body FROM hipaa_audit JOIN hipaa_head USING (log) WHERE tenant = ?1 ORDER BY sequence";
        let mut statement = self.attacker.prepare(sql).unwrap();
        let bodies = statement.query_map([self.north_id()], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        bodies.map(|body| Body::decode(&body.unwrap()).unwrap()).collect()
    }

    pub(super) fn names_since(&self, from: usize) -> Vec<String> {
        self.entries()[from..].iter().map(|body| body.name().unwrap_or_default().to_owned()).collect()
    }

    /// The records that failed-integrity entries name, since North's log had `from`.
    pub(super) fn failed_since(&self, from: usize) -> Vec<RecordId> {
        let entries = self.entries();
        let failed = entries[from..].iter().filter(|body| body.name() == Some("INTEGRITY_FAILED"));
        failed.filter_map(|body| Some(read_records(body.field(tag::RECORDS)?)?.1)).flatten().collect()
    }
}

/// What is stored; text that is none, as its bytes.
fn value(stored: ValueRef<'_>) -> Value {
    match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Text(text) => match core::str::from_utf8(text) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Blob(text.to_vec()),
        },
    }
}

fn open(folder: &TempDir, byte: &str) -> Result<Database, Error> {
    let kek = Kek::from_text(&byte.repeat(32).into()).unwrap();
    let mut db = Database::open(folder.path().join("emr.db"), kek)?;
    db.declare(&[&PATIENT])?;
    Ok(db)
}

#[test]
#[should_panic(expected = "the attack changes nothing")]
fn an_attack_that_changes_nothing_fails_its_test() {
    let mut site = Site::open();
    site.admit("Osei", "M-1");
    site.attack("patient", "UPDATE patient SET ward = ward", []);
}
