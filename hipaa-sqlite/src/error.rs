//! One error for both worlds. SQLite's messages hold SQL with literals, so none of their text is kept.

use crate::ddl::DeclareError;
use hipaa_core::authority::AuthorityError;
use hipaa_core::authority::user::UserError;
use hipaa_core::identity::IdentityError;
use hipaa_core::outbox::OutboxError;
use hipaa_core::store::StoreError;
use hipaa_core::tenancy::TenancyError;
use hipaa_core::unit::{ReleaseError, UnitError};
use hipaa_core::vault::VaultError;
use rusqlite::ErrorCode;

/// Why an operation on the database failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database failed, or a host's own statement did.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The unit did not commit.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// The vault refused.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A tenant was not made or not found.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
    /// An authority row confers nothing, or was not written.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A user was not made, found or changed.
    #[error(transparent)]
    User(#[from] UserError),
    /// A step of a login was not taken.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A notice was not put, taken or noted.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The declared tables do not fit the database.
    #[error(transparent)]
    Declare(#[from] DeclareError),
    /// What was read is not to be released by this commit.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// A witness does not vouch for the database.
    #[error(transparent)]
    Witness(#[from] hipaa_core::audit::WitnessError),
    /// A restore is not planned or not recorded.
    #[error(transparent)]
    Restore(#[from] hipaa_core::restore::RestoreError),
    /// The bridge did not take the closure.
    #[cfg(feature = "tokio")]
    #[error(transparent)]
    Bridge(#[from] crate::bridge::BridgeError),
    /// The database was made by a newer version of this crate.
    #[error("the database has schema {0}, this version knows up to {known}", known = crate::SCHEMA_VERSION)]
    NewerSchema(u32),
    /// The database holds no deployment of ours, and the options do not allow to found one.
    #[error("the database holds no deployment of hipaa-core")]
    NoDeployment,
    /// The file is not an SQLite database.
    #[error("the file is not an SQLite database")]
    NotADatabase,
    /// The file cannot be opened.
    #[error("the database file cannot be opened")]
    CannotOpen,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(ErrorCode::CannotOpen) => Self::CannotOpen,
            _ => Self::Store(kind(&error)),
        }
    }
}

impl From<Error> for VaultError {
    fn from(error: Error) -> Self {
        match error {
            Error::Vault(error) => error,
            Error::Unit(UnitError::Ended) => Self::Ended,
            Error::Unit(error) => Self::Unit(error),
            Error::Release(error) => Self::Release(error),
            Error::Tenancy(TenancyError::Unit(error)) => Self::Unit(error),
            Error::Store(error) => Self::Unit(UnitError::Store(error)),
            _ => Self::Unit(UnitError::Store(StoreError::Other)),
        }
    }
}

impl From<Error> for TenancyError {
    fn from(error: Error) -> Self {
        match error {
            Error::Tenancy(error) => error,
            Error::Unit(error) => Self::Unit(error),
            Error::Store(error) => Self::Unit(UnitError::Store(error)),
            _ => Self::Unit(UnitError::Store(StoreError::Other)),
        }
    }
}

impl From<Error> for AuthorityError {
    fn from(error: Error) -> Self {
        match error {
            Error::Authority(error)
            | Error::User(UserError::Authority(error))
            | Error::Outbox(OutboxError::Authority(error)) => error,
            Error::Unit(error) => Self::Unit(error),
            Error::Store(error) => Self::Unit(UnitError::Store(error)),
            _ => Self::Unit(UnitError::Store(StoreError::Other)),
        }
    }
}

impl From<Error> for UserError {
    fn from(error: Error) -> Self {
        match error {
            Error::User(error) => error,
            other => Self::Authority(other.into()),
        }
    }
}

impl From<Error> for OutboxError {
    fn from(error: Error) -> Self {
        match error {
            Error::Outbox(error) => error,
            other => Self::Authority(other.into()),
        }
    }
}

/// What a program can act on.
pub(crate) fn kind(error: &rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::QueryReturnedNoRows => StoreError::Missing,
        rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..) => StoreError::Corrupt,
        _ => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
            Some(ErrorCode::DiskFull | ErrorCode::TooBig) => StoreError::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly,
            Some(ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed) => StoreError::Io,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt,
            Some(ErrorCode::ConstraintViolation) => constraint(error),
            Some(ErrorCode::Unknown) => StoreError::Missing,
            _ => StoreError::Other,
        },
    }
}

const UNIQUE: i32 = rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE;
const PRIMARY_KEY: i32 = rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY;

fn constraint(error: &rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) if matches!(failure.extended_code, UNIQUE | PRIMARY_KEY) => {
            StoreError::Conflict
        }
        _ => StoreError::Refused,
    }
}
