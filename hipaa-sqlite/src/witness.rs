//! Witnesses: a folder with one file per head, never changed again, on another disk and under another owner; or a line per
//! head on a stream.

mod place;

use crate::{Database, Error};
use core::fmt;
use hipaa_core::audit::note::MAX_NOTE_BYTES;
use hipaa_core::audit::{Actor, Restore, SignedCheckpoint, SignedRestore, Witness, WitnessError};
use hipaa_core::clock::Stopwatch;
use hipaa_core::restore;
use hipaa_core::schema::TenantId;
use hipaa_core::unit::{Position, Since, Unit};
pub use place::Place;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file under whose lock heads are compared and pushed; names with a dot in front are no heads.
const LOCK: &str = ".lock";
/// How long a writer waits for another one. A push takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(5);

/// A folder with a file `<size, 20 digits>.note` for every head: a C2SP signed note. Writers wait for each other, for 5
/// seconds at most: then the folder is [`WitnessError::Unreachable`]. After the n-th restore names begin
/// with `restored-<n, 4 digits>-`, so that they stand behind all earlier ones, which are kept.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    lock: Option<File>,
}

/// The name of a file: after how many restores, and the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    restores: u32,
    size: u64,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.restores > 0 {
            write!(f, "restored-{:04}-", self.restores)?;
        }
        write!(f, "{:020}.note", self.size)
    }
}

impl Name {
    fn parse(text: &str) -> Option<Self> {
        let (restores, size) = match text.strip_prefix("restored-") {
            Some(rest) => rest.split_once('-')?,
            None => ("0", text),
        };
        let name = Self { restores: restores.parse().ok()?, size: size.strip_suffix(".note")?.parse().ok()? };
        (name.to_string() == text).then_some(name)
    }
}

