//! Patients: making, finding, changing, and the chart.

use super::shown::{About, date, text, texts};
use super::{ClinicalError, MAX_TEXT_BYTES, Paging, Written, encounter};
use crate::fhir::name::{HumanName, search_names};
use crate::schema::clinical::{BY_SUBJECT, STARTED};
use crate::schema::{
    BORN, BY_MRN, BY_NAME, DECEASED, EMAILS, FAMILY, GENDER, GIVEN, LANGUAGE, MARITAL_STATUS, MRN, NAMES, PATIENT,
    PHONES, SSN,
};
use core::fmt;
use hipaa_core::schema::{Column, Date, RecordId, Texts};
use hipaa_core::unit::Held;
use hipaa_core::vault::{Found, Record, Row, Select, Selection, TenantVault};
use hipaa_sqlite::Unit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most values of one list.
const MAX_LIST: usize = 16;

/// What is written of a patient. What is left out stays as it is; an empty text or list takes the values away.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = PatientInput)]
#[serde(deny_unknown_fields, default)]
pub struct Input {
    /// The family name; given together with the given names.
    pub family: Option<String>,
    /// The given names, in order.
    pub given: Option<Vec<String>>,
    /// The birth date, possibly partial: `1980-02-29`, `1980-02`, `1980`.
    pub birth_date: Option<String>,
    /// The administrative gender.
    pub gender: Option<String>,
    /// Medical record numbers.
    pub mrn: Option<Vec<String>>,
    /// The social security number.
    pub ssn: Option<String>,
    /// Phone numbers.
    pub phones: Option<Vec<String>>,
    /// E-mail addresses.
    pub emails: Option<Vec<String>>,
    /// The marital status.
    pub marital_status: Option<String>,
    /// The language to speak to the person in.
    pub language: Option<String>,
}

/// Whom to look for: by family name, given name and birth date, or by medical record number.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = PatientQuery)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    /// The family name.
    pub family: Option<String>,
    /// The first given name, or all of them.
    pub given: Option<String>,
    /// The birth date.
    pub birth_date: Option<String>,
    /// A medical record number.
    pub mrn: Option<String>,
    /// Where the page begins: the `next` of the page before.
    pub after: Option<String>,
    /// How many there are on a page.
    pub limit: Option<usize>,
}

/// A patient as it is shown. What has no value is left out.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Patient)]
pub struct View {
    /// Id, version, integrity.
    #[serde(flatten)]
    pub about: About,
    family: Vec<String>,
    given: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deceased: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<String>,
    mrn: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ssn: Option<String>,
    phones: Vec<String>,
    emails: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marital_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

impl View {
    /// Of a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self {
            about: About::of(record),
            family: texts(record, FAMILY),
            given: texts(record, GIVEN),
            birth_date: date(record, BORN),
            deceased: text(record, DECEASED),
            gender: text(record, GENDER),
            mrn: texts(record, MRN),
            ssn: text(record, SSN),
            phones: texts(record, PHONES),
            emails: texts(record, EMAILS),
            marital_status: text(record, MARITAL_STATUS),
            language: text(record, LANGUAGE),
        }
    }
}

impl Input {
    fn row(&self) -> Result<Row, ClinicalError> {
        let row = super::signable::row(&[
            (GENDER, "gender", self.gender.as_deref()),
            (SSN, "ssn", self.ssn.as_deref()),
            (MARITAL_STATUS, "marital_status", self.marital_status.as_deref()),
            (LANGUAGE, "language", self.language.as_deref()),
        ])?;
        let row = list(row, MRN, ("mrn", self.mrn.as_deref()))?;
        let row = list(row, PHONES, ("phones", self.phones.as_deref()))?;
        let row = list(row, EMAILS, ("emails", self.emails.as_deref()))?;
        let row = match self.birth_date.as_deref() {
            None => row,
            Some("") => row.clear(BORN),
            Some(text) => row.set(BORN, day(text)?),
        };
        self.names(row)
    }

