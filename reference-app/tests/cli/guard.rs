//! `guard scan` and `guard redact` on pipes and files.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn guard(arguments: &[&str], input: &str) -> Output {
    guard_with(arguments, input, None)
}

fn guard_with(arguments: &[&str], input: &str, key: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-app"));
    let mut child = command
        .arg("guard")
        .args(arguments)
        .env_remove("HIPAA_KEK")
        .envs(key.map(|key| ("HIPAA_KEK", key)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments ends before it reads.
    let written = child.stdin.take().unwrap().write_all(input.as_bytes());
    assert!(written.is_ok() || matches!(child.wait().unwrap().code(), Some(2 | 3)));
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_scan_marks_what_it_finds_and_says_so_by_its_exit_code() {
    let found = guard(&["scan"], "Patient SSN 536-90-4399, seen today.\n");
    assert_eq!(found.status.code(), Some(1));
    assert!(text(&found.stdout).contains("[[536-90-4399]]"), "{}", text(&found.stdout));
    let clean = guard(&["scan"], "BP 120/80, feels well.\n");
    assert_eq!((clean.status.code(), text(&clean.stdout)), (Some(0), ""));
}

#[test]
fn lines_of_json_get_labels_in_utf_8_bytes() {
    let labels = guard(&["scan", "--jsonl"], "{\"text\":\"é SSN 536-90-4399\"}\n");
    assert_eq!(text(&labels.stdout), "{\"labels\":[[7,18,\"ssn\",\"high\"]]}\n");
    let bad = guard(&["scan", "--jsonl"], "{\"text\":1}\n");
    assert_eq!(bad.status.code(), Some(2));
    assert!(text(&bad.stderr).contains("line 1"));
}

#[test]
fn documents_are_known_as_such_alone_and_on_lines() {
    let (one, many) =
        ("{\"ssn\": 536904399}\n", "\u{feff}{\"mrn\": 4482913}\n{\"note\":\"well\"}\n{\"fax\":\"212 555 0143\"}\n");
    let scan = |input: &str| text(&guard(&["scan"], input).stdout).to_owned();
    assert!(scan(one).starts_with("/ssn ssn (high) at 8..17"), "{}", scan(one));
    let shown = scan(many);
    let lines: Vec<&str> = shown.lines().map(|line| line.split(" (").next().unwrap()).collect();
    assert_eq!(lines, ["1: /mrn mrn", "3: /fax fax"]);
    let redacted = guard(&["redact"], many);
    let rest = "\u{feff}{\"mrn\": \"[MRN]\"}\n{\"note\":\"well\"}\n{\"fax\":\"[FAX]\"}\n";
    assert_eq!(text(&redacted.stdout), rest);
    let strict = guard(&["scan", "--json-input"], "{\"a\":1}\nseen today\n");
    assert_eq!((strict.status.code(), text(&strict.stderr)), (Some(2), "guard: line 2 is no JSON document\n"));
    let marked = guard(&["scan", "--json-input"], "\u{feff}{\"a\":1}\nseen today\n");
    assert_eq!((marked.status.code(), text(&marked.stderr)), (Some(2), "guard: line 2 is no JSON document\n"));
    assert_eq!(guard(&["scan", "--json-input"], "\"SSN 536-90-4399\"").status.code(), Some(1));
    assert_eq!(guard(&["scan", "--json-input"], "SSN 536-90-4399").status.code(), Some(2));
}

#[test]
fn what_was_redacted_is_clean_and_the_rest_stands() {
    let note = "Call (415) 555-0132 or mail zoe@example.org about MRN: 00123456.\n";
    let redacted = guard(&["redact"], note);
    assert_eq!(redacted.status.code(), Some(1));
    let rest = text(&redacted.stdout);
    assert!(rest.starts_with("Call ") && !rest.contains("555-0132") && !rest.contains("zoe@"), "{rest}");
    assert_eq!(guard(&["scan"], rest).status.code(), Some(0));
}

#[test]
fn surrogates_follow_the_key_and_ask_for_one() {
    let note = "MRN: 00123456, again MRN 00123456, SSN 536-90-4399.\n";
    let run = |key: &str| {
        let done = guard_with(&["redact", "--mode", "surrogate"], note, Some(key));
        assert_eq!(done.status.code(), Some(1), "{}", text(&done.stderr));
        text(&done.stdout).to_owned()
    };
    let (first, again, other) = (run(&"11".repeat(32)), run(&"11".repeat(32)), run(&"22".repeat(32)));
    assert!(first.contains("[MRN:") && first.contains("[SSN:") && !first.contains("00123456"), "{first}");
    assert!(first == again && first != other);
    let words: Vec<&str> = first.split("[MRN:").skip(1).map(|rest| &rest[..20]).collect();
    assert_eq!(words[0], words[1]);
    assert_eq!(guard(&["scan"], &first).status.code(), Some(0));
    let without = guard(&["redact", "--mode", "surrogate"], note);
    assert_eq!(without.status.code(), Some(3));
    assert!(without.stdout.is_empty() && text(&without.stderr).contains("HIPAA_KEK"));
}

#[test]
fn every_mode_is_reached_and_one_kind_may_have_its_own() {
    let note = "SSN 536-90-4399 seen 3/14/2024\n";
    let run = |arguments: &[&str]| {
        let done = guard(&[&["redact"], arguments].concat(), note);
        text(&done.stdout).trim_end().to_owned()
    };
    assert_eq!(run(&[]), "SSN [SSN] seen [DATE]");
    assert_eq!(run(&["--mode", "mask"]), "SSN ***-**-**** seen */**/****");
    assert_eq!(run(&["--mode", "last-four"]), "SSN ***-**-4399 seen */**/****");
    assert_eq!(run(&["--mode", "safe-harbor"]), "SSN [SSN] seen 2024");
    assert_eq!(run(&["--mode", "mask", "--kind-mode", "date=safe-harbor"]), "SSN ***-**-**** seen 2024");
    let wrong = guard(&["redact", "--kind-mode", "date=gone"], note);
    assert!(wrong.stdout.is_empty() && wrong.status.code() == Some(3));
}

#[test]
fn a_file_that_is_not_there_is_an_error_that_names_it() {
    let missing = guard(&["scan", "no-such-file.txt"], "");
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("no-such-file.txt"));
}
