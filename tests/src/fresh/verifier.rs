//! Files that are made to mislead `hipaa-verify`, to keep it busy for ever, or to break it.

mod cost;

use super::{Kit, kek, operator, person, row};
use ed25519_dalek::{Signer, SigningKey};
use hipaa_core::audit::SignedCheckpoint;
use hipaa_core::tenancy::trust;
use hipaa_core::verify::Source as _;
use hipaa_sqlite::inspect::Inspection;
use hipaa_sqlite::rusqlite::Connection;
use hipaa_sqlite::rusqlite::types::Value;
use hipaa_sqlite::{Database, Error};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Longer than any honest run over a few hundred entries, on a busy machine, too.
const PATIENCE: Duration = Duration::from_secs(60);

/// Exit code and all that was printed; a panic or a run without end is a failed test.
pub(super) fn verdict(file: &Path, more: &[&str]) -> (u8, String) {
    verdict_within(file, more, PATIENCE).expect("hipaa-verify hangs or panics")
}

fn verdict_within(file: &Path, more: &[&str], patience: Duration) -> Option<(u8, String)> {
    let arguments = [OsString::from("hipaa-verify"), file.as_os_str().to_owned()];
    let arguments = arguments.into_iter().chain(more.iter().map(OsString::from)).collect::<Vec<_>>();
    let (answer, answered) = mpsc::channel();
    thread::spawn(move || {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = hipaa_verify::run(arguments, &mut out, &mut err, false);
        let _ = answer.send((code, String::from_utf8_lossy(&[out, err].concat()).into_owned()));
    });
    answered.recv_timeout(patience).ok()
}

/// The trust file of the first day, beside the database.
pub(super) fn trust_file(kit: &Kit) -> PathBuf {
    let path = kit.folder.path().join("trust");
    if !path.exists() {
        let mut db = Database::open(kit.path(), kek()).unwrap();
        let text = db.write(|unit| trust(unit).map_err(Error::from)).unwrap().into_inner().to_string();
        fs::write(&path, text).unwrap();
    }
    path
}

/// A clinic with some records, everything of it seen from outside: the exit code is 0.
struct Case {
    kit: Kit,
    trust: PathBuf,
    witness: PathBuf,
}

impl Case {
    fn new() -> Self {
        let mut kit = Kit::new();
        let trust = trust_file(&kit);
        for number in 0..12 {
            kit.person(&number.to_string(), "Osterman");
        }
        let witness = kit.folder.path().join("witness");
        fs::create_dir(&witness).unwrap();
        kit.db.begin_witness(&mut hipaa_sqlite::witness::Folder::new(&witness)).unwrap();
        kit.db.empty_journal().unwrap();
        let case = Self { kit, trust, witness };
        let (code, said) = case.judged(&["--records"]);
        assert_eq!(code, 0, "{said}");
        case
    }

    fn judged(&self, more: &[&str]) -> (u8, String) {
        let (trust, witness) = (self.trust.to_str().unwrap(), self.witness.to_str().unwrap());
        verdict(&self.kit.path(), &[&["--trust", trust, "--witness", witness], more].concat())
    }

    /// The same with some patience: none where the run does not end.
    fn ends(&self, more: &[&str]) -> Option<(u8, String)> {
        let (trust, witness) = (self.trust.to_str().unwrap(), self.witness.to_str().unwrap());
        let more = [&["--trust", trust, "--witness", witness], more].concat();
        verdict_within(&self.kit.path(), &more, Duration::from_secs(30))
    }

    fn sql(&self, sql: &str) {
        let thief = self.kit.thief();
        thief.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
        thief.execute_batch(sql).unwrap();
    }

    /// Makes a table anew without any rule; `columns` stand for its columns.
    fn rebuild(&self, table: &str, columns: &str) {
        self.sql(&format!(
            "CREATE TABLE copy AS SELECT {columns} FROM {table}; DROP TABLE {table}; ALTER TABLE copy RENAME TO {table}"
        ));
    }
}

