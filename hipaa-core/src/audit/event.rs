//! What happened, before it is an entry.

use super::actor::Actor;
use super::body::BodyError;
use super::field::{Field, RecordState, records_field, seen_field, states_field, subjects_field, tag, text_field};
use crate::encoding::MAX_LABEL_BYTES;
use crate::schema::{RecordId, TenantId};
use core::fmt;
use zeroize::Zeroizing;

/// The most records that one entry names.
pub const MAX_RECORDS_PER_ENTRY: usize = 500;

/// The name of an event: ours have no dot, an application's are reverse domain names and always have one, so that they
/// never collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventName(&'static str);

impl EventName {
    /// A record was created.
    pub const PHI_CREATE: Self = Self("PHI_CREATE");
    /// A record was read.
    pub const PHI_READ: Self = Self("PHI_READ");
    /// Records were listed.
    pub const PHI_LIST: Self = Self("PHI_LIST");
    /// Records were searched for.
    pub const PHI_SEARCH: Self = Self("PHI_SEARCH");
    /// A record was changed.
    pub const PHI_UPDATE: Self = Self("PHI_UPDATE");
    /// A record was deleted.
    pub const PHI_DELETE: Self = Self("PHI_DELETE");
    /// An action was refused for want of permission.
    pub const PERMISSION_DENIED: Self = Self("PERMISSION_DENIED");
    /// A record was found altered.
    pub const INTEGRITY_FAILED: Self = Self("INTEGRITY_FAILED");
    /// The audit log was read.
    pub const AUDIT_READ: Self = Self("AUDIT_READ");
    /// A key epoch was opened.
    pub const EPOCH_OPENED: Self = Self("EPOCH_OPENED");
    /// A user was made.
    pub const USER_CREATED: Self = Self("USER_CREATED");
    /// A user was disabled, and everything bound to it was voided.
    pub const USER_DISABLED: Self = Self("USER_DISABLED");
    /// Sessions, tokens or grants of a user were ended.
    pub const AUTHORITY_ENDED: Self = Self("AUTHORITY_ENDED");
    /// Rows that had expired were deleted.
    pub const AUTHORITY_SWEPT: Self = Self("AUTHORITY_SWEPT");
    /// An attempt was counted, before its password is checked.
    pub const LOGIN_ATTEMPTED: Self = Self("LOGIN_ATTEMPTED");
    /// A user is logged in: a session began.
    pub const LOGIN_SUCCESS: Self = Self("LOGIN_SUCCESS");
    /// A password or code was wrong, or was not even checked.
    pub const LOGIN_FAILED: Self = Self("LOGIN_FAILED");
    /// The password was right and the second factor is outstanding.
    pub const LOGIN_PENDING: Self = Self("LOGIN_PENDING");
    /// A password was right: its failures are forgotten, and an outdated hash made again.
    pub const LOGIN_VERIFIED: Self = Self("LOGIN_VERIFIED");
    /// A user has another role.
    pub const ROLE_CHANGED: Self = Self("ROLE_CHANGED");
    /// A user logged out.
    pub const LOGOUT: Self = Self("LOGOUT");
    /// A failure was the last before a lock.
    pub const ACCOUNT_LOCKED: Self = Self("ACCOUNT_LOCKED");
    /// An administrator cleared what was counted of failures.
    pub const ACCOUNT_UNLOCKED: Self = Self("ACCOUNT_UNLOCKED");
    /// A seed for one-time codes was made; it counts from its first code on.
    pub const LOGIN_TOTP_STARTED: Self = Self("LOGIN_TOTP_STARTED");
    /// The first code of a seed was right: it is a second factor.
    pub const LOGIN_TOTP_ENROLLED: Self = Self("LOGIN_TOTP_ENROLLED");
    /// A one-time code was right.
    pub const LOGIN_TOTP_VERIFIED: Self = Self("LOGIN_TOTP_VERIFIED");
    /// A second factor was taken away, with its recovery codes.
    pub const LOGIN_TOTP_REMOVED: Self = Self("LOGIN_TOTP_REMOVED");
    /// Recovery codes were made; earlier ones are void.
    pub const RECOVERY_CODES_CREATED: Self = Self("RECOVERY_CODES_CREATED");
    /// A recovery code stood in for the second factor, and is used up.
    pub const RECOVERY_CODE_USED: Self = Self("RECOVERY_CODE_USED");
    /// A user set another password.
    pub const PASSWORD_CHANGED: Self = Self("PASSWORD_CHANGED");
    /// A reset was asked for.
    pub const PASSWORD_RESET_REQUESTED: Self = Self("PASSWORD_RESET_REQUESTED");
    /// A password was set by a token.
    pub const PASSWORD_RESET: Self = Self("PASSWORD_RESET");
    /// A password hash of an earlier system was taken over.
    pub const PASSWORD_IMPORTED: Self = Self("PASSWORD_IMPORTED");
    /// A token for a first password was made.
    pub const ACTIVATION_CREATED: Self = Self("ACTIVATION_CREATED");
    /// A session was renewed by activity.
    pub const SESSION_RENEWED: Self = Self("SESSION_RENEWED");
    /// A session got a new token, for password and code given again.
    pub const SESSION_STEPPED_UP: Self = Self("SESSION_STEPPED_UP");
    /// A session got a new token, for the account has changed.
    pub const SESSION_ROTATED: Self = Self("SESSION_ROTATED");
    /// Sessions were ended: by their user, an administrator, or because there were too many.
    pub const SESSION_ENDED: Self = Self("SESSION_ENDED");
    /// Rows of a user's that were altered behind the application's back were taken away by an administrator.
    pub const ACCOUNT_REPAIRED: Self = Self("ACCOUNT_REPAIRED");
    /// A notice waits to be sent.
    pub const NOTICE_QUEUED: Self = Self("NOTICE_QUEUED");
    /// Notices were handed to whoever sends them.
    pub const NOTICE_TAKEN: Self = Self("NOTICE_TAKEN");
    /// A notice was sent.
    pub const NOTICE_SENT: Self = Self("NOTICE_SENT");
    /// A notice could not be sent; it is tried again.
    pub const NOTICE_FAILED: Self = Self("NOTICE_FAILED");
    /// Notices were given up: their time was over before they could be sent.
    pub const NOTICE_EXPIRED: Self = Self("NOTICE_EXPIRED");
    /// A user has another address for notices.
    pub const CONTACT_CHANGED: Self = Self("CONTACT_CHANGED");

    /// An event of the application's own: a reverse domain name such as `com.example.label_printed`.
    ///
    /// # Panics
    /// At compile time, when the name has no dot, is longer than 64 bytes or has other characters than `a-z 0-9 _ .`.
    #[must_use]
    pub const fn application(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        assert!(!bytes.is_empty() && bytes.len() <= 64, "an event name has 1 to 64 bytes");
        let (mut at, mut dots) = (0, 0);
        while at < bytes.len() {
            dots += (bytes[at] == b'.') as usize;
            let allowed = matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.');
            assert!(allowed, "an event name consists of a-z, 0-9, '_' and '.'");
            at += 1;
        }
        assert!(dots > 0, "an application's event name is a reverse domain name");
        Self(name)
    }

    /// The text of this name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

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
