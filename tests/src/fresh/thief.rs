//! Somebody who can write the file with plain SQL, and has no key.

use super::{Kit, kek, operator, person, row, vault};
use hipaa_core::audit::{Action, Event, EventName};
use hipaa_core::tenancy::{create_tenant, open_epoch};
use hipaa_core::unit::Unit as AnyUnit;
use hipaa_core::vault::Row;
use hipaa_sqlite::{Database, Error};

const NOTED: EventName = EventName::application("org.example.noted");

/// Red if an INSERT that changed nothing were taken for an entry: another entry of the same unit stands after it.
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

/// Red if a statement that changed no row were taken for one that did.
#[test]
fn a_change_that_a_trigger_swallows_is_not_acknowledged() {
    for table in ["person", "hipaa_state", "hipaa_head", "hipaa_audit"] {
        for event in ["UPDATE", "INSERT"] {
            let mut kit = Kit::new();
            let id = kit.person("1", "Osterman");
            let sql = format!("CREATE TRIGGER quiet BEFORE {event} ON {table} BEGIN SELECT RAISE(IGNORE); END");
            kit.thief().execute_batch(&sql).unwrap();
            let clinic = kit.clinic.clone();
            let change = Row::new().set(person::FAMILY, "Quist");
            let made = kit.db.write(|unit| Ok::<_, Error>(clinic.update(unit, &person::TABLE, (id, 1), &change)?));
            assert!(made.is_err() || kit.family(id) == Ok(("Quist".to_owned(), true)), "{event} {table}");
        }
    }
}

/// Red if a file that lacks its deployment, or has half of one, were taken for a new file.
#[test]
fn a_database_without_its_deployment_is_not_founded_anew() {
    for sql in [
        "DELETE FROM hipaa_meta",
        "UPDATE hipaa_meta SET value = zeroblob(3)",
        "DELETE FROM hipaa_meta; DELETE FROM hipaa_ring; DELETE FROM hipaa_wrapped_key; DELETE FROM hipaa_head",
    ] {
        let kit = Kit::new();
        kit.thief().execute_batch(sql).unwrap();
        assert!(Database::open(kit.path(), kek()).is_err(), "{sql}");
    }
}

/// Red if a process believed in a ring that was never committed.
#[test]
fn an_epoch_that_was_rolled_back_locks_nobody_out() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    let failed = kit.db.write(|unit| {
        open_epoch(unit, clinic.actor())?;
        clinic.create(unit, &person::TABLE, &row("2", "Quist"))?;
        Err::<(), _>(Error::NotADatabase)
    });
    assert!(failed.is_err());
    assert_eq!(kit.family(id), Ok(("Osterman".to_owned(), true)));
    assert_eq!(kit.db.write(|unit| open_epoch(unit, clinic.actor())).unwrap().into_inner(), 2);
    kit.person("3", "Ritter");
    assert_eq!(kit.family(id), Ok(("Osterman".to_owned(), true)));
}

/// Red if keys or a log of a tenant that was never committed stayed in memory.
#[test]
fn a_tenant_that_was_rolled_back_can_be_made() {
    let mut kit = Kit::new();
    let failed = kit.db.write(|unit| {
        let tenant = create_tenant(unit, &operator(), "South")?;
        vault(tenant.id, "osei").create(unit, &person::TABLE, &row("2", "Quist"))?;
        Err::<(), _>(Error::NotADatabase)
    });
    assert!(failed.is_err());
    let tenant = kit.db.write(|unit| create_tenant(unit, &operator(), "South")).unwrap().into_inner();
    kit.db.write(|unit| vault(tenant.id, "osei").create(unit, &person::TABLE, &row("2", "Q"))).unwrap().into_inner();
}
