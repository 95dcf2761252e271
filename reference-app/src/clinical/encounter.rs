//! Encounters.

use super::ClinicalError;
use super::shown::lent;
use super::signable::{self, Signable, check_time, row};
use crate::schema::clinical::{LABEL, STARTED, STATUS};
use crate::schema::consultation::{
    ASSESSMENT, CHIEF_COMPLAINT, CLINICAL_NOTES, DIAGNOSIS, INTERNAL_NOTES, OBJECTIVE, PLAN, SUBJECTIVE,
    TREATMENT_NOTES,
};
use core::fmt;
use hipaa_core::schema::Table;
use hipaa_core::vault::{Record, Row};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::schema::clinical::ENCOUNTERS as TABLE;

/// What is written of an encounter. What is left out stays as it is; an empty text takes the value away.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = EncounterInput)]
#[serde(deny_unknown_fields, default)]
pub struct Input {
    /// When it began: a date, or a date with time and offset.
    pub started: Option<String>,
    /// What it was, in words.
    pub label: Option<String>,
    /// Why the patient came.
    pub chief_complaint: Option<String>,
    /// What the patient tells.
    pub subjective: Option<String>,
    /// What was found.
    pub objective: Option<String>,
    /// What it is taken for.
    pub assessment: Option<String>,
    /// What is to be done.
    pub plan: Option<String>,
    /// The diagnosis.
    pub diagnosis: Option<String>,
    /// Further notes on the case.
    pub clinical_notes: Option<String>,
    /// Notes among colleagues.
    pub internal_notes: Option<String>,
    /// Notes on the treatment.
    pub treatment_notes: Option<String>,
}

impl signable::Input for Input {
    const TABLE: &'static Table = &TABLE;

    fn row(&self) -> Result<Row, ClinicalError> {
        check_time(self.started.as_deref())?;
        row(&[
            (STARTED, "started", self.started.as_deref()),
            (LABEL, "label", self.label.as_deref()),
            (CHIEF_COMPLAINT, "chief_complaint", self.chief_complaint.as_deref()),
            (SUBJECTIVE, "subjective", self.subjective.as_deref()),
            (OBJECTIVE, "objective", self.objective.as_deref()),
            (ASSESSMENT, "assessment", self.assessment.as_deref()),
            (PLAN, "plan", self.plan.as_deref()),
            (DIAGNOSIS, "diagnosis", self.diagnosis.as_deref()),
            (CLINICAL_NOTES, "clinical_notes", self.clinical_notes.as_deref()),
            (INTERNAL_NOTES, "internal_notes", self.internal_notes.as_deref()),
            (TREATMENT_NOTES, "treatment_notes", self.treatment_notes.as_deref()),
        ])
    }
}

/// An encounter as it is shown. What has no value is left out.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Encounter)]
pub struct View<'a> {
    /// Id, version, integrity, signature.
    #[serde(flatten)]
    pub record: Signable,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chief_complaint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subjective: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    objective: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clinical_notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    internal_notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    treatment_notes: Option<&'a str>,
}

impl<'a> View<'a> {
    /// Of a record.
    #[must_use]
    pub fn of(record: &'a Record) -> Self {
        Self {
            record: Signable::of(record),
            status: lent(record, STATUS),
            label: lent(record, LABEL),
            chief_complaint: lent(record, CHIEF_COMPLAINT),
            subjective: lent(record, SUBJECTIVE),
            objective: lent(record, OBJECTIVE),
            assessment: lent(record, ASSESSMENT),
            plan: lent(record, PLAN),
            diagnosis: lent(record, DIAGNOSIS),
            clinical_notes: lent(record, CLINICAL_NOTES),
            internal_notes: lent(record, INTERNAL_NOTES),
            treatment_notes: lent(record, TREATMENT_NOTES),
        }
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("encounter::Input(…)")
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("encounter::View").field("id", &self.record.about.id).finish_non_exhaustive()
    }
}
