//! Places outside the database that remember the highest head seen.
//!
//! Only committed heads of the deployment's log are ever given to a witness, after the commit, so after a crash a witness is
//! never ahead of the database; if it is, the database was put back. That log takes up the heads of all others, so one head
//! stands for all.

use super::SignedCheckpoint;
use std::io::ErrorKind;

/// Why a witness does not vouch for a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// It cannot be reached, read or written.
    #[error("the witness cannot be reached: {0}")]
    Unreachable(ErrorKind),
    /// What it keeps is no head.
    #[error("the witness keeps something that is no signed head")]
    Malformed,
    /// It has seen nothing: it was not begun, or somebody emptied it.
    #[error("the witness has seen nothing: it was emptied, or never begun")]
    Empty,
    /// It was to be begun, and has seen something already.
    #[error("the witness has seen a head already")]
    Begun,
    /// What it has seen is of another deployment.
    #[error("the witness has seen another deployment")]
    Foreign,
    /// It has seen more than there is.
    #[error("the log is shorter than the witness has seen it: the database was put back")]
    RolledBack,
    /// What it has seen is no beginning of what there is.
    #[error("the log is not the one that the witness has seen")]
    Forked,
}

/// A place outside the database that remembers heads.
pub trait Witness {
    /// The first head that it was given, ever; none where it has seen nothing.
    ///
    /// # Errors
    /// As [`Witness::highest`].
    fn first(&mut self) -> Result<Option<SignedCheckpoint>, WitnessError>;

    /// The highest head that it was given, since the last restore if there was one; none where it has seen nothing. Other
    /// writers wait until a push, until [`Witness::release`], or until the witness is dropped.
    ///
    /// # Errors
    /// [`WitnessError::Unreachable`], [`WitnessError::Malformed`].
    fn highest(&mut self) -> Result<Option<SignedCheckpoint>, WitnessError>;

    /// Remembers a head, for good when this returns.
    ///
    /// # Errors
    /// [`WitnessError::Unreachable`].
    fn push(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError>;

    /// Remembers a head that follows a restore: it is the highest one from now on, although earlier ones may have been
    /// higher. Those are kept: they are the evidence of what was lost.
    ///
    /// # Errors
    /// [`WitnessError::Unreachable`].
    fn push_after_restore(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError>;

    /// Lets other writers go on: no push follows.
    fn release(&mut self) {}
}