/// Rows beside others of the same place, by table.
const TWINS: [(&str, &str); 15] = [
    (
        "hipaa_audit",
        "INSERT INTO hipaa_audit SELECT log, sequence, zeroblob(9), zeroblob(32), NULL, time, name, actor
  FROM hipaa_audit WHERE sequence = 3",
    ),
    ("hipaa_audit", "INSERT INTO hipaa_audit SELECT * FROM hipaa_audit WHERE sequence = 3"),
    (
        "hipaa_audit",
        "INSERT INTO hipaa_audit SELECT log, CAST(sequence AS TEXT), body, leaf, details, time, 'x', actor
  FROM hipaa_audit WHERE sequence = 3",
    ),
    (
        "hipaa_audit",
        "INSERT INTO hipaa_audit SELECT log, sequence + 0.5, body, leaf, details, time, name, actor
  FROM hipaa_audit WHERE sequence = 3",
    ),
    (
        "hipaa_audit",
        "INSERT INTO hipaa_audit SELECT CAST(log AS TEXT), sequence, body, leaf, details, time, name, actor
  FROM hipaa_audit WHERE sequence = 3",
    ),
    (
        "hipaa_audit",
        "INSERT INTO hipaa_audit SELECT NULL, sequence, body, leaf, details, time, name, actor
  FROM hipaa_audit WHERE sequence = 3",
    ),
    (
        "hipaa_audit",
        "INSERT INTO hipaa_audit SELECT log, NULL, body, leaf, details, time, name, actor
  FROM hipaa_audit WHERE sequence = 3",
    ),
    ("hipaa_head", "INSERT INTO hipaa_head SELECT * FROM hipaa_head"),
    (
        "hipaa_head",
        "INSERT INTO hipaa_head SELECT tenant, log, size + 1, zeroblob(32), last_time, range, signature, mac
  FROM hipaa_head",
    ),
    ("hipaa_tenant", "INSERT INTO hipaa_tenant SELECT * FROM hipaa_tenant"),
    ("hipaa_tenant", "INSERT INTO hipaa_tenant SELECT tenant, log, 'Another', mac FROM hipaa_tenant"),
    ("hipaa_audit_subject", "INSERT INTO hipaa_audit_subject SELECT * FROM hipaa_audit_subject"),
    (
        "hipaa_state",
        "INSERT INTO hipaa_state SELECT tbl, record, tenant, version + 1, zeroblob(32), place FROM hipaa_state",
    ),
    (
        "hipaa_state",
        "INSERT INTO hipaa_state SELECT CAST(tbl AS BLOB), record, tenant, version, mac, place FROM hipaa_state",
    ),
    ("hipaa_term", "INSERT INTO hipaa_term SELECT * FROM hipaa_term"),
];

/// Red if rows of one place were read as one: what the application shows could be another than what was judged.
#[test]
fn two_rows_in_one_place_are_found() {
    for (table, twin) in TWINS {
        let case = Case::new();
        case.rebuild(table, "*");
        case.sql(twin);
        let (code, said) = case.judged(&["--records"]);
        assert!(code == 1, "exit {code} for {twin}: {said}");
    }
}

/// Red if what stands in the file could write lines of its own into the result, or control a terminal.
#[test]
fn what_stands_in_the_file_writes_no_line_of_the_result() {
    let case = Case::new();
    let bad = "'x' || char(10) || 'integrity: intact' || char(10) || char(27) || '[2J' || char(13) || char(0x202e)";
    case.sql(&format!(
        "UPDATE hipaa_state SET tbl = {bad}; DROP TRIGGER hipaa_audit_no_update;
         UPDATE hipaa_audit SET name = {bad}, actor = {bad} WHERE sequence > 2; UPDATE hipaa_table SET label = {bad}, sql_name = {bad};
         UPDATE hipaa_term SET tbl = {bad}; UPDATE hipaa_tenant SET name = {bad};
         INSERT INTO hipaa_checkpoint SELECT log, 2, {bad} FROM hipaa_head"
    ));
    for more in [&["--records"][..], &["--records", "--json"]] {
        let (code, said) = case.judged(more);
        assert!(matches!(code, 1..=3), "exit {code}");
        let control = said.chars().any(|it| it != '\n' && it.is_control());
        assert!(!control && !said.lines().any(|line| line == "integrity: intact"), "{said}");
    }
}

