//! Setting a password by token: after forgetting it, and for the first time.
//!
//! A token works once, for a short time, and only on the account as it was when the token was made: any change of
//! password, role, second factor or address raises the account's version and voids it. It does not log in, does not
//! unlock and does not touch the second factor.
//!
//! # Source
//! 45 CFR § 164.308(a)(5)(ii)(D), password management (addressable). The times are practice.

use super::minutes;
use super::token::{Token, TokenDigest, TokenKind};
use crate::clock::Timestamp;
use crate::red::{Safeguard, removed};
use core::time::Duration;

/// How long a reset token works: 30 minutes.
pub const RESET_LIFE: Duration = minutes(30);
/// How long an activation token works: 24 hours.
pub const ACTIVATION_LIFE: Duration = minutes(24 * 60);

/// What is stored of a token that sets a password. Requesting another replaces it; using it deletes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetGrant<K> {
    /// The digest of the token.
    pub digest: TokenDigest<K>,
    /// When it was made.
    pub created: Timestamp,
    /// How long it works.
    pub life: Duration,
    /// The account's version when it was made.
    pub auth_version: u64,
}

impl<K: TokenKind> ResetGrant<K> {
    /// Whether `token` may set the password of an account whose version is `auth_version` now. If so, delete the row in
    /// the transaction that changes the password; only the one that deletes it goes on.
    ///
    /// # Errors
    /// [`ResetRefusal`], for the audit entry.
    ///
    /// # Security
    /// Answer every refusal alike, unknown tokens included.
    pub fn check(&self, token: &Token<K>, auth_version: u64, now: Timestamp) -> Result<(), ResetRefusal> {
        if token.digest() != self.digest {
            return Err(ResetRefusal::Wrong);
        }
        if self.auth_version != auth_version && !removed(Safeguard::AuthVersion) {
            return Err(ResetRefusal::Void);
        }
        let live = self.created <= now && now.since(self.created) < self.life;
        if live { Ok(()) } else { Err(ResetRefusal::Expired) }
    }
}

/// Why a token sets no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResetRefusal {
    /// It is another token.
    #[error("this is not the token")]
    Wrong,
    /// The account has changed since it was made.
    #[error("the account has changed since the token was made")]
    Void,
    /// It is too old, or from the future.
    #[error("the token has expired")]
    Expired,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::token::{ForReset, ResetToken};
    use crate::red::without;
    use zeroize::Zeroizing;

    const MINUTE: i64 = 60_000_000;

    fn token(seed: u8) -> ResetToken {
        Token::new(&Zeroizing::new([seed; 32]))
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_micros(minutes * MINUTE)
    }

    fn grant() -> ResetGrant<ForReset> {
        ResetGrant { digest: token(1).digest(), created: at(0), life: RESET_LIFE, auth_version: 7 }
    }

    #[test]
    fn r1_a_reset_token_works_for_thirty_minutes() {
        assert_eq!(grant().check(&token(1), 7, at(29)), Ok(()));
        for minutes in [30, 31, 10_000, -1] {
            assert_eq!(grant().check(&token(1), 7, at(minutes)), Err(ResetRefusal::Expired), "{minutes}");
        }
    }

    #[test]
    fn r1_a_change_of_the_account_voids_a_token() {
        let stale = || grant().check(&token(1), 8, at(1));
        assert_eq!(stale(), Err(ResetRefusal::Void));
        assert_eq!(without(Safeguard::AuthVersion, stale), Ok(()));
    }

    #[test]
    fn r1_a_new_request_voids_the_old_token() {
        let replaced = ResetGrant { digest: token(2).digest(), ..grant() };
        assert_eq!(replaced.check(&token(1), 7, at(1)), Err(ResetRefusal::Wrong));
    }

    #[test]
    fn r1_what_is_stored_does_not_reset() {
        let stolen = || {
            let presented = Token::new(&Zeroizing::new(*grant().digest.as_bytes()));
            grant().check(&presented, 7, at(1))
        };
        assert_eq!(stolen(), Err(ResetRefusal::Wrong));
        assert_eq!(without(Safeguard::TokenDigest, stolen), Ok(()));
    }
}
