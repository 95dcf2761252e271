//! The outbox: notices that wait to be sent, written in the unit of what they tell of.
//!
//! A notice is a row like any other that counts: under a MAC and a recorded state, its address and payload sealed, so that
//! whoever writes the tables can neither turn a mail to another address nor make one vanish unnoticed. It commits together
//! with what it tells of, or not at all; the host then takes it, sends it by mail or whatever it likes, and says so.
//!
//! ```text
//! put ─→ waits ─ take ─→ leased ─ sent ─→ gone, with an entry
//!          ↑               └ failed, or the lease ends ─→ waits, longer each time
//!          └───────────────────────┘        its time is over ─ sweep ─→ gone, with an entry
//! ```
//!
//! A notice is sent *at least* once: a process that dies between sending and [`Outbox::sent`] sends again after
//! [`LEASE`]. [`Taken::id`] is the same each time; give it on as the message id.
//!
//! Body of the row: 1 topic, 2 when it was put, 3 how often it was taken, 4 not before, 5 the record that it is about. Its
//! secret is `encode("notice", [address, payload])`; an empty part is one that is not there. It expires when there is no
//! use in sending it any more.
//!
//! A notice says *that* something happened, never what is in a record: no PHI in topic, address or payload. May import
//! `authority` and what stands below it; what puts notices stands above.
//!
//! # Source
//! OWASP ASVS 5.0.0, 6.3.7 (practice): users are told of changes to their authentication.

mod notice;
mod topic;

pub(crate) use notice::check_address;
pub use notice::{MAX_ADDRESS_BYTES, MAX_PAYLOAD_BYTES, NewNotice, Taken};
pub use topic::Topic;

use crate::audit::{Action, Actor, EventName, Outcome};
use crate::authority::{Authority, AuthorityError, AuthorityKind, Change, MAX_ROWS, Row, SweepMark, Swept};
use crate::entropy::{EntropyError, generate_from_system};
use crate::schema::RecordId;
use crate::unit::{Held, Unit, UnitError};
use core::time::Duration;

/// How long a notice waits unless told otherwise: 7 days.
pub const NOTICE_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long whoever took a notice has for sending it.
pub const LEASE: Duration = Duration::from_secs(5 * 60);
/// The wait after a first failure; it doubles with each further one.
pub const FIRST_RETRY: Duration = Duration::from_secs(60);
/// The longest wait after a failure.
pub const LONGEST_RETRY: Duration = Duration::from_secs(60 * 60);
/// The most notices that are taken at once.
pub const MAX_TAKEN: usize = 100;

