//! The crash matrix of the log: killed, or given an error, at every write and sync of append, period change, witness push and
//! restore; afterwards nothing acknowledged is missing, the witness is not ahead, and verification is clean.

use crate::setting;
use hipaa_core::audit::{Trust, WitnessError};
use hipaa_core::schema::RecordId;
use hipaa_core::verify::{Anchor, Integrity, Options as Examined, Source as _, Stored, verify, verify_records};
use hipaa_sqlite::inspect::Inspection;
use hipaa_sqlite::witness::{Folder, Place};
use hipaa_sqlite::{Database, Error, Options};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;
use tests::disk::{self, Call};
use tests::fault::{Fault, Turn};
use tests::steps::{put_back, run};
use tests::ward::{PATIENT, clinic, kek};

/// A database that was put back and its witness, made once and copied.
struct Template(TempDir);

struct Scene(TempDir);

impl Template {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("seen")).unwrap();
        put_back((&folder.path().join("a.db"), &folder.path().join("seen"))).unwrap();
        Self(folder)
    }

    fn copy(&self) -> Scene {
        let scene = Scene(tempfile::tempdir().unwrap());
        fs::copy(self.0.path().join("a.db"), scene.file()).unwrap();
        fs::create_dir(scene.witness()).unwrap();
        for note in fs::read_dir(self.0.path().join("seen")).unwrap() {
            let note = note.unwrap();
            fs::copy(note.path(), scene.witness().join(note.file_name())).unwrap();
        }
        scene
    }
}

impl Scene {
    fn file(&self) -> PathBuf {
        self.0.path().join("a.db")
    }

    fn witness(&self) -> PathBuf {
        self.0.path().join("seen")
    }

    fn serve(&self) -> Result<Database, Error> {
        let witnesses = vec![Place::folder(self.witness())];
        Database::open_with(self.file(), kek(), &Options { witnesses, ..Options::default() })
    }

    /// Runs the program; what it was told is done, and whether it came to its end.
    fn run(&self, (write, call): (i64, u64)) -> (Vec<String>, bool) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_steps"));
        command.arg(self.file()).arg(self.witness()).arg(write.to_string()).arg(call.to_string());
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let told = text.lines().filter_map(|line| line.strip_prefix("did ")).map(str::to_owned).collect::<Vec<_>>();
        if output.status.success() {
            assert_eq!(told.last().map(String::as_str), Some("end Ok(())"));
        }
        (told, output.status.success())
    }

    /// What must hold whatever happened.
    fn is_whole(&self, told: &[String]) {
        let restored = told.iter().any(|step| step == "restored");
        let opened = self.serve();
        assert!(opened.is_ok() || (!restored && matches!(opened, Err(Error::Witness(_)))), "{told:?}: {opened:?}");
        drop(opened);
        let mut database = Database::open(self.file(), kek()).unwrap();
        let vault = clinic(&mut database).unwrap();
        for record in told.iter().filter_map(|step| step.strip_prefix("made ")) {
            let id = RecordId::parse(record).unwrap();
            let read = database.write(|unit| vault.read(unit, &PATIENT, id)).unwrap().open().unwrap();
            assert!(read.integrity().is_intact(), "{told:?}");
        }
        drop(database);
        self.is_intact(restored, told);
        // And it goes on from there to its end.
        let (rest, ended) = self.run((i64::MAX, 0));
        assert!(ended, "{told:?}, then {rest:?}");
        drop(self.serve().unwrap());
        self.is_intact(true, told);
    }

    /// The examination from outside finds nothing; before the restore, only that an end is lost.
    fn is_intact(&self, restored: bool, told: &[String]) {
        let heads = Folder::new(self.witness()).heads().unwrap();
        let anchors = heads.into_iter().map(Anchor::head).collect::<Vec<_>>();
        let (mut sources, inspected) = Inspection::open(&self.file(), 1).unwrap();
        let trust = Some(trust_of(&mut sources[0]));
        let anchors = if restored { anchors } else { Vec::new() };
        let mut found = Vec::new();
        let options = Examined { trust, anchors, ..Examined::default() };
        let report = verify(&mut sources, options, &mut |one| found.push(one.to_string())).unwrap();
        assert_eq!((report.integrity, &found), (Integrity::Intact, &Vec::new()), "{told:?}");
        assert_eq!(verify_records(&mut sources[0], [7; 32], &mut |_| {}), Ok(0), "{told:?}");
        drop(sources);
        inspected.close().unwrap();
    }
}

