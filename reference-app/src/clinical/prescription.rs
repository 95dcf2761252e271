//! Prescriptions: listing, printing, and sending to a pharmacy through the outbox.
//!
//! The outbox gets no PHI: the notice names the record, and whoever sends it reads the prescription then, under an entry of
//! its own. A prescription is sent once.

use super::shown::{About, text, texts};
use super::signable::instant;
use super::{ClinicalError, Paging, Written, patient, signable};
use crate::schema::clinical::{CODES, LABEL, MEDICATIONS, PRACTITIONER, PRACTITIONERS, STARTED, STATUS};
use crate::schema::consultation::{BY_PRESCRIPTION, NOTICE, PHARMACY, PRESCRIPTION, TRANSMISSIONS};
use crate::schema::{PATIENT, SOURCE, clinical::SUBJECT};
use core::fmt;
use hipaa_core::audit::{Action, Event, EventName};
use hipaa_core::clock::Timestamp;
use hipaa_core::outbox::{NewNotice, Outbox, Topic};
use hipaa_core::schema::{RecordId, UserId};
use hipaa_core::unit::{Held, Unit as _};
use hipaa_core::vault::{Found, Record, Row, TenantVault, VaultError};
use hipaa_sqlite::Unit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The notice that sends a prescription: its address is the pharmacy's, what it is about is the prescription.
pub const TOPIC: Topic = Topic::application("com.example.prescription");
/// The longest address of a pharmacy, in bytes.
const MAX_PHARMACY_BYTES: usize = 320;

/// Where a prescription is to be sent.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[schema(as = PrescriptionTransmit)]
#[serde(deny_unknown_fields)]
pub struct Transmit {
    /// The pharmacy's address in the network of prescriptions.
    pub pharmacy: String,
}

/// A prescription as it is shown. What has no value is left out.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Prescription)]
pub struct View {
    /// Id, version, integrity.
    #[serde(flatten)]
    pub about: About,
    /// The patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    codes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// When it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    authored: Option<String>,
    dosage: Vec<String>,
}

impl View {
    /// Of a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self {
            about: About::of(record),
            patient: record.subject().map(|patient| patient.to_string()),
            label: text(record, LABEL),
            codes: texts(record, CODES),
            status: text(record, STATUS),
            authored: text(record, STARTED),
            dosage: dosage(record.get(SOURCE).ok().flatten()),
        }
    }
}

/// The dosage instructions of the FHIR resource from which a prescription came.
fn dosage(source: Option<&str>) -> Vec<String> {
    let source = source.and_then(|json| serde_json::from_str::<serde_json::Value>(json).ok()).unwrap_or_default();
    let lines = source["dosageInstruction"].as_array().into_iter().flatten();
    lines.filter_map(|line| line["text"].as_str().map(str::to_owned)).collect()
}

/// A prescription as it is printed.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = PrescriptionPrint)]
pub struct Printed {
    prescription: View,
    patient: patient::View,
    prescriber: Option<String>,
    printed: String,
}

/// One page of a patient's prescriptions, the newest first.
///
/// # Errors
/// Those of [`signable::page`].
pub fn list(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    patient: RecordId,
    paging: Paging,
) -> Result<signable::Page, ClinicalError> {
    signable::page(unit, vault, (&MEDICATIONS, patient), paging)
}

/// Reads one prescription: whose it is, the next step has to know.
///
/// # Errors
/// Those of [`TenantVault::read`].
pub fn read(unit: &mut Unit<'_>, vault: &TenantVault, record: RecordId) -> Result<Held<Record>, ClinicalError> {
    Ok(vault.read(unit, &MEDICATIONS, record)?)
}

/// What stands on a prescription beside the drug: the patient, and who prescribed it.
pub type Sheet = (Held<Record>, Option<Held<Record>>);

