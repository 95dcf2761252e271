//! The examination of the log, beside the application: it opens the file as an outsider would, without a key and to read
//! alone, and one thread at a time goes through it. What only the key shows of the rows is added by whoever has it. What was
//! found is kept until the next examination.

use core::time::Duration;
use hipaa_core::audit::Trust;
use hipaa_core::clock::{Clock, Stopwatch, Timestamp};
use hipaa_core::entropy::generate_from_system;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::verify::{Break, Cursor, Integrity, Options, Report, verify, verify_records};
use hipaa_sqlite::inspect::Inspection;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How often an examination begins again because the file was written to while it was read as a still one.
const TRIES: u8 = 5;

/// Starts examinations, one at a time, and keeps the last. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Examiner(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    file: Option<PathBuf>,
    trust: Option<PathBuf>,
    clock: Option<Clock>,
    state: Mutex<State>,
}

/// What is known at this moment.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Entries done, of how many, while an examination runs.
    pub running: Option<(u64, u64)>,
    /// The last that came to an end.
    pub last: Option<Arc<Examined>>,
    /// Why the last one came to none.
    pub failed: Option<&'static str>,
}

/// What an examination found.
#[derive(Debug)]
pub struct Examined {
    /// When it ended.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// The verdicts.
    pub report: Report,
    /// What is wrong, as an outsider sees it.
    pub breaks: Vec<Break>,
    /// By clinic, the rows that are not what was written, as only the key shows it.
    pub rows: BTreeMap<TenantId, Vec<AlteredRow>>,
}

/// A row that is not what was written.
#[derive(Debug, Clone)]
pub struct AlteredRow {
    /// The table.
    pub table: &'static str,
    /// The record.
    pub record: RecordId,
    /// The ways in which it is not.
    pub breaks: Vec<String>,
}

/// An examination under way. One that is dropped has failed.
#[derive(Debug)]
pub struct Run {
    examiner: Examiner,
    rows: BTreeMap<TenantId, Vec<AlteredRow>>,
}

impl Run {
    /// Adds what the key shows of a clinic's rows.
    pub fn rows(&mut self, tenant: TenantId, rows: Vec<AlteredRow>) {
        self.rows.insert(tenant, rows);
    }

    /// Goes through the file. Call it where a thread may block.
    pub fn finish(mut self) {
        let examined = (0..TRIES).find_map(|_| match self.examiner.examine() {
            Err(hipaa_sqlite::Error::Store(hipaa_core::store::StoreError::Busy)) => None,
            other => Some(other),
        });
        let rows = core::mem::take(&mut self.rows);
        let mut state = self.examiner.lock();
        match examined {
            Some(Ok(examined)) => (state.last, state.failed) = (Some(Arc::new(Examined { rows, ..examined })), None),
            Some(Err(_)) => state.failed = Some("The database could not be read."),
            None => state.failed = Some("The database was written to all the time: try again."),
        }
        state.running = None;
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let mut state = self.examiner.lock();
        if state.running.take().is_some() {
            state.failed = Some("The examination came to no end.");
        }
    }
}

impl Examiner {
    /// Examines a database, against the trust file beside it where there is one.
    #[must_use]
    pub fn new(file: &Path, clock: &Clock) -> Self {
        let mut trust = file.as_os_str().to_owned();
        trust.push(".trust");
        let (file, trust, clock) = (Some(file.to_owned()), Some(trust.into()), Some(clock.clone()));
        Self(Arc::new(Inner { file, trust, clock, state: Mutex::default() }))
    }

    /// What is known at this moment.
    #[must_use]
    pub fn state(&self) -> State {
        self.lock().clone()
    }

    /// Begins an examination; none while one runs.
    #[must_use]
    pub fn begin(&self) -> Option<Run> {
        let mut state = self.lock();
        if state.running.is_some() {
            return None;
        }
        state.running = Some((0, 1));
        Some(Run { examiner: self.clone(), rows: BTreeMap::new() })
    }

    fn examine(&self) -> Result<Examined, hipaa_sqlite::Error> {
        let (Some(file), Some(clock)) = (&self.0.file, &self.0.clock) else {
            return Err(hipaa_sqlite::Error::CannotOpen);
        };
        let watch = Stopwatch::start();
        let key = *generate_from_system().map_err(hipaa_core::unit::UnitError::from)?;
        let (mut sources, inspected) = Inspection::open(file, 1)?;
        let mut breaks = Vec::new();
        let mut progress = |done, total, _: &Cursor| self.lock().running = Some((done, total));
        let trust = self.0.trust.as_ref().and_then(|path| Trust::parse(&fs::read_to_string(path).ok()?).ok());
        let options = Options { trust, key, progress: Some(&mut progress), ..Options::default() };
        let mut report = verify(&mut sources, options, &mut |found| breaks.push(found.clone()))?;
        if let (Some(source), true) = (sources.first_mut(), report.logs > 0) {
            let found = verify_records(source, key, &mut |found| breaks.push(found.clone()))?;
            report.breaks += found;
            if found > 0 {
                report.integrity = Integrity::Tampered;
            }
        }
        drop(sources);
        inspected.close()?;
        Ok(Examined { at: clock.now(), took: watch.elapsed(), report, breaks, rows: BTreeMap::new() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
