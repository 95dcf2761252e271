//! Arrows point down: every `crate::room` that a room of `hipaa-core` names must be below it.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may import.
const ARROWS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("entropy", &[]),
    ("encoding", &[]),
    ("text", &[]),
    ("red", &[]),
    ("guard", &[]),
    ("schema", &["encoding"]),
    ("keys", &["clock", "entropy", "encoding", "schema", "red"]),
    ("cipher", &["entropy", "encoding", "schema", "keys", "red"]),
    ("index", &["encoding", "text", "schema", "keys", "red"]),
    ("seal", &["clock", "entropy", "encoding", "schema", "keys", "cipher", "index", "red"]),
    ("auth", &["clock", "entropy", "encoding", "schema", "text", "red"]),
    ("audit", &["clock", "encoding", "schema"]),
    ("verify", &["clock", "schema", "seal", "audit", "red"]),
    ("store", &["clock", "schema", "keys", "index", "seal", "audit"]),
    ("unit", &["clock", "entropy", "encoding", "schema", "keys", "cipher", "audit", "store", "red"]),
    ("tenancy", &["clock", "entropy", "encoding", "schema", "keys", "audit", "store", "unit"]),
    ("signing", &["clock", "schema", "keys", "audit", "store", "tenancy", "unit"]),
    ("restore", &["schema", "audit", "store", "unit", "red"]),
    (
        "authority",
        &["clock", "entropy", "encoding", "schema", "keys", "cipher", "auth", "audit", "store", "unit", "red"],
    ),
    ("outbox", &["clock", "entropy", "encoding", "schema", "audit", "unit", "authority"]),
    (
        "identity",
        &[
            "clock",
            "entropy",
            "encoding",
            "schema",
            "keys",
            "auth",
            "audit",
            "store",
            "unit",
            "authority",
            "outbox",
            "red",
        ],
    ),
    (
        "vault",
        &[
            "clock",
            "entropy",
            "schema",
            "keys",
            "cipher",
            "index",
            "seal",
            "auth",
            "audit",
            "store",
            "unit",
            "authority",
            "identity",
            "red",
        ],
    ),
];

/// Rooms that see everything: tests and the contract for adapters.
const OPEN: &[&str] = &["attack", "conformance", "danger", "vectors", "lib"];

/// Opens in memory, for tests and examples only: it founds a deployment, which no other unit does.
const EXCEPTIONS: &[(&str, &str)] = &[("unit/memory.rs", "tenancy")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../hipaa-core/src")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// The rooms that a source names behind `crate::`.
fn named(source: &str) -> Vec<&str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
        .filter(|room| !room.is_empty())
        .collect()
}

/// Every import that points up, as `file: room`.
fn upward(file: &str, source: &str) -> Vec<String> {
    let room = file.split(['/', '.']).next().unwrap_or_default();
    if OPEN.contains(&room) {
        return Vec::new();
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == room) else {
        return vec![format!("{file}: a room that the table of arrows does not know")];
    };
    let names = named(source).into_iter();
    let fine = |name: &&str| *name == room || allowed.contains(name) || EXCEPTIONS.contains(&(file, name));
    names.filter(|name| !fine(name)).map(|name| format!("{file}: {name}")).collect()
}

#[test]
fn arrows_point_down() {
    let mut wrong = Vec::new();
    for path in sources(&root()) {
        let file = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        wrong.extend(upward(&file, &fs::read_to_string(&path).unwrap()));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_arrow_that_points_up_is_found() {
    assert_eq!(upward("cipher/cell.rs", "use crate::vault::Row;"), ["cipher/cell.rs: vault"]);
    assert_eq!(upward("audit.rs", "fn f() { crate::cipher::open() }"), ["audit.rs: cipher"]);
    assert_eq!(upward("cipher/cell.rs", "use crate::index::Term;"), ["cipher/cell.rs: index"]);
    assert!(upward("cipher/cell.rs", "// crate::vault\nuse crate::keys::Kek;").is_empty());
    assert_eq!(upward("cellar.rs", "").len(), 1);
}

#[test]
fn no_adapter_or_application_word_enters_the_core() {
    for path in sources(&root()) {
        let source = fs::read_to_string(&path).unwrap();
        for word in ["rusqlite", "axum", "tokio::"] {
            assert!(!source.contains(word), "{}: {word}", path.display());
        }
    }
}

/// The layers of the application are to become a crate of their own.
#[test]
fn the_web_room_of_the_application_names_no_route_table_or_role() {
    let app = root().join("../../reference-app/src");
    for path in sources(&app.join("web")).into_iter().chain([app.join("web.rs")]) {
        let source = fs::read_to_string(&path).unwrap();
        let wrong = named(&source).into_iter().filter(|room| *room != "web").collect::<Vec<_>>();
        assert!(wrong.is_empty(), "{}: {wrong:?}", path.display());
        assert!(!source.contains("\"/api/"), "{}: a path", path.display());
    }
}

#[test]
fn every_crate_that_ships_forbids_unsafe_code() {
    for file in
        ["hipaa-core/src/lib.rs", "hipaa-sqlite/src/lib.rs", "hipaa-verify/src/lib.rs", "reference-app/src/lib.rs"]
    {
        let source = fs::read_to_string(root().join("../..").join(file)).unwrap();
        assert!(source.contains("#![forbid(unsafe_code)]"), "{file}");
    }
    for package in ["benches", "hipaa-core", "hipaa-sqlite", "hipaa-verify", "reference-app", "tests"] {
        let path = root().join("../..").join(package).join("Cargo.toml");
        assert!(fs::read_to_string(path).unwrap().contains("[lints]\nworkspace = true"), "{package}");
    }
}
