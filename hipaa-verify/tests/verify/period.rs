//! Signing periods from outside: what the key of today cannot do to yesterday, and what the log of logs holds on to.

use crate::attack::Thief;
use crate::attacks::{MIDDLE, assert_found, at, edited, of};
use crate::scene::{PATIENT, Scene, patient};
use hipaa_core::audit::Actor;
use hipaa_core::schema::TenantId;
use rusqlite::params;
use std::fs;

fn operator() -> Actor {
    Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap()
}

/// A file whose second period has begun; only North and the deployment have grown since.
fn rotated() -> Scene {
    let scene = Scene::new();
    let (mut db, vault) = (scene.open(), scene.vault(scene.north));
    assert_eq!(db.end_signing_period(&operator()).unwrap().0, 2);
    db.write(|unit| vault.create(unit, &PATIENT, &patient("Brandt"))).unwrap().into_inner();
    assert_eq!(db.note_heads().unwrap(), 1);
    drop(db);
    scene
}

fn attack(work: impl FnOnce(&Scene, &Thief)) -> Scene {
    let scene = rotated();
    let thief = Thief::new(&scene);
    let before = thief.content();
    work(&scene, &thief);
    drop(thief);
    assert!(Thief::new(&scene).content() != before, "the attack changed nothing");
    scene
}

/// Where the certificate of the second period stands.
fn certificate(scene: &Scene) -> u64 {
    scene.size(scene.own) - 2
}

#[test]
fn periods_that_ended_as_they_should_are_clean() {
    let scene = rotated();
    drop(Thief::new(&scene));
    let outcome = scene.verify_witnessed(&[]);
    assert_eq!((outcome.code, outcome.found.len()), (4, 0), "{:?}", outcome.found);
    let mut db = scene.open();
    for period in [3, 4] {
        assert_eq!(db.end_signing_period(&operator()).unwrap().0, period);
    }
    drop(db);
    drop(Thief::new(&scene));
    let outcome = scene.verify(&["--records"]);
    assert_eq!((outcome.code, outcome.found.len()), (4, 0), "{:?}", outcome.found);
}

#[test]
fn whoever_has_seen_the_deployments_head_has_seen_every_log_that_it_took_up() {
    let scene = rotated();
    drop(Thief::new(&scene));
    assert_eq!(scene.verify_witnessed(&[]).code, 4);
    let trust = scene.trust();
    let own = crate::scene::heads(&scene.path()).into_iter().find(|head| head.log == scene.own).unwrap();
    let note = hipaa_core::audit::SignedCheckpoint::of_head(&own, &trust.deployment, &scene.open().notary().head_key());
    drop(Thief::new(&scene));
    fs::write(scene.folder.path().join("witness").join(scene.own.to_string()), note.unwrap().encode()).unwrap();
    assert_eq!(scene.verify_witnessed(&[]).code, 0);
}

#[test]
fn the_key_of_today_signs_no_log_that_ended_before_its_period() {
    let scene = attack(|scene, thief| {
        let mut entries = thief.entries(scene.south);
        let middle = usize::try_from(MIDDLE).unwrap();
        entries[middle] = edited(&entries[middle]);
        thief.rewrite(scene.south, &entries);
        thief.sign(scene, scene.south);
    });
    let (south, last) = (scene.south, scene.size(scene.south) - 1);
    assert_found(&scene, &[of("signature", south), at("fork", south, last, last)]);
}

#[test]
fn a_log_that_was_cut_before_its_head_was_taken_up_is_shorter_than_the_deployment_knows() {
    let scene = attack(|scene, thief| {
        let mut entries = thief.entries(scene.north);
        entries.truncate(entries.len() - 1);
        thief.rewrite(scene.north, &entries);
        thief.sign(scene, scene.north);
    });
    let (north, size) = (scene.north, scene.size(scene.north));
    // The first period ended at this size, so today's key does not count for it either.
    let outcome = scene.verify(&[]);
    assert!(outcome.found.contains(&at("rollback", north, size, size)), "{:?}", outcome.found);
    assert!(outcome.found.contains(&of("signature", north)), "{:?}", outcome.found);
    assert_eq!(outcome.code, 1);
}

#[test]
fn history_before_a_period_cannot_be_made_anew_with_the_key_of_today() {
    let scene = attack(|scene, thief| {
        let mut entries = thief.entries(scene.own);
        entries[1] = edited(&entries[1]);
        thief.rewrite(scene.own, &entries);
        thief.sign(scene, scene.own);
    });
    let place = certificate(&scene);
    assert_found(&scene, &[at("period", scene.own, place, place)]);
}

#[test]
fn a_period_without_its_kept_head_or_with_one_too_many_is_found() {
    let scene = attack(|_, thief| thief.run("DELETE FROM hipaa_checkpoint", []));
    let place = certificate(&scene);
    assert_found(&scene, &[at("period", scene.own, place, place)]);

    let scene =
        attack(|_, thief| thief.run("UPDATE hipaa_checkpoint SET note = replace(note, 'last-time', 'lasttime')", []));
    let place = certificate(&scene);
    assert_found(&scene, &[at("period", scene.own, place, place)]);

    let scene = attack(|scene, thief| {
        thief.run("INSERT INTO hipaa_checkpoint SELECT log, 1, note FROM hipaa_checkpoint", []);
        thief.run(
            "INSERT INTO hipaa_checkpoint SELECT ?1, size, note FROM hipaa_checkpoint LIMIT 1",
            params![scene.south.0],
        );
    });
    assert_found(&scene, &[of("period", scene.own)]);
}

#[test]
fn a_head_of_the_first_period_that_is_put_back_is_shorter_than_the_log() {
    let scene = rotated();
    let early = Scene::new();
    let old = crate::scene::heads(&early.path()).into_iter().find(|head| head.tenant == TenantId::DEPLOYMENT).unwrap();
    let thief = Thief::new(&scene);
    thief.put_head(&old);
    drop(thief);
    let outcome = scene.verify(&[]);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.found.iter().any(|(class, log, _)| class == "stray" && *log == Some(scene.own)),
        "{:?}",
        outcome.found
    );
}

#[test]
fn what_the_application_gave_a_folder_anchors_every_log() {
    let scene = rotated();
    let witness = scene.folder.path().join("folder");
    fs::create_dir(&witness).unwrap();
    let mut db = scene.open();
    db.begin_witness(&mut hipaa_sqlite::witness::Folder::new(&witness)).unwrap();
    drop(db);
    drop(Thief::new(&scene));
    let outcome = scene.verify(&["--witness", "folder"]);
    // Opening began an entry of nobody's: the deployment's log is seen to its end, and all others through it.
    assert_eq!((outcome.code, outcome.found.len()), (0, 0), "{:?}", outcome.json);
}
