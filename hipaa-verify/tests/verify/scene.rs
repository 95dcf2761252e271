//! A deployment with two tenants in a file, what was kept outside of it, and the command.

use hipaa_core::audit::{Action, Actor, Event, EventName, LogId, SignedCheckpoint, StoredHead, Trust, operator_key};
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_core::keys::Kek;
use hipaa_core::schema::{Column, Date, Index, RecordId, Table, TenantId, Text};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::vault::{Permissions, Row, TenantVault};
use hipaa_core::verify::Source as _;
use hipaa_sqlite::inspect::Inspection;
use hipaa_sqlite::{Database, Error, Options};
use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

pub(crate) const FAMILY: Column<Text> = Column::text("family");
const BORN: Column<Date> = Column::date("birth_date");
const BY_NAME: Index<(Text, Date)> = Index::exact("name_birth", FAMILY.as_name()).and(BORN.as_day());
pub(crate) const PATIENT: Table = Table::new("patient", &[FAMILY.def(), BORN.def()], &[BY_NAME.def()]);
const PRINTED: EventName = EventName::application("com.example.label_printed");
/// Events without a subject that stand in the middle of every tenant's log.
pub(crate) const EVENTS: u64 = 600;
/// The first of them.
pub(crate) const FIRST: u64 = 3;

/// A file beside a database that the second verifier is not to judge.
const OURS_ALONE: &str = "ours-alone";

pub(crate) fn kek() -> Kek {
    Kek::from_text(&"0f".repeat(32).into()).unwrap()
}

/// A file, and what was kept beside it.
pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) north: LogId,
    pub(crate) south: LogId,
    pub(crate) own: LogId,
    pub(crate) record: RecordId,
}

/// What a scene is made of, in memory: a static that owned a folder would leave it behind.
struct Template {
    files: Vec<(PathBuf, Vec<u8>)>,
    logs: [LogId; 3],
    record: RecordId,
}

/// One finding of the command: class, log, first and last place.
pub(crate) type Found = (String, Option<LogId>, Option<(u64, u64)>);

pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) found: BTreeSet<Found>,
    pub(crate) json: serde_json::Value,
}

impl Scene {
    /// A copy of a file that was made once: `emr.db`, its earlier state `early.db`, the trust file and the witness's notes.
    pub(crate) fn new() -> Self {
        static TEMPLATE: OnceLock<Template> = OnceLock::new();
        Self::copy_of(TEMPLATE.get_or_init(|| build(EVENTS)))
    }

    /// One with few events.
    pub(crate) fn small(events: u64) -> Self {
        Self::copy_of(&build(events))
    }

    fn copy_of(template: &Template) -> Self {
        let folder = tempfile::tempdir().unwrap();
        lay(&template.files, folder.path());
        let [own, north, south] = template.logs;
        Self { folder, north, south, own, record: template.record }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("emr.db")
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::parse(&fs::read_to_string(self.folder.path().join("trust")).unwrap()).unwrap()
    }

    pub(crate) fn size(&self, log: LogId) -> u64 {
        heads(&self.path()).into_iter().find(|head| head.log == log).unwrap().size
    }

    /// Runs the built command with the trust file.
    pub(crate) fn verify(&self, more: &[&str]) -> Outcome {
        self.run(&[&["--trust", "trust"], more].concat())
    }

    /// Runs the built command with the trust file and what the witness has seen.
    pub(crate) fn verify_witnessed(&self, more: &[&str]) -> Outcome {
        self.verify(&[&["--witness", "witness"], more].concat())
    }

    pub(crate) fn run(&self, more: &[&str]) -> Outcome {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hipaa-verify"));
        let output = command.current_dir(self.folder.path()).arg("emr.db").arg("--json").args(more).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let code = output.status.code().unwrap();
        assert!(!text.is_empty(), "{code}: {}", String::from_utf8_lossy(&output.stderr));
        let json = serde_json::from_str(&text).unwrap();
        self.keep(&json, more);
        Outcome { code, found: found(&json), json }
    }

    /// The second verifier names other places where rows have no shape, and counts a gap entry by entry.
    pub(crate) fn for_ours_alone(&self) {
        fs::write(self.folder.path().join(OURS_ALONE), "").unwrap();
    }

