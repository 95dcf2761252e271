//! The audit log edited with SQL, and entries kept from being written.

use super::site::{BY_MRN, BY_NAME, FAMILY, PATIENT, Site, day, patient};
use hipaa_core::schema::RecordId;
use hipaa_core::store::StoreError;
use hipaa_core::unit::UnitError;
use hipaa_core::vault::{Row, VaultError};

const TAMPERED: Result<(), VaultError> = Err(VaultError::Unit(UnitError::Tampered));

/// The whole file, as the attacker sees it.
const TABLES: [&str; 8] = [
    "patient",
    "hipaa_audit",
    "hipaa_audit_subject",
    "hipaa_head",
    "hipaa_state",
    "hipaa_term",
    "hipaa_ring",
    "hipaa_tenant",
];

fn one() -> (Site, RecordId) {
    let mut site = Site::open();
    let record = site.admit("Osei", "M-1");
    site.read(record).unwrap();
    (site, record)
}

fn drop_triggers(site: &Site) {
    for row in site.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name LIKE 'hipaa_audit%'") {
        let rusqlite::types::Value::Text(name) = &row[0] else { panic!("a trigger has a name") };
        site.attacker.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
}

fn everything(site: &Site) -> Vec<Vec<Vec<rusqlite::types::Value>>> {
    TABLES.iter().map(|table| site.rows(&format!("SELECT * FROM {table}"))).collect()
}

/// Reading is refused, in this process and in a new one, and nothing is written.
fn assert_refused(site: &mut Site, record: RecordId) {
    for _ in 0..2 {
        let before = everything(site);
        assert_eq!(site.read(record).map(drop), TAMPERED);
        assert_eq!(everything(site), before);
        site.reopen().unwrap();
    }
}

#[test]
fn triggers_refuse_to_change_or_delete_entries() {
    let (site, _) = one();
    let before = everything(&site);
    for sql in [
        "UPDATE hipaa_audit SET body = x'00'",
        "DELETE FROM hipaa_audit",
        "UPDATE hipaa_audit_subject SET sequence = 9",
        "DELETE FROM hipaa_audit_subject",
    ] {
        assert!(site.attacker.execute(sql, []).is_err(), "{sql}");
    }
    assert_eq!(everything(&site), before);
}

/// Sets the highest byte of the wall clock, which is zero in every entry of ours.
const EDIT: &str = "UPDATE hipaa_audit SET body = CAST(substr(body, 1, 86) || x'01' || substr(body, 88) AS BLOB)";

const OF_NORTH: &str = "log = (SELECT log FROM hipaa_head WHERE tenant = ?1)";

#[test]
fn a_log_whose_last_entry_was_edited_is_not_extended() {
    let last = format!("{OF_NORTH} AND sequence = (SELECT max(sequence) FROM hipaa_audit WHERE {OF_NORTH})");
    for sql in [
        format!("{EDIT} WHERE {last}"),
        format!("DELETE FROM hipaa_audit WHERE {last}"),
        format!(
            "INSERT INTO hipaa_audit SELECT log, sequence + 1, body, leaf, details, time, name, actor
             FROM hipaa_audit WHERE {last}"
        ),
    ] {
        let (mut site, record) = one();
        drop_triggers(&site);
        site.attack("hipaa_audit", &sql, [site.north_id()]);
        assert_refused(&mut site, record);
    }
}

#[test]
fn an_older_copy_of_the_head_is_not_extended() {
    let (mut site, record) = one();
    site.attacker.execute_batch("CREATE TABLE copy AS SELECT * FROM hipaa_head").unwrap();
    site.read(record).unwrap();
    site.attack("hipaa_head", "REPLACE INTO hipaa_head SELECT * FROM copy", []);
    assert_refused(&mut site, record);
}

#[test]
fn every_edit_of_the_head_is_refused() {
    for edit in [
        "size = size + 2",
        "last_leaf = randomblob(32)",
        "last_time = last_time + 1",
        "range = randomblob(length(range))",
        "signature = randomblob(64)",
        "mac = randomblob(32)",
    ] {
        let (mut site, record) = one();
        site.attack("hipaa_head", &format!("UPDATE hipaa_head SET {edit}"), []);
        assert_refused(&mut site, record);
    }
}

#[test]
fn a_log_cut_short_together_with_its_head_is_noticed_by_the_process_that_saw_it_longer() {
    let (mut site, record) = one();
    site.attacker.execute_batch("CREATE TABLE copy AS SELECT * FROM hipaa_head").unwrap();
    site.read(record).unwrap();
    drop_triggers(&site);
    site.attack("hipaa_head", "REPLACE INTO hipaa_head SELECT * FROM copy", []);
    let sql = "DELETE FROM hipaa_audit WHERE sequence >= (SELECT size FROM copy WHERE copy.log = hipaa_audit.log)";
    site.attack("hipaa_audit", sql, []);
    assert_eq!(site.read(record).map(drop), TAMPERED);
}

