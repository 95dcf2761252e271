//! The columns of a signature. A table that declares them can be signed; only the vault writes them.

use super::{Column, ColumnDef, Index, Reference, check};

const SIGNED: Column<super::Bytes> = Column::bytes("hipaa_signature").protected().of_vault();
const SALT: Column<super::Bytes> = Column::bytes("hipaa_signature_salt").of_vault();
const ORIGINAL: Column<Reference> = Column::reference("hipaa_amends").of_vault();

/// Who signed a record, in which role, when, and the commitment to what it says: readable, and covered by the record MAC.
pub const SIGNATURE: ColumnDef = SIGNED.def();
/// The random salt of the commitment, sealed: without it nobody can confirm a guess of what was signed.
pub const SIGNATURE_SALT: ColumnDef = SALT.def();
/// The signed record that a record amends.
pub const AMENDS: ColumnDef = ORIGINAL.def();
/// The amendments of a signed record.
pub const BY_AMENDS: Index<(Reference,)> = Index::exact("hipaa_amends", ORIGINAL.as_reference());

const COLUMNS: [ColumnDef; 3] = [SIGNATURE, SIGNATURE_SALT, AMENDS];

/// A table has all of them or none.
pub(super) const fn check(columns: &[ColumnDef]) {
    let mut count = 0;
    let mut at = 0;
    while at < columns.len() {
        count += columns[at].of_vault as usize;
        at += 1;
    }
    assert!(count == 0 || count == COLUMNS.len(), "a table that can be signed has the three columns of a signature");
}

/// Whether a column is one of them.
pub(super) const fn is_own(column: &ColumnDef) -> bool {
    column.of_vault
}

/// Whether a label is one of theirs.
pub(super) const fn takes(label: &str) -> bool {
    let mut at = 0;
    while at < COLUMNS.len() {
        if check::equal(COLUMNS[at].label, label) {
            return true;
        }
        at += 1;
    }
    false
}