/// Red if a note that nobody of the deployment signed were counted as seen.
#[test]
fn a_note_that_a_stranger_signed_anchors_nothing() {
    let mut case = Case::new();
    case.kit.person("more", "Quist");
    case.kit.db.empty_journal().unwrap();
    assert_eq!(case.judged(&[]).0, 4);
    let (mut sources, inspected) = Inspection::open(&case.kit.path(), 1).unwrap();
    let heads = sources[0].heads().unwrap().into_iter().flatten().collect::<Vec<_>>();
    drop(sources);
    inspected.close().unwrap();
    let stranger = SigningKey::from_bytes(&[7; 32]);
    let deployment = case.kit.db.notary().deployment();
    for (kind, key) in [("own", stranger.verifying_key().to_bytes()), ("ours", case.kit.db.notary().head_key())] {
        for head in &heads {
            let at = head.verify_signature(deployment, &case.kit.db.notary().head_key()).unwrap().at(deployment);
            let signature = stranger.sign(at.text().as_bytes()).to_bytes();
            let note = SignedCheckpoint::new(at, &key, &signature).encode();
            fs::write(case.witness.join(format!("zz {kind} {}", head.log)), note).unwrap();
        }
        let (code, said) = case.judged(&[]);
        assert!(code != 0, "exit {code} with notes signed by nobody ({kind}): {said}");
    }
}

pub(super) fn make_pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Red if a path could carry options for SQLite.
#[test]
fn a_path_is_a_path_and_no_option() {
    let case = Case::new();
    for name in ["a?mode=memory", "b#c", "d%00e", "f%3fmode=memory.db", "g?vfs=none&cache=shared"] {
        let path = case.kit.folder.path().join(name);
        fs::copy(case.kit.path(), &path).unwrap();
        let (trust, witness) = (case.trust.to_str().unwrap(), case.witness.to_str().unwrap());
        let (code, said) = verdict(&path, &["--trust", trust, "--witness", witness]);
        assert_eq!(code, 0, "{name}: {said}");
    }
}

/// What can be judged without a key.
fn dump(path: &Path) -> Option<Vec<Vec<Value>>> {
    let file = Connection::open(path).ok()?;
    let mut all = Vec::new();
    for (table, columns) in [
        ("hipaa_tenant", "tenant, log"),
        ("hipaa_state", "tbl, record, tenant, version, mac"),
        ("hipaa_term", "*"),
        ("hipaa_head", "tenant, log, size, last_leaf, last_time, range, signature"),
        ("hipaa_audit", "*"),
        ("hipaa_audit_subject", "*"),
    ] {
        let mut statement = file.prepare(&format!("SELECT {columns} FROM {table} NOT INDEXED")).ok()?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).ok()?;
        for found in rows {
            all.push(found.ok()?);
        }
    }
    Some(all)
}

/// Red if torn or rotten pages made the verifier panic, run for ever, or call a changed log intact.
#[test]
fn rotten_pages_are_no_panic_and_no_clean_result() {
    let case = Case::new();
    let (good, path) = (fs::read(case.kit.path()).unwrap(), case.kit.folder.path().join("rotten.db"));
    let rounds = std::env::var("FRESH_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(150);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    fs::write(&path, &good).unwrap();
    let before = dump(&path).unwrap();
    let (trust, witness) = (case.trust.to_str().unwrap().to_owned(), case.witness.to_str().unwrap().to_owned());
    for round in 0..rounds {
        let mut bytes = good.clone();
        for _ in 0..=next(6) {
            let page = next(good.len() / 4096) * 4096;
            // The heads of pages and their cell pointers hurt most.
            let at = if next(2) == 0 { page + next(60) } else { page + next(4096) };
            bytes[at] ^= 1 << next(8);
        }
        fs::write(&path, &bytes).unwrap();
        let more = ["--trust", &trust, "--witness", &witness, "--records"];
        let (code, said) =
            verdict_within(&path, &more, PATIENCE).unwrap_or_else(|| panic!("no end, or a panic, in round {round}"));
        if code == 0 {
            let now = dump(&path);
            assert!(now.is_none() || now == Some(before.clone()), "round {round}: clean, and changed: {said}");
        }
    }
}

/// Red if a new deployment under the trust file of the old one, or with the witness of the old one, were clean.
#[test]
fn another_deployment_under_copied_papers_is_not_clean() {
    let case = Case::new();
    let mut other = Kit::new();
    other
        .db
        .write(|unit| Ok::<_, Error>(other.clinic.create(unit, &person::TABLE, &row("1", "Quist"))?))
        .unwrap()
        .into_inner();
    other.db.end_signing_period(&operator()).unwrap();
    other.db.empty_journal().unwrap();
    let own = trust_file(&other);
    let witness = case.witness.to_str().unwrap();
    for (papers, wrong) in [(&case.trust, 1..=1), (&own, 1..=4)] {
        let (code, said) = verdict(&other.path(), &["--trust", papers.to_str().unwrap(), "--witness", witness]);
        assert!(wrong.contains(&code), "exit {code}: {said}");
    }
}
