//! Values that are held back until the unit that read them has committed.

use crate::red::{Safeguard, removed};
use core::fmt;

/// Which unit of which process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnitId {
    pub(super) notary: u64,
    pub(super) number: u64,
}

/// A plaintext whose audit entry is not committed yet. Opens only through the [`Committed`] of its own unit.
pub struct Held<T> {
    unit: UnitId,
    value: T,
}

impl<T> Held<T> {
    pub(super) const fn new(unit: UnitId, value: T) -> Self {
        Self { unit, value }
    }
}

impl<T> fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held(…)")
    }
}

/// A held value was opened with the commit of another unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value belongs to another unit of work than the one that was committed")]
pub struct ReleaseError;

/// Proof that one unit has committed; only [`Committed::open`] makes one.
#[derive(Debug)]
pub struct Proof(UnitId);

/// What a committed unit can release: held values, and what is built of them.
pub trait Release {
    /// What comes out.
    type Output;

    /// Releases what is held.
    ///
    /// # Errors
    /// [`ReleaseError`] when something was held by another unit.
    fn release(self, proof: &Proof) -> Result<Self::Output, ReleaseError>;
}

impl<T> Release for Held<T> {
    type Output = T;

    fn release(self, proof: &Proof) -> Result<T, ReleaseError> {
        if self.unit == proof.0 || removed(Safeguard::AuditBeforeRelease) { Ok(self.value) } else { Err(ReleaseError) }
    }
}

impl<R: Release> Release for Vec<R> {
    type Output = Vec<R::Output>;

    fn release(self, proof: &Proof) -> Result<Self::Output, ReleaseError> {
        self.into_iter().map(|held| held.release(proof)).collect()
    }
}

impl<R: Release> Release for Option<R> {
    type Output = Option<R::Output>;

    fn release(self, proof: &Proof) -> Result<Self::Output, ReleaseError> {
        self.map(|held| held.release(proof)).transpose()
    }
}

impl<A: Release, B: Release> Release for (A, B) {
    type Output = (A::Output, B::Output);

    fn release(self, proof: &Proof) -> Result<Self::Output, ReleaseError> {
        Ok((self.0.release(proof)?, self.1.release(proof)?))
    }
}

impl<A: Release, B: Release, C: Release> Release for (A, B, C) {
    type Output = (A::Output, B::Output, C::Output);

    fn release(self, proof: &Proof) -> Result<Self::Output, ReleaseError> {
        Ok((self.0.release(proof)?, self.1.release(proof)?, self.2.release(proof)?))
    }
}

/// The result of a unit that has committed.
#[must_use = "what the unit read is released by open, what it made by into_inner"]
pub struct Committed<T> {
    unit: UnitId,
    value: T,
}

impl<T> Committed<T> {
    pub(super) const fn new(unit: UnitId, value: T) -> Self {
        Self { unit, value }
    }

    /// The result as it is; what is held in it stays held for ever.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<R: Release> Committed<R> {
    /// Releases what the unit read.
    ///
    /// # Errors
    /// [`ReleaseError`] when something in it was held by another unit.
    pub fn open(self) -> Result<R::Output, ReleaseError> {
        self.value.release(&Proof(self.unit))
    }
}

impl<T> fmt::Debug for Committed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Committed(…)")
    }
}
