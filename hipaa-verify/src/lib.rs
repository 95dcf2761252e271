//! Examines the audit log of a database from outside: without a key, without the application, without writing a byte.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | intact, and anchored to its end |
//! | 1 | tampered: every break is listed |
//! | 2 | unverifiable: something could not be judged |
//! | 3 | wrong usage, or a file that cannot be read |
//! | 4 | intact, but entries at the end could be cut off without trace |
#![forbid(unsafe_code)]

mod outside;
mod show;

use clap::Parser;
use hipaa_core::audit::Trust;
use hipaa_core::entropy::generate_from_system;
use hipaa_core::verify::{Anchor, Break, Completeness, Cursor, Integrity, Options, Report, verify, verify_records};
use hipaa_sqlite::inspect::Inspection;
pub use outside::OutsideError;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Everything is as it was written, and somebody outside has seen all of it.
pub const CLEAN: u8 = 0;
/// Something is not as it was written.
pub const TAMPERED: u8 = 1;
/// Something could not be judged.
pub const UNVERIFIABLE: u8 = 2;
/// The command cannot be carried out.
pub const FAILED: u8 = 3;
/// Everything is as it was written, but the end could be cut off.
pub const UNANCHORED: u8 = 4;

/// Examines the audit log of a hipaa-core database from outside.
#[derive(Debug, Parser)]
#[command(name = "hipaa-verify", version, about)]
struct Arguments {
    /// The database; it is only read
    file: PathBuf,
    /// The trust file that was written when the deployment was founded
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// A directory of signed checkpoints and receipts that somebody outside kept
    #[arg(long, value_name = "DIR")]
    witness: Option<PathBuf>,
    /// A signed checkpoint or receipt; may be given several times
    #[arg(long, value_name = "FILE")]
    receipt: Vec<PathBuf>,
    /// Threads, 1 to 64
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
    /// Compare records, states and index terms with the log, too
    #[arg(long)]
    records: bool,
    /// Go on from what an earlier run has written here, and write how far this one came
    #[arg(long, value_name = "FILE")]
    cursor: Option<PathBuf>,
    /// Write the result as JSON
    #[arg(long)]
    json: bool,
}

/// Why nothing could be examined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The database cannot be read.
    #[error("{0}: {1}")]
    Database(PathBuf, hipaa_sqlite::Error),
    /// Another file cannot be read.
    #[error("{0}: {1}")]
    Outside(PathBuf, OutsideError),
    /// The operating system gives no randomness.
    #[error("the system gives no randomness")]
    Entropy,
    /// The result cannot be written.
    #[error("the result cannot be written")]
    Output,
}

/// Runs the command and gives its exit code.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
    terminal: bool,
) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let (stream, code): (&mut dyn Write, u8) = if error.use_stderr() { (err, FAILED) } else { (out, CLEAN) };
            return write!(stream, "{error}").map_or(FAILED, |()| code);
        }
    };
    match examine(&arguments, out, err, terminal) {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(err, "hipaa-verify: {failure}");
            FAILED
        }
    }
}

fn examine(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write, terminal: bool) -> Result<u8, Failure> {
    let trust = arguments.trust.as_ref().map(|path| outside::trust(path).map_err(outside(path))).transpose()?;
    let mut anchors = Vec::new();
    for path in &arguments.receipt {
        anchors.push(outside::anchor(path).map_err(outside(path))?);
    }
    if let Some(path) = &arguments.witness {
        anchors.append(&mut outside::anchors(path).map_err(outside(path))?);
    }
    let resume = match &arguments.cursor {
        Some(path) => outside::cursor(path).map_err(outside(path))?,
        None => None,
    };
    let (breaks, report) = judge(arguments, (trust, anchors, resume), (err, terminal))?;
    if let Some(path) = &arguments.cursor {
        outside::write(path, &report.cursor.to_string()).map_err(outside(path))?;
    }
    let code = code_of(&report);
    let shown =
        if arguments.json { show::json(out, &report, &breaks, code) } else { show::text(out, &report, &breaks) };
    shown.map_err(|_| Failure::Output)?;
    Ok(code)
}

fn outside(path: &Path) -> impl FnOnce(OutsideError) -> Failure + use<> {
    let path = path.to_owned();
    move |error| Failure::Outside(path, error)
}

type Outside = (Option<Trust>, Vec<Anchor>, Option<Cursor>);

fn judge(
    arguments: &Arguments,
    (trust, anchors, resume): Outside,
    (err, terminal): (&mut dyn Write, bool),
) -> Result<(Vec<Break>, Report), Failure> {
    let database = |error| Failure::Database(arguments.file.clone(), error);
    let key = *generate_from_system().map_err(|_| Failure::Entropy)?;
    let (mut sources, inspected) =
        Inspection::open(&arguments.file, usize::from(arguments.threads)).map_err(database)?;
    let mut breaks = Vec::new();
    let mut bar = show::Bar::new(err, terminal);
    let mut progress = |done, total, _: &Cursor| bar.show(done, total);
    let options = Options { trust, anchors, key, resume, progress: Some(&mut progress) };
    let mut report = verify(&mut sources, options, &mut |found| breaks.push(found.clone())).map_err(database)?;
    bar.end();
    if let (true, Some(first), true) = (arguments.records, sources.first_mut(), report.logs > 0) {
        let found = verify_records(first, key, &mut |found| breaks.push(found.clone())).map_err(database)?;
        report.breaks += found;
        if found > 0 {
            report.integrity = Integrity::Tampered;
        }
    }
    drop(sources);
    inspected.close().map_err(database)?;
    Ok((breaks, report))
}

fn code_of(report: &Report) -> u8 {
    match (report.integrity, report.completeness) {
        (Integrity::Tampered, _) => TAMPERED,
        (Integrity::Unverifiable, _) => UNVERIFIABLE,
        (Integrity::Intact, Completeness::Anchored) => CLEAN,
        (Integrity::Intact, Completeness::Unanchored(_)) => UNANCHORED,
    }
}

/// Whether the error stream is a terminal.
#[must_use]
pub fn is_terminal() -> bool {
    io::IsTerminal::is_terminal(&io::stderr())
}
