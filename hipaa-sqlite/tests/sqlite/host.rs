//! What a host's own SQL does to a unit: it may fail, it is never half-written, and refusals survive it.

use crate::fixture::{Clinic, NOTE, note};
use hipaa_core::store::StoreError;
use hipaa_core::unit::{Committed, UnitError};
use hipaa_sqlite::rusqlite::TransactionBehavior::{Deferred, Immediate};
use hipaa_sqlite::{Error, Unit, join};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How a unit is run.
#[derive(Debug, Clone, Copy)]
enum Way {
    Own,
    Joined,
}

const WAYS: [Way; 2] = [Way::Own, Way::Joined];

/// What the host does in the same transaction before the unit, where there is a before.
const HOST_WORK: &str = "INSERT INTO label (name) VALUES ('before the unit')";

fn run(
    clinic: &mut Clinic,
    way: Way,
    work: impl FnOnce(&mut Unit<'_>) -> Result<(), Error>,
) -> Result<Committed<()>, Error> {
    match way {
        Way::Own => clinic.db.write(work),
        Way::Joined => {
            let mut host = clinic.host();
            let transaction = host.transaction_with_behavior(Immediate)?;
            transaction.execute_batch(HOST_WORK)?;
            join(transaction, clinic.db.notary(), work)
        }
    }
}

fn clinic() -> Clinic {
    let clinic = Clinic::new();
    clinic.db.connection().execute_batch("CREATE TABLE label (name TEXT)").unwrap();
    clinic
}

fn labels(clinic: &Clinic) -> i64 {
    clinic.db.connection().query_row("SELECT count(*) FROM label", [], |row| row.get(0)).unwrap()
}

/// Runs a unit that writes a record and is denied another, then does `harm`; it must end in `error` and leave the denial
/// behind, nothing else, and a log that goes on.
fn ends_in(clinic: &mut Clinic, way: Way, error: Error, harm: impl FnOnce(&mut Unit<'_>) -> Result<(), Error>) {
    let (clinician, visitor, before) = (clinic.clinician(), clinic.visitor(), clinic.see());
    let labels_before = labels(clinic);
    let ended = run(clinic, way, |unit| {
        let record = clinician.create(unit, &NOTE, &note("half"))?;
        let _denied = visitor.read(unit, &NOTE, record);
        harm(unit)
    });
    assert_eq!(ended.err(), Some(error), "{way:?}");
    let after = clinic.see();
    assert_eq!(after.rows, before.rows, "{way:?}");
    assert_eq!(after.entries[before.entries.len()..], ["PERMISSION_DENIED"], "{way:?}");
    assert_eq!(after.size, after.entries.len(), "{way:?}");
    assert_eq!(labels(clinic), labels_before, "{way:?}");
    clinic.record();
}

/// A second record after the harm, whatever comes of it.
fn goes_on(clinic: &Clinic) -> impl FnOnce(&mut Unit<'_>) + use<> {
    let clinician = clinic.clinician();
    move |unit| {
        let _ignored = clinician.create(unit, &NOTE, &note("other half"));
    }
}

#[test]
fn a_unit_whose_transaction_ends_inside_it_is_not_committed() {
    let ends = ["ROLLBACK", "ROLLBACK; BEGIN IMMEDIATE", "ROLLBACK; BEGIN", "RELEASE hipaa_unit"];
    for way in WAYS {
        for sql in ends {
            for goes_on_after in [false, true] {
                let mut clinic = clinic();
                let more = goes_on(&clinic);
                ends_in(&mut clinic, way, UnitError::NotCommitted.into(), |unit| {
                    unit.sql().execute_batch(sql)?;
                    if goes_on_after {
                        more(unit);
                    }
                    Ok(())
                });
            }
        }
    }
}

#[test]
fn a_commit_inside_a_unit_is_an_error_and_commits_nothing() {
    for way in WAYS {
        for sql in ["COMMIT", "END", "COMMIT; BEGIN IMMEDIATE"] {
            let mut clinic = clinic();
            ends_in(&mut clinic, way, StoreError::Refused.into(), |unit| Ok(unit.sql().execute_batch(sql)?));
        }
    }
}

#[test]
fn a_commit_inside_a_unit_that_is_ignored_commits_nothing_by_itself() {
    let mut clinic = clinic();
    let more = goes_on(&clinic);
    ends_in(&mut clinic, Way::Own, UnitError::NotCommitted.into(), |unit| {
        assert!(unit.sql().execute_batch("COMMIT").is_err());
        more(unit);
        Ok(())
    });
    ends_in(&mut clinic, Way::Joined, StoreError::Other.into(), |unit| {
        assert!(unit.sql().execute_batch("COMMIT").is_err());
        assert!(!unit.sql().is_autocommit(), "the transaction goes on");
        Err(StoreError::Other.into())
    });
}

#[test]
fn a_savepoint_that_is_rolled_back_behind_a_unit_tears_it() {
    for way in WAYS {
        let mut clinic = clinic();
        ends_in(&mut clinic, way, UnitError::Torn.into(), |unit| {
            Ok(unit.sql().execute_batch("ROLLBACK TO hipaa_unit")?)
        });
        let clinician = clinic.clinician();
        ends_in(&mut clinic, way, of_vault(UnitError::Torn), |unit| {
            unit.sql().execute_batch("SAVEPOINT host")?;
            clinician.create(unit, &NOTE, &note("gone"))?;
            unit.sql().execute_batch("ROLLBACK TO host")?;
            clinician.create(unit, &NOTE, &note("over the hole"))?;
            Ok(())
        });
    }
}

#[test]
fn a_savepoint_of_the_host_that_is_kept_or_rolled_back_as_a_whole_does_no_harm() {
    for way in WAYS {
        let mut clinic = clinic();
        let (clinician, before) = (clinic.clinician(), clinic.see());
        let ended = run(&mut clinic, way, |unit| {
            unit.sql().execute_batch(&format!("SAVEPOINT host; {HOST_WORK}; ROLLBACK TO host; RELEASE host"))?;
            unit.sql().execute_batch("SAVEPOINT host")?;
            clinician.create(unit, &NOTE, &note("kept"))?;
            unit.sql().execute_batch("RELEASE host")?;
            Ok(())
        });
        ended.unwrap().into_inner();
        assert_eq!(clinic.see().rows.len(), before.rows.len() + 1, "{way:?}");
    }
}

#[test]
fn a_trigger_of_the_host_that_rolls_back_leaves_refusals_alone() {
    let trigger = |on: &str| {
        format!(
            "CREATE TRIGGER host_rule BEFORE INSERT ON {on} WHEN (SELECT count(*) FROM armed) > 0
                 BEGIN SELECT RAISE(ROLLBACK, 'the host says no'); END"
        )
    };
    for way in WAYS {
        let mut clinic = clinic();
        let sql = format!("CREATE TABLE armed (x); CREATE TABLE other (x); {}", trigger("other"));
        clinic.db.connection().execute_batch(&sql).unwrap();
        let harm = "INSERT INTO armed VALUES (1); INSERT INTO other VALUES (1)";
        ends_in(&mut clinic, way, StoreError::Refused.into(), |unit| Ok(unit.sql().execute_batch(harm)?));
        let more = goes_on(&clinic);
        ends_in(&mut clinic, way, UnitError::NotCommitted.into(), |unit| {
            assert!(unit.sql().execute_batch(harm).is_err());
            more(unit);
            Ok(())
        });

        let sql = format!("DROP TRIGGER host_rule; {}", trigger("note"));
        clinic.db.connection().execute_batch(&sql).unwrap();
        let clinician = clinic.clinician();
        ends_in(&mut clinic, way, of_vault(StoreError::Refused.into()), |unit| {
            unit.sql().execute_batch("INSERT INTO armed VALUES (1)")?;
            clinician.create(unit, &NOTE, &note("refused by the host"))?;
            Ok(())
        });
    }
}

/// The error of a vault's verb whose unit failed.
fn of_vault(error: UnitError) -> Error {
    Error::Vault(error.into())
}

#[test]
fn a_commit_that_fails_leaves_refusals_alone() {
    for way in WAYS {
        let mut clinic = clinic();
        let sql = "CREATE TABLE parent (id INTEGER PRIMARY KEY);
            CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)";
        clinic.db.connection().execute_batch(sql).unwrap();
        ends_in(&mut clinic, way, UnitError::NotCommitted.into(), |unit| {
            Ok(unit.sql().execute_batch("INSERT INTO child VALUES (7)")?)
        });
    }
}

#[test]
fn a_panic_in_a_joined_unit_rolls_the_host_back_and_leaves_refusals_alone() {
    for way in WAYS {
        let mut clinic = clinic();
        let (clinician, visitor, before) = (clinic.clinician(), clinic.visitor(), clinic.see());
        let caught = catch_unwind(AssertUnwindSafe(|| {
            run(&mut clinic, way, |unit| {
                let record = clinician.create(unit, &NOTE, &note("half"))?;
                let _denied = visitor.read(unit, &NOTE, record);
                std::panic::resume_unwind(Box::new("the host's bug"))
            })
        }));
        assert_eq!(caught.err().unwrap().downcast_ref(), Some(&"the host's bug"), "{way:?}");
        let after = clinic.see();
        assert_eq!((after.rows, labels(&clinic)), (before.rows, 0), "{way:?}");
        assert_eq!(after.entries[before.entries.len()..], ["PERMISSION_DENIED"], "{way:?}");
        clinic.record();
    }
}

#[test]
fn a_transaction_that_does_not_write_yet_is_not_joined() {
    let mut clinic = clinic();
    let before = clinic.see();
    let mut host = clinic.host();
    for read_first in [false, true] {
        let transaction = host.transaction_with_behavior(Deferred).unwrap();
        if read_first {
            transaction.query_row("SELECT count(*) FROM label", [], |_| Ok(())).unwrap();
        }
        let mut ran = false;
        let ended = join(transaction, clinic.db.notary(), |_| {
            ran = true;
            Ok::<_, Error>(())
        });
        assert_eq!(ended.err(), Some(UnitError::NotWriting.into()));
        assert!(!ran && host.is_autocommit());
    }
    assert_eq!(clinic.see(), before);

    let transaction = host.transaction_with_behavior(Deferred).unwrap();
    transaction.execute_batch(HOST_WORK).unwrap();
    let clinician = clinic.clinician();
    let joined =
        join(transaction, clinic.db.notary(), |unit| Ok::<_, Error>(clinician.create(unit, &NOTE, &note("in"))?));
    joined.unwrap().into_inner();
    assert_eq!((clinic.see().rows.len(), labels(&clinic)), (before.rows.len() + 1, 1));
}

#[test]
fn audit_rows_are_neither_changed_nor_deleted() {
    let mut clinic = clinic();
    let record = clinic.record();
    let clinician = clinic.clinician();
    clinic.db.write(|unit| clinician.read(unit, &NOTE, record)).unwrap().open().unwrap();
    let before = clinic.see();
    assert!(before.entries.len() >= 3);
    for sql in [
        "UPDATE hipaa_audit SET time = 0",
        "DELETE FROM hipaa_audit",
        "UPDATE hipaa_audit_subject SET sequence = sequence + 1000",
        "DELETE FROM hipaa_audit_subject",
        "INSERT OR REPLACE INTO hipaa_audit SELECT * FROM hipaa_audit",
        "REPLACE INTO hipaa_audit_subject SELECT * FROM hipaa_audit_subject",
    ] {
        let refused = clinic.db.connection().execute_batch(sql).map_err(Error::from);
        assert_eq!(refused, Err(Error::Store(StoreError::Refused)), "{sql}");
        assert_eq!(clinic.see(), before, "{sql}");
    }
}
