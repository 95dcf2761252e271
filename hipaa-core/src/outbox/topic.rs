//! What a notice tells of.

/// What a notice tells of. Ours have no dot; an application's are reverse domain names and always have one, so that they
/// never collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Topic(&'static str);

impl Topic {
    /// Whoever asked for it can set a new password: the payload is the token of the reset.
    pub const RESET_REQUESTED: Self = Self("RESET_REQUESTED");
    /// The password was changed.
    pub const PASSWORD_CHANGED: Self = Self("PASSWORD_CHANGED");
    /// The password was set by the token of a reset or an activation.
    pub const PASSWORD_RESET: Self = Self("PASSWORD_RESET");
    /// The address for notices was changed; goes to the old one and the new one.
    pub const CONTACT_CHANGED: Self = Self("CONTACT_CHANGED");
    /// A second factor was enrolled.
    pub const FACTOR_ENROLLED: Self = Self("FACTOR_ENROLLED");
    /// The second factor was taken away.
    pub const FACTOR_REMOVED: Self = Self("FACTOR_REMOVED");
    /// New recovery codes were made.
    pub const RECOVERY_CODES_CREATED: Self = Self("RECOVERY_CODES_CREATED");
    /// A recovery code stood in for the second factor.
    pub const RECOVERY_CODE_USED: Self = Self("RECOVERY_CODE_USED");
    /// Somebody signed in on a device that was not known.
    pub const NEW_DEVICE: Self = Self("NEW_DEVICE");
    /// Something of the account was altered in the database, and an administrator took it away.
    pub const ACCOUNT_REPAIRED: Self = Self("ACCOUNT_REPAIRED");
    /// Somebody got access to a patient in an emergency.
    pub const EMERGENCY_ACCESS: Self = Self("EMERGENCY_ACCESS");

    /// A topic of the application's own: a reverse domain name such as `com.example.prescription`.
    ///
    /// # Panics
    /// At compile time, when the name has no dot, is longer than 64 bytes or has other characters than `a-z 0-9 _ .`.
    #[must_use]
    pub const fn application(name: &'static str) -> Self {
        Self(crate::audit::EventName::application(name).as_str())
    }

    /// The text of this topic.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}
