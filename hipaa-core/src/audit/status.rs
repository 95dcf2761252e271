//! Signs of life: what a log says of its own recording, so that a silence shows in the log itself.

use super::actor::Actor;
use super::event::{Action, Event};
use super::field::tag;
use super::name::EventName;
use std::time::Duration;

/// How often a log that is being written says so, unless told otherwise.
pub const HEARTBEAT: Duration = Duration::from_secs(5 * 60);

/// What an entry `AUDIT_STATUS` says of the recording, and what it promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Somebody began to record; the log has its next entry within this time.
    Began(Duration),
    /// The recording goes on; the log has its next entry within this time.
    Continues(Duration),
    /// Somebody ended the recording in order. Nothing is promised.
    Ended,
}

impl Status {
    /// The event that says so in the log of the actor's tenant.
    #[must_use]
    pub fn event(self, actor: &Actor) -> Event {
        Event::new(actor, EventName::AUDIT_STATUS, Action::Execute).field(tag::STATUS, self.encode().to_vec())
    }

    /// How long the log may be without an entry from here on; none where nothing is promised.
    #[must_use]
    pub const fn within(self) -> Option<Duration> {
        match self {
            Self::Began(within) | Self::Continues(within) => Some(within),
            Self::Ended => None,
        }
    }

    /// code u8 ‖ microseconds u64
    fn encode(self) -> [u8; 9] {
        let code = match self {
            Self::Began(_) => 1,
            Self::Continues(_) => 2,
            Self::Ended => 3,
        };
        let within = self.within().map_or(0, |within| u64::try_from(within.as_micros()).unwrap_or(u64::MAX));
        let mut bytes = [code; 9];
        bytes[1..].copy_from_slice(&within.to_be_bytes());
        bytes
    }

    /// Reads a field [`tag::STATUS`]; none for what [`Status::event`] would not write.
    #[must_use]
    pub fn decode(field: &[u8]) -> Option<Self> {
        let (code, within) = field.split_first()?;
        let micros = u64::from_be_bytes(within.try_into().ok()?);
        let within = Duration::from_micros(micros);
        match (code, micros) {
            (1, 1..) => Some(Self::Began(within)),
            (2, 1..) => Some(Self::Continues(within)),
            (3, 0) => Some(Self::Ended),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_status_reads_back_and_no_other_bytes_are_one(code in 0u8..5, micros: u64, short in 0usize..12) {
            let mut field = vec![code];
            field.extend_from_slice(&micros.to_be_bytes());
            match Status::decode(&field) {
                Some(status) => prop_assert_eq!(status.encode().to_vec(), field.clone()),
                None => prop_assert!(!(1..=2).contains(&code) || micros == 0),
            }
            field.resize(short, 0);
            prop_assert!(short == 9 || Status::decode(&field).is_none());
        }
    }

    #[test]
    fn an_end_promises_nothing_and_a_beginning_must() {
        assert_eq!(Status::decode(&[3, 0, 0, 0, 0, 0, 0, 0, 0]), Some(Status::Ended));
        assert_eq!(Status::decode(&[3, 0, 0, 0, 0, 0, 0, 0, 1]), None);
        assert_eq!(Status::decode(&[1, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(Status::Began(HEARTBEAT).within(), Some(HEARTBEAT));
        assert_eq!(Status::Ended.within(), None);
    }
}
