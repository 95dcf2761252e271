//! All 1,144 Synthea patients: imported, found in every spelling, imported again.

use super::support::{Desk, KEK, TENANT, synthea};
use hipaa_core::keys::Kek;
use hipaa_core::schema::Date;
use hipaa_core::vault::Matches;
use hipaa_sqlite::{Database, Error};
use icu_normalizer::DecomposingNormalizerBorrowed;
use reference_app::clinic::Clinic;
use reference_app::import::{Counts, Problem, import};
use reference_app::schema::{BY_NAME, BY_PHONE, BY_SSN_END, FHIR_ID, PATIENT, PHONES, SOURCE, SSN, TABLES};
use serde_json::Value;

pub(super) struct Query {
    pub(super) fhir_id: String,
    pub(super) family: String,
    pub(super) given: String,
    pub(super) born: Date,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Every name of a person with the first and with all given names.
pub(super) fn queries(lines: &[String]) -> Vec<Query> {
    let mut all = Vec::new();
    for line in lines {
        let patient = serde_json::from_str::<Value>(line).unwrap();
        for name in patient["name"].as_array().unwrap() {
            // A name of one word is looked up as family and given name.
            let given = name["given"].as_array().unwrap_or(&vec![name["family"].clone()]).clone();
            let given = given.iter().map(text).collect::<Vec<_>>();
            let all_given = (given.len() > 1).then(|| given.join(" "));
            for given in core::iter::once(given[0].clone()).chain(all_given) {
                let born = Date::parse(patient["birthDate"].as_str().unwrap()).unwrap();
                all.push(Query { fhir_id: text(&patient["id"]), family: text(&name["family"]), given, born });
            }
        }
    }
    all
}

pub(super) fn find_all(clinic: &mut Clinic<'_>, queries: &[Query], spell: &dyn Fn(&str) -> String) -> Vec<Matches> {
    let mut found = Vec::new();
    for some in queries.chunks(200) {
        let (vault, database) = clinic.parts();
        let matches = database.write(|unit| {
            let look = |query: &Query| {
                let (family, given) = (spell(&query.family), spell(&query.given));
                Ok::<_, Error>(vault.find(unit, &PATIENT, BY_NAME, (family.as_str(), given.as_str(), query.born))?)
            };
            some.iter().map(look).collect::<Result<Vec<_>, _>>()
        });
        found.extend(matches.unwrap().open().unwrap());
    }
    found
}

#[test]
fn everyone_is_imported_and_found_in_every_spelling() {
    let Some((path, lines)) = synthea() else { return };
    let desk = Desk::new();
    let mut database = Database::open(desk.database(), Kek::from_text(&KEK.into()).unwrap()).unwrap();
    database.declare(TABLES).unwrap();
    let mut clinic = Clinic::open(&mut database, TENANT).unwrap();
    let nothing_wrong = &mut |problem: Problem| panic!("{problem:?}");
    let created = Counts { created: 1144, ..Counts::default() };
    assert_eq!(import(&mut clinic, &path, nothing_wrong).unwrap().total(), created);
    let queries = queries(&lines);
    assert!(queries.len() > 2 * 1144, "maiden names, too");
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    let changed = queries.iter().filter(|query| nfd.normalize(&query.family) != query.family.as_str()).count();
    assert!(changed > 10, "some names have another normal form");
    let spellings: [&dyn Fn(&str) -> String; 4] = [
        &|name| name.to_owned(),
        &|name| name.to_uppercase(),
        &|name| format!("  {} ", name.replace(' ', "  ")),
        &|name| nfd.normalize(name).into_owned(),
    ];
    for spell in spellings {
        let found = find_all(&mut clinic, &queries, spell);
        for (query, matches) in queries.iter().zip(&found) {
            let ids = matches.records.iter().map(|record| record.get(FHIR_ID).unwrap()).collect::<Vec<_>>();
            assert_eq!(ids, [Some(query.fhir_id.as_str())], "exactly the right person");
            assert!(matches.records[0].integrity().is_intact());
        }
    }
    sources_come_back(&mut clinic, &lines);
    numbers_are_found(&mut clinic, &lines);
    let unchanged = Counts { unchanged: 1144, ..Counts::default() };
    assert_eq!(import(&mut clinic, &path, nothing_wrong).unwrap().total(), unchanged);
}

fn sources_come_back(clinic: &mut Clinic<'_>, lines: &[String]) {
    for line in lines.iter().step_by(40) {
        let id = text(&serde_json::from_str::<Value>(line).unwrap()["id"]);
        let found = clinic.find_by_fhir_id(&id).unwrap();
        assert_eq!(found.records[0].get(SOURCE).unwrap(), Some(line.as_str()));
    }
}

fn numbers_are_found(clinic: &mut Clinic<'_>, lines: &[String]) {
    for line in lines.iter().step_by(40) {
        let patient = serde_json::from_str::<Value>(line).unwrap();
        let (phone, ssn) = (text(&patient["telecom"][0]["value"]), text(&patient["identifier"][2]["value"]));
        let digits = format!("+1 {}", phone.replace('-', "."));
        let (vault, database) = clinic.parts();
        let found = database.write(|unit| {
            let by_phone = vault.find(unit, &PATIENT, BY_PHONE, (digits.as_str(),))?;
            Ok::<_, Error>((by_phone, vault.find(unit, &PATIENT, BY_SSN_END, (&ssn[7..],))?))
        });
        let (by_phone, by_ssn_end) = found.unwrap().open().unwrap();
        assert!(by_phone.records.iter().any(|record| record.get(PHONES).unwrap().unwrap()[0].as_str() == phone));
        assert!(by_ssn_end.records.iter().all(|record| record.get(SSN).unwrap().unwrap().ends_with(&ssn[7..])));
        assert!(!by_ssn_end.records.is_empty());
    }
}
