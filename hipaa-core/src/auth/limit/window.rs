//! The log of one subject: the time of every place that still counts.

use super::{Limit, RetryAfter};
use crate::clock::Timestamp;
use crate::red::{Safeguard, removed};

/// The places of one subject, oldest first; at most as many as its limit's count. Starts empty.
///
/// A store keeps it as rows (time, serial), or as one value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// The places that were taken and still count: when, and under which number.
    pub places: Vec<(Timestamp, u64)>,
    /// The number of the next place.
    pub next: u64,
}

impl Window {
    /// Takes a place if there is one; its number.
    ///
    /// A place taken at `t` counts until `t + window`, exclusive. Times ahead of `now` (the clock was set back) are
    /// taken for `now`.
    ///
    /// # Errors
    /// [`RetryAfter`]: how long until the oldest place is free.
    pub fn reserve(&mut self, limit: &Limit, now: Timestamp) -> Result<u64, RetryAfter> {
        self.forget(limit, now);
        if self.places.len() < usize::from(limit.count()) {
            let serial = self.next;
            self.places.push((now, serial));
            self.next = self.next.wrapping_add(1);
            return Ok(serial);
        }
        // A stored log may be longer than a limit that was lowered: a place is free when all but `count - 1` are past.
        let due = self.places.len().saturating_sub(usize::from(limit.count()));
        let oldest = self.places.get(due).map_or(now, |(at, _)| *at);
        Err(RetryAfter::new(oldest.after(limit.window()).since(now)))
    }

    /// Gives a place back.
    pub fn refund(&mut self, serial: u64) {
        self.places.retain(|(_, taken)| *taken != serial);
    }

    /// When the last place is past, and with it this log.
    #[must_use]
    pub fn expires(&self, limit: &Limit, now: Timestamp) -> Timestamp {
        self.places.last().map_or(now, |(at, _)| at.after(limit.window()))
    }

    fn forget(&mut self, limit: &Limit, now: Timestamp) {
        for (at, _) in &mut self.places {
            *at = (*at).min(now);
        }
        if removed(Safeguard::SlidingWindow) {
            let span = i64::try_from(limit.window().as_micros()).unwrap_or(i64::MAX);
            self.places.retain(|(at, _)| at.micros() / span == now.micros() / span);
        } else {
            self.places.retain(|(at, _)| now.since(*at) < limit.window());
        }
    }
}
