//! Where the tour takes place: a temporary folder, a random key, a database.

use crate::error::Error;
use crate::schema::TABLES;
use hipaa_core::entropy::generate_from_system;
use hipaa_core::keys::Kek;
use hipaa_core::tenancy;
use hipaa_core::unit::UnitError;
use hipaa_sqlite::Database;
use secrecy::SecretBox;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// The folder, the key and the database. Dropping it deletes the folder unless it is kept.
pub(super) struct Stage {
    pub(super) database: Database,
    pub(super) file: PathBuf,
    folder: Folder,
}

enum Folder {
    Passing(TempDir),
    Kept(PathBuf),
}

impl Stage {
    /// Makes them. The key is written, for its owner alone, only if all is kept.
    pub(super) fn set(keep: bool) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::File(error.kind());
        let folder = folder().map_err(failed)?;
        let bytes =
            generate_from_system::<32>().map_err(|error| hipaa_sqlite::Error::Unit(UnitError::Entropy(error)))?;
        if keep {
            let text = Zeroizing::new(hex::encode(bytes.as_slice()));
            private(&folder.path().join("kek")).and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed)?;
        }
        let file = folder.path().join("demo.db");
        let mut database = Database::open(&file, Kek::from_bytes(SecretBox::new(Box::new(*bytes))))?;
        database.declare(TABLES)?;
        let folder = if keep { Folder::Kept(folder.keep()) } else { Folder::Passing(folder) };
        Ok(Self { database, file, folder })
    }

    /// Writes the trust file beside the database, as `tenant create` does.
    pub(super) fn write_trust(&mut self) -> Result<(), Error> {
        let trust = self.database.write(|unit| Ok::<_, Error>(tenancy::trust(unit)?))?.into_inner();
        let path = self.file.with_extension("db.trust");
        std::fs::write(path, trust.to_string()).map_err(|error| Error::File(error.kind()))
    }

    /// The database, where it is, and the folder, which goes when it is dropped.
    pub(super) fn into_parts(self) -> (Database, PathBuf, impl Sized) {
        (self.database, self.file, self.folder)
    }

    /// The folder, if it stays.
    pub(super) fn kept(&self) -> Option<&Path> {
        match &self.folder {
            Folder::Passing(_) => None,
            Folder::Kept(path) => Some(path),
        }
    }

    /// What to say at the end.
    pub(super) fn end(&self) -> String {
        let program = std::env::args().next().unwrap_or_else(|| "reference-app".to_owned());
        match &self.folder {
            Folder::Passing(folder) => format!(
                "The key was never written, and {} is deleted now.\nTo look around in a browser: {program} demo",
                folder.path().display()
            ),
            Folder::Kept(path) => format!(
                "Kept in {0}, with the key beside the data:\n\n  \
                 {program} --db {0}/demo.db --kek-file {0}/kek trail --tenant \"{1}\"",
                path.display(),
                super::tour::NORTH
            ),
        }
    }
}

/// A folder that its owner alone can enter.
fn folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("hipaa-demo-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

/// A file that its owner alone can read.
fn private(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
