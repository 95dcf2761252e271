//! The eighteen attacks of the threat model, one by one. Each must change the file, and must be found with its class and place;
//! where something kept outside is what finds it, the same attack without that is shown to pass.

use crate::attack::{Entry, Thief};
use crate::scene::{EVENTS, FIRST, Found, Scene, heads};
use hipaa_core::audit::{Body, LogId, tag};
use rusqlite::params;
use std::fs;

/// An entry in the middle of a log, with no subject, far from both ends.
pub(crate) const MIDDLE: u64 = FIRST + 40;

pub(crate) fn at(class: &str, log: LogId, first: u64, last: u64) -> Found {
    (class.to_owned(), Some(log), Some((first, last)))
}

pub(crate) fn of(class: &str, log: LogId) -> Found {
    (class.to_owned(), Some(log), None)
}

/// Runs an attack that must change the file.
pub(crate) fn attack(work: impl FnOnce(&Scene, &Thief)) -> Scene {
    let scene = Scene::new();
    let thief = Thief::new(&scene);
    let before = thief.content();
    work(&scene, &thief);
    drop(thief);
    assert!(Thief::new(&scene).content() != before, "the attack changed nothing");
    scene
}

/// The trust file alone must find exactly this.
pub(crate) fn assert_found(scene: &Scene, expected: &[Found]) {
    let outcome = scene.verify(&[]);
    assert_eq!(outcome.found.into_iter().collect::<Vec<_>>(), sorted(expected));
    assert_eq!(outcome.code, 1);
}

/// The trust file alone finds nothing, and what the witness has seen finds this.
pub(crate) fn assert_found_by_witness(scene: &Scene, expected: &[Found]) {
    let alone = scene.verify(&[]);
    assert_eq!((alone.code, alone.found.len()), (4, 0), "{:?}", alone.found);
    let outcome = scene.verify_witnessed(&[]);
    assert_eq!(outcome.found.into_iter().collect::<Vec<_>>(), sorted(expected));
    assert_eq!(outcome.code, 1);
}

fn sorted(expected: &[Found]) -> Vec<Found> {
    let mut expected = expected.to_vec();
    expected.sort();
    expected
}

/// Puts another user into an entry.
pub(crate) fn edited((body, details, name, _): &Entry) -> Entry {
    let mut body = Body::decode(body).unwrap();
    let user = body.fields.iter_mut().find(|field| field.tag == tag::USER).unwrap();
    user.value = b"dr-nobody".to_vec();
    (body.encode().unwrap(), details.clone(), name.clone(), Some("dr-nobody".to_owned()))
}

pub(crate) fn edit(thief: &Thief, log: LogId, place: u64) {
    let (body, _, _, actor) = edited(&thief.entries(log)[usize::try_from(place).unwrap()]);
    let sql = "UPDATE hipaa_audit SET body = ?3, actor = ?4 WHERE log = ?1 AND sequence = ?2";
    thief.run(sql, params![log.0, i64::try_from(place).unwrap(), body, actor]);
}

pub(crate) fn tile_of(scene: &Scene, log: LogId, place: u64) -> Option<Found> {
    let tiles = rusqlite::Connection::open(scene.path()).unwrap();
    let kept =
        tiles.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'hipaa_tile'", [], |row| row.get::<_, i64>(0));
    let (first, size) = (place / 256 * 256, scene.size(log));
    (kept.unwrap() == 1 && first + 256 <= size).then(|| at("tile", log, first, first + 255))
}

#[test]
fn what_was_not_attacked_is_clean_with_a_witness_and_unanchored_without() {
    let scene = Scene::new();
    for more in [&["--records"][..], &["--records", "--threads", "3"]] {
        let outcome = scene.verify_witnessed(more);
        assert_eq!((outcome.code, outcome.found.len()), (0, 0), "{:?}", outcome.found);
        assert_eq!(outcome.json["completeness"], "anchored");
    }
    let alone = scene.verify(&[]);
    assert_eq!((alone.code, alone.json["unanchored_entries"].as_u64()), (4, alone.json["entries"].as_u64()));
    assert_eq!(scene.run(&["--witness", "witness"]).code, 4);
}

