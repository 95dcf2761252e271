//! Importing FHIR R4 NDJSON, plain or gzip: a file, or all files of a folder.
//!
//! Every line stands alone. A line that is no resource, or that the vault refuses (another record has its MRN or SSN),
//! is reported with its number and left out; all other lines, before and after it, are imported. Lines are committed in
//! units of up to [`BATCH_LINES`]. Only two things stop an import: a file that can be read no further, and a database
//! that takes no more; what was committed before stays, and importing again goes on from there.
//!
//! What others refer to comes first, whatever file it is in: files are read once for each rank of [`crate::fhir::shape`]
//! that they have. A reference that leads nowhere is kept, and a resource whose patient is not here is kept aside; both
//! are tried again at the end of every import.
//!
//! Memory is bounded by one batch ([`BATCH_BYTES`] of lines and one line of [`MAX_LINE_BYTES`], parsed) and by 200,000
//! references that were resolved lately.

mod known;
mod lines;
mod source;
mod summary;
mod waiting;
mod writer;

pub use lines::MAX_LINE_BYTES;
pub use summary::{Counts, Summary};

use crate::clinic::Clinic;
use crate::fhir::FhirError;
use crate::fhir::resource::type_of;
use crate::fhir::shape::{FIRST_RANK, LAST_RANK, shape_of};
use core::fmt;
use hipaa_core::vault::VaultError;
use lines::{Line, Lines};
use source::Source;
use std::io::{BufRead, ErrorKind};
use std::path::{Path, PathBuf};
use writer::Writer;

/// The most lines of one unit of work.
pub const BATCH_LINES: usize = 100;
/// The most bytes of lines that are collected for one unit of work.
pub const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Why one line was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// It is not a resource that can be imported.
    #[error(transparent)]
    Fhir(#[from] FhirError),
    /// The vault refused it.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// It is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// It is longer than a line may be.
    #[error("longer than {MAX_LINE_BYTES} bytes")]
    TooLong,
}

/// A line of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The file; empty for a reader.
    pub file: PathBuf,
    /// The number of the line, from 1.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// A line that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// Why.
    pub reason: Reason,
}

/// Why an import stopped before the end of its files. What earlier units wrote stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// A file cannot be opened.
    #[error("the file cannot be opened: {0}")]
    CannotOpen(ErrorKind),
    /// The folder has no file to import.
    #[error("the folder has no file that ends in .ndjson or .ndjson.gz")]
    EmptyFolder,
    /// A file ends early, or its compressed data is damaged.
    #[error("{place}: the file cannot be read any further: {kind}; what came before is imported")]
    Damaged {
        /// The line that could not be read.
        place: Place,
        /// What the operating system or the decompressor said.
        kind: ErrorKind,
    },
    /// The database takes no more.
    #[error("{place}: {source}; what came before is imported")]
    Stopped {
        /// The first line that was not written.
        place: Place,
        /// Why.
        source: hipaa_sqlite::Error,
    },
    /// The database takes no more, while references of earlier imports are tried again.
    #[error("while trying references again: {0}; all lines are imported")]
    Waiting(hipaa_sqlite::Error),
}

/// How far an import is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The file that is read, for the `pass`th of four times.
    pub file: &'a Path,
    /// Which time.
    pub pass: u8,
    /// The number of the last line that was read.
    pub line: u64,
    /// How many resources were written or found unchanged so far.
    pub done: u64,
}