/// Reads what stands on a prescription that was read, and notes that it is printed.
///
/// # Errors
/// As [`sheet`].
pub fn print(unit: &mut Unit<'_>, vault: &TenantVault, read: &Record) -> Result<Sheet, ClinicalError> {
    let sheet = sheet(unit, vault, read)?;
    let subject = unchanged(unit, read)?;
    note(unit, vault, EventName::PRESCRIPTION_PRINTED, (subject, read.id()))?;
    Ok(sheet)
}

/// Reads what stands on a prescription that was read.
///
/// # Errors
/// `Stale` where it was changed since, `Tampered` where it was altered; those of the vault.
pub fn sheet(unit: &mut Unit<'_>, vault: &TenantVault, read: &Record) -> Result<Sheet, ClinicalError> {
    let subject = unchanged(unit, read)?;
    let by = read.get(PRACTITIONER).ok().flatten();
    vault.disclose(unit, |shown| {
        let person = shown.read(&PATIENT, subject)?;
        let prescriber = by.map(|by| shown.read(&PRACTITIONERS, by)).transpose()?;
        Ok::<_, ClinicalError>((person, prescriber))
    })
}

impl Printed {
    /// The sheet.
    #[must_use]
    pub fn of(prescription: &Record, (patient, prescriber): (&Record, Option<&Record>), now: Timestamp) -> Self {
        Self {
            prescription: View::of(prescription),
            patient: patient::View::of(patient),
            prescriber: prescriber.and_then(|prescriber| text(prescriber, LABEL)),
            printed: instant(now.micros()),
        }
    }
}

/// Puts a prescription that was read into the outbox, and remembers where it goes.
///
/// # Errors
/// `Duplicate` where it was sent already; `Stale` where it was changed since; [`ClinicalError::Field`] for an address that
/// is none; those of the vault.
pub fn transmit(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    (read, to, now): (&Record, &Transmit, Timestamp),
) -> Result<Written, ClinicalError> {
    let subject = unchanged(unit, read)?;
    if to.pharmacy.len() > MAX_PHARMACY_BYTES {
        return Err(ClinicalError::Field("pharmacy"));
    }
    let notice = NewNotice::new(TOPIC, UserId::NOBODY).address(&to.pharmacy).about(read.id());
    let notice = Outbox::new(vault.actor().clone()).put(unit, &notice)?;
    let row = Row::new().set(SUBJECT, subject).set(PRESCRIPTION, read.id()).set(PHARMACY, &to.pharmacy);
    let row = row.set(NOTICE, notice).set(STARTED, &instant(now.micros()));
    let record = vault.create(unit, &TRANSMISSIONS, &row)?;
    note(unit, vault, EventName::PRESCRIPTION_TRANSMITTED, (subject, read.id()))?;
    Ok(Written::new(record, 1))
}

/// The transmission of a prescription, if there is one.
///
/// # Errors
/// Those of [`TenantVault::find`].
pub fn transmission(unit: &mut Unit<'_>, vault: &TenantVault, record: RecordId) -> Result<Found, ClinicalError> {
    Ok(vault.find(unit, &TRANSMISSIONS, BY_PRESCRIPTION, (record,))?)
}

/// The patient of a record that was read, if it is intact and still what was read.
fn unchanged(unit: &mut Unit<'_>, read: &Record) -> Result<RecordId, ClinicalError> {
    if !read.integrity().is_intact() {
        return Err(VaultError::Tampered.into());
    }
    let state = unit.parts().0.state(read.table(), read.id())?;
    if state.is_none_or(|state| state.state.version != read.version()) {
        return Err(VaultError::Stale.into());
    }
    Ok(read.subject().ok_or(VaultError::NoSubject)?)
}

fn note(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    name: EventName,
    (subject, record): (RecordId, RecordId),
) -> Result<(), ClinicalError> {
    let event = Event::new(vault.actor(), name, Action::Execute).subjects(&[subject]);
    let unit: &mut dyn hipaa_core::unit::Unit = unit;
    Ok(unit.note(event.records(MEDICATIONS.label(), &[record]))?)
}

macro_rules! quiet {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!("prescription::", stringify!($name), "(…)"))
            }
        }
    )*};
}

quiet!(Transmit View Printed);