    /// Family and given names are one name: neither is changed without the other.
    fn names(&self, row: Row) -> Result<Row, ClinicalError> {
        let (family, given) = match (&self.family, &self.given) {
            (None, None) => return Ok(row),
            (Some(family), Some(given)) => (family, given),
            _ => return Err(ClinicalError::Field("family")),
        };
        if given.len() > MAX_LIST || family.len() + given.iter().map(String::len).sum::<usize>() > MAX_TEXT_BYTES {
            return Err(ClinicalError::Field("given"));
        }
        let name = HumanName { family: Some(family.clone()), given: given.clone(), ..HumanName::default() };
        let names = [name];
        let found = search_names(&names);
        if found.family.is_empty() {
            return Err(ClinicalError::Field("family"));
        }
        let json = serde_json::to_string(&names).map_err(|_| ClinicalError::Field("family"))?;
        let row = row.set(NAMES, &json).set(FAMILY, &borrowed(&found.family));
        Ok(row.set(GIVEN, &borrowed(&found.given)))
    }
}

fn list(
    row: Row,
    column: Column<Texts>,
    (name, list): (&'static str, Option<&[String]>),
) -> Result<Row, ClinicalError> {
    let Some(list) = list else { return Ok(row) };
    if list.len() > MAX_LIST || list.iter().any(|text| text.trim().is_empty() || text.len() > MAX_TEXT_BYTES) {
        return Err(ClinicalError::Field(name));
    }
    Ok(if list.is_empty() { row.clear(column) } else { row.set(column, &borrowed(list)) })
}

fn borrowed(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

fn day(text: &str) -> Result<Date, ClinicalError> {
    Date::parse(text).map_err(|_| ClinicalError::Field("birth_date"))
}

/// Makes a patient.
///
/// # Errors
/// [`ClinicalError::Field`] also for a patient without a name; those of [`TenantVault::create`].
pub fn create(unit: &mut Unit<'_>, vault: &TenantVault, input: &Input) -> Result<Written, ClinicalError> {
    if input.family.is_none() {
        return Err(ClinicalError::Field("family"));
    }
    Ok(Written::new(vault.create(unit, &PATIENT, &input.row()?)?, 1))
}

/// Changes a patient.
///
/// # Errors
/// Those of [`TenantVault::update`].
pub fn update(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    (record, version): (RecordId, u64),
    input: &Input,
) -> Result<Written, ClinicalError> {
    Ok(Written::new(record, vault.update(unit, &PATIENT, (record, version), &input.row()?)?))
}

/// Reads a patient.
///
/// # Errors
/// Those of [`TenantVault::read`].
pub fn read(unit: &mut Unit<'_>, vault: &TenantVault, record: RecordId) -> Result<Held<Record>, ClinicalError> {
    Ok(vault.read(unit, &PATIENT, record)?)
}

/// Looks for patients.
///
/// # Errors
/// [`ClinicalError::Field`] where neither a number nor name and birth date are given; those of
/// [`TenantVault::find_page`].
pub fn search(unit: &mut Unit<'_>, vault: &TenantVault, query: &Query) -> Result<Found, ClinicalError> {
    let after = query.after.as_deref().map(RecordId::parse).transpose();
    let after = after.map_err(|_| ClinicalError::Field("after"))?;
    let page = (after, Paging::new(None, query.limit)?.limit);
    if let Some(mrn) = query.mrn.as_deref() {
        return Ok(vault.find_page(unit, &PATIENT, (BY_MRN, (mrn,)), page)?);
    }
    let family = query.family.as_deref().ok_or(ClinicalError::Field("family"))?;
    let given = query.given.as_deref().ok_or(ClinicalError::Field("given"))?;
    let born = day(query.birth_date.as_deref().ok_or(ClinicalError::Field("birth_date"))?)?;
    Ok(vault.find_page(unit, &PATIENT, (BY_NAME, (family, given, born)), page)?)
}

/// A patient and the newest encounters, under one entry.
///
/// # Errors
/// Those of the vault.
pub fn chart(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    (patient, encounters): (RecordId, usize),
) -> Result<(Held<Record>, Selection), ClinicalError> {
    vault.disclose(unit, |shown| {
        let person = shown.read(&PATIENT, patient)?;
        let select = Select::of(&encounter::TABLE, BY_SUBJECT, (patient,)).newest(STARTED).window(0..encounters);
        Ok((person, shown.select(&select)?))
    })
}

macro_rules! quiet {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!("patient::", stringify!($name), "(…)"))
            }
        }
    )*};
}

quiet!(Input Query View);