    /// The exit code of the built command with all that was kept outside, whatever it says.
    pub(crate) fn exit_code(&self) -> Option<i32> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hipaa-verify"));
        let command =
            command.current_dir(self.folder.path()).args(["emr.db", "--trust", "trust", "--witness", "witness"]);
        command.output().unwrap().status.code()
    }

    /// With `HIPAA_KEEP_CASES=FOLDER`, every file that was judged is kept with its verdict, for a second verifier.
    fn keep(&self, json: &serde_json::Value, more: &[&str]) {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Some(folder) = std::env::var_os("HIPAA_KEEP_CASES") else { return };
        let witness = more.iter().position(|option| *option == "--witness").map(|at| more[at + 1]);
        // Only what the second verifier reads: no records, no files from elsewhere.
        let elsewhere = witness.is_some_and(|folder| folder != "witness") || more.contains(&"--records");
        let ours = self.folder.path().join(OURS_ALONE).exists();
        if ours || elsewhere || self.folder.path().join("emr.db-wal").exists() {
            return;
        }
        let case = Path::new(&folder).join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        fs::create_dir_all(&case).unwrap();
        lay(&files(self.folder.path()), &case);
        let mut kept = more.iter().filter(|name| **name == "kept").map(|name| (*name).to_owned()).collect::<Vec<_>>();
        if witness.is_some() {
            let notes = fs::read_dir(case.join("witness")).unwrap();
            kept.extend(notes.map(|note| format!("witness/{}", note.unwrap().file_name().to_str().unwrap())));
        }
        let mut verdict = json.clone();
        verdict["trust"] = more.contains(&"--trust").into();
        verdict["kept"] = kept.into();
        fs::write(case.join("verdict.json"), verdict.to_string()).unwrap();
    }

    pub(crate) fn open(&self) -> Database {
        open(&self.path(), Timestamp::from_micros(9_000_000_000))
    }

    pub(crate) fn vault(&self, log: LogId) -> TenantVault {
        let head = heads(&self.path()).into_iter().find(|head| head.log == log).unwrap();
        vault(head.tenant)
    }
}

fn found(json: &serde_json::Value) -> BTreeSet<Found> {
    let one = |found: &serde_json::Value| {
        let log = found["log"].as_str().map(|log| LogId(hex::decode(log).unwrap().try_into().unwrap()));
        let places = found["first"].as_u64().zip(found["last"].as_u64());
        (found["class"].as_str().unwrap().to_owned(), log, places)
    };
    json["breaks"].as_array().unwrap().iter().map(one).collect()
}

/// Every file below a folder, by its name in it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| {
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_file() {
            return vec![(name, fs::read(path).unwrap())];
        }
        files(&path).into_iter().map(|(file, bytes)| (name.join(file), bytes)).collect()
    };
    entries.flat_map(below).collect()
}

