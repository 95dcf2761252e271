//! What a bridge knows of its log's health, and whom it tells.

use crate::Error;
use core::fmt;
use hipaa_core::audit::{Broken, Health, Unknown, Watch, WitnessError};
use hipaa_core::clock::Stopwatch;
use hipaa_core::unit::UnitError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Called with the health of the log whenever it has changed; by a thread of the bridge, which waits for it.
#[derive(Clone)]
pub struct Hook(Arc<dyn Fn(Health) + Send + Sync>);

impl Hook {
    /// The hook that calls this.
    #[must_use]
    pub fn new(call: impl Fn(Health) + Send + Sync + 'static) -> Self {
        Self(Arc::new(call))
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// One watch for the rounds of upkeep, then one for each witness.
#[derive(Debug)]
pub(super) struct Alarm {
    clock: Stopwatch,
    watches: Mutex<Vec<Watch>>,
    hook: Option<Hook>,
    told: Mutex<Health>,
}

impl Alarm {
    pub(super) fn new(silence: Duration, witnesses: usize, hook: Option<Hook>) -> Self {
        let watches = Mutex::new(vec![Watch::new(silence); witnesses.saturating_add(1)]);
        Self { clock: Stopwatch::start(), watches, hook, told: Mutex::default() }
    }

    fn watches(&self) -> MutexGuard<'_, Vec<Watch>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes down what became of a round, or of a push to a witness, and tells whoever is to be told.
    pub(super) fn take_down(&self, subject: Subject, outcome: Result<(), Error>) {
        if let Some(watch) = self.watches().get_mut(subject.0) {
            match outcome.map_err(judge) {
                Ok(()) => watch.heard(self.clock.elapsed()),
                Err(Health::Broken(how)) => watch.broke(how),
                Err(Health::Unknown(why)) => watch.doubted(why),
                Err(_) => watch.doubted(Unknown::Failed),
            }
        }
        self.tell();
    }

    /// Whether this subject is broken: then nothing more is to be done with it.
    pub(super) fn is_broken(&self, subject: Subject) -> bool {
        self.of(subject).is_some_and(|watch| matches!(watch.health(Duration::ZERO), Health::Broken(_)))
    }

    /// How long ago the last good sign of this subject was.
    pub(super) fn since(&self, subject: Subject) -> Option<Duration> {
        self.of(subject)?.since(self.clock.elapsed())
    }

    fn of(&self, subject: Subject) -> Option<Watch> {
        self.watches().get(subject.0).copied()
    }

    pub(super) fn health(&self) -> Health {
        let now = self.clock.elapsed();
        self.watches().iter().fold(Health::Ok, |worst, watch| worst.and(watch.health(now)))
    }

    /// Calls the hook if the health is another than it was told last.
    pub(super) fn tell(&self) {
        let Some(hook) = &self.hook else { return };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let health = self.health();
        if *told != health {
            *told = health;
            (hook.0)(health);
        }
    }
}

/// What is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subject(usize);

impl Subject {
    pub(super) const ROUNDS: Self = Self(0);

    pub(super) const fn witness(number: usize) -> Self {
        Self(number.saturating_add(1))
    }
}

/// What an error says of the log.
fn judge(error: Error) -> Health {
    match error {
        Error::Witness(WitnessError::Unreachable(_)) => Health::Unknown(Unknown::Unreachable),
        Error::Witness(error) => Health::Broken(Broken::Witness(error)),
        Error::Unit(UnitError::Tampered) => Health::Broken(Broken::Log),
        _ => Health::Unknown(Unknown::Failed),
    }
}