impl Folder {
    /// The witness in this folder, which must exist.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned(), lock: None }
    }

    /// Every head that it was given, in their order.
    ///
    /// # Errors
    /// [`WitnessError::Unreachable`], [`WitnessError::Malformed`].
    pub fn heads(&mut self) -> Result<Vec<SignedCheckpoint>, WitnessError> {
        self.lock().map_err(unreachable)?;
        self.names()?.into_iter().map(|name| self.read(name)).collect()
    }

    /// Other writers of this folder wait from now on, each for 5 seconds at most.
    fn lock(&mut self) -> io::Result<()> {
        if self.lock.is_none() {
            let path = self.path.join(LOCK);
            if path.exists() {
                regular(&path)?;
            }
            let file = File::options().create(true).append(true).open(path)?;
            let waiting = Stopwatch::start();
            while let Err(refused) = file.try_lock() {
                match refused {
                    TryLockError::WouldBlock if waiting.elapsed() < PATIENCE => std::thread::sleep(POLL),
                    refused => return Err(refused.into()),
                }
            }
            self.lock = Some(file);
        }
        Ok(())
    }

    /// The names of all heads, in their order.
    fn names(&self) -> Result<Vec<Name>, WitnessError> {
        let mut names = Vec::new();
        for file in fs::read_dir(&self.path).map_err(unreachable)? {
            let name = file.map_err(unreachable)?.file_name();
            let name = name.to_str().ok_or(WitnessError::Malformed)?;
            if !name.starts_with('.') {
                names.push(Name::parse(name).ok_or(WitnessError::Malformed)?);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn read(&self, name: Name) -> Result<SignedCheckpoint, WitnessError> {
        let bytes = read(&self.path.join(name.to_string())).map_err(unreachable)?;
        let head = SignedCheckpoint::decode(&bytes).map_err(|_| WitnessError::Malformed)?;
        if head.unverified().size == name.size { Ok(head) } else { Err(WitnessError::Malformed) }
    }

    fn add(&mut self, head: &SignedCheckpoint, further_restores: u32) -> Result<(), WitnessError> {
        self.lock().map_err(unreachable)?;
        let last = self.names()?.last().map_or(0, |name| name.restores);
        let restores = last.saturating_add(further_restores);
        self.write(Name { restores, size: head.unverified().size }, head).map_err(unreachable)?;
        self.lock = None;
        Ok(())
    }

    fn write(&self, name: Name, head: &SignedCheckpoint) -> io::Result<()> {
        let (path, unfinished) = (self.path.join(name.to_string()), self.path.join(format!(".{name}")));
        let mut file = File::create(&unfinished)?;
        file.write_all(head.encode().as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        // The name must last as long as the content.
        File::open(&self.path)?.sync_all()
    }
}

/// Opening a pipe would wait for ever.
fn regular(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_file() { Ok(()) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// A file of the folder, as far as a note could reach.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    regular(path)?;
    let (mut bytes, most) = (Vec::new(), MAX_NOTE_BYTES as u64 + 1);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreachable(error: io::Error) -> WitnessError {
    WitnessError::Unreachable(error.kind())
}

impl Witness for Folder {
    fn first(&mut self) -> Result<Option<SignedCheckpoint>, WitnessError> {
        self.lock().map_err(unreachable)?;
        self.names()?.first().map(|name| self.read(*name)).transpose()
    }

    fn highest(&mut self) -> Result<Option<SignedCheckpoint>, WitnessError> {
        self.lock().map_err(unreachable)?;
        self.names()?.last().map(|name| self.read(*name)).transpose()
    }

    fn push(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        self.add(head, 0)
    }

    fn push_after_restore(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        self.add(head, 1)
    }

    fn release(&mut self) {
        self.lock = None;
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
        if witness.highest()?.is_some() {
            return Err(WitnessError::Begun.into());
        }
        let head = self.checkpoint()?;
        witness.push(&head)?;
        Ok(head.unverified().size)
    }

    /// Compares this database with what a witness has seen, then gives it the head that stands now. The result is its size.
    ///
    /// # Errors
    /// As [`Database::compare_with`]; the witness is then given nothing.
    pub fn push_to(&mut self, witness: &mut dyn Witness) -> Result<u64, Error> {
        let seen = Seen::by(witness)?;
        // Nothing is added to a log of which the witness has seen another end.
        drop(self.write::<_, Error>(|unit| seen.compare(unit))?);
        self.note_heads()?;
        let now = self.write::<_, Error>(|unit| seen.compare(unit))?.into_inner();
        now.give(witness)
    }

    /// The same for each of these places; a bridge does it by itself.
    ///
    /// # Errors
    /// As [`Database::compare_with`], of the first that refuses; those behind it are then given nothing.
    pub fn push_to_all(&mut self, places: &[Place]) -> Result<(), Error> {
        self.compare_all(places)?;
        self.note_heads()?;
        let mut read = |work: &dyn Fn(&mut crate::Unit<'_>) -> Result<Compared, Error>| {
            Ok(self.write::<_, Error>(|unit| work(unit))?.into_inner())
        };
        places.iter().try_for_each(|place| place.push(&mut read).map(drop))
    }

    /// Compares this database with what a witness has seen, and the tenants' logs with what the deployment's log took up of
    /// them: to be done after opening, before anything is served. Other writers of the witness wait no longer than that.
    ///
    /// # Errors
    /// [`WitnessError::Empty`], [`WitnessError::Foreign`], [`WitnessError::RolledBack`], [`WitnessError::Forked`]: do not
    /// serve, and find out what happened; or the witness's own.
    pub fn compare_with(&mut self, witness: &mut dyn Witness) -> Result<(), Error> {
        let seen = Seen::by(witness);
        witness.release();
        let seen = seen?;
        self.write::<_, Error>(|unit| seen.compare(unit)).map(drop)
    }

    /// What the operator is to sign after this older state was put back: which end of the log, as these heads of a witness
    /// show it, is given up.
    ///
    /// # Errors
    /// [`Error::Restore`], or why the unit did not commit.
    pub fn plan_restore(&mut self, seen: &[SignedCheckpoint]) -> Result<Restore, Error> {
        Ok(self.write::<_, Error>(|unit| Ok(restore::plan(unit, seen)?))?.into_inner())
    }

    /// Writes a restore that the operator has signed into the deployment's log: the witness that refused vouches again.
    ///
    /// # Errors
    /// [`Error::Restore`], or why the unit did not commit.
    pub fn record_restore(&mut self, actor: &Actor, signed: &SignedRestore) -> Result<Position, Error> {
        Ok(self.write::<_, Error>(|unit| Ok(restore::record(unit, actor, signed)?))?.into_inner())
    }
}

/// The same inside a unit of work, for a host that asks again while it serves.
///
/// # Errors
/// As [`Database::compare_with`].
pub fn compare(unit: &mut crate::Unit<'_>, witness: &mut dyn Witness) -> Result<(), Error> {
    let seen = Seen::by(witness);
    witness.release();
    seen?.compare(unit).map(drop)
}

fn head(unit: &mut dyn Unit) -> Result<SignedCheckpoint, Error> {
    Ok(unit.signed_head(TenantId::DEPLOYMENT)?)
}

/// What a witness has seen, read under its lock.
#[derive(Debug)]
pub(crate) struct Seen {
    first: SignedCheckpoint,
    highest: SignedCheckpoint,
}

/// The head that stands, and how it compares.
#[derive(Debug)]
pub(crate) struct Compared {
    head: SignedCheckpoint,
    restored: bool,
    grown: bool,
}

impl Seen {
    pub(crate) fn by(witness: &mut dyn Witness) -> Result<Self, WitnessError> {
        let highest = witness.highest()?.ok_or(WitnessError::Empty)?;
        Ok(Self { first: witness.first()?.ok_or(WitnessError::Empty)?, highest })
    }

    /// Whether the log went on from there; one snapshot for proof and head.
    pub(crate) fn compare(&self, unit: &mut dyn Unit) -> Result<Compared, Error> {
        let since = unit.since(TenantId::DEPLOYMENT, &self.highest)?;
        match since {
            Since::Continued => {}
            Since::Foreign => return Err(WitnessError::Foreign.into()),
            Since::RolledBack => return Err(WitnessError::RolledBack.into()),
            // The operator's key that allows it is named by the first entry, which the first head covers.
            Since::Restored if unit.since(TenantId::DEPLOYMENT, &self.first)? == Since::Continued => {}
            Since::Restored | Since::Forked => return Err(WitnessError::Forked.into()),
        }
        // What was seen covers what the deployment's log had taken up by then.
        match unit.since_taken_up()? {
            Since::Continued => {}
            Since::RolledBack => return Err(WitnessError::RolledBack.into()),
            _ => return Err(WitnessError::Forked.into()),
        }
        let head = head(unit)?;
        let grown = head.unverified().size != self.highest.unverified().size;
        Ok(Compared { head, restored: since == Since::Restored, grown })
    }
}

impl Compared {
    /// Gives the head to the witness that was compared with, whose lock is still held; the result is its size. A head that
    /// the witness has is not given again: what it keeps never changes.
    pub(crate) fn give(self, witness: &mut dyn Witness) -> Result<u64, Error> {
        if self.restored {
            witness.push_after_restore(&self.head)?;
        } else if self.grown {
            witness.push(&self.head)?;
        }
        Ok(self.head.unverified().size)
    }
}
