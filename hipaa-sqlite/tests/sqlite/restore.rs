//! A backup that was put back: nobody serves from it until the operator has signed what was lost.

use crate::fixture::{Clinic, kek};
use hipaa_core::audit::{Actor, Restore, SignedRestore, Witness as _, WitnessError, operator_key};
use hipaa_core::restore::RestoreError;
use hipaa_core::schema::TenantId;
use hipaa_sqlite::witness::{Folder, Place};
use hipaa_sqlite::{Database, Error, Options};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SEED: [u8; 32] = [7; 32];

/// A database that was put back, and the witness that has seen more.
struct PutBack {
    folder: TempDir,
    witness: TempDir,
}

fn founded() -> Clinic {
    Clinic::founded(&Options { operator_key: Some(operator_key(&SEED)), ..Options::default() })
}

fn setup() -> Actor {
    Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap()
}

fn put_back(mut clinic: Clinic) -> PutBack {
    let witness = tempfile::tempdir().unwrap();
    clinic.db.begin_witness(&mut Folder::new(witness.path())).unwrap();
    clinic.record();
    clinic.db.push_to(&mut Folder::new(witness.path())).unwrap();
    let path = clinic.path();
    clinic.db.empty_journal().unwrap();
    let backup = fs::read(&path).unwrap();
    for _ in 0..2 {
        clinic.record();
        clinic.db.push_to(&mut Folder::new(witness.path())).unwrap();
    }
    let Clinic { folder, db, .. } = clinic;
    drop(db);
    let put_back = PutBack { folder, witness };
    put_back.put(&backup);
    put_back
}

impl PutBack {
    fn path(&self) -> PathBuf {
        self.folder.path().join("emr.db")
    }

    fn put(&self, file: &[u8]) {
        for left in ["emr.db-wal", "emr.db-shm"] {
            let _gone = fs::remove_file(self.folder.path().join(left));
        }
        fs::write(self.path(), file).unwrap();
    }

    /// As an application opens it.
    fn serve(&self) -> Result<Database, Error> {
        let witnesses = vec![Place::folder(self.witness.path())];
        Database::open_with(self.path(), kek(), &Options { witnesses, ..Options::default() })
    }

    /// As an operator opens it, who knows better.
    fn unwitnessed(&self) -> Database {
        Database::open(self.path(), kek()).unwrap()
    }

    fn plan(&self) -> Result<Restore, Error> {
        self.unwitnessed().plan_restore(&Folder::new(self.witness.path()).heads().unwrap())
    }

