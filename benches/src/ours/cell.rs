//! Cells, records and terms under throw-away keys, and the very bytes that the floor gets.

use super::schema::{self, BY_NAME, CHART};
use crate::Failure;
use crate::floor::cell::{Padded, Record};
use crate::sample::Person;
use hipaa_core::danger::{Sealer, normal_form};
use hipaa_core::encoding::encode;
use hipaa_core::schema::{Column, Date, Probe, RecordId, Table, TenantId, Text, Value};
use hipaa_core::seal::{SealBlob, StoredRow, StoredValue};

const NOTE: Column<Text> = Column::text("note");
static ONE: Table = Table::new("one", &[NOTE.def()], &[]);

/// One cell whose padded plaintext has 64 bytes.
#[derive(Debug)]
pub struct Cell {
    sealer: Sealer,
    record: RecordId,
    value: Value,
}

impl Cell {
    /// A text of 60 bytes.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new() -> Result<Self, Failure> {
        let value = Value::Text("x".repeat(60).into());
        Ok(Self { sealer: Sealer::new(&ONE)?, record: RecordId::from_random([8; 16]), value })
    }

    /// Seals it.
    ///
    /// # Errors
    /// None that this value can cause.
    pub fn seal(&mut self) -> Result<Vec<u8>, Failure> {
        Ok(self.sealer.seal_cell(0, &self.record, &self.value)?)
    }

    /// Opens it.
    ///
    /// # Errors
    /// When the bytes were not sealed by this cell.
    pub fn open(&self, cell: &[u8]) -> Result<Value, Failure> {
        Ok(self.sealer.open_cell(0, &self.record, cell)?)
    }

    /// The same bytes for the floor.
    #[must_use]
    pub fn padded(&self) -> Padded {
        let mut bytes = [&[1], "x".repeat(60).as_bytes(), &[0x80]].concat();
        bytes.resize(64, 0);
        Padded { bytes, aad: aad(&self.record) }
    }
}

/// A record with twelve columns and three terms.
#[derive(Debug)]
pub struct Chart {
    sealer: Sealer,
    record: RecordId,
    values: Vec<Option<Value>>,
    person: Person,
}

impl Chart {
    /// The record of a patient.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new(person: Person) -> Result<Self, Failure> {
        let values = schema::values(&person)?;
        Ok(Self { sealer: Sealer::new(&CHART)?, record: RecordId::from_random([8; 16]), values, person })
    }

    /// Seals it.
    ///
    /// # Errors
    /// None that a made-up patient can cause.
    pub fn seal(&mut self) -> Result<StoredRow, Failure> {
        Ok(self.sealer.seal_record(self.record, 1, &self.values)?)
    }

    /// Checks and opens it.
    ///
    /// # Errors
    /// When the row was not sealed by this chart.
    pub fn open(&self, row: &StoredRow) -> Result<(bool, Vec<Option<Value>>), Failure> {
        Ok(self.sealer.open_record(row)?)
    }

    /// The term of its name and birth date.
    ///
    /// # Errors
    /// None that a made-up patient can cause.
    pub fn term(&self) -> Result<hipaa_core::index::Term, Failure> {
        Ok(self.sealer.term(0, &self.probes()?)?)
    }

    /// What that term is the hash of.
    ///
    /// # Errors
    /// None that a made-up patient can cause.
    pub fn term_input(&self) -> Result<Vec<u8>, Failure> {
        Ok(normal_form(&BY_NAME.def(), &self.probes()?)?)
    }

    fn probes(&self) -> Result<[Probe<'_>; 3], Failure> {
        let born = Date::new(self.person.born.0, self.person.born.1, self.person.born.2)?;
        Ok([Probe::Text(&self.person.family), Probe::Text(&self.person.given), Probe::Date(born)])
    }

    /// The same bytes for the floor: padded plaintexts, inputs of the terms, input of the MAC.
    ///
    /// # Errors
    /// None that a made-up patient can cause.
    pub fn bytes(&mut self) -> Result<Record, Failure> {
        let row = self.seal()?;
        let aad = aad(&self.record);
        let cells = schema::padded(&self.person).map(|bytes| Padded { bytes, aad: aad.clone() }).to_vec();
        let indexes = CHART.indexes();
        let [_, ssn, mrn, ..] = &self.person.others;
        let singles = indexes.iter().skip(1).zip([ssn, mrn]);
        let singles = singles.map(|(index, text)| normal_form(index, &[Probe::Text(text)]));
        let mut terms = singles.collect::<Result<Vec<_>, _>>()?;
        terms.insert(0, self.term_input()?);
        Ok(Record { cells, terms, mac: mac_input(&row)? })
    }
}

/// What the MAC of a row is the hash of.
fn mac_input(row: &StoredRow) -> Result<Vec<u8>, Failure> {
    let blob = SealBlob::decode(&row.seal)?;
    let mut columns = CHART.columns().iter().zip(&row.columns).collect::<Vec<_>>();
    columns.sort_unstable_by_key(|(column, _)| column.label());
    let mut parts: Vec<&[u8]> = Vec::new();
    for (column, stored) in columns {
        let StoredValue::Blob(cell) = stored else { return Err("a column that is not sealed".into()) };
        parts.extend([column.label().as_bytes(), &[0], cell]);
    }
    let columns = encode("columns", &parts);
    let epochs = blob.terms.iter().map(|term| term.epoch.to_be_bytes()).collect::<Vec<_>>();
    let terms = blob.terms.iter().zip(&epochs);
    let terms = terms.flat_map(|(term, epoch)| [term.index.as_bytes(), epoch, term.term.as_bytes()]);
    let terms = encode("terms", &terms.collect::<Vec<_>>());
    let (header, version) = (blob.header.to_bytes(), blob.version.to_be_bytes());
    let tenant = TenantId::as_bytes(&row.tenant);
    let label = CHART.label().as_bytes();
    Ok(encode("record", &[&header, tenant, label, row.record.as_bytes(), &version, &columns, &terms]))
}

fn aad(record: &RecordId) -> Vec<u8> {
    [&[1, 1, 0, 0, 0, 1, 16], record.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::cell::Cipher;
    use crate::sample::person;

    #[test]
    fn both_sides_seal_the_same_lengths() {
        let mut cell = Cell::new().unwrap();
        let sealed = cell.seal().unwrap();
        let bare = Cipher::new([5; 32]).seal(&cell.padded(), 1).unwrap();
        assert_eq!(sealed.len(), bare.len() + 18);
        assert_eq!(cell.open(&sealed).unwrap(), cell.value);
    }

    #[test]
    fn both_sides_of_a_record_have_the_same_bytes() {
        for number in 0..50 {
            let mut chart = Chart::new(person(number)).unwrap();
            let (row, bytes) = (chart.seal().unwrap(), chart.bytes().unwrap());
            for (stored, padded) in row.columns.iter().zip(&bytes.cells) {
                let StoredValue::Blob(stored) = stored else { unreachable!() };
                assert_eq!(stored.len(), padded.bytes.len() + 34);
            }
            assert_eq!(bytes.terms.len(), 3);
            assert_eq!(SealBlob::decode(&row.seal).unwrap().terms.len(), 3);
            assert!(bytes.mac.len() > row.columns.len() * 50);
            assert!(chart.open(&row).unwrap().0);
        }
    }
}
