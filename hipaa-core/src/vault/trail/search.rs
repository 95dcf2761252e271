//! Looking for entries of the log: by time, name, user, patient and outcome; and counting them by day.

use super::{TrailEntry, read_body};
use crate::audit::{Action, Body, EventName, LogId, Outcome, read_subjects, tag};
use crate::clock::Timestamp;
use crate::schema::RecordId;
use crate::store::StoredEntry;
use crate::unit::{Held, Proof, Release, ReleaseError, Unit};
use crate::vault::{MAX_PAGE, TenantVault, VaultError};
use core::fmt;
use std::collections::BTreeMap;

/// The most entries that one search looks at; its result says where to go on.
pub const MAX_SEARCHED_ENTRIES: u64 = 10_000;
/// The most entries that are counted at once.
pub const MAX_COUNTED_ENTRIES: u64 = 100_000;
/// The microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Which entries are looked for. Nothing given, nothing is left out.
#[derive(Clone, Copy, Default)]
pub struct TrailFilter<'a> {
    subject: Option<RecordId>,
    name: Option<&'a str>,
    user: Option<&'a str>,
    outcome: Option<Outcome>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl<'a> TrailFilter<'a> {
    /// Every entry.
    #[must_use]
    pub const fn new() -> Self {
        Self { subject: None, name: None, user: None, outcome: None, from: None, until: None }
    }

    /// Only those about this patient.
    #[must_use]
    pub const fn about(self, subject: RecordId) -> Self {
        Self { subject: Some(subject), ..self }
    }

    /// Only those of this name.
    #[must_use]
    pub const fn name(self, name: &'a str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Only those of this user id.
    #[must_use]
    pub const fn user(self, user: &'a str) -> Self {
        Self { user: Some(user), ..self }
    }

    /// Only those that ended so.
    #[must_use]
    pub const fn outcome(self, outcome: Outcome) -> Self {
        Self { outcome: Some(outcome), ..self }
    }

    /// Only those of this time or later.
    #[must_use]
    pub const fn from(self, time: Timestamp) -> Self {
        Self { from: Some(time), ..self }
    }

    /// Only those before this time.
    #[must_use]
    pub const fn until(self, time: Timestamp) -> Self {
        Self { until: Some(time), ..self }
    }

    fn takes(&self, entry: &StoredEntry) -> bool {
        // An entry that cannot be read is shown: it is altered.
        let Ok(body) = Body::decode(&entry.body) else { return true };
        let same = |tag, wanted: Option<&str>| wanted.is_none_or(|wanted| body.text(tag) == Some(wanted));
        let about = |subject| body.field(tag::SUBJECTS).and_then(read_subjects).unwrap_or_default().contains(&subject);
        let ended = |outcome| body.field(tag::OUTCOME) == Some(&[outcome as u8]);
        same(tag::NAME, self.name)
            && same(tag::USER, self.user)
            && self.subject.is_none_or(about)
            && self.outcome.is_none_or(ended)
    }
}

/// What a search of the log found, held until its unit has committed.
pub struct TrailPage {
    entries: Held<Vec<TrailEntry>>,
    next: Option<u64>,
}

/// What a search of the log found.
#[derive(Debug)]
pub struct TrailPageOf {
    /// The entries, the newest first.
    pub entries: Vec<TrailEntry>,
    /// Where to go on: give it as `before`. None where there is nothing older to look at.
    pub next: Option<u64>,
}

impl Release for TrailPage {
    type Output = TrailPageOf;

    fn release(self, proof: &Proof) -> Result<TrailPageOf, ReleaseError> {
        Ok(TrailPageOf { entries: self.entries.release(proof)?, next: self.next })
    }
}

/// How often something was done on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The beginning of the day, UTC.
    pub day: Timestamp,
    /// The name of the entries; none for entries that are no events.
    pub name: Option<String>,
    /// How many there are.
    pub count: u64,
}

impl TenantVault {
    /// Up to `limit` entries of the tenant's log that the filter takes, the newest first, of those before the sequence
    /// `before`. At most [`MAX_SEARCHED_ENTRIES`] are looked at; the result says where to go on. Reading the log is an entry.
    ///
    /// # Errors
    /// As [`TenantVault::trail`].
    pub fn trail_search(
        &self,
        unit: &mut dyn Unit,
        filter: &TrailFilter<'_>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<TrailPage, VaultError> {
        self.permit_trail(unit, limit)?;
        let (log, range) = self.range(unit, (filter.from, filter.until))?;
        let mut end = range.end.min(before.unwrap_or(u64::MAX));
        let last = range.start.max(end.saturating_sub(MAX_SEARCHED_ENTRIES));
        let mut found = Vec::new();
        while end > last && found.len() < limit {
            let start = last.max(end.saturating_sub(MAX_PAGE as u64));
            let entries = self.page(unit, log, (start, end))?;
            let wanted = limit - found.len();
            let taken = entries.into_iter().rev().filter(|entry| filter.takes(entry)).take(wanted).collect::<Vec<_>>();
            end = if taken.len() == wanted { taken.last().map_or(start, |entry| entry.sequence) } else { start };
            found.extend(taken);
        }
        let about = filter.subject.into_iter().collect::<Vec<_>>();
        Ok(TrailPage { entries: self.show(unit, &found, &about)?, next: (end > range.start).then_some(end) })
    }

