//! From the library's errors to problems. Their texts hold no value; even so they go to the log alone.

use super::{Kind, Problem};
use hipaa_core::auth::password::{Busy, HashError};
use hipaa_core::authority::AuthorityError;
use hipaa_core::authority::user::UserError;
use hipaa_core::identity::IdentityError;
use hipaa_core::outbox::OutboxError;
use hipaa_core::tenancy::TenancyError;
use hipaa_core::unit::{ReleaseError, UnitError};
use hipaa_core::vault::VaultError;
use hipaa_sqlite::Error;
use hipaa_sqlite::bridge::BridgeError;

const fn of_vault(error: &VaultError) -> Kind {
    match error {
        VaultError::Denied | VaultError::Masked(_) => Kind::Denied,
        VaultError::Ended => Kind::NotSignedIn,
        VaultError::NotFound => Kind::NotFound,
        VaultError::RowMissing | VaultError::Tampered => Kind::Altered,
        VaultError::Stale => Kind::Stale,
        VaultError::Duplicate(_) | VaultError::Signed | VaultError::NotSigned => Kind::Conflict,
        VaultError::Seal(_) | VaultError::TooMany | VaultError::OtherSubject => Kind::Invalid,
        VaultError::Unit(_) => Kind::Unavailable,
        _ => Kind::Internal,
    }
}

const fn of_authority(error: &AuthorityError) -> Kind {
    match error {
        AuthorityError::Integrity => Kind::Denied,
        AuthorityError::Expired | AuthorityError::Void => Kind::NotSignedIn,
        AuthorityError::Stale => Kind::Conflict,
        AuthorityError::Unit(_) => Kind::Unavailable,
        _ => Kind::Internal,
    }
}

const fn of_user(error: &UserError) -> Kind {
    match error {
        UserError::Unknown => Kind::NotFound,
        UserError::LoginTaken => Kind::Conflict,
        UserError::Authority(error) => of_authority(error),
        _ => Kind::Invalid,
    }
}

const fn of_identity(error: &IdentityError) -> Kind {
    match error {
        IdentityError::NoSession => Kind::NotSignedIn,
        IdentityError::MustChange => Kind::MustChange,
        IdentityError::StepUpNeeded => Kind::StepUpNeeded,
        IdentityError::Enrolled | IdentityError::NotEnrolled | IdentityError::Stale => Kind::Conflict,
        IdentityError::TooMany(_) => Kind::TooMany,
        IdentityError::Address => Kind::Invalid,
        IdentityError::Denied => Kind::Denied,
        IdentityError::NoReview => Kind::NotFound,
        IdentityError::Busy(_) | IdentityError::Hash(_) => Kind::Busy,
        IdentityError::User(error) => of_user(error),
        IdentityError::Authority(error) => of_authority(error),
        IdentityError::Entropy(_) => Kind::Unavailable,
        _ => Kind::Internal,
    }
}

const fn of_database(error: &Error) -> Kind {
    match error {
        Error::Vault(error) => of_vault(error),
        Error::Identity(error) => of_identity(error),
        Error::User(error) => of_user(error),
        Error::Authority(error) => of_authority(error),
        Error::Bridge(BridgeError::Full) => Kind::Busy,
        Error::Release(_) | Error::Bridge(BridgeError::Reentrant) => Kind::Internal,
        _ => Kind::Unavailable,
    }
}

macro_rules! from {
    ($($error:ty: $kind:expr;)*) => {$(
        impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                Self::new($kind(&error)).caused_by(&error)
            }
        }
    )*};
}

from! {
    Error: of_database;
    VaultError: of_vault;
    AuthorityError: of_authority;
    UserError: of_user;
    UnitError: |_: &UnitError| Kind::Unavailable;
    TenancyError: |_: &TenancyError| Kind::Unavailable;
    OutboxError: |_: &OutboxError| Kind::Unavailable;
    ReleaseError: |_: &ReleaseError| Kind::Internal;
    HashError: |_: &HashError| Kind::Busy;
    Busy: |_: &Busy| Kind::Busy;
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        let problem = Self::new(of_identity(&error)).caused_by(&error);
        match error {
            IdentityError::TooMany(after) => problem.retry_after(after.wait()),
            _ => problem,
        }
    }
}
