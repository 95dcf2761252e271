//! What a clinician writes: encounters and operative records, which are signed, and what is sent to a pharmacy.

use super::clinical::{
    BY_SUBJECT, CODES, ENCOUNTER, ENDED, LABEL, LOCATION, ORGANIZATION, PRACTITIONER, STARTED, STATUS, SUBJECT,
    UNRESOLVED, resource,
};
use super::{BY_FHIR_ID, BY_IDENTIFIER, FHIR_ID, IDENTIFIERS, SOURCE};
use hipaa_core::schema::{
    AMENDS, BY_AMENDS, Column, ColumnDef, Index, IndexDef, Reference, SIGNATURE, SIGNATURE_SALT, Table, Text,
};

/// Why the patient came, in the patient's words.
pub const CHIEF_COMPLAINT: Column<Text> = Column::text("chief_complaint");
/// What the patient tells.
pub const SUBJECTIVE: Column<Text> = Column::text("subjective");
/// What was found.
pub const OBJECTIVE: Column<Text> = Column::text("objective");
/// What it is taken for.
pub const ASSESSMENT: Column<Text> = Column::text("assessment");
/// What is to be done.
pub const PLAN: Column<Text> = Column::text("plan");
/// The diagnosis.
pub const DIAGNOSIS: Column<Text> = Column::text("diagnosis");
/// Further notes on the case.
pub const CLINICAL_NOTES: Column<Text> = Column::text("clinical_notes");
/// Notes among colleagues.
pub const INTERNAL_NOTES: Column<Text> = Column::text("internal_notes");
/// Notes on the treatment.
pub const TREATMENT_NOTES: Column<Text> = Column::text("treatment_notes");

/// The diagnosis before an operation.
pub const PREOPERATIVE: Column<Text> = Column::text("preoperative_diagnosis");
/// The diagnosis after an operation.
pub const POSTOPERATIVE: Column<Text> = Column::text("postoperative_diagnosis");
/// What was found during an operation.
pub const FINDINGS: Column<Text> = Column::text("findings");
/// How it was done.
pub const TECHNIQUE: Column<Text> = Column::text("technique");
/// What went wrong.
pub const COMPLICATIONS: Column<Text> = Column::text("complications");

/// The prescription that was sent.
pub const PRESCRIPTION: Column<Reference> = Column::reference("prescription");
/// Where a prescription was sent: the pharmacy's address in the network of prescriptions.
pub const PHARMACY: Column<Text> = Column::text("pharmacy");
/// The notice in the outbox that sends a prescription.
pub const NOTICE: Column<Reference> = Column::reference("notice");

/// The columns of an encounter.
pub(super) const ENCOUNTER_COLUMNS: &[ColumnDef] = resource!([] [
    CHIEF_COMPLAINT.def(),
    SUBJECTIVE.def(),
    OBJECTIVE.def(),
    ASSESSMENT.def(),
    PLAN.def(),
    DIAGNOSIS.def(),
    CLINICAL_NOTES.def(),
    INTERNAL_NOTES.def(),
    TREATMENT_NOTES.def(),
    SIGNATURE,
    SIGNATURE_SALT,
    AMENDS,
]);

/// The indexes of an encounter.
pub(super) const ENCOUNTER_INDEXES: &[IndexDef] =
    &[BY_FHIR_ID.def(), BY_IDENTIFIER.def(), BY_SUBJECT.def(), BY_AMENDS.def()];

/// The transmission of a prescription; it is sent once.
pub const BY_PRESCRIPTION: Index<(Reference,)> = Index::exact("prescription", PRESCRIPTION.as_reference()).unique();

/// Prescriptions that were sent to a pharmacy.
pub const TRANSMISSIONS: Table = Table::new(
    "transmission",
    &[SUBJECT.def(), PRESCRIPTION.def(), PHARMACY.def(), NOTICE.def(), STARTED.def()],
    &[BY_SUBJECT.def(), BY_PRESCRIPTION.def()],
);

/// What was done in an operation.
pub const OPERATIVE_RECORDS: Table = Table::new(
    "operative_record",
    &[
        SUBJECT.def(),
        ENCOUNTER.def(),
        PRACTITIONER.def(),
        LABEL.def(),
        STARTED.def(),
        ENDED.def(),
        PREOPERATIVE.def(),
        POSTOPERATIVE.def(),
        FINDINGS.def(),
        TECHNIQUE.def(),
        COMPLICATIONS.def(),
        SIGNATURE,
        SIGNATURE_SALT,
        AMENDS,
    ],
    &[BY_SUBJECT.def(), BY_AMENDS.def()],
);
