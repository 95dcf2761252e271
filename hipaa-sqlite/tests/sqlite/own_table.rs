//! A table of the host's own: the vault seals and opens, the host writes and reads the bytes.

use crate::fixture::Clinic;
use hipaa_core::schema::{Column, Date, Index, Integer, RecordId, Table, Text};
use hipaa_core::store::{StoreError, StoredRow};
use hipaa_core::unit::Committed;
use hipaa_core::vault::{Break, Row, VaultError};
use hipaa_sqlite::rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use hipaa_sqlite::{Error, Unit, join, read_row, sql_value};

const NAME: Column<Text> = Column::text("name");
const BORN: Column<Date> = Column::date("born").stored_as("day_of_birth");
const BED: Column<Integer> = Column::integer("bed").protected();
const BY_NAME: Index<(Text, Date)> = Index::exact("by_name", NAME.as_name()).and(BORN.as_day());
const VISIT: Table = Table::new("visit", &[NAME.def(), BORN.def(), BED.def()], &[BY_NAME.def()]).stored_as("tbl_visit");

/// As an application had it before, with columns for sealed bytes.
const HOST_TABLE: &str = "CREATE TABLE tbl_visit (
    id INTEGER PRIMARY KEY, room TEXT NOT NULL,
    name BLOB, day_of_birth BLOB, bed, hipaa_seal BLOB NOT NULL, record BLOB NOT NULL UNIQUE)";

struct Host {
    clinic: Clinic,
    connection: Connection,
}

impl Host {
    fn new() -> Self {
        let clinic = Clinic::new();
        let connection = clinic.host();
        connection.execute_batch(HOST_TABLE).unwrap();
        Self { clinic, connection }
    }

