//! The fields behind an entry's prefix: tag u16 ‖ length u32 ‖ value, in ascending order of tags, each at most once.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use crate::schema::RecordId;

/// The frozen tags. Those from [`tag::APPLICATION`](self::tag::APPLICATION) on are the application's.
pub mod tag {
    /// Name of the event, text.
    pub const NAME: u16 = 1;
    /// User id, text.
    pub const USER: u16 = 2;
    /// Role, text.
    pub const ROLE: u16 = 3;
    /// Session id, 16 bytes.
    pub const SESSION: u16 = 4;
    /// Network address, 4 or 16 bytes.
    pub const ADDRESS: u16 = 5;
    /// 1 where the actor's identity was claimed, not proven.
    pub const CLAIMED: u16 = 6;
    /// What was done: C, R, U, D or E.
    pub const ACTION: u16 = 7;
    /// How it ended, u8.
    pub const OUTCOME: u16 = 8;
    /// The patients whom it is about: record ids, ascending and distinct.
    pub const SUBJECTS: u16 = 9;
    /// The records that were seen: table label, then ids.
    pub const RECORDS: u16 = 10;
    /// The records that were written: table label, then id, version and MAC.
    pub const STATES: u16 = 11;
    /// The index that was searched, text.
    pub const INDEX: u16 = 12;
    /// How many records were found, u64.
    pub const COUNT: u16 = 13;
    /// Purpose of use, text.
    pub const PURPOSE: u16 = 14;
    /// Request id of the host, text.
    pub const REQUEST: u16 = 15;
    /// SHA-256 of the sealed details.
    pub const DETAILS: u16 = 16;
    /// The records that were seen at once, of several tables: for each, table label, then ids.
    pub const SEEN: u16 = 17;
    /// Id of the emergency grant under which the actor acts, 16 bytes.
    pub const GRANT: u16 = 18;
    /// The label of the one column that was seen, text.
    pub const COLUMN: u16 = 19;
    /// 1 where a new password could not be compared with the corpus of breached ones.
    pub const NOT_COMPARED: u16 = 20;
    /// The signature of the one record that was written.
    pub const SIGNATURE: u16 = 32;
    /// Version of the log format, u16.
    pub const FORMAT: u16 = 0x0100;
    /// Id of the deployment, 16 bytes.
    pub const DEPLOYMENT: u16 = 0x0101;
    /// SHA-256 of the policy in force.
    pub const POLICY: u16 = 0x0102;
    /// The first Ed25519 public key that signs heads, 32 bytes.
    pub const HEAD_KEY: u16 = 0x0103;
    /// The operator's offline Ed25519 public key, 32 bytes, or empty.
    pub const OPERATOR_KEY: u16 = 0x0104;
    /// Id of a log, 16 bytes.
    pub const LOG: u16 = 0x0110;
    /// Leaf of a log's genesis entry, 32 bytes.
    pub const GENESIS: u16 = 0x0111;
    /// The tenant of a log, 16 bytes.
    pub const TENANT: u16 = 0x0112;
    /// How many entries a log has, u64.
    pub const SIZE: u16 = 0x0113;
    /// Leaf of a log's last entry, 32 bytes.
    pub const LEAF: u16 = 0x0114;
    /// Root of a log's tree, 32 bytes.
    pub const ROOT: u16 = 0x0115;
    /// The signing period that begins, u32.
    pub const PERIOD: u16 = 0x0116;
    /// A key epoch, u32.
    pub const EPOCH: u16 = 0x0120;
    /// SHA-256 of a ring.
    pub const RING: u16 = 0x0121;
    /// The note by which the operator gives up an end of the log.
    pub const RESTORE: u16 = 0x0130;
    /// What is said of the recording itself: code u8 ‖ microseconds u64.
    pub const STATUS: u16 = 0x0140;
    /// The first tag of the application's own.
    pub const APPLICATION: u16 = 0x8000;
}

/// One field of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What the field is.
    pub tag: u16,
    /// Its bytes.
    pub value: Vec<u8>,
}

/// Tag and value of the first field of these bytes, and what follows it.
pub(super) fn split_field(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (value, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some((u16::from_be_bytes(*tag), value, rest))
}

/// The state in which a write left a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordState {
    /// The record.
    pub record: RecordId,
    /// Its version.
    pub version: u64,
    /// Its MAC; 32 zero bytes where it was deleted.
    pub mac: [u8; 32],
}

impl RecordState {
    /// The MAC of a record that was deleted.
    pub const TOMBSTONE: [u8; 32] = [0; 32];

    /// Whether the record was deleted.
    #[must_use]
    pub fn is_tombstone(&self) -> bool {
        self.mac == Self::TOMBSTONE
    }
}

pub(super) fn text_field(tag: u16, text: &str) -> Field {
    Field { tag, value: text.as_bytes().to_vec() }
}

