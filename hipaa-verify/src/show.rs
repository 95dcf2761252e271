//! The result, for people and for programs.

use hipaa_core::clock::{Clock, Stopwatch, Timestamp};
use hipaa_core::verify::{Break, Completeness, Integrity, Report, Restored, Silence};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(crate) fn text(out: &mut dyn Write, report: &Report, breaks: &[Break]) -> io::Result<()> {
    for found in breaks {
        writeln!(out, "break: {found}")?;
    }
    for doubt in &report.doubts {
        writeln!(out, "doubt: {doubt}")?;
    }
    for restored in &report.restores {
        writeln!(out, "restored: {restored}")?;
    }
    for silence in &report.pulse.silences {
        writeln!(out, "silent: {silence}")?;
    }
    if report.pulse.further > 0 {
        writeln!(out, "silent: {} more times", report.pulse.further)?;
    }
    if let Some(overdue) = report.pulse.due.and_then(overdue) {
        writeln!(out, "silent: the deployment's log has been due to say something for {overdue} s")?;
    }
    writeln!(out, "{} entries in {} logs examined, {} breaks", report.entries, report.logs, report.breaks)?;
    writeln!(out, "integrity: {}", integrity(report.integrity))?;
    match report.completeness {
        Completeness::Anchored => writeln!(out, "completeness: anchored to the last entry"),
        Completeness::Unanchored(entries) => {
            writeln!(out, "completeness: {entries} entries at the end are seen by nobody outside and could be cut off")
        }
    }
}

pub(crate) fn json(out: &mut dyn Write, report: &Report, breaks: &[Break], code: u8) -> io::Result<()> {
    let unanchored = match report.completeness {
        Completeness::Anchored => 0,
        Completeness::Unanchored(entries) => entries,
    };
    let value = json!({
        "integrity": integrity(report.integrity),
        "completeness": if report.completeness == Completeness::Anchored { "anchored" } else { "unanchored" },
        "unanchored_entries": unanchored,
        "logs": report.logs,
        "entries": report.entries,
        "doubts": report.doubts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "restores": report.restores.iter().map(restored).collect::<Vec<_>>(),
        "silences": report.pulse.silences.iter().map(silence).collect::<Vec<_>>(),
        "further_silences": report.pulse.further,
        "due_micros": report.pulse.due.map(Timestamp::micros),
        "breaks": breaks.iter().map(one).collect::<Vec<_>>(),
        "exit_code": code,
    });
    writeln!(out, "{value:#}")
}

fn one(found: &Break) -> Value {
    json!({
        "class": found.class.name(),
        "log": found.log.map(|log| log.to_string()),
        "first": found.places.map(|(first, _)| first),
        "last": found.places.map(|(_, last)| last),
        "table": found.record.as_ref().map(|(table, _)| table),
        "record": found.record.as_ref().map(|(_, record)| record.to_string()),
    })
}

fn restored(restored: &Restored) -> Value {
    json!({
        "log": restored.log.to_string(),
        "place": restored.place,
        "time_micros": restored.time.micros(),
        "lost_first": restored.lost.0,
        "lost_last": restored.lost.1,
    })
}

fn silence(silence: &Silence) -> Value {
    json!({ "place": silence.place, "from_micros": silence.from.micros(), "to_micros": silence.to.micros() })
}

/// For how many seconds this time has been over, by the clock of this machine.
fn overdue(due: Timestamp) -> Option<u64> {
    let now = Clock::system().read().wall;
    (now > due).then(|| now.since(due).as_secs())
}

const fn integrity(integrity: Integrity) -> &'static str {
    match integrity {
        Integrity::Intact => "intact",
        Integrity::Tampered => "tampered",
        Integrity::Unverifiable => "unverifiable",
    }
}

/// A line on the terminal that says how far it is.
pub(crate) struct Bar<'a> {
    err: &'a mut dyn Write,
    terminal: bool,
    started: Stopwatch,
}

impl<'a> Bar<'a> {
    pub(crate) fn new(err: &'a mut dyn Write, terminal: bool) -> Self {
        Self { err, terminal, started: Stopwatch::start() }
    }

    pub(crate) fn show(&mut self, done: u64, total: u64) {
        if !self.terminal {
            return;
        }
        let tenths = done.saturating_mul(30).checked_div(total).unwrap_or(30);
        let full = usize::try_from(tenths).unwrap_or(30);
        let seconds = self.started.elapsed().as_secs();
        let _ = write!(self.err, "\r[{:<30}] {done} of {total} entries, {seconds} s", "#".repeat(full));
        let _ = self.err.flush();
    }

    pub(crate) fn end(&mut self) {
        if self.terminal {
            let _ = writeln!(self.err);
        }
    }
}
