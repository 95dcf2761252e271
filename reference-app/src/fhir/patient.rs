//! FHIR R4 `Patient`: from one NDJSON line to a row of the patient table.

use super::FhirError;
use super::name::{HumanName, search_names};
use crate::schema;
use core::fmt;
use hipaa_core::schema::Date;
use hipaa_core::vault::Row;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

const MAX_ID_BYTES: usize = 64;
const GENDERS: [&str; 4] = ["male", "female", "other", "unknown"];
const SSN_DIGITS: usize = 9;

/// What the patient table holds of one FHIR patient. `Debug` shows no value.
pub struct Patient<'a> {
    id: String,
    born: Option<Date>,
    deceased: Option<String>,
    gender: Option<String>,
    names: Vec<HumanName>,
    names_source: Option<&'a str>,
    addresses: Option<&'a str>,
    telecom: Vec<ContactPoint>,
    identifiers: Vec<Identifier>,
    marital_status: Option<String>,
    language: Option<String>,
    source: &'a str,
}

impl<'a> Patient<'a> {
    /// Reads one line.
    ///
    /// # Errors
    /// [`FhirError`], which says what is wrong and at most at which column.
    pub fn parse(line: &'a str) -> Result<Self, FhirError> {
        let resource = serde_json::from_str::<Resource<'_>>(line).map_err(|error| explain(line, &error))?;
        if resource.resource_type != "Patient" {
            return Err(FhirError::NotAPatient);
        }
        let born = resource.birth_date.as_deref().map(Date::parse).transpose().map_err(|_| FhirError::BirthDate)?;
        Ok(Self {
            id: checked_id(resource.id)?,
            born,
            deceased: deceased(resource.deceased_date_time, resource.deceased_boolean)?,
            gender: checked_gender(resource.gender)?,
            names: resource.name.map_or(Ok(Vec::new()), |raw| names(line, raw))?,
            names_source: resource.name.map(RawValue::get),
            addresses: resource.address.map(RawValue::get),
            telecom: resource.telecom,
            identifiers: resource.identifier,
            marital_status: resource.marital_status.and_then(Concept::label),
            language: language(resource.communication),
            source: line,
        })
    }

    /// The row of the patient table.
    #[must_use]
    pub fn row(&self) -> Row {
        let search = search_names(&self.names);
        let numbers = |code, system| self.numbers(code, system);
        let ssn = numbers("SS", "http://hl7.org/fhir/sid/us-ssn").into_iter().find(|ssn| is_ssn(ssn));
        let row = Row::new()
            .set(schema::FHIR_ID, &self.id)
            .set_opt(schema::SSN, ssn)
            .set_opt(schema::LICENCE, numbers("DL", "").first().copied())
            .set_opt(schema::PASSPORT, numbers("PPN", "http://hl7.org/fhir/sid/passport-").first().copied())
            .set_opt(schema::NAMES, self.names_source)
            .set_opt(schema::BORN, self.born)
            .set_opt(schema::DECEASED, self.deceased.as_deref())
            .set_opt(schema::GENDER, self.gender.as_deref())
            .set_opt(schema::ADDRESSES, self.addresses)
            .set_opt(schema::MARITAL_STATUS, self.marital_status.as_deref())
            .set_opt(schema::LANGUAGE, self.language.as_deref())
            .set_opt(schema::IDENTIFIERS, listed(&borrowed(&self.named_numbers())))
            .set(schema::SOURCE, self.source);
        let (family, given) = (borrowed(&search.family), borrowed(&search.given));
        row.set_opt(schema::MRN, listed(&numbers("MR", "")))
            .set_opt(schema::FAMILY, listed(&family))
            .set_opt(schema::GIVEN, listed(&given))
            .set_opt(schema::PHONES, listed(&self.contacts("phone")))
            .set_opt(schema::EMAILS, listed(&self.contacts("email")))
    }

    /// The values of the identifiers that are in use, of this type (HL7 table 0203) or with a system that begins so.
    fn numbers(&self, code: &str, system: &str) -> Vec<&str> {
        let typed = |identifier: &&Identifier| {
            let coded = identifier.kind.coding.iter().any(|coding| coding.code.as_deref() == Some(code));
            let named = identifier.system.as_deref().is_some_and(|own| !system.is_empty() && own.starts_with(system));
            (coded || named) && identifier.usage.as_deref() != Some("old")
        };
        distinct(self.identifiers.iter().filter(typed).filter_map(|identifier| identifier.value.as_deref()))
    }

    /// The identifiers that have a system: `system|value`.
    fn named_numbers(&self) -> Vec<String> {
        let named = |identifier: &Identifier| {
            let (system, value) = (identifier.system.as_deref()?, identifier.value.as_deref()?);
            Some(format!("{system}|{value}"))
        };
        let mut all = self.identifiers.iter().filter_map(named).collect::<Vec<_>>();
        all.dedup();
        all
    }

