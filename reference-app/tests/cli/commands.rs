//! What the commands answer when all is well.

use super::support::{Desk, KEK, TENANT, finish, numbers, patient};
use serde_json::{Value, json};
use std::fs::File;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn tenants_are_made_and_listed() {
    let desk = Desk::empty();
    let made = desk.run(&["--json", "tenant", "create", TENANT]).ended(0).json();
    assert_eq!(keys(&made), ["id", "name"]);
    assert_eq!(made["name"], TENANT);
    desk.run(&["tenant", "create", "A second clinic"]).ended(0);
    let listed = desk.run(&["tenant", "list", "--json"]).ended(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(listed[1], made);
    let text = desk.run(&["tenant", "list"]).ended(0).out;
    assert!(text.lines().nth(1).unwrap().ends_with("A second clinic"), "{text}");
}

#[test]
fn a_patient_is_found_in_every_spelling_and_by_every_name() {
    let desk = Desk::new();
    let line = r#"{"resourceType":"Patient","id":"p-1","birthDate":"1964-08-30","name":[
        {"use":"maiden","family":"Łukasik","given":["Inés"]},
        {"use":"official","family":"Castañeda O'Neill","given":["Anne-Marie","Inés"],"prefix":["Dr."]},
        {"use":"nickname","text":"Nessie"}]}"#;
    desk.import(desk.file("one.ndjson", line.replace('\n', " "))).ended(0);
    let find = |family: &str, given: &str| {
        desk.at(&["find", "--json", "--family", family, "--given", given, "--birth-date", "1964-08-30"])
    };
    let found = find("Castañeda O'Neill", "Anne-Marie").ended(0).json();
    assert_eq!(keys(&found), ["flagged", "matches"]);
    assert_eq!(found["matches"].as_array().unwrap().len(), 1);
    for (family, given) in [
        ("CASTAÑEDA O’NEILL", "anne marie"),
        ("  Castan\u{303}eda  O'Neill ", "Anne-Marie Ine\u{301}s"),
        ("łukasik", "INÉS"),
        ("Nessie", "nessie"),
    ] {
        assert_eq!(find(family, given).ended(0).json(), found, "{family} {given}");
    }
    for (family, given) in [("Castaneda O'Neill", "Anne-Marie"), ("Castañeda", "Anne"), ("O'Neill", "Inés")] {
        assert_eq!(find(family, given).ended(1).json()["matches"], json!([]), "{family} {given}");
    }
    desk.at(&["find", "--family", "NESSIE", "--birth-date", "1964-08-30"]).ended(0);
    desk.at(&["find", "--family", "NESSIE", "--birth-date", "1964-08-31"]).ended(1);
    let text = desk.at(&["find", "--family", "nessie", "--birth-date", "1964-08-30"]).ended(0).out;
    assert!(text.contains("Dr. Anne-Marie Inés Castañeda O'Neill"), "{text}");
}

#[test]
fn a_record_is_shown_by_either_id_and_its_source_comes_back_byte_for_byte() {
    let desk = Desk::new();
    let more = r#""telecom":[{"system":"phone","value":"(316) 555-0142"},
        {"system":"email","value":"a@example.org"}],
        "address":[{"line":["1 Elm Street"],"city":"Riverton","state":"KS"}],
          "deceasedDateTime":"2020-01-02T03:04:05Z",
        "gender":"female","maritalStatus":{"text":"Married"},"communication":[{"language":{"text":"Spanish"}}]"#;
    let line = patient("p-1", "Roe", &format!("{},{more}", numbers("M-1", "900-10-0001"))).replace('\n', " ");
    desk.import(desk.file("one.ndjson", format!("{line}\r\n"))).ended(0);
    let chart = desk.shown("P-1");
    let all = "addresses birth_date breaks deceased emails fhir_id gender id intact language licence marital_status \
        mrn names passport phones ssn version";
    assert_eq!(keys(&chart).join(" "), all);
    assert_eq!((&chart["fhir_id"], &chart["version"], &chart["intact"]), (&json!("p-1"), &json!(1), &json!(true)));
    assert_eq!((&chart["mrn"], &chart["ssn"], &chart["breaks"]), (&json!(["M-1"]), &json!("900-10-0001"), &json!([])));
    assert_eq!((&chart["language"], &chart["deceased"]), (&json!("Spanish"), &json!("2020-01-02T03:04:05Z")));
    assert_eq!(chart["names"][0]["given"], json!(["Ann", "Mary"]));
    let id = chart["id"].as_str().unwrap();
    assert_eq!(desk.at(&["show", "--json", id]).ended(0).json()["patient"], chart);
    assert_eq!(desk.at(&["show", "--source", id]).ended(0).out, format!("{line}\n"));
    let text = desk.at(&["show", id]).ended(0).out;
    for wanted in
        ["Ann Mary Roe", "1980-02-29", "1 Elm Street, Riverton, KS", "(316) 555-0142", "a@example.org", "intact"]
    {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}

