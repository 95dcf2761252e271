//! Settings that weaken what the library promises, each with what to do about it.
//!
//! Looks only at the outside of things: names and permissions of files, the mount table, the environment, the clock, the
//! header of the database and the time of its newest audit entry. Needs no key, opens no record and changes nothing.

mod clock;
#[cfg(unix)]
mod files;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod memory;

use crate::config::{Config, KEK_VARIABLE};
use serde::Serialize;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// What came of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Safe,
    /// It weakens a promise.
    Unsafe,
    /// It cannot be told on this machine.
    Unknown,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: &'static str,
    /// What came of it.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do; empty where it is safe.
    pub remedy: &'static str,
}

impl Finding {
    fn new(check: &'static str, verdict: Verdict, found: impl Into<String>, remedy: &'static str) -> Self {
        let remedy = if verdict == Verdict::Safe { "" } else { remedy };
        Self { check, verdict, found: found.into(), remedy }
    }

    fn judge(check: &'static str, safe: bool, found: impl Into<String>, remedy: &'static str) -> Self {
        Self::new(check, if safe { Verdict::Safe } else { Verdict::Unsafe }, found, remedy)
    }
}

/// The machine, as far as the checks look at it.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The mount table.
    pub mounts: PathBuf,
    /// The list of swap devices.
    pub swaps: PathBuf,
    /// What the kernel does with core dumps.
    pub core_pattern: PathBuf,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            mounts: "/proc/mounts".into(),
            swaps: "/proc/swaps".into(),
            core_pattern: "/proc/sys/kernel/core_pattern".into(),
        }
    }
}

/// Every check.
#[must_use]
pub fn examine(config: &Config, surroundings: &Surroundings) -> Vec<Finding> {
    let database = config.database();
    let mut findings = vec![key_source(config)];
    #[cfg(unix)]
    findings.extend(files::examine(database, config.kek_file.as_deref()));
    #[cfg(target_os = "linux")]
    findings.extend([
        linux::file_system(database, &surroundings.mounts),
        memory::core_dumps(&surroundings.core_pattern),
        memory::swap(&surroundings.swaps),
    ]);
    findings.push(clock::synchronised());
    findings.extend(clock::against_the_past(database));
    findings.extend(journal(database));
    findings
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn key_source(config: &Config) -> Finding {
    const REMEDY: &str = "hand the key over with --kek-fd or --kek-file, and unset the variable";
    let set = std::env::var_os(KEK_VARIABLE).is_some();
    let found = match (set, config.kek_file.is_some() || config.kek_fd.is_some()) {
        (true, false) => "the key comes from the environment, which child processes inherit and crash dumps hold",
        (true, true) => "the key comes from elsewhere, but the environment has one, too",
        (false, true) => "the key does not come from the environment",
        (false, false) => "no key is named",
    };
    Finding::judge("key in the environment", !set, found, REMEDY)
}

/// Journal mode is kept in the file's header (bytes 18 and 19), so the database is not opened, which would leave files
/// beside it. `synchronous` is not kept: every connection of the library sets it.
fn journal(database: &Path) -> Option<Finding> {
    const CHECK: &str = "journal mode";
    const REMEDY: &str = "let the application open the database once with `tenant list`; it sets write-ahead logging";
    if !database.exists() {
        return None;
    }
    let mut header = [0; 20];
    let read = File::open(database).and_then(|mut file| file.read_exact(&mut header));
    Some(match (read, &header[18..]) {
        (Ok(()), [2, 2]) => {
            Finding::judge(CHECK, true, "write-ahead log; every connection adds synchronous=FULL", REMEDY)
        }
        (Ok(()), _) => Finding::judge(CHECK, false, "a rollback journal", REMEDY),
        (Err(_), _) => Finding::new(CHECK, Verdict::Unknown, "the database cannot be read", REMEDY),
    })
}
