//! A witness in a folder: one file per head, never changed again. Put it on another disk, under another owner.

use crate::{Database, Error, Unit};
use hipaa_core::audit::{SignedCheckpoint, Witness, WitnessError};
use hipaa_core::schema::TenantId;
use hipaa_core::unit::{Committed, Since};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file under whose lock heads are compared and pushed; names with a dot in front are no heads.
const LOCK: &str = ".lock";

/// A folder with a file `<size, 20 digits>.note` for every head: a C2SP signed note.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    lock: Option<File>,
}

impl Folder {
    /// The witness in this folder, which must exist.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned(), lock: None }
    }

    /// Other writers of this folder wait from now on.
    fn lock(&mut self) -> io::Result<()> {
        if self.lock.is_none() {
            let file = File::options().create(true).append(true).open(self.path.join(LOCK))?;
            file.lock()?;
            self.lock = Some(file);
        }
        Ok(())
    }

    /// The name of the highest head: names are of one length, so that they stand in the order of sizes.
    fn last(&self) -> io::Result<Option<PathBuf>> {
        let mut last = None;
        for file in fs::read_dir(&self.path)? {
            let name = file?.file_name();
            if !name.to_string_lossy().starts_with('.') {
                last = last.max(Some(name));
            }
        }
        Ok(last.map(|name| self.path.join(name)))
    }

    fn write(&self, head: &SignedCheckpoint) -> io::Result<()> {
        let name = format!("{:020}.note", head.unverified().size);
        let (path, unfinished) = (self.path.join(&name), self.path.join(format!(".{name}")));
        let mut file = File::create(&unfinished)?;
        file.write_all(head.encode().as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        // The name must last as long as the content.
        File::open(&self.path)?.sync_all()
    }
}

fn unreachable(error: io::Error) -> WitnessError {
    WitnessError::Unreachable(error.kind())
}

impl Witness for Folder {
    fn highest(&mut self) -> Result<Option<SignedCheckpoint>, WitnessError> {
        self.lock().map_err(unreachable)?;
        let Some(last) = self.last().map_err(unreachable)? else { return Ok(None) };
        let bytes = fs::read(&last).map_err(unreachable)?;
        let head = SignedCheckpoint::decode(&bytes).map_err(|_| WitnessError::Malformed)?;
        let named = format!("{:020}.note", head.unverified().size);
        if last.file_name().is_some_and(|name| *name == *named) { Ok(Some(head)) } else { Err(WitnessError::Malformed) }
    }

    fn push(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        self.lock().and_then(|()| self.write(head)).map_err(unreachable)?;
        self.lock = None;
        Ok(())
    }
}

/// A line per head on a stream, such as standard output or a pipe to syslog. It cannot be asked what it has seen.
#[derive(Debug)]
pub struct Lines<W>(pub W);

impl<W: Write> Lines<W> {
    /// Writes the head that stands now, on one line: `hipaa-core checkpoint` and the note, its line feeds as `\n`.
    ///
    /// # Errors
    /// [`WitnessError::Unreachable`].
    pub fn push(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        let line = head.encode().replace('\n', "\\n");
        writeln!(self.0, "hipaa-core checkpoint {line}").and_then(|()| self.0.flush()).map_err(unreachable)
    }
}

impl Database {
    /// The head of the deployment's log, with the heads of all others taken up in it: what a witness is given.
    ///
    /// # Errors
    /// Why the unit did not commit.
    pub fn checkpoint(&mut self) -> Result<SignedCheckpoint, Error> {
        self.note_heads()?;
        Ok(self.write::<_, Error>(|unit| head(unit))?.into_inner())
    }

    /// Begins a witness that has seen nothing.
    ///
    /// # Errors
    /// [`WitnessError::Begun`], or the witness's; why the unit did not commit.
    pub fn begin_witness(&mut self, witness: &mut dyn Witness) -> Result<u64, Error> {
        match witness.highest()? {
            Some(_) => Err(WitnessError::Begun.into()),
            None => self.give(witness),
        }
    }

    /// Compares this database with what a witness has seen, then gives it the head that stands now. The result is its size.
    ///
    /// # Errors
    /// As [`Database::compare_with`]; the witness is then given nothing.
    pub fn push_to(&mut self, witness: &mut dyn Witness) -> Result<u64, Error> {
        self.compare_with(witness)?;
        self.give(witness)
    }

    /// Compares this database with what a witness has seen: to be done after opening, before anything is served.
    ///
    /// # Errors
    /// [`WitnessError::Empty`], [`WitnessError::Foreign`], [`WitnessError::RolledBack`], [`WitnessError::Forked`]: do not
    /// serve, and find out what happened; or the witness's own.
    pub fn compare_with(&mut self, witness: &mut dyn Witness) -> Result<(), Error> {
        self.write(|unit| compare(unit, witness)).map(Committed::into_inner)
    }

    fn give(&mut self, witness: &mut dyn Witness) -> Result<u64, Error> {
        let head = self.checkpoint()?;
        witness.push(&head)?;
        Ok(head.unverified().size)
    }
}

/// The same inside a unit of work, for a host that asks again while it serves.
///
/// # Errors
/// As [`Database::compare_with`].
pub fn compare(unit: &mut Unit<'_>, witness: &mut dyn Witness) -> Result<(), Error> {
    let seen = witness.highest()?.ok_or(WitnessError::Empty)?;
    let unit: &mut dyn hipaa_core::unit::Unit = unit;
    match unit.since(TenantId::DEPLOYMENT, &seen)? {
        Since::Continued => Ok(()),
        Since::Foreign => Err(WitnessError::Foreign.into()),
        Since::RolledBack => Err(WitnessError::RolledBack.into()),
        Since::Forked => Err(WitnessError::Forked.into()),
    }
}

fn head(unit: &mut dyn hipaa_core::unit::Unit) -> Result<SignedCheckpoint, Error> {
    Ok(unit.signed_head(TenantId::DEPLOYMENT)?)
}