fn trust_of(source: &mut Inspection) -> Trust {
    let own = source.heads().unwrap().into_iter().flatten().min_by_key(|head| head.tenant).unwrap();
    let mut trust = None;
    let mut read = |entry: &hipaa_core::verify::EntryView<'_>| {
        if let Stored::Blob(body) = entry.body {
            trust = Trust::of_genesis(body).ok();
        }
    };
    source.entries(own.log, (0, 1), &mut read).unwrap();
    trust.unwrap()
}

#[test]
fn killed_at_every_write_of_append_period_change_push_and_restore_nothing_acknowledged_is_lost() {
    let template = Template::new();
    let stride = i64::try_from(setting("HIPAA_CRASH_STRIDE", 17)).unwrap();
    let (mut write, mut kills) = (1, 0);
    loop {
        let scene = template.copy();
        let (told, ended) = scene.run((write, 0));
        scene.is_whole(&told);
        if ended {
            break;
        }
        (write, kills) = (write + stride, kills + 1);
    }
    println!("{kills} kills, the last at write {write}");
    assert!(kills > 5);
}

#[test]
fn killed_at_every_file_call_of_the_witness_it_keeps_no_half_head_and_work_goes_on() {
    let template = Template::new();
    let stride = setting("HIPAA_CALL_STRIDE", 1);
    let (mut call, mut kills) = (1, 0);
    loop {
        let scene = template.copy();
        let (told, ended) = scene.run((i64::MAX, call));
        scene.is_whole(&told);
        if ended {
            break;
        }
        (call, kills) = (call + stride, kills + 1);
    }
    println!("{kills} kills, the last before call {call}");
    assert!(kills > 10);
}

#[test]
fn an_error_at_every_file_call_of_the_witness_is_told_and_harms_neither_log_nor_witness() {
    let (_turn, template) = (Turn::take(), Template::new());
    let attempt = |call: Call| {
        let scene = template.copy();
        let mut told = Vec::new();
        disk::inject(&scene.witness(), call);
        let outcome = run((&scene.file(), &scene.witness()), &mut |step| told.push(step.to_owned()));
        (scene, outcome, told, disk::heal())
    };
    let (_, outcome, told, calls) = attempt(Call::Never);
    assert_eq!((outcome, told.len()), (Ok(()), 7));
    // Every kind of call that a witness makes is among them.
    for kind in ["open", "write", "sync", "rename", "lock", "list"] {
        assert!(calls.contains(&kind), "{kind}: {calls:?}");
    }
    let stride = usize::try_from(setting("HIPAA_CALL_STRIDE", 1)).unwrap();
    for at in (1..=calls.len() as u64).step_by(stride) {
        for call in [Call::Once(at), Call::From(at), Call::Late(at)] {
            let (scene, outcome, told, seen) = attempt(call);
            assert!(
                matches!(outcome, Err(Error::Witness(WitnessError::Unreachable(_)))),
                "{call:?} {seen:?}: {outcome:?}"
            );
            scene.is_whole(&told);
        }
    }
    println!("{} file calls, 3 faults each, stride {stride}", calls.len());
}

#[test]
fn an_error_at_every_write_of_period_change_push_and_restore_is_clean() {
    let (turn, template) = (Turn::take(), Template::new());
    let attempt = |fault: Fault| {
        let scene = template.copy();
        let mut told = Vec::new();
        turn.inject(fault);
        let outcome = run((&scene.file(), &scene.witness()), &mut |step| told.push(step.to_owned()));
        let count = turn.count();
        turn.heal();
        (scene, outcome, told, count)
    };
    let (_, outcome, told, operations) = attempt(Fault::Once(i64::MAX));
    assert_eq!((outcome, told.len()), (Ok(()), 7));
    let stride = usize::try_from(setting("HIPAA_CRASH_STRIDE", 17)).unwrap();
    let mut failed = 0;
    for at in (1..=operations).step_by(stride) {
        for fault in [Fault::Once(at), Fault::From(at), Fault::Full(at)] {
            let (scene, outcome, told, _) = attempt(fault);
            failed += u32::from(outcome.is_err());
            scene.is_whole(&told);
        }
    }
    println!("{operations} operations, stride {stride}: {failed} runs with a clean error");
    assert!(failed > 0, "no fault was ever noticed");
}
