//! What needs no database.

use super::{Outcome, Setting};
use crate::Failure;
use crate::floor::cell::{Cipher, keyed};
use crate::measure::compare;
use crate::ours::cell::{Cell, Chart};
use crate::sample::person;
use hipaa_core::clock::Stopwatch;
use std::hint::black_box;
use std::time::Duration;

const KEY: [u8; 32] = [5; 32];
/// Short beside the time slice of a scheduler, so that other work on the machine disturbs few turns.
const SAMPLE: Duration = Duration::from_micros(100);
const TURNS: usize = 2_001;

/// Repeats `work` and says how long it took.
fn repeat<T>(count: u64, mut work: impl FnMut(u64) -> Result<T, Failure>) -> Result<Duration, Failure> {
    let started = Stopwatch::start();
    for at in 0..count {
        black_box(work(at)?);
    }
    Ok(started.elapsed())
}

pub(super) fn seal_64(setting: Setting) -> Result<Outcome, Failure> {
    let mut cell = Cell::new()?;
    let (cipher, padded) = (Cipher::new(KEY), cell.padded());
    let mut ours = |count| repeat(count, |_| black_box(&mut cell).seal());
    let mut floor = |count| repeat(count, |at| cipher.seal(black_box(&padded), at));
    Ok(compare(setting.lasting(SAMPLE, TURNS), &mut ours, &mut floor)?.into())
}

pub(super) fn open_64(setting: Setting) -> Result<Outcome, Failure> {
    let mut cell = Cell::new()?;
    let (cipher, padded) = (Cipher::new(KEY), cell.padded());
    let (sealed, bare) = (cell.seal()?, cipher.seal(&padded, 1)?);
    let mut ours = |count| repeat(count, |_| cell.open(black_box(&sealed)));
    let mut floor = |count| repeat(count, |_| cipher.open(black_box(&bare), &padded.aad, 1));
    Ok(compare(setting.lasting(SAMPLE, TURNS), &mut ours, &mut floor)?.into())
}

pub(super) fn record_12(setting: Setting) -> Result<Outcome, Failure> {
    let mut chart = Chart::new(person(1))?;
    let (cipher, bytes) = (Cipher::new(KEY), chart.bytes()?);
    let mut ours = |count| repeat(count, |_| black_box(&mut chart).seal());
    let mut floor = |count| repeat(count, |at| black_box(&bytes).seal(&cipher, &KEY, at));
    Ok(compare(setting.lasting(SAMPLE, TURNS), &mut ours, &mut floor)?.into())
}

pub(super) fn term_exact(setting: Setting) -> Result<Outcome, Failure> {
    let chart = Chart::new(person(1))?;
    let input = chart.term_input()?;
    let mut ours = |count| repeat(count, |_| black_box(&chart).term());
    let mut floor = |count| repeat(count, |_| Ok(keyed(&KEY, black_box(&input))));
    Ok(compare(setting.lasting(SAMPLE, TURNS), &mut ours, &mut floor)?.into())
}
