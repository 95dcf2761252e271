//! One examination at a time, its end whatever happens, and what it finds in a file that somebody wrote to.

use super::{AlteredRow, Examiner};
use hipaa_core::audit::Actor;
use hipaa_core::clock::Clock;
use hipaa_core::keys::Kek;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::tenancy::{create_tenant, trust};
use hipaa_core::verify::{Class, Completeness, Integrity};
use hipaa_sqlite::rusqlite::Connection;
use hipaa_sqlite::{Database, Error};
use secrecy::SecretBox;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A deployment with two tenants, its trust file beside it.
struct Site {
    folder: TempDir,
    examiner: Examiner,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("app.db");
        let mut database = Database::open(&file, Kek::from_bytes(SecretBox::new(Box::new([7; 32])))).unwrap();
        let operator = Actor::new(TenantId::DEPLOYMENT, "test", "operator").unwrap();
        for name in ["North", "South"] {
            database.write(|unit| Ok::<_, Error>(create_tenant(unit, &operator, name)?)).unwrap().into_inner();
        }
        let trust = database.write(|unit| Ok::<_, Error>(trust(unit)?)).unwrap().into_inner();
        std::fs::write(folder.path().join("app.db.trust"), trust.to_string()).unwrap();
        Self { examiner: Examiner::new(&file, &Clock::system()), folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("app.db")
    }

    fn examine(&self) {
        self.examiner.begin().unwrap().finish();
    }
}

fn sql(file: &Path, sql: &str) {
    Connection::open(file).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_file_as_it_was_written_is_intact_and_every_log_was_read() {
    let site = Site::new();
    assert!(site.examiner.state().last.is_none());
    site.examine();
    let state = site.examiner.state();
    let last = state.last.unwrap();
    assert_eq!((state.running, state.failed), (None, None));
    assert_eq!((last.report.integrity, last.report.logs, last.breaks.len()), (Integrity::Intact, 3, 0));
    assert!(matches!(last.report.completeness, Completeness::Unanchored(_)), "no witness has seen it");
}

#[test]
fn one_runs_at_a_time_and_one_that_is_dropped_has_failed() {
    let site = Site::new();
    let run = site.examiner.begin().unwrap();
    assert!(site.examiner.begin().is_none());
    assert!(site.examiner.clone().begin().is_none(), "clones share it");
    assert_eq!(site.examiner.state().running, Some((0, 1)));
    drop(run);
    let state = site.examiner.state();
    assert_eq!((state.running, state.failed), (None, Some("The examination came to no end.")));
    site.examine();
    assert_eq!(site.examiner.state().failed, None, "the next one is not the last one's failure");
}

#[test]
fn an_entry_that_was_rewritten_and_rows_that_only_the_key_shows_are_found() {
    let site = Site::new();
    sql(
        &site.file(),
        "DROP TRIGGER hipaa_audit_no_update; UPDATE hipaa_audit SET body = body || x'00' WHERE sequence = 1",
    );
    let mut run = site.examiner.begin().unwrap();
    let (tenant, record) = (TenantId::from_bytes([1; 16]), RecordId::from_slice(&[2; 16]).unwrap());
    run.rows(tenant, vec![AlteredRow { table: "patient", record, breaks: vec!["mac".to_owned()] }]);
    run.finish();
    let last = site.examiner.state().last.unwrap();
    assert_eq!(last.report.integrity, Integrity::Tampered);
    assert!(last.breaks.iter().any(|found| found.places == Some((1, 1))), "{:?}", last.breaks);
    assert_eq!(last.rows[&tenant][0].record, record);
    assert_eq!(last.report.breaks, u64::try_from(last.breaks.len()).unwrap());
}

#[test]
fn another_deployment_in_its_place_is_not_the_one_of_the_trust_file() {
    let (site, other) = (Site::new(), Site::new());
    for end in ["", "-wal", "-shm"] {
        let place = |site: &Site| site.folder.path().join(format!("app.db{end}"));
        let _ = std::fs::remove_file(place(&site));
        let _ = std::fs::copy(place(&other), place(&site));
    }
    site.examine();
    let last = site.examiner.state().last.unwrap();
    assert!(last.breaks.iter().any(|found| found.class == Class::Pin), "{:?}", last.breaks);
    // The twin: without the trust file nobody can tell.
    std::fs::remove_file(site.folder.path().join("app.db.trust")).unwrap();
    site.examine();
    let last = site.examiner.state().last.unwrap();
    assert_eq!((last.report.integrity, last.breaks.len()), (Integrity::Intact, 0));
}

#[test]
fn a_file_that_cannot_be_read_fails_and_what_was_found_before_stays() {
    let site = Site::new();
    site.examine();
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(site.folder.path().join(format!("app.db{end}")));
    }
    site.examine();
    let state = site.examiner.state();
    assert_eq!((state.running, state.failed), (None, Some("The database could not be read.")));
    assert!(state.last.is_some());
    Examiner::default().begin().unwrap().finish();
}
