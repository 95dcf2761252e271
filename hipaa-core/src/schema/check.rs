//! What a declaration must hold, checked while constants are evaluated.

use super::{
    ColumnDef, IndexDef, Kind, MAX_COLUMNS, MAX_INDEX_BITS, MAX_INDEXES, MIN_INDEX_BITS, Normalizer, PartDef, signature,
};
use crate::encoding::MAX_LABEL_BYTES;

const MAX_LAST: u8 = 16;

pub(super) const fn table(table: &'static str, columns: &[ColumnDef], indexes: &[IndexDef]) {
    label(table);
    table_name(table);
    assert!(columns.len() <= MAX_COLUMNS, "a table has at most 256 columns");
    assert!(indexes.len() <= MAX_INDEXES, "a table has at most 32 indexes");
    let mut subjects = 0;
    let mut at = 0;
    while at < columns.len() {
        column(columns, at);
        subjects += columns[at].subject as usize;
        at += 1;
    }
    assert!(subjects <= 1, "a record is about one patient: one subject column at most");
    signature::check(columns);
    at = 0;
    while at < indexes.len() {
        index(columns, indexes, at);
        at += 1;
    }
}

pub(super) const fn table_name(name: &str) {
    sql_name_shape(name);
    assert!(!reserved(name), "SQL names that start with hipaa_ or sqlite_ are taken");
}

const fn column_name(name: &str) {
    sql_name_shape(name);
    assert!(!reserved(name), "SQL names that start with hipaa_ or sqlite_ are taken");
    let ours = name.eq_ignore_ascii_case("record") || name.eq_ignore_ascii_case("tenant");
    assert!(!ours, "the SQL names record and tenant are ours: give another with stored_as");
}

const fn reserved(name: &str) -> bool {
    starts_with(name, "hipaa_") || starts_with(name, "sqlite_")
}

const fn column(columns: &[ColumnDef], at: usize) {
    label(columns[at].label);
    if !signature::is_own(&columns[at]) {
        assert!(!signature::takes(columns[at].label), "the labels of a signature's columns are ours");
        column_name(columns[at].sql_name);
    }
    let mut before = 0;
    while before < at {
        assert!(!equal(columns[before].label, columns[at].label), "two columns have the same label");
        assert!(
            !columns[before].sql_name.eq_ignore_ascii_case(columns[at].sql_name),
            "two columns have the same SQL name"
        );
        before += 1;
    }
}

const fn index(columns: &[ColumnDef], indexes: &[IndexDef], at: usize) {
    let index = &indexes[at];
    label(index.label);
    assert!(index.bits >= MIN_INDEX_BITS && index.bits <= MAX_INDEX_BITS, "an index term has 8 to 128 bits");
    assert!(!index.unique || index.bits >= 64, "a unique index has at least 64 bits");
    let mut before = 0;
    while before < at {
        assert!(!equal(indexes[before].label, index.label), "two indexes have the same label");
        before += 1;
    }
    let mut part = 0;
    while part < index.count {
        indexed(columns, &index.parts[part]);
        part += 1;
    }
}

const fn indexed(columns: &[ColumnDef], part: &PartDef) {
    if let Normalizer::LastDigits(n) | Normalizer::LastIdentifier(n) = part.normalizer {
        assert!(n >= 1 && n <= MAX_LAST, "an index over the last characters takes 1 to 16 of them");
    }
    let mut at = 0;
    while at < columns.len() {
        if equal(columns[at].label, part.column) {
            let fits = match part.normalizer {
                Normalizer::Day => matches!(columns[at].kind, Kind::Date),
                Normalizer::Number => matches!(columns[at].kind, Kind::Integer),
                Normalizer::Reference => matches!(columns[at].kind, Kind::Reference),
                _ => matches!(columns[at].kind, Kind::Text | Kind::Texts),
            };
            assert!(fits, "the normaliser does not fit the column");
            return;
        }
        at += 1;
    }
    assert!(at < columns.len(), "an index names a column that the table does not have");
}

const fn label(label: &str) {
    let bytes = label.as_bytes();
    assert!(!bytes.is_empty() && bytes.len() <= MAX_LABEL_BYTES, "a label has 1 to 64 bytes");
    assert!(bytes[0].is_ascii_lowercase(), "a label starts with a-z");
    let mut at = 0;
    while at < bytes.len() {
        assert!(matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'_'), "a label consists of a-z, 0-9 and '_'");
        at += 1;
    }
}

const fn sql_name_shape(name: &str) {
    let bytes = name.as_bytes();
    assert!(!bytes.is_empty() && bytes.len() <= MAX_LABEL_BYTES, "an SQL name has 1 to 64 bytes");
    assert!(!bytes[0].is_ascii_digit(), "an SQL name does not start with a digit");
    let mut at = 0;
    while at < bytes.len() {
        let allowed = matches!(bytes[at], b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_');
        assert!(allowed, "an SQL name consists of letters, digits and '_'");
        at += 1;
    }
}

pub(super) const fn equal(left: &str, right: &str) -> bool {
    left.len() == right.len() && starts_with(left, right)
}

const fn starts_with(text: &str, prefix: &str) -> bool {
    let (text, prefix) = (text.as_bytes(), prefix.as_bytes());
    if text.len() < prefix.len() {
        return false;
    }
    let mut at = 0;
    while at < prefix.len() {
        if text[at] != prefix[at] {
            return false;
        }
        at += 1;
    }
    true
}
