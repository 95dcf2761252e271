//! The stops of the tour.

use super::{Act, PATIENTS_EACH};
use crate::chart::{Chart, Paging, WholeChart};
use crate::clinic::{Clinic, NameQuery, deployment_operator};
use crate::commands::trail;
use crate::error::Error;
use crate::generate::resources;
use crate::import::{Problem, Summary, import_from};
use crate::output::{Cell, Paint};
use hipaa_core::schema::{Date, RecordId};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::vault::VaultError;
use hipaa_sqlite::Database;
use hipaa_sqlite::rusqlite::{self, Connection};
use serde_json::{Value, json};
use std::io::Cursor;
use std::path::Path;

pub(super) const NORTH: &str = "North clinic";
pub(super) const SOUTH: &str = "South clinic";
const SEED: u64 = 42;

const FRONT_DESK: (&str, &str) = ("front-desk-2", "reception");
const CLINICIAN: (&str, &str) = ("clinician-7", "clinician");

/// What is typed: capitals, blanks, and each mark as a character of its own (NFD). It is stored in NFC.
const TYPED_FAMILY: &str = " MU\u{308}LLER ";
const TYPED_GIVEN: &str = "ju\u{308}rgen peter";

/// How many bytes of a column are shown.
const SHOWN_BYTES: usize = 24;
const COLUMNS: [&str; 6] = ["family", "birth_date", "ssn", "phones", "source", "hipaa_seal"];

pub(super) struct Tour<'a> {
    database: &'a mut Database,
    file: &'a Path,
    found: Vec<RecordId>,
    facts: Value,
}

impl<'a> Tour<'a> {
    pub(super) fn new(database: &'a mut Database, file: &'a Path) -> Self {
        Self { database, file, found: Vec::new(), facts: json!({}) }
    }

    pub(super) fn into_facts(self) -> Value {
        self.facts
    }

    /// Whether the edit behind the application's back was noticed.
    pub(super) fn caught(&self) -> bool {
        self.facts["caught"].as_array().is_some_and(|breaks| !breaks.is_empty())
    }

