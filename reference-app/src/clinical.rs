//! What is done to a chart: plain functions over a vault inside a unit of work, which know nothing of HTTP.
//!
//! | module | what it is for |
//! |---|---|
//! | `patient` | patients: making, finding, changing, the chart |
//! | `encounter`, `operative` | encounters and operative records: drafting, signing, amending |
//! | `signable` | what both share |
//! | `prescription` | prescriptions: listing, printing, sending |
//! | `trail` | the audit log: looking for entries, counting, examining |
//! | `once` | a request that is sent again is done once |
//! | `shown` | what of a record is shown to whom |
//!
//! What is read is held until the unit has committed; who may do what is for the vault to say. May import `schema` and
//! `fhir`.

pub mod encounter;
pub mod once;
pub mod operative;
pub mod patient;
pub mod prescription;
pub mod shown;
pub mod signable;
pub mod trail;

use hipaa_core::outbox::OutboxError;
use hipaa_core::schema::RecordId;
use hipaa_core::store::StoreError;
use hipaa_core::unit::{ReleaseError, UnitError};
use hipaa_core::vault::VaultError;
use hipaa_sqlite::rusqlite;

/// The most entries of one page, where a caller says nothing else.
pub const PAGE: usize = 50;
/// The most entries of one page.
pub const MAX_PAGE: usize = 200;
/// The longest text of one field, in bytes.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;

/// Why something was not done. Holds no value of a patient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClinicalError {
    /// The database refused or failed.
    #[error(transparent)]
    Database(#[from] hipaa_sqlite::Error),
    /// A field does not have the form it needs. Its text is not repeated.
    #[error("the field {0} does not have the form it needs, or is too long")]
    Field(&'static str),
    /// The key of a request was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The key of a request is none.
    #[error("an idempotency key has 16 to 128 printable ASCII characters")]
    KeyForm,
    /// The tenant has sent as many different requests within a day as are remembered.
    #[error("too many requests with an idempotency key within a day")]
    TooManyKeys,
    /// The notice was not put into the outbox.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

macro_rules! from {
    ($($error:ty),*) => {$(
        impl From<$error> for ClinicalError {
            fn from(error: $error) -> Self {
                Self::Database(error.into())
            }
        }
    )*};
}

from!(VaultError, StoreError, UnitError, ReleaseError, rusqlite::Error);

/// A record that was written, and its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The record.
    pub record: RecordId,
    /// Its version.
    pub version: u64,
    /// Whether it was written by an earlier request with the same key.
    pub replayed: bool,
}

impl Written {
    /// A record that was written just now.
    #[must_use]
    pub const fn new(record: RecordId, version: u64) -> Self {
        Self { record, version, replayed: false }
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Paging {
    /// Where the page begins: the `next` of the page before.
    pub after: usize,
    /// How many entries it has at most.
    pub limit: usize,
}

impl Paging {
    /// The page that a request asks for.
    ///
    /// # Errors
    /// [`ClinicalError::Field`] for a cursor that is none, or a limit that is not 1 to [`MAX_PAGE`].
    pub fn new(after: Option<&str>, limit: Option<usize>) -> Result<Self, ClinicalError> {
        let after = after.map_or(Ok(0), |after| after.parse().map_err(|_| ClinicalError::Field("after")))?;
        let limit = limit.unwrap_or(PAGE);
        if limit == 0 || limit > MAX_PAGE { Err(ClinicalError::Field("limit")) } else { Ok(Self { after, limit }) }
    }

    /// The window of a selection.
    pub(crate) const fn window(self) -> core::ops::Range<usize> {
        self.after..self.after.saturating_add(self.limit)
    }

    /// Where the next page begins, if there is one.
    pub(crate) fn next(self, total: usize) -> Option<String> {
        let end = self.window().end;
        (end < total).then(|| end.to_string())
    }
}
