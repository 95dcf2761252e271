//! What happened, before it is an entry.

use super::actor::Actor;
use super::body::BodyError;
use super::field::{Field, RecordState, records_field, seen_field, states_field, subjects_field, tag, text_field};
use super::name::EventName;
use crate::encoding::MAX_LABEL_BYTES;
use crate::schema::{RecordId, TenantId};
use core::fmt;
use zeroize::Zeroizing;

/// The most records that one entry names.
pub const MAX_RECORDS_PER_ENTRY: usize = 500;

/// What was done to data (the DICOM and FHIR `AuditEvent.action` codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Action {
    /// Created.
    Create = b'C',
    /// Read.
    Read = b'R',
    /// Changed.
    Update = b'U',
    /// Deleted.
    Delete = b'D',
    /// Executed: a search, a login.
    Execute = b'E',
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Outcome {
    /// Done.
    Success = 0,
    /// Refused for want of permission.
    Denied = 1,
    /// There was no such record.
    NotFound = 2,
    /// The record is not what was written.
    IntegrityFailed = 3,
    /// Nothing had to be changed.
    Unchanged = 4,
    /// Failed for another reason.
    Failed = 5,
}

/// What happened. Holds ids, never values; free text goes into the details, which are sealed.
#[derive(Clone)]
pub struct Event {
    pub(crate) actor: Actor,
    pub(crate) details: Option<Zeroizing<String>>,
    name: EventName,
    action: Action,
    outcome: Outcome,
    fields: Vec<Field>,
    oversized: bool,
}

impl Event {
    /// An event in the log of the actor's tenant.
    #[must_use]
    pub fn new(actor: &Actor, name: EventName, action: Action) -> Self {
        Self {
            actor: actor.clone(),
            details: None,
            name,
            action,
            outcome: Outcome::Success,
            fields: Vec::new(),
            oversized: false,
        }
    }

    /// How it ended; [`Outcome::Success`] unless told.
    #[must_use]
    pub const fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// The patients whom it is about, [`MAX_RECORDS_PER_ENTRY`] at most.
    #[must_use]
    pub fn subjects(mut self, subjects: &[RecordId]) -> Self {
        self.oversized |= subjects.len() > MAX_RECORDS_PER_ENTRY;
        if !subjects.is_empty() {
            self.fields.push(subjects_field(subjects));
        }
        self
    }

    /// The records that were seen, [`MAX_RECORDS_PER_ENTRY`] at most.
    #[must_use]
    pub fn records(mut self, table: &str, records: &[RecordId]) -> Self {
        self.oversized |= records.len() > MAX_RECORDS_PER_ENTRY || table.len() > MAX_LABEL_BYTES;
        self.fields.push(records_field(table, records));
        self
    }

    /// The records of several tables that were seen at once, [`MAX_RECORDS_PER_ENTRY`] at most in all.
    pub(crate) fn seen(mut self, seen: &[(&str, Vec<RecordId>)]) -> Self {
        let count = seen.iter().map(|(_, records)| records.len()).sum::<usize>();
        self.oversized |= count > MAX_RECORDS_PER_ENTRY;
        self.fields.push(seen_field(seen));
        self
    }

    /// How many records were found.
    #[must_use]
    pub fn count(self, count: u64) -> Self {
        self.field(tag::COUNT, count.to_be_bytes().to_vec())
    }

    /// Why the data is used.
    #[must_use]
    pub fn purpose(mut self, purpose: &str) -> Self {
        self.fields.push(text_field(tag::PURPOSE, purpose));
        self
    }

    /// The host's id of the request.
    #[must_use]
    pub fn request(mut self, request: &str) -> Self {
        self.fields.push(text_field(tag::REQUEST, request));
        self
    }

    /// Free text, a reason, anything that may hold PHI: sealed beside the entry, whose body holds its digest only.
    #[must_use]
    pub fn details(mut self, details: &str) -> Self {
        self.details = Some(Zeroizing::new(details.to_owned()));
        self
    }

    /// A field of the application's own; `offset` counts from [`tag::APPLICATION`]. Never a value: bodies are readable.
    #[must_use]
    pub fn application_field(self, offset: u16, value: Vec<u8>) -> Self {
        self.field(tag::APPLICATION | offset, value)
    }

    pub(crate) fn states(mut self, table: &str, states: &[RecordState]) -> Self {
        self.oversized |= states.len() > MAX_RECORDS_PER_ENTRY;
        self.fields.push(states_field(table, states));
        self
    }

    pub(crate) fn signature(self, signature: Vec<u8>) -> Self {
        self.field(tag::SIGNATURE, signature)
    }

    /// Of a new password: says where it could not be compared with the corpus of breached ones.
    pub(crate) fn compared(self, compared: bool) -> Self {
        if compared { self } else { self.field(tag::NOT_COMPARED, vec![1]) }
    }

    pub(crate) fn index(mut self, label: &str) -> Self {
        self.fields.push(text_field(tag::INDEX, label));
        self
    }

    pub(crate) fn field(mut self, tag: u16, value: Vec<u8>) -> Self {
        self.fields.push(Field { tag, value });
        self
    }

    /// The tenant whose log takes this event.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.actor.tenant()
    }

    /// The fields of the entry, in ascending order of tags.
    ///
    /// # Errors
    /// [`BodyError::TooMany`] when more records or subjects were named than one entry takes.
    pub(crate) fn fields(&self) -> Result<Vec<Field>, BodyError> {
        if self.oversized {
            return Err(BodyError::TooMany);
        }
        let mut fields = self.fields.clone();
        fields.push(text_field(tag::NAME, self.name.as_str()));
        self.actor.fields(&mut fields);
        fields.push(Field { tag: tag::ACTION, value: vec![self.action as u8] });
        fields.push(Field { tag: tag::OUTCOME, value: vec![self.outcome as u8] });
        fields.sort_by_key(|field| field.tag);
        Ok(fields)
    }

    /// The text that is sealed beside the entry: a JSON object with what may hold PHI.
    pub(crate) fn sealed_text(&self) -> Option<Zeroizing<String>> {
        let parts =
            [("user_agent", self.actor.user_agent()), ("details", self.details.as_ref().map(|text| text.as_str()))];
        let present = parts.iter().filter_map(|(name, text)| text.map(|text| (*name, text))).collect::<Vec<_>>();
        if present.is_empty() {
            return None;
        }
        let object = present.into_iter().collect::<std::collections::BTreeMap<_, _>>();
        serde_json::to_string(&object).ok().map(Zeroizing::new)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("name", &self.name).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
