//! A whole chart, as a person and as a program read it.

use super::support::{Desk, charts, gunzip};
use hipaa_sqlite::rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;

/// The patient with the most encounters: more than one page of the vault has.
const LONG: usize = 708;

fn imported() -> Option<(Desk, String)> {
    let folder = charts()?;
    let desk = Desk::new();
    desk.import(folder.to_str().unwrap()).ended(0);
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for line in gunzip(&folder.join("Encounter.ndjson.gz")).lines() {
        let subject = serde_json::from_str::<Value>(line).unwrap()["subject"]["reference"].as_str().unwrap().to_owned();
        *counts.entry(subject).or_default() += 1;
    }
    let (subject, _) = counts.into_iter().find(|(_, count)| *count == LONG).unwrap();
    Some((desk, subject.trim_start_matches("Patient/").to_owned()))
}

fn section<'a>(chart: &'a Value, name: &str) -> &'a Value {
    chart["sections"].as_array().unwrap().iter().find(|section| section["name"] == name).unwrap()
}

#[test]
fn a_chart_is_shown_in_order_and_page_by_page() {
    let Some((desk, id)) = imported() else { return };
    let show = |more: &[&str]| desk.at(&[&["show", "--fhir-id", &id][..], more].concat()).ended(0);
    let (mut seen, mut times) = (BTreeSet::new(), Vec::new());
    for page in ["1", "2", "3"] {
        let only = ["--section", "encounters", "--per-page", "300"];
        let chart = show(&[&["--json", "--page", page][..], &only].concat()).json();
        assert_eq!(chart["sections"].as_array().unwrap().len(), 1);
        let encounters = section(&chart, "encounters");
        assert_eq!(encounters["total"], LONG);
        for entry in encounters["entries"].as_array().unwrap() {
            assert!(seen.insert(entry["fhir_id"].as_str().unwrap().to_owned()), "on one page only");
            times.push(entry["started"].as_str().unwrap()[..10].to_owned());
        }
    }
    assert_eq!(seen.len(), LONG);
    assert!(times.windows(2).all(|pair| pair[0][..7] >= pair[1][..7]), "the newest first");
    let text = show(&["--per-page", "5"]).out;
    for wanted in ["problems (1 to 5 of ", "medications (1 to 5 of ", "encounters (1 to 5 of 708)", "intact"] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert!(!text.contains("Chief Complaint"));
    let noted = show(&["--per-page", "2", "--notes"]).out;
    assert_eq!(noted.matches("# Chief Complaint").count(), 2, "{noted}");
    desk.at(&["show", "--fhir-id", "--page", "0", &id]).ended(3);
    desk.at(&["show", "--fhir-id", "--section", "secrets", &id]).ended(3);
    let refused = desk.at(&["show", "--fhir-id", "--per-page", "500", &id]).ended(2);
    assert!(refused.out.is_empty() && refused.err.contains("more than 500 records"), "{}{}", refused.out, refused.err);
    the_trail_names_what_was_seen(&desk, &id);
}

/// One entry for each page, with every record of every table that is on it and no other.
fn the_trail_names_what_was_seen(desk: &Desk, id: &str) {
    let record = desk.shown(id)["id"].as_str().unwrap().to_owned();
    for notes in [&[][..], &["--notes"]] {
        let before = about(desk, &record).len();
        let shown = [&["show", "--json", "--per-page", "7", "--page", "2", &record][..], notes].concat();
        let shown = desk.at(&shown).ended(0).json();
        let after = about(desk, &record);
        // Looking at the trail is an entry about the patient, too.
        assert_eq!(after.len(), before + 2, "one entry for the page");
        let seen = &after[after.len() - 1]["records"];
        let ids = |entries: &Value| {
            let ids = entries.as_array().into_iter().flatten().map(|entry| entry["id"].as_str().unwrap().to_owned());
            ids.collect::<BTreeSet<_>>()
        };
        let named = |table: &str| {
            let ids = seen[table].as_array().into_iter().flatten().map(|id| id.as_str().unwrap().to_owned());
            ids.collect::<BTreeSet<_>>()
        };
        assert_eq!(named("patient"), BTreeSet::from([record.clone()]));
        for (name, table) in
            [("problems", "condition"), ("medications", "medication_request"), ("encounters", "encounter")]
        {
            assert_eq!(named(table), ids(&section(&shown, name)["entries"]), "{table}");
            assert_eq!(named(table).len(), 7);
        }
        let entries = section(&shown, "encounters")["entries"].as_array().unwrap();
        let noted = entries.iter().flat_map(|encounter| ids(&encounter["notes"])).collect::<BTreeSet<_>>();
        assert_eq!(named("document"), noted);
        assert_eq!(noted.is_empty(), notes.is_empty(), "notes only where they are asked for");
    }
}

/// The entries about a patient, the newest last.
fn about(desk: &Desk, record: &str) -> Vec<Value> {
    let about = desk.at(&["trail", "--json", "--about", record, "--limit", "500"]).ended(0).json();
    about.as_array().unwrap().clone()
}

#[test]
fn an_altered_part_of_a_chart_is_flagged() {
    let Some((desk, _)) = imported() else { return };
    let connection = Connection::open(desk.database()).unwrap();
    assert_eq!(connection.execute("UPDATE allergy SET label = (SELECT label FROM procedure LIMIT 1)", []).unwrap(), 11);
    drop(connection);
    let ids = gunzip(&charts().unwrap().join("AllergyIntolerance.ndjson.gz"));
    let owner = serde_json::from_str::<Value>(ids.lines().next().unwrap()).unwrap()["patient"]["reference"].clone();
    let owner = owner.as_str().unwrap().trim_start_matches("Patient/");
    let ran = desk.at(&["show", "--fhir-id", owner]).ended(4);
    assert!(ran.out.contains("ALTERED") && ran.err.contains("a part of the chart was altered"), "{}", ran.err);
}
