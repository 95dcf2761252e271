//! One notice: as it is put, and as it is taken.

use super::{FIRST_RETRY, LONGEST_RETRY, NOTICE_LIFE, OutboxError, Topic};
use crate::authority::{AuthorityKind, Body, Change, Draft, Row};
use crate::clock::Timestamp;
use crate::encoding::{decode, encode};
use crate::schema::{RecordId, UserId};
use core::fmt;
use core::time::Duration;
use zeroize::Zeroizing;

/// The longest address, in bytes (RFC 3696 names 320 for e-mail).
pub const MAX_ADDRESS_BYTES: usize = 320;
/// The longest payload, in bytes.
pub const MAX_PAYLOAD_BYTES: usize = 2048;

const LABEL: &str = "notice";

mod tag {
    pub(super) const TOPIC: u8 = 1;
    pub(super) const CREATED: u8 = 2;
    pub(super) const TAKEN: u8 = 3;
    pub(super) const NOT_BEFORE: u8 = 4;
    pub(super) const ABOUT: u8 = 5;
}

/// A notice to be put.
#[derive(Clone, Copy)]
pub struct NewNotice<'a> {
    topic: Topic,
    to: UserId,
    address: Option<&'a str>,
    payload: Option<&'a str>,
    about: Option<RecordId>,
    until: Option<Timestamp>,
}

impl<'a> NewNotice<'a> {
    /// A notice to a user, or to [`UserId::NOBODY`] where its address is all that is known of the recipient. It waits for
    /// [`NOTICE_LIFE`].
    #[must_use]
    pub const fn new(topic: Topic, to: UserId) -> Self {
        Self { topic, to, address: None, payload: None, about: None, until: None }
    }

    /// Where to send it, [`MAX_ADDRESS_BYTES`] at most; stored sealed. Without it the host looks the user up.
    #[must_use]
    pub const fn address(self, address: &'a str) -> Self {
        Self { address: Some(address), ..self }
    }

    /// What the sender needs beside the topic, [`MAX_PAYLOAD_BYTES`] at most; stored sealed. Never PHI.
    #[must_use]
    pub const fn payload(self, payload: &'a str) -> Self {
        Self { payload: Some(payload), ..self }
    }

    /// The record that it is about; readable in the database, as ids of records are.
    #[must_use]
    pub const fn about(self, record: RecordId) -> Self {
        Self { about: Some(record), ..self }
    }

    /// From when on there is no use in sending it.
    #[must_use]
    pub const fn until(self, time: Timestamp) -> Self {
        Self { until: Some(time), ..self }
    }

    pub(crate) const fn user(&self) -> UserId {
        self.to
    }

    pub(crate) fn draft(&self, id: RecordId, now: Timestamp) -> Result<Draft, OutboxError> {
        self.address.map_or(Ok(()), check_address)?;
        let (address, payload) = (self.address.unwrap_or_default(), self.payload.unwrap_or_default());
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(OutboxError::Payload);
        }
        let mut body = Body::new().with_text(tag::TOPIC, self.topic.as_str()).with_time(tag::CREATED, now);
        body = body.with_number(tag::TAKEN, 0).with_time(tag::NOT_BEFORE, now);
        if let Some(record) = &self.about {
            body = body.with_bytes(tag::ABOUT, record.as_bytes());
        }
        let secret = Zeroizing::new(encode(LABEL, &[address.as_bytes(), payload.as_bytes()]));
        let draft = Draft::new(AuthorityKind::Notice, id, self.to).body(body).secret(&secret);
        Ok(draft.expires(self.until.unwrap_or_else(|| now.after(NOTICE_LIFE))))
    }
}

/// That a text can be an address, of whatever kind: what a mail's header cannot be broken with.
pub(crate) fn check_address(address: &str) -> Result<(), OutboxError> {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let fits = !address.is_empty() && address.len() <= MAX_ADDRESS_BYTES && !address.contains(odd);
    if fits { Ok(()) } else { Err(OutboxError::Address) }
}

/// A notice in the hands of whoever sends it.
pub struct Taken {
    row: Row,
}

impl Taken {
    pub(super) const fn new(row: Row) -> Self {
        Self { row }
    }

    /// Its id, the same each time it is sent: the id of the message.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.row.id()
    }

    /// The text of its topic.
    #[must_use]
    pub fn topic(&self) -> &str {
        topic(&self.row)
    }

    /// Whether it is of this topic.
    #[must_use]
    pub fn is(&self, topic: Topic) -> bool {
        self.topic() == topic.as_str()
    }

    /// To whom it goes; [`UserId::NOBODY`] where that is no user.
    #[must_use]
    pub const fn to(&self) -> UserId {
        self.row.owner()
    }

    /// Where to send it; none where the host looks the user up.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.part(0)
    }

    /// What the sender needs beside the topic.
    #[must_use]
    pub fn payload(&self) -> Option<&str> {
        self.part(1)
    }

    /// The record that it is about.
    #[must_use]
    pub fn about(&self) -> Option<RecordId> {
        RecordId::from_slice(self.row.body().bytes(tag::ABOUT).ok()?).ok()
    }

    /// When it was put.
    #[must_use]
    pub fn created(&self) -> Option<Timestamp> {
        self.row.body().time(tag::CREATED).ok()
    }

    /// How often it was taken, this time included.
    #[must_use]
    pub fn attempt(&self) -> u64 {
        attempts(&self.row)
    }

    fn part(&self, at: usize) -> Option<&str> {
        let (label, parts) = decode(self.row.secret()?).ok()?;
        let text = core::str::from_utf8(parts.get(at)?).ok()?;
        (label == LABEL && !text.is_empty()).then_some(text)
    }

    pub(super) fn into_row(self) -> Row {
        self.row
    }

    pub(super) fn postpone(self, now: Timestamp) -> Change {
        let body = self.row.body().clone().with_time(tag::NOT_BEFORE, now.after(wait(self.attempt())));
        let draft = self.row.edit().body(body);
        Change::Replace(self.row, draft)
    }
}

/// The wait after so many attempts.
fn wait(attempts: u64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_RETRY.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_RETRY)
}

fn attempts(row: &Row) -> u64 {
    row.body().number(tag::TAKEN).unwrap_or(0)
}

pub(super) fn topic(row: &Row) -> &str {
    row.body().text(tag::TOPIC).unwrap_or_default()
}

pub(super) fn is_due(row: &Row, now: Timestamp) -> bool {
    row.body().time(tag::NOT_BEFORE).is_ok_and(|time| time <= now)
}

pub(super) fn lease(row: Row, until: Timestamp) -> Change {
    let body = row.body().clone().with_number(tag::TAKEN, attempts(&row).saturating_add(1));
    let draft = row.edit().body(body.with_time(tag::NOT_BEFORE, until));
    Change::Replace(row, draft)
}

/// The topic only.
impl fmt::Debug for NewNotice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewNotice").field("topic", &self.topic).finish_non_exhaustive()
    }
}

/// Id and topic only.
impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taken").field("id", &self.id()).field("topic", &self.topic()).finish_non_exhaustive()
    }
}
