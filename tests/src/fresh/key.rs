//! Key sources, files of other databases, rows of other deployments.

use super::{Kit, kek, person};
use hipaa_core::keys::{Kek, ProviderError};
use hipaa_sqlite::{Database, Error};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Red if a source were read without bounds, or anything but a key were taken for one.
#[test]
fn a_key_file_that_is_none_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let good = "1a".repeat(32);
    let path = folder.path().join("key");
    for (text, right) in [
        (format!("{good}\n"), true),
        (format!(" \t{good}\r\n"), true),
        (good.to_uppercase(), true),
        (format!("\u{feff}{good}"), false),
        (format!("{good}{good}"), false),
        (format!("0x{good}"), false),
        (good[..62].to_owned(), false),
        (format!("{} {}", &good[..32], &good[32..]), false),
        ("A".repeat(43), false),
        (format!("{}=", "A".repeat(42) + "B"), false),
        (String::new(), false),
        ("\0".repeat(32), false),
        ("\u{a0}".to_owned() + &good, false),
        (" ".repeat(5000) + &good, false),
    ] {
        std::fs::write(&path, &text).unwrap();
        assert_eq!(Kek::from_file(&path).is_ok(), right, "{text:?}");
    }
    std::fs::write(&path, [0xff; 32]).unwrap();
    assert!(Kek::from_file(&path).is_err());
    assert!(matches!(Kek::from_file(folder.path()), Err(ProviderError::Unreadable(_))));
    assert!(Kek::from_file("/dev/zero").is_err());
    assert!(Kek::from_file("/dev/null").is_err());
    assert!(Kek::from_fd(u32::MAX).is_err());
    for name in ["", "A=B", "A\0B"] {
        assert!(catch_unwind(|| Kek::from_env(name).is_err()).unwrap());
    }
}

/// Red if pages of another file could be shown as intact, or broke the process.
#[test]
fn the_write_ahead_log_of_another_database_is_no_panic_and_no_wrong_value() {
    let (mut one, mut two) = (Kit::new(), Kit::new());
    let id = one.person("1", "Osterman");
    two.person("1", "Quist");
    let (path, tenant) = (one.folder.path().join("mixed.db"), one.tenant.id);
    one.thief().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    std::fs::copy(one.path(), &path).unwrap();
    std::fs::copy(two.folder.path().join("emr.db-wal"), one.folder.path().join("mixed.db-wal")).unwrap();
    let shown = catch_unwind(AssertUnwindSafe(|| {
        let mut db = Database::open(&path, kek())?;
        let clinic = super::vault(tenant, "osei");
        let record = db.write(|unit| Ok::<_, Error>(clinic.read(unit, &person::TABLE, id)?))?.open()?;
        Ok::<_, Error>(record.integrity().is_intact() && record.get(person::FAMILY) != Ok(Some("Osterman")))
    }));
    assert!(!matches!(shown, Err(_) | Ok(Ok(true))));
}

/// Red if anything of one deployment were valid in another under the same key-encryption key.
#[test]
fn a_tenant_copied_into_another_database_under_the_same_key_is_refused() {
    let (mut one, two) = (Kit::new(), Kit::new());
    let id = one.person("1", "Osterman");
    two.db.connection().execute_batch("DELETE FROM hipaa_tenant").unwrap();
    let thief = two.thief();
    thief.execute("ATTACH ?1 AS one", [one.path().to_str().unwrap()]).unwrap();
    thief
        .execute_batch(
            "INSERT INTO hipaa_tenant SELECT * FROM one.hipaa_tenant;
             INSERT INTO hipaa_ring SELECT * FROM one.hipaa_ring WHERE tenant <> zeroblob(16);
             INSERT INTO hipaa_wrapped_key SELECT * FROM one.hipaa_wrapped_key WHERE tenant <> zeroblob(16);
             INSERT INTO hipaa_head SELECT * FROM one.hipaa_head WHERE tenant <> zeroblob(16);
             INSERT INTO hipaa_audit SELECT * FROM one.hipaa_audit;
             INSERT INTO hipaa_state SELECT * FROM one.hipaa_state; INSERT INTO person SELECT * FROM one.person",
        )
        .unwrap();
    let clinic = one.clinic.clone();
    let mut db = Database::open(two.path(), kek()).unwrap();
    let read = db.write(|unit| Ok::<_, Error>(clinic.read(unit, &person::TABLE, id)?));
    assert!(read.is_err());
    assert!(db.write(|unit| hipaa_core::tenancy::find_tenant(unit, "North")).is_err());
}

/// Red if the wrong key could found, change or tear anything.
#[test]
fn the_wrong_key_opens_nothing_and_changes_nothing() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    for _ in 0..3 {
        let wrong = Kek::from_text(&"2b".repeat(32).into()).unwrap();
        assert!(Database::open(kit.path(), wrong).is_err());
    }
    assert_eq!(kit.family(id), Ok(("Osterman".to_owned(), true)));
}
