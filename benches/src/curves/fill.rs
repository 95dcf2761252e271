//! Files full of patients, and searches in them.

use crate::Failure;
use crate::floor::find::{Patients, Reader, date};
use crate::ours::schema::padded;
use crate::ours::ward::Ward;
use crate::sample::{Random, person};
use hipaa_core::clock::Stopwatch;
use std::ops::Range;
use std::time::Duration;

const UNIT: u64 = 50_000;
/// Pages that a connection keeps while it fills a file, in KiB. Searches run on other connections.
const CACHE_KIB: i64 = 512 * 1024;

/// Adds patients through the vault, in large units.
///
/// # Errors
/// The library's.
pub fn ours(ward: &mut Ward, numbers: Range<u64>) -> Result<(), Failure> {
    ward.connection().pragma_update(None, "cache_size", -CACHE_KIB)?;
    units(numbers).try_for_each(|unit| ward.add(unit))
}

/// Adds the same patients to the floor's file.
///
/// # Errors
/// SQLite's.
pub fn floor(patients: &mut Patients, numbers: Range<u64>) -> Result<(), Failure> {
    patients.connection().pragma_update(None, "cache_size", -CACHE_KIB)?;
    units(numbers).try_for_each(|unit| patients.add(unit.map(person), padded))
}

fn units(numbers: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let end = numbers.end;
    numbers.step_by(usize::try_from(UNIT).unwrap_or(usize::MAX)).map(move |from| from..end.min(from + UNIT))
}

/// So many searches among so many patients on the floor, in one read transaction; rows are checked or not.
///
/// # Errors
/// SQLite's, or when a search does not find its patient.
pub fn search(
    reader: &Reader,
    (count, checked): (u64, bool),
    (patients, random): (u64, &mut Random),
) -> Result<Duration, Failure> {
    let wanted = (0..count).map(|_| person(random.below(patients)));
    let wanted = wanted.map(|person| (person.family.to_lowercase(), person.given.to_lowercase(), date(&person)));
    let wanted = wanted.collect::<Vec<_>>();
    reader.transaction(true)?;
    let started = Stopwatch::start();
    let mut whole = true;
    for (family, given, born) in &wanted {
        whole &= reader.find((family, given, born), checked)?.len() == crate::sample::COLUMNS;
    }
    let took = started.elapsed();
    reader.transaction(false)?;
    if whole { Ok(took) } else { Err("a search did not find its one patient".into()) }
}
