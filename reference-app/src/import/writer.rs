//! From parsed lines to records: the lines of a batch in one unit of work for each rank that they have.

use super::Reason;
use super::known::Known;
use super::parsed::Parsed;
use super::summary::Summary;
use crate::clinic::Clinic;
use crate::fhir::reference::Reference;
use crate::fhir::shape::{FIRST_RANK, LAST_RANK};
use crate::schema::clinical::OTHERS;
use hipaa_core::vault::Upsert;
use std::collections::HashSet;

pub(super) struct Writer<'a, 'b> {
    pub(super) clinic: &'a mut Clinic<'b>,
    pub(super) known: Known,
    pub(super) summary: Summary,
    done: u64,
}

/// What becomes of a line.
pub(super) type Outcome = Result<(), Reason>;

impl<'a, 'b> Writer<'a, 'b> {
    pub(super) fn new(clinic: &'a mut Clinic<'b>) -> Self {
        Self { clinic, known: Known::default(), summary: Summary::default(), done: 0 }
    }

    /// How many resources were written or found unchanged.
    pub(super) const fn done(&self) -> u64 {
        self.done
    }

    /// Writes lines; the outcomes are in their order.
    pub(super) fn write(
        &mut self,
        mut batch: Vec<Result<Parsed, Reason>>,
    ) -> Result<Vec<Outcome>, hipaa_sqlite::Error> {
        let read = batch.iter().map(|parsed| parsed.as_ref().map(drop).map_err(|reason| *reason));
        let mut outcomes = read.collect::<Vec<_>>();
        for _ in outcomes.iter().filter(|outcome| outcome.is_err()) {
            self.summary.note("unreadable", None);
        }
        for rank in FIRST_RANK..=LAST_RANK {
            let good = batch.iter_mut().zip(&mut outcomes);
            let good = good.filter_map(|(parsed, outcome)| Some((parsed.as_mut().ok()?, outcome)));
            self.write_rank(good.filter(|(parsed, _)| parsed.rank() == rank).collect())?;
        }
        for reason in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            *self.summary.reasons.entry(reason_class(reason)).or_default() += 1;
        }
        Ok(outcomes)
    }

    /// Writes resources of one rank, in one unit of work.
    fn write_rank(&mut self, mut parsed: Vec<(&mut Parsed, &mut Outcome)>) -> Result<(), hipaa_sqlite::Error> {
        if parsed.is_empty() {
            return Ok(());
        }
        self.learn(parsed.iter().flat_map(|(parsed, _)| parsed.references()))?;
        let writes = parsed.iter_mut().map(|(parsed, _)| parsed.write(&self.known)).collect::<Vec<_>>();
        let aside = writes.iter().map(|write| write.table == &OTHERS).collect::<Vec<_>>();
        let written = self.clinic.write_all(writes)?;
        for (((parsed, place), aside), outcome) in parsed.into_iter().zip(aside).zip(written) {
            self.summary.note(parsed.kind(), outcome.ok());
            if let Ok(Upsert::Created(record) | Upsert::Unchanged(record) | Upsert::Updated(record)) = outcome {
                self.done += 1;
                // What is kept aside is not yet what others refer to.
                let names = if aside { &[] } else { parsed.names() };
                names.iter().for_each(|name| self.known.insert(name, record));
            }
            *place = outcome.map(drop).map_err(Reason::from);
        }
        Ok(())
    }

    /// Looks up the references that are not known, in one unit of work.
    pub(super) fn learn<'r>(
        &mut self,
        references: impl Iterator<Item = &'r Reference>,
    ) -> Result<(), hipaa_sqlite::Error> {
        let unknown = references.filter(|reference| !self.known.holds(reference) && reference.place().is_some());
        let unknown = unknown.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
        if unknown.is_empty() {
            return Ok(());
        }
        let found = self.clinic.look_up(&unknown)?;
        for (reference, record) in unknown.into_iter().zip(found) {
            if let Some(record) = record {
                self.known.insert(reference, record);
            }
        }
        Ok(())
    }
}

/// A reason without its column, so that it can be counted.
fn reason_class(reason: &Reason) -> String {
    let text = reason.to_string();
    text.split(", at column").next().unwrap_or(&text).to_owned()
}
