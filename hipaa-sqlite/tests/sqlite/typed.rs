//! Entries whose columns were given another type: SQLite keeps what it is given, and a reader must neither fail for all of
//! them nor take them for what was written.

use super::fixture::Clinic;
use hipaa_core::unit::UnitError;
use hipaa_core::vault::{TrailEntry, VaultError};
use hipaa_core::verify::{Class, Integrity, Options, verify};
use hipaa_sqlite::inspect::Inspection;
use hipaa_sqlite::rusqlite::Connection;

const VICTIM: u64 = 3;

/// A log of some entries, after this edit of one of them.
fn edited(edit: &str) -> Clinic {
    let mut clinic = Clinic::new();
    for _ in 0..6 {
        clinic.record();
    }
    let file = Connection::open(clinic.path()).unwrap();
    for guard in ["hipaa_audit_no_update", "hipaa_audit_no_delete"] {
        file.execute_batch(&format!("DROP TRIGGER {guard}")).unwrap();
    }
    let of = "log = (SELECT log FROM hipaa_head WHERE tenant = ?1) AND sequence = 3";
    let changed = file.execute(&format!("UPDATE hipaa_audit SET {edit} WHERE {of}"), [clinic.tenant.as_bytes()]);
    assert_eq!(changed.unwrap(), 1);
    clinic
}

fn trail(clinic: &mut Clinic) -> Vec<TrailEntry> {
    let vault = clinic.clinician();
    clinic.db.write(|unit| vault.trail(unit, 0, 7)).unwrap().open().unwrap()
}

const EDITS: [&str; 6] = [
    "body = 'somebody else'",
    "body = CAST(body AS TEXT)",
    "body = 7",
    "leaf = '01234567890123456789012345678901'",
    "details = 'somebody else'",
    "details = 3.5",
];

#[test]
fn a_column_of_another_type_alters_its_entry_and_hides_no_other() {
    for edit in EDITS {
        let mut clinic = edited(edit);
        let shown = trail(&mut clinic);
        let places = shown.iter().map(|entry| entry.sequence).collect::<Vec<_>>();
        assert_eq!(places, [0, 1, 2, 3, 4, 5, 6], "{edit}");
        let altered = shown.iter().filter(|entry| !entry.intact).map(|entry| entry.sequence).collect::<Vec<_>>();
        assert!(altered.contains(&VICTIM), "{edit}: {altered:?}");
        assert!(altered.iter().all(|place| (VICTIM - 1..=VICTIM + 1).contains(place)), "{edit}: {altered:?}");
        assert!(shown.iter().any(|entry| entry.intact && entry.name.as_deref() == Some("PHI_CREATE")), "{edit}");
        clinic.record();
        let vault = clinic.clinician();
        let later = clinic.db.write(|unit| vault.trail(unit, 4, 500)).unwrap().open().unwrap();
        assert!(later.last().is_some_and(|last| last.sequence > 7 && last.intact), "{edit}: the application goes on");
    }
}

/// The same bytes as a blob are what was written: it is the type that the test above turns on.
#[test]
fn the_same_bytes_in_their_own_type_are_intact() {
    let mut clinic = edited("body = CAST(CAST(body AS TEXT) AS BLOB), leaf = CAST(leaf AS BLOB)");
    assert!(trail(&mut clinic).iter().all(|entry| entry.intact));
}

/// It stands behind the last entry, as SQLite orders it: nothing is appended to such a log, and the error says why.
#[test]
fn what_stands_at_no_place_stops_the_log() {
    for edit in ["sequence = 'three'", "sequence = x'03'"] {
        let mut clinic = edited(edit);
        let vault = clinic.clinician();
        let refused = clinic.db.write(|unit| vault.trail(unit, 0, 7)).map(drop);
        assert_eq!(refused, Err(VaultError::Unit(UnitError::Tampered)), "{edit}");
    }
}

#[test]
fn verification_names_the_entry() {
    for edit in EDITS.iter().chain(&["sequence = 'three'"]) {
        let clinic = edited(edit);
        let (mut files, _) = Inspection::open(&clinic.path(), 1).unwrap();
        let mut found = Vec::new();
        let options = Options { key: [7; 32], ..Options::default() };
        let report = verify(&mut files, options, &mut |one| found.push(one.clone())).unwrap();
        assert_eq!(report.integrity, Integrity::Tampered, "{edit}");
        let here = |places: Option<(u64, u64)>| places.is_some_and(|(from, to)| from <= VICTIM && VICTIM <= to);
        assert!(found.iter().any(|one| here(one.places)), "{edit}: {found:?}");
        let sealed = edit.starts_with("details");
        assert_eq!(found.iter().any(|one| one.class == Class::Details), sealed, "{edit}: {found:?}");
    }
}
