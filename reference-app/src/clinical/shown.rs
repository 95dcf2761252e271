//! What of a record is shown: values, and what stands in their place where the reader sees a mask.

use hipaa_core::auth::mask::Masked;
use hipaa_core::schema::{Column, Date, Text, Texts};
use hipaa_core::vault::{Break, Record};
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// What is known of a record beside what it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct About {
    /// The record.
    pub id: String,
    /// Its version: what `If-Match` takes.
    pub version: u64,
    /// Whether it is what was last written.
    pub intact: bool,
    /// The ways in which it is not.
    pub breaks: Vec<String>,
}

impl About {
    /// Of a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let breaks = record.integrity().breaks().iter().map(name).collect();
        let intact = record.integrity().is_intact();
        Self { id: record.id().to_string(), version: record.version(), intact, breaks }
    }
}

/// The name of a break, without a value.
fn name(found: &Break) -> String {
    match found {
        Break::Seal => "seal",
        Break::Mac => "mac",
        Break::Unrecorded => "unrecorded",
        Break::Version => "version",
        Break::Revived => "revived",
        Break::Signature => "signature",
        Break::Tenant => "tenant",
        Break::Cell(column, _) => return format!("cell {column}"),
        _ => "altered",
    }
    .to_owned()
}

/// What stands in place of a value.
fn mask(masked: &Masked) -> String {
    masked.as_str().to_owned()
}

/// The text of a column; none where there is none, or none to be read.
pub(super) fn text(record: &Record, column: Column<Text>) -> Option<String> {
    lent(record, column).map(str::to_owned)
}

/// The same where it lies.
pub(super) fn lent(record: &Record, column: Column<Text>) -> Option<&str> {
    record.masked(column).map(Masked::as_str).or_else(|| record.get(column).ok().flatten())
}

/// The texts of a column.
pub(super) fn texts(record: &Record, column: Column<Texts>) -> Vec<String> {
    let shown = |texts: &[Zeroizing<String>]| texts.iter().map(|text| text.to_string()).collect();
    let masked = record.masked(column).map(|masked| vec![mask(masked)]);
    masked.unwrap_or_else(|| record.get(column).ok().flatten().map(shown).unwrap_or_default())
}

/// The date of a column.
pub(super) fn date(record: &Record, column: Column<Date>) -> Option<String> {
    record.masked(column).map(mask).or_else(|| record.get(column).ok().flatten().map(|date| date.to_string()))
}
