//! Operative records.

use super::ClinicalError;
use super::shown::text;
use super::signable::{self, Signable, check_time, row};
use crate::schema::clinical::{ENDED, LABEL, STARTED};
use crate::schema::consultation::{COMPLICATIONS, FINDINGS, POSTOPERATIVE, PREOPERATIVE, TECHNIQUE};
use core::fmt;
use hipaa_core::schema::Table;
use hipaa_core::vault::{Record, Row};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::schema::consultation::OPERATIVE_RECORDS as TABLE;

/// What is written of an operation. What is left out stays as it is; an empty text takes the value away.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = OperativeRecordInput)]
#[serde(deny_unknown_fields, default)]
pub struct Input {
    /// When it began: a date, or a date with time and offset.
    pub started: Option<String>,
    /// When it ended.
    pub ended: Option<String>,
    /// The operation, in words.
    pub label: Option<String>,
    /// The diagnosis before.
    pub preoperative_diagnosis: Option<String>,
    /// The diagnosis after.
    pub postoperative_diagnosis: Option<String>,
    /// What was found.
    pub findings: Option<String>,
    /// How it was done.
    pub technique: Option<String>,
    /// What went wrong.
    pub complications: Option<String>,
}

impl signable::Input for Input {
    const TABLE: &'static Table = &TABLE;

    fn row(&self) -> Result<Row, ClinicalError> {
        check_time(self.started.as_deref())?;
        check_time(self.ended.as_deref())?;
        row(&[
            (STARTED, "started", self.started.as_deref()),
            (ENDED, "ended", self.ended.as_deref()),
            (LABEL, "label", self.label.as_deref()),
            (PREOPERATIVE, "preoperative_diagnosis", self.preoperative_diagnosis.as_deref()),
            (POSTOPERATIVE, "postoperative_diagnosis", self.postoperative_diagnosis.as_deref()),
            (FINDINGS, "findings", self.findings.as_deref()),
            (TECHNIQUE, "technique", self.technique.as_deref()),
            (COMPLICATIONS, "complications", self.complications.as_deref()),
        ])
    }
}

/// An operative record as it is shown. What has no value is left out.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = OperativeRecord)]
pub struct View {
    /// Id, version, integrity, signature.
    #[serde(flatten)]
    pub record: Signable,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preoperative_diagnosis: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postoperative_diagnosis: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    technique: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    complications: Option<String>,
}

impl View {
    /// Of a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self {
            record: Signable::of(record),
            ended: text(record, ENDED),
            label: text(record, LABEL),
            preoperative_diagnosis: text(record, PREOPERATIVE),
            postoperative_diagnosis: text(record, POSTOPERATIVE),
            findings: text(record, FINDINGS),
            technique: text(record, TECHNIQUE),
            complications: text(record, COMPLICATIONS),
        }
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("operative::Input(…)")
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("operative::View").field("id", &self.record.about.id).finish_non_exhaustive()
    }
}
