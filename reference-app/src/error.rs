//! One error for every command, and the exit code it leads to.

use crate::config::ConfigError;
use crate::import::ImportError;
use hipaa_core::audit::{ActorError, WitnessError};
use hipaa_core::authority::AuthorityError;
use hipaa_core::authority::user::UserError;
use hipaa_core::identity::IdentityError;
use hipaa_core::restore::RestoreError;
use hipaa_core::tenancy::TenancyError;
use hipaa_core::unit::{ReleaseError, UnitError};
use hipaa_core::vault::VaultError;
use std::io::ErrorKind;
use std::process::ExitCode;

/// How a command ended. Scripts may rely on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Nothing was found.
    NotFound = 1,
    /// Something was refused, or the input is bad; what else there was to do is done.
    Refused = 2,
    /// The command line, the key, a file or the database does not serve.
    Environment = 3,
    /// A record or log was altered behind the application's back.
    Altered = 4,
}

impl Exit {
    /// The exit code of `audit verify`: the numbers are those of `hipaa-verify`.
    #[must_use]
    pub const fn of_examination(code: u8) -> Self {
        match code {
            hipaa_verify::CLEAN => Self::Done,
            hipaa_verify::TAMPERED => Self::NotFound,
            hipaa_verify::UNVERIFIABLE => Self::Refused,
            hipaa_verify::UNANCHORED => Self::Altered,
            _ => Self::Environment,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what was asked. Holds no value of a patient, no key and no SQL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no key-encryption key.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database refused or failed.
    #[error(transparent)]
    Database(#[from] hipaa_sqlite::Error),
    /// The import stopped before the end of its file.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The policy of roles is none: a mistake in the program.
    #[error(transparent)]
    Policy(#[from] hipaa_core::auth::role::PolicyError),
    /// There is no database file.
    #[error("there is no such database; `tenant create` makes one")]
    NoDatabase,
    /// The database file cannot be looked at.
    #[error("the database file cannot be reached: {0}")]
    DatabaseFile(ErrorKind),
    /// A file of the demo cannot be written.
    #[error("a file cannot be written: {0}")]
    File(ErrorKind),
    /// The port cannot be had.
    #[error("the address cannot be listened on: {0}")]
    Listen(ErrorKind),
    /// A file that an option names cannot be read.
    #[error("a file cannot be read: {0}")]
    Unreadable(ErrorKind),
    /// The answer cannot be written.
    #[error("the answer cannot be written: {0}")]
    Output(ErrorKind),
    /// A page of a chart has more records than one audit entry names.
    #[error("the page has more than 500 records, which is what one audit entry can name: choose a smaller --per-page")]
    PageTooLong,
    /// An argument does not have the form it needs. Its text is not repeated: it may be about a patient.
    #[error("{0}")]
    Argument(&'static str),
    /// The operating system's user cannot be named in the log.
    #[error(transparent)]
    Actor(#[from] ActorError),
}

impl Error {
    /// The exit code of a command that ends with this error.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Database(error) => database_exit(error),
            Self::PageTooLong | Self::Import(ImportError::Damaged { .. }) => Exit::Refused,
            Self::Import(ImportError::Stopped { source, .. } | ImportError::Waiting(source)) => database_exit(source),
            _ => Exit::Environment,
        }
    }
}

const fn database_exit(error: &hipaa_sqlite::Error) -> Exit {
    match error {
        hipaa_sqlite::Error::Vault(error) => vault_exit(error),
        hipaa_sqlite::Error::Identity(error) => identity_exit(error),
        hipaa_sqlite::Error::Tenancy(TenancyError::Unknown) => Exit::NotFound,
        hipaa_sqlite::Error::Tenancy(TenancyError::Name | TenancyError::NameTaken) => Exit::Refused,
        hipaa_sqlite::Error::Witness(WitnessError::RolledBack | WitnessError::Forked | WitnessError::Foreign) => {
            Exit::Altered
        }
        hipaa_sqlite::Error::Restore(error) => restore_exit(error),
        hipaa_sqlite::Error::Unit(UnitError::Tampered)
        | hipaa_sqlite::Error::Tenancy(TenancyError::Tampered | TenancyError::Unit(UnitError::Tampered)) => {
            Exit::Altered
        }
        _ => Exit::Environment,
    }
}

const fn restore_exit(error: &RestoreError) -> Exit {
    match error {
        RestoreError::Unit(UnitError::Tampered) => Exit::Altered,
        RestoreError::Unit(_) | RestoreError::ClockBehind => Exit::Environment,
        _ => Exit::Refused,
    }
}

const fn identity_exit(error: &IdentityError) -> Exit {
    match error {
        IdentityError::User(UserError::Unknown) | IdentityError::NoReview => Exit::NotFound,
        IdentityError::Authority(AuthorityError::Integrity | AuthorityError::Unit(UnitError::Tampered)) => {
            Exit::Altered
        }
        IdentityError::User(_) | IdentityError::NotEnrolled | IdentityError::Address | IdentityError::Denied => {
            Exit::Refused
        }
        _ => Exit::Environment,
    }
}

const fn vault_exit(error: &VaultError) -> Exit {
    match error {
        VaultError::NotFound => Exit::NotFound,
        VaultError::RowMissing | VaultError::Tampered | VaultError::Unit(UnitError::Tampered) => Exit::Altered,
        VaultError::Denied
        | VaultError::Ended
        | VaultError::Masked(_)
        | VaultError::Stale
        | VaultError::Duplicate(_)
        | VaultError::Seal(_)
        | VaultError::TooMany
        | VaultError::NoUniqueValue => Exit::Refused,
        _ => Exit::Environment,
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        Self::Database(error.into())
    }
}

impl From<IdentityError> for Error {
    fn from(error: IdentityError) -> Self {
        Self::Database(error.into())
    }
}

impl From<TenancyError> for Error {
    fn from(error: TenancyError) -> Self {
        Self::Database(error.into())
    }
}

impl From<ReleaseError> for Error {
    fn from(error: ReleaseError) -> Self {
        Self::Database(error.into())
    }
}
