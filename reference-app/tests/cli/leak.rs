//! No data of a patient is readable in any file, message or answer that did not ask for it.

use super::scanner::Scanner;
use super::support::{Desk, KEK, OTHER_KEK, TENANT, finish, gzip, synthea};
use hipaa_core::keys::Kek;
use hipaa_sqlite::Database;
use reference_app::clinic::Clinic;
use reference_app::import::{Problem, import};
use reference_app::schema::TABLES;
use std::collections::BTreeSet;
use std::fs;

/// What is found in the database and in each file beside it, and how long they are together.
fn scan_files(desk: &Desk, scanner: &Scanner) -> (BTreeSet<&'static str>, usize) {
    let mut found = BTreeSet::new();
    let mut length = 0;
    for file in fs::read_dir(desk.folder.path()).unwrap().map(Result::unwrap) {
        if file.file_name().to_str().is_some_and(|name| name.starts_with("reference-app.db")) {
            let bytes = fs::read(file.path()).unwrap();
            found.extend(scanner.scan(&bytes));
            length += bytes.len();
        }
    }
    (found, length)
}

#[test]
fn no_file_holds_a_patients_data_before_or_after_a_checkpoint() {
    let Some((path, lines)) = synthea() else { return };
    let scanner = Scanner::of_patients(&lines);
    assert!(scanner.scan(lines[700].as_bytes()).len() >= 6, "the scanner knows all kinds");
    let desk = Desk::new();
    let mut database = Database::open(desk.database(), Kek::from_text(&KEK.into()).unwrap()).unwrap();
    database.declare(TABLES).unwrap();
    let mut clinic = Clinic::open(&mut database, TENANT).unwrap();
    import(&mut clinic, &path, &mut |problem: Problem| panic!("{problem:?}")).unwrap();
    let log = fs::metadata(desk.path("reference-app.db-wal")).unwrap().len();
    assert!(log > 0, "the write-ahead log has not been emptied yet");
    let (found, length) = scan_files(&desk, &scanner);
    assert!(found.is_empty() && length > lines.len() * 1000, "{found:?} in {length} bytes");
    database.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    assert_eq!(fs::metadata(desk.path("reference-app.db-wal")).unwrap().len(), 0);
    assert!(scan_files(&desk, &scanner).0.is_empty());
    // Red twin: the same data in clear, written through the same connection, is found in either state.
    let canary =
        serde_json::from_str::<serde_json::Value>(&lines[700]).unwrap()["birthDate"].as_str().unwrap().to_owned();
    database.connection().execute_batch("CREATE TABLE canary (born TEXT)").unwrap();
    database.connection().execute("INSERT INTO canary VALUES (?1)", [canary]).unwrap();
    assert_eq!(scan_files(&desk, &scanner).0, BTreeSet::from(["birth date"]));
    drop(database);
    assert!(!desk.path("reference-app.db-wal").exists());
    assert_eq!(scan_files(&desk, &scanner).0, BTreeSet::from(["birth date"]));
}

#[test]
fn no_message_holds_a_patients_data() {
    let Some((path, lines)) = synthea() else { return };
    let scanner = Scanner::of_patients(&lines);
    let desk = Desk::new();
    let person = serde_json::from_str::<serde_json::Value>(&lines[3]).unwrap();
    let (id, family) = (person["id"].as_str().unwrap(), person["name"][0]["family"].as_str().unwrap());
    let (given, born) = (person["name"][0]["given"][0].as_str().unwrap(), person["birthDate"].as_str().unwrap());
    let other_ids = lines.iter().map(|line| line.replacen(r#""id":"0"#, r#""id":"f0"#, 1)).collect::<Vec<_>>();
    desk.file("others.gz", gzip(other_ids.join("\n").as_bytes()));
    let cut = lines.iter().enumerate().map(|(at, line)| &line[..line.floor_char_boundary(at * 3)]).collect::<Vec<_>>();
    desk.file("cut.ndjson", cut.join("\n"));
    let path = path.to_str().unwrap();
    let find = ["find", "--family", family, "--given", given, "--birth-date"];
    let mut wrong_key = desk.command(&[&find[..], &[born, "--tenant", TENANT]].concat());
    let said = [
        desk.at(&["import", path]).ended(0),
        desk.at(&["import", path]).ended(0),
        desk.at(&["import", "--json", "others.gz"]).ended(2),
        desk.at(&["import", "cut.ndjson"]).ended(2),
        finish(wrong_key.env("HIPAA_KEK", OTHER_KEK)).ended(3),
        desk.run(&[&find[..], &[born, "--tenant", "No clinic"]].concat()).ended(1),
        desk.at(&[&find[..], &["1900-01-01"]].concat()).ended(1),
        desk.at(&[&find[..], &[family]].concat()).ended(3),
        desk.at(&[&find[..], &[born, born]].concat()).ended(3),
        desk.at(&["show", family]).ended(3),
        desk.at(&["show", "--fhir-id", id, "--frobnicate", id]).ended(3),
        desk.run(&[&find[..], &[born, "--db", "no-such.db", "--tenant", TENANT]].concat()).ended(3),
        desk.at(&["trail", "--limit", "500"]).ended(0),
    ];
    for ran in said {
        assert_eq!(scanner.scan(ran.out.as_bytes()), BTreeSet::new(), "{ran:?}");
        assert_eq!(scanner.scan(ran.err.as_bytes()), BTreeSet::new(), "{ran:?}");
    }
    let asked = desk.at(&[&find[..], &[born]].concat()).ended(0);
    assert_eq!(
        scanner.scan(asked.out.as_bytes()),
        BTreeSet::from(["birth date", "fhir id", "name"]),
        "what was asked for"
    );
    assert!(scan_files(&desk, &scanner).0.is_empty());
}
