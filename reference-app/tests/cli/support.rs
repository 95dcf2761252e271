//! A folder with a database in it, and the binary that works on it.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(super) const KEK: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
pub(super) const OTHER_KEK: &str = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
pub(super) const TENANT: &str = "North clinic";

pub(super) struct Desk {
    pub(super) folder: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ran {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).expect("the answer is JSON")
    }

    #[track_caller]
    pub(super) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        self
    }
}

impl Desk {
    /// A folder with nothing in it.
    pub(super) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with a database that has one tenant.
    pub(super) fn new() -> Self {
        let desk = Self::empty();
        desk.run(&["tenant", "create", TENANT]).ended(0);
        desk
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path("reference-app.db")
    }

    /// Writes a file beside the database and returns its name.
    pub(super) fn file<'a>(&self, name: &'a str, content: impl AsRef<[u8]>) -> &'a str {
        fs::write(self.path(name), content).unwrap();
        name
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        self.surround(command.args(arguments));
        command
    }

    /// What every command has around it: the folder, the key, and nothing else of ours.
    pub(super) fn surround(&self, command: &mut Command) {
        let given = command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let given = given.collect::<Vec<_>>();
        command.current_dir(self.folder.path()).env_clear().env("HIPAA_KEK", KEK).env("USER", "tester").envs(given);
        command.stdin(Stdio::null());
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ran {
        finish(&mut self.command(arguments))
    }

    /// Runs a command for the tenant: its name is put in behind the first argument.
    pub(super) fn at(&self, arguments: &[&str]) -> Ran {
        let (first, rest) = arguments.split_first().unwrap();
        self.run(&[&[*first, "--tenant", TENANT], rest].concat())
    }

    pub(super) fn import(&self, name: &str) -> Ran {
        self.at(&["import", "--json", name])
    }

    /// The one record with this FHIR id.
    pub(super) fn shown(&self, fhir_id: &str) -> Value {
        self.at(&["show", "--json", "--fhir-id", fhir_id]).ended(0).json()["patient"].clone()
    }
}

pub(super) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_reference-app"))
}

pub(super) fn finish(command: &mut Command) -> Ran {
    let output = loop {
        match command.output() {
            // A copy of the binary counts as open for writing while a test beside this one starts a child.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            output => break output.unwrap(),
        }
    };
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A patient line. `more` is put in as further members.
pub(super) fn patient(id: &str, family: &str, more: &str) -> String {
    let more = if more.is_empty() { String::new() } else { format!(",{more}") };
    let name = format!(r#"{{"use":"official","family":"{family}","given":["Ann","Mary"]}}"#);
    format!(r#"{{"resourceType":"Patient","id":"{id}","name":[{name}],"birthDate":"1980-02-29"{more}}}"#)
}

/// The `identifier` member with an MRN and an SSN.
pub(super) fn numbers(mrn: &str, ssn: &str) -> String {
    let typed = |code: &str, value: &str| format!(r#"{{"type":{{"coding":[{{"code":"{code}"}}]}},"value":"{value}"}}"#);
    format!(r#""identifier":[{},{}]"#, typed("MR", mrn), typed("SS", ssn))
}

pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// The text of a gzip file.
pub(super) fn gunzip(path: &Path) -> String {
    use std::io::Read as _;
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

/// A file or folder of the Synthea data; none where it is not on this machine.
fn data(name: &str) -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let path = repository.join("../shared/data/synthea").join(name);
    if !path.exists() {
        println!("skipped: there is no ../shared/data/synthea/{name} beside the repository");
        return None;
    }
    Some(path)
}

/// The folder with ten whole Synthea charts.
pub(super) fn charts() -> Option<PathBuf> {
    data("ten-patients")
}

/// The Synthea patients, one line each.
pub(super) fn synthea() -> Option<(PathBuf, Vec<String>)> {
    let path = data("Patient-1144.ndjson.gz")?;
    let lines = gunzip(&path).lines().map(str::to_owned).collect();
    Some((path, lines))
}
