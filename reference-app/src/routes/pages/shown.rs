//! From a record to what a page shows of it: values, masks in their place, and what is wrong.

use crate::chart::{addresses, describe};
use crate::fhir::name::{HumanName, preferred};
use crate::schema;
use hipaa_core::schema::{Column, Date, Text, Texts};
use hipaa_core::vault::Record;

/// One line of a record: a label and its values, or what stands in their place.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) values: Vec<String>,
    pub(super) masked: bool,
}

/// What stands in place of a value that is hidden from the role.
fn masked<T>(record: &Record, column: Column<T>) -> Option<String> {
    let shown = record.masked(column).map(|masked| masked.as_str().to_owned());
    record.is_masked(column).then(|| shown.unwrap_or_else(|| "masked".to_owned()))
}

/// The text of a column, or its mask, which is marked.
pub(super) fn text(record: &Record, column: Column<Text>) -> (String, bool) {
    let clear = || record.get(column).ok().flatten().unwrap_or_default().to_owned();
    masked(record, column).map_or_else(|| (clear(), false), |mask| (mask, true))
}

/// The date of a column, or its mask.
pub(super) fn date(record: &Record, column: Column<Date>) -> (String, bool) {
    let clear = || record.get(column).ok().flatten().map(|date| date.to_string()).unwrap_or_default();
    masked(record, column).map_or_else(|| (clear(), false), |mask| (mask, true))
}

/// The texts of a column, or its mask.
pub(super) fn texts(record: &Record, column: Column<Texts>) -> (Vec<String>, bool) {
    let clear = || {
        let all = record.get(column).ok().flatten().unwrap_or_default();
        all.iter().map(|text| text.to_string()).collect()
    };
    masked(record, column).map_or_else(|| (clear(), false), |mask| (vec![mask], true))
}

/// The names as they are written.
pub(super) fn names(record: &Record) -> Vec<HumanName> {
    let json = record.get(schema::NAMES).ok().flatten();
    json.and_then(|names| serde_json::from_str(names).ok()).unwrap_or_default()
}

/// The name to address the person by.
pub(super) fn name(record: &Record) -> String {
    preferred(&names(record)).map_or_else(|| "(no name)".to_owned(), HumanName::display)
}

/// The ways in which a record is not what was written.
pub(super) fn breaks(record: &Record) -> Vec<String> {
    record.integrity().breaks().iter().map(describe).collect()
}

/// What is known of a person; what the record does not hold is left out.
pub(super) fn facts(record: &Record) -> Vec<Fact> {
    let one = |label, (value, masked): (String, bool)| Fact { label, values: vec![value], masked };
    let many = |label, (values, masked): (Vec<String>, bool)| Fact { label, values, masked };
    let also = names(record).iter().map(HumanName::display).filter(|other| *other != name(record)).collect();
    let places = record.get(schema::ADDRESSES).ok().flatten().map(addresses).unwrap_or_default();
    let places = masked(record, schema::ADDRESSES).map_or((places, false), |mask| (vec![mask], true));
    let facts = [
        many("Also", (also, false)),
        one("Born", date(record, schema::BORN)),
        one("Died", text(record, schema::DECEASED)),
        one("Gender", text(record, schema::GENDER)),
        one("Marital status", text(record, schema::MARITAL_STATUS)),
        one("Language", text(record, schema::LANGUAGE)),
        many("Phone", texts(record, schema::PHONES)),
        many("E-mail", texts(record, schema::EMAILS)),
        many("Address", places),
        many("MRN", texts(record, schema::MRN)),
        one("SSN", text(record, schema::SSN)),
        one("Driver's licence", text(record, schema::LICENCE)),
        one("Passport", text(record, schema::PASSPORT)),
    ];
    let said = |fact: &Fact| fact.values.iter().any(|value| !value.is_empty());
    facts.into_iter().filter(said).collect()
}