#[test]
fn the_trail_says_who_looked_at_whom() {
    let desk = Desk::new();
    desk.import(desk.file("two.ndjson", [patient("p-1", "Roe", ""), patient("p-2", "Doe", "")].join("\n"))).ended(0);
    let id = desk.shown("p-1")["id"].clone();
    desk.at(&["show", id.as_str().unwrap()]).ended(0);
    let about = desk.at(&["trail", "--json", "--about", id.as_str().unwrap()]).ended(0).json();
    let names = about.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(names, ["PHI_CREATE", "PHI_SEARCH", "PHI_READ", "PHI_READ"]);
    assert_eq!(keys(&about[0]).join(" "), "claimed intact name outcome records role sequence subjects time user");
    for entry in about.as_array().unwrap() {
        assert_eq!((&entry["user"], &entry["claimed"]), (&json!("cli:tester"), &json!(true)));
        assert!(entry["subjects"].as_array().unwrap().contains(&id) && entry["outcome"] == "done");
        assert!(entry["records"]["patient"].as_array().unwrap().contains(&id));
    }
    let all = desk.at(&["trail", "--json"]).ended(0).json();
    let sequences = all.as_array().unwrap().iter().map(|entry| entry["sequence"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(
        sequences,
        (0..6).collect::<Vec<_>>(),
        "genesis, one write of two, a search, two looks, one look at the trail"
    );
    let last = desk.at(&["trail", "--json", "--limit", "2"]).ended(0).json();
    assert_eq!((&last[0]["sequence"], &last[1]["sequence"]), (&json!(5), &json!(6)));
    let first = desk.at(&["trail", "--json", "--from", "1", "--limit", "1"]).ended(0).json();
    assert_eq!(first[0]["name"], "PHI_CREATE");
    assert!(desk.at(&["trail"]).ended(0).out.contains("cli:tester (claimed)"));
}

#[test]
fn an_actor_without_a_name_is_unknown() {
    let desk = Desk::new();
    let mut command = desk.command(&["trail", "--tenant", TENANT]);
    finish(command.env_remove("USER").env("PATH", "")).ended(0);
    let last = desk.at(&["trail", "--json", "--limit", "1"]).ended(0).json();
    assert_eq!(last[0]["user"], "cli:unknown");
}

#[test]
fn the_key_comes_from_a_file_a_descriptor_or_the_environment() {
    let desk = Desk::new();
    desk.file("kek", format!("{KEK}\n"));
    let mut from_file = desk.command(&["tenant", "list", "--kek-file", "kek"]);
    finish(from_file.env_remove("HIPAA_KEK")).ended(0);
    let mut from_descriptor = desk.command(&["tenant", "list", "--kek-fd", "0"]);
    finish(from_descriptor.env_remove("HIPAA_KEK").stdin(File::open(desk.path("kek")).unwrap())).ended(0);
    let mut option_wins = desk.command(&["tenant", "list", "--kek-file", "kek"]);
    finish(option_wins.env("HIPAA_KEK", "no key at all")).ended(0);
    desk.run(&["tenant", "list", "--db", "reference-app.db"]).ended(0);
}

#[test]
fn help_documents_the_exit_codes() {
    let desk = Desk::empty();
    let help = desk.run(&["--help"]).ended(0).out;
    for wanted in ["Exit codes:", "HIPAA_KEK", "--kek-fd", "  4  a record or log was altered"] {
        assert!(help.contains(wanted), "{wanted}");
    }
    assert!(desk.run(&["import", "--help"]).ended(0).out.contains("file:line: reason"));
    assert!(desk.run(&["--version"]).ended(0).out.starts_with("reference-app "));
}

#[test]
fn the_first_command_writes_the_trust_file_and_no_later_one_touches_it() {
    let desk = Desk::new();
    let trust = std::fs::read_to_string(desk.path("reference-app.db.trust")).unwrap();
    assert!(hipaa_core::audit::Trust::parse(&trust).is_ok());
    desk.run(&["tenant", "create", "South clinic"]).ended(0);
    assert_eq!(std::fs::read_to_string(desk.path("reference-app.db.trust")).unwrap(), trust);
    std::fs::remove_file(desk.database()).unwrap();
    desk.run(&["tenant", "create", "North clinic"]).ended(3);
    assert!(!desk.database().exists(), "a new deployment never takes the place of an older one's trust file");
}