    fn unit<T>(&mut self, work: impl FnOnce(&mut Unit<'_>) -> Result<T, Error>) -> Result<Committed<T>, Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        join(transaction, self.clinic.db.notary(), work)
    }

    fn admit(&mut self, row: &Row, room: &str) -> StoredRow {
        let vault = self.clinic.clinician();
        self.unit(|unit| {
            let sealed = vault.seal(unit, &VISIT, row)?;
            insert(unit.sql(), room, &sealed)?;
            Ok(sealed)
        })
        .unwrap()
        .into_inner()
    }

    fn count(&self) -> i64 {
        self.connection.query_row("SELECT count(*) FROM tbl_visit", [], |row| row.get(0)).unwrap()
    }

    fn find(&mut self, name: &str) -> Vec<RecordId> {
        let (vault, tenant) = (self.clinic.clinician(), self.clinic.tenant);
        let found = self.unit(|unit| {
            let parts = (name, day());
            vault.find_with(unit, &VISIT, (BY_NAME, parts), |unit, record| fetch(unit.sql(), tenant, record))
        });
        let found = found.unwrap().open().unwrap();
        assert!(found.flagged.is_empty());
        found.records.iter().map(hipaa_core::vault::Record::id).collect()
    }
}

fn day() -> Date {
    Date::new(1980, 2, 29).unwrap()
}

fn visit(name: &str) -> Row {
    Row::new().set(NAME, name).set(BORN, day()).set(BED, 12)
}

fn insert(sql: &Connection, room: &str, row: &StoredRow) -> Result<(), Error> {
    let values = row.columns.iter().map(sql_value).collect::<Result<Vec<_>, StoreError>>()?;
    let statement =
        "INSERT INTO tbl_visit (room, name, day_of_birth, bed, hipaa_seal, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    sql.execute(statement, params![room, values[0], values[1], values[2], row.seal, row.record.as_bytes()])?;
    Ok(())
}

fn fetch(sql: &Connection, tenant: hipaa_core::schema::TenantId, record: RecordId) -> Result<Option<StoredRow>, Error> {
    let statement = "SELECT name, day_of_birth, bed, hipaa_seal, record FROM tbl_visit WHERE record = ?1";
    Ok(sql.query_row(statement, [record.as_bytes()], |row| read_row(&VISIT, tenant, row)).optional()?)
}

#[test]
fn a_row_of_the_hosts_own_table_is_sealed_found_and_opened() {
    let mut host = Host::new();
    let sealed = host.admit(&visit("Müller"), "4b");
    assert_eq!(host.find("MULLER"), []);
    assert_eq!(host.find(" MÜLLER "), [sealed.record]);
    let (vault, tenant) = (host.clinic.clinician(), host.clinic.tenant);
    let opened = host.unit(|unit| {
        let row = fetch(unit.sql(), tenant, sealed.record)?.ok_or(VaultError::NotFound)?;
        Ok(vault.open(unit, &VISIT, &row)?)
    });
    let record = opened.unwrap().open().unwrap();
    assert!(record.integrity().is_intact());
    assert_eq!((record.get(NAME), record.get(BED)), (Ok(Some("Müller")), Ok(Some(12))));
    let clear = "SELECT count(*) FROM tbl_visit WHERE instr(name, 'ller') OR instr(CAST(name AS TEXT), 'ller')";
    assert_eq!(host.connection.query_row(clear, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn a_row_of_the_hosts_own_table_is_resealed_and_retired() {
    let mut host = Host::new();
    let first = host.admit(&visit("Müller"), "4b");
    let vault = host.clinic.clinician();
    let second = host.unit(|unit| {
        let second = vault.reseal(unit, &VISIT, (&first, 1), &Row::new().set(NAME, "Osei"))?;
        unit.sql().execute("DELETE FROM tbl_visit WHERE record = ?1", [first.record.as_bytes()])?;
        insert(unit.sql(), "5a", &second)?;
        Ok(second)
    });
    let second = second.unwrap().into_inner();
    assert_eq!((host.find("Müller"), host.find("Osei")), (vec![], vec![first.record]));

    let stale = host.unit(|unit| Ok(vault.reseal(unit, &VISIT, (&second, 1), &Row::new())?));
    assert_eq!(stale.err(), Some(Error::Vault(VaultError::Stale)));
    let older = host.unit(|unit| Ok(vault.open(unit, &VISIT, &first)?)).unwrap().open().unwrap();
    assert_eq!(older.integrity().breaks(), [Break::Version]);

    host.unit(|unit| {
        vault.retire(unit, &VISIT, (&second, 2))?;
        Ok(unit.sql().execute("DELETE FROM tbl_visit WHERE record = ?1", [first.record.as_bytes()])?)
    })
    .unwrap()
    .into_inner();
    assert_eq!((host.find("Osei"), host.count()), (vec![], 0));
    let revived = host.unit(|unit| Ok(vault.open(unit, &VISIT, &second)?)).unwrap().open().unwrap();
    assert_eq!(revived.integrity().breaks(), [Break::Revived]);
}

#[test]
fn a_joined_unit_that_fails_takes_the_hosts_own_row_with_it() {
    let mut host = Host::new();
    let vault = host.clinic.clinician();
    let before = host.clinic.see();
    let ended = host.unit(|unit| {
        let sealed = vault.seal(unit, &VISIT, &visit("Müller"))?;
        insert(unit.sql(), "4b", &sealed)?;
        // The same record again: the host's own constraint.
        insert(unit.sql(), "4c", &sealed)
    });
    assert_eq!(ended.err(), Some(Error::Store(StoreError::Conflict)));
    assert_eq!((host.count(), host.clinic.see()), (0, before));
    assert_eq!(host.find("Müller"), []);
}

#[test]
fn a_row_that_the_host_shows_to_another_tenant_or_record_is_flagged() {
    let mut host = Host::new();
    let one = host.admit(&visit("Müller"), "4b");
    let two = host.admit(&visit("Osei"), "5a");
    let vault = host.clinic.clinician();
    let swapped = StoredRow { record: two.record, ..one };
    let opened = host.unit(|unit| Ok(vault.open(unit, &VISIT, &swapped)?)).unwrap().open().unwrap();
    assert!(opened.integrity().breaks().contains(&Break::Mac));
    assert!(opened.get(NAME).is_err(), "a cell of another record does not open");
}
