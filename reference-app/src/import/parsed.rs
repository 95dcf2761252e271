//! What a line holds, read without the database: a patient's row, or any other resource.

use super::Reason;
use super::known::Known;
use super::lines::Line;
use crate::clinic::Write;
use crate::fhir::patient::Patient;
use crate::fhir::reference::Reference;
use crate::fhir::resource::{Resource, type_of};
use crate::fhir::shape::{FIRST_RANK, LAST_RANK, shape_of};
use crate::schema::PATIENT;
use crate::schema::clinical::OTHERS;
use hipaa_core::vault::Row;

pub(super) enum Parsed {
    Patient { name: Reference, row: Row },
    Resource(Box<Resource>),
}

/// The rank of a line; what cannot be read is reported in the first pass.
pub(super) fn rank_of(line: &Line) -> u8 {
    let Ok(text) = line.text() else { return FIRST_RANK };
    match type_of(text) {
        Ok(kind) if kind == "Patient" => FIRST_RANK,
        Ok(kind) => shape_of(&kind).map_or(LAST_RANK, |shape| shape.rank),
        Err(_) => FIRST_RANK,
    }
}

impl Parsed {
    pub(super) fn parse(line: &Line) -> Result<Self, Reason> {
        let text = line.text()?;
        if type_of(text)? == "Patient" {
            let patient = Patient::parse(text)?;
            return Ok(Self::Patient { name: Reference::to("Patient", patient.id()), row: patient.row() });
        }
        Ok(Self::Resource(Box::new(Resource::parse(text)?)))
    }

    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Patient { .. } => FIRST_RANK,
            Self::Resource(resource) => resource.shape().map_or(LAST_RANK, |shape| shape.rank),
        }
    }

    /// The type under which it is counted.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Patient { .. } => "Patient",
            Self::Resource(resource) => resource.shape().map_or("other", |shape| shape.name),
        }
    }

    pub(super) fn references(&self) -> impl Iterator<Item = &Reference> {
        let resource = match self {
            Self::Patient { .. } => None,
            Self::Resource(resource) => Some(resource.references()),
        };
        resource.into_iter().flatten()
    }

    /// The references that later lines may name it by.
    pub(super) fn names(&self) -> &[Reference] {
        match self {
            Self::Patient { name, .. } => core::slice::from_ref(name),
            Self::Resource(resource) if self.rank() < LAST_RANK => resource.names(),
            Self::Resource(_) => &[],
        }
    }

    /// The row of a resource, which can be taken once.
    pub(super) fn write(&mut self, known: &Known) -> Write {
        match self {
            Self::Patient { row, .. } => Write { table: &PATIENT, row: core::mem::take(row) },
            Self::Resource(resource) => {
                resource_write(resource, known).unwrap_or_else(|| Write { table: &OTHERS, row: resource.other_row() })
            }
        }
    }
}

/// The row of a resource in its own table, if it has one and its patient is known.
pub(super) fn resource_write(resource: &mut Resource, known: &Known) -> Option<Write> {
    let row = resource.row(|reference| known.get(reference))?;
    Some(Write { table: resource.shape()?.table, row })
}
