//! Declared tables over time: what may change under rows that are there already.

use crate::fixture::Clinic;
use hipaa_core::index::IndexError;
use hipaa_core::schema::{Bytes, Column, Date, Index, Integer, RecordId, Table, Text};
use hipaa_core::seal::SealError;
use hipaa_core::vault::{Record, Row, TenantVault, VaultError};
use hipaa_sqlite::{Database, DeclareError, Error};

const NAME: Column<Text> = Column::text("name");
const WARD: Column<Text> = Column::text("ward").protected();
const BORN: Column<Date> = Column::date("born");
const BED: Column<Integer> = Column::integer("bed").protected();
const BY_NAME: Index<(Text,)> = Index::exact("by_name", NAME.as_name());
const BY_BORN: Index<(Date,)> = Index::exact("by_born", BORN.as_day());
const BY_BOTH: Index<(Text, Date)> = Index::exact("by_both", NAME.as_name()).and(BORN.as_day());

const OLD: Table = Table::new("person", &[NAME.def(), WARD.def()], &[BY_NAME.def()]);
/// The new columns stand before, between and behind the old ones.
const NEW: Table = Table::new(
    "person",
    &[BORN.def(), NAME.def(), BED.def(), WARD.def()],
    &[BY_BOTH.def(), BY_NAME.def(), BY_BORN.def()],
);

fn old_clinic() -> (Clinic, TenantVault, RecordId) {
    let mut clinic = Clinic::new();
    clinic.db.declare(&[&OLD]).unwrap();
    let vault = clinic.clinician();
    let row = Row::new().set(NAME, "Asante").set(WARD, "north");
    let record = clinic.db.write(|unit| vault.create(unit, &OLD, &row)).unwrap().into_inner();
    (clinic, vault, record)
}

fn read(db: &mut Database, vault: &TenantVault, table: &'static Table, record: RecordId) -> Record {
    let read = db.write(|unit| vault.read(unit, table, record)).unwrap().open().unwrap();
    assert!(read.integrity().is_intact(), "{:?}", read.integrity());
    read
}

#[test]
fn rows_of_an_older_declaration_verify_are_found_and_updated() {
    let (mut clinic, vault, record) = old_clinic();
    let db = &mut clinic.db;
    db.declare(&[&NEW]).unwrap();
    db.declare(&[&NEW]).unwrap();

    let old = read(db, &vault, &NEW, record);
    assert_eq!((old.get(NAME), old.get(WARD)), (Ok(Some("Asante")), Ok(Some("north"))));
    assert_eq!((old.get(BORN), old.get(BED)), (Ok(None), Ok(None)));
    let found = db.write(|unit| vault.find(unit, &NEW, BY_NAME, ("asante",))).unwrap().open().unwrap();
    assert_eq!(found.records.iter().map(Record::id).collect::<Vec<_>>(), [record]);
    let page = db.write(|unit| vault.list(unit, &NEW, None, 10)).unwrap().open().unwrap();
    assert!(page.records.len() == 1 && page.missing.is_empty());

    let day = Date::new(1980, 2, 29).unwrap();
    let changes = Row::new().set(BORN, day).set(BED, 4);
    let version = db.write(|unit| vault.update(unit, &NEW, (record, old.version()), &changes)).unwrap().into_inner();
    assert_eq!(version, old.version() + 1);
    let new = read(db, &vault, &NEW, record);
    assert_eq!((new.get(NAME), new.get(BORN), new.get(BED)), (Ok(Some("Asante")), Ok(Some(day)), Ok(Some(4))));
    let born = db.write(|unit| vault.find(unit, &NEW, BY_BORN, (day,))).unwrap().open().unwrap();
    let both = db.write(|unit| vault.find(unit, &NEW, BY_BOTH, ("Asante", day))).unwrap().open().unwrap();
    for found in [born, both] {
        assert_eq!(found.records.iter().map(Record::id).collect::<Vec<_>>(), [record]);
    }
}