#[test]
fn an_entry_edited_in_the_middle_is_shown_as_altered() {
    let (mut site, _) = one();
    drop_triggers(&site);
    site.attack("hipaa_audit", &format!("{EDIT} WHERE sequence = 1 AND {OF_NORTH}"), [site.north_id()]);
    let (vault, before) = (site.north.clone(), site.entries().len());
    let trail = site.db.write(|unit| vault.trail(unit, 0, 10)).unwrap().open().unwrap();
    let altered = trail.iter().filter(|entry| !entry.intact).map(|entry| entry.sequence).collect::<Vec<_>>();
    assert_eq!(altered, [1]);
    assert!(site.names_since(before).contains(&"INTEGRITY_FAILED".to_owned()));
}

type Verb = fn(&mut Site, RecordId) -> Result<(), VaultError>;

const VERBS: [Verb; 8] = [
    |site, _| with(site, |vault, unit| vault.create(unit, &PATIENT, &patient("Brandt", "M-2")).map(drop)),
    |site, record| with(site, |vault, unit| vault.read(unit, &PATIENT, record).map(drop)),
    |site, _| with(site, |vault, unit| vault.list(unit, &PATIENT, None, 10).map(drop)),
    |site, _| with(site, |vault, unit| vault.find(unit, &PATIENT, BY_NAME, ("Osei", day())).map(drop)),
    |site, record| {
        let change = Row::new().set(FAMILY, "Brandt");
        with(site, |vault, unit| vault.update(unit, &PATIENT, (record, 1), &change).map(drop))
    },
    |site, _| with(site, |vault, unit| vault.upsert(unit, &PATIENT, BY_MRN, &patient("Osei", "M-1")).map(drop)),
    |site, record| with(site, |vault, unit| vault.delete(unit, &PATIENT, (record, 1))),
    |site, _| with(site, |vault, unit| vault.trail(unit, 0, 10).map(drop)),
];

fn with(
    site: &mut Site,
    work: impl FnOnce(&hipaa_core::vault::TenantVault, &mut hipaa_sqlite::Unit<'_>) -> Result<(), VaultError>,
) -> Result<(), VaultError> {
    let vault = site.north.clone();
    site.write(|unit| work(&vault, unit))
}

#[test]
fn where_entries_cannot_be_written_no_verb_does_anything() {
    for (raise, expected) in [("ABORT, 'no'", StoreError::Refused), ("IGNORE", StoreError::Missing)] {
        let (mut site, record) = one();
        let trigger = format!("CREATE TRIGGER t BEFORE INSERT ON hipaa_audit BEGIN SELECT RAISE({raise}); END");
        site.attacker.execute_batch(&trigger).unwrap();
        let before = everything(&site);
        for (at, verb) in VERBS.into_iter().enumerate() {
            assert_eq!(verb(&mut site, record), Err(VaultError::Unit(UnitError::Store(expected))), "verb {at}");
            assert_eq!(everything(&site), before, "verb {at}");
        }
        site.attacker.execute_batch("DROP TRIGGER t").unwrap();
        for (at, verb) in VERBS.into_iter().enumerate().filter(|(at, _)| *at != 5 && *at != 6) {
            assert_eq!(verb(&mut site, record), Ok(()), "verb {at}");
        }
    }
}

#[test]
fn a_trigger_that_deletes_each_entry_as_it_is_written_is_noticed() {
    let (mut site, record) = one();
    drop_triggers(&site);
    let trigger = "CREATE TRIGGER t AFTER INSERT ON hipaa_audit BEGIN
        DELETE FROM hipaa_audit WHERE log = new.log AND sequence = new.sequence; END";
    site.attacker.execute_batch(trigger).unwrap();
    let before = everything(&site);
    let read = site.read(record).map(drop);
    assert_eq!(read, Err(VaultError::Unit(UnitError::Torn)));
    assert_eq!(everything(&site), before);
}

#[test]
fn a_savepoint_rolled_back_behind_a_read_is_noticed_also_when_another_read_follows() {
    let (mut site, osei) = one();
    let brandt = site.admit("Brandt", "M-2");
    let (vault, before) = (site.north.clone(), everything(&site));
    let read = site.write(|unit| {
        unit.sql().execute_batch("SAVEPOINT host").unwrap();
        let first = vault.read(unit, &PATIENT, osei)?;
        unit.sql().execute_batch("ROLLBACK TO host; RELEASE host").unwrap();
        Ok((first, vault.read(unit, &PATIENT, brandt)?))
    });
    assert_eq!(read.map(drop), Err(VaultError::Unit(UnitError::Torn)));
    assert_eq!(everything(&site), before);
    site.read(osei).unwrap();
}
