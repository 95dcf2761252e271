//! Importing: again, changed, in part, and what is refused.

use super::support::{Desk, gzip, numbers, patient};
use hipaa_sqlite::rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;

fn counts(summary: &Value) -> [u64; 4] {
    ["created", "unchanged", "updated", "refused"].map(|name| summary[name].as_u64().unwrap())
}

#[test]
fn the_same_lines_again_change_nothing_and_another_line_makes_a_new_version() {
    let desk = Desk::new();
    let lines = [patient("p-1", "Roe", ""), patient("p-2", "Doe", "")].join("\n");
    assert_eq!(counts(&desk.import(desk.file("two.ndjson", &lines)).ended(0).json()), [2, 0, 0, 0]);
    assert_eq!(counts(&desk.import("two.ndjson").ended(0).json()), [0, 2, 0, 0]);
    assert_eq!(desk.shown("p-2")["version"], 1);
    let id = desk.shown("p-2")["id"].clone();
    let changed = lines.replace("Doe", "Poe");
    assert_eq!(counts(&desk.import(desk.file("changed.ndjson", changed)).ended(0).json()), [0, 1, 1, 0]);
    let chart = desk.shown("p-2");
    assert_eq!((&chart["id"], &chart["version"]), (&id, &json!(2)));
    assert_eq!(chart["names"][0]["family"], "Poe");
    let find = |family: &str| desk.at(&["find", "--family", family, "--given", "ann", "--birth-date", "1980-02-29"]);
    find("Poe").ended(0);
    find("Doe").ended(1);
    let text = desk.at(&["import", "changed.ndjson"]).ended(0).out;
    assert_eq!(text, "created 0, unchanged 2, updated 0, refused 0\n");
}

#[test]
fn another_person_with_the_same_number_is_refused_by_line_and_the_others_are_not() {
    let desk = Desk::new();
    let lines = [
        patient("p-1", "Roe", &numbers("M-1", "900-10-0001")),
        patient("p-2", "Doe", &numbers("m 1", "900-10-0002")),
        patient("p-3", "Poe", &numbers("M-3", "900100001")),
        patient("p-4", "Coe", &numbers("M-4", "900-10-0004")),
    ];
    let refused = desk.import(desk.file("four.ndjson", lines.join("\n"))).ended(2);
    assert_eq!(counts(&refused.json()), [2, 0, 0, 2]);
    let problems = refused.json()["problems"].clone();
    assert_eq!(
        problems[0],
        json!({"file": "four.ndjson", "line": 2, "reason": "another record has the same value in the unique index mrn"})
    );
    assert_eq!(
        problems[1],
        json!({"file": "four.ndjson", "line": 3, "reason": "another record has the same value in the unique index ssn"})
    );
    let named = refused.err.lines().map(|line| line.split(": ").next().unwrap()).collect::<Vec<_>>();
    assert_eq!(named, ["four.ndjson:2", "four.ndjson:3"]);
    desk.shown("p-4");
    for id in ["p-2", "p-3"] {
        desk.at(&["show", "--fhir-id", id]).ended(1);
    }
    assert_eq!(counts(&desk.import("four.ndjson").ended(2).json()), [0, 2, 0, 2], "again, over units of work");
    let corrected = lines.join("\n").replace("m 1", "M-2").replace("900100001", "900-10-0003");
    let repaired = desk.import(desk.file("corrected.ndjson", corrected)).ended(0).json();
    assert_eq!(counts(&repaired), [2, 2, 0, 0], "what was refused left nothing behind");
    desk.run(&["tenant", "create", "South clinic"]).ended(0);
    let mut elsewhere = desk.command(&["import", "--json", "--tenant", "South clinic", "four.ndjson"]);
    assert_eq!(counts(&super::support::finish(&mut elsewhere).ended(2).json()), [2, 0, 0, 2], "a tenant of its own");
}

#[test]
fn masked_and_placeholder_ssns_make_nobody_a_duplicate() {
    let desk = Desk::new();
    let line = |id: &str, ssn: &str| patient(id, "Roe", &numbers(id, ssn));
    let lines =
        [line("a", "***-**-0001"), line("b", "***-**-0001"), line("c", "999-99-9999"), line("d", "999-99-9999")];
    desk.import(desk.file("masked.ndjson", lines.join("\n"))).ended(0);
    assert_eq!(desk.shown("d")["ssn"], Value::Null);
}

