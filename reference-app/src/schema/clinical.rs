//! What is about a patient, the directories that it names, and what has no table of its own.

use super::consultation::{ENCOUNTER_COLUMNS, ENCOUNTER_INDEXES};
use super::{BY_FHIR_ID, BY_IDENTIFIER, FHIR_ID, IDENTIFIERS, SOURCE};
use hipaa_core::schema::{Column, ColumnDef, Index, IndexDef, Reference, Table, Text, Texts};

/// The patient whom a record is about.
pub const SUBJECT: Column<Reference> = Column::subject("subject");
/// The encounter that a record belongs to; of an encounter, the one that it is a part of.
pub const ENCOUNTER: Column<Reference> = Column::reference("encounter");
/// Who did it or asked for it.
pub const PRACTITIONER: Column<Reference> = Column::reference("practitioner");
/// The organisation that is responsible.
pub const ORGANIZATION: Column<Reference> = Column::reference("organization");
/// Where it was.
pub const LOCATION: Column<Reference> = Column::reference("location");
/// References to what is not here yet, as they are written.
pub const UNRESOLVED: Column<Texts> = Column::texts("unresolved");
/// What it is, in codes: `system|code`.
pub const CODES: Column<Texts> = Column::texts("codes");
/// What it is, in words; of an entry of a directory, its name.
pub const LABEL: Column<Text> = Column::text("label");
/// Its status, as FHIR names it.
pub const STATUS: Column<Text> = Column::text("status");
/// When it began or was, as FHIR writes it.
pub const STARTED: Column<Text> = Column::text("started");
/// When it ended, as FHIR writes it.
pub const ENDED: Column<Text> = Column::text("ended");
/// The text of a note.
pub const NOTE: Column<Text> = Column::text("note");
/// Type and id of a resource without a table of its own.
pub const KEY: Column<Text> = Column::text("fhir_key");
/// The reference to a patient who is not here yet.
pub const WAITING_FOR: Column<Text> = Column::text("waiting_for");

/// All that is about one patient.
pub const BY_SUBJECT: Index<(Reference,)> = Index::exact("subject", SUBJECT.as_reference());
/// Type and id; one record each.
pub const BY_KEY: Index<(Text,)> = Index::exact("fhir_key", KEY.as_identifier()).unique();

/// The columns of a resource about a patient: what is its own stands before the resource itself or behind it.
macro_rules! resource {
    ([$($before:expr),*] [$($behind:expr),* $(,)?]) => {
        &[
            FHIR_ID.def(), IDENTIFIERS.def(), SUBJECT.def(), ENCOUNTER.def(), PRACTITIONER.def(), ORGANIZATION.def(),
            LOCATION.def(), UNRESOLVED.def(), CODES.def(), LABEL.def(), STATUS.def(), STARTED.def(), ENDED.def(),
            $($before,)* SOURCE.def(), $($behind,)*
        ]
    };
}
pub(super) use resource;

const CLINICAL: &[ColumnDef] = resource!([][]);
const NOTED: &[ColumnDef] = resource!([NOTE.def()][]);
const DIRECTORY: &[ColumnDef] = &[
    FHIR_ID.def(),
    IDENTIFIERS.def(),
    PRACTITIONER.def(),
    ORGANIZATION.def(),
    LOCATION.def(),
    UNRESOLVED.def(),
    CODES.def(),
    LABEL.def(),
    STATUS.def(),
    SOURCE.def(),
];
const CLINICAL_INDEXES: &[IndexDef] = &[BY_FHIR_ID.def(), BY_IDENTIFIER.def(), BY_SUBJECT.def()];
const DIRECTORY_INDEXES: &[IndexDef] = &[BY_FHIR_ID.def(), BY_IDENTIFIER.def()];

/// Encounters.
pub const ENCOUNTERS: Table = Table::new("encounter", ENCOUNTER_COLUMNS, ENCOUNTER_INDEXES);
/// Problems and diagnoses.
pub const CONDITIONS: Table = Table::new("condition", CLINICAL, CLINICAL_INDEXES);
/// Prescriptions.
pub const MEDICATIONS: Table = Table::new("medication_request", CLINICAL, CLINICAL_INDEXES);
/// Procedures.
pub const PROCEDURES: Table = Table::new("procedure", CLINICAL, CLINICAL_INDEXES);
/// Immunizations.
pub const IMMUNIZATIONS: Table = Table::new("immunization", CLINICAL, CLINICAL_INDEXES);
/// Allergies and intolerances.
pub const ALLERGIES: Table = Table::new("allergy", CLINICAL, CLINICAL_INDEXES);
/// Notes and other documents.
pub const DOCUMENTS: Table = Table::new("document", NOTED, CLINICAL_INDEXES);
/// Devices in or on a patient.
pub const DEVICES: Table = Table::new("device", CLINICAL, CLINICAL_INDEXES);
/// Who treats patients.
pub const PRACTITIONERS: Table = Table::new("practitioner", DIRECTORY, DIRECTORY_INDEXES).directory();
/// Who does so for which organisation.
pub const PRACTITIONER_ROLES: Table = Table::new("practitioner_role", DIRECTORY, DIRECTORY_INDEXES).directory();
/// Organisations.
pub const ORGANIZATIONS: Table = Table::new("organization", DIRECTORY, DIRECTORY_INDEXES).directory();
/// Places.
pub const LOCATIONS: Table = Table::new("location", DIRECTORY, DIRECTORY_INDEXES).directory();
/// Resources of any other type, and those whose patient is not here yet. They may well be PHI, but name no patient of
/// ours whom an audit entry could be about.
pub const OTHERS: Table =
    Table::new("fhir_other", &[KEY.def(), WAITING_FOR.def(), SOURCE.def()], &[BY_KEY.def()]).directory();
