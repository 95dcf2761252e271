//! What reads a log from end to end.

use super::{Outcome, Setting};
use crate::Failure;
use crate::floor::append::Logs;
use crate::measure::{MIN_TURNS, compare};
use crate::ours::examine::examine;
use crate::ours::ward::Ward;
use hipaa_core::clock::Stopwatch;

const TENANTS: u64 = 5;
const UNIT: u64 = 10_000;

pub(super) fn verify_1(setting: Setting) -> Result<Outcome, Failure> {
    let entries = if setting.quick { 20_000 } else { 1_000_000 };
    let folder = tempfile::tempdir()?;
    let paths = [folder.path().join("ours.db"), folder.path().join("floor.db")];
    let mut ward = Ward::create(&paths[0], TENANTS)?;
    let mut logs = Logs::create(&paths[1], TENANTS, ward.entry_shape()?)?;
    for _ in 0..entries / UNIT {
        ward.append_many(UNIT)?;
        logs.commit(UNIT)?;
    }
    drop((ward, logs));
    let mut ours = |_| {
        let started = Stopwatch::start();
        examine(&paths[0], 1)?;
        Ok(started.elapsed())
    };
    let mut floor = |_| {
        let started = Stopwatch::start();
        Logs::scan(&paths[1])?;
        Ok(started.elapsed())
    };
    let figures = compare(setting.of(entries, MIN_TURNS), &mut ours, &mut floor)?;
    let two = Stopwatch::start();
    examine(&paths[0], 2)?;
    let two = crate::sample::nanos(two.elapsed()) / 1e9;
    let per_second = 1e3 / figures.ours_ns;
    let note = format!(
        "{entries} entries of {TENANTS} tenants: {per_second:.2} million entries/s on one thread, {two:.2} s on two"
    );
    Ok(Outcome { figures, note, judged: true })
}
