//! Where lines come from: a file, or every file of a folder.

use super::lines::Lines;
use super::{ImportError, Place};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How the names of the files of a folder end that are imported.
const ENDINGS: [&str; 2] = [".ndjson", ".ndjson.gz"];

/// Files, which are read once for each rank that they have.
pub(super) struct Source {
    files: Vec<File>,
}

struct File {
    path: PathBuf,
    bytes: u64,
    /// The ranks that the file was seen to have, one bit each; none before it was read.
    ranks: Option<u8>,
}

impl File {
    fn new(path: PathBuf) -> Self {
        let bytes = fs::metadata(&path).map(|metadata| metadata.len()).unwrap_or_default();
        Self { path, bytes, ranks: None }
    }

    fn may_have(&self, rank: u8) -> bool {
        self.ranks.is_none_or(|ranks| ranks & (1 << rank) != 0)
    }
}

impl Source {
    /// The file, or the files of the folder in order of their names.
    pub(super) fn of(path: &Path) -> Result<Self, ImportError> {
        let cannot = |error: io::Error| ImportError::CannotOpen(error.kind());
        if !fs::metadata(path).map_err(cannot)?.is_dir() {
            return Ok(Self { files: vec![File::new(path.to_owned())] });
        }
        let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(cannot)?;
        let named = |path: &PathBuf| {
            let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
            path.is_file() && ENDINGS.iter().any(|ending| name.ends_with(ending))
        };
        let mut paths = entries.into_iter().map(|entry| entry.path()).filter(named).collect::<Vec<_>>();
        paths.sort();
        if paths.is_empty() {
            Err(ImportError::EmptyFolder)
        } else {
            Ok(Self { files: paths.into_iter().map(File::new).collect() })
        }
    }

    /// How many files there are.
    pub(super) const fn len(&self) -> usize {
        self.files.len()
    }

    /// The place before the first line of a file.
    pub(super) fn place(&self, at: usize) -> Place {
        Place { file: self.files.get(at).map(|file| file.path.clone()).unwrap_or_default(), line: 0 }
    }

    /// The lines of a file; none if it is known to have no resource of this rank.
    pub(super) fn lines(&self, at: usize, rank: u8) -> Result<Option<Lines>, ImportError> {
        let Some(file) = self.files.get(at).filter(|file| file.may_have(rank)) else {
            return Ok(None);
        };
        Lines::open(&file.path).map(Some).map_err(|error| ImportError::CannotOpen(error.kind()))
    }

    /// How many bytes the files before `at` and all files have that are read for a rank.
    pub(super) fn bytes(&self, at: usize, rank: u8) -> (u64, u64) {
        let sum = |files: &[File]| files.iter().filter(|file| file.may_have(rank)).map(|file| file.bytes).sum();
        (sum(self.files.get(..at).unwrap_or_default()), sum(&self.files))
    }

    /// Notes which ranks a file has.
    pub(super) fn set_ranks(&mut self, at: usize, ranks: u8) {
        if let Some(file) = self.files.get_mut(at) {
            file.ranks = Some(ranks);
        }
    }
}
