//! Reading the audit log: who looked at what.

mod search;

pub use search::{Activity, MAX_COUNTED_ENTRIES, MAX_SEARCHED_ENTRIES, TrailFilter, TrailPage, TrailPageOf};

use super::{MAX_PAGE, TenantVault, VaultError};
use crate::audit::{
    Action, Body, EventName, Leaf, Outcome, RecordState, leaf_of, read_records, read_seen, read_states, read_subjects,
    tag,
};
use crate::auth::role::Ability;
use crate::clock::Timestamp;
use crate::schema::{RecordId, Value};
use crate::store::StoredEntry;
use crate::unit::{Held, Unit, UnitError};
use core::fmt;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// One entry of the log, as a person may read it.
#[derive(Clone)]
pub struct TrailEntry {
    /// Its place in the log.
    pub sequence: u64,
    /// When.
    pub time: Timestamp,
    /// What, by name; none for entries that are no events.
    pub name: Option<String>,
    /// Who, by user id.
    pub user: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// Whether the identity was claimed, not proven.
    pub claimed: bool,
    /// The emergency grant under which it was done.
    pub grant: Option<[u8; 16]>,
    /// How it ended, by its code in [`Outcome`].
    pub outcome: Option<u8>,
    /// The patients whom it is about.
    pub subjects: Vec<RecordId>,
    /// The records that were seen or written, by table.
    pub records: Vec<(String, Vec<RecordId>)>,
    /// The sealed details, opened: JSON text. None for an actor without [`Ability::ReadDetails`].
    pub details: Option<Zeroizing<String>>,
    /// Whether the stored bytes agree with each other: the entry with its place and its details, and with the entry that
    /// follows. Where they do not, this entry, the one after it or one before it was altered. That they do proves little by itself: whether
    /// the log is whole is for verification to say.
    pub intact: bool,
}

impl fmt::Debug for TrailEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrailEntry").field("sequence", &self.sequence).field("name", &self.name).finish_non_exhaustive()
    }
}

impl TenantVault {
    /// Up to `limit` entries of the tenant's log from sequence `from`, ascending. Reading the log is an entry, too.
    ///
    /// # Errors
    /// [`VaultError::Denied`], [`VaultError::TooMany`] unless `limit` is 1 to 500, or the unit's.
    pub fn trail(&self, unit: &mut dyn Unit, from: u64, limit: usize) -> Result<Held<Vec<TrailEntry>>, VaultError> {
        self.permit_trail(unit, limit)?;
        let log = unit.parts().0.head(self.tenant())?.ok_or(crate::keys::KeyError::UnknownTenant)?.log;
        let entries = unit.parts().0.entries(log, from, limit)?;
        self.show(unit, &entries, &[])
    }

    /// Up to `limit` entries about one patient, the newest first.
    ///
    /// # Errors
    /// As [`TenantVault::trail`].
    pub fn trail_about(
        &self,
        unit: &mut dyn Unit,
        subject: RecordId,
        limit: usize,
    ) -> Result<Held<Vec<TrailEntry>>, VaultError> {
        self.permit_trail(unit, limit)?;
        let log = unit.parts().0.head(self.tenant())?.ok_or(crate::keys::KeyError::UnknownTenant)?.log;
        let entries = unit.parts().0.entries_about(log, subject, limit)?;
        self.show(unit, &entries, &[subject])
    }

    pub(super) fn permit_trail(&self, unit: &mut dyn Unit, limit: usize) -> Result<(), VaultError> {
        self.require(unit, Ability::ReadTrail)?;
        if limit == 0 || limit > MAX_PAGE { Err(VaultError::TooMany) } else { Ok(()) }
    }