#[test]
fn attack_1_an_edited_field() {
    let scene = attack(|scene, thief| edit(thief, scene.north, MIDDLE));
    let north = scene.north;
    let mut expected =
        vec![at("leaf", north, MIDDLE, MIDDLE), at("chain", north, MIDDLE + 1, MIDDLE + 1), of("root", north)];
    expected.extend(tile_of(&scene, north, MIDDLE));
    assert_found(&scene, &expected);
}

#[test]
fn attack_2_an_edit_with_every_hash_recomputed() {
    let scene = attack(|scene, thief| {
        let mut entries = thief.entries(scene.north);
        let place = usize::try_from(MIDDLE).unwrap();
        entries[place] = edited(&entries[place]);
        thief.rewrite(scene.north, &entries);
    });
    assert_found(&scene, &[of("signature", scene.north)]);
}

#[test]
fn attack_3_a_deleted_entry() {
    let scene = attack(|scene, thief| {
        thief.run(
            "DELETE FROM hipaa_audit WHERE log = ?1 AND sequence = ?2",
            params![scene.north.0, MIDDLE.cast_signed()],
        );
    });
    assert_found(&scene, &[at("gap", scene.north, MIDDLE, MIDDLE)]);
}

#[test]
fn attack_4_a_deleted_entry_with_every_hash_recomputed() {
    let scene = attack(|scene, thief| {
        let mut entries = thief.entries(scene.north);
        let _ = entries.remove(usize::try_from(MIDDLE).unwrap());
        thief.rewrite(scene.north, &entries);
    });
    assert_found(&scene, &[of("signature", scene.north)]);
}

#[test]
fn attack_5_an_inserted_entry_with_every_hash_recomputed() {
    let scene = attack(|scene, thief| {
        let mut entries = thief.entries(scene.north);
        let place = usize::try_from(MIDDLE).unwrap();
        entries.insert(place, edited(&entries[place]));
        thief.rewrite(scene.north, &entries);
    });
    assert_found(&scene, &[of("signature", scene.north)]);
}

#[test]
fn attack_6_two_entries_in_reverse_order() {
    let scene = attack(|scene, thief| {
        let sql = "UPDATE hipaa_audit SET sequence = ?3 WHERE log = ?1 AND sequence = ?2";
        let middle = MIDDLE.cast_signed();
        for (from, to) in [(middle, 100_000), (middle + 1, middle), (100_000, middle + 1)] {
            thief.run(sql, params![scene.north.0, from, to]);
        }
    });
    let north = scene.north;
    let mut expected = vec![
        at("place", north, MIDDLE, MIDDLE + 1),
        at("chain", north, MIDDLE, MIDDLE + 2),
        at("time", north, MIDDLE + 1, MIDDLE + 1),
        of("root", north),
    ];
    expected.extend(tile_of(&scene, north, MIDDLE));
    assert_found(&scene, &expected);
}

#[test]
fn attack_7_a_tail_cut_off() {
    let scene = attack(|scene, thief| {
        let last = scene.size(scene.north) - 2;
        for table in ["hipaa_audit", "hipaa_audit_subject"] {
            thief.run(
                &format!("DELETE FROM {table} WHERE log = ?1 AND sequence >= ?2"),
                params![scene.north.0, last.cast_signed()],
            );
        }
    });
    let size = scene.size(scene.north);
    assert_found(&scene, &[at("gap", scene.north, size - 2, size - 1)]);
}

#[test]
fn attack_8_the_whole_file_put_back_as_it_was() {
    let scene = attack(|scene, _| {
        let _ = fs::copy(scene.folder.path().join("early.db"), scene.path()).unwrap();
    });
    let early = FIRST + EVENTS;
    let logs = [scene.north, scene.south].map(|log| at("rollback", log, early, early + 1));
    assert_found_by_witness(&scene, &logs);
}

