//! A backup that was put back, as somebody outside sees it: with the operator's word and without.

use crate::attack::Thief;
use crate::scene::{Found, PATIENT, Scene, kek, patient};
use hipaa_core::audit::{Actor, Restore, SignedCheckpoint, Status, tag};
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_core::schema::TenantId;
use hipaa_sqlite::{Database, Options};
use std::fs;

/// Whose public key the scene was founded with.
pub(crate) const OPERATOR: [u8; 32] = [7; 32];

/// The highest heads, when there still was what is lost now.
struct Lost {
    scene: Scene,
    kept: SignedCheckpoint,
    lost: SignedCheckpoint,
}

fn open(scene: &Scene, micros: i64) -> Database {
    let options = Options { clock: Clock::manual(Timestamp::from_micros(micros)), ..Options::default() };
    Database::open_with(scene.path(), kek(), &options).unwrap()
}

/// A head that a witness kept, and everything behind it lost by a backup that was put back.
fn lost() -> Lost {
    let scene = Scene::small(4);
    let file = |name: &str| scene.folder.path().join(name);
    let mut db = open(&scene, 9_000_000_000);
    let kept = db.checkpoint().unwrap();
    drop(db);
    fs::copy(scene.path(), file("backup.db")).unwrap();
    let mut db = open(&scene, 10_000_000_000);
    let vault = scene.vault(scene.north);
    db.write(|unit| vault.create(unit, &PATIENT, &patient("Lost"))).unwrap().into_inner();
    let lost = db.checkpoint().unwrap();
    drop(db);
    let witness = file("witness");
    fs::remove_dir_all(&witness).unwrap();
    fs::create_dir(&witness).unwrap();
    fs::write(witness.join("1"), kept.encode()).unwrap();
    fs::write(witness.join("2"), lost.encode()).unwrap();
    let trust = scene.trust();
    let north = crate::scene::heads(&scene.path()).into_iter().find(|head| head.log == scene.north).unwrap();
    let north = SignedCheckpoint::of_head(&north, &trust.deployment, &trust.head_key).unwrap();
    fs::write(witness.join("3"), north.encode()).unwrap();
    assert_eq!(scene.verify_witnessed(&[]).code, 0);
    fs::copy(file("backup.db"), scene.path()).unwrap();
    Lost { scene, kept, lost }
}

/// A log with an entry of every kind that there is: a backup was put back, and a signing period ended.
pub(crate) fn every_kind() -> Scene {
    let lost = lost();
    lost.record(&lost.restore());
    let mut db = open(&lost.scene, 12_000_000_000);
    let setup = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    let alive = Status::Began(std::time::Duration::from_secs(600));
    let begin = |unit: &mut hipaa_sqlite::Unit<'_>| -> Result<_, hipaa_sqlite::Error> {
        Ok((unit as &mut dyn hipaa_core::unit::Unit).append(&alive.event(&setup))?)
    };
    db.write(begin).unwrap().into_inner();
    db.end_signing_period(&setup).unwrap();
    drop(db);
    lost.scene
}

/// A restore that the operator has signed and that does not fit, put in the place of one that did.
pub(crate) fn misfit(change: impl Fn(Restore) -> Restore) -> (Scene, u64) {
    let lost = lost();
    lost.record(&lost.restore());
    let place = lost.scene.size(lost.scene.own) - 1;
    let note = change(lost.restore()).sign(&OPERATOR);
    let thief = Thief::new(&lost.scene);
    thief.rewrite_with(lost.scene.own, &thief.entries(lost.scene.own), |at, body| {
        if let Some(field) = body.fields.iter_mut().find(|field| at == place && field.tag == tag::RESTORE) {
            field.value = note.encode().into_bytes();
        }
    });
    thief.sign(&lost.scene, lost.scene.own);
    drop(thief);
    (lost.scene, place)
}

impl Lost {
    fn restore(&self) -> Restore {
        Restore::between(self.kept.unverified(), self.lost.unverified()).unwrap()
    }

