//! What several areas share: ids in paths, and from the errors of the domain to problems.

use crate::clinical::once::Once;
use crate::clinical::{ClinicalError, Paging, Written};
use crate::web::version::{Keyed, Wrote};
use crate::web::{Kind, Problem};
use hipaa_core::audit::Actor;
use hipaa_core::authority::SweepMark;
use hipaa_core::outbox::OutboxError;
use hipaa_core::schema::RecordId;
use serde::Deserialize;
use utoipa::IntoParams;

/// An id in a path; what is none is not there.
pub(super) fn id(text: &str) -> Result<RecordId, Problem> {
    RecordId::parse(text).map_err(|_| Kind::NotFound.into())
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Where the page begins: the `next` of the page before.
    after: Option<String>,
    /// How many there are on a page: 1 to 200.
    limit: Option<usize>,
}

impl PageQuery {
    pub(super) fn paging(&self) -> Result<Paging, Problem> {
        Ok(Paging::new(self.after.as_deref(), self.limit)?)
    }

    /// The same of rows in the order in which they expire.
    pub(super) fn marked(&self) -> Result<(Option<SweepMark>, usize), Problem> {
        let limit = Paging::new(None, self.limit)?.limit;
        let after = self.after.as_deref().map(|text| SweepMark::parse(text).ok_or(ClinicalError::Field("after")));
        Ok((after.transpose()?, limit))
    }
}

impl<T> Keyed<T> {
    /// The request with its key, if it has one.
    pub(super) fn once(&self, actor: &Actor, route: &str) -> Result<Option<Once>, ClinicalError> {
        self.key.as_deref().map(|key| Once::new(actor, route, key, &self.bytes)).transpose()
    }
}

/// The answer to a request that made something.
pub(super) fn made(place: &str, written: Written) -> Wrote {
    let location = Some(format!("{place}/{}", written.record));
    Wrote { location, version: written.version, replayed: written.replayed }
}

/// The answer to a request that changed something.
pub(super) const fn changed(written: Written) -> Wrote {
    Wrote { location: None, version: written.version, replayed: written.replayed }
}

impl From<ClinicalError> for Problem {
    fn from(error: ClinicalError) -> Self {
        match error {
            ClinicalError::Database(error) => error.into(),
            ClinicalError::Field(name) => Self::new(Kind::Invalid).field(name, "has another form, or is too long"),
            ClinicalError::KeyForm => Self::new(Kind::Invalid).field("idempotency-key", error.to_string()),
            ClinicalError::KeyReused => Self::new(Kind::Invalid).field("idempotency-key", error.to_string()),
            ClinicalError::TooManyKeys => Kind::TooMany.into(),
            ClinicalError::Outbox(OutboxError::Address | OutboxError::Payload) => {
                Self::new(Kind::Invalid).field("pharmacy", "an address has 1 to 320 bytes and no blanks")
            }
            error @ ClinicalError::Outbox(_) => Self::new(Kind::Unavailable).caused_by(&error),
        }
    }
}