    fn clinic(&mut self, name: &str, (user, role): (&str, &str)) -> Result<Clinic<'_>, Error> {
        Clinic::open_as(self.database, name, user, role)
    }

    /// The patient of the first clinic whom the search found.
    fn subject(&self) -> Result<RecordId, Error> {
        self.found.first().copied().ok_or_else(|| VaultError::NotFound.into())
    }

    pub(super) fn open_clinics(&mut self) -> Result<Act, Error> {
        let operator = deployment_operator()?;
        let mut rows = Vec::new();
        for (number, name) in (0..).zip([NORTH, SOUTH]) {
            self.database.write(|unit| Ok::<_, Error>(create_tenant(unit, &operator, name)?))?.into_inner();
            let lines = resources(SEED, number, PATIENTS_EACH).map(|(_, line)| line).collect::<Vec<_>>().join("\n");
            let mut clinic = self.clinic(name, FRONT_DESK)?;
            let summary = import_from(&mut clinic, Cursor::new(lines.into_bytes()), &mut |_: Problem| {})?;
            rows.push(vec![Cell::from(name), imported(&summary)]);
        }
        self.facts["clinics"] = json!([NORTH, SOUTH]);
        self.facts["patients_each"] = json!(PATIENTS_EACH);
        let told =
            "FHIR R4 charts, imported: every value sealed, every write in the clinic's own audit log.".to_owned();
        Ok(Act { title: "Two clinics open", told, rows })
    }

    pub(super) fn search(&mut self) -> Result<Act, Error> {
        let born = Date::new(1980, 2, 29).map_err(|_| Error::Argument("the date of the tour"))?;
        let query = NameQuery { family: TYPED_FAMILY, given: TYPED_GIVEN, born };
        let mut rows = vec![["CLINIC", "NAME", "BORN", "RECORD", "INTEGRITY"].map(faint).to_vec()];
        for name in [NORTH, SOUTH] {
            for record in self.clinic(name, FRONT_DESK)?.find(query)?.records {
                let [full_name, born, id, integrity] = Chart::of(&record).brief();
                rows.push(vec![name.into(), full_name, born, id, integrity]);
                self.found.push(record.id());
            }
        }
        self.facts["found"] = json!(self.found.iter().map(ToString::to_string).collect::<Vec<_>>());
        let told = format!(
            "Typed: \"{TYPED_FAMILY}\", \"{TYPED_GIVEN}\", 1980-02-29. Other case, other Unicode form.\n\
             Both clinics have a patient of this name and birth date; each finds its own."
        );
        Ok(Act { title: "Find a patient", told, rows })
    }

    pub(super) fn read_chart(&mut self) -> Result<Act, Error> {
        let subject = self.subject()?;
        let mut clinic = self.clinic(NORTH, CLINICIAN)?;
        let paging = Paging { section: None, page: 1, per_page: 2, notes: false };
        let chart = WholeChart::read(&mut clinic, subject, paging)?;
        self.facts["encounters"] = json!(chart.total("encounters"));
        let told = "A clinician opens it. The values come out only after the audit entry is on disk.".to_owned();
        Ok(Act { title: "Read the chart", told, rows: chart.brief() })
    }

    pub(super) fn look_into_the_file(&mut self) -> Result<Act, Error> {
        let subject = self.subject()?;
        let columns = COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM patient WHERE record = ?1");
        let row = self.database.connection().query_row(&sql, [subject.as_bytes()], |row| {
            (0..COLUMNS.len()).map(|at| row.get::<_, Vec<u8>>(at)).collect::<rusqlite::Result<Vec<_>>>()
        });
        let cells = row.map_err(hipaa_sqlite::Error::from)?;
        let rows = COLUMNS.iter().zip(&cells).map(|(column, bytes)| {
            let shown = hex::encode(bytes.get(..SHOWN_BYTES).unwrap_or(bytes));
            vec![faint(column), format!("{shown}… {} bytes", bytes.len()).into()]
        });
        self.facts["ciphertext"] =
            COLUMNS.iter().zip(&cells).map(|(name, bytes)| (*name, hex::encode(bytes))).collect();
        let told = format!("SELECT {columns} FROM patient WHERE record = …");
        Ok(Act { title: "The same row, as SQLite holds it", told, rows: rows.collect() })
    }

    pub(super) fn who_looked(&mut self) -> Result<Act, Error> {
        let subject = self.subject()?;
        let entries = self.clinic(NORTH, CLINICIAN)?.trail_about(subject, 10)?;
        self.facts["entries"] = json!(entries.len());
        let rows = core::iter::once(trail::head()).chain(entries.iter().map(trail::row));
        // The last column says about whom, and that is always this patient.
        let rows = rows.map(|row| row.into_iter().take(6).collect()).collect();
        let told = "The entries about this patient, and how many records each names. Who it was is claimed: the tour asks for no\n\
             password. The log is a hash chain; every commit signs its head.".to_owned();
        Ok(Act { title: "Who looked", told, rows })
    }

    pub(super) fn edit(&mut self) -> Result<Act, Error> {
        let subject = self.subject()?;
        steal_birth_date(self.file, subject).map_err(hipaa_sqlite::Error::from)?;
        let mut clinic = self.clinic(NORTH, CLINICIAN)?;
        let chart = Chart::of(&clinic.read(subject)?);
        let last = clinic.trail_about(subject, 1)?;
        let verdict =
            if chart.is_intact() { Cell::new("not noticed", Paint::Bad) } else { Cell::new("ALTERED", Paint::Bad) };
        let mut rows = vec![vec![faint("integrity"), verdict]];
        rows.extend(chart.breaks().iter().map(|found| vec![faint(""), found.as_str().into()]));
        let [name, born, ..] = chart.brief();
        rows.extend([vec![faint("name"), name], vec![faint("born"), born]]);
        if let Some(entry) = last.first() {
            rows.push(vec![faint("audit entry"), Cell::new(&trail::sentence(entry), Paint::Bad)]);
        }
        self.facts["caught"] = json!(chart.breaks());
        let told = "Somebody with a copy of sqlite3 gives the row another patient's sealed birth date:\n\
             UPDATE patient SET birth_date = (SELECT birth_date FROM patient WHERE …) WHERE …\n\
             The next reader gets the record flagged, never silently."
            .to_owned();
        Ok(Act { title: "An edit behind the application's back", told, rows })
    }
}

fn faint(text: &str) -> Cell {
    Cell::new(text, Paint::Faint)
}

fn imported(summary: &Summary) -> Cell {
    let patients = summary.types.get("Patient").map_or(0, |counts| counts.created);
    Cell::new(&format!("{patients} patients, {} records", summary.total().created), Paint::Good)
}

/// Plain SQL on a connection that knows nothing of the library.
fn steal_birth_date(file: &Path, victim: RecordId) -> rusqlite::Result<()> {
    let other = "(SELECT birth_date FROM patient WHERE tenant = p.tenant AND record <> p.record LIMIT 1)";
    let sql = format!("UPDATE patient AS p SET birth_date = {other} WHERE record = ?1");
    Connection::open(file)?.execute(&sql, [victim.as_bytes()]).map(|_| ())
}
