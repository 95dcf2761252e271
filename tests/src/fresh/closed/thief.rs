//! What a thief who writes the file could hide or redirect. Each of these succeeded once.

use crate::fresh::{Kit, kek, person, vault};
use hipaa_core::audit::{Action, Event, EventName};
use hipaa_core::tenancy::find_tenant;
use hipaa_core::unit::Unit as AnyUnit;
use hipaa_sqlite::rusqlite::params;
use hipaa_sqlite::{Database, Error};

const NOTED: EventName = EventName::application("org.example.noted");

#[test]
fn a_trigger_that_swallows_one_of_two_entries_releases_nothing() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    kit.thief()
        .execute_batch(
            "CREATE TRIGGER quiet BEFORE INSERT ON hipaa_audit WHEN NEW.name = 'PHI_READ'
             BEGIN SELECT RAISE(IGNORE); END",
        )
        .unwrap();
    let clinic = kit.clinic.clone();
    let outcome = kit.db.write(|unit| {
        let held = clinic.read(unit, &person::TABLE, id)?;
        (unit as &mut dyn AnyUnit).append(&Event::new(clinic.actor(), NOTED, Action::Execute))?;
        Ok::<_, Error>(held)
    });
    let seen = outcome.is_ok_and(|it| it.open().is_ok());
    assert!(!seen, "shown; entries of reads {}, gaps {}", kit.entries("PHI_READ"), kit.gaps());
}

#[test]
fn a_trigger_that_takes_the_entry_before_away_releases_nothing() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    kit.thief()
        .execute_batch(
            "DROP TRIGGER hipaa_audit_no_delete;
             CREATE TRIGGER quiet AFTER INSERT ON hipaa_audit
             BEGIN DELETE FROM hipaa_audit WHERE name = 'PHI_READ' AND sequence < NEW.sequence; END",
        )
        .unwrap();
    let clinic = kit.clinic.clone();
    let outcome = kit.db.write(|unit| {
        let held = clinic.read(unit, &person::TABLE, id)?;
        (unit as &mut dyn AnyUnit).append(&Event::new(clinic.actor(), NOTED, Action::Execute))?;
        Ok::<_, Error>(held)
    });
    let seen = outcome.is_ok_and(|it| it.open().is_ok());
    assert!(!seen, "shown; entries of reads {}, gaps {}", kit.entries("PHI_READ"), kit.gaps());
}

#[test]
fn a_tenant_is_found_by_its_own_name_only() {
    let mut kit = Kit::new();
    kit.db
        .connection()
        .execute_batch(
            "CREATE TABLE other (tenant BLOB, log BLOB, name TEXT COLLATE NOCASE, mac BLOB);
             INSERT INTO other SELECT * FROM hipaa_tenant;
             DROP TABLE hipaa_tenant; ALTER TABLE other RENAME TO hipaa_tenant",
        )
        .unwrap();
    let found = kit.db.write(|unit| find_tenant(unit, "NORTH"));
    assert!(found.is_err(), "{:?}", found.map(|it| it.into_inner().name));
}

#[test]
fn a_log_put_back_and_grown_again_is_noticed_by_who_saw_it_longer() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let thief = kit.thief();
    thief.execute_batch("CREATE TABLE keep AS SELECT * FROM hipaa_head").unwrap();
    let size: i64 =
        thief.query_row("SELECT size FROM keep WHERE log = ?1", [kit.tenant.log.0], |row| row.get(0)).unwrap();
    for _ in 0..3 {
        kit.family(id).unwrap();
    }
    thief
        .execute_batch(
            "DROP TRIGGER hipaa_audit_no_delete; DELETE FROM hipaa_head; INSERT INTO hipaa_head SELECT * FROM keep",
        )
        .unwrap();
    thief
        .execute("DELETE FROM hipaa_audit WHERE log = ?1 AND sequence >= ?2", params![kit.tenant.log.0, size])
        .unwrap();
    let mut other = Database::open(kit.path(), kek()).unwrap();
    let quist = vault(kit.tenant.id, "quist");
    for _ in 0..4 {
        other.write(|unit| quist.read(unit, &person::TABLE, id)).unwrap().open().unwrap();
    }
    let after = kit.family(id);
    assert!(after.is_err(), "went on: {after:?}");
}

#[test]
fn a_trail_about_a_patient_marks_an_entry_that_is_not_about_them() {
    let mut kit = Kit::new();
    let (one, two) = (kit.person("1", "Osterman"), kit.person("2", "Quist"));
    kit.family(one).unwrap();
    kit.thief()
        .execute(
            "INSERT INTO hipaa_audit_subject SELECT log, ?1, sequence FROM hipaa_audit WHERE name = 'PHI_READ'",
            [two.as_bytes()],
        )
        .unwrap();
    let clinic = kit.clinic.clone();
    let trail = kit.db.write(|unit| clinic.trail_about(unit, two, 9)).unwrap().open().unwrap();
    let wrong = trail.iter().filter(|it| !it.subjects.contains(&two) && it.intact).count();
    assert_eq!(wrong, 0, "{trail:?}");
}
