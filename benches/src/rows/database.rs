//! What writes or reads a file.

use super::{Outcome, Setting};
use crate::Failure;
use crate::curves::fill;
use crate::floor::append::Logs;
use crate::floor::write::Records;
use crate::measure::compare;
use crate::ours::ward::{CALLERS, Callers, Ward};
use crate::sample::{Random, nanos};
use hipaa_core::clock::Stopwatch;
use std::path::Path;
use std::time::Duration;

/// How many commits one sample of grouped work has: as many as there are between two checkpoints, about.
const ROUNDS: u64 = 24;
const TURNS: usize = 21;
const SEARCHES: u64 = 500;
/// A durable commit below this is a disk without a flush: what a signature adds says nothing there.
const SLOW_COMMIT_NS: f64 = 150_000.0;

pub(super) fn append_single(setting: Setting) -> Result<Outcome, Failure> {
    let folder = tempfile::tempdir()?;
    let mut ward = Ward::create(&folder.path().join("ours.db"), 1)?;
    let mut logs = Logs::create(&folder.path().join("floor.db"), 1, ward.entry_shape()?)?;
    let mut ours = |count| timed(count, || ward.append().map(|_| ()));
    let mut floor = |count| timed(count, || logs.commit(1));
    let figures = compare(setting.of(25, 2 * TURNS), &mut ours, &mut floor)?;
    let judged = figures.floor_ns >= SLOW_COMMIT_NS;
    let verdict = if judged { "judged" } else { "under 150 µs: not judged" };
    let note = format!("a bare durable commit takes {:.0} µs here: {verdict}", figures.floor_ns / 1e3);
    Ok(Outcome { figures, note, judged })
}

pub(super) fn append_bridge(setting: Setting) -> Result<Outcome, Failure> {
    append_grouped(setting, 1)
}

pub(super) fn append_bridge_16(setting: Setting) -> Result<Outcome, Failure> {
    append_grouped(setting, 16)
}

fn append_grouped(setting: Setting, tenants: u64) -> Result<Outcome, Failure> {
    let folder = tempfile::tempdir()?;
    let mut ward = Ward::create(&folder.path().join("ours.db"), tenants)?;
    let mut logs = Logs::create(&folder.path().join("floor.db"), tenants, ward.entry_shape()?)?;
    let callers = ward.bridge()?;
    grouped(setting, &callers, (&mut |rounds| callers.append(rounds), &mut || logs.commit(CALLERS)))
}

pub(super) fn write_bridge(setting: Setting) -> Result<Outcome, Failure> {
    let folder = tempfile::tempdir()?;
    let mut ward = Ward::create(&folder.path().join("ours.db"), 1)?;
    let mut records = Records::create(&folder.path().join("floor.db"), ward.record_shape()?)?;
    let callers = ward.bridge()?;
    grouped(setting, &callers, (&mut |rounds| callers.write(rounds), &mut || records.commit(CALLERS)))
}

type Rounds<'a> = dyn FnMut(u64) -> Result<Duration, Failure> + 'a;
type Commit<'a> = dyn FnMut() -> Result<(), Failure> + 'a;

/// Compares callers of a bridge with commits of as much by one thread.
fn grouped(
    setting: Setting,
    callers: &Callers,
    (ours, floor): (&mut Rounds<'_>, &mut Commit<'_>),
) -> Result<Outcome, Failure> {
    let mut ours = |count: u64| ours(count / CALLERS);
    let mut floor = |count: u64| timed(count / CALLERS, &mut *floor);
    let rounds = if setting.quick { 2 } else { ROUNDS };
    let figures = compare(setting.of(CALLERS * rounds, TURNS), &mut ours, &mut floor)?;
    let note = format!("{:.0} to a commit on average", callers.mean_batch());
    Ok(Outcome { figures, note, judged: true })
}

fn timed(count: u64, mut work: impl FnMut() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let started = Stopwatch::start();
    for _ in 0..count {
        work()?;
    }
    Ok(started.elapsed())
}

pub(super) fn find_1m(setting: Setting) -> Result<Outcome, Failure> {
    let patients = if setting.quick { 10_000 } else { 1_000_000 };
    let folder = tempfile::tempdir()?;
    let building = Stopwatch::start();
    let (mut ward, floor) = files(folder.path())?;
    fill::ours(&mut ward, 0..patients)?;
    let ours_took = building.elapsed();
    let mut floor = floor;
    fill::floor(&mut floor, 0..patients)?;
    let floor_took = building.elapsed() - ours_took;
    let (callers, reader) = (ward.bridge()?, floor.reader()?);
    callers.prove(SEARCHES, (patients, 0))?;
    let mut seed = 0;
    let mut ours = |count| {
        seed += 1;
        callers.find(count, (patients, seed))
    };
    let mut seeds = Random::new(1);
    let mut floor = |checked| {
        let mut search = |count| fill::search(&reader, (count, checked), (patients, &mut seeds));
        compare(setting.of(SEARCHES, 2 * TURNS), &mut ours, &mut search)
    };
    // What is measured first finds colder caches; it is thrown away, so that both figures stand on the same ground.
    floor(true)?;
    let (figures, unchecked) = (floor(true)?, floor(false)?);
    let seconds = |time: Duration| nanos(time) / 1e9;
    let note = format!(
        "{patients} patients, built in {:.0} s (floor {:.0} s); {:.2} against a floor of {:.1} µs that checks nothing",
        seconds(ours_took),
        seconds(floor_took),
        unchecked.ratio,
        unchecked.floor_ns / 1e3
    );
    Ok(Outcome { figures, note, judged: true })
}

fn files(folder: &Path) -> Result<(Ward, crate::floor::find::Patients), Failure> {
    let floor = crate::floor::find::Patients::create(&folder.join("floor.db"))?;
    Ok((Ward::create(&folder.join("ours.db"), 1)?, floor))
}
