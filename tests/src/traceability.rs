//! Every row of the compliance table names tests that exist, or says that it comes in a later round.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const TABLE: &str = "docs/compliance/164.312.md";
const CRATES: &[&str] = &["hipaa-core", "hipaa-sqlite", "hipaa-verify", "reference-app", "tests"];
const PARAGRAPHS: &[&str] = &[
    "(a)(1)",
    "(a)(2)(i)",
    "(a)(2)(ii)",
    "(a)(2)(iii)",
    "(a)(2)(iv)",
    "(b)",
    "(c)(1)",
    "(c)(2)",
    "(d)",
    "(e)(1)",
    "(e)(2)(i)",
    "(e)(2)(ii)",
];

/// One row: its paragraph, what the code does, and the tests that it names.
struct Claim<'a> {
    paragraph: &'a str,
    text: &'a str,
    tests: Vec<&'a str>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn claims(table: &str) -> Vec<Claim<'_>> {
    table.lines().filter(|line| line.starts_with("| (")).map(claim).collect()
}

fn claim(row: &str) -> Claim<'_> {
    let cells = row.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
    let [paragraph, _label, text, tests] = cells[..] else { panic!("a row of four cells: {row}") };
    let paragraph = paragraph.split_whitespace().next().unwrap_or_default();
    Claim { paragraph, text, tests: tests.split('`').skip(1).step_by(2).collect() }
}

/// The names of the functions that a `#[test]` stands before.
fn tests_in(source: &str) -> BTreeSet<String> {
    let behind = source.split("#[test]").skip(1).filter_map(|rest| rest.split_once("fn "));
    behind.map(|(_, rest)| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
}

fn tests_of(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            tests_of(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.extend(tests_in(&fs::read_to_string(&path).unwrap()));
        }
    }
}

fn existing() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    CRATES.iter().for_each(|name| tests_of(&root().join(name), &mut found));
    found
}

/// Every row that names a test that does not exist, or neither a test nor a later round; every paragraph without a row.
fn gaps(table: &str, existing: &BTreeSet<String>) -> Vec<String> {
    let claims = claims(table);
    let mut gaps = Vec::new();
    for claim in &claims {
        let missing = claim.tests.iter().filter(|test| !existing.contains(**test));
        gaps.extend(missing.map(|test| format!("{}: no test {test}", claim.paragraph)));
        if claim.tests.is_empty() && !claim.text.starts_with("later round") {
            gaps.push(format!("{}: neither a test nor a later round", claim.paragraph));
        }
    }
    let unclaimed = PARAGRAPHS.iter().filter(|known| !claims.iter().any(|claim| claim.paragraph == **known));
    gaps.extend(unclaimed.map(|paragraph| format!("{paragraph}: no row")));
    gaps
}

const AUTHENTICATION: &str = "docs/compliance/authentication.md";
const ROWS: [(char, usize); 7] = [('A', 6), ('S', 8), ('P', 11), ('L', 8), ('T', 7), ('R', 3), ('W', 8)];

/// Rows that are attacked from outside of a running program, which has no switch.
const OVER_HTTP: [&str; 9] = ["S7", "W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8"];

/// Every row of the requirements that has no red twin, or names one that does not exist.
fn without_twin(table: &str, existing: &BTreeSet<String>) -> Vec<String> {
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let rows = rows
        .filter(|(row, _)| row.len() <= 3 && row.ends_with(|c: char| c.is_ascii_digit()) && !OVER_HTTP.contains(row));
    let twins_of = |row: &str| {
        let start = format!("| twin of {row} | ");
        let line = table.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default();
        line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
    };
    let bare = |row: &str| {
        let twins = twins_of(row);
        twins.is_empty() || twins.iter().any(|twin| !existing.contains(twin))
    };
    rows.filter(|(row, _)| bare(row)).map(|(row, _)| row.to_owned()).collect()
}

/// Every row of the requirements that has no test of its name, or names one that does not exist.
fn unproven(table: &str, existing: &BTreeSet<String>) -> Vec<String> {
    let numbers = ROWS.into_iter().flat_map(|(letter, last)| (1..=last).map(move |number| (letter, number)));
    let mut gaps = Vec::new();
    for (letter, number) in numbers {
        let start = format!("| {letter}{number} | ");
        let Some(row) = table.lines().find(|line| line.starts_with(&start)) else {
            gaps.push(format!("{letter}{number}: no row"));
            continue;
        };
        let tests = row.rsplit('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2).collect::<Vec<_>>();
        let name = format!("{}{number}_", letter.to_ascii_lowercase());
        let named = tests.iter().any(|test| test.starts_with(&name) || test.contains(&format!("_{name}")));
        if !named {
            gaps.push(format!("{letter}{number}: no test of its name"));
        }
        let missing = tests.iter().filter(|test| !existing.contains(**test));
        gaps.extend(missing.map(|test| format!("{letter}{number}: no test {test}")));
    }
    gaps
}

#[test]
fn every_requirement_of_authentication_has_a_test_of_its_name() {
    let table = fs::read_to_string(root().join(AUTHENTICATION)).unwrap();
    let existing = existing();
    assert_eq!(unproven(&table, &existing), Vec::<String>::new());
    let without = table.lines().filter(|line| !line.starts_with("| T2 |")).collect::<Vec<_>>().join("\n");
    assert_eq!(unproven(&without, &existing), ["T2: no row"]);
    assert_eq!(without_twin(&table, &existing), Vec::<String>::new());
    let lost = table.lines().filter(|line| !line.starts_with("| twin of T2 |")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_twin(&lost, &existing), ["T2"]);
    let renamed = table.replace("`t7_", "`made_up_");
    assert_eq!(unproven(&renamed, &existing).len(), 2);
}

#[test]
fn every_row_of_the_compliance_table_names_tests_that_exist() {
    let table = fs::read_to_string(root().join(TABLE)).unwrap();
    assert_eq!(gaps(&table, &existing()), Vec::<String>::new());
}

#[test]
fn a_made_up_row_is_found() {
    let table = fs::read_to_string(root().join(TABLE)).unwrap();
    let existing = existing();
    let before = gaps(&table, &existing).len();
    let without_a_test = "| (b) made up | required | Everything | |\n";
    let made_up = "| (b) made up | required | Everything | `a_test_that_nobody_wrote` |\n";
    for row in [made_up, without_a_test] {
        assert_eq!(gaps(&format!("{table}{row}"), &existing).len(), before + 1, "{row}");
    }
    let lines = table.lines().filter(|line| !line.starts_with("| (d)"));
    let shortened = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(gaps(&shortened, &existing).len(), before + 1);
}

#[test]
fn a_function_without_the_attribute_is_no_test() {
    let source = "#[test]\nfn one() {}\nfn two() {}\n    #[test]\n    #[ignore]\n    fn three() {}\n";
    assert_eq!(tests_in(source), ["one", "three"].map(str::to_owned).into());
}
