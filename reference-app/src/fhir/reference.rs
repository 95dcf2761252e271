//! FHIR references: by id, and by identifier.

use super::shape::shape_of;
use crate::schema::{BY_FHIR_ID, BY_IDENTIFIER, PATIENT};
use core::fmt;
use hipaa_core::schema::{Index, Table, Text};
use serde_json::Value;

/// What a resource is referred to by.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    target: String,
    by_identifier: bool,
    value: String,
}

impl Reference {
    /// The reference to the resource with this id.
    #[must_use]
    pub fn to(target: &str, id: &str) -> Self {
        Self { target: target.to_owned(), by_identifier: false, value: id.to_owned() }
    }

    /// The reference to the resource with this identifier, written `system|value`.
    #[must_use]
    pub fn by_identifier(target: &str, identifier: &str) -> Self {
        Self { target: target.to_owned(), by_identifier: true, value: identifier.to_owned() }
    }

    /// Reads a FHIR `Reference`. `target` is the type for forms that do not say it. None where nothing is named.
    #[must_use]
    pub fn read(value: &Value, target: &str) -> Option<Self> {
        if let Some(text) = value["reference"].as_str() {
            return Some(Self::parse(text, target));
        }
        let identifier = &value["identifier"];
        let named = value["type"].as_str().unwrap_or(target);
        Some(Self::by_identifier(
            named,
            &format!("{}|{}", identifier["system"].as_str()?, identifier["value"].as_str()?),
        ))
    }

    /// Reads `Type/id`, `urn:uuid:id` or `Type?identifier=system|value`. Any other text is a reference that leads nowhere.
    #[must_use]
    pub fn parse(text: &str, target: &str) -> Self {
        if let Some(id) = text.strip_prefix("urn:uuid:") {
            return Self::to(target, id);
        }
        if let Some((named, identifier)) = text.split_once("?identifier=") {
            return Self::by_identifier(named, identifier);
        }
        let path = text.split("/_history/").next().unwrap_or(text);
        match path.split_once('/') {
            Some((named, id)) if !id.contains('/') => Self::to(named, id),
            _ => Self::to("", text),
        }
    }

    /// The reference as text; what is parsed from it is equal.
    #[must_use]
    pub fn text(&self) -> String {
        match (self.by_identifier, self.target.as_str()) {
            (true, target) => format!("{target}?identifier={}", self.value),
            (false, "") => self.value.clone(),
            (false, target) => format!("{target}/{}", self.value),
        }
    }

    /// Where to look for it; none for a type without a table.
    #[must_use]
    pub fn place(&self) -> Option<(&'static Table, Index<(Text,)>, &str)> {
        let index = if self.by_identifier { BY_IDENTIFIER } else { BY_FHIR_ID };
        let table = match self.target.as_str() {
            "Patient" => &PATIENT,
            target => shape_of(target)?.table,
        };
        Some((table, index, &self.value))
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reference(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_of_a_reference_is_read_and_written() {
        let by_id = Reference::to("Encounter", "e-1");
        for text in ["Encounter/e-1", "urn:uuid:e-1", "Encounter/e-1/_history/2"] {
            assert!(Reference::parse(text, "Encounter") == by_id, "{text}");
        }
        let named = Reference::by_identifier("Practitioner", "http://npi/x|99");
        assert!(Reference::parse("Practitioner?identifier=http://npi/x|99", "") == named);
        let logical = json!({ "identifier": { "system": "http://npi/x", "value": "99" } });
        assert!(Reference::read(&logical, "Practitioner") == Some(named.clone()));
        assert!(Reference::read(&json!({ "display": "Somebody" }), "Practitioner").is_none());
        for reference in [by_id, named, Reference::parse("https://elsewhere/Patient/1", "Patient")] {
            assert!(Reference::parse(&reference.text(), "Device") == reference);
        }
        assert!(Reference::parse("#contained", "Patient").place().is_none());
        assert!(Reference::parse("Observation/1", "Patient").place().is_none());
    }
}
