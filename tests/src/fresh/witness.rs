//! A folder of heads that somebody else can write into, and what the application makes of it.

use super::verifier::make_pipe;
use super::{Kit, kek, operator};
use hipaa_core::audit::WitnessError;
use hipaa_sqlite::witness::Folder;
use hipaa_sqlite::{Database, Error};
use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

fn begun(kit: &mut Kit) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    kit.db.begin_witness(&mut Folder::new(folder.path())).unwrap();
    folder
}

/// What another process says when it starts; none where it does not come to an end.
fn start(kit: &Kit, folder: &Path) -> Option<Result<(), Error>> {
    let (path, folder) = (kit.path(), folder.to_owned());
    let (answer, answered) = mpsc::channel();
    std::thread::spawn(move || {
        let compared = Database::open(path, kek()).and_then(|mut db| db.compare_with(&mut Folder::new(folder)));
        let _ = answer.send(compared);
    });
    answered.recv_timeout(Duration::from_secs(20)).ok()
}

/// Red if a file that is none could hold the start of the application for ever, or its memory.
#[test]
fn a_folder_with_pipes_links_and_endless_files_is_refused_at_once() {
    for kind in ["pipe", "zeros", "folder", "link to itself", "empty", "cut", "pipe for a lock"] {
        let mut kit = Kit::new();
        let folder = begun(&mut kit);
        let there = folder.path().join("99999999999999999999.note");
        match kind {
            "pipe" => make_pipe(&there),
            "zeros" => {
                // As many zeros as would be noticed, and not so many that the machine suffers.
                fs::File::create(&there).unwrap().set_len(1 << 28).unwrap();
            }
            "folder" => fs::create_dir(&there).unwrap(),
            "link to itself" => std::os::unix::fs::symlink(&there, &there).unwrap(),
            "empty" => fs::write(&there, "").unwrap(),
            "cut" => fs::write(&there, "hipaa-core/00").unwrap(),
            _ => {
                fs::remove_file(folder.path().join(".lock")).unwrap();
                make_pipe(&folder.path().join(".lock"));
            }
        }
        let before = resident();
        let answer = start(&kit, folder.path()).unwrap_or_else(|| panic!("the start hangs: {kind}"));
        assert!(matches!(answer, Err(Error::Witness(_))), "{kind}: {answer:?}");
        assert!(resident() < before + 128 * 1024, "{kind}: {} KiB more", resident() - before);
    }
}

/// The most memory that this process has had, in KiB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0)
}

/// Red if the highest head alone counted where an older one tells of another log.
#[test]
fn a_database_without_the_period_in_which_the_witness_was_pushed_is_refused() {
    let mut kit = Kit::new();
    kit.person("1", "Quist");
    let early = fs::read(snapshot(&mut kit)).unwrap();
    kit.db.end_signing_period(&operator()).unwrap();
    let folder = begun(&mut kit);
    // The same deployment, put back, and grown longer than the witness has seen it, in its first period.
    let path = kit.folder.path().join("restored.db");
    fs::write(&path, early).unwrap();
    let mut restored = Database::open(&path, kek()).unwrap();
    for _ in 0..6 {
        restored.end_signing_period(&operator()).unwrap();
    }
    let compared = restored.compare_with(&mut Folder::new(folder.path()));
    assert!(matches!(compared, Err(Error::Witness(WitnessError::Forked | WitnessError::RolledBack))), "{compared:?}");
    let pushed = restored.push_to(&mut Folder::new(folder.path()));
    assert!(pushed.is_err());
    assert_eq!(kit.db.compare_with(&mut Folder::new(folder.path())), Ok(()));
}

fn snapshot(kit: &mut Kit) -> std::path::PathBuf {
    kit.db.empty_journal().unwrap();
    kit.path()
}

/// Red if a witness that was emptied, or whose highest head was taken away, could be begun again or made to look lower
/// by the application that asks it.
#[test]
fn a_witness_that_was_emptied_is_begun_by_nobody_in_silence() {
    let mut kit = Kit::new();
    let folder = begun(&mut kit);
    for file in fs::read_dir(folder.path()).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    assert_eq!(start(&kit, folder.path()), Some(Err(Error::Witness(WitnessError::Empty))));
    assert!(kit.db.push_to(&mut Folder::new(folder.path())).is_err());
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().filter(|it| it.as_ref().unwrap().file_name() != ".lock").count(),
        0
    );
}

/// Red if one process that keeps its folder open kept every other from starting.
#[test]
fn a_process_that_has_compared_and_not_pushed_yet_keeps_no_other_from_starting() {
    let mut kit = Kit::new();
    let folder = begun(&mut kit);
    let mut kept = Folder::new(folder.path());
    kit.db.compare_with(&mut kept).unwrap();
    assert_eq!(start(&kit, folder.path()), Some(Ok(())));
    drop(kept);
}