#[test]
fn a_new_index_is_an_error_until_it_covers_the_old_rows() {
    const BY_WARD: Index<(Text,)> = Index::exact("by_ward", WARD.as_identifier());
    const INDEXED: Table = Table::new("person", &[NAME.def(), WARD.def()], &[BY_NAME.def(), BY_WARD.def()]);
    let (mut clinic, vault, record) = old_clinic();
    let db = &mut clinic.db;
    db.declare(&[&INDEXED]).unwrap();
    let early = db.write(|unit| vault.find(unit, &INDEXED, BY_WARD, ("north",))).map(drop);
    assert_eq!(early, Err(VaultError::Seal(SealError::Index(IndexError::NotBuilt))));
    assert_eq!(db.write(|unit| vault.reindex(unit, &INDEXED, None, 500)).unwrap().into_inner(), None);
    let found = db.write(|unit| vault.find(unit, &INDEXED, BY_WARD, ("north",))).unwrap().open().unwrap();
    assert_eq!(found.records.iter().map(Record::id).collect::<Vec<_>>(), [record]);
    let version = read(db, &vault, &INDEXED, record).version();
    db.write(|unit| vault.reindex(unit, &INDEXED, None, 500)).unwrap().into_inner();
    assert_eq!(read(db, &vault, &INDEXED, record).version(), version, "a record that has its terms is left alone");
}

#[test]
fn a_new_unique_index_lets_nothing_be_written_until_it_covers_the_old_rows() {
    const ONE_A_WARD: Index<(Text,)> = Index::exact("one_a_ward", WARD.as_identifier()).unique();
    const UNIQUE: Table = Table::new("person", &[NAME.def(), WARD.def()], &[BY_NAME.def(), ONE_A_WARD.def()]);
    let (mut clinic, vault, _) = old_clinic();
    let db = &mut clinic.db;
    db.declare(&[&UNIQUE]).unwrap();
    let second = Row::new().set(WARD, "NORTH");
    let early = db.write(|unit| vault.create(unit, &UNIQUE, &second)).map(drop);
    assert_eq!(early, Err(VaultError::Seal(SealError::Index(IndexError::NotBuilt))));
    db.write(|unit| vault.reindex(unit, &UNIQUE, None, 500)).unwrap().into_inner();
    let refused = db.write(|unit| vault.create(unit, &UNIQUE, &second)).map(drop);
    assert_eq!(refused, Err(VaultError::Duplicate("one_a_ward")));
}

#[test]
fn a_dropped_and_a_changed_index_are_refused() {
    const NONE: Table = Table::new("person", &[NAME.def(), WARD.def()], &[]);
    const NARROW: Table = Table::new("person", &[NAME.def(), WARD.def()], &[BY_NAME.bits(16).def()]);
    let (mut clinic, vault, record) = old_clinic();
    let refused = |error| Err(Error::Declare(error));
    assert_eq!(clinic.db.declare(&[&NONE]), refused(DeclareError::DroppedIndex("person")));
    assert_eq!(clinic.db.declare(&[&NARROW]), refused(DeclareError::ChangedIndex("person", BY_NAME.def().label())));
    read(&mut clinic.db, &vault, &OLD, record);
}

#[test]
fn a_table_without_columns_can_be_declared_again() {
    const EMPTY: Table = Table::new("empty", &[], &[]);
    let (mut clinic, _, _) = old_clinic();
    clinic.db.declare(&[&EMPTY]).unwrap();
    clinic.db.declare(&[&EMPTY]).unwrap();
}

#[test]
fn a_process_with_the_older_declaration_sees_that_a_newer_one_wrote() {
    let (mut clinic, vault, record) = old_clinic();
    clinic.db.declare(&[&NEW]).unwrap();
    let changes = Row::new().set(BED, 4);
    clinic.db.write(|unit| vault.update(unit, &NEW, (record, 1), &changes)).unwrap().into_inner();
    let read = clinic.db.write(|unit| vault.read(unit, &OLD, record)).unwrap().open().unwrap();
    assert!(!read.integrity().is_intact(), "a column that is not seen is not verified");
}

