//! Rows of a kind in the order in which they expire: to sweep what is past, and to work off what waits.

use super::check::{Admitted, Standing};
use super::{Authority, AuthorityError, Change, MAX_ROWS, Row};
use crate::audit::{Action, Event, EventName};
use crate::clock::Timestamp;
use crate::schema::RecordId;
use crate::store::AuthorityKind;
use crate::unit::Unit;

/// Where a sweep, or a page by expiry, goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepMark(Timestamp, RecordId);

/// For an address or a form: `<microseconds>_<record id>`. It names no patient.
impl core::fmt::Display for SweepMark {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}_{}", self.0.micros(), self.1)
    }
}

impl SweepMark {
    /// The mark that a text shows. Who makes one up gets a page of the same rows: it confers nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (micros, record) = text.split_once('_')?;
        Some(Self(Timestamp::from_micros(micros.parse().ok()?), RecordId::parse(record).ok()?))
    }
}

/// What a sweep did.
#[derive(Debug)]
pub struct Swept {
    /// How many rows it deleted.
    pub deleted: usize,
    /// Expired rows that fail their check: they stay, as evidence, and each is an entry.
    pub altered: Vec<RecordId>,
    /// Where the next sweep begins: give it as `after`. None where no expired row is left.
    pub next: Option<SweepMark>,
}

/// One page of a tenant's rows of a kind, the first to expire first.
#[derive(Debug)]
pub struct Ordered {
    /// The rows that confer something now.
    pub rows: Vec<Row>,
    /// Rows that fail their check: they confer nothing, and each is an entry.
    pub altered: Vec<RecordId>,
    /// Where the next page begins: give it as `after`. None on the last page.
    pub next: Option<SweepMark>,
}

struct Page {
    rows: Vec<Admitted>,
    altered: Vec<RecordId>,
    next: Option<SweepMark>,
}

impl Authority {
    /// Deletes up to `limit` rows of the actor's tenant that have expired, behind `after`, with one entry.
    ///
    /// # Errors
    /// [`AuthorityError::TooMany`] unless `limit` is 1 to 500, or the unit's.
    pub fn sweep(
        &self,
        unit: &mut dyn Unit,
        kind: AuthorityKind,
        after: Option<SweepMark>,
        limit: usize,
    ) -> Result<Swept, AuthorityError> {
        let event = self.event(EventName::AUTHORITY_SWEPT, Action::Delete);
        self.sweep_noted(unit, (kind, event), after, limit)
    }

    /// The same under an event of the caller's.
    pub(crate) fn sweep_noted(
        &self,
        unit: &mut dyn Unit,
        (kind, event): (AuthorityKind, Event),
        after: Option<SweepMark>,
        limit: usize,
    ) -> Result<Swept, AuthorityError> {
        let until = unit.parts().1.now();
        let Page { rows, altered, next } = self.page_by_expiry(unit, (kind, until), after, limit)?;
        let ended = rows.into_iter().filter(|found| found.standing == Standing::Expired);
        let ended = ended.map(|found| Change::Delete(found.row)).collect::<Vec<_>>();
        let deleted = ended.len();
        if deleted > 0 {
            self.apply(unit, event, ended)?;
        }
        Ok(Swept { deleted, altered, next })
    }

    /// One page of the rows of a kind in the actor's tenant that have an expiry, the first to expire first. Those that have
    /// expired or were voided are left out.
    ///
    /// # Errors
    /// [`AuthorityError::TooMany`] unless `limit` is 1 to 500, or as [`Authority::list`].
    pub fn by_expiry(
        &self,
        unit: &mut dyn Unit,
        kind: AuthorityKind,
        after: Option<SweepMark>,
        limit: usize,
    ) -> Result<Ordered, AuthorityError> {
        let ever = Timestamp::from_micros(i64::MAX);
        let Page { rows, altered, next } = self.page_by_expiry(unit, (kind, ever), after, limit)?;
        let rows = rows.into_iter().filter(|found| found.standing == Standing::Live).map(|found| found.row);
        Ok(Ordered { rows: rows.collect(), altered, next })
    }

    /// The same with those that have expired already.
    ///
    /// # Errors
    /// As [`Authority::by_expiry`].
    pub fn due(
        &self,
        unit: &mut dyn Unit,
        kind: AuthorityKind,
        after: Option<SweepMark>,
        limit: usize,
    ) -> Result<Ordered, AuthorityError> {
        let ever = Timestamp::from_micros(i64::MAX);
        let Page { rows, altered, next } = self.page_by_expiry(unit, (kind, ever), after, limit)?;
        let rows = rows.into_iter().filter(|found| found.standing != Standing::Void).map(|found| found.row);
        Ok(Ordered { rows: rows.collect(), altered, next })
    }

    fn page_by_expiry(
        &self,
        unit: &mut dyn Unit,
        (kind, until): (AuthorityKind, Timestamp),
        after: Option<SweepMark>,
        limit: usize,
    ) -> Result<Page, AuthorityError> {
        if limit == 0 || limit > MAX_ROWS {
            return Err(AuthorityError::TooMany);
        }
        let after = after.map(|SweepMark(time, id)| (time, id));
        let found = unit.parts().0.authority_expired(kind, (self.tenant(), until), after, limit);
        let page = self.of_shape(unit, None, found.map(Some))?.unwrap_or_default();
        let last = page.last().filter(|_| page.len() == limit);
        let next = last.and_then(|row| Some(SweepMark(row.expires?, row.id)));
        let (mut rows, mut altered) = (Vec::new(), Vec::new());
        for stored in page {
            let id = stored.id;
            match self.admit(unit, (kind, id), Some(stored)) {
                Ok(row) => rows.extend(row),
                Err(AuthorityError::Integrity) => altered.push(id),
                Err(error) => return Err(error),
            }
        }
        Ok(Page { rows, altered, next })
    }
}
