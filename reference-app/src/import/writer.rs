//! From lines to records: the lines of a batch in one unit of work for each rank that they have.

use super::Reason;
use super::known::Known;
use super::lines::Line;
use super::summary::Summary;
use crate::clinic::{Clinic, Write};
use crate::fhir::patient::Patient;
use crate::fhir::reference::Reference;
use crate::fhir::resource::{Resource, type_of};
use crate::fhir::shape::{FIRST_RANK, LAST_RANK};
use crate::schema::PATIENT;
use crate::schema::clinical::OTHERS;
use hipaa_core::vault::Upsert;

pub(super) struct Writer<'a, 'b> {
    pub(super) clinic: &'a mut Clinic<'b>,
    pub(super) known: Known,
    pub(super) summary: Summary,
    done: u64,
}

/// What a line holds.
enum Parsed<'a> {
    Patient(Box<Patient<'a>>),
    Resource(Resource<'a>),
}

impl<'a> Parsed<'a> {
    fn parse(text: &'a str) -> Result<Self, Reason> {
        if type_of(text)? == "Patient" {
            return Ok(Self::Patient(Box::new(Patient::parse(text)?)));
        }
        Ok(Self::Resource(Resource::parse(text)?))
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Patient(_) => FIRST_RANK,
            Self::Resource(resource) => resource.shape().map_or(LAST_RANK, |shape| shape.rank),
        }
    }

    /// The type under which it is counted.
    fn kind(&self) -> &'static str {
        match self {
            Self::Patient(_) => "Patient",
            Self::Resource(resource) => resource.shape().map_or("other", |shape| shape.name),
        }
    }

    fn references(&self) -> Vec<Reference> {
        match self {
            Self::Patient(_) => Vec::new(),
            Self::Resource(resource) => resource.references().collect(),
        }
    }

    /// The references that later lines may name it by.
    fn names(&self) -> Vec<Reference> {
        match self {
            Self::Patient(patient) => vec![Reference::to("Patient", patient.id())],
            Self::Resource(resource) if resource.shape().is_some_and(|shape| shape.rank < LAST_RANK) => {
                resource.names()
            }
            Self::Resource(_) => Vec::new(),
        }
    }

    fn write(&self, known: &Known) -> Write {
        match self {
            Self::Patient(patient) => Write { table: &PATIENT, row: patient.row() },
            Self::Resource(resource) => {
                resource_write(resource, known).unwrap_or_else(|| Write { table: &OTHERS, row: resource.other_row() })
            }
        }
    }
}

/// The row of a resource in its own table, if it has one and its patient is known.
pub(super) fn resource_write(resource: &Resource<'_>, known: &Known) -> Option<Write> {
    let row = resource.row(|reference| known.get(reference))?;
    Some(Write { table: resource.shape()?.table, row })
}

impl<'a, 'b> Writer<'a, 'b> {
    pub(super) fn new(clinic: &'a mut Clinic<'b>) -> Self {
        Self { clinic, known: Known::default(), summary: Summary::default(), done: 0 }
    }

    /// How many resources were written or found unchanged.
    pub(super) const fn done(&self) -> u64 {
        self.done
    }

    /// Writes lines; the outcomes are in their order.
    pub(super) fn write(&mut self, batch: &[Line]) -> Result<Vec<Result<(), Reason>>, hipaa_sqlite::Error> {
        let parsed = batch.iter().map(|line| Parsed::parse(line.text()?)).collect::<Vec<_>>();
        let read = parsed.iter().map(|parsed| parsed.as_ref().map(drop).map_err(|reason| *reason));
        let mut outcomes = read.collect::<Vec<_>>();
        for _ in outcomes.iter().filter(|outcome| outcome.is_err()) {
            self.summary.note("unreadable", None);
        }
        for rank in FIRST_RANK..=LAST_RANK {
            let of_rank = |(_, parsed): &(usize, &Parsed<'_>)| parsed.rank() == rank;
            let good = parsed.iter().enumerate().filter_map(|(at, parsed)| Some((at, parsed.as_ref().ok()?)));
            let good = good.filter(of_rank).collect::<Vec<_>>();
            for ((at, _), outcome) in good.iter().zip(self.write_rank(&good)?) {
                if let Some(place) = outcomes.get_mut(*at) {
                    *place = outcome;
                }
            }
        }
        for reason in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            *self.summary.reasons.entry(reason_class(reason)).or_default() += 1;
        }
        Ok(outcomes)
    }

    /// Writes resources of one rank, in one unit of work.
    fn write_rank(&mut self, parsed: &[(usize, &Parsed<'_>)]) -> Result<Vec<Result<(), Reason>>, hipaa_sqlite::Error> {
        if parsed.is_empty() {
            return Ok(Vec::new());
        }
        self.learn(parsed.iter().flat_map(|(_, parsed)| parsed.references()))?;
        let writes = parsed.iter().map(|(_, parsed)| parsed.write(&self.known)).collect::<Vec<_>>();
        let written = self.clinic.write_all(&writes)?;
        let mut outcomes = Vec::with_capacity(written.len());
        for (((_, parsed), write), outcome) in parsed.iter().zip(&writes).zip(written) {
            self.summary.note(parsed.kind(), outcome.ok());
            if let Ok(Upsert::Created(record) | Upsert::Unchanged(record) | Upsert::Updated(record)) = outcome {
                self.done += 1;
                // What is kept aside is not yet what others refer to.
                let names = if write.table == &OTHERS { Vec::new() } else { parsed.names() };
                names.into_iter().for_each(|name| self.known.insert(name, record));
            }
            outcomes.push(outcome.map(drop).map_err(Reason::from));
        }
        Ok(outcomes)
    }

    /// Looks up the references that are not known, in one unit of work.
    pub(super) fn learn(&mut self, references: impl Iterator<Item = Reference>) -> Result<(), hipaa_sqlite::Error> {
        let mut unknown = Vec::new();
        for reference in references {
            if !self.known.holds(&reference) && reference.place().is_some() && !unknown.contains(&reference) {
                unknown.push(reference);
            }
        }
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