/// Why a notice was not put, taken or noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// The address is empty, longer than 320 bytes, or has blanks or control characters.
    #[error("an address has 1 to 320 bytes, no blanks and no control characters")]
    Address,
    /// The payload is longer than 2,048 bytes.
    #[error("the payload of a notice has at most 2,048 bytes")]
    Payload,
    /// At most 100 notices are taken at once, and at least one.
    #[error("1 to 100 notices are taken at once")]
    TooMany,
    /// The notice was sent, given up or taken by somebody else meanwhile.
    #[error("the notice was taken by somebody else, or is done")]
    Stale,
    /// The row was not read or written.
    #[error(transparent)]
    Authority(AuthorityError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl From<AuthorityError> for OutboxError {
    fn from(error: AuthorityError) -> Self {
        match error {
            AuthorityError::Stale => Self::Stale,
            error => Self::Authority(error),
        }
    }
}

impl From<UnitError> for OutboxError {
    fn from(error: UnitError) -> Self {
        Self::Authority(error.into())
    }
}

/// The outbox of the actor's tenant, or of the deployment. `Clone`, `Send` and `'static`; holds no key.
#[derive(Debug, Clone)]
pub struct Outbox {
    door: Authority,
}

impl Outbox {
    /// The outbox, for whoever puts notices or sends them.
    ///
    /// # Security
    /// Who takes notices sees addresses and payloads, tokens of resets among them: let only the sender do it.
    #[must_use]
    pub const fn new(actor: Actor) -> Self {
        Self { door: Authority::new(actor) }
    }

    /// The outbox of whoever stands at this door.
    pub(crate) fn of(door: &Authority) -> Self {
        Self { door: door.clone() }
    }

    /// Puts a notice into the unit, under an entry of its own; its id.
    ///
    /// # Errors
    /// [`OutboxError::Address`], [`OutboxError::Payload`], or the unit's.
    pub fn put(&self, unit: &mut dyn Unit, notice: &NewNotice<'_>) -> Result<RecordId, OutboxError> {
        let (id, change) = self.change(unit, notice)?;
        let event = self.door.event(EventName::NOTICE_QUEUED, Action::Create);
        self.door.apply(unit, event, vec![change])?;
        Ok(id)
    }

    /// The same as a change that goes under the entry of what the notice tells of.
    ///
    /// # Errors
    /// As [`Outbox::put`].
    pub(crate) fn change(
        &self,
        unit: &mut dyn Unit,
        notice: &NewNotice<'_>,
    ) -> Result<(RecordId, Change), OutboxError> {
        let id = RecordId::from_random(*generate_from_system()?);
        let now = unit.time_of(self.door.tenant())?;
        Ok((id, Change::Insert(notice.draft(id, now)?)))
    }

    /// Takes up to `limit` notices that are due, those that expire first before others, for [`LEASE`]. Nothing due, nothing
    /// is written.
    ///
    /// A notice that was altered behind the application's back is not handed out; the finding is an entry.
    ///
    /// # Errors
    /// [`OutboxError::TooMany`] unless `limit` is 1 to [`MAX_TAKEN`], or the unit's.
    pub fn take(&self, unit: &mut dyn Unit, limit: usize) -> Result<Held<Vec<Taken>>, OutboxError> {
        self.take_if(unit, limit, |_| true)
    }

    /// As [`Outbox::take`], of the wanted topics alone. A notice of another topic stays as it is, for its own sender.
    ///
    /// # Errors
    /// As [`Outbox::take`].
    pub fn take_if(
        &self,
        unit: &mut dyn Unit,
        limit: usize,
        wanted: fn(topic: &str) -> bool,
    ) -> Result<Held<Vec<Taken>>, OutboxError> {
        if limit == 0 || limit > MAX_TAKEN {
            return Err(OutboxError::TooMany);
        }
        let now = unit.time_of(self.door.tenant())?;
        let due = self.due(unit, limit, |row| notice::is_due(row, now) && wanted(notice::topic(row)))?;
        let ids = due.iter().map(Row::id).collect::<Vec<_>>();
        let changes = due.into_iter().map(|row| notice::lease(row, now.after(LEASE))).collect::<Vec<_>>();
        if !changes.is_empty() {
            self.door.apply(unit, self.door.event(EventName::NOTICE_TAKEN, Action::Read), changes)?;
        }
        let mut taken = Vec::with_capacity(ids.len());
        for id in ids {
            let row = self.door.read(unit, AuthorityKind::Notice, id)?.ok_or(OutboxError::Stale)?;
            taken.push(Taken::new(row));
        }
        Ok(unit.hold(taken))
    }

    /// Notes that a notice was sent: it is gone.
    ///
    /// # Errors
    /// [`OutboxError::Stale`] where its lease had ended and somebody else took it; or the unit's.
    pub fn sent(&self, unit: &mut dyn Unit, taken: Taken) -> Result<(), OutboxError> {
        let event = self.door.event(EventName::NOTICE_SENT, Action::Delete);
        Ok(self.door.apply(unit, event, vec![Change::Delete(taken.into_row())])?)
    }

    /// Notes that a notice could not be sent: it waits, longer after each time, until its own time is over.
    ///
    /// # Errors
    /// As [`Outbox::sent`].
    pub fn failed(&self, unit: &mut dyn Unit, taken: Taken) -> Result<(), OutboxError> {
        let now = unit.time_of(self.door.tenant())?;
        let event = self.door.event(EventName::NOTICE_FAILED, Action::Update).outcome(Outcome::Failed);
        Ok(self.door.apply(unit, event, vec![taken.postpone(now)])?)
    }

    /// Deletes up to `limit` notices whose time was over before they were sent, with one entry that names them.
    ///
    /// # Errors
    /// As [`Authority::sweep`].
    pub fn sweep(&self, unit: &mut dyn Unit, after: Option<SweepMark>, limit: usize) -> Result<Swept, AuthorityError> {
        let event = self.door.event(EventName::NOTICE_EXPIRED, Action::Delete).outcome(Outcome::Failed);
        self.door.sweep_noted(unit, (AuthorityKind::Notice, event), after, limit)
    }

    fn due(
        &self,
        unit: &mut dyn Unit,
        limit: usize,
        is_due: impl Fn(&Row) -> bool,
    ) -> Result<Vec<Row>, AuthorityError> {
        let (mut due, mut after) = (Vec::new(), None);
        loop {
            let page = self.door.by_expiry(unit, AuthorityKind::Notice, after, MAX_ROWS)?;
            due.extend(page.rows.into_iter().filter(&is_due));
            due.truncate(limit);
            after = page.next;
            if after.is_none() || due.len() == limit {
                return Ok(due);
            }
        }
    }
}
