//! Sealing and checking of one record.
//!
//! record MAC = keyed BLAKE3(record MAC key, encode("record", [header, tenant, table label, record id, version u64,
//! columns, terms])), where columns = encode("columns", [label, kind u8, bytes, …]) of the columns that are not NULL,
//! ascending by label, and terms = encode("terms", [index label, epoch u32, term, …]), ascending and distinct. Kinds:
//! 0 cell, 1 text, 2 blob, 3 i64 big-endian.

use super::{IndexedTerm, SealBlob, SealError, StoredRow, StoredValue};
use crate::cipher::{self, CellError, CellHeader};
use crate::encoding::{self, Buffer, Scratch, part, part_with};
use crate::entropy::Entropy;
use crate::index::{IndexError, MAX_TERMS_PER_RECORD, record_forms};
use crate::keys::{KeyError, TableKeys, TenantKeys};
use crate::red::{Safeguard, removed};
use crate::schema::{ColumnDef, Kind, NullPolicy, Protection, RecordId, Table, TenantId, Value};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Where a record is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) table: &'a Table,
    pub(crate) record: RecordId,
}

/// Seals a whole record under the active epoch; `values` are in the order of the table's columns.
pub(crate) fn seal_record(
    keys: &TenantKeys,
    place: Place<'_>,
    version: u64,
    values: &[Option<Value>],
    entropy: &mut Entropy,
) -> Result<(StoredRow, SealBlob), SealError> {
    let table_keys = keys.table(place.table, keys.ring().active())?;
    let mut columns = Vec::with_capacity(values.len());
    for (at, column) in place.table.columns().iter().enumerate() {
        let value = values.get(at).and_then(Option::as_ref);
        columns.push(store_column(&table_keys, (at, column), &place.record, value, entropy)?);
    }
    let terms = terms(&table_keys, place.table, values)?;
    let mut blob = SealBlob { header: CellHeader { epoch: table_keys.epoch() }, version, mac: [0; 32], terms };
    blob.mac = mac(&table_keys, place, &columns, &blob);
    let row = StoredRow { tenant: place.tenant, record: place.record, columns, seal: blob.encode() };
    Ok((row, blob))
}

/// Whether the MAC of a row is right; its seal was already taken apart.
pub(crate) fn verify_mac(
    keys: &TenantKeys,
    place: Place<'_>,
    row: &StoredRow,
    blob: &SealBlob,
) -> Result<bool, KeyError> {
    let table_keys = keys.table(place.table, blob.header.epoch)?;
    if removed(Safeguard::RecordMac) {
        return Ok(true);
    }
    let expected = mac(&table_keys, place, &row.columns, blob);
    Ok(expected.ct_eq(&blob.mac).into())
}

/// Opens every column; a cell that does not open leaves its reason in its place.
pub(crate) fn open_columns(
    keys: &TenantKeys,
    place: Place<'_>,
    row: &StoredRow,
) -> Vec<Result<Option<Value>, CellError>> {
    open_columns_but(keys, place, row, |_| false)
}

/// The same but for the columns that stay sealed, by place: they read as empty.
pub(crate) fn open_columns_but(
    keys: &TenantKeys,
    place: Place<'_>,
    row: &StoredRow,
    sealed: impl Fn(usize) -> bool,
) -> Vec<Result<Option<Value>, CellError>> {
    let mut held: Option<Arc<TableKeys>> = None;
    let columns = place.table.columns().iter().enumerate();
    columns
        .map(|(at, column)| match (column.protection(), row.columns.get(at).unwrap_or(&StoredValue::Null)) {
            (_, StoredValue::Null) => Ok(None),
            _ if sealed(at) => Ok(None),
            (Protection::Sealed { .. }, StoredValue::Blob(cell)) => {
                let epoch = CellHeader::split(cell)?.0.epoch;
                if held.as_ref().is_none_or(|keys| keys.epoch() != epoch) {
                    held = Some(keys.table(place.table, epoch).map_err(refused)?);
                }
                let key = held.as_ref().and_then(|keys| keys.cells.get(at)?.as_ref()).ok_or(CellError::Open);
                cipher::open(|_| key, &place.record, column, cell).map(Some)
            }
            (Protection::Protected, stored) => read_protected(column.kind(), stored).map(Some),
            _ => Err(CellError::Open),
        })
        .collect()
}

const fn refused(error: KeyError) -> CellError {
    match error {
        KeyError::UnknownEpoch(epoch) => CellError::UnknownEpoch(epoch),
        KeyError::DestroyedKey(epoch) => CellError::DestroyedKey(epoch),
        _ => CellError::Open,
    }
}