    /// The id of the resource.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn contacts(&self, system: &str) -> Vec<&str> {
        let of_system = self.telecom.iter().filter(|contact| contact.system.as_deref() == Some(system));
        distinct(of_system.filter_map(|contact| contact.value.as_deref()))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    resource_type: String,
    id: String,
    #[serde(default)]
    identifier: Vec<Identifier>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(default)]
    telecom: Vec<ContactPoint>,
    gender: Option<String>,
    birth_date: Option<String>,
    deceased_boolean: Option<bool>,
    deceased_date_time: Option<String>,
    #[serde(borrow)]
    address: Option<&'a RawValue>,
    marital_status: Option<Concept>,
    #[serde(default)]
    communication: Vec<Communication>,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(rename = "use")]
    usage: Option<String>,
    #[serde(rename = "type", default)]
    kind: Concept,
    system: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct ContactPoint {
    system: Option<String>,
    value: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Concept {
    coding: Vec<Coding>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Coding {
    code: Option<String>,
    display: Option<String>,
}

#[derive(Deserialize)]
struct Communication {
    language: Concept,
    #[serde(default)]
    preferred: bool,
}

impl Concept {
    fn label(self) -> Option<String> {
        let first = self.coding.into_iter().next();
        self.text.or_else(|| first.and_then(|coding| coding.display.or(coding.code)))
    }
}

/// A line that does not parse as a patient may be a good resource of another type: that is the better answer.
fn explain(line: &str, error: &serde_json::Error) -> FhirError {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Kind {
        resource_type: String,
    }
    match serde_json::from_str::<Kind>(line) {
        Ok(kind) if kind.resource_type != "Patient" => FhirError::NotAPatient,
        _ => error.into(),
    }
}

fn names(line: &str, raw: &RawValue) -> Result<Vec<HumanName>, FhirError> {
    let before = raw.get().as_ptr().addr().saturating_sub(line.as_ptr().addr());
    serde_json::from_str(raw.get()).map_err(|error| FhirError::Shape(before.saturating_add(error.column())))
}

pub(super) fn checked_id(id: String) -> Result<String, FhirError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let good = (1..=MAX_ID_BYTES).contains(&id.len()) && id.bytes().all(allowed);
    if good && id.bytes().any(|byte| byte.is_ascii_alphanumeric()) { Ok(id) } else { Err(FhirError::Id) }
}

fn checked_gender(gender: Option<String>) -> Result<Option<String>, FhirError> {
    match gender {
        Some(gender) if !GENDERS.contains(&gender.as_str()) => Err(FhirError::Gender),
        gender => Ok(gender),
    }
}

fn deceased(time: Option<String>, known: Option<bool>) -> Result<Option<String>, FhirError> {
    match (time, known) {
        (Some(time), _) => {
            let day = time.split_once('T').map_or(time.as_str(), |(day, _)| day);
            Date::parse(day).map_err(|_| FhirError::Deceased)?;
            Ok(Some(time))
        }
        (None, Some(true)) => Ok(Some("true".to_owned())),
        (None, _) => Ok(None),
    }
}

fn language(spoken: Vec<Communication>) -> Option<String> {
    let at = spoken.iter().position(|language| language.preferred).unwrap_or_default();
    spoken.into_iter().nth(at)?.language.label()
}

/// Nine digits, not all the same: masked numbers and placeholders would make strangers duplicates of each other.
fn is_ssn(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    digits.len() == SSN_DIGITS && digits.iter().any(|digit| Some(digit) != digits.first())
}

fn distinct<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut list = Vec::new();
    for one in all.filter(|one| !one.trim().is_empty()) {
        if !list.contains(&one) {
            list.push(one);
        }
    }
    list
}

fn borrowed(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

fn listed<'a>(all: &'a [&'a str]) -> Option<&'a [&'a str]> {
    (!all.is_empty()).then_some(all)
}

/// A list of primitives, in which FHIR writes `null` for an element that has extensions only.
pub(super) fn without_nulls<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Vec::<Option<String>>::deserialize(deserializer)?.into_iter().flatten().collect())
}

impl fmt::Debug for Patient<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Patient(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> FhirError {
        Patient::parse(line).expect_err("refused")
    }

    #[test]
    fn what_the_table_needs_must_be_right() {
        assert!(matches!(error(r#"{"resourceType":"Patient","id":"#), FhirError::NotJson(_)));
        assert_eq!(error(r#"{"resourceType":"Observation","status":7}"#), FhirError::NotAPatient);
        assert!(matches!(error(r#"{"resourceType":"Patient"}"#), FhirError::Shape(_)));
        let with = |more: &str| error(&format!(r#"{{"resourceType":"Patient","id":"a",{more}}}"#));
        assert_eq!(error(r#"{"resourceType":"Patient","id":"a b"}"#), FhirError::Id);
        assert_eq!(error(r#"{"resourceType":"Patient","id":"--"}"#), FhirError::Id);
        assert_eq!(with(r#""birthDate":"1943-02-30""#), FhirError::BirthDate);
        assert_eq!(with(r#""gender":"m""#), FhirError::Gender);
        assert_eq!(with(r#""deceasedDateTime":"yesterday""#), FhirError::Deceased);
        assert_eq!(with(r#""name":[{"family":["Roe"]}]"#), FhirError::Shape(53));
        assert!(matches!(with(r#""id":"b""#), FhirError::Shape(_)));
    }

    #[test]
    fn what_the_table_does_not_know_is_no_error() {
        let line = r#"{"resourceType":"Patient","id":"a","extension":[{"url":"x"}],"managingOrganization":{},
            "name":[{"given":["Ann",null],"_given":[null,{"extension":[]}],"period":{}}],"birthDate":"1943"}"#;
        assert!(Patient::parse(line).is_ok());
    }

    #[test]
    fn masked_and_placeholder_ssns_are_not_indexed() {
        assert!(is_ssn("999-53-8547"));
        assert!(!is_ssn("***-**-8547"));
        assert!(!is_ssn("999-99-9999"));
        assert!(!is_ssn(""));
    }
}
