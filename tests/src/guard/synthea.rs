//! Real exports of synthetic people: 1,215 notes and 1,144 patients.

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use flate2::read::GzDecoder;
    use hipaa_core::guard::{Confidence, Guard, JsonFinding, Kind};
    use serde_json::Value;
    use std::collections::BTreeMap;
    use std::io::Read;
    use std::path::Path;

    /// The lines of an export, or a printed skip.
    fn lines(name: &str) -> Option<Vec<String>> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/synthea").join(name);
        let Ok(file) = std::fs::File::open(path) else {
            println!("skipped: {name} is not here");
            return None;
        };
        let mut text = String::new();
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
        Some(text.lines().map(str::to_owned).collect())
    }

    #[test]
    fn every_visit_date_of_the_notes_is_found_and_no_number_is_claimed() {
        let Some(lines) = lines("ten-patients/DocumentReference.ndjson.gz") else {
            return;
        };
        let guard = Guard::new();
        let mut others: BTreeMap<String, usize> = BTreeMap::new();
        for line in &lines {
            let document: Value = serde_json::from_str(line).unwrap();
            let data = document.pointer("/content/0/attachment/data").and_then(Value::as_str).unwrap();
            let note = String::from_utf8(STANDARD.decode(data).unwrap()).unwrap();
            let found = guard.scan_all(&note);
            let first = found.first().expect("the visit date");
            assert_eq!((first.kind(), first.span()), (Kind::Date, 1..11));
            assert!(first.confidence() >= Confidence::Medium);
            for other in &found[1..] {
                let reasons: Vec<String> = other.reasons().map(|reason| reason.to_string()).collect();
                *others.entry(format!("{} {} {reasons:?}", other.kind(), other.confidence())).or_default() += 1;
                let claimed = matches!(
                    other.kind(),
                    Kind::Ssn | Kind::Npi | Kind::Dea | Kind::Mrn | Kind::Phone | Kind::CreditCard
                );
                assert!(!claimed || other.confidence() == Confidence::Low, "{other:?}");
            }
        }
        println!("{} notes; besides the visit dates: {others:#?}", lines.len());
        assert_eq!(lines.len(), 1215);
    }

    /// The finding of a kind at a pointer.
    fn at<'f>(found: &'f [JsonFinding], kind: Kind, pointer: &str) -> &'f JsonFinding {
        let here = |f: &&JsonFinding| f.finding.kind() == kind && f.pointer == pointer;
        found.iter().find(here).unwrap_or_else(|| panic!("no {kind} at {pointer}"))
    }

    /// What a patient has: kind and pointer.
    fn places(patient: &Value) -> Vec<(Kind, String)> {
        let mut out = vec![(Kind::Dob, "/birthDate".to_owned())];
        let list = |name: &str| patient[name].as_array().into_iter().flatten().enumerate();
        for (i, identifier) in list("identifier") {
            let kind = match identifier.pointer("/type/coding/0/code").and_then(Value::as_str) {
                Some("SS") => Kind::Ssn,
                Some("MR") => Kind::Mrn,
                _ => continue,
            };
            out.push((kind, format!("/identifier/{i}/value")));
        }
        for (i, telecom) in list("telecom") {
            assert_eq!(telecom["system"], "phone");
            out.push((Kind::Phone, format!("/telecom/{i}/value")));
        }
        let coded = list("address").filter(|(_, address)| address.get("postalCode").is_some());
        out.extend(coded.map(|(i, _)| (Kind::Zip, format!("/address/{i}/postalCode"))));
        out
    }

    #[test]
    fn every_identifier_of_the_patients_is_found_at_its_pointer() {
        let Some(lines) = lines("Patient-1144.ndjson.gz") else {
            return;
        };
        let guard = Guard::new();
        let mut checked = BTreeMap::<Kind, usize>::new();
        for line in &lines {
            let patient: Value = serde_json::from_str(line).unwrap();
            let found = guard.scan_json(line).unwrap();
            for (kind, pointer) in places(&patient) {
                let hit = at(&found, kind, &pointer);
                let value = patient.pointer(&pointer).and_then(Value::as_str).unwrap();
                assert_eq!(&line[hit.finding.span()], value);
                assert_eq!(hit.finding.confidence(), Confidence::High);
                *checked.entry(kind).or_default() += 1;
            }
        }
        println!("{} patients: {checked:?}", lines.len());
        for kind in [Kind::Ssn, Kind::Mrn, Kind::Dob, Kind::Phone] {
            assert_eq!(checked[&kind], 1144);
        }
    }

    #[test]
    fn a_never_issued_number_is_low_in_prose_and_says_why() {
        let found = Guard::new().scan_all("SSN 999-53-8547");
        let reasons: Vec<String> = found[0].reasons().map(|reason| reason.to_string()).collect();
        assert_eq!((found[0].kind(), found[0].confidence()), (Kind::Ssn, Confidence::Low));
        assert_eq!(reasons, ["area_never_issued", "cue:ssn@-1", "tax_id"]);
    }
}
