//! Tiles, and receipts that a caller keeps.

use crate::attack::Thief;
use crate::scene::{EVENTS, FIRST, Scene};
use hipaa_core::audit::{Actor, Receipt};
use hipaa_core::unit::UnitError;
use rusqlite::params;
use std::fs;

const PLACE: u64 = FIRST + 40;

/// The receipt of an entry of North; what a unit answers.
fn receipt(scene: &Scene, place: u64) -> Result<Option<Receipt>, UnitError> {
    let (mut db, vault) = (scene.open(), scene.vault(scene.north));
    let actor: Actor = vault.actor().clone();
    let ask = |unit: &mut hipaa_sqlite::Unit<'_>| -> Result<_, hipaa_sqlite::Error> {
        Ok((unit as &mut dyn hipaa_core::unit::Unit).receipt(&actor, place))
    };
    db.write(ask).unwrap().into_inner()
}

#[test]
fn a_receipt_verifies_with_the_trust_file_alone() {
    let scene = Scene::new();
    for place in [0, PLACE, 255, 256, 511, 512, FIRST + EVENTS + 1] {
        let receipt = receipt(&scene, place).unwrap().unwrap();
        let read = Receipt::decode(receipt.encode().as_bytes()).unwrap();
        assert_eq!((read.sequence, read.log()), (place, scene.north));
        assert_eq!(read.verify(&scene.trust()).unwrap().size, FIRST + EVENTS + 2);
    }
    assert_eq!(receipt(&scene, FIRST + EVENTS + 2), Ok(None));
}

#[test]
fn a_kept_receipt_shows_a_rollback_and_a_fork() {
    let scene = Scene::new();
    let kept = receipt(&scene, PLACE).unwrap().unwrap();
    let file = |scene: &Scene| fs::write(scene.folder.path().join("kept"), kept.encode()).unwrap();
    file(&scene);
    let outcome = scene.verify(&["--receipt", "kept"]);
    assert_eq!((outcome.code, outcome.found.len()), (4, 0), "{:?}", outcome.found);
    fs::copy(scene.folder.path().join("early.db"), scene.path()).unwrap();
    assert_eq!(scene.verify(&[]).code, 4, "nothing else remembers");
    let outcome = scene.verify(&["--receipt", "kept"]);
    let early = FIRST + EVENTS;
    assert_eq!(
        outcome.found.into_iter().collect::<Vec<_>>(),
        [("rollback".to_owned(), Some(scene.north), Some((early, early + 1)))]
    );
    assert_eq!(outcome.code, 1);
}

#[test]
fn an_altered_tile_gives_no_receipt_and_is_found() {
    let attacks = [
        ("UPDATE hipaa_tile SET hashes = zeroblob(8192) WHERE log = ?1 AND idx = 1", Some((256, 511))),
        ("DELETE FROM hipaa_tile WHERE log = ?1 AND idx = 1", Some((256, 511))),
        ("INSERT INTO hipaa_tile SELECT log, level, 9, hashes FROM hipaa_tile WHERE log = ?1 AND idx = 1", None),
        ("INSERT INTO hipaa_tile SELECT log, 1, 0, hashes FROM hipaa_tile WHERE log = ?1 AND idx = 1", None),
    ];
    for (sql, places) in attacks {
        let scene = Scene::new();
        let thief = Thief::new(&scene);
        thief.run(sql, params![scene.north.0]);
        drop(thief);
        let outcome = scene.verify_witnessed(&[]);
        assert_eq!(
            outcome.found.into_iter().collect::<Vec<_>>(),
            [("tile".to_owned(), Some(scene.north), places)],
            "{sql}"
        );
        assert_eq!(outcome.code, 1);
        if sql.starts_with("UPDATE") {
            assert_eq!(receipt(&scene, 300), Err(UnitError::Tampered));
        }
    }
}
