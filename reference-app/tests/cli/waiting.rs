//! What refers to what is not here yet.

use super::charts::contents;
use super::support::{Desk, patient};
use serde_json::json;

const CONDITION: &str = r#"{"resourceType":"Condition","id":"c-1","subject":{"reference":"Patient/p-1"},"encounter":{"reference":"urn:uuid:e-1"},"code":{"text":"Asthma"}}"#;
const ENCOUNTER: &str = r#"{"resourceType":"Encounter","id":"e-1","status":"finished","subject":{"reference":"Patient/p-1"},"participant":[{"individual":{"reference":"Practitioner?identifier=urn:npi|99"}}]}"#;
const PRACTITIONER: &str =
    r#"{"resourceType":"Practitioner","id":"d-1","identifier":[{"system":"urn:npi","value":"99"}]}"#;

#[test]
fn a_resource_without_its_patient_is_held_and_released_later() {
    let desk = Desk::new();
    let first = desk.import(desk.file("condition.ndjson", CONDITION)).ended(0).json();
    assert_eq!((&first["held"], &first["types"]["Condition"]["created"]), (&json!(1), &json!(1)));
    let text = desk.at(&["import", "condition.ndjson"]).ended(0).out;
    assert!(text.contains("1 kept aside until their patients are imported"), "{text}");
    let second = desk.import(desk.file("patient.ndjson", patient("p-1", "Roe", ""))).ended(0).json();
    assert_eq!((&second["held"], &second["unresolved"]), (&json!(0), &json!(1)));
    let kept = contents(&desk);
    assert_eq!(kept.len(), 2, "nothing is left among the others");
    let (_, subject, encounter, source) = &kept[&("condition", "c-1".to_owned())];
    assert_eq!((subject.as_deref(), encounter.as_deref(), source.as_str()), (Some("p-1"), None, CONDITION));
    let third = desk.import(desk.file("encounter.ndjson", ENCOUNTER)).ended(0).json();
    assert_eq!(third["unresolved"], 1, "the condition is resolved, the encounter waits for its practitioner");
    assert_eq!(contents(&desk)[&("condition", "c-1".to_owned())].2.as_deref(), Some("e-1"));
    let last = desk.import(desk.file("practitioner.ndjson", PRACTITIONER)).ended(0).json();
    assert_eq!(last["unresolved"], 0);
    let before = contents(&desk);
    assert_eq!(before[&("encounter", "e-1".to_owned())].0, 2);
    desk.import("practitioner.ndjson").ended(0);
    assert!(contents(&desk) == before);
}

#[test]
fn a_held_resource_does_not_replace_a_newer_one() {
    let desk = Desk::new();
    desk.import(desk.file("old.ndjson", CONDITION)).ended(0);
    let newer = CONDITION.replace("Asthma", "Bronchitis");
    let both = [newer.clone(), patient("p-1", "Roe", "")].join("\n");
    assert_eq!(desk.import(desk.file("both.ndjson", both)).ended(0).json()["held"], 0);
    let kept = contents(&desk);
    assert_eq!((kept.len(), &kept[&("condition", "c-1".to_owned())].3), (2, &newer));
}

#[test]
fn one_file_of_mixed_types_in_the_wrong_order_is_imported_whole() {
    let desk = Desk::new();
    let observation = r#"{"resourceType":"Observation","id":"o-1"}"#;
    let lines = [CONDITION, ENCOUNTER, observation, PRACTITIONER, &patient("p-1", "Roe", "")].join("\n");
    let ran = desk.import(desk.file("mixed.ndjson", lines)).ended(0).json();
    assert_eq!([&ran["created"], &ran["held"], &ran["unresolved"]], [5, 0, 0]);
    assert_eq!(ran["types"]["other"]["created"], 1);
    let kept = contents(&desk);
    assert_eq!(kept[&("condition", "c-1".to_owned())].2.as_deref(), Some("e-1"));
    assert_eq!(kept[&("fhir_other", "Observation/o-1".to_owned())].3, observation);
    assert!(kept.values().all(|kept| kept.0 == 1));
}

#[test]
fn what_is_held_together_keeps_together() {
    let desk = Desk::new();
    let both = [ENCOUNTER, CONDITION].join("\n");
    assert_eq!(desk.import(desk.file("both.ndjson", both)).ended(0).json()["held"], 2);
    let lines = [&patient("p-1", "Roe", ""), PRACTITIONER].join("\n");
    let ran = desk.import(desk.file("patient.ndjson", lines)).ended(0).json();
    assert_eq!((&ran["held"], &ran["unresolved"]), (&json!(0), &json!(0)));
    let kept = contents(&desk);
    assert_eq!(kept.len(), 4);
    for place in [("encounter", "e-1".to_owned()), ("condition", "c-1".to_owned())] {
        assert_eq!(kept[&place].1.as_deref(), Some("p-1"), "{place:?}");
    }
    assert_eq!(kept[&("condition", "c-1".to_owned())].2.as_deref(), Some("e-1"));
}
