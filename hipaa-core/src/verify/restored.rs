//! What an operator has given up after an older state was put back: no break, if it is signed and fits.

use super::finding::{Break, Class, Restored};
use super::run::{Run, read_body};
use super::source::Source;
use crate::audit::{BodyView, Checkpoint, Restore, SignedRestore, StoredHead, leaf_of, tag};
use crate::clock::Timestamp;
use crate::red::{Safeguard, removed};

/// A restore that holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct GivenUp {
    restore: Restore,
    place: u64,
    /// The time of the last entry that is kept, and of the entry that says so.
    between: (Timestamp, Timestamp),
}

impl GivenUp {
    /// Whether a head that somebody kept may be one of those that were lost: of the deployment's log by size and time, of
    /// another log by the time between the last entry that is kept and the restore.
    pub(super) fn covers(&self, head: &Checkpoint) -> bool {
        let (from, to) = self.between;
        let other = head.deployment == self.restore.deployment && head.log != self.restore.log;
        self.restore.gives_up(head) || (other && from < head.last_time && head.last_time < to)
    }

    pub(super) const fn report(&self) -> Restored {
        let (kept, _) = self.restore.kept;
        let lost = (kept, self.restore.lost_size.saturating_sub(1));
        Restored { log: self.restore.log, place: self.place, time: self.between.1, lost }
    }
}

impl Run<'_> {
    /// Reads an entry that says so: the operator of the pin must have signed it, and it must be about this log.
    pub(super) fn given_up<S: Source>(
        &mut self,
        source: &mut S,
        own: &StoredHead,
        (body, operator): (&[u8], Option<[u8; 32]>),
    ) -> Result<Option<GivenUp>, S::Error> {
        let Some(view) = BodyView::read(body) else { return Ok(None) };
        let (place, time) = (view.prefix.sequence, view.prefix.time);
        let signed = view.field(tag::RESTORE).and_then(|note| SignedRestore::decode(note).ok());
        let holds = |signed: &SignedRestore| {
            operator.is_some_and(|key| signed.verify(&key).is_ok()) || removed(Safeguard::RestoreSignature)
        };
        if let Some(restore) = signed.filter(holds).map(|signed| *signed.unverified()) {
            let (kept, leaf) = restore.kept;
            let last = read_body(source, own.log, kept.saturating_sub(1))?.filter(|last| leaf_of(last) == leaf);
            let since = last.and_then(|last| BodyView::read(&last).map(|last| last.prefix.time));
            let fits = restore.log == own.log && kept <= place && restore.lost_time < time;
            if let Some(since) = since.filter(|_| fits) {
                return Ok(Some(GivenUp { restore, place, between: (since, time) }));
            }
        }
        self.found(Break::at(Class::Restore, own.log, place, place));
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::LogId;

    const OWN: LogId = LogId([1; 16]);

    fn head(log: LogId, micros: i64) -> Checkpoint {
        let last_time = Timestamp::from_micros(micros);
        Checkpoint { deployment: [9; 16], log, size: 5, root: [0; 32], last_leaf: [0; 32], last_time }
    }

    #[test]
    fn of_another_log_only_what_was_seen_in_between_is_given_up() {
        let restore = Restore {
            deployment: [9; 16],
            log: OWN,
            kept: (3, [0; 32]),
            lost_size: 7,
            lost_root: [0; 32],
            lost_leaf: [0; 32],
            lost_time: Timestamp::from_micros(150),
        };
        let between = (Timestamp::from_micros(100), Timestamp::from_micros(200));
        let given_up = GivenUp { restore, place: 3, between };
        let other = LogId([2; 16]);
        let times = [99, 100, 101, 199, 200, 201];
        assert_eq!(times.map(|time| given_up.covers(&head(other, time))), [false, false, true, true, false, false]);
        assert!(!given_up.covers(&Checkpoint { deployment: [8; 16], ..head(other, 150) }), "another deployment");
        assert_eq!([150, 151].map(|time| given_up.covers(&head(OWN, time))), [true, false]);
    }
}
