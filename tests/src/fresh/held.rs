//! Getting at a plaintext without a committed entry.

use super::{Kit, person};
use hipaa_core::audit::{Action, Event, EventName};
use hipaa_core::unit::{Held, Unit as AnyUnit};
use hipaa_core::vault::{Record, Row};
use hipaa_sqlite::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

const NOTED: EventName = EventName::application("org.example.noted");

/// Red if the tail alone were compared: the second entry would hide that the first is gone.
#[test]
fn an_entry_that_a_savepoint_took_back_is_not_covered_by_a_later_one() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    let outcome = kit.db.write(|unit| {
        unit.sql().execute_batch("SAVEPOINT mine")?;
        let held = clinic.read(unit, &person::TABLE, id)?;
        unit.sql().execute_batch("ROLLBACK TO mine; RELEASE mine")?;
        let event = Event::new(clinic.actor(), NOTED, Action::Execute);
        (unit as &mut dyn AnyUnit).append(&event)?;
        Ok::<_, Error>(held)
    });
    assert!(outcome.is_err(), "released, entries of reads: {}, gaps: {}", kit.entries("PHI_READ"), kit.gaps());
    assert_eq!(kit.gaps(), 0);
}

/// Red if the id of a unit came back, or if a commit released what another unit holds.
#[test]
fn what_a_failed_unit_held_no_later_commit_releases() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    for panics in [false, true] {
        let mut smuggled: Option<Held<Record>> = None;
        let failed = catch_unwind(AssertUnwindSafe(|| {
            kit.db.write(|unit| {
                smuggled = Some(clinic.read(unit, &person::TABLE, id)?);
                assert!(!panics, "on purpose");
                Err::<(), _>(Error::NotADatabase)
            })
        }));
        assert!(!matches!(failed, Ok(Ok(_))));
        let committed = kit.db.write(|_| Ok::<_, Error>(smuggled.take())).unwrap();
        assert!(committed.open().is_err());
    }
    assert_eq!(kit.entries("PHI_READ"), 0);
}

/// Red if units were counted per database.
#[test]
fn the_commit_of_one_database_releases_nothing_of_another() {
    let (mut one, mut two) = (Kit::new(), Kit::new());
    let id = one.person("1", "Osterman");
    two.person("1", "Quist");
    let clinic = one.clinic.clone();
    let mut smuggled = None;
    let failed = one.db.write(|unit| {
        smuggled = Some(clinic.read(unit, &person::TABLE, id)?);
        Err::<(), _>(Error::NotADatabase)
    });
    assert!(failed.is_err());
    assert!(two.db.write(|_| Ok::<_, Error>(smuggled)).unwrap().open().is_err());
}

/// Red if an update with the value that is there kept the version.
#[test]
fn an_update_does_not_tell_whether_the_value_was_there() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    let mut versions = Vec::new();
    for guess in ["Quist", "Osterman"] {
        let failed = kit.db.write(|unit| {
            let change = Row::new().set(person::FAMILY, guess);
            versions.push(clinic.update(unit, &person::TABLE, (id, 1), &change)?);
            Err::<(), _>(Error::NotADatabase)
        });
        assert!(failed.is_err());
    }
    assert_eq!(versions[0], versions[1]);
}

/// Red if being in some transaction were enough: the host's ROLLBACK between reading and releasing takes the entry away.
#[test]
fn a_transaction_that_the_host_ends_and_begins_anew_releases_nothing() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    for behind in ["ROLLBACK", "ROLLBACK; BEGIN IMMEDIATE", "ROLLBACK; BEGIN IMMEDIATE; SAVEPOINT hipaa_unit"] {
        let outcome = kit.db.write(|unit| {
            let held = clinic.read(unit, &person::TABLE, id)?;
            unit.sql().execute_batch(behind)?;
            let event = Event::new(clinic.actor(), NOTED, Action::Execute);
            let _ = (unit as &mut dyn AnyUnit).append(&event);
            Ok::<_, Error>(held)
        });
        assert!(outcome.is_err(), "{behind}");
        assert_eq!((kit.gaps(), kit.entries("PHI_READ")), (0, 0), "{behind}");
    }
    assert_eq!(kit.family(id), Ok(("Osterman".to_owned(), true)));
}
