//! An error at every write and every sync of a scripted run: each step ends in a clean error or a clean success, never a lie.

use hipaa_core::clock::Clock;
use hipaa_core::schema::RecordId;
use hipaa_core::unit::UnitError;
use hipaa_core::vault::{Permissions, TenantVault, VaultError};
use hipaa_sqlite::{Database, Error};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::path::Path;
use tests::check::faults;
use tests::fault::{Fault, NAME, Turn};
use tests::ward::{BORN, NUMBER, PATIENT, clinic, kek, patient};

/// What the steps of the script were told: the records that must be there, those that may be, and refusals.
#[derive(Default)]
struct Told {
    present: BTreeMap<RecordId, u64>,
    uncertain: Vec<RecordId>,
    denials: i64,
    errors: usize,
}

fn open(path: &Path) -> Result<Database, Error> {
    let connection = Connection::open_with_flags_and_vfs(path, OpenFlags::default(), NAME)?;
    Database::from_connection(connection, kek(), Clock::system())
}

/// Writes, changes, deletes, is denied: every kind of commit there is.
fn script(path: &Path, told: &mut Told) -> Result<(), Error> {
    let mut database = open(path)?;
    let vault = clinic(&mut database)?;
    let nobody = TenantVault::new(vault.actor().clone(), Permissions::none());
    for number in ["one", "two", "three"] {
        let mut id = None;
        let made =
            database.write(|unit| vault.create(unit, &PATIENT, &patient(number)).inspect(|made| id = Some(*made)));
        told.note(id, made.map(|_| 1));
    }
    let first = told.present.keys().next().copied();
    if let Some(id) = first {
        let changes = hipaa_core::vault::Row::new().clear(BORN);
        let changed = database.write(|unit| vault.update(unit, &PATIENT, (id, 1), &changes));
        match changed {
            Ok(_) => drop(told.present.insert(id, 2)),
            Err(error) => told.failed(error, Some(id)),
        }
    }
    let denied = database.write(|unit| nobody.read(unit, &PATIENT, first.unwrap_or(RecordId::from_random([0; 16]))));
    // The denial itself is only told once it is durable; anything else is the failure to write it.
    told.denials += i64::from(matches!(denied, Err(VaultError::Denied)));
    let last = told.present.iter().next_back().map(|(id, version)| (*id, *version));
    if let Some((id, version)) = last {
        match database.write(|unit| vault.delete(unit, &PATIENT, (id, version))) {
            Ok(_) => drop(told.present.remove(&id)),
            Err(error) => told.failed(error, Some(id)),
        }
    }
    Ok(())
}

impl Told {
    fn note(&mut self, id: Option<RecordId>, made: Result<u64, VaultError>) {
        match (id, made) {
            (Some(id), Ok(version)) => drop(self.present.insert(id, version)),
            (id, Err(error)) => self.failed(error, id),
            (None, Ok(_)) => unreachable!("a record that was made has an id"),
        }
    }

    fn failed(&mut self, error: VaultError, id: Option<RecordId>) {
        self.errors += 1;
        if error == VaultError::Unit(UnitError::Uncertain)
            && let Some(id) = id
        {
            self.present.remove(&id);
            self.uncertain.push(id);
        }
    }
}

/// What is in the file is what the steps were told.
fn is_no_lie(path: &Path, told: &Told, fault: Fault) {
    // A fault so early that there is no schema yet.
    let Ok(found) = faults(path, "patient") else {
        assert!(told.present.is_empty(), "{fault:?}");
        return;
    };
    assert_eq!(found, Vec::<String>::new(), "{fault:?}");
    let mut database = open(path).unwrap();
    let vault = clinic(&mut database).unwrap();
    let page = database.write(|unit| vault.list(unit, &PATIENT, None, 100)).unwrap().open().unwrap();
    assert!(page.missing.is_empty(), "{fault:?}");
    let mut there = BTreeMap::new();
    for record in &page.records {
        assert!(record.integrity().is_intact() && record.get(NUMBER).unwrap().is_some(), "{fault:?}");
        there.insert(record.id(), record.version());
    }
    there.retain(|id, _| !told.uncertain.contains(id));
    assert_eq!(there, told.present, "{fault:?}");
    let denials = "SELECT count(*) FROM hipaa_audit WHERE name = 'PERMISSION_DENIED'";
    let denials: i64 = database.connection().query_row(denials, [], |row| row.get(0)).unwrap();
    assert!(denials >= told.denials, "{fault:?}: a denial that was told is not in the log");
}

fn run(turn: &Turn, fault: Fault) -> (i64, Told) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fault.db");
    let mut told = Told::default();
    turn.inject(fault);
    let outcome = script(&path, &mut told);
    let count = turn.count();
    turn.heal();
    told.errors += usize::from(outcome.is_err());
    is_no_lie(&path, &told, fault);
    (count, told)
}

#[test]
fn an_error_at_every_write_and_sync_ends_in_a_clean_error_or_a_clean_success() {
    let turn = Turn::take();
    let (operations, undisturbed) = run(&turn, Fault::Once(i64::MAX));
    assert_eq!((undisturbed.errors, undisturbed.present.len(), undisturbed.denials), (0, 2, 1));
    let mut failed = 0;
    let mut uncertain = 0;
    for at in 1..=operations {
        for fault in [Fault::Once(at), Fault::From(at), Fault::Full(at)] {
            let (_, told) = run(&turn, fault);
            failed += usize::from(told.errors > 0);
            uncertain += told.uncertain.len();
        }
    }
    println!(
        "{operations} operations, 3 faults each: {failed} runs with a clean error, {uncertain} answers of uncertainty"
    );
    assert!(failed > 0, "no fault was ever noticed");
}
