//! More attacks: on what the application does next, on records, on the file as a whole, and on the bytes.

use crate::attacks::{MIDDLE, assert_found, assert_found_by_witness, at, attack, edit, of, tile_of};
use crate::scene::{EVENTS, FIRST, PATIENT, Scene, patient, trust_of};
use hipaa_core::audit::Body;
use rusqlite::params;
use std::fs;

#[test]
fn an_edit_that_the_application_then_builds_on() {
    let scene = attack(|scene, thief| {
        edit(thief, scene.north, MIDDLE);
        let (mut db, vault) = (scene.open(), scene.vault(scene.north));
        db.write(|unit| vault.create(unit, &PATIENT, &patient("Brandt"))).unwrap().into_inner();
    });
    let north = scene.north;
    let mut expected =
        vec![at("leaf", north, MIDDLE, MIDDLE), at("chain", north, MIDDLE + 1, MIDDLE + 1), of("root", north)];
    expected.extend(tile_of(&scene, north, MIDDLE));
    assert_found(&scene, &expected);
}

#[test]
fn an_edit_of_the_last_entry_is_never_built_on() {
    let scene = attack(|scene, thief| {
        let last = scene.size(scene.north) - 1;
        edit(thief, scene.north, last);
        let (mut db, vault) = (scene.open(), scene.vault(scene.north));
        assert!(db.write(|unit| vault.create(unit, &PATIENT, &patient("Brandt"))).is_err());
        assert_eq!(scene.size(scene.north), last + 1);
    });
    let last = scene.size(scene.north) - 1;
    let expected = [at("leaf", scene.north, last, last), of("head", scene.north), of("root", scene.north)];
    assert_found(&scene, &expected);
}

#[test]
fn an_old_row_put_back_together_with_its_projections() {
    let scene = attack(|scene, thief| {
        let early = scene.folder.path().join("early.db");
        thief.sql.execute("ATTACH ?1 AS early", [early.to_str().unwrap()]).unwrap();
        thief.run("REPLACE INTO patient SELECT * FROM early.patient WHERE record = ?1", [scene.record.as_bytes()]);
        thief.run(
            "REPLACE INTO hipaa_state SELECT * FROM early.hipaa_state WHERE record = ?1",
            [scene.record.as_bytes()],
        );
        thief.run("DELETE FROM hipaa_term WHERE record = ?1", [scene.record.as_bytes()]);
        thief.run("INSERT INTO hipaa_term SELECT * FROM early.hipaa_term WHERE record = ?1", [scene.record.as_bytes()]);
    });
    let changed = FIRST + EVENTS;
    assert_eq!(scene.verify_witnessed(&[]).code, 0);
    let outcome = scene.verify_witnessed(&["--records"]);
    assert_eq!(outcome.found.into_iter().collect::<Vec<_>>(), [at("state", scene.north, changed, changed)]);
    assert_eq!(outcome.json["breaks"][0]["record"], scene.record.to_string());
    assert_eq!(outcome.code, 1);
}

#[test]
fn rows_states_and_terms_that_the_log_does_not_know() {
    let attacks: [(&str, &[&str]); 6] = [
        ("DELETE FROM patient WHERE record = ?1", &["row", "term"]),
        ("UPDATE patient SET hipaa_seal = x'00' WHERE record = ?1", &["row", "term"]),
        ("DELETE FROM hipaa_state WHERE record = ?1", &["row", "state", "term"]),
        ("UPDATE hipaa_state SET version = 9 WHERE record = ?1", &["row", "state"]),
        ("DELETE FROM hipaa_term WHERE record = ?1", &["term"]),
        ("INSERT INTO hipaa_term SELECT x'0102030405060708', tbl, record FROM hipaa_term WHERE record = ?1", &["term"]),
    ];
    for (sql, expected) in attacks {
        let scene = attack(|scene, thief| thief.run(sql, [scene.record.as_bytes()]));
        assert_eq!(scene.verify_witnessed(&[]).code, 0);
        let outcome = scene.verify_witnessed(&["--records"]);
        let classes = outcome.found.iter().map(|(class, ..)| class.as_str()).collect::<Vec<_>>();
        let mut expected = expected.to_vec();
        if sql.starts_with("DELETE FROM hipaa_state") {
            // A term is judged through the state of its record.
            expected.retain(|class| *class != "term");
        }
        assert_eq!((outcome.code, classes), (1, expected), "{sql}");
    }
}

#[test]
fn the_whole_database_written_anew_under_a_fresh_key() {
    let scene = attack(|scene, _| {
        let other = Scene::rebuilt();
        fs::copy(other.path().join("emr.db"), scene.path()).unwrap();
        assert_ne!(trust_of(&scene.path()).head_key, scene.trust().head_key);
    });
    assert_eq!(scene.run(&[]).code, 4, "without a trust file it looks like any other");
    let outcome = scene.verify(&[]);
    let classes = outcome.found.iter().map(|(class, ..)| class.as_str()).collect::<Vec<_>>();
    assert!(classes.contains(&"pin") && classes.contains(&"signature"), "{classes:?}");
    assert!(outcome.found.contains(&of("pin", trust_of(&scene.path()).log)), "{:?}", outcome.found);
    assert_eq!(outcome.code, 1);
}

