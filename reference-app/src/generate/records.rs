//! What happened to a made-up patient: encounters, what was found and prescribed there, and notes in free text.

use super::concept;
use super::random::Random;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Sets the random stream of the records apart from that of the patient.
const STREAM: u64 = 1 << 32;
const SNOMED: &str = "http://snomed.info/sct";
const NPI: &str = "http://hl7.org/fhir/sid/us-npi";
const DOCTORS: [&str; 4] = ["Ashdown", "Brightwater", "Coldwell", "Daleford"];
const MAX_ENCOUNTERS: u64 = 5;

const VISITS: [(&str, &str); 3] =
    [("185349003", "Encounter for check up"), ("185345009", "Encounter for symptom"), ("50849002", "Emergency visit")];
const PROBLEMS: [(&str, &str, &str); 4] = [
    ("38341003", "Hypertensive disorder", "Lisinopril 10 MG Oral Tablet"),
    ("195967001", "Asthma", "Albuterol 0.09 MG/ACTUAT Inhaler"),
    ("44054006", "Diabetes mellitus type 2", "Metformin hydrochloride 500 MG Oral Tablet"),
    ("10509002", "Acute bronchitis", "Acetaminophen 325 MG Oral Tablet"),
];

/// The organisation and the practitioners of a clinic, as type and resource.
pub(super) fn directory(clinic: u64) -> Vec<(&'static str, Value)> {
    let organization = json!({
        "resourceType": "Organization", "id": format!("org-{clinic}"), "active": true, "name": format!("Clinic {clinic}"),
    });
    let doctor = |(number, family): (u64, &str)| {
        json!({
            "resourceType": "Practitioner", "id": format!("doctor-{clinic}-{number}"), "active": true,
            "identifier": [{ "system": NPI, "value": npi(clinic, number) }],
            "name": [{ "family": family, "prefix": ["Dr."] }],
        })
    };
    core::iter::once(("Organization", organization))
        .chain((0..).zip(DOCTORS).map(|named| ("Practitioner", doctor(named))))
        .collect()
}

/// Numbers that begin so are never given out.
fn npi(clinic: u64, number: u64) -> String {
    format!("99{clinic:05}{number:03}")
}

/// What happened to one patient, as type and resource, in order of time.
pub(super) fn records((seed, clinic, number): (u64, u64, u64), patient: &Value) -> Vec<(&'static str, Value)> {
    let mut random = Random::new([seed, clinic | STREAM, number]);
    let mut all = Vec::new();
    let first = 2010 + random.below(10);
    for year in first..=first + random.below(MAX_ENCOUNTERS) {
        let time = format!(
            "{year}-{:02}-{:02}T{:02}:15:00-06:00",
            1 + random.below(12),
            1 + random.below(28),
            8 + random.below(9)
        );
        encounter(clinic, (patient, &time), &mut random, &mut all);
    }
    all
}

fn encounter(clinic: u64, (patient, time): (&Value, &str), random: &mut Random, all: &mut Vec<(&'static str, Value)>) {
    let id = random.uuid();
    let subject = json!({ "reference": format!("Patient/{}", patient["id"].as_str().unwrap_or_default()) });
    let (visit, what) = *random.pick(&VISITS);
    let (code, problem, drug) = *random.pick(&PROBLEMS);
    let doctor = json!({ "reference": format!("Practitioner?identifier={NPI}|{}", npi(clinic, random.below(4))) });
    let during = json!({ "reference": format!("Encounter/{id}") });
    all.push(("Encounter", json!({
        "resourceType": "Encounter", "id": id, "status": "finished", "class": { "code": "AMB" },
        "type": [concept(SNOMED, visit, what)], "subject": subject, "period": { "start": time },
        "participant": [{ "individual": doctor }], "serviceProvider": { "reference": format!("Organization/org-{clinic}") },
    })));
    let active = json!({ "coding": [{ "code": if random.one_in(2) { "active" } else { "resolved" } }] });
    all.push(("Condition", json!({
        "resourceType": "Condition", "id": random.uuid(), "clinicalStatus": active, "code": concept(SNOMED, code, problem),
        "subject": subject, "encounter": during, "onsetDateTime": time,
    })));
    if random.one_in(2) {
        all.push(("MedicationRequest", json!({
            "resourceType": "MedicationRequest", "id": random.uuid(), "status": "active", "intent": "order",
            "medicationCodeableConcept": { "text": drug }, "subject": subject, "encounter": during, "authoredOn": time,
            "requester": doctor,
        })));
    }
    let text = STANDARD.encode(note(patient, (time, problem)));
    all.push(("DocumentReference", json!({
        "resourceType": "DocumentReference", "id": random.uuid(), "status": "current",
        "type": concept("http://loinc.org", "34117-2", "History and physical note"), "subject": subject, "date": time,
        "author": [doctor], "content": [{ "attachment": { "contentType": "text/plain; charset=utf-8", "data": text } }],
        "context": { "encounter": [during] },
    })));
}

/// A note as people write them: with every kind of identifier in the middle of a sentence.
fn note(patient: &Value, (time, problem): (&str, &str)) -> String {
    let text = |pointer: &str| patient.pointer(pointer).and_then(Value::as_str).unwrap_or("not given").to_owned();
    let given = patient["name"][0]["given"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let name = given.chain(patient["name"][0]["family"].as_str()).collect::<Vec<_>>().join(" ");
    let kind = |code: &str| {
        let list = patient["identifier"].as_array().map_or(&[][..], Vec::as_slice);
        let found = list.iter().find(|one| one["type"]["coding"][0]["code"] == code);
        found.and_then(|one| one["value"].as_str()).unwrap_or("none").to_owned()
    };
    format!(
        "{day}\n\n# Chief Complaint\n{name}, born {born}, MRN {mrn}, comes with complaints of {problem}.\n\n\
         # History\nLives at {street} in {city}; phone {phone}, mail {mail}. Insurance asked for SSN {ssn}, licence {licence}, \
         passport {passport}.\n\n# Plan\nCall {family} back under {phone} in two weeks.\n",
        day = time.get(..10).unwrap_or_default(),
        born = text("/birthDate"),
        mrn = kind("MR"),
        street = text("/address/0/line/0"),
        city = text("/address/0/city"),
        phone = text("/telecom/0/value"),
        mail = text("/telecom/1/value"),
        ssn = kind("SS"),
        licence = kind("DL"),
        passport = kind("PPN"),
        family = text("/name/0/family"),
    )
}
