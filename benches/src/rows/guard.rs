//! The PHI guard.

use super::{Outcome, Setting};
use crate::Failure;
use crate::floor::notes::Patterns;
use crate::measure::compare;
use crate::ours::notes::Scanner;
use crate::sample::note::{documents, foreign, notes};
use hipaa_core::clock::Stopwatch;
use std::hint::black_box;
use std::time::Duration;

/// How many notes; an operation reads one of them.
const NOTES: usize = 500;
/// Short beside the time slice of a scheduler, so that other work on the machine disturbs few turns.
const SAMPLE: Duration = Duration::from_micros(200);
const TURNS: usize = 2_001;
/// How often what is not judged is measured; the fastest counts.
const PASSES: usize = 5;

pub(super) fn notes_of_all_kinds(setting: Setting) -> Result<Outcome, Failure> {
    let scanner = Scanner::default();
    against_patterns(setting, &notes(NOTES), |note| scanner.count(note))
}

pub(super) fn notes_with_foreign_letters(setting: Setting) -> Result<Outcome, Failure> {
    let scanner = Scanner::default();
    against_patterns(setting, &foreign(&notes(NOTES)), |note| scanner.count(note))
}

pub(super) fn notes_in_documents(setting: Setting) -> Result<Outcome, Failure> {
    let (scanner, documents) = (Scanner::default(), documents(&notes(NOTES)));
    for document in &documents {
        scanner.count_json(document)?;
    }
    against_patterns(setting, &documents, |document| scanner.count_json(document).unwrap_or(0))
}

/// Compares a scan of the texts with the set of patterns over the same bytes.
fn against_patterns(setting: Setting, texts: &[String], scan: impl Fn(&str) -> usize) -> Result<Outcome, Failure> {
    let patterns = Patterns::new()?;
    let (mut next, mut floor_next) = (0, 0);
    let mut ours = |count| Ok(read(texts, &mut next, count, &scan));
    let mut floor = |count| Ok(read(texts, &mut floor_next, count, |text| patterns.count(text)));
    let figures = compare(setting.lasting(SAMPLE, TURNS), &mut ours, &mut floor)?;
    let bytes = u32::try_from(texts.iter().map(String::len).sum::<usize>() / texts.len())?;
    let rate = |ns: f64| f64::from(bytes) * 1_000.0 / ns;
    let (ours, floor) = (rate(figures.ours_ns), rate(figures.floor_ns));
    let places = rate(places_ns(texts, &patterns));
    let note = format!(
        "{bytes} bytes on average: {ours:.0} MB/s against {floor:.0} MB/s, and {places:.0} MB/s where the patterns give places, too"
    );
    Ok(Outcome { figures, note, judged: true })
}

/// How long the patterns take for a note when they also say where they match; not judged.
fn places_ns(texts: &[String], patterns: &Patterns) -> f64 {
    let all = u64::try_from(texts.len()).unwrap_or(u64::MAX);
    let pass = |_| read(texts, &mut 0, all, |text| patterns.places(text));
    let best = (0..PASSES).map(pass).min().unwrap_or_default();
    best.as_secs_f64() * 1e9 / f64::from(u32::try_from(texts.len()).unwrap_or(u32::MAX))
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