/// count u16 ‖ (id length u8 ‖ id)*, ascending and distinct
pub(super) fn subjects_field(subjects: &[RecordId]) -> Field {
    let mut distinct = subjects.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut value = u16::try_from(distinct.len()).unwrap_or(u16::MAX).to_be_bytes().to_vec();
    for subject in &distinct {
        push_short(&mut value, subject.as_bytes());
    }
    Field { tag: tag::SUBJECTS, value }
}

/// Reads a [`tag::SUBJECTS`] field.
#[must_use]
pub fn read_subjects(value: &[u8]) -> Option<Vec<RecordId>> {
    let (count, rest) = value.split_first_chunk()?;
    read_ids(usize::from(u16::from_be_bytes(*count)), rest)
}

/// label length u8 ‖ table label ‖ count u16 ‖ (id length u8 ‖ id)*
pub(super) fn records_field(table: &str, records: &[RecordId]) -> Field {
    let mut value = listing(table, records.len());
    for record in records {
        push_short(&mut value, record.as_bytes());
    }
    Field { tag: tag::RECORDS, value }
}

/// label length u8 ‖ table label ‖ count u16 ‖ (id length u8 ‖ id ‖ version u64 ‖ MAC 32)*
pub(super) fn states_field(table: &str, states: &[RecordState]) -> Field {
    let mut value = listing(table, states.len());
    for state in states {
        push_short(&mut value, state.record.as_bytes());
        value.extend_from_slice(&state.version.to_be_bytes());
        value.extend_from_slice(&state.mac);
    }
    Field { tag: tag::STATES, value }
}

/// Reads a [`tag::RECORDS`] field: the table's label and the ids.
#[must_use]
pub fn read_records(value: &[u8]) -> Option<(&str, Vec<RecordId>)> {
    let (table, count, rest) = read_listing(value)?;
    Some((table, read_ids(count, rest)?))
}

/// count of tables u16 ‖ (label length u8 ‖ table label ‖ count u16 ‖ (id length u8 ‖ id)*)*
pub(super) fn seen_field(seen: &[(&str, Vec<RecordId>)]) -> Field {
    let mut value = u16::try_from(seen.len()).unwrap_or(u16::MAX).to_be_bytes().to_vec();
    for (table, records) in seen {
        value.append(&mut records_field(table, records).value);
    }
    Field { tag: tag::SEEN, value }
}

/// Reads a [`tag::SEEN`] field: each table's label and its ids.
#[must_use]
pub fn read_seen(value: &[u8]) -> Option<Vec<(&str, Vec<RecordId>)>> {
    let (count, mut rest) = value.split_first_chunk()?;
    let mut seen = Vec::new();
    for _ in 0..u16::from_be_bytes(*count) {
        let (table, count, tail) = read_listing(rest)?;
        let (ids, tail) = take_ids(count, tail)?;
        seen.push((table, ids));
        rest = tail;
    }
    rest.is_empty().then_some(seen)
}

fn read_ids(count: usize, rest: &[u8]) -> Option<Vec<RecordId>> {
    let (ids, rest) = take_ids(count, rest)?;
    rest.is_empty().then_some(ids)
}

fn take_ids(count: usize, mut rest: &[u8]) -> Option<(Vec<RecordId>, &[u8])> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let (id, tail) = read_short(rest)?;
        ids.push(RecordId::from_slice(id).ok()?);
        rest = tail;
    }
    Some((ids, rest))
}

/// Reads a [`tag::STATES`] field: the table's label and the states.
#[must_use]
pub fn read_states(value: &[u8]) -> Option<(&str, Vec<RecordState>)> {
    let (table, count, mut rest) = read_listing(value)?;
    let mut states = Vec::new();
    for _ in 0..count {
        let (id, tail) = read_short(rest)?;
        let (version, tail) = tail.split_first_chunk()?;
        let (mac, tail) = tail.split_first_chunk()?;
        states.push(RecordState {
            record: RecordId::from_slice(id).ok()?,
            version: u64::from_be_bytes(*version),
            mac: *mac,
        });
        rest = tail;
    }
    rest.is_empty().then_some((table, states))
}

fn listing(table: &str, count: usize) -> Vec<u8> {
    let mut value = Vec::with_capacity(count.saturating_mul(57).saturating_add(table.len()));
    push_short(&mut value, table.as_bytes());
    value.extend_from_slice(&u16::try_from(count).unwrap_or(u16::MAX).to_be_bytes());
    value
}

fn read_listing(value: &[u8]) -> Option<(&str, usize, &[u8])> {
    let (table, rest) = read_short(value)?;
    let (count, rest) = rest.split_first_chunk()?;
    Some((core::str::from_utf8(table).ok()?, usize::from(u16::from_be_bytes(*count)), rest))
}

fn push_short(bytes: &mut Vec<u8>, short: &[u8]) {
    bytes.push(u8::try_from(short.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(short);
}

fn read_short(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}
