//! Patients found through a composite index over plaintext, and their cells opened by bare calls of the cipher.
//!
//! Twice: checked, as a record must be (its recorded state read, one bare keyed hash over what is stored), and unchecked.

use super::cell::{Cipher, Padded};
use super::file;
use crate::Failure;
use crate::sample::{COLUMNS, Person, Random, filler};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, params, params_from_iter};
use std::path::{Path, PathBuf};

const TENANT: [u8; 16] = [3; 16];
/// As long as the seal column of a record with three terms of 8 bytes.
const SEAL_BYTES: usize = 121;
const CELLS: &str = "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11";

/// Patients on a file.
#[derive(Debug)]
pub struct Patients {
    path: PathBuf,
    connection: Connection,
    cipher: Cipher,
    random: Random,
}

impl Patients {
    /// No patients, on a fresh file. The table has sealed columns, a seal column, and the name and birth date in clear
    /// under a composite index.
    ///
    /// # Errors
    /// SQLite's.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let connection = file::writer(path)?;
        let columns = CELLS.replace(',', " BLOB,");
        connection.execute_batch(&format!(
            "CREATE TABLE patient (tenant BLOB NOT NULL, record BLOB NOT NULL, {columns} BLOB, seal BLOB NOT NULL,
                family TEXT NOT NULL, given TEXT NOT NULL, born TEXT NOT NULL, PRIMARY KEY (tenant, record));
            CREATE INDEX by_name ON patient (tenant, family, given, born);
            CREATE TABLE state (tbl TEXT NOT NULL, record BLOB NOT NULL, tenant BLOB NOT NULL, version INTEGER NOT NULL,
                mac BLOB NOT NULL, PRIMARY KEY (tbl, record)) WITHOUT ROWID;"
        ))?;
        Ok(Self { path: path.to_owned(), connection, cipher: Cipher::new([5; 32]), random: Random::new(3) })
    }

    /// Adds patients in one transaction; `cells` gives the padded plaintexts of one.
    ///
    /// # Errors
    /// SQLite's.
    pub fn add(
        &mut self,
        people: impl Iterator<Item = Person>,
        cells: impl Fn(&Person) -> [Vec<u8>; COLUMNS],
    ) -> Result<(), Failure> {
        file::run(&self.connection, "BEGIN IMMEDIATE")?;
        let seal = filler(SEAL_BYTES);
        for person in people {
            let record = self.random.bytes();
            let aad = aad(&record);
            let mut sealed = Vec::with_capacity(COLUMNS);
            for bytes in cells(&person) {
                sealed.push(self.cipher.seal_stored(&Padded { bytes, aad: aad.to_vec() }, self.random.next())?);
            }
            let born = date(&person);
            let clear = [person.family.to_lowercase(), person.given.to_lowercase(), born];
            let blobs = [TENANT.as_slice(), record.as_slice()].into_iter().chain(sealed.iter().map(Vec::as_slice));
            let blobs = blobs.chain([seal.as_slice()]).map(|bytes| ToSqlOutput::Borrowed(ValueRef::Blob(bytes)));
            let values = blobs.chain(clear.iter().map(|text| ToSqlOutput::from(text.as_str())));
            let places = (1..=18).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ");
            let sql = format!("INSERT INTO patient VALUES ({places})");
            self.connection.prepare_cached(&sql)?.execute(params_from_iter(values))?;
            let mac = mac(sealed.iter().map(Vec::as_slice).chain([seal.as_slice()]));
            let sql = "INSERT INTO state VALUES ('patient', ?1, ?2, 1, ?3)";
            self.connection.prepare_cached(sql)?.execute(params![record, TENANT, mac])?;
        }
        file::run(&self.connection, "COMMIT")?;
        Ok(())
    }

    /// The connection that fills the file.
    #[must_use]
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// A reader of these patients.
    ///
    /// # Errors
    /// SQLite's.
    pub fn reader(&self) -> Result<Reader, Failure> {
        Ok(Reader { connection: file::reader(&self.path)?, cipher: Cipher::new([5; 32]) })
    }
}

/// A connection that finds patients.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    cipher: Cipher,
}

impl Reader {
    /// Begins or ends the read transaction around many searches.
    ///
    /// # Errors
    /// SQLite's.
    pub fn transaction(&self, begin: bool) -> Result<(), Failure> {
        Ok(file::run(&self.connection, if begin { "BEGIN" } else { "COMMIT" })?)
    }

    /// One query through the composite index, one for the recorded state and one hash if `checked`, and one call of the
    /// cipher per cell of what it finds.
    ///
    /// # Errors
    /// SQLite's, when a cell does not open, or when the row is not what its state says.
    pub fn find(&self, (family, given, born): (&str, &str, &str), checked: bool) -> Result<Vec<Vec<u8>>, Failure> {
        let sql = "SELECT record, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, seal FROM patient
            WHERE tenant = ?1 AND family = ?2 AND given = ?3 AND born = ?4";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![TENANT, family, given, born])?;
        let mut opened = Vec::with_capacity(COLUMNS);
        while let Some(row) = rows.next()? {
            let record = row.get_ref(0)?.as_blob()?;
            if checked {
                self.check(record, row)?;
            }
            let aad = aad(record.try_into()?);
            for at in 1..=COLUMNS {
                opened.push(self.cipher.open_stored(row.get_ref(at)?.as_blob()?, &aad)?);
            }
        }
        Ok(opened)
    }

    fn check(&self, record: &[u8], row: &rusqlite::Row<'_>) -> Result<(), Failure> {
        let mut stored = [&[][..]; COLUMNS + 1];
        for (at, bytes) in (1..).zip(&mut stored) {
            *bytes = row.get_ref(at)?.as_blob()?;
        }
        let sql = "SELECT version, mac FROM state WHERE tbl = 'patient' AND record = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let same = statement.query_row([record], |state| {
            Ok(state.get::<_, i64>(0)? == 1 && state.get_ref(1)?.as_blob()? == mac(stored.iter().copied()))
        })?;
        if same { Ok(()) } else { Err("a row is not what its state says".into()) }
    }
}

/// One keyed hash over all that is stored of a record, in one call.
fn mac<'a>(stored: impl Iterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(2048);
    stored.for_each(|one| bytes.extend_from_slice(one));
    *blake3::keyed_hash(&[6; 32], &bytes).as_bytes()
}

/// The header of a cell, the length of the record id, the record id.
fn aad(record: &[u8; 16]) -> [u8; 23] {
    let mut aad = [0; 23];
    aad[..7].copy_from_slice(&[1, 1, 0, 0, 0, 1, 16]);
    aad[7..].copy_from_slice(record);
    aad
}

/// A birth date as the index holds it.
#[must_use]
pub fn date(person: &Person) -> String {
    let (year, month, day) = person.born;
    format!("{year:04}-{month:02}-{day:02}")
}
