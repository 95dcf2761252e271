//! From lines to records, one batch in one unit of work.

use super::Reason;
use super::known::Known;
use super::lines::Line;
use super::summary::Summary;
use crate::clinic::{Clinic, Write};
use crate::fhir::patient::Patient;
use crate::fhir::reference::Reference;
use crate::fhir::resource::{Resource, type_of};
use crate::fhir::shape::LAST_RANK;
use crate::schema::PATIENT;
use crate::schema::clinical::OTHERS;
use hipaa_core::vault::{Upsert, VaultError};

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
        self.learn(parsed.iter().flatten().flat_map(Parsed::references))?;
        let writes = parsed.iter().flatten().map(|parsed| parsed.write(&self.known)).collect::<Vec<_>>();
        let written = if writes.is_empty() { Vec::new() } else { self.clinic.write_all(&writes)? };
        let mut written = written.into_iter();
        let outcomes = parsed.into_iter().map(|parsed| {
            let parsed = parsed.inspect_err(|_| self.summary.note("unreadable", None))?;
            self.note(&parsed, written.next().unwrap_or(Err(VaultError::NotFound)))
        });
        let outcomes = outcomes.collect::<Vec<_>>();
        for reason in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            *self.summary.reasons.entry(reason_class(reason)).or_default() += 1;
        }
        Ok(outcomes)
    }

    fn note(&mut self, parsed: &Parsed<'_>, written: Result<Upsert, VaultError>) -> Result<(), Reason> {
        self.summary.note(parsed.kind(), written.ok());
        let (Upsert::Created(record) | Upsert::Unchanged(record) | Upsert::Updated(record)) = written?;
        self.done += 1;
        for name in parsed.names() {
            self.known.insert(name, record);
        }
        Ok(())
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