#[test]
fn a_dropped_column_is_refused() {
    let (mut clinic, vault, record) = old_clinic();
    const DROPPED: Table = Table::new("person", &[NAME.def()], &[BY_NAME.def()]);
    assert_eq!(clinic.db.declare(&[&DROPPED]).err(), Some(Error::Declare(DeclareError::Dropped("person"))));
    assert_eq!(read(&mut clinic.db, &vault, &OLD, record).get(WARD), Ok(Some("north")));
}

#[test]
fn a_retyped_column_is_refused() {
    const KIND: Table = Table::new("person", &[Column::<Bytes>::bytes("name").def(), WARD.def()], &[]);
    const SEALED: Table = Table::new("person", &[NAME.def(), Column::<Text>::text("ward").def()], &[]);
    const READABLE: Table = Table::new("person", &[NAME.protected().def(), WARD.def()], &[]);
    let (mut clinic, vault, record) = old_clinic();
    for (table, column) in [(&KIND, "name"), (&SEALED, "ward"), (&READABLE, "name")] {
        let refused = clinic.db.declare(&[table]).err();
        assert_eq!(refused, Some(Error::Declare(DeclareError::Retyped("person", column))));
    }
    read(&mut clinic.db, &vault, &OLD, record);
}

#[test]
fn a_declaration_that_is_refused_leaves_nothing_of_the_others() {
    const FRESH: Table = Table::new("fresh", &[NAME.def()], &[]);
    const DROPPED: Table = Table::new("person", &[BORN.def(), NAME.def()], &[]);
    let (mut clinic, _, _) = old_clinic();
    let objects = "SELECT count(*) FROM sqlite_schema WHERE name = 'fresh' OR sql LIKE '%born%'";
    assert!(clinic.db.declare(&[&FRESH, &DROPPED]).is_err());
    let found: i64 = clinic.db.connection().query_row(objects, [], |row| row.get(0)).unwrap();
    assert_eq!(found, 0);
    clinic.db.declare(&[&FRESH]).unwrap();
}

#[test]
fn a_table_of_the_host_is_never_taken_over() {
    for host in [
        "CREATE TABLE person (name TEXT, note TEXT)",
        "CREATE TABLE \"PERSON\" (name TEXT)",
        "CREATE VIEW person AS SELECT 1 AS name",
        "CREATE TABLE other (name TEXT); CREATE INDEX person ON other (name)",
    ] {
        let mut clinic = Clinic::new();
        clinic.db.connection().execute_batch(host).unwrap();
        assert_eq!(clinic.db.declare(&[&OLD]).err(), Some(Error::Declare(DeclareError::NameTaken("person"))), "{host}");
        let ours = "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%hipaa_seal%' AND name LIKE 'person'";
        let found: i64 = clinic.db.connection().query_row(ours, [], |row| row.get(0)).unwrap();
        assert_eq!(found, 0, "{host}");
    }
}

#[test]
fn two_declared_tables_never_share_one_sql_table() {
    const TWIN: Table = Table::new("twin", &[NAME.def(), WARD.def()], &[]).stored_as("person");
    let (mut clinic, _, _) = old_clinic();
    assert_eq!(clinic.db.declare(&[&TWIN]).err(), Some(Error::Declare(DeclareError::NameTaken("twin"))));
}

#[test]
fn a_table_that_was_renamed_is_found_under_its_new_name() {
    const RENAMED: Table = Table::new("person", &[NAME.def(), WARD.def()], &[BY_NAME.def()]).stored_as("people");
    let (mut clinic, vault, record) = old_clinic();
    clinic.db.connection().execute_batch("ALTER TABLE person RENAME TO people").unwrap();
    clinic.db.declare(&[&RENAMED]).unwrap();
    assert_eq!(read(&mut clinic.db, &vault, &RENAMED, record).get(NAME), Ok(Some("Asante")));
}