/// Who follows an import: any closure that takes a [`Problem`] does.
pub trait Watch {
    /// A line was left out.
    fn problem(&mut self, problem: Problem);
    /// A unit was committed.
    fn progress(&mut self, _progress: Progress<'_>) {}
}

impl<F: FnMut(Problem)> Watch for F {
    fn problem(&mut self, problem: Problem) {
        self(problem);
    }
}

/// Imports a file or a folder and tells `watch` of every line that was left out.
///
/// # Errors
/// [`ImportError`]: a file or the database went no further.
pub fn import(clinic: &mut Clinic<'_>, path: &Path, watch: &mut dyn Watch) -> Result<Summary, ImportError> {
    let mut source = Source::of(path)?;
    clinic.build_indexes().map_err(ImportError::Waiting)?;
    let mut writer = Writer::new(clinic);
    for rank in FIRST_RANK..=LAST_RANK {
        for at in 0..source.len() {
            let Some(lines) = source.lines(at, rank)? else { continue };
            let ranks = pass(&mut writer, lines, (source.place(at), Some(rank)), watch)?;
            source.set_ranks(at, ranks);
        }
    }
    writer.finish().map_err(ImportError::Waiting)
}

/// The same from a reader of plain text, which is read once: what is referred to before it comes is tried again at the
/// end.
///
/// # Errors
/// As [`import`].
pub fn import_from(
    clinic: &mut Clinic<'_>,
    reader: impl BufRead + 'static,
    watch: &mut dyn Watch,
) -> Result<Summary, ImportError> {
    clinic.build_indexes().map_err(ImportError::Waiting)?;
    let mut writer = Writer::new(clinic);
    pass(&mut writer, Lines::new(Box::new(reader)), (Place::default(), None), watch)?;
    writer.finish().map_err(ImportError::Waiting)
}

/// Imports the lines of one rank, or all; the result has a bit for each rank that was met.
fn pass(
    writer: &mut Writer<'_, '_>,
    mut lines: Lines,
    (mut place, rank): (Place, Option<u8>),
    watch: &mut dyn Watch,
) -> Result<u8, ImportError> {
    let (mut batch, mut bytes, mut ranks) = (Vec::new(), 0, 0);
    loop {
        let next = lines.next();
        place.line = lines.number();
        let ended = !matches!(next, Ok(Some(_)));
        let failed = next.map(|line| {
            let own = line.as_ref().map_or(FIRST_RANK, rank_of);
            ranks |= 1 << own;
            if let Some(line) = line.filter(|_| rank.is_none_or(|rank| rank == own)) {
                bytes += line.len();
                batch.push(line);
            }
        });
        if ended || batch.len() >= BATCH_LINES || bytes >= BATCH_BYTES {
            commit(writer, &core::mem::take(&mut batch), (&place, rank), watch)?;
            bytes = 0;
        }
        failed.map_err(|error| ImportError::Damaged {
            place: Place { line: place.line + 1, ..place.clone() },
            kind: error.kind(),
        })?;
        if ended {
            return Ok(ranks);
        }
    }
}

/// The rank of a line; what cannot be read is reported in the first pass.
fn rank_of(line: &Line) -> u8 {
    let Ok(text) = line.text() else { return FIRST_RANK };
    match type_of(text) {
        Ok(kind) if kind == "Patient" => FIRST_RANK,
        Ok(kind) => shape_of(&kind).map_or(LAST_RANK, |shape| shape.rank),
        Err(_) => FIRST_RANK,
    }
}

/// Writes one batch in one unit of work.
fn commit(
    writer: &mut Writer<'_, '_>,
    batch: &[Line],
    (place, rank): (&Place, Option<u8>),
    watch: &mut dyn Watch,
) -> Result<(), ImportError> {
    let Some(first) = batch.first() else { return Ok(()) };
    let at = |line: u64| Place { line, ..place.clone() };
    let outcomes = writer.write(batch);
    let outcomes = outcomes.map_err(|source| ImportError::Stopped { place: at(first.number), source })?;
    for (line, outcome) in batch.iter().zip(outcomes) {
        if let Err(reason) = outcome {
            watch.problem(Problem { place: at(line.number), reason });
        }
    }
    let done = writer.done();
    watch.progress(Progress { file: &place.file, pass: rank.unwrap_or(FIRST_RANK) + 1, line: place.line, done });
    Ok(())
}
