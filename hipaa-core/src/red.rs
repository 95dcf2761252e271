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
    /// The entry of a disclosure whose closure failed.
    DisclosureEntry,
    /// Reading the ring in every unit.
    RingCheck,
}

#[cfg(not(test))]
pub(crate) const fn removed(_: Safeguard) -> bool {
    false
}

#[cfg(test)]
pub(crate) use twin::{removed, without};

#[cfg(test)]
mod twin {
    use super::Safeguard;
    use std::cell::Cell;

    thread_local! {
        static REMOVED: Cell<Option<Safeguard>> = const { Cell::new(None) };
    }

    pub(crate) fn removed(safeguard: Safeguard) -> bool {
        REMOVED.get() == Some(safeguard)
    }

    /// Runs `attack` without one safeguard.
    pub(crate) fn without<T>(safeguard: Safeguard, attack: impl FnOnce() -> T) -> T {
        REMOVED.set(Some(safeguard));
        let outcome = attack();
        REMOVED.set(None);
        outcome
    }
}
