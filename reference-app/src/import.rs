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
//! A thread of its own reads and parses while the database takes what was read before, so two cores are busy.
//!
//! Memory is bounded by three batches ([`BATCH_BYTES`] of lines and one line of [`MAX_LINE_BYTES`] each, parsed) and by half
//! a million references that were resolved lately (32 bytes each).

mod ahead;
mod known;
mod lines;
mod parsed;
mod source;
mod summary;
mod waiting;
mod writer;

pub use lines::MAX_LINE_BYTES;
pub use summary::{Counts, Summary};

use crate::clinic::Clinic;
use crate::fhir::FhirError;
use ahead::{Batch, Sender, read_ahead};
use core::fmt;
use hipaa_core::vault::{MAX_PAGE, VaultError};
use lines::Lines;
use source::Source;
use std::io::{BufRead, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use writer::Writer;

/// The most lines of one unit of work: as many as one audit entry names. With 2,000 a large database writes two fifths less,
/// but the other writers of the database wait four times as long.
pub const BATCH_LINES: usize = MAX_PAGE;
/// The most bytes of lines that are collected for one unit of work.
pub const BATCH_BYTES: usize = 4 * 1024 * 1024;

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
    /// How many bytes of the files of this pass were read, and how many they have.
    pub bytes: (u64, u64),
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
    let source = Source::of(path)?;
    import_read(clinic, |sender| sender.all(source), watch)
}

/// The same from a reader of plain text, which is read once: what is referred to before it comes is tried again at the
/// end.
///
/// # Errors
/// As [`import`].
pub fn import_from(
    clinic: &mut Clinic<'_>,
    reader: impl BufRead + Send + 'static,
    watch: &mut dyn Watch,
) -> Result<Summary, ImportError> {
    let lines = Lines::new(Box::new(reader));
    import_read(clinic, |sender| sender.pass(lines, (Place::default(), None), (0, 0)).map(drop), watch)
}

/// Writes batches as they are read.
fn import_read(
    clinic: &mut Clinic<'_>,
    read: impl FnOnce(&mut Sender) -> Result<(), ImportError> + Send,
    watch: &mut dyn Watch,
) -> Result<Summary, ImportError> {
    clinic.build_indexes().map_err(ImportError::Waiting)?;
    let mut writer = Writer::new(clinic);
    thread::scope(|scope| {
        let batches = read_ahead(scope, read);
        batches.into_iter().try_for_each(|batch| commit(&mut writer, batch?, watch))
    })?;
    writer.finish().map_err(ImportError::Waiting)
}

/// Writes one batch in one unit of work.
fn commit(writer: &mut Writer<'_, '_>, batch: Batch, watch: &mut dyn Watch) -> Result<(), ImportError> {
    let Batch { place, pass, bytes, numbers, parsed } = batch;
    let at = |line: u64| Place { line, ..place.clone() };
    let first = numbers.first().copied().unwrap_or_default();
    let outcomes = writer.write(parsed);
    let outcomes = outcomes.map_err(|source| ImportError::Stopped { place: at(first), source })?;
    for (line, outcome) in numbers.into_iter().zip(outcomes) {
        if let Err(reason) = outcome {
            watch.problem(Problem { place: at(line), reason });
        }
    }
    watch.progress(Progress { file: &place.file, pass, line: place.line, bytes, done: writer.done() });
    Ok(())
}
