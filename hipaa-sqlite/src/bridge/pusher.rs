//! Pushing heads to witnesses: on a thread and a connection of its own, beside the writer, behind its commits.

use super::alarm::{Alarm, Subject};
use super::metrics::Counters;
use super::reader::Readers;
use crate::witness::{Compared, Place};
use crate::{Error, Unit};
use hipaa_core::unit::Notary;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// What a push needs.
pub(super) struct Pusher {
    pub(super) places: Vec<Place>,
    pub(super) reader: Readers,
    pub(super) notary: Arc<Notary>,
    pub(super) alarm: Arc<Alarm>,
    pub(super) counters: Arc<Counters>,
}

impl Pusher {
    /// Pushes after every round of upkeep, until there are no more rounds. Where none comes it says that it is silent: who
    /// sends them may hang.
    pub(super) fn run(&self, rounds: &Receiver<()>, interval: Duration) {
        loop {
            match rounds.recv_timeout(interval) {
                Ok(()) => self.push(),
                Err(RecvTimeoutError::Timeout) => self.alarm.tell(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Pushes the head that is committed now. A witness that contradicts is never asked again: what it saw is evidence.
    fn push(&self) {
        for (number, place) in self.places.iter().enumerate() {
            let subject = Subject::witness(number);
            if self.alarm.is_broken(subject) {
                continue;
            }
            let pushed = place.push(&mut |work| self.read(work));
            self.counters.pushed(pushed.is_ok());
            self.alarm.take_down(subject, pushed.map(drop));
        }
    }

    /// A reader sees what is committed, and a commit is seen only once it is on disk.
    fn read(&self, work: &dyn Fn(&mut Unit<'_>) -> Result<Compared, Error>) -> Result<Compared, Error> {
        let (outcome, _reading) = self.reader.read::<_, Error>(&self.notary, |unit| work(unit))?;
        outcome.unwrap_or(Err(super::unavailable()))
    }
}
