//! A clock that the tests move under a running server.

use super::super::support::{Desk, binary};
use super::process::{Server, serving};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A clock in front of the server, which the test moves; none where nothing can be built.
pub(super) struct Moved {
    library: PathBuf,
    file: PathBuf,
}

impl Moved {
    pub(super) fn build(desk: &Desk) -> Option<Self> {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/clock.c");
        let library = desk.path("clock.so");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).args([source, "-ldl"]).output();
        if cfg!(target_env = "gnu") && built.is_ok_and(|ran| ran.status.success()) {
            return Some(Self { library, file: desk.path("clock") });
        }
        println!("skipped: no C compiler for the clock of the child, or not on glibc");
        None
    }

    pub(super) fn start(&self, desk: &Desk, settings: &[(&str, &str)]) -> Server {
        let mut command = Command::new(binary());
        command.arg("serve").env("LD_PRELOAD", &self.library).env("CLOCK_FILE", &self.file);
        Server::of(&mut serving(desk, command, settings))
    }

    /// So many seconds from the true time.
    pub(super) fn set(&self, seconds: i64) {
        let whole = self.file.with_extension("new");
        fs::write(&whole, seconds.to_string()).unwrap();
        fs::rename(whole, &self.file).unwrap();
    }
}
