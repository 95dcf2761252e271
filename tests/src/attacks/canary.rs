//! Errors and `Debug` of the adapter show no value, although SQLite's own messages hold SQL with its literals.

use super::site::{PATIENT, Site, patient};
use hipaa_core::vault::VaultError;
use hipaa_sqlite::Error;

const CANARY: &str = "canary-Quetzal";

/// The texts of an error and of all its sources.
fn texts(error: &dyn std::error::Error) -> String {
    let mut all = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        all.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    all
}

#[test]
fn a_failed_statement_of_the_host_shows_no_literal() {
    let mut site = Site::open();
    let statements = [
        format!("INSERT INTO nowhere VALUES ('{CANARY}')"),
        format!("INSERT INTO hipaa_meta VALUES ('schema', '{CANARY}')"),
        format!("SELECT '{CANARY}' FROM"),
        format!("DELETE FROM patient WHERE [{CANARY}]"),
    ];
    let mut loud = 0;
    for sql in statements {
        let raw = site.db.connection().execute(&sql, []).unwrap_err();
        loud += usize::from(texts(&raw).contains(CANARY));
        let shown = [
            texts(&site.db.write(|unit| Ok::<_, Error>(unit.sql().execute(&sql, [])?)).map(drop).unwrap_err()),
            texts(&VaultError::from(Error::from(raw))),
        ];
        for text in shown {
            assert!(!text.contains(CANARY) && !text.contains("INSERT") && !text.contains("SELECT"), "{text}");
        }
    }
    assert!(loud > 0, "the messages of SQLite show what the statement holds");
}

#[test]
fn a_database_and_a_unit_show_no_value() {
    let mut site = Site::open();
    let record = site.admit(CANARY, "M-1");
    let north = site.north.clone();
    let shown = site.write(|unit| {
        let held = north.read(unit, &PATIENT, record)?;
        let twice = north.create(unit, &PATIENT, &patient(CANARY, "M-1"));
        Ok(format!("{unit:?} {held:?} {twice:?}"))
    });
    let shown = format!("{} {:?}", shown.unwrap(), site.db);
    assert!(shown.contains("Duplicate"));
    assert!(!shown.contains(CANARY) && !shown.contains("M-1"), "{shown}");
}

#[test]
fn errors_are_copied_bit_by_bit_so_no_text_of_sqlite_is_inside() {
    fn is_copy<T: Copy + std::error::Error>() {}
    is_copy::<Error>();
    is_copy::<hipaa_sqlite::DeclareError>();
}
