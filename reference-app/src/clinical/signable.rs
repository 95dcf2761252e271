//! Records that are drafted, signed and amended: what encounters and operative records share.

use super::shown::{About, text};
use super::{ClinicalError, MAX_TEXT_BYTES, Paging, Written};
use crate::schema::PATIENT;
use crate::schema::clinical::{BY_SUBJECT, STARTED, SUBJECT};
use hipaa_core::schema::{Column, Date, RecordId, Table, Text};
use hipaa_core::unit::{Proof, Release, ReleaseError};
use hipaa_core::vault::{Record, Row, Select, Selected, Selection, TenantVault};
use hipaa_sqlite::Unit;
use serde::Serialize;
use utoipa::ToSchema;

/// The fields of a record that are given as text: each with its column, its name and its text.
pub type Fields<'a> = [(Column<Text>, &'static str, Option<&'a str>)];

/// What is written of a record that can be signed.
pub trait Input: Send + 'static {
    /// Its table.
    const TABLE: &'static Table;

    /// The row of it: what is not given stays as it is, an empty text takes the value away.
    ///
    /// # Errors
    /// [`ClinicalError::Field`].
    fn row(&self) -> Result<Row, ClinicalError>;
}

/// Who signed a record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignedBy {
    /// The user id.
    pub user: String,
    /// The role in which it was signed.
    pub role: String,
    /// When, in UTC.
    pub time: String,
    /// The commitment to what was signed, in hexadecimal digits; the entry of the signing has the same.
    pub commitment: String,
}

/// What a record is that can be signed, beside what it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Signable {
    /// Id, version and integrity.
    #[serde(flatten)]
    pub about: About,
    /// The patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// Who signed it; none for a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedBy>,
    /// The record that it amends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amends: Option<String>,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
}

impl Signable {
    /// Of a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let signed = record.signature().map(|signature| SignedBy {
            user: signature.user().to_owned(),
            role: signature.role().to_owned(),
            time: instant(signature.time().micros()),
            commitment: hex::encode(signature.commitment()),
        });
        Self {
            about: About::of(record),
            patient: record.subject().map(|patient| patient.to_string()),
            signed,
            amends: record.amends().map(|original| original.to_string()),
            started: text(record, STARTED),
        }
    }
}

/// A point in time, as RFC 3339 writes it.
#[must_use]
pub fn instant(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |time| time.to_string())
}

/// Fields as a row: what is not given stays as it is, an empty text takes the value away.
///
/// # Errors
/// [`ClinicalError::Field`] for a text over [`MAX_TEXT_BYTES`].
pub fn row(fields: &Fields<'_>) -> Result<Row, ClinicalError> {
    let mut row = Row::new();
    for (column, name, text) in fields {
        row = match text {
            None => row,
            Some(text) if text.len() > MAX_TEXT_BYTES => return Err(ClinicalError::Field(name)),
            Some(text) if text.trim().is_empty() => row.clear(*column),
            Some(text) => row.set(*column, text),
        };
    }
    Ok(row)
}

/// When something began: a date, or a date with time and offset.
///
/// # Errors
/// [`ClinicalError::Field`].
pub fn check_time(text: Option<&str>) -> Result<(), ClinicalError> {
    let fits = |text: &str| Date::parse(text).is_ok() || text.parse::<jiff::Timestamp>().is_ok();
    if text.is_none_or(fits) { Ok(()) } else { Err(ClinicalError::Field("started")) }
}

/// Makes a draft in a patient's chart.
///
/// # Errors
/// `NotFound` where the tenant has no such patient; those of [`TenantVault::create`].
pub fn draft(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    (table, patient): (&'static Table, RecordId),
    row: Row,
) -> Result<Written, ClinicalError> {
    // A chart that is not there, or is another tenant's, is an entry and an end.
    drop(vault.read(unit, &PATIENT, patient)?);
    let record = vault.create(unit, table, &row.set(SUBJECT, patient))?;
    Ok(Written::new(record, 1))
}

/// Changes a draft.
///
/// # Errors
/// Those of [`TenantVault::update`].
pub fn edit(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    (table, record, version): (&'static Table, RecordId, u64),
    row: &Row,
) -> Result<Written, ClinicalError> {
    Ok(Written::new(record, vault.update(unit, table, (record, version), row)?))
}

/// Signs a draft.
///
/// # Errors
/// Those of [`TenantVault::sign`].
pub fn sign(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    (table, record, version): (&'static Table, RecordId, u64),
) -> Result<Written, ClinicalError> {
    Ok(Written::new(record, vault.sign(unit, table, (record, version))?))
}

/// Amends a signed record.
///
/// # Errors
/// Those of [`TenantVault::amend`].
pub fn amend(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    (table, original): (&'static Table, RecordId),
    row: &Row,
) -> Result<Written, ClinicalError> {
    Ok(Written::new(vault.amend(unit, table, original, row)?, 1))
}

/// One page of what is about a patient, held until its unit has committed.
#[derive(Debug)]
pub struct Page {
    selection: Selection,
    paging: Paging,
}

/// One page of what is about a patient, the newest first.
#[derive(Debug)]
pub struct PageOf {
    /// What was found.
    pub selected: Selected,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Release for Page {
    type Output = PageOf;

    fn release(self, proof: &Proof) -> Result<PageOf, ReleaseError> {
        let selected = self.selection.release(proof)?;
        Ok(PageOf { next: self.paging.next(selected.total), selected })
    }
}

/// One page of what is about a patient, the newest first, under one entry.
///
/// # Errors
/// `NotFound` where the tenant has no such patient; those of the vault.
pub fn page(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    (table, patient): (&'static Table, RecordId),
    paging: Paging,
) -> Result<Page, ClinicalError> {
    let selection = vault.disclose(unit, |shown| {
        shown.read(&PATIENT, patient)?;
        let select = Select::of(table, BY_SUBJECT, (patient,)).newest(STARTED).window(paging.window());
        Ok::<_, ClinicalError>(shown.select(&select)?)
    })?;
    Ok(Page { selection, paging })
}