fn lay(files: &[(PathBuf, Vec<u8>)], folder: &Path) {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn open(path: &Path, time: Timestamp) -> Database {
    let options = Options { clock: Clock::manual(time), ..Options::default() };
    let mut db = Database::open_with(path, kek(), &options).unwrap();
    db.declare(&[&PATIENT]).unwrap();
    db
}

pub(crate) fn heads(path: &Path) -> Vec<StoredHead> {
    let (mut sources, inspected) = Inspection::open(path, 1).unwrap();
    let heads = sources[0].heads().unwrap().into_iter().flatten().collect();
    drop(sources);
    inspected.close().unwrap();
    heads
}

fn vault(tenant: TenantId) -> TenantVault {
    let actor = Actor::new(tenant, "dr-osei", "clinician").unwrap().with_user_agent("a browser");
    TenantVault::new(actor, Permissions::everything())
}

impl Scene {
    /// A folder with another deployment of the same shape.
    pub(crate) fn rebuilt() -> TempDir {
        Self::copy_of(&build(EVENTS)).folder
    }
}

pub(crate) fn patient(family: &str) -> Row {
    Row::new().set(FAMILY, family).set(BORN, Date::new(1980, 2, 29).unwrap())
}

fn build(events: u64) -> Template {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("emr.db");
    let clock = Clock::manual(Timestamp::from_micros(1_000_000));
    let operator_key = Some(operator_key(&crate::restore::OPERATOR));
    let options = Options { clock: clock.clone(), operator_key, ..Options::default() };
    let mut db = Database::open_with(&path, kek(), &options).unwrap();
    db.declare(&[&PATIENT]).unwrap();
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    let (mut records, mut logs) = (Vec::new(), Vec::new());
    for name in ["North", "South"] {
        let tenant = db.write(|unit| create_tenant(unit, &operator, name)).unwrap().into_inner();
        logs.push(tenant.log);
        let start = i64::try_from(logs.len()).unwrap() * 1_000_000_000;
        records.push(fill(&mut db, tenant.id, &clock, start..start + events.cast_signed()));
    }
    drop(db);
    fs::copy(&path, folder.path().join("early.db")).unwrap();
    let mut db = Database::open_with(&path, kek(), &options).unwrap();
    for (record, head) in records.iter().zip(heads_of(&path, &logs)) {
        clock.set(Timestamp::from_micros(3_000_000_000));
        let vault = vault(head.tenant);
        let change = Row::new().set(FAMILY, "Osei-Brandt");
        db.write(|unit| vault.update(unit, &PATIENT, (*record, 1), &change)).unwrap().into_inner();
        db.write(|unit| vault.read(unit, &PATIENT, *record)).unwrap().open().unwrap();
    }
    drop(db);
    keep_outside(folder.path(), &path);
    let own = heads(&path).into_iter().find(|head| head.tenant == TenantId::DEPLOYMENT).unwrap().log;
    Template { files: files(folder.path()), logs: [own, logs[0], logs[1]], record: records[0] }
}

fn heads_of(path: &Path, logs: &[LogId]) -> Vec<StoredHead> {
    let heads = heads(path);
    logs.iter().map(|log| heads.iter().find(|head| head.log == *log).unwrap().clone()).collect()
}

/// Genesis, two entries for a record, then events without subjects, a microsecond apart.
fn fill(db: &mut Database, tenant: TenantId, clock: &Clock, times: Range<i64>) -> RecordId {
    let vault = vault(tenant);
    let record = db.write(|unit| vault.create(unit, &PATIENT, &patient("Osei"))).unwrap().into_inner();
    db.write(|unit| vault.read(unit, &PATIENT, record)).unwrap().open().unwrap();
    let actor = Actor::new(tenant, "dr-osei", "clinician").unwrap();
    let printed = |unit: &mut hipaa_sqlite::Unit<'_>| -> Result<(), Error> {
        for n in times {
            clock.set(Timestamp::from_micros(n));
            let event = Event::new(&actor, PRINTED, Action::Execute).request(&format!("request {n}"));
            (unit as &mut dyn hipaa_core::unit::Unit).append(&event).map_err(Error::from)?;
        }
        Ok(())
    };
    db.write(printed).unwrap().into_inner();
    record
}

/// The trust file, and the note of every head as a witness keeps it.
fn keep_outside(folder: &Path, path: &Path) {
    let trust = trust_of(path);
    fs::write(folder.join("trust"), trust.to_string()).unwrap();
    fs::create_dir(folder.join("witness")).unwrap();
    for head in heads(path) {
        let note = SignedCheckpoint::of_head(&head, &trust.deployment, &trust.head_key).unwrap();
        fs::write(folder.join("witness").join(head.log.to_string()), note.encode()).unwrap();
    }
}

/// What the genesis entry of the deployment says.
pub(crate) fn trust_of(path: &Path) -> Trust {
    let (mut sources, inspected) = Inspection::open(path, 1).unwrap();
    let own =
        sources[0].heads().unwrap().into_iter().flatten().find(|head| head.tenant == TenantId::DEPLOYMENT).unwrap();
    let mut trust = None;
    let mut read = |entry: &hipaa_core::verify::EntryView<'_>| {
        if let hipaa_core::verify::Stored::Blob(body) = entry.body {
            trust = Trust::of_genesis(body).ok();
        }
    };
    sources[0].entries(own.log, (0, 1), &mut read).unwrap();
    drop(sources);
    inspected.close().unwrap();
    trust.unwrap()
}
