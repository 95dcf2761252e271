//! A fair queue of writers, across processes.
//!
//! SQLite's own waiting is a poll with back-off, under which the process that has just committed wins again and again.
//! So a writer takes two file locks before BEGIN IMMEDIATE: first the *gate*, then the *room*; once in the room it gives the
//! gate back. Whoever leaves the room must pass the gate again, and the gate is held by whoever waits for the room: that one
//! goes in next, so nobody commits twice in a row while another waits. Locks end with their process, whatever becomes of it.
//!
//! The files lie beside the database and hold nothing. Where they cannot be made, SQLite's own waiting serves alone.

use hipaa_core::clock::Stopwatch;
use hipaa_core::store::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

const POLL: Duration = Duration::from_micros(200);

/// The queue of the writers of one database.
#[derive(Debug)]
pub(crate) struct Turnstile {
    gate: File,
    room: File,
    patience: Duration,
}

/// A writer's turn; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a>(&'a File);

impl Turnstile {
    /// The queue beside the database at `path`.
    pub(crate) fn beside(path: &Path, patience: Duration) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let open = |suffix: &str| {
            let lock = path.with_file_name(format!("{name}-{suffix}"));
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(lock).ok()
        };
        Some(Self { gate: open("gate")?, room: open("room")?, patience })
    }

    /// Waits for this writer's turn.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when it does not come in time.
    pub(crate) fn enter(&self) -> Result<Turn<'_>, StoreError> {
        let waiting = Stopwatch::start();
        self.lock(&self.gate, waiting)?;
        let turn = self.lock(&self.room, waiting).map(|()| Turn(&self.room));
        let _ignored = self.gate.unlock();
        turn
    }

    fn lock(&self, file: &File, waiting: Stopwatch) -> Result<(), StoreError> {
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) if waiting.elapsed() < self.patience => std::thread::sleep(POLL),
                Err(TryLockError::WouldBlock) => return Err(StoreError::Busy),
                // A file system without locks: SQLite's own waiting serves alone.
                Err(TryLockError::Error(_)) => return Ok(()),
            }
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let _ignored = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_ends_when_it_is_dropped_and_waiting_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("emr.db");
        let queue = || Turnstile::beside(&path, Duration::from_millis(20)).unwrap();
        let (first, second) = (queue(), queue());
        let turn = first.enter().unwrap();
        assert_eq!(second.enter().map(|_| ()), Err(StoreError::Busy));
        drop(turn);
        assert!(second.enter().is_ok());
        assert!(first.enter().is_ok());
    }
}