fn store_column(
    keys: &TableKeys,
    (at, column): (usize, &ColumnDef),
    record: &RecordId,
    value: Option<&Value>,
    entropy: &mut Entropy,
) -> Result<StoredValue, CellError> {
    let value = match (column.protection(), value) {
        (Protection::Sealed { null: NullPolicy::Sealed, .. }, None | Some(Value::Null)) => &Value::Null,
        (_, None | Some(Value::Null)) => return Ok(StoredValue::Null),
        (_, Some(value)) => value,
    };
    match keys.cells.get(at).and_then(Option::as_ref) {
        Some(key) => cipher::seal((key, keys.epoch()), record, column, value, entropy).map(StoredValue::Blob),
        None => store_protected(column.kind(), value),
    }
}

fn store_protected(kind: Kind, value: &Value) -> Result<StoredValue, CellError> {
    // The limits of a cell hold for readable columns too.
    drop(cipher::encode_plaintext(value, kind, crate::schema::Padding::None)?);
    Ok(match value {
        Value::Text(text) => StoredValue::Text(text.as_str().to_owned()),
        Value::Bytes(bytes) => StoredValue::Blob(bytes.to_vec()),
        Value::Reference(id) => StoredValue::Blob(id.as_bytes().to_vec()),
        Value::Integer(number) => StoredValue::Integer(*number),
        Value::Boolean(flag) => StoredValue::Integer(i64::from(*flag)),
        _ => return Err(CellError::WrongType),
    })
}

fn read_protected(kind: Kind, stored: &StoredValue) -> Result<Value, CellError> {
    Ok(match (kind, stored) {
        (Kind::Text, StoredValue::Text(text)) => Value::Text(Zeroizing::new(text.clone())),
        (Kind::Bytes, StoredValue::Blob(bytes)) => Value::Bytes(Zeroizing::new(bytes.clone())),
        (Kind::Reference, StoredValue::Blob(id)) => {
            Value::Reference(RecordId::from_slice(id).map_err(|_| CellError::Open)?)
        }
        (Kind::Integer, StoredValue::Integer(number)) => Value::Integer(*number),
        (Kind::Boolean, StoredValue::Integer(flag @ (0 | 1))) => Value::Boolean(*flag == 1),
        _ => return Err(CellError::Open),
    })
}

fn terms(keys: &TableKeys, table: &Table, values: &[Option<Value>]) -> Result<Vec<IndexedTerm>, IndexError> {
    let mut terms = Vec::new();
    for (index, key) in table.indexes().iter().zip(&keys.indexes) {
        for form in record_forms(table, index, values)? {
            let term = form.term(key, index.bits());
            terms.push(IndexedTerm { index: index.label().to_owned(), epoch: keys.epoch(), term });
        }
    }
    terms.sort_unstable();
    terms.dedup();
    if terms.len() > MAX_TERMS_PER_RECORD { Err(IndexError::TooManyTerms) } else { Ok(terms) }
}

fn mac(keys: &TableKeys, place: Place<'_>, columns: &[StoredValue], blob: &SealBlob) -> [u8; 32] {
    let mut bytes = Scratch::new();
    encoding::begin(&mut bytes, "record", 7);
    part(&mut bytes, &blob.header.to_bytes());
    part(&mut bytes, place.tenant.as_bytes());
    part(&mut bytes, place.table.label().as_bytes());
    part(&mut bytes, place.record.as_bytes());
    part(&mut bytes, &blob.version.to_be_bytes());
    part_with(&mut bytes, |out| encode_columns(keys, place.table, columns, out));
    part_with(&mut bytes, |out| encode_terms(&blob.terms, out));
    *blake3::keyed_hash(&keys.mac, &bytes).as_bytes()
}

fn encode_columns(keys: &TableKeys, table: &Table, columns: &[StoredValue], out: &mut impl Buffer) {
    let stored = |at: &usize| Some((table.columns().get(*at)?, columns.get(*at)?));
    let present = keys.by_label.iter().filter_map(stored).filter(|(_, stored)| **stored != StoredValue::Null);
    encoding::begin(out, "columns", 3 * present.clone().count());
    for (column, stored) in present {
        part(out, column.label().as_bytes());
        match stored {
            StoredValue::Blob(cell) if column.is_sealed() => parts(out, 0, cell),
            StoredValue::Text(text) => parts(out, 1, text.as_bytes()),
            StoredValue::Blob(bytes) => parts(out, 2, bytes),
            StoredValue::Integer(number) => parts(out, 3, &number.to_be_bytes()),
            // Never written, so no MAC covers it.
            StoredValue::Null | StoredValue::Foreign => parts(out, u8::MAX, &[]),
        }
    }
}

fn parts(out: &mut impl Buffer, kind: u8, bytes: &[u8]) {
    part(out, &[kind]);
    part(out, bytes);
}

fn encode_terms(terms: &[IndexedTerm], out: &mut impl Buffer) {
    encoding::begin(out, "terms", 3 * terms.len());
    for term in terms {
        part(out, term.index.as_bytes());
        part(out, &term.epoch.to_be_bytes());
        part(out, term.term.as_bytes());
    }
}
