//! Every Rust snippet of README, guides and tutorial stands in a file that is compiled: here, among the examples, or with the
//! tests of the reference application. Here nothing is run: what the snippets use and do not show stands around them.
#![expect(dead_code, unused_variables, unreachable_pub, reason = "compiled, not run")]

mod clinic;
mod keys;
mod login;
mod passwords;
mod roles;
mod serving;
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What is compiled.
const COMPILED: [&str; 11] = [
    "tests/src/how_to/clinic.rs",
    "tests/src/how_to/keys.rs",
    "tests/src/how_to/login.rs",
    "tests/src/how_to/passwords.rs",
    "tests/src/how_to/roles.rs",
    "tests/src/how_to/serving.rs",
    "tests/src/how_to/tables.rs",
    "hipaa-sqlite/examples/first_record.rs",
    "hipaa-sqlite/examples/own_table.rs",
    "hipaa-sqlite/examples/login.rs",
    "reference-app/tests/cli/how_to.rs",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Rust without comments, blanks, and what formatting adds behind the last of a list.
fn bare(rust: &str) -> String {
    let code = rust.lines().map(|line| line.split("//").next().unwrap_or_default());
    let code = code.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect::<String>();
    [",)", ",]", ",}"].iter().fold(code, |code, last| code.replace(last, &last[1..]))
}

/// The Rust snippets of a page, each with its line.
fn snippets(page: &str) -> Vec<(usize, String)> {
    let (mut found, mut open) = (Vec::new(), None::<(usize, String)>);
    for (at, line) in page.lines().enumerate() {
        match (&mut open, line.trim_start()) {
            (None, start) if start.starts_with("```rust") => open = Some((at + 1, String::new())),
            (Some(_), "```") => found.extend(open.take()),
            (Some(_), hidden) if hidden.starts_with("# ") => {}
            (Some((_, text)), _) => text.extend([line, "\n"]),
            _ => {}
        }
    }
    found
}

/// The pages that a reader copies from.
fn pages() -> BTreeMap<String, String> {
    let (root, mut pages) = (root(), BTreeMap::new());
    for folder in ["docs/how-to", "docs/tutorial", "docs/explanation", "."] {
        for entry in fs::read_dir(root.join(folder)).unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            if name.ends_with(".md") {
                pages.insert(format!("{folder}/{name}"), fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    pages
}

#[test]
fn every_snippet_of_a_guide_is_compiled() {
    let compiled = COMPILED.map(|path| bare(&fs::read_to_string(root().join(path)).unwrap()));
    let (mut missing, mut count) = (Vec::new(), 0);
    for (name, page) in pages() {
        for (line, snippet) in snippets(&page) {
            count += 1;
            if !compiled.iter().any(|code| code.contains(&bare(&snippet))) {
                missing.push(format!("{name}:{line}\n{snippet}"));
            }
        }
    }
    assert!(missing.is_empty(), "not compiled anywhere:\n{}", missing.join("\n"));
    assert!(count > 40, "{count}");
}

#[test]
fn a_snippet_that_says_anything_else_than_what_is_compiled_is_found() {
    let page = "text\n```rust\nlet kek = Kek::from_fd(3)?;   // the third\n```\n```console\n$ no\n```\n";
    let found = snippets(page);
    assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2]);
    let here = bare(&fs::read_to_string(root().join("tests/src/how_to/keys.rs")).unwrap());
    assert!(here.contains(&bare(&found[0].1)));
    assert!(!here.contains(&bare(&found[0].1.replace("from_fd", "of_fd"))));
}
