//! Where heads are pushed, as an option of opening and of a bridge.

use super::{Compared, Folder, Lines, Seen};
use crate::{Error, Unit};
use core::fmt;
use hipaa_core::audit::{SignedCheckpoint, Witness};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

type Stream = Lines<Box<dyn Write + Send>>;

/// A place outside the database that is given heads.
#[derive(Clone)]
pub struct Place(Kind);

#[derive(Clone)]
enum Kind {
    /// One that can be asked what it has seen; made anew for every push, so that no lock outlives one.
    Asked(Arc<dyn Fn() -> Box<dyn Witness> + Send + Sync>),
    /// One that cannot; what it was told last is remembered while this process lives.
    Told(Arc<Mutex<(Stream, Option<SignedCheckpoint>)>>),
}

impl Place {
    /// A folder, as [`Folder`] keeps it.
    #[must_use]
    pub fn folder(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        Self::witness(move || Box::new(Folder::new(&path)))
    }

    /// Any other witness: `connect` is called before every push.
    #[must_use]
    pub fn witness(connect: impl Fn() -> Box<dyn Witness> + Send + Sync + 'static) -> Self {
        Self(Kind::Asked(Arc::new(connect)))
    }

    /// A line per head on a stream, such as standard output or a pipe to syslog. It cannot be asked, so it stops no database
    /// that was put back while no process ran; whoever reads the lines can.
    #[must_use]
    pub fn lines(stream: impl Write + Send + 'static) -> Self {
        Self(Kind::Told(Arc::new(Mutex::new((Lines(Box::new(stream)), None)))))
    }

    /// Compares a database with what this place has seen; `read` runs a closure on one snapshot.
    pub(crate) fn compare(&self, read: &mut Snapshot<'_>) -> Result<(), Error> {
        match &self.0 {
            Kind::Asked(connect) => {
                let seen = Seen::by(&mut *connect())?;
                read(&|unit| seen.compare(unit)).map(drop)
            }
            Kind::Told(_) => Ok(()),
        }
    }

    /// The same, and gives it the head of that snapshot: a committed one. The result is its size.
    pub(crate) fn push(&self, read: &mut Snapshot<'_>) -> Result<u64, Error> {
        match &self.0 {
            Kind::Asked(connect) => {
                let mut witness = connect();
                // Its lock is held from here on.
                let seen = Seen::by(&mut *witness)?;
                read(&|unit| seen.compare(unit))?.give(&mut *witness)
            }
            Kind::Told(stream) => {
                let mut told = stream.lock().unwrap_or_else(PoisonError::into_inner);
                let (lines, last) = &mut *told;
                let now = match last {
                    Some(last) => read(&|unit| Seen { first: last.clone(), highest: last.clone() }.compare(unit))?,
                    None => read(&|unit| Ok(Compared { head: super::head(unit)?, restored: false, grown: true }))?,
                };
                if now.grown {
                    lines.push(&now.head)?;
                }
                let size = now.head.unverified().size;
                *last = Some(now.head);
                Ok(size)
            }
        }
    }
}

/// Runs a closure on one state of the database.
pub(crate) type Snapshot<'a> =
    dyn FnMut(&dyn Fn(&mut Unit<'_>) -> Result<Compared, Error>) -> Result<Compared, Error> + 'a;

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Asked(_) => "Place::Asked",
            Kind::Told(_) => "Place::Told",
        })
    }
}
