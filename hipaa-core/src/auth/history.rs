//! The hashes of a user's passwords: the current one, and earlier ones that may not return.

use super::password::{HashError, HashParams, HashingPermit, Password, PasswordHash, Verdict};

/// The current hash and the earlier ones, newest first.
#[derive(Debug, Default)]
pub struct PasswordHistory {
    current: Option<PasswordHash>,
    earlier: Vec<PasswordHash>,
}

impl PasswordHistory {
    /// The stored hashes; `earlier` newest first.
    #[must_use]
    pub fn new(current: Option<PasswordHash>, earlier: Vec<PasswordHash>) -> Self {
        Self { current, earlier }
    }

    /// The current hash.
    #[must_use]
    pub fn current(&self) -> Option<&PasswordHash> {
        self.current.as_ref()
    }

    /// The earlier hashes, newest first.
    #[must_use]
    pub fn earlier(&self) -> &[PasswordHash] {
        &self.earlier
    }

    /// Whether `password` is the current one or one of the `depth` before it.
    ///
    /// # Errors
    /// [`HashError`]: no memory.
    pub(super) fn contains(&self, password: &Password, depth: u8, permit: &HashingPermit) -> Result<bool, HashError> {
        let compared = self.current.iter().chain(self.earlier.iter().take(usize::from(depth)));
        for hash in compared {
            if !matches!(hash.verify(password, &HashParams::DEFAULT, permit)?, Verdict::Wrong) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The history after a change: `new` is current, and of the others the `depth` newest are kept. Store it in the
    /// transaction that changes the password.
    #[must_use]
    pub fn after_change(self, new: PasswordHash, depth: u8) -> Self {
        let earlier = self.current.into_iter().chain(self.earlier).take(usize::from(depth)).collect();
        Self { current: Some(new), earlier }
    }
}