/// The head of North as it was, and no entry behind it.
fn cut_back(scene: &Scene, thief: &Thief) {
    let early = heads(&scene.folder.path().join("early.db"));
    let head = early.iter().find(|head| head.log == scene.north).unwrap();
    for table in ["hipaa_audit", "hipaa_audit_subject"] {
        thief.run(
            &format!("DELETE FROM {table} WHERE log = ?1 AND sequence >= ?2"),
            params![scene.north.0, head.size.cast_signed()],
        );
    }
    thief.put_head(head);
}

#[test]
fn attack_9_an_older_signed_head_over_a_log_that_was_cut() {
    let scene = attack(cut_back);
    let early = FIRST + EVENTS;
    assert_found_by_witness(&scene, &[at("rollback", scene.north, early, early + 1)]);
}

#[test]
fn attack_10_the_oldest_entries_deleted_as_if_by_retention() {
    let scene = attack(|scene, thief| {
        for table in ["hipaa_audit", "hipaa_audit_subject"] {
            thief.run(&format!("DELETE FROM {table} WHERE log = ?1 AND sequence < 10"), [scene.north.0]);
        }
    });
    assert_found(&scene, &[at("gap", scene.north, 0, 9)]);
}

#[test]
fn attack_11_a_forged_purge_stub() {
    let scene = attack(|scene, thief| {
        let sql = "UPDATE hipaa_audit SET body = x'' WHERE log = ?1 AND sequence = ?2";
        thief.run(sql, params![scene.north.0, MIDDLE.cast_signed()]);
    });
    let north = scene.north;
    let mut expected = vec![
        at("malformed", north, MIDDLE, MIDDLE),
        at("leaf", north, MIDDLE, MIDDLE),
        at("chain", north, MIDDLE + 1, MIDDLE + 1),
        of("root", north),
    ];
    expected.extend(tile_of(&scene, north, MIDDLE));
    assert_found(&scene, &expected);
}

#[test]
fn attack_12_entries_of_one_place_swapped_between_tenants() {
    let scene = attack(|scene, thief| {
        let sql = "UPDATE hipaa_audit SET log = ?2 WHERE log = ?1 AND sequence = ?3";
        let (north, south, spare) = (scene.north.0, scene.south.0, [0u8; 16]);
        for (from, to) in [(north, spare), (south, north), (spare, south)] {
            thief.run(sql, params![from, to, MIDDLE.cast_signed()]);
        }
    });
    let mut expected = Vec::new();
    for log in [scene.north, scene.south] {
        expected.extend([at("place", log, MIDDLE, MIDDLE), at("chain", log, MIDDLE, MIDDLE + 1), of("root", log)]);
        expected.extend(tile_of(&scene, log, MIDDLE));
    }
    // South's entries are younger.
    expected.extend([at("time", scene.north, MIDDLE + 1, MIDDLE + 1), at("time", scene.south, MIDDLE, MIDDLE)]);
    assert_found(&scene, &expected);
}

#[test]
fn attack_13_two_whole_logs_swapped() {
    let scene = attack(|scene, thief| {
        for (table, column, key) in [("hipaa_head", "tenant", "log"), ("hipaa_tenant", "log", "tenant")] {
            let sql = format!("SELECT {key}, {column} FROM {table} WHERE log IN (?1, ?2)");
            let mut statement = thief.sql.prepare(&sql).unwrap();
            let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?));
            let rows = statement.query_map([scene.north.0, scene.south.0], read).unwrap();
            let rows = rows.collect::<Result<Vec<_>, _>>().unwrap();
            let set = format!("UPDATE {table} SET {column} = ?2 WHERE {key} = ?1");
            thief.run(&set, params![rows[0].0, [7u8; 16]]);
            thief.run(&set, params![rows[1].0, rows[0].1]);
            thief.run(&set, params![rows[0].0, rows[1].1]);
        }
    });
    let mut expected = Vec::new();
    for log in [scene.north, scene.south] {
        expected.extend([at("place", log, 0, scene.size(log) - 1), at("genesis", log, 0, 0), of("tenant", log)]);
    }
    assert_found(&scene, &expected);
}

