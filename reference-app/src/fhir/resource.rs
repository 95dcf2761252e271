//! FHIR R4 resources that are no patients: from one NDJSON line to a row.

use super::patient::checked_id;
use super::reference::Reference;
use super::shape::{Shape, shape_of};
use super::{FhirError, note};
use crate::schema::clinical::{CODES, ENDED, KEY, LABEL, NOTE, STARTED, STATUS, SUBJECT, UNRESOLVED, WAITING_FOR};
use crate::schema::{FHIR_ID, IDENTIFIERS, SOURCE};
use core::fmt;
use hipaa_core::schema::{Column, RecordId, Texts};
use hipaa_core::vault::Row;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// A resource of any type, read: what its row holds, and what it refers to. `Debug` shows no value.
pub struct Resource {
    shape: Option<&'static Shape>,
    key: String,
    names: Vec<Reference>,
    subject: Option<Reference>,
    links: Vec<(Column<hipaa_core::schema::Reference>, Reference)>,
    /// All of the row but its references and its source.
    row: Row,
    source: Zeroizing<String>,
}

/// The type of the resource in a line.
///
/// # Errors
/// [`FhirError::NotJson`], or [`FhirError::Shape`] where no type is given.
pub fn type_of(line: &str) -> Result<Cow<'_, str>, FhirError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Typed<'a> {
        #[serde(borrow)]
        resource_type: Cow<'a, str>,
    }
    Ok(serde_json::from_str::<Typed<'_>>(line).map_err(|error| FhirError::from(&error))?.resource_type)
}

impl Resource {
    /// Reads one line.
    ///
    /// # Errors
    /// [`FhirError`].
    pub fn parse(line: &str) -> Result<Self, FhirError> {
        let value = serde_json::from_str::<Value>(line).map_err(|error| FhirError::from(&error))?;
        let kind = value["resourceType"].as_str().ok_or(FhirError::Shape(0))?;
        let id = checked_id(value["id"].as_str().ok_or(FhirError::Id)?.to_owned())?;
        let shape = shape_of(kind);
        let identifiers = shape.map(|_| identifiers(&value)).unwrap_or_default();
        Ok(Self {
            shape,
            key: format!("{kind}/{id}"),
            names: shape.map(|shape| names(shape, &id, &identifiers)).unwrap_or_default(),
            subject: shape.and_then(|shape| Reference::read(value.pointer(shape.subject?)?, "Patient")),
            links: shape.map(|shape| links(shape, &value)).unwrap_or_default(),
            row: shape.map(|shape| row(shape, &value, (&id, &identifiers))).unwrap_or_default(),
            source: Zeroizing::new(line.to_owned()),
        })
    }

    /// How it becomes a row of a table of its own; none for any other type.
    #[must_use]
    pub const fn shape(&self) -> Option<&'static Shape> {
        self.shape
    }

    /// The references under which others name it.
    #[must_use]
    pub fn names(&self) -> &[Reference] {
        &self.names
    }

    /// Every reference that a column of its table takes, the patient's included.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.subject.iter().chain(self.links.iter().map(|(_, reference)| reference))
    }

    /// The row of its own table, with what `known` says of its references. None where it has no table of its own, or is
    /// about a patient who is not known. It can be taken once.
    #[must_use]
    pub fn row(&mut self, known: impl Fn(&Reference) -> Option<RecordId>) -> Option<Row> {
        let subject = match self.shape?.subject {
            Some(_) => Some(known(self.subject.as_ref()?)?),
            None => None,
        };
        let row = core::mem::take(&mut self.row).set(SOURCE, &self.source);
        let mut row = row.set_opt(SUBJECT, subject);
        let mut unresolved = Vec::new();
        for (column, reference) in &self.links {
            match known(reference) {
                Some(record) => row = row.set(*column, record),
                None => unresolved.push(reference.text()),
            }
        }
        Some(set_all(row, UNRESOLVED, &unresolved))
    }

    /// The row of the table of all other resources.
    #[must_use]
    pub fn other_row(&self) -> Row {
        let waiting = self.subject.as_ref().map(Reference::text);
        Row::new().set(KEY, &self.key).set_opt(WAITING_FOR, waiting.as_deref()).set(SOURCE, &self.source)
    }
}

fn names(shape: &Shape, id: &str, identifiers: &[String]) -> Vec<Reference> {
    let by_identifier = |text: &String| Reference::by_identifier(shape.name, text);
    core::iter::once(Reference::to(shape.name, id)).chain(identifiers.iter().map(by_identifier)).collect()
}