    fn record(&self, signed: &SignedRestore) -> Result<(), Error> {
        self.unwitnessed().record_restore(&setup(), signed).map(drop)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names = names.filter(|name| !name.starts_with('.')).collect::<Vec<_>>();
    names.sort_unstable();
    names
}

fn refused<T>(error: RestoreError) -> Result<T, Error> {
    Err(Error::Restore(error))
}

#[test]
fn a_backup_that_was_put_back_serves_again_once_the_operator_has_signed_what_was_lost() {
    let scene = put_back(founded());
    let before = names(scene.witness.path());
    assert_eq!(scene.serve().err(), Some(Error::Witness(WitnessError::RolledBack)));
    let restore = scene.plan().unwrap();
    let highest = *Folder::new(scene.witness.path()).highest().unwrap().unwrap().unverified();
    assert_eq!((restore.lost_size, restore.lost_root), (highest.size, highest.root));
    assert!(restore.kept.0 < restore.lost_size);
    // Somebody who has the key-encryption key, but not the operator's.
    assert_eq!(scene.record(&restore.sign(&[8; 32])), refused(RestoreError::NotSigned));
    assert_eq!(scene.serve().err(), Some(Error::Witness(WitnessError::RolledBack)));

    scene.record(&restore.sign(&SEED)).unwrap();
    let mut db = scene.serve().unwrap();
    db.push_to(&mut Folder::new(scene.witness.path())).unwrap();
    let now = names(scene.witness.path());
    assert_eq!(now.len(), before.len() + 1, "what the witness saw before is kept as evidence");
    assert!(before.iter().all(|name| now.contains(name)));
    // The heads that follow count like any others, although they are lower than what was lost.
    db.empty_journal().unwrap();
    let later_backup = fs::read(scene.path()).unwrap();
    db.note_heads().unwrap();
    db.end_signing_period(&setup()).unwrap();
    let size = db.push_to(&mut Folder::new(scene.witness.path())).unwrap();
    assert_eq!(Folder::new(scene.witness.path()).highest().unwrap().unwrap().unverified().size, size);
    drop(db);
    drop(scene.serve().unwrap());
    scene.put(&later_backup);
    assert_eq!(scene.serve().err(), Some(Error::Witness(WitnessError::RolledBack)), "one restore allows one loss");
}

#[test]
fn a_log_that_went_on_after_it_was_put_back_is_restored_from_what_both_have() {
    let scene = put_back(founded());
    let mut db = scene.unwitnessed();
    for _ in 0..9 {
        db.end_signing_period(&setup()).unwrap();
    }
    drop(db);
    assert_eq!(scene.serve().err(), Some(Error::Witness(WitnessError::Forked)));
    scene.record(&scene.plan().unwrap().sign(&SEED)).unwrap();
    let mut db = scene.serve().unwrap();
    db.push_to(&mut Folder::new(scene.witness.path())).unwrap();
    drop(db);
    drop(scene.serve().unwrap());
}

#[test]
fn a_restore_needs_a_loss_an_operator_and_this_log() {
    let scene = put_back(Clinic::new());
    let restore = scene.plan().unwrap();
    assert_eq!(scene.record(&restore.sign(&SEED)), refused(RestoreError::NoOperatorKey));

    let scene = put_back(founded());
    let foreign = restore.sign(&SEED);
    assert_eq!(scene.record(&foreign), refused(RestoreError::Foreign));
    let restore = scene.plan().unwrap();
    let other = Restore { kept: (restore.kept.0, [1; 32]), ..restore };
    assert_eq!(scene.record(&other.sign(&SEED)), refused(RestoreError::Foreign));
    let ahead = Restore { lost_time: restore.lost_time.after(std::time::Duration::from_secs(86_400)), ..restore };
    assert_eq!(scene.record(&ahead.sign(&SEED)), refused(RestoreError::ClockBehind));
    let short = Restore { lost_size: restore.kept.0 + 1, ..restore };
    scene.record(&short.sign(&SEED)).unwrap();
    assert_eq!(
        scene.serve().err(),
        Some(Error::Witness(WitnessError::RolledBack)),
        "it gives up less than the witness has seen"
    );
    scene.record(&restore.sign(&SEED)).unwrap();
    drop(scene.serve().unwrap());
    assert_eq!(scene.plan().err(), Some(Error::Restore(RestoreError::NothingLost)));
    assert_eq!(scene.unwitnessed().plan_restore(&[]).err(), Some(Error::Restore(RestoreError::NothingKept)));
}

/// Whoever rewrites the database with an operator's key of their own cannot have the witness accept it: what it saw first
/// covers the deployment's first entry.
#[test]
fn a_witness_takes_no_operator_but_the_one_whom_it_saw_first() {
    let scene = put_back(founded());
    let heads = Folder::new(scene.witness.path()).heads().unwrap();
    scene.record(&scene.plan().unwrap().sign(&SEED)).unwrap();
    // The first head that the witness saw is of a longer log than the backup: nothing says that the beginning is the same.
    let late = tempfile::tempdir().unwrap();
    Folder::new(late.path()).push(heads.last().unwrap()).unwrap();
    let witnesses = vec![Place::folder(late.path())];
    let opened = Database::open_with(scene.path(), kek(), &Options { witnesses, ..Options::default() });
    assert_eq!(opened.err(), Some(Error::Witness(WitnessError::Forked)));
}
