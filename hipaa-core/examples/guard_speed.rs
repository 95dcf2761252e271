//! Prints how fast the guard is beside a `RegexSet` of twenty typical patterns.
//!
//! `cargo run --release -p hipaa-core --example guard_speed -- NOTES…` reads notes parted by
//! lines `%%`; marks `<<kind|value>>` are taken out. Both sides see the same notes in turn.

#![expect(clippy::disallowed_methods, reason = "a stopwatch")]
#![expect(clippy::print_stdout, reason = "the figures are the output")]

use hipaa_core::guard::Guard;
use regex::bytes::{RegexSet, RegexSetBuilder};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How many pairs of runs; the median counts.
const PAIRS: usize = 15;
/// How many bytes one run reads at least.
const RUN_BYTES: usize = 4_000_000;

const TYPICAL: [&str; 20] = [
    r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    r"\b[0-9]{3}[ .][0-9]{2}[ .][0-9]{4}\b",
    r"\b[12][0-9]{9}\b",
    r"\b[ABFGMPRX][A-Z9][0-9]{7}\b",
    r"\b[A-TV-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}\b",
    r"\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b",
    r"\b1[ .-][2-9][0-9]{2}[ .-][0-9]{3}[ .-][0-9]{4}\b",
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,63}\.[A-Za-z]{2,24}",
    r"\b[0-9]{5}-[0-9]{4}\b",
    r"\b[A-Z]{2} [0-9]{5}\b",
    r"https?://[!-~]{1,200}",
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
    r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b",
    r"\b(?:[0-9]{4}[ -]?){3}[0-9]{4}\b",
    r"\b[1-9][A-Z][A-Z0-9][0-9]-?[A-Z][A-Z0-9][0-9]-?[A-Z]{2}[0-9]{2}\b",
    r"\b[A-HJ-NPR-Z0-9]{17}\b",
    r"\b[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}\b",
    r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b",
    r"(?i:MRN|medical record)[ :#]{1,4}[0-9]{5,10}\b",
    r"\b(?:9[0-9]|1[0-2][0-9])[ -]year",
];

fn main() {
    let guard = Guard::new();
    let set = RegexSetBuilder::new(TYPICAL).unicode(false).build().unwrap_or_else(|_| RegexSet::empty());
    let files: Vec<String> = std::env::args().skip(1).filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let notes: Vec<String> = files.iter().flat_map(|file| file.split("\n%%\n")).map(unmarked).collect();
    if notes.is_empty() {
        println!("no notes given");
        return;
    }
    if std::env::args().any(|word| word == "--once") {
        println!("{} findings", notes.iter().map(|note| guard.scan(note).len()).sum::<usize>());
        return;
    }
    compare_all(&guard, &set, &notes);
    if !std::env::args().any(|word| word == "--short") {
        hostile(&guard);
    }
}

fn compare_all(guard: &Guard, set: &RegexSet, notes: &[String]) {
    let foreign: Vec<String> =
        notes.iter().map(|note| note.replace(". ", " — µg ").replace(" the ", " thé ")).collect();
    let quoted: Vec<String> = notes.iter().map(|note| format!("{{\"note\":{note:?},\"visit\":\"office\"}}")).collect();
    compare("notes", notes, |note| guard.scan(note).len(), |note| set.matches(note.as_bytes()).len());
    compare("non-ASCII", &foreign, |note| guard.scan(note).len(), |note| set.matches(note.as_bytes()).len());
    compare(
        "json",
        &quoted,
        |raw| guard.scan_json(raw).map_or(0, |found| found.len()),
        |raw| set.matches(raw.as_bytes()).len(),
    );
}

fn unmarked(note: &str) -> String {
    let mut out = String::new();
    let mut rest = note;
    while let Some((before, after)) = rest.split_once("<<") {
        let Some((mark, behind)) = after.split_once(">>") else {
            break;
        };
        out.push_str(before);
        out.push_str(mark.split_once('|').map_or(mark, |(_, value)| value));
        rest = behind;
    }
    out + rest
}

fn compare(name: &str, notes: &[String], ours: impl Fn(&str) -> usize, floor: impl Fn(&str) -> usize) {
    let bytes: usize = notes.iter().map(String::len).sum();
    let rounds = RUN_BYTES / bytes.max(1) + 1;
    let mut pairs: Vec<(Duration, Duration)> = (0..PAIRS)
        .map(|pair| {
            // In turn, and the other way round in every second pair.
            if pair % 2 == 0 {
                let ours = time(notes, rounds, &ours);
                (ours, time(notes, rounds, &floor))
            } else {
                let floor = time(notes, rounds, &floor);
                (time(notes, rounds, &ours), floor)
            }
        })
        .collect();
    pairs.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let (ours, floor) = pairs[PAIRS / 2];
    let rate = |time: Duration| (bytes * rounds) as f64 / time.as_secs_f64() / 1e6;
    println!(
        "{name:<10} guard {:7.1} MB/s   RegexSet {:7.1} MB/s   ratio {:.2}",
        rate(ours),
        rate(floor),
        ratio(&pairs[PAIRS / 2])
    );
}

fn ratio((ours, floor): &(Duration, Duration)) -> f64 {
    ours.as_secs_f64() / floor.as_secs_f64()
}

fn time(notes: &[String], rounds: usize, work: impl Fn(&str) -> usize) -> Duration {
    let start = Instant::now();
    for _ in 0..rounds {
        for note in notes {
            black_box(work(black_box(note)));
        }
    }
    start.elapsed()
}

/// Doubling a hostile input must at most double the time.
fn hostile(guard: &Guard) {
    for part in
        ["1-", "a.", ".", "1:", "7", "@", "[", "a@", "1 ", "12/", "(", "http://)", "MRN ", "E11.9,", "1@a.", "٣"]
    {
        let run = |len: usize| {
            let text = part.repeat(len / part.len());
            let times = (0..3).map(|_| time(std::slice::from_ref(&text), 1, |text| guard.scan_all(text).len()));
            times.min().unwrap_or_default()
        };
        let (one, two) = (run(2_000_000), run(4_000_000));
        println!(
            "{part:<10} {:7.1} MB/s   doubled: {:.2}",
            2.0 / one.as_secs_f64(),
            two.as_secs_f64() / one.as_secs_f64()
        );
    }
}
