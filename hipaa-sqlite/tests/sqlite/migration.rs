//! Opening a database of another version.

use crate::fixture::{Clinic, kek};
use hipaa_core::clock::Clock;
use hipaa_sqlite::rusqlite::Connection;
use hipaa_sqlite::{Database, Error, Options, SCHEMA_VERSION, attach};
use std::fs;

#[test]
fn a_newer_schema_is_refused_and_the_file_is_left_alone() {
    let mut clinic = Clinic::new();
    clinic.record();
    let (path, folder) = (clinic.path(), clinic.folder);
    drop(clinic.db);
    let connection = Connection::open(&path).unwrap();
    let newer = SCHEMA_VERSION + 1;
    connection.execute("UPDATE hipaa_meta SET value = ?1 WHERE key = 'schema'", [newer]).unwrap();
    // Leave write-ahead mode, so that whoever only looks at the file need not write to it.
    connection.pragma_update(None, "journal_mode", "delete").unwrap();
    drop(connection);
    let files = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    let before = (fs::read(&path).unwrap(), files());

    assert_eq!(Database::open(&path, kek()).err(), Some(Error::NewerSchema(newer)));
    let mut host = Connection::open(&path).unwrap();
    assert_eq!(attach(&mut host, kek(), Clock::system()).err(), Some(Error::NewerSchema(newer)));
    drop(host);

    assert!((fs::read(&path).unwrap(), files()) == before, "a file was changed or made");
}

#[test]
fn a_database_of_the_first_schema_is_brought_up_and_keeps_what_it_has() {
    let mut clinic = Clinic::new();
    clinic.record();
    let before = clinic.see();
    let first =
        "DROP TABLE hipaa_authority; DROP TABLE hipaa_tile; UPDATE hipaa_meta SET value = 1 WHERE key = 'schema'";
    clinic.db.connection().execute_batch(first).unwrap();
    clinic.db = Database::open(clinic.path(), kek()).unwrap();
    let version = "SELECT value FROM hipaa_meta WHERE key = 'schema'";
    let version: u32 = clinic.db.connection().query_row(version, [], |row| row.get(0)).unwrap();
    assert_eq!(version, SCHEMA_VERSION);
    let rows: u32 =
        clinic.db.connection().query_row("SELECT count(*) FROM hipaa_authority", [], |row| row.get(0)).unwrap();
    assert_eq!((rows, clinic.see()), (0, before));
}

#[test]
fn opening_again_changes_nothing() {
    let mut clinic = Clinic::new();
    clinic.record();
    let before = clinic.see();
    let schema = |connection: &Connection| {
        let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<Vec<(String, Option<String>)>, _>>().unwrap()
    };
    let objects = schema(clinic.db.connection());
    clinic.db = Database::open(clinic.path(), kek()).unwrap();
    assert_eq!(schema(clinic.db.connection()), objects);
    assert_eq!(clinic.see(), before);
}

#[test]
fn every_object_of_ours_has_our_prefix() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open(folder.path().join("emr.db"), kek()).unwrap();
    let ours = "SELECT count(*), sum(name LIKE 'hipaa\\_%' ESCAPE '\\' OR name LIKE 'sqlite\\_autoindex\\_hipaa\\_%' ESCAPE '\\')
        FROM sqlite_schema";
    let (all, named) =
        db.connection().query_row(ours, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).unwrap();
    assert!(all > 10);
    assert_eq!(named, all);
}

#[test]
fn a_database_without_a_deployment_gets_none_unless_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE host (x)").unwrap();
    let before = fs::read(&path).unwrap();
    let options = Options { create: false, ..Options::default() };
    assert_eq!(Database::open_with(&path, kek(), &options).err(), Some(Error::NoDeployment));
    assert_eq!(fs::read(&path).unwrap(), before);
    drop(Database::open(&path, kek()).unwrap());
    drop(Database::open_with(&path, kek(), &options).unwrap());
}

#[test]
fn a_database_of_schema_1_gets_its_tiles_when_it_is_opened() {
    let mut clinic = Clinic::new();
    let clinician = clinic.clinician();
    let record = clinic.record();
    let read = |unit: &mut hipaa_sqlite::Unit<'_>| {
        (0..600).try_for_each(|_| clinician.read(unit, &crate::fixture::NOTE, record).map(drop))
    };
    clinic.db.write(read).unwrap().into_inner();
    let tiles = |connection: &Connection| {
        let mut statement =
            connection.prepare("SELECT log, level, idx, hashes FROM hipaa_tile ORDER BY 1, 2, 3").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
        rows.collect::<Result<Vec<(Vec<u8>, u8, i64, Vec<u8>)>, _>>().unwrap()
    };
    let before = tiles(clinic.db.connection());
    assert_eq!(before.len(), 2);
    let path = clinic.path();
    drop(clinic.db);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "DROP TABLE hipaa_tile; DROP TABLE hipaa_authority; UPDATE hipaa_meta SET value = 1 WHERE key = 'schema'",
        )
        .unwrap();
    drop(connection);
    let db = Database::open(&path, kek()).unwrap();
    assert_eq!(tiles(db.connection()), before);
}