fn links(shape: &Shape, value: &Value) -> Vec<(Column<hipaa_core::schema::Reference>, Reference)> {
    let read = |link: &super::shape::Link| {
        let mut places = link.places.iter().filter_map(|place| value.pointer(place));
        Some((link.column, places.find_map(|place| Reference::read(place, link.target))?))
    };
    shape.links.iter().filter_map(read).collect()
}

fn identifiers(value: &Value) -> Vec<String> {
    let list = value["identifier"].as_array().map_or(&[][..], Vec::as_slice);
    let named = |one: &Value| Some(format!("{}|{}", one["system"].as_str()?, one["value"].as_str()?));
    let mut all = list.iter().filter_map(named).collect::<Vec<_>>();
    all.dedup();
    all
}

/// What the row holds whatever is known of the references.
fn row(shape: &Shape, value: &Value, (id, identifiers): (&str, &[String])) -> Row {
    let concept = shape.concept.iter().find_map(|place| value.pointer(place));
    let status = shape.status.iter().find_map(|place| value.pointer(place)).and_then(status);
    let text = |places: &[&str]| places.iter().find_map(|place| value.pointer(place)?.as_str());
    let row = set_all(Row::new().set(FHIR_ID, id), IDENTIFIERS, identifiers);
    let row = set_all(row, CODES, &concept.map(codes).unwrap_or_default())
        .set_opt(LABEL, concept.and_then(label).as_deref())
        .set_opt(STATUS, status.as_deref())
        .set_opt(STARTED, text(shape.started))
        .set_opt(ENDED, text(shape.ended));
    let noted = shape.table.position(NOTE.label()).is_some();
    if noted { row.set_opt(NOTE, note::text(value).as_deref().map(String::as_str)) } else { row }
}

fn codes(concept: &Value) -> Vec<String> {
    let code = |one: &Value| Some(format!("{}|{}", one["system"].as_str().unwrap_or_default(), one["code"].as_str()?));
    concept["coding"].as_array().into_iter().flatten().filter_map(code).collect()
}

fn label(concept: &Value) -> Option<String> {
    let named = || serde_json::from_value::<Vec<super::name::HumanName>>(concept.clone());
    if let Some(Ok(names)) = concept.is_array().then(named) {
        return super::name::preferred(&names).map(super::name::HumanName::display);
    }
    words(concept)
}

fn status(status: &Value) -> Option<String> {
    status["coding"][0]["code"].as_str().map(str::to_owned).or_else(|| words(status))
}

/// A text, or what a `CodeableConcept` or `Reference` says in words.
#[must_use]
pub fn words(value: &Value) -> Option<String> {
    let coding = &value["coding"][0];
    let all = [value, &value["text"], &value["display"], &coding["display"], &coding["code"]];
    all.into_iter().find_map(Value::as_str).map(str::to_owned)
}

fn set_all(row: Row, column: Column<Texts>, all: &[String]) -> Row {
    let all = all.iter().map(String::as_str).collect::<Vec<_>>();
    if all.is_empty() { row } else { row.set(column, &all) }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resource(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_kept_is_refused_without_a_word_of_it() {
        assert!(matches!(Resource::parse("{"), Err(FhirError::NotJson(_))));
        assert_eq!(Resource::parse(r#"{"id":"a"}"#).map(|_| ()), Err(FhirError::Shape(0)));
        assert_eq!(Resource::parse(r#"{"resourceType":"Device"}"#).map(|_| ()), Err(FhirError::Id));
        assert_eq!(Resource::parse(r#"{"resourceType":"Device","id":"a b"}"#).map(|_| ()), Err(FhirError::Id));
        assert!(matches!(type_of(r#"{"id":"a"}"#), Err(FhirError::Shape(_))));
    }

    #[test]
    fn a_clinical_resource_has_a_row_only_with_its_patient() {
        let line = r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},
            "encounter":{"reference":"urn:uuid:e"},"code":{"text":"Asthma"}}"#;
        let mut condition = Resource::parse(line).unwrap();
        assert!(condition.row(|_| None).is_none());
        let patient = RecordId::from_random([1; 16]);
        let shown = condition.row(|named| (named.text() == "Patient/p").then_some(patient)).unwrap();
        assert_eq!(format!("{shown:?}"), r#"{"fhir_id", "label", "source", "subject", "unresolved"}"#);
        let shown = Resource::parse(line).unwrap().row(|_| Some(patient)).unwrap();
        assert_eq!(format!("{shown:?}"), r#"{"fhir_id", "label", "source", "subject", "encounter"}"#);
    }
}
