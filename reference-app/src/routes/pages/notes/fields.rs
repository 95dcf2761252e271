//! The fields of encounters and operative records, in the order of their forms.

use crate::schema::clinical::{ENDED, LABEL, STARTED};
use crate::schema::consultation::{
    ASSESSMENT, CHIEF_COMPLAINT, CLINICAL_NOTES, COMPLICATIONS, DIAGNOSIS, FINDINGS, INTERNAL_NOTES, OBJECTIVE, PLAN,
    POSTOPERATIVE, PREOPERATIVE, SUBJECTIVE, TECHNIQUE, TREATMENT_NOTES,
};
use hipaa_core::schema::{Column, Text};

/// A field of a note: its column, its name in the form, its label, and whether it is a long text.
pub(super) type Field = (Column<Text>, &'static str, &'static str, bool);

pub(super) const ENCOUNTER: &[Field] = &[
    (STARTED, "started", "When", false),
    (LABEL, "label", "What it was", false),
    (CHIEF_COMPLAINT, "chief_complaint", "Chief complaint", false),
    (DIAGNOSIS, "diagnosis", "Diagnosis", false),
    (SUBJECTIVE, "subjective", "Subjective", true),
    (OBJECTIVE, "objective", "Objective", true),
    (ASSESSMENT, "assessment", "Assessment", true),
    (PLAN, "plan", "Plan", true),
    (CLINICAL_NOTES, "clinical_notes", "Clinical notes", true),
    (INTERNAL_NOTES, "internal_notes", "Internal notes", true),
    (TREATMENT_NOTES, "treatment_notes", "Treatment notes", true),
];
pub(super) const OPERATION: &[Field] = &[
    (STARTED, "started", "Began", false),
    (ENDED, "ended", "Ended", false),
    (LABEL, "label", "Operation", false),
    (PREOPERATIVE, "preoperative_diagnosis", "Diagnosis before", false),
    (POSTOPERATIVE, "postoperative_diagnosis", "Diagnosis after", false),
    (FINDINGS, "findings", "Findings", true),
    (TECHNIQUE, "technique", "Technique", true),
    (COMPLICATIONS, "complications", "Complications", true),
];
