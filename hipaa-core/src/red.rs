//! Red twins: in this crate's own tests, and nowhere else, a safeguard can be taken away, so that a test can show that the
//! attack which it stops would succeed without it. Outside `cfg(test)` the question is answered `false` at compile time.

/// A safeguard that a red twin takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Safeguard {
    /// The record id in a cell's authenticated data.
    CellContext,
    /// A tenant's own roots, and the tenant in every derived key.
    TenantKeys,
    /// The record MAC.
    RecordMac,
    /// Comparing a row with the recorded state.
    RecordState,
    /// Comparing a signed record with its commitment.
    SignatureCheck,
    /// Binding a commitment to its record and signer.
    SignatureContext,
    /// Refusing to change a record that is signed.
    SignedRecord,
    /// Refusing an amendment about another patient than the original.
    AmendmentSubject,
    /// Refusals that are written although the closure failed.
    RefusalSurvival,
    /// Releasing a plaintext only to the commit of its own unit.
    AuditBeforeRelease,
    /// Checking the stored head before a log is extended.
    HeadCheck,
    /// Comparing the log's tail with memory before a unit commits.
    TornCheck,
    /// Comparing the values of a candidate with what was searched for.
    CandidateCheck,
    /// The MAC of an authority row.
    AuthorityMac,
    /// Comparing an authority row with its recorded state.
    AuthorityState,
    /// Comparing an authority row with its owner's `auth_version`.
    AuthorityBinding,
    /// Refusing an authority row from its expiry on.
    AuthorityExpiry,
    /// Asking again what entitles an actor, before what was read beside the writer is released.
    ReleaseCheck,
    /// The patient to whom a grant or a patient's own session is limited.
    Scope,
    /// The end of an emergency grant.
    GrantEnd,
    /// That who took emergency access does not review it.
    OtherReviewer,
    /// Refusing to start with a safeguard off of which nobody decided.
    Decision,
    /// Refusing to give a role that manages users and can do more than the giver.
    RoleGift,
    /// The masks of a role.
    Masks,
    /// Refusing to search and sort by what is masked.
    MaskedSearch,
    /// Refusing to change what is masked.
    MaskedUpdate,
    /// The entry of a disclosure whose closure failed.
    DisclosureEntry,
    /// Reading the ring in every unit.
    RingCheck,
    /// Reading the signing period in every unit.
    PeriodCheck,
    /// Bringing passwords to NFKC before they are counted and hashed.
    PasswordForm,
    /// Refusing passwords that are over the limit, instead of cutting them.
    PasswordLimit,
    /// Refusing passwords that are soon guessed.
    PasswordStrength,
    /// Refusing passwords of earlier breaches.
    BreachCorpus,
    /// Refusing passwords like the user's own names.
    PasswordSimilarity,
    /// Comparing a new password with the earlier ones.
    PasswordHistory,
    /// The bounds on the parameters of a stored hash.
    HashBounds,
    /// Refusing to move a password to Argon2id of which bcrypt saw only a part.
    #[cfg(feature = "bcrypt-import")]
    BcryptPrefix,
    /// Wiping the memory of a hash before it is lent again.
    WipedHashes,
    /// The cap on hashes at once.
    HashingCap,
    /// Counting an attempt before its password is hashed.
    CountBeforeHash,
    /// Leaving a lock as it is while attempts go on.
    FixedLock,
    /// The end of all attempts after many in a row.
    HardStop,
    /// Letting a known device past the delay of the account.
    KnownDevice,
    /// Windows that slide instead of starting afresh at fixed times.
    SlidingWindow,
    /// The bound on the keys of a limiter.
    LimiterBound,
    /// Reading forwarded addresses from configured proxies only.
    TrustedProxy,
    /// Taking a /64 of IPv6 for one client.
    NetworkPrefix,
    /// Accepting time steps in one direction only.
    ReplayGuard,
    /// Refusing everything but six ASCII digits.
    CodeForm,
    /// Storing digests of tokens.
    TokenDigest,
    /// Ending idle sessions although something polls.
    PassiveRequests,
    /// Ending idle and old sessions.
    SessionEnd,
    /// A new token at every gain or change of rights.
    SessionRotation,
    /// The number of sessions of one user.
    SessionCap,
    /// What a session may do that must change its password first.
    MustChange,
    /// Ending sessions and voiding tokens when the account changes.
    AuthVersion,
    /// Comparing tenants' logs with what the deployment's log has taken up.
    TakenUp,
    /// Looking for times in which a log should have spoken and did not.
    SilenceAlarm,
    /// The operator's signature under a restore.
    RestoreSignature,
    /// Asking for password and code again before the account is changed.
    StepUp,
    /// Folding login names before they are compared.
    LoginNameForm,
    /// Deleting sessions, tokens and grants when the account changes.
    EndAll,
    /// Refusing a user who is disabled.
    Disabled,
    /// Using up a recovery code, a reset token, or a session's token that is exchanged.
    SingleUse,
    /// One hash for a name that nobody has.
    Decoy,
    /// Counting failures of names that nobody has.
    UnknownNames,
    /// The end of an enrolment without a first code.
    EnrolmentEnd,
    /// Making a hash again whose parameters are out of date.
    Rehash,
    /// Sealing the secrets of authority rows.
    SealedSecrets,
    /// Asking for the second factor where there is one.
    SecondFactor,
    /// One time for every answer to a request for a reset.
    Padding,
    /// Telling users of changes of their authentication.
    Notices,
}

#[cfg(not(test))]
pub(crate) const fn removed(_: Safeguard) -> bool {
    false
}

#[cfg(test)]
pub(crate) use twin::{removed, without, without_all};

#[cfg(test)]
mod twin {
    use super::Safeguard;
    use std::cell::Cell;

    thread_local! {
        static REMOVED: Cell<u128> = const { Cell::new(0) };
    }

    pub(crate) fn removed(safeguard: Safeguard) -> bool {
        REMOVED.get() & (1 << safeguard as u32) != 0
    }

    /// Runs `attack` without one safeguard.
    pub(crate) fn without<T>(safeguard: Safeguard, attack: impl FnOnce() -> T) -> T {
        without_all(&[safeguard], attack)
    }

    /// The same without several that stand one behind another.
    pub(crate) fn without_all<T>(safeguards: &[Safeguard], attack: impl FnOnce() -> T) -> T {
        let all = safeguards.iter().fold(0, |all, safeguard| all | 1 << *safeguard as u32);
        REMOVED.set(all);
        let outcome = attack();
        REMOVED.set(0);
        outcome
    }
}