    fn show(
        &self,
        unit: &mut dyn Unit,
        entries: &[StoredEntry],
        about: &[RecordId],
    ) -> Result<Held<Vec<TrailEntry>>, VaultError> {
        let mut shown = Vec::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            let next = self.next_previous(unit, entry, entries.get(at + 1))?;
            let (store, ledger) = unit.parts();
            let details = ledger.open_details(store, self.tenant(), entry);
            let opened = details.is_ok();
            let details = details.unwrap_or_default().filter(|_| self.permissions.has(Ability::ReadDetails));
            let mut read = read(entry, details)?;
            read.intact &= about.iter().all(|subject| read.subjects.contains(subject));
            read.intact &= opened && next.is_none_or(|previous| previous == leaf_of(&entry.body));
            shown.push(read);
        }
        let altered = shown.iter().any(|entry| !entry.intact);
        let outcome = if altered { Outcome::IntegrityFailed } else { Outcome::Success };
        if altered {
            unit.refuse(self.event(EventName::INTEGRITY_FAILED, Action::Read).outcome(outcome));
        }
        let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let event = self.event(EventName::AUDIT_READ, Action::Read).outcome(outcome);
        unit.note(event.subjects(about).count(count))?;
        Ok(unit.hold(shown))
    }

    /// What the entry after this one says its leaf is; none for the last entry, for which the head answers.
    fn next_previous(
        &self,
        unit: &mut dyn Unit,
        entry: &StoredEntry,
        shown_next: Option<&StoredEntry>,
    ) -> Result<Option<Leaf>, VaultError> {
        let sequence = entry.sequence.saturating_add(1);
        let next = match shown_next.filter(|next| next.sequence == sequence) {
            Some(next) => Some(next.clone()),
            None => unit.parts().0.entries(entry.log, sequence, 1)?.pop(),
        };
        // Of a gap, or of an entry that is none, no leaf is the right one.
        Ok(next.map(|next| match Body::decode(&next.body) {
            Ok(body) if next.sequence == sequence => body.prefix.previous,
            _ => [0; 32],
        }))
    }
}

/// Whether an entry stands where it says, and with the details that it says.
fn agrees(entry: &StoredEntry, body: &Body) -> bool {
    let digest = entry.details.as_ref().map(|sealed| Sha256::digest(sealed).to_vec());
    body.prefix.log == entry.log
        && body.prefix.sequence == entry.sequence
        && leaf_of(&entry.body) == entry.leaf
        && body.field(tag::DETAILS) == digest.as_deref()
}

fn read_body(entry: &StoredEntry) -> Result<Body, VaultError> {
    Ok(Body::decode(&entry.body).map_err(UnitError::from)?)
}

/// An entry whose bytes are those of none: altered, and shown as that. Its time is that of the epoch.
fn unreadable(entry: &StoredEntry) -> TrailEntry {
    TrailEntry {
        sequence: entry.sequence,
        time: Timestamp::from_micros(0),
        name: None,
        user: None,
        role: None,
        claimed: false,
        grant: None,
        outcome: Some(Outcome::IntegrityFailed as u8),
        subjects: Vec::new(),
        records: Vec::new(),
        details: None,
        intact: false,
    }
}

fn read(entry: &StoredEntry, details: Option<Value>) -> Result<TrailEntry, VaultError> {
    let Ok(body) = read_body(entry) else { return Ok(unreadable(entry)) };
    let text = |tag| body.text(tag).map(str::to_owned);
    let named = |(table, records): (&str, Vec<RecordId>)| (table.to_owned(), records);
    let mut records = body.field(tag::RECORDS).and_then(read_records).map(named).into_iter().collect::<Vec<_>>();
    records.extend(body.field(tag::SEEN).and_then(read_seen).unwrap_or_default().into_iter().map(named));
    let ids = |states: Vec<RecordState>| states.iter().map(|state| state.record).collect();
    records
        .extend(body.field(tag::STATES).and_then(read_states).map(|(table, states)| (table.to_owned(), ids(states))));
    Ok(TrailEntry {
        sequence: entry.sequence,
        time: body.prefix.time,
        name: body.name().map(str::to_owned),
        user: text(tag::USER),
        role: text(tag::ROLE),
        claimed: body.field(tag::CLAIMED).is_some(),
        grant: body.field(tag::GRANT).and_then(|id| id.try_into().ok()),
        outcome: body.field(tag::OUTCOME).and_then(|code| code.first().copied()),
        subjects: body.field(tag::SUBJECTS).and_then(read_subjects).unwrap_or_default(),
        records,
        details: match details {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        },
        intact: agrees(entry, &body),
    })
}
