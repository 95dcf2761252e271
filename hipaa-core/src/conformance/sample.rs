//! What the cases write.

use crate::schema::{Boolean, Bytes, Column, Integer, RecordId, Reference, Table, TenantId, Text};
use crate::store::{LogId, StoredRow, StoredValue};

pub(super) const TEXT: Column<Text> = Column::text("text").protected();
const BYTES: Column<Bytes> = Column::bytes("bytes").protected();
const INTEGER: Column<Integer> = Column::integer("integer").protected();
const FLAG: Column<Boolean> = Column::boolean("flag").protected();
const FRIEND: Column<Reference> = Column::reference("friend");
const SEALED: Column<Text> = Column::text("sealed").stored_as("sealed_text");

/// A table with a column of every storage class.
pub(super) const TABLE: Table =
    Table::new("conformance", &[TEXT.def(), BYTES.def(), INTEGER.def(), FLAG.def(), FRIEND.def(), SEALED.def()], &[]);
/// Another table with the same columns and another SQL name than its label.
pub(super) const OTHER_TABLE: Table = Table::new(
    "conformance_other",
    &[TEXT.def(), BYTES.def(), INTEGER.def(), FLAG.def(), FRIEND.def(), SEALED.def()],
    &[],
)
.stored_as("conformance_renamed");

/// The tables that the cases use.
pub const TABLES: [&Table; 2] = [&TABLE, &OTHER_TABLE];

pub(super) const TENANT: TenantId = TenantId::from_bytes([0xa1; 16]);
pub(super) const OTHER_TENANT: TenantId = TenantId::from_bytes([0xa2; 16]);
pub(super) const LOG: LogId = LogId([0xb1; 16]);
pub(super) const OTHER_LOG: LogId = LogId([0xb2; 16]);

/// How many columns [`TABLE`] has.
pub(super) const WIDTH: usize = TABLE.columns().len();

/// The id that is this byte, so many times.
pub(super) fn repeated(byte: u8, length: usize) -> RecordId {
    id(&vec![byte; length])
}

/// An id of 16 bytes.
pub(super) fn uuid(byte: u8) -> RecordId {
    repeated(byte, 16)
}

/// Ids of every length and edge, ascending by their bytes: a shorter one comes before what begins with it.
pub(super) fn ladder() -> Vec<RecordId> {
    let long = [0x61; 40];
    let rungs: [&[u8]; 12] =
        [&[0], &[0, 0], &[0, 1], &[0; 40], &[1], b"A", b"a", &long[..16], &long, &[0x7f, 0xff], &[0x80], &[0xff; 40]];
    let mut rungs = rungs.map(id).to_vec();
    rungs.sort_unstable();
    rungs
}

fn id(bytes: &[u8]) -> RecordId {
    RecordId::from_slice(bytes).unwrap_or_else(|_| RecordId::from_random([0; 16]))
}

/// A row whose columns all hold this value.
pub(super) fn row(tenant: TenantId, record: RecordId, value: &StoredValue) -> StoredRow {
    StoredRow { tenant, record, columns: vec![value.clone(); WIDTH], seal: vec![7; 48] }
}

/// A row whose columns all hold one blob of one byte.
pub(super) fn marked(tenant: TenantId, record: RecordId, mark: u8) -> StoredRow {
    row(tenant, record, &StoredValue::Blob(vec![mark]))
}