#[test]
fn a_bad_line_is_named_and_the_lines_around_it_are_imported() {
    let desk = Desk::new();
    let mut file = Vec::new();
    for (at, line) in [
        patient("p-1", "Roe", "").into_bytes(),
        br#"{"resourceType":"Patient","id":"p-2","name":[{"family":"Canary""#.to_vec(),
        Vec::new(),
        br#"{"resourceType":"Observation","id":"p-4"}"#.to_vec(),
        patient("p 5", "Canary", "").into_bytes(),
        patient("p-6", "Canary", r#""gender":"canary""#).into_bytes(),
        patient("p-7", "Canary", "").replace("1980-02-29", "1981-02-29").into_bytes(),
        patient("p-8", "Can\u{e000}ary", "").into_bytes(),
        b"Canary \xff\xfe".to_vec(),
        patient("p-10", "Canary", r#""name":[]"#).into_bytes(),
        patient("p-11", "Doe", "").into_bytes(),
    ]
    .into_iter()
    .enumerate()
    {
        file.extend_from_slice(&line);
        file.extend_from_slice(if at == 10 { b"" } else { b"\n" });
    }
    let ran = desk.import(desk.file("bad.ndjson", file)).ended(2);
    assert_eq!(counts(&ran.json()), [3, 0, 0, 7]);
    assert!(!ran.err.to_lowercase().contains("canary"), "{}", ran.err);
    let told = ran.err.lines().map(|line| line.trim_start_matches("bad.ndjson:")).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            "2: not JSON, at column 63",
            "5: the id is not a FHIR id",
            "6: the gender is not male, female, other or unknown",
            "7: the birth date is not a date: YYYY, YYYY-MM or YYYY-MM-DD",
            "8: the text has an unassigned or private code point and cannot be indexed",
            "9: not UTF-8",
            "10: an element is missing or not of its FHIR R4 type, at column 138",
        ]
    );
    desk.shown("p-11");
}

#[test]
fn a_file_longer_than_one_unit_of_work_loses_nothing_around_a_bad_line() {
    let desk = Desk::new();
    let mut lines = (0..2500).map(|at| patient(&format!("p-{at}"), "Roe", "")).collect::<Vec<_>>();
    lines[2149] = "{".to_owned();
    assert_eq!(counts(&desk.import(desk.file("long.ndjson", lines.join("\n"))).ended(2).json()), [2499, 0, 0, 1]);
}

#[test]
fn a_database_that_takes_no_more_keeps_whole_units_and_goes_on_the_next_time() {
    let desk = Desk::new();
    let lines = (0..2500).map(|at| patient(&format!("p-{at}"), "Canary", "")).collect::<Vec<_>>();
    desk.file("long.ndjson", lines.join("\n"));
    let connection = Connection::open(desk.database()).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON patient WHEN (SELECT count(*) FROM patient) >= 2200
        BEGIN SELECT RAISE(ABORT, 'full'); END";
    connection.execute_batch(full).unwrap();
    let stopped = desk.import("long.ndjson").ended(3);
    let said =
        "reference-app: long.ndjson:2001: a constraint or trigger refused the write; what came before is imported\n";
    assert_eq!((stopped.out.as_str(), stopped.err.as_str()), ("", said));
    desk.at(&["show", "--fhir-id", "p-2000"]).ended(1);
    connection.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(counts(&desk.import("long.ndjson").ended(0).json()), [500, 2000, 0, 0]);
    assert_eq!(desk.shown("p-2499")["intact"], true);
}

#[test]
fn gzip_is_told_by_its_first_bytes_and_may_have_several_members() {
    let desk = Desk::new();
    let first = gzip(format!("{}\n", patient("p-1", "Roe", "")).as_bytes());
    let second = gzip(patient("p-2", "Doe", "").as_bytes());
    desk.file("plain-name", [first, second].concat());
    assert_eq!(counts(&desk.import("plain-name").ended(0).json()), [2, 0, 0, 0]);
    desk.file("plain.gz", patient("p-3", "Poe", ""));
    assert_eq!(counts(&desk.import("plain.gz").ended(0).json()), [1, 0, 0, 0]);
}

#[test]
fn a_file_that_ends_early_keeps_the_lines_before_and_goes_on_the_next_time() {
    let desk = Desk::new();
    // Names that do not compress, so that a part of the file holds whole lines.
    let line = |at: u64| patient(&format!("p-{at}"), &format!("{:x}", at.wrapping_mul(0x9e37_79b9_7f4a_7c15)), "");
    let whole = gzip((0..3000).map(line).collect::<Vec<_>>().join("\n").as_bytes());
    desk.file("cut.gz", &whole[..whole.len() * 3 / 4]);
    let cut = desk.import("cut.gz").ended(2);
    assert_eq!(cut.out, "");
    let number =
        cut.err.split("cut.gz:").nth(1).and_then(|rest| rest.split(':').next()).unwrap().parse::<u64>().unwrap();
    assert!(number > 1000, "{}", cut.err);
    let again = counts(&desk.import(desk.file("whole.gz", &whole)).ended(0).json());
    assert_eq!(again, [3000 - (number - 1), number - 1, 0, 0]);
}

#[test]
fn a_file_that_cannot_be_opened_is_no_bad_line() {
    let desk = Desk::new();
    assert!(desk.import("no-such-file").ended(3).err.contains("the file cannot be opened: entity not found"));
    fs::create_dir(desk.path("folder")).unwrap();
    assert!(desk.import("folder").ended(3).err.contains("the folder has no file that ends in .ndjson"));
    assert_eq!(counts(&desk.import(desk.file("empty", "")).ended(0).json()), [0, 0, 0, 0]);
}
