//! What every command is told: which database, which key, which form of answer.

use crate::error::Error;
use crate::schema::TABLES;
use clap::Args;
use hipaa_core::audit::Trust;
use hipaa_core::keys::{Kek, ProviderError};
use hipaa_core::tenancy;
use hipaa_sqlite::witness::Place;
use hipaa_sqlite::{Database, Options};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// The environment variable that holds the key-encryption key where no option names another source.
pub const KEK_VARIABLE: &str = "HIPAA_KEK";
/// The database where `--db` names none.
pub const DEFAULT_DATABASE: &str = "reference-app.db";

const EVERY: &str = "Options of every command";

/// The options of every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Config {
    /// The database [default: reference-app.db]
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERY)]
    pub db: Option<PathBuf>,
    /// Read the key-encryption key from this file
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERY, conflicts_with = "kek_fd")]
    pub kek_file: Option<PathBuf>,
    /// Read the key-encryption key from this open file descriptor
    #[arg(long, global = true, value_name = "N", help_heading = EVERY)]
    pub kek_fd: Option<u32>,
    /// Refuse a database that is not what this folder of `audit checkpoint` has seen, or went on from there
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERY)]
    pub witness: Option<PathBuf>,
    /// The operator's public key of `audit restore key`, for the log of a database that is made now
    #[arg(long, global = true, value_name = "KEY", help_heading = EVERY, value_parser = public_key)]
    pub operator_key: Option<[u8; 32]>,
    /// Answer in JSON
    #[arg(long, global = true, help_heading = EVERY)]
    pub json: bool,
}

/// Why there is no key-encryption key. Says where it was looked for, never what was found there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No source of a key is named and the environment has none.
    #[error("no key: set {KEK_VARIABLE}, or give --kek-file or --kek-fd (`openssl rand -hex 32` makes one)")]
    NoKey,
    /// The environment variable holds no key.
    #[error("{KEK_VARIABLE}: {0}")]
    Variable(ProviderError),
    /// The file holds no key.
    #[error("--kek-file: {0}")]
    File(ProviderError),
    /// The file descriptor holds no key.
    #[error("--kek-fd: {0}")]
    Descriptor(ProviderError),
}

impl Config {
    /// The key-encryption key: from the option if one is given, else from the environment.
    ///
    /// # Errors
    /// [`ConfigError`], which names the source.
    pub fn kek(&self) -> Result<Kek, ConfigError> {
        match (&self.kek_file, self.kek_fd) {
            (Some(path), _) => Kek::from_file(path).map_err(ConfigError::File),
            (None, Some(descriptor)) => Kek::from_fd(descriptor).map_err(ConfigError::Descriptor),
            (None, None) => Kek::from_env(KEK_VARIABLE).map_err(|error| match error {
                ProviderError::NotSet => ConfigError::NoKey,
                error => ConfigError::Variable(error),
            }),
        }
    }

    /// The database file.
    #[must_use]
    pub fn database(&self) -> &Path {
        self.db.as_deref().unwrap_or(Path::new(DEFAULT_DATABASE))
    }

    /// Opens the database, which must exist.
    ///
    /// # Errors
    /// [`Error::NoDatabase`]; [`Error::Config`]; or that of the database.
    pub fn open(&self) -> Result<Database, Error> {
        let kek = self.kek()?;
        if !self.database().try_exists().map_err(|error| Error::DatabaseFile(error.kind()))? {
            return Err(Error::NoDatabase);
        }
        self.open_with(kek, (false, self.witness.as_deref()))
    }

    /// Opens the database, or makes it for its owner alone, and then writes the trust file beside it: to be moved elsewhere.
    ///
    /// # Errors
    /// [`Error::Config`]; [`Error::File`]; or that of the database.
    pub fn open_or_create(&self) -> Result<Database, Error> {
        let kek = self.kek()?;
        let there = self.database().try_exists().map_err(|error| Error::DatabaseFile(error.kind()))?;
        if !there && self.trust_file().exists() {
            return Err(Error::File(ErrorKind::AlreadyExists));
        }
        reserve(self.database());
        // A deployment that is founded now has been seen by nobody.
        let mut database = self.open_with(kek, (true, self.witness.as_deref().filter(|_| there)))?;
        if !there {
            let trust = database.write(|unit| Ok::<_, Error>(tenancy::trust(unit)?))?.into_inner();
            self.write_trust(&trust).map_err(|error| Error::File(error.kind()))?;
        }
        Ok(database)
    }

    /// The trust file: the database's name and `.trust`.
    #[must_use]
    pub fn trust_file(&self) -> PathBuf {
        let mut name = self.database().as_os_str().to_owned();
        name.push(".trust");
        PathBuf::from(name)
    }

    /// Never over another one: that may be the only copy of an older deployment's.
    fn write_trust(&self, trust: &Trust) -> io::Result<()> {
        let mut file = File::create_new(self.trust_file())?;
        file.write_all(trust.to_string().as_bytes())?;
        file.sync_all()
    }

    fn open_with(&self, kek: Kek, (create, witness): (bool, Option<&Path>)) -> Result<Database, Error> {
        let witnesses = witness.map(Place::folder).into_iter().collect();
        let options = Options { create, operator_key: self.operator_key, witnesses, ..Options::default() };
        let mut database = Database::open_with(self.database(), kek, &options)?;
        database.declare(TABLES)?;
        Ok(database)
    }
}

fn public_key(text: &str) -> Result<[u8; 32], String> {
    let mut key = [0; 32];
    hex::decode_to_slice(text, &mut key).map_err(|_| "a public key has 64 hexadecimal digits".to_owned())?;
    Ok(key)
}

/// Makes the file before SQLite does, which would let others read it; SQLite gives the files beside it the same
/// permissions. What stands in the way is for SQLite to report.
fn reserve(database: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(database));
}
