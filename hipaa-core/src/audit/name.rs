//! The names of what happened: a closed list of ours, open for the application's own.

/// The name of an event: ours have no dot, an application's are reverse domain names and always have one, so that they
/// never collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventName(&'static str);

/// A constant for each name, of the same text, and the list of them all.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        impl EventName {
            $($(#[$doc])* pub const $name: Self = Self(stringify!($name));)*

            /// Every name of ours, each once.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

names! {
    /// A record was created.
    PHI_CREATE;
    /// A record was read.
    PHI_READ;
    /// A value that a role masks was shown, for a reason.
    PHI_REVEAL;
    /// Records were listed.
    PHI_LIST;
    /// Records were searched for.
    PHI_SEARCH;
    /// A record was changed.
    PHI_UPDATE;
    /// A record was deleted.
    PHI_DELETE;
    /// Records were handed out as a file or a feed.
    PHI_EXPORT;
    /// Records were printed.
    PHI_PRINT;
    /// A record was signed: an encounter, an operative record.
    ENCOUNTER_SIGNED;
    /// A signed record was amended.
    ENCOUNTER_AMENDED;
    /// A prescription was printed.
    PRESCRIPTION_PRINTED;
    /// A prescription was sent to a pharmacy.
    PRESCRIPTION_TRANSMITTED;
    /// A reminder was sent to a patient.
    REMINDER_SENT;
    /// A patient gave a consent.
    PATIENT_CONSENT_GIVEN;
    /// A patient revoked a consent.
    PATIENT_CONSENT_REVOKED;
    /// A member of the workforce acknowledged a training.
    TRAINING_ACKNOWLEDGED;
    /// A patient saw the start page of the own record.
    PATIENT_DASHBOARD_VIEWED;
    /// A patient saw the own appointments.
    PATIENT_APPOINTMENTS_VIEWED;
    /// A patient saw the own records.
    PATIENT_RECORDS_VIEWED;
    /// A patient took the own data out.
    PATIENT_DATA_EXPORTED;
    /// An action was refused for want of permission.
    PERMISSION_DENIED;
    /// A record was found altered.
    INTEGRITY_FAILED;
    /// The audit log was read.
    AUDIT_READ;
    /// Recording, examining or witnessing of the log began, ended or failed.
    AUDIT_STATUS;
    /// An older state of the database was restored; the entry's kind says what was lost.
    RESTORE;
    /// What a retention policy says was destroyed.
    PURGE;
    /// A key epoch was opened.
    EPOCH_OPENED;
    /// A key epoch only opens from now on.
    EPOCH_RETIRED;
    /// The keys of an epoch were destroyed.
    EPOCH_DESTROYED;
    /// Rows were sealed again under the newest key epoch.
    KEY_ROTATED;
    /// A user was made.
    USER_CREATED;
    /// A user was disabled, and everything bound to it was voided.
    USER_DISABLED;
    /// Sessions, tokens or grants of a user were ended.
    AUTHORITY_ENDED;
    /// Rows that had expired were deleted.
    AUTHORITY_SWEPT;
    /// An attempt was counted, before its password is checked.
    LOGIN_ATTEMPTED;
    /// A user is logged in: a session began.
    LOGIN_SUCCESS;
    /// A password or code was wrong, or was not even checked.
    LOGIN_FAILED;
    /// The password was right and the second factor is outstanding.
    LOGIN_PENDING;
    /// A password was right: its failures are forgotten, and an outdated hash made again.
    LOGIN_VERIFIED;
    /// A user has another role.
    ROLE_CHANGED;
    /// A patient's record was made a user's own.
    PATIENT_LINKED;
    /// A safeguard was switched off, or on again, by decision.
    SAFEGUARD_DECIDED;
    /// Emergency access to a patient began.
    EMERGENCY_ACCESS_STARTED;
    /// Emergency access was used for what a role does not permit.
    EMERGENCY_ACCESS_USED;
    /// Emergency access ended: by its user, a supervisor or its time.
    EMERGENCY_ACCESS_ENDED;
    /// A supervisor judged an emergency access.
    EMERGENCY_ACCESS_REVIEWED;
    /// A user logged out.
    LOGOUT;
    /// A failure was the last before a lock.
    ACCOUNT_LOCKED;
    /// An administrator cleared what was counted of failures.
    ACCOUNT_UNLOCKED;
    /// A seed for one-time codes was made; it counts from its first code on.
    LOGIN_TOTP_STARTED;
    /// The first code of a seed was right: it is a second factor.
    LOGIN_TOTP_ENROLLED;
    /// A one-time code was right.
    LOGIN_TOTP_VERIFIED;
    /// A second factor was taken away, with its recovery codes.
    LOGIN_TOTP_REMOVED;
    /// Recovery codes were made; earlier ones are void.
    RECOVERY_CODES_CREATED;
    /// A recovery code stood in for the second factor, and is used up.
    RECOVERY_CODE_USED;
    /// A user set another password.
    PASSWORD_CHANGED;
    /// A reset was asked for.
    PASSWORD_RESET_REQUESTED;
    /// A password was set by a token.
    PASSWORD_RESET;
    /// A password hash of an earlier system was taken over.
    PASSWORD_IMPORTED;
    /// A token for a first password was made.
    ACTIVATION_CREATED;
    /// A session was renewed by activity.
    SESSION_RENEWED;
    /// A session got a new token, for password and code given again.
    SESSION_STEPPED_UP;
    /// A session got a new token, for the account has changed.
    SESSION_ROTATED;
    /// Sessions were ended: by their user, an administrator, or because there were too many.
    SESSION_ENDED;
    /// Rows of a user's that were altered behind the application's back were taken away by an administrator.
    ACCOUNT_REPAIRED;
    /// A notice waits to be sent.
    NOTICE_QUEUED;
    /// Notices were handed to whoever sends them.
    NOTICE_TAKEN;
    /// A notice was sent.
    NOTICE_SENT;
    /// A notice could not be sent; it is tried again.
    NOTICE_FAILED;
    /// Notices were given up: their time was over before they could be sent.
    NOTICE_EXPIRED;
    /// A user has another address for notices.
    CONTACT_CHANGED;
}

impl EventName {
    /// An event of the application's own: a reverse domain name such as `com.example.label_printed`.
    ///
    /// # Panics
    /// At compile time, when the name has no dot, is longer than 64 bytes or has other characters than `a-z 0-9 _ .`.
    #[must_use]
    pub const fn application(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        assert!(!bytes.is_empty() && bytes.len() <= 64, "an event name has 1 to 64 bytes");
        let (mut at, mut dots) = (0, 0);
        while at < bytes.len() {
            dots += (bytes[at] == b'.') as usize;
            let allowed = matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.');
            assert!(allowed, "an event name consists of a-z, 0-9, '_' and '.'");
            at += 1;
        }
        assert!(dots > 0, "an application's event name is a reverse domain name");
        Self(name)
    }

    /// The text of this name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::EventName;

    #[test]
    fn names_are_distinct_and_never_those_of_an_application() {
        let mut names = EventName::ALL.iter().map(|name| name.as_str()).collect::<Vec<_>>();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        let ours = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        assert!(names.iter().all(|name| name.len() <= 64 && name.bytes().all(ours)), "{names:?}");
        assert_eq!(EventName::application("com.example.label_printed").as_str(), "com.example.label_printed");
    }

    #[test]
    fn every_name_stands_in_the_reference() {
        let page = include_str!("../../../docs/reference/audit-body-v1.md");
        let missing =
            EventName::ALL.iter().filter(|name| !page.contains(&format!("`{}`", name.as_str()))).collect::<Vec<_>>();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
