//! What a person or a program reads of a patient's record.

mod whole;

pub use whole::{Paging, Parts, SECTIONS, WholeChart, disclose};

use crate::fhir::name::{HumanName, preferred};
use crate::output::{Cell, Paint};
use crate::schema;
use core::fmt;
use hipaa_core::schema::{Column, Json, Text, Texts};
use hipaa_core::vault::{Break, Record};
use serde::Serialize;
use serde_json::value::RawValue;

/// A patient's record as it is shown. A field that does not open is empty here and named among the breaks.
#[derive(Serialize)]
pub struct Chart {
    id: String,
    version: u64,
    intact: bool,
    breaks: Vec<String>,
    fhir_id: Option<String>,
    mrn: Vec<String>,
    ssn: Option<String>,
    licence: Option<String>,
    passport: Option<String>,
    names: Vec<HumanName>,
    birth_date: Option<String>,
    deceased: Option<String>,
    gender: Option<String>,
    phones: Vec<String>,
    emails: Vec<String>,
    addresses: Option<Box<RawValue>>,
    marital_status: Option<String>,
    language: Option<String>,
}

impl Chart {
    /// The chart of a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let text = |column: Column<Text>| record.get(column).ok().flatten().map(str::to_owned);
        let json = |column: Column<Json>| record.get(column).ok().flatten();
        Self {
            id: record.id().to_string(),
            version: record.version(),
            intact: record.integrity().is_intact(),
            breaks: record.integrity().breaks().iter().map(describe).collect(),
            fhir_id: text(schema::FHIR_ID),
            mrn: texts(record, schema::MRN),
            ssn: text(schema::SSN),
            licence: text(schema::LICENCE),
            passport: text(schema::PASSPORT),
            names: json(schema::NAMES).and_then(|names| serde_json::from_str(names).ok()).unwrap_or_default(),
            birth_date: record.get(schema::BORN).ok().flatten().map(|born| born.to_string()),
            deceased: text(schema::DECEASED),
            gender: text(schema::GENDER),
            phones: texts(record, schema::PHONES),
            emails: texts(record, schema::EMAILS),
            addresses: json(schema::ADDRESSES).and_then(|list| RawValue::from_string(list.to_owned()).ok()),
            marital_status: text(schema::MARITAL_STATUS),
            language: text(schema::LANGUAGE),
        }
    }

    /// Whether the record is what was last written.
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.intact
    }

    /// The ways in which it is not.
    #[must_use]
    pub fn breaks(&self) -> &[String] {
        &self.breaks
    }

    /// The name to address the person by.
    #[must_use]
    pub fn name(&self) -> String {
        preferred(&self.names).map_or_else(|| "(no name)".to_owned(), HumanName::display)
    }

    /// Name, birth date, record and integrity.
    #[must_use]
    pub fn brief(&self) -> [Cell; 4] {
        let born = Cell::from(self.birth_date.as_deref().unwrap_or("-"));
        [self.name().into(), born, self.id.as_str().into(), self.integrity()]
    }

    /// The head of a list of charts.
    #[must_use]
    pub fn head() -> Vec<Cell> {
        ["RECORD", "NAME", "BORN", "GENDER", "FHIR ID", "INTEGRITY"].map(|text| Cell::new(text, Paint::Faint)).into()
    }

    /// One line of a list of charts.
    #[must_use]
    pub fn summary(&self) -> Vec<Cell> {
        let or_dash = |text: &Option<String>| Cell::from(text.as_deref().unwrap_or("-"));
        vec![
            self.id.as_str().into(),
            self.name().into(),
            or_dash(&self.birth_date),
            or_dash(&self.gender),
            or_dash(&self.fhir_id),
            self.integrity(),
        ]
    }

    /// The chart as lines of label and value; what the record does not hold is left out.
    #[must_use]
    pub fn fields(&self) -> Vec<Vec<Cell>> {
        let label = |text: &str| Cell::new(text, Paint::Faint);
        let mut rows = vec![vec![label("name"), Cell::new(&self.name(), Paint::Title)]];
        let shown = preferred(&self.names).map(HumanName::display);
        for other in self.names.iter().filter(|name| Some(name.display()) != shown) {
            let usage = other.usage.as_deref().unwrap_or("other");
            rows.push(vec![label("also"), format!("{} ({usage})", other.display()).into()]);
        }
        let addresses = self.addresses.as_deref().map(|raw| addresses(raw.get())).unwrap_or_default();
        let single = |text: &Option<String>| text.clone().into_iter().collect::<Vec<_>>();
        let lists = [
            ("born", single(&self.birth_date)),
            ("died", single(&self.deceased)),
            ("gender", single(&self.gender)),
            ("marital status", single(&self.marital_status)),
            ("language", single(&self.language)),
            ("phone", self.phones.clone()),
            ("e-mail", self.emails.clone()),
            ("address", addresses),
            ("MRN", self.mrn.clone()),
            ("SSN", single(&self.ssn)),
            ("driver's licence", single(&self.licence)),
            ("passport", single(&self.passport)),
            ("FHIR id", single(&self.fhir_id)),
        ];
        let values = lists.into_iter().flat_map(|(name, all)| all.into_iter().map(move |value| (name, value)));
        rows.extend(values.map(|(name, value)| vec![label(name), value.into()]));
        rows.push(vec![label("record"), format!("{}, version {}", self.id, self.version).into()]);
        rows.push(vec![label("integrity"), self.integrity()]);
        rows
    }

    fn integrity(&self) -> Cell {
        if self.intact {
            return Cell::new("intact", Paint::Good);
        }
        Cell::new(&format!("ALTERED: {}", self.breaks.join("; ")), Paint::Bad)
    }
}

fn texts(record: &Record, column: Column<Texts>) -> Vec<String> {
    let all = record.get(column).ok().flatten().unwrap_or_default();
    all.iter().map(|text| text.to_string()).collect()
}

/// FHIR addresses, each in one line.
#[must_use]
pub fn addresses(json: &str) -> Vec<String> {
    let list = serde_json::from_str::<Vec<serde_json::Value>>(json).unwrap_or_default();
    let line = |address: &serde_json::Value| {
        let lines = address["line"].as_array().into_iter().flatten();
        let rest = ["city", "state", "postalCode", "country"].map(|part| &address[part]);
        let parts = lines.chain(rest).filter_map(serde_json::Value::as_str).collect::<Vec<_>>();
        if parts.is_empty() { address["text"].as_str().map(str::to_owned) } else { Some(parts.join(", ")) }
    };
    list.iter().filter_map(line).collect()
}

/// What a break means, without a value.
#[must_use]
pub fn describe(found: &Break) -> String {
    match found {
        Break::Seal => "its seal is not a seal".to_owned(),
        Break::Mac => "the row is not the one that was sealed (record MAC)".to_owned(),
        Break::Unrecorded => "no write of this row is on record".to_owned(),
        Break::Version => "another version is on record than the row has".to_owned(),
        Break::Revived => "the record was deleted and its row brought back".to_owned(),
        Break::Tenant => "the row belongs to another tenant".to_owned(),
        Break::Cell(column, error) => format!("{column}: {error}"),
        _ => "altered".to_owned(),
    }
}

impl fmt::Debug for Chart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chart").field("id", &self.id).field("intact", &self.intact).finish_non_exhaustive()
    }
}
