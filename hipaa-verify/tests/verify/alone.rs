//! Red twins of the single checks: for each class an attack that nothing but this check finds. With the check taken away, the
//! same attack leaves a clean verdict, for its finding is the only one.

use crate::attack::Thief;
use crate::attacks::MIDDLE;
use crate::scene::Scene;
use hipaa_core::audit::{Actor, LogId};
use hipaa_core::schema::TenantId;
use rusqlite::params;
use std::fs;

/// The class that must be found and no other, and what is done; `?1` is North's log, `?2` an entry in its middle.
const ATTACKS: [(&str, &str); 16] = [
    ("schema", "DROP TABLE hipaa_audit_subject"),
    ("gap", "DELETE FROM hipaa_audit WHERE log = ?1 AND sequence = ?2"),
    (
        "stray",
        "INSERT INTO hipaa_audit SELECT log, 1000000, body, leaf, details, time, name, actor FROM hipaa_audit
            WHERE log = ?1 AND sequence = ?2",
    ),
    ("leaf", "UPDATE hipaa_audit SET leaf = zeroblob(32) WHERE log = ?1 AND sequence = ?2"),
    ("projection", "UPDATE hipaa_audit SET time = time - 1 WHERE log = ?1 AND sequence = ?2"),
    ("projection", "UPDATE hipaa_audit SET name = NULL WHERE log = ?1 AND sequence = ?2"),
    ("projection", "UPDATE hipaa_audit SET actor = 'dr-nobody' WHERE log = ?1 AND sequence = ?2"),
    ("subjects", "DELETE FROM hipaa_audit_subject WHERE log = ?1 AND sequence = 1"),
    (
        "subjects",
        "INSERT INTO hipaa_audit_subject (log, subject, sequence)
            SELECT log, subject, ?2 FROM hipaa_audit_subject WHERE log = ?1 AND sequence = 1",
    ),
    ("details", "UPDATE hipaa_audit SET details = NULL WHERE log = ?1 AND details IS NOT NULL"),
    ("details", "UPDATE hipaa_audit SET details = x'00' WHERE log = ?1 AND sequence = ?2"),
    ("signature", "UPDATE hipaa_head SET signature = zeroblob(64) WHERE log = ?1"),
    ("tenant", "UPDATE hipaa_tenant SET tenant = zeroblob(16) WHERE log = ?1"),
    ("tile", "UPDATE hipaa_tile SET hashes = zeroblob(8192) WHERE log = ?1 AND idx = 0"),
    ("tile", "DELETE FROM hipaa_tile WHERE log = ?1 AND idx = 1"),
    ("period", "INSERT INTO hipaa_checkpoint (log, size, note) VALUES (?1, ?2, 'no note')"),
];

fn classes(scene: &Scene, more: &[&str]) -> Vec<String> {
    let outcome = scene.verify(more);
    assert_eq!(outcome.code, 1, "{:?}", outcome.found);
    let mut classes = outcome.found.into_iter().map(|(class, ..)| class).collect::<Vec<_>>();
    classes.dedup();
    classes
}

fn middle(sql: &str, log: LogId, thief: &Thief) {
    let place = MIDDLE.cast_signed();
    match (sql.contains("?1"), sql.contains("?2")) {
        (true, true) => thief.run(sql, params![log.0, place]),
        (true, false) => thief.run(sql, [log.0]),
        _ => thief.sql.execute_batch(sql).unwrap(),
    }
}

#[test]
fn each_check_is_the_only_one_that_finds_some_attack() {
    for (class, sql) in ATTACKS {
        let scene = Scene::new();
        let thief = Thief::new(&scene);
        middle(sql, scene.north, &thief);
        drop(thief);
        assert_eq!(classes(&scene, &[]), [class], "{sql}");
    }
}

#[test]
fn each_check_of_records_is_the_only_one_that_finds_some_attack() {
    let attacks = [
        ("state", "UPDATE hipaa_state SET version = version - 1 WHERE record = ?1"),
        ("row", "DELETE FROM patient WHERE record = ?1"),
        ("term", "DELETE FROM hipaa_term WHERE record = ?1"),
    ];
    for (class, sql) in attacks {
        let scene = Scene::new();
        let thief = Thief::new(&scene);
        thief.run(sql, [scene.record.as_bytes()]);
        drop(thief);
        assert_eq!(scene.verify(&[]).code, 4, "{sql}");
        assert!(classes(&scene, &["--records"]).contains(&class.to_owned()), "{sql}");
    }
}

#[test]
fn each_thing_that_is_kept_outside_is_the_only_one_that_finds_some_attack() {
    // The pin: everything fits, and it is another deployment.
    let scene = Scene::new();
    let trust = scene.folder.path().join("trust");
    let text = fs::read_to_string(&trust).unwrap();
    let key = text.lines().find(|line| line.starts_with("operator-key")).unwrap();
    fs::write(&trust, text.replace(key, "operator-key none")).unwrap();
    assert_eq!(classes(&scene, &[]), ["pin"]);
    // The witness: an older file.
    let scene = Scene::new();
    fs::copy(scene.folder.path().join("early.db"), scene.path()).unwrap();
    assert_eq!(scene.verify(&[]).code, 4);
    assert_eq!(classes(&scene, &["--witness", "witness"]), ["rollback"]);
    // The kept head of a period.
    let scene = Scene::new();
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    scene.open().end_signing_period(&operator).unwrap();
    let thief = Thief::new(&scene);
    thief.run("DELETE FROM hipaa_checkpoint", []);
    drop(thief);
    assert_eq!(classes(&scene, &[]), ["period"]);
}
