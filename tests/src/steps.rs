//! Everything that a log does, one step after another, each acknowledged before the next: a restore is recorded, entries are
//! appended, a signing period ends, heads are pushed to a witness.

use crate::fault::{NAME, kill_myself};
use crate::ward::{PATIENT, clinic, kek, patient};
use hipaa_core::audit::{Actor, SignedCheckpoint, Witness, WitnessError, operator_key};
use hipaa_core::clock::Clock;
use hipaa_core::restore::RestoreError;
use hipaa_core::schema::TenantId;
use hipaa_sqlite::witness::Folder;
use hipaa_sqlite::{Database, Error, Options};
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The operator's secret half of the key.
pub const OPERATOR: [u8; 32] = [7; 32];
/// A push has so many stages: an empty file, half of it, all of it, its name, and the way back.
pub const STAGES: u8 = 4;

/// What happens at a stage of the first push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// The process is killed behind it; at 0 it is not.
    Kill(u8),
    /// It fails; at 0 it does not.
    Fail(u8),
}

/// A folder whose first push comes to harm.
struct Harmed<'a> {
    folder: Folder,
    path: &'a Path,
    harm: Harm,
}

impl Harmed<'_> {
    fn add(
        &mut self,
        head: &SignedCheckpoint,
        push: fn(&mut Folder, &SignedCheckpoint) -> Result<(), WitnessError>,
    ) -> Result<(), WitnessError> {
        let (Harm::Kill(stage) | Harm::Fail(stage)) = self.harm;
        let note = head.encode();
        let written = match stage {
            0 => return push(&mut self.folder, head),
            1 => 0,
            2 => note.len() / 2,
            _ => note.len(),
        };
        if stage < STAGES {
            let name = self.path.join(format!(".{:020}.note", head.unverified().size));
            let left = fs::write(name, note.get(..written).unwrap_or_default());
            left.map_err(|error| WitnessError::Unreachable(error.kind()))?;
        } else {
            push(&mut self.folder, head)?;
        }
        match self.harm {
            Harm::Kill(_) => kill_myself(),
            Harm::Fail(_) => Err(WitnessError::Unreachable(ErrorKind::StorageFull)),
        }
    }
}

impl Witness for Harmed<'_> {
    fn first(&mut self) -> Result<Option<SignedCheckpoint>, WitnessError> {
        self.folder.first()
    }
    fn highest(&mut self) -> Result<Option<SignedCheckpoint>, WitnessError> {
        self.folder.highest()
    }
    fn push(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        self.add(head, |folder, head| folder.push(head))
    }
    fn push_after_restore(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        self.add(head, |folder, head| folder.push_after_restore(head))
    }
}

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
pub fn run((file, witness): (&Path, &Path), harm: Harm, did: &mut dyn FnMut(&str)) -> Result<(), Error> {
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
        let harm = if round == 0 { harm } else { Harm::Fail(0) };
        database.push_to(&mut Harmed { folder: Folder::new(witness), path: witness, harm })?;
        did("pushed");
        let number = format!("{round} {}", std::process::id());
        let made = database.write(|unit| vault.create(unit, &PATIENT, &patient(&number)).map_err(Error::from))?;
        did(&format!("made {}", made.into_inner()));
        let (period, _) = database.end_signing_period(&operator()?)?;
        did(&format!("period {period}"));
    }
    Ok(())
}
