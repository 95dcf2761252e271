//! FHIR R4 resources that are no patients: from one NDJSON line to a row.

use super::patient::checked_id;
use super::reference::Reference;
use super::shape::{Shape, shape_of};
use super::{FhirError, note};
use crate::schema::clinical::{CODES, ENDED, KEY, LABEL, NOTE, STARTED, STATUS, SUBJECT, UNRESOLVED, WAITING_FOR};
use crate::schema::{FHIR_ID, IDENTIFIERS, SOURCE};
use core::fmt;
use hipaa_core::schema::{Column, RecordId, Text, Texts};
use hipaa_core::vault::Row;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// A resource of any type. `Debug` shows no value.
pub struct Resource<'a> {
    shape: Option<&'static Shape>,
    key: String,
    id: String,
    value: Value,
    source: &'a str,
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

impl<'a> Resource<'a> {
    /// Reads one line.
    ///
    /// # Errors
    /// [`FhirError`].
    pub fn parse(line: &'a str) -> Result<Self, FhirError> {
        let value = serde_json::from_str::<Value>(line).map_err(|error| FhirError::from(&error))?;
        let kind = value["resourceType"].as_str().ok_or(FhirError::Shape(0))?;
        let id = checked_id(value["id"].as_str().ok_or(FhirError::Id)?.to_owned())?;
        Ok(Self { shape: shape_of(kind), key: format!("{kind}/{id}"), id, value, source: line })
    }

    /// How it becomes a row of a table of its own; none for any other type.
    #[must_use]
    pub const fn shape(&self) -> Option<&'static Shape> {
        self.shape
    }

    /// The references under which others name it.
    #[must_use]
    pub fn names(&self) -> Vec<Reference> {
        let Some(shape) = self.shape else { return Vec::new() };
        let by_identifier = |text: &String| Reference::by_identifier(shape.name, text);
        let own = core::iter::once(Reference::to(shape.name, &self.id));
        own.chain(self.identifiers().iter().map(by_identifier)).collect()
    }

    /// The patient whom it is about, if it names one.
    #[must_use]
    pub fn subject(&self) -> Option<Reference> {
        Reference::read(self.value.pointer(self.shape?.subject?)?, "Patient")
    }

    /// Every reference that a column of its table takes, the patient's included.
    pub fn references(&self) -> impl Iterator<Item = Reference> + '_ {
        self.subject().into_iter().chain(self.links().map(|(_, reference)| reference))
    }

    fn links(&self) -> impl Iterator<Item = (&'static super::shape::Link, Reference)> + '_ {
        let links = self.shape.map_or(&[][..], |shape| shape.links);
        links.iter().filter_map(|link| {
            let mut places = link.places.iter().filter_map(|place| self.value.pointer(place));
            Some((link, places.find_map(|place| Reference::read(place, link.target))?))
        })
    }

    fn identifiers(&self) -> Vec<String> {
        let list = self.value["identifier"].as_array().map_or(&[][..], Vec::as_slice);
        let named = |one: &Value| Some(format!("{}|{}", one["system"].as_str()?, one["value"].as_str()?));
        let mut all = list.iter().filter_map(named).collect::<Vec<_>>();
        all.dedup();
        all
    }

    /// The row of its own table, with what `known` says of its references. None where it has no table of its own, or is
    /// about a patient who is not known.
    #[must_use]
    pub fn row(&self, known: impl Fn(&Reference) -> Option<RecordId>) -> Option<Row> {
        let shape = self.shape?;
        let mut row = Row::new().set(FHIR_ID, &self.id).set(SOURCE, self.source);
        if shape.subject.is_some() {
            row = row.set(SUBJECT, known(&self.subject()?)?);
        }
        let mut unresolved = Vec::new();
        for (link, reference) in self.links() {
            match known(&reference) {
                Some(record) => row = row.set(link.column, record),
                None => unresolved.push(reference.text()),
            }
        }
        let texts = [(IDENTIFIERS, self.identifiers()), (UNRESOLVED, unresolved), (CODES, self.codes(shape))];
        row = texts.iter().fold(row, |row, (column, all)| set_all(row, *column, all));
        let single = [(LABEL, self.label(shape)), (STATUS, self.status(shape))];
        row = single.iter().fold(row, |row, (column, text)| row.set_opt(*column, text.as_deref()));
        let times = [(STARTED, shape.started), (ENDED, shape.ended)];
        row = times.iter().fold(row, |row, (column, places)| self.set_text(row, *column, places));
        let noted = shape.table.position(NOTE.label()).is_some();
        Some(if noted { row.set_opt(NOTE, note::text(&self.value).as_deref().map(String::as_str)) } else { row })
    }

    /// The row of the table of all other resources.
    #[must_use]
    pub fn other_row(&self) -> Row {
        let waiting = self.subject().map(|subject| subject.text());
        Row::new().set(KEY, &self.key).set_opt(WAITING_FOR, waiting.as_deref()).set(SOURCE, self.source)
    }

    fn set_text(&self, row: Row, column: Column<Text>, places: &[&str]) -> Row {
        let mut found = places.iter().filter_map(|place| self.value.pointer(place)?.as_str());
        row.set_opt(column, found.next())
    }

    fn concept(&self, shape: &Shape) -> Option<&Value> {
        shape.concept.iter().find_map(|place| self.value.pointer(place))
    }

    fn codes(&self, shape: &Shape) -> Vec<String> {
        let coding = self.concept(shape).and_then(|concept| concept["coding"].as_array());
        let code =
            |one: &Value| Some(format!("{}|{}", one["system"].as_str().unwrap_or_default(), one["code"].as_str()?));
        coding.into_iter().flatten().filter_map(code).collect()
    }

    fn label(&self, shape: &Shape) -> Option<String> {
        let concept = self.concept(shape)?;
        let named = serde_json::from_value::<Vec<super::name::HumanName>>(concept.clone());
        if let (true, Ok(names)) = (concept.is_array(), named) {
            return super::name::preferred(&names).map(super::name::HumanName::display);
        }
        words(concept)
    }

    fn status(&self, shape: &Shape) -> Option<String> {
        let status = shape.status.iter().find_map(|place| self.value.pointer(place))?;
        status["coding"][0]["code"].as_str().map(str::to_owned).or_else(|| words(status))
    }
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

impl fmt::Debug for Resource<'_> {
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
        let condition = Resource::parse(line).unwrap();
        assert!(condition.row(|_| None).is_none());
        let patient = RecordId::from_random([1; 16]);
        let shown = condition.row(|named| (named.text() == "Patient/p").then_some(patient)).unwrap();
        assert_eq!(format!("{shown:?}"), r#"{"fhir_id", "source", "subject", "unresolved", "label"}"#);
        let shown = condition.row(|_| Some(patient)).unwrap();
        assert_eq!(format!("{shown:?}"), r#"{"fhir_id", "source", "subject", "encounter", "label"}"#);
    }
}
