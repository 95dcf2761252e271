//! Everything that a log does, one step after another, each acknowledged before the next: a restore is recorded, entries are
//! appended, a signing period ends, heads are pushed to a witness.

use crate::fault::NAME;
use crate::ward::{PATIENT, clinic, kek, patient};
use hipaa_core::audit::{Actor, WitnessError, operator_key};
use hipaa_core::clock::Clock;
use hipaa_core::restore::RestoreError;
use hipaa_core::schema::TenantId;
use hipaa_sqlite::witness::Folder;
use hipaa_sqlite::{Database, Error, Options};
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::Path;

/// The operator's secret half of the key.
pub const OPERATOR: [u8; 32] = [7; 32];
/// Makes a database that was put back, and a witness that has seen more of it.
///
/// # Errors
/// Whatever the database or the files give.
pub fn put_back((file, witness): (&Path, &Path)) -> Result<(), Error> {
    let unreachable = |error: std::io::Error| WitnessError::Unreachable(error.kind());
    let options = Options { operator_key: Some(operator_key(&OPERATOR)), ..Options::default() };
    let mut database = Database::open_with(file, kek(), &options)?;
    clinic(&mut database)?;
    database.begin_witness(&mut Folder::new(witness))?;
    database.empty_journal()?;
    let backup = fs::read(file).map_err(unreachable)?;
    for _ in 0..2 {
        database.end_signing_period(&operator()?)?;
        database.push_to(&mut Folder::new(witness))?;
    }
    drop(database);
    fs::write(file, backup).map_err(unreachable)?;
    Ok(())
}

fn operator() -> Result<Actor, Error> {
    Actor::new(TenantId::DEPLOYMENT, "setup", "operator").map_err(|_| Error::CannotOpen)
}

/// Runs the steps on a file through the faulty VFS; `did` is told of each once it is acknowledged.
///
/// # Errors
/// Whatever the database or the witness gives.
pub fn run((file, witness): (&Path, &Path), did: &mut dyn FnMut(&str)) -> Result<(), Error> {
    let connection = Connection::open_with_flags_and_vfs(file, OpenFlags::default(), NAME)?;
    let mut database = Database::from_connection(connection, kek(), Clock::system())?;
    let vault = clinic(&mut database)?;
    match database.plan_restore(&Folder::new(witness).heads()?) {
        Ok(restore) => drop(database.record_restore(&operator()?, &restore.sign(&OPERATOR))?),
        Err(Error::Restore(RestoreError::NothingLost)) => {}
        Err(error) => return Err(error),
    }
    did("restored");
    for round in 0..2 {
        database.push_to(&mut Folder::new(witness))?;
        did("pushed");
        let number = format!("{round} {}", std::process::id());
        let made = database.write(|unit| vault.create(unit, &PATIENT, &patient(&number)).map_err(Error::from))?;
        did(&format!("made {}", made.into_inner()));
        let (period, _) = database.end_signing_period(&operator()?)?;
        did(&format!("period {period}"));
    }
    Ok(())
}
