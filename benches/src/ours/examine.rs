//! The whole log of a file, examined from outside.

use crate::Failure;
use hipaa_core::verify::{Integrity, Options, Report, verify};
use hipaa_sqlite::inspect::Inspection;
use std::path::Path;

/// Examines a file on so many threads; fails where anything is found.
///
/// # Errors
/// The library's, or that something was found.
pub fn examine(path: &Path, threads: usize) -> Result<Report, Failure> {
    let (mut sources, inspected) = Inspection::open(path, threads)?;
    let report = verify(&mut sources, Options { key: [7; 32], ..Options::default() }, &mut |_| {})?;
    drop(sources);
    inspected.close()?;
    match report.integrity {
        Integrity::Intact => Ok(report),
        _ => Err("the log is not intact".into()),
    }
}
