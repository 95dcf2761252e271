//! Silences: times in which the deployment's log should have had an entry, by its own promise, and had none.

use crate::audit::{BodyView, EntryKind, EventName, Status, tag};
use crate::clock::Timestamp;
use crate::red::{Safeguard, removed};
use std::time::Duration;

/// The most silences that a report lists; further ones are counted.
pub const MAX_SILENCES: usize = 1_000;

/// A time in which the deployment's log promised an entry and had none: a process was killed, stood still, or was kept
/// from writing. No break, and not to be overlooked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The place of the last entry before it.
    pub place: u64,
    /// The time of that entry.
    pub from: Timestamp,
    /// The time of the entry that ended it.
    pub to: Timestamp,
}

impl core::fmt::Display for Silence {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let seconds = self.to.since(self.from).as_secs();
        write!(f, "behind entry {} the deployment's log said nothing for {seconds} s", self.place)
    }
}

/// What the deployment's log says of its own recording.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pulse {
    /// Silences, the first [`MAX_SILENCES`] of them.
    pub silences: Vec<Silence>,
    /// How many more there are.
    pub further: u64,
    /// When the entry behind the last one is due; none where the log promises nothing, for it was ended in order or never
    /// begun.
    pub due: Option<Timestamp>,
    last: Option<(u64, Timestamp)>,
    within: Option<Duration>,
}

impl Pulse {
    /// Takes the next entry of the deployment's log.
    pub(super) fn entry(&mut self, body: &[u8]) {
        let Some(view) = BodyView::read(body) else { return };
        let (place, time) = (view.prefix.sequence, view.prefix.time);
        if let (Some((place, from)), Some(due)) = (self.last, self.due)
            && time > due
            && !removed(Safeguard::SilenceAlarm)
        {
            self.add(Silence { place, from, to: time });
        }
        if let Some(status) = status_of(&view) {
            self.within = status.within();
        }
        self.last = Some((place, time));
        self.due = self.within.map(|within| time.after(within));
    }

    fn add(&mut self, silence: Silence) {
        if self.silences.len() < MAX_SILENCES {
            self.silences.push(silence);
        } else {
            self.further = self.further.saturating_add(1);
        }
    }
}

fn status_of(view: &BodyView<'_>) -> Option<Status> {
    let named = view.field(tag::NAME) == Some(EventName::AUDIT_STATUS.as_str().as_bytes());
    (view.prefix.kind == EntryKind::Event && named).then(|| view.field(tag::STATUS))?.and_then(Status::decode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Action, Actor, Body, Event, LogId, Prefix};
    use crate::clock::ClockState;
    use crate::red::without;
    use crate::schema::TenantId;

    const MINUTE: i64 = 60_000_000;
    const TEN: Duration = Duration::from_secs(600);

    fn body(place: u64, minute: i64, status: Option<Status>) -> Vec<u8> {
        let bridge = Actor::new(TenantId::DEPLOYMENT, "bridge", "upkeep").unwrap();
        let read = || Event::new(&bridge, EventName::AUDIT_READ, Action::Read);
        let fields = status.map_or_else(read, |status| status.event(&bridge)).fields().unwrap();
        let time = Timestamp::from_micros(minute * MINUTE);
        let prefix = Prefix {
            kind: EntryKind::Event,
            log: LogId([1; 16]),
            tenant: TenantId::DEPLOYMENT,
            sequence: place,
            previous: [0; 32],
            time,
            wall: time,
            clock: ClockState::Synced,
            salt: [0; 16],
        };
        Body { prefix, fields }.encode().unwrap()
    }

    fn pulse(entries: &[(i64, Option<Status>)]) -> Pulse {
        let mut pulse = Pulse::default();
        for (place, (minute, status)) in (0..).zip(entries) {
            pulse.entry(&body(place, *minute, *status));
        }
        pulse
    }

    fn silent(place: u64, from: i64, to: i64) -> Silence {
        let at = |minute: i64| Timestamp::from_micros(minute * MINUTE);
        Silence { place, from: at(from), to: at(to) }
    }

    #[test]
    fn a_log_that_broke_its_promise_was_silent() {
        let entries = [(0, Some(Status::Began(TEN))), (10, Some(Status::Continues(TEN))), (21, None), (22, None)];
        assert_eq!(pulse(&entries).silences, [silent(1, 10, 21)]);
        // Any entry is a sign of life, whatever it says.
        let kept = [(0, Some(Status::Began(TEN))), (9, None), (19, None), (29, Some(Status::Ended)), (900, None)];
        let kept = pulse(&kept);
        assert_eq!((kept.silences.as_slice(), kept.due), (&[][..], None));
        // Killed, and begun anew after an hour.
        let killed = [(0, Some(Status::Began(TEN))), (60, Some(Status::Began(TEN)))];
        let killed = pulse(&killed);
        assert_eq!((killed.silences.as_slice(), killed.due), (&[silent(0, 0, 60)][..], Some(silent(0, 70, 0).from)));
        // Who never promised anything is never silent.
        assert_eq!(pulse(&[(0, None), (9_000, None)]).silences, []);
    }

    #[test]
    fn a_silence_passes_unseen_only_without_the_alarm() {
        let attack = || pulse(&[(0, Some(Status::Began(TEN))), (60, Some(Status::Continues(TEN)))]).silences.len();
        assert_eq!(attack(), 1);
        assert_eq!(without(Safeguard::SilenceAlarm, attack), 0);
    }

    #[test]
    fn however_many_silences_there_are_the_list_is_bounded() {
        let entries = (0..1_500).map(|hour| (60 * hour, Some(Status::Continues(TEN)))).collect::<Vec<_>>();
        let pulse = pulse(&entries);
        assert_eq!((pulse.silences.len(), pulse.further), (MAX_SILENCES, 499));
    }

    #[test]
    fn only_an_event_of_that_name_speaks_for_the_recording() {
        let bridge = Actor::new(TenantId::DEPLOYMENT, "bridge", "upkeep").unwrap();
        let other = Event::new(&bridge, EventName::AUDIT_READ, Action::Read).field(tag::STATUS, vec![3; 9]);
        let mut forged = Body::decode(&body(1, 1, None)).unwrap();
        forged.fields = other.fields().unwrap();
        let mut pulse = pulse(&[(0, Some(Status::Began(TEN)))]);
        pulse.entry(&forged.encode().unwrap());
        assert!(pulse.due.is_some());
    }
}