#[test]
fn a_time_that_was_set_back_in_the_entry_or_in_its_projection() {
    let scene = attack(|scene, thief| {
        let sql = "UPDATE hipaa_audit SET time = time - 1 WHERE log = ?1 AND sequence = ?2";
        thief.run(sql, params![scene.north.0, MIDDLE.cast_signed()]);
        let mut entries = thief.entries(scene.south);
        let (body, ..) = &mut entries[usize::try_from(MIDDLE).unwrap()];
        let mut edited = Body::decode(body).unwrap();
        edited.prefix.time = hipaa_core::clock::Timestamp::from_micros(1_500_000);
        *body = edited.encode().unwrap();
        thief.rewrite(scene.south, &entries);
    });
    let expected = [
        at("projection", scene.north, MIDDLE, MIDDLE),
        at("time", scene.south, MIDDLE, MIDDLE),
        of("signature", scene.south),
    ];
    assert_found(&scene, &expected);
}

#[test]
fn an_entry_that_says_the_same_in_other_bytes() {
    let scene = attack(|scene, thief| {
        let mut body = thief.entries(scene.north)[usize::try_from(MIDDLE).unwrap()].0.clone();
        // Two fields in the other order: the same fields, but not the one way to write them.
        let decoded = Body::decode(&body).unwrap();
        body.truncate(111);
        for field in decoded.fields.iter().rev() {
            body.extend(field.tag.to_be_bytes());
            body.extend(u32::try_from(field.value.len()).unwrap().to_be_bytes());
            body.extend(&field.value);
        }
        let sql = "UPDATE hipaa_audit SET body = ?3 WHERE log = ?1 AND sequence = ?2";
        thief.run(sql, params![scene.north.0, MIDDLE.cast_signed(), body]);
    });
    assert!(scene.verify(&[]).found.contains(&at("malformed", scene.north, MIDDLE, MIDDLE)));
}

/// Reads a record of North, twice: two entries that the witness has not seen.
fn go_on(scene: &Scene, count: usize) {
    let (mut db, vault) = (scene.open(), scene.vault(scene.north));
    for _ in 0..count {
        db.write(|unit| vault.read(unit, &PATIENT, scene.record)).unwrap().open().unwrap();
    }
}

#[test]
fn a_log_that_was_cut_and_went_on_and_one_that_was_forked() {
    let scene = attack(|scene, _| {
        fs::copy(scene.folder.path().join("early.db"), scene.path()).unwrap();
        go_on(scene, 5);
    });
    let seen = FIRST + EVENTS + 1;
    let south = at("rollback", scene.south, seen - 1, seen);
    assert_found_by_witness(&scene, &[at("fork", scene.north, seen, seen), south]);
}

#[test]
fn a_log_without_its_head_or_without_its_entries() {
    let scene = attack(|scene, thief| {
        thief.run("DELETE FROM hipaa_head WHERE log = ?1", [scene.north.0]);
        thief.run("DELETE FROM hipaa_audit WHERE log = ?1", [scene.south.0]);
        thief.run("DELETE FROM hipaa_audit_subject WHERE log = ?1", [scene.south.0]);
    });
    let size = scene.size(scene.south);
    let found = scene.verify(&[]).found;
    for expected in
        [of("missing-head", scene.north), of("missing-log", scene.north), at("gap", scene.south, 0, size - 1)]
    {
        assert!(found.contains(&expected), "{found:?}");
    }
}

#[test]
fn a_file_that_holds_no_log_at_all() {
    let scene = attack(|scene, _| {
        fs::remove_file(scene.path()).unwrap();
        rusqlite::Connection::open(scene.path()).unwrap().execute_batch("CREATE TABLE host (x)").unwrap();
    });
    assert_found(&scene, &[of("missing-log", scene.own)]);
    assert_eq!(scene.run(&[]).code, 2);
}

#[test]
fn a_table_that_a_view_stands_for() {
    let scene = attack(|_, thief| {
        let sql = "ALTER TABLE hipaa_audit RENAME TO hidden; CREATE VIEW hipaa_audit AS SELECT * FROM hidden";
        thief.sql.execute_batch(sql).unwrap();
    });
    assert_found(&scene, &[("schema".to_owned(), None, None)]);
}

#[test]
fn a_row_that_was_written_past_the_log() {
    let scene = attack(|scene, thief| {
        let sql =
            "INSERT INTO patient SELECT tenant, x'0102', family, birth_date, hipaa_seal FROM patient WHERE record = ?1";
        thief.run(sql, [scene.record.as_bytes()]);
    });
    assert_eq!(scene.verify_witnessed(&[]).code, 0);
    let outcome = scene.verify_witnessed(&["--records"]);
    assert!(outcome.found.contains(&("row".to_owned(), Some(scene.north), None)), "{:?}", outcome.found);
}
