//! Importing FHIR R4 `Patient` NDJSON, plain or gzip.
//!
//! Every line stands alone. A line that is no patient, or that the vault refuses (another record has its MRN or SSN),
//! is reported with its number and left out; all other lines, before and after it, are imported. Lines are committed in
//! units of up to [`BATCH_LINES`]. Only two things stop an import: a file that can be read no further, and a database
//! that takes no more; what was committed before stays, and importing the file again goes on from there.
//!
//! Memory is bounded by one batch: [`BATCH_BYTES`] of lines and one line of [`MAX_LINE_BYTES`].

mod lines;

pub use lines::MAX_LINE_BYTES;

use crate::clinic::Clinic;
use crate::fhir::FhirError;
use crate::fhir::patient::Patient;
use hipaa_core::vault::{Upsert, VaultError};
use lines::{Line, Lines};
use std::io::{BufRead, ErrorKind};
use std::path::Path;

/// The most lines of one unit of work.
pub const BATCH_LINES: usize = 100;
/// The most bytes of lines that are collected for one unit of work.
pub const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Why one line was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// It is not a patient that can be imported.
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

/// A line that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// The number of the line, from 1.
    pub line: u64,
    /// Why.
    pub reason: Reason,
}

/// Why an import stopped before the end of the file. What earlier units wrote stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file cannot be opened.
    #[error("the file cannot be opened: {0}")]
    CannotOpen(ErrorKind),
    /// The file ends early, or its compressed data is damaged.
    #[error("line {line}: the file cannot be read any further: {kind}; the lines before are imported")]
    Damaged {
        /// The line that could not be read.
        line: u64,
        /// What the operating system or the decompressor said.
        kind: ErrorKind,
    },
    /// The database takes no more.
    #[error("line {line}: {source}; the lines before are imported")]
    Stopped {
        /// The first line that was not written.
        line: u64,
        /// Why.
        source: hipaa_sqlite::Error,
    },
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records that were made.
    pub created: u64,
    /// Records that are as they were.
    pub unchanged: u64,
    /// Records that have a new version.
    pub updated: u64,
    /// Lines that were left out.
    pub refused: u64,
}

/// Imports a file and tells `problem` of every line that was left out, in order.
///
/// # Errors
/// [`ImportError`]: the file or the database went no further.
pub fn import(clinic: &mut Clinic<'_>, path: &Path, problem: &mut dyn FnMut(Problem)) -> Result<Summary, ImportError> {
    let lines = Lines::open(path).map_err(|error| ImportError::CannotOpen(error.kind()))?;
    import_lines(clinic, lines, problem)
}

/// The same from a reader of plain text.
///
/// # Errors
/// As [`import`].
pub fn import_from(
    clinic: &mut Clinic<'_>,
    reader: impl BufRead + 'static,
    problem: &mut dyn FnMut(Problem),
) -> Result<Summary, ImportError> {
    import_lines(clinic, Lines::new(Box::new(reader)), problem)
}

fn import_lines(
    clinic: &mut Clinic<'_>,
    mut lines: Lines,
    problem: &mut dyn FnMut(Problem),
) -> Result<Summary, ImportError> {
    let mut summary = Summary::default();
    let mut batch = Vec::new();
    let mut bytes = 0;
    loop {
        let next = lines.next();
        if let Ok(Some(line)) = &next {
            bytes += line.len();
        }
        let ended = !matches!(next, Ok(Some(_)));
        let at = lines.number();
        let next = next.map(|line| batch.extend(line));
        if ended || batch.len() >= BATCH_LINES || bytes >= BATCH_BYTES {
            commit(clinic, &core::mem::take(&mut batch), &mut summary, problem)?;
            bytes = 0;
        }
        next.map_err(|error| ImportError::Damaged { line: at + 1, kind: error.kind() })?;
        if ended {
            return Ok(summary);
        }
    }
}

/// Writes one batch in one unit of work.
fn commit(
    clinic: &mut Clinic<'_>,
    batch: &[Line],
    summary: &mut Summary,
    problem: &mut dyn FnMut(Problem),
) -> Result<(), ImportError> {
    let parse = |line: &Line| Ok::<_, Reason>(Patient::parse(line.text()?)?.row());
    let parsed = batch.iter().map(parse).collect::<Vec<_>>();
    let rows = parsed.iter().filter_map(|row| row.as_ref().ok().cloned()).collect::<Vec<_>>();
    let outcomes = if rows.is_empty() { Ok(Vec::new()) } else { clinic.upsert_all(&rows) };
    let first = batch.first().map_or(0, |line| line.number);
    let mut outcomes = outcomes.map_err(|source| ImportError::Stopped { line: first, source })?.into_iter();
    for (line, row) in batch.iter().zip(parsed) {
        let outcome = row.and_then(|_| match outcomes.next() {
            Some(outcome) => outcome.map(Some).map_err(Reason::from),
            None => Ok(None),
        });
        match outcome {
            Ok(Some(Upsert::Created(_))) => summary.created += 1,
            Ok(Some(Upsert::Unchanged(_))) => summary.unchanged += 1,
            Ok(Some(Upsert::Updated(_))) => summary.updated += 1,
            Ok(None) => {}
            Err(reason) => {
                summary.refused += 1;
                problem(Problem { line: line.number, reason });
            }
        }
    }
    Ok(())
}