    fn record(&self, restore: &Restore) {
        let setup = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
        open(&self.scene, 11_000_000_000).record_restore(&setup, &restore.sign(&OPERATOR)).unwrap();
    }

    fn classes(found: impl IntoIterator<Item = Found>) -> Vec<String> {
        let mut classes = found.into_iter().map(|(class, ..)| class).collect::<Vec<_>>();
        classes.dedup();
        classes
    }
}

#[test]
fn what_the_operator_has_given_up_is_shown_and_is_no_break() {
    let lost = lost();
    let before = lost.scene.verify_witnessed(&[]);
    assert_eq!((before.code, Lost::classes(before.found)), (1, vec!["rollback".to_owned()]));
    lost.record(&lost.restore());
    let after = lost.scene.verify_witnessed(&["--records"]);
    assert_eq!((after.code, after.found.len()), (4, 0), "{:?}", after.found);
    let (first, last) = (lost.kept.unverified().size, lost.lost.unverified().size - 1);
    let told = &after.json["restores"][0];
    assert_eq!((&told["lost_first"], &told["lost_last"]), (&first.into(), &last.into()));
    let _kept_for_the_second_verifier = lost.scene.verify_witnessed(&[]);
    // With what a witness sees afterwards it is whole again.
    let mut db = open(&lost.scene, 12_000_000_000);
    let head = db.checkpoint().unwrap();
    drop(db);
    fs::write(lost.scene.folder.path().join("witness/4"), head.encode()).unwrap();
    let whole = lost.scene.verify_witnessed(&[]);
    assert_eq!((whole.code, whole.found.len()), (0, 0), "{:?}", whole.found);
    // What comes after the restore is not covered by it: the backup once more, with the same restore.
    fs::copy(lost.scene.folder.path().join("backup.db"), lost.scene.path()).unwrap();
    lost.record(&lost.restore());
    let again = lost.scene.verify_witnessed(&[]);
    assert_eq!((again.code, Lost::classes(again.found)), (1, vec!["rollback".to_owned()]));
}

#[test]
fn a_file_put_back_behind_the_beginning_of_a_period_is_a_rollback() {
    let scene = Scene::small(4);
    let older = fs::read(scene.path()).unwrap();
    let setup = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    let mut db = open(&scene, 9_000_000_000);
    db.end_signing_period(&setup).unwrap();
    let seen = db.checkpoint().unwrap();
    drop(db);
    let notes = scene.folder.path().join("witness");
    fs::write(notes.join(scene.own.to_string()), seen.encode()).unwrap();
    assert_eq!(scene.verify_witnessed(&[]).code, 0);
    fs::write(scene.path(), older).unwrap();
    let found = scene.verify_witnessed(&[]);
    assert_eq!((found.code, Lost::classes(found.found)), (1, vec!["rollback".to_owned()]));
}

#[test]
fn a_restore_that_somebody_else_has_signed_is_a_break_and_excuses_nothing() {
    let lost = lost();
    lost.record(&lost.restore());
    let path = lost.scene.folder.path().join("trust");
    let trust = fs::read_to_string(&path).unwrap();
    let key = hex_of(&hipaa_core::audit::operator_key(&OPERATOR));
    let other = hex_of(&hipaa_core::audit::operator_key(&[8; 32]));
    for operator in [other.as_str(), "none"] {
        fs::write(&path, trust.replace(&key, operator)).unwrap();
        let found = lost.scene.verify_witnessed(&[]);
        let classes = Lost::classes(found.found);
        assert_eq!((found.code, classes.join(" ")), (1, "pin restore rollback".to_owned()));
    }
}

#[test]
fn a_restore_of_less_than_was_lost_excuses_less() {
    let lost = lost();
    let restore = lost.restore();
    assert!(restore.lost_size > restore.kept.0 + 1);
    lost.record(&Restore { lost_size: restore.kept.0 + 1, ..restore });
    let found = lost.scene.verify_witnessed(&[]);
    assert_eq!((found.code, Lost::classes(found.found)), (1, vec!["rollback".to_owned()]));
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
