//! The contract for adapters.

use crate::fixture::kek;
use hipaa_core::conformance::unit::{self, Process, Units, Work};
use hipaa_core::conformance::{CASES, TABLES, run_all};
use hipaa_core::store::{Store, StoreError};
use hipaa_core::unit::{Committed, Unit};
use hipaa_core::vault::VaultError;
use hipaa_sqlite::{Database, Error};
use tempfile::TempDir;

/// Runs `case` on a store with nothing in it, and rolls everything back.
pub(crate) fn with_empty_store(db: &mut Database, case: &mut dyn FnMut(&mut dyn Store)) {
    let undone = db.write(|unit| {
        unit.sql().execute_batch(
            "DELETE FROM hipaa_meta WHERE key = 'deployment'; DELETE FROM hipaa_ring;
             DELETE FROM hipaa_wrapped_key; DELETE FROM hipaa_head;",
        )?;
        case(unit.parts().0);
        Err::<(), _>(Error::Store(StoreError::Other))
    });
    assert_eq!(undone.err(), Some(Error::Store(StoreError::Other)));
}

#[test]
fn the_store_on_sqlite_passes_every_case() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = Database::open(folder.path().join("emr.db"), kek()).unwrap();
    db.declare(&TABLES).unwrap();
    let mut runs = 0;
    let failures = run_all(|case| {
        runs += 1;
        with_empty_store(&mut db, case);
    });
    assert_eq!(failures, []);
    assert_eq!(runs, CASES.into_iter().flatten().count());
}

#[test]
fn units_on_sqlite_pass_every_case() {
    assert_eq!(unit::run_all(Two::new), []);
}

/// Two databases on one file, each with a notary of its own, as in two processes.
struct Two {
    first: Database,
    second: Database,
    _folder: TempDir,
}

impl Two {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Database::open(folder.path().join("emr.db"), kek()).unwrap();
        first.declare(&TABLES).unwrap();
        let second = Database::open(folder.path().join("emr.db"), kek()).unwrap();
        Self { first, second, _folder: folder }
    }
}

impl Units for Two {
    fn write<T>(
        &mut self,
        process: Process,
        work: impl FnOnce(&mut dyn Unit) -> Result<T, VaultError>,
    ) -> Result<Committed<T>, VaultError> {
        match process {
            Process::First => self.first.write(|unit| work(unit)),
            Process::Second => self.second.write(|unit| work(unit)),
        }
    }

    fn tear(&mut self, lost: Work<'_>, after: Work<'_>) -> Result<Committed<()>, VaultError> {
        self.first.write(|unit| {
            unit.sql().execute_batch("SAVEPOINT host").map_err(Error::from)?;
            lost(unit)?;
            unit.sql().execute_batch("ROLLBACK TO host; RELEASE host").map_err(Error::from)?;
            after(unit)
        })
    }
}
