//! Reading FHIR R4 resources: strict about what the tables need, tolerant of everything else.
//!
//! May import nothing of ours but `schema`. No error holds a part of the input: the messages of the JSON parser quote
//! it, so only their place is kept.

pub mod name;
pub mod note;
pub mod patient;
pub mod reference;
pub mod resource;
pub mod shape;

/// Why a line is not a resource that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FhirError {
    /// The line is not JSON.
    #[error("not JSON, at column {0}")]
    NotJson(usize),
    /// An element has another type than FHIR R4 gives it.
    #[error("an element is missing or not of its FHIR R4 type, at column {0}")]
    Shape(usize),
    /// The resource is of another type.
    #[error("the resource is not a Patient")]
    NotAPatient,
    /// The id is not 1 to 64 of the characters `A-Z a-z 0-9 - .`.
    #[error("the id is not a FHIR id")]
    Id,
    /// The birth date is not a FHIR date of the calendar.
    #[error("the birth date is not a date: YYYY, YYYY-MM or YYYY-MM-DD")]
    BirthDate,
    /// The gender is not one of the four codes.
    #[error("the gender is not male, female, other or unknown")]
    Gender,
    /// `deceasedDateTime` does not begin with a date.
    #[error("the time of death is not a date and time")]
    Deceased,
}

impl From<&serde_json::Error> for FhirError {
    fn from(error: &serde_json::Error) -> Self {
        match error.classify() {
            serde_json::error::Category::Data => Self::Shape(error.column()),
            _ => Self::NotJson(error.column()),
        }
    }
}
