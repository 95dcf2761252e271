//! The PHI guard.

use super::{Outcome, Setting};
use crate::Failure;
use crate::floor::notes::Patterns;
use crate::measure::compare;
use crate::ours::notes::Scanner;
use crate::sample::note::notes;
use hipaa_core::clock::Stopwatch;
use std::hint::black_box;
use std::time::Duration;

/// How many notes; an operation reads one of them.
const NOTES: usize = 500;
/// Short beside the time slice of a scheduler, so that other work on the machine disturbs few turns.
const SAMPLE: Duration = Duration::from_micros(200);
const TURNS: usize = 2_001;

pub(super) fn notes_of_all_kinds(setting: Setting) -> Result<Outcome, Failure> {
    let notes = notes(NOTES);
    let (scanner, patterns) = (Scanner::default(), Patterns::new()?);
    let (mut next, mut floor_next) = (0, 0);
    let mut ours = |count| Ok(read(&notes, &mut next, count, |note| scanner.count(note)));
    let mut floor = |count| Ok(read(&notes, &mut floor_next, count, |note| patterns.count(note)));
    let figures = compare(setting.lasting(SAMPLE, TURNS), &mut ours, &mut floor)?;
    let bytes = u32::try_from(notes.iter().map(String::len).sum::<usize>() / notes.len())?;
    let rate = |ns: f64| f64::from(bytes) * 1_000.0 / ns;
    let (ours, floor) = (rate(figures.ours_ns), rate(figures.floor_ns));
    let note = format!("notes of {bytes} bytes on average: {ours:.0} MB/s against {floor:.0} MB/s");
    Ok(Outcome { figures, note, judged: true })
}

/// Reads so many notes, from where the last sample stopped.
fn read(notes: &[String], next: &mut usize, count: u64, mut work: impl FnMut(&str) -> usize) -> Duration {
    let started = Stopwatch::start();
    for _ in 0..count {
        black_box(work(black_box(&notes[*next])));
        *next = (*next + 1) % notes.len();
    }
    started.elapsed()
}