#[test]
fn attack_14_a_whole_log_deleted() {
    let scene = attack(|scene, thief| {
        for table in ["hipaa_audit", "hipaa_audit_subject", "hipaa_head", "hipaa_tenant"] {
            thief.run(&format!("DELETE FROM {table} WHERE log = ?1"), [scene.north.0]);
        }
        thief.retile(scene.north, Vec::new());
    });
    assert_found(&scene, &[of("missing-log", scene.north), of("tenant", scene.north)]);
}

#[test]
fn attack_15_searchable_columns_edited_alone() {
    let scene = attack(|scene, thief| {
        let sql = "UPDATE hipaa_audit SET actor = 'dr-nobody' WHERE log = ?1 AND sequence = ?2";
        thief.run(sql, params![scene.north.0, MIDDLE.cast_signed()]);
        let sql = "UPDATE hipaa_audit_subject SET subject = x'01' WHERE log = ?1 AND sequence = 2";
        thief.run(sql, [scene.north.0]);
        let sql = "UPDATE hipaa_audit_subject SET sequence = 7 WHERE log = ?1 AND sequence = 1";
        thief.run(sql, [scene.south.0]);
    });
    let expected = [
        at("projection", scene.north, MIDDLE, MIDDLE),
        at("subjects", scene.north, 2, 2),
        at("subjects", scene.south, 1, 1),
        at("subjects", scene.south, 7, 7),
    ];
    assert_found(&scene, &expected);
}

#[test]
fn attack_16_bytes_moved_across_the_boundary_of_a_field() {
    let scene = attack(|scene, thief| {
        let mut body = Body::decode(&thief.entries(scene.north)[usize::try_from(MIDDLE).unwrap()].0).unwrap();
        let place = body.fields.iter().position(|field| field.tag == tag::USER).unwrap();
        let moved = body.fields[place].value.pop().unwrap();
        body.fields[place + 1].value.insert(0, moved);
        let sql = "UPDATE hipaa_audit SET body = ?3 WHERE log = ?1 AND sequence = ?2";
        thief.run(sql, params![scene.north.0, MIDDLE.cast_signed(), body.encode().unwrap()]);
    });
    let north = scene.north;
    let mut expected = vec![
        at("leaf", north, MIDDLE, MIDDLE),
        at("projection", north, MIDDLE, MIDDLE),
        at("chain", north, MIDDLE + 1, MIDDLE + 1),
        of("root", north),
    ];
    expected.extend(tile_of(&scene, north, MIDDLE));
    assert_found(&scene, &expected);
}

#[test]
fn attack_17_an_edit_signed_with_the_stolen_key() {
    let scene = attack(|scene, thief| {
        let mut entries = thief.entries(scene.north);
        let place = usize::try_from(MIDDLE).unwrap();
        entries[place] = edited(&entries[place]);
        thief.rewrite(scene.north, &entries);
        thief.sign(scene, scene.north);
    });
    let last = scene.size(scene.north) - 1;
    assert_found_by_witness(&scene, &[at("fork", scene.north, last, last)]);
}

#[test]
fn attack_18_a_deletion_signed_with_the_stolen_key() {
    let scene = attack(|scene, thief| {
        let mut entries = thief.entries(scene.north);
        let _ = entries.remove(usize::try_from(MIDDLE).unwrap());
        thief.rewrite(scene.north, &entries);
        thief.sign(scene, scene.north);
    });
    let size = scene.size(scene.north);
    assert_found_by_witness(&scene, &[at("rollback", scene.north, size, size)]);
}