    /// How often what was done on which day (UTC) from `from` on and before `until`, ascending. Reading the log is an entry.
    ///
    /// # Errors
    /// [`VaultError::TooMany`] for more than [`MAX_COUNTED_ENTRIES`]; otherwise as [`TenantVault::trail`].
    pub fn trail_activity(
        &self,
        unit: &mut dyn Unit,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Held<Vec<Activity>>, VaultError> {
        self.permit_trail(unit, 1)?;
        let (log, range) = self.range(unit, (Some(from), Some(until)))?;
        if range.end.saturating_sub(range.start) > MAX_COUNTED_ENTRIES {
            return Err(VaultError::TooMany);
        }
        let (mut counts, mut at) = (BTreeMap::<_, u64>::new(), range.start);
        while at < range.end {
            let end = range.end.min(at.saturating_add(MAX_PAGE as u64));
            for entry in self.page(unit, log, (at, end))? {
                // One that cannot be read is altered, and has neither day nor name.
                let Ok(body) = read_body(&entry) else { continue };
                let day = body.prefix.time.micros().div_euclid(DAY).saturating_mul(DAY);
                let count = counts.entry((day, body.name().map(str::to_owned))).or_default();
                *count = count.saturating_add(1);
            }
            at = end;
        }
        let event = self.event(EventName::AUDIT_READ, Action::Read).outcome(Outcome::Success);
        unit.note(event.count(range.end.saturating_sub(range.start)))?;
        let activity = |((day, name), count)| Activity { day: Timestamp::from_micros(day), name, count };
        Ok(unit.hold(counts.into_iter().map(activity).collect()))
    }

    fn page(&self, unit: &mut dyn Unit, log: LogId, (start, end): (u64, u64)) -> Result<Vec<StoredEntry>, VaultError> {
        let count = usize::try_from(end.saturating_sub(start)).unwrap_or(MAX_PAGE);
        let mut entries = unit.parts().0.entries(log, start, count)?;
        entries.retain(|entry| entry.sequence < end);
        Ok(entries)
    }

    /// The places of the entries of a span of time: times do not decrease in a log, so they are found by halving.
    fn range(
        &self,
        unit: &mut dyn Unit,
        (from, until): (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<(LogId, core::ops::Range<u64>), VaultError> {
        let head = unit.parts().0.head(self.tenant())?.ok_or(crate::keys::KeyError::UnknownTenant)?;
        let start = from.map_or(Ok(0), |time| first_at(unit, (head.log, head.size), time))?;
        let end = until.map_or(Ok(head.size), |time| first_at(unit, (head.log, head.size), time))?;
        Ok((head.log, start..end.max(start)))
    }
}

/// The first place whose entry is of this time or later.
fn first_at(unit: &mut dyn Unit, (log, size): (LogId, u64), time: Timestamp) -> Result<u64, VaultError> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low.midpoint(high);
        match first_readable(unit, log, (middle, high))? {
            Some((place, at)) if at < time => low = place.saturating_add(1),
            _ => high = middle,
        }
    }
    Ok(low)
}

/// The first entry of these places whose time can be read, and that time: one that was altered hides none of those behind it.
fn first_readable(
    unit: &mut dyn Unit,
    log: LogId,
    (mut from, to): (u64, u64),
) -> Result<Option<(u64, Timestamp)>, VaultError> {
    let mut most = 1;
    while from < to {
        let entries = unit.parts().0.entries(log, from, most)?;
        let Some(last) = entries.last() else { return Ok(None) };
        let next = last.sequence.saturating_add(1);
        let read = |entry: &StoredEntry| Some((entry.sequence, read_body(entry).ok()?.prefix.time));
        if let Some(found) = entries.iter().find_map(read) {
            return Ok(Some(found).filter(|(place, _)| *place < to));
        }
        (from, most) = (next, MAX_PAGE);
    }
    Ok(None)
}

/// Not even how many: what was found is shown with its audit entry or not at all.
impl fmt::Debug for TrailPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrailPage(…)")
    }
}

impl fmt::Debug for TrailFilter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrailFilter(…)")
    }
}
