//! Who can read and write the files.

use super::{Finding, Verdict, beside};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Any permission of the group or of others.
const OTHERS: u32 = 0o077;

/// The database, the files beside it, its folder and the key.
pub(super) fn examine(database: &Path, key: Option<&Path>) -> Vec<Finding> {
    const FILE: &str = "chmod 600 it: who copies it can work on it in peace, and who writes it destroys records";
    const FOLDER: &str =
        "keep the database in a folder of its own, chmod 700: who can write there can replace its files";
    const KEY: &str = "chmod 600 it: whoever has key and database can read everything";
    let folder = database.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut findings = vec![mode("database", database, FILE)];
    findings.extend(
        ["-wal", "-shm"]
            .map(|end| beside(database, end))
            .iter()
            .filter(|path| path.exists())
            .map(|path| mode("file beside the database", path, FILE)),
    );
    findings.push(mode("folder of the database", folder, FOLDER));
    findings.extend(key.map(|key| mode("key file", key, KEY)));
    if database.exists() {
        findings.extend(["-gate", "-room"].map(|end| lock(&beside(database, end))));
    }
    findings
}

fn mode(check: &'static str, path: &Path, remedy: &'static str) -> Finding {
    let Ok(metadata) = fs::metadata(path) else {
        return Finding::new(check, Verdict::Unknown, format!("{} is not there", path.display()), "make it first");
    };
    let mode = metadata.mode() & 0o777;
    Finding::judge(check, mode & OTHERS == 0, format!("{} has mode {mode:03o}", path.display()), remedy)
}

/// Without them writers still exclude each other, but wait in no order.
fn lock(path: &Path) -> Finding {
    const REMEDY: &str = "let the application's user write it; without it, waiting writers are served in no order";
    let writable = path.is_file() && OpenOptions::new().write(true).open(path).is_ok();
    let found = match (path.is_file(), writable) {
        (false, _) => "is missing",
        (true, false) => "cannot be written",
        (true, true) => "can be written",
    };
    Finding::judge("lock file", writable, format!("{} {found}", path.display()), REMEDY)
}
