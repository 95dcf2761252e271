//! Going on after an older state of the database was put back.
//!
//! A witness refuses such a database, as it must. The operator then names the end of the log that is given up ([`plan`]),
//! signs that with the key that is kept offline, and [`record`] writes it into the deployment's log: from then on the same
//! witness vouches for the log again, and every later examination shows what was lost. May import `unit` and everything
//! below it.

use crate::audit::{
    Action, Actor, Checkpoint, EntryKind, EventName, Field, Outcome, Restore, SignedCheckpoint, SignedRestore, Trust,
    tag,
};
use crate::red::{Safeguard, removed};
use crate::schema::TenantId;
use crate::store::Store;
use crate::unit::{Entry, Position, Since, Unit, UnitError, leaf_at};

/// Why a restore is not planned or not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The unit failed.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// The log goes on from everything that was seen: there is nothing to give up.
    #[error("nothing was lost: the log goes on from what was seen")]
    NothingLost,
    /// No head that was seen is a beginning of the log: this is another database, or the backup is older than the witness.
    #[error("no head that was seen is a beginning of this log")]
    NothingKept,
    /// The deployment was founded without an operator's key, so nobody can sign a restore of it.
    #[error("the deployment was founded without an operator's key")]
    NoOperatorKey,
    /// The operator's key of this deployment has not signed it.
    #[error("the restore is not signed by the operator's key of this deployment")]
    NotSigned,
    /// It is about another deployment, or keeps entries that this log does not have.
    #[error("the restore is not one of this log")]
    Foreign,
    /// The clock is behind the last entry that was lost; set it first.
    #[error("the clock is behind the last entry that was lost")]
    ClockBehind,
}

impl From<crate::store::StoreError> for RestoreError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Unit(error.into())
    }
}

/// What the operator is to sign: the end of the log between the longest of these heads that it goes on from, and the highest.
///
/// # Errors
/// [`RestoreError::NothingLost`], [`RestoreError::NothingKept`], or the unit's.
pub fn plan(unit: &mut dyn Unit, seen: &[SignedCheckpoint]) -> Result<Restore, RestoreError> {
    let mut seen = seen.to_vec();
    seen.sort_by_key(|head| core::cmp::Reverse((head.unverified().size, head.unverified().last_time)));
    let highest = seen.first().ok_or(RestoreError::NothingKept)?;
    if matches!(unit.since(TenantId::DEPLOYMENT, highest)?, Since::Continued | Since::Restored) {
        return Err(RestoreError::NothingLost);
    }
    for head in &seen {
        if unit.since(TenantId::DEPLOYMENT, head)? == Since::Continued {
            let restore = Restore::between(head.unverified(), highest.unverified());
            return restore.map_err(|_| RestoreError::NothingKept);
        }
    }
    Err(RestoreError::NothingKept)
}

/// Writes a signed restore into the deployment's log. Everything that serves afterwards may go on from there.
///
/// # Errors
/// [`RestoreError`]; nothing is written then.
pub fn record(unit: &mut dyn Unit, actor: &Actor, signed: &SignedRestore) -> Result<Position, RestoreError> {
    let now = *unit.signed_head(TenantId::DEPLOYMENT)?.unverified();
    let (store, ledger) = unit.parts();
    check(store, &now, signed)?;
    if ledger.notary().read_clock().wall <= signed.unverified().lost_time {
        return Err(RestoreError::ClockBehind);
    }
    let mut fields = vec![
        Field { tag: tag::NAME, value: EventName::RESTORE.as_str().as_bytes().to_vec() },
        Field { tag: tag::ACTION, value: vec![Action::Execute as u8] },
        Field { tag: tag::OUTCOME, value: vec![Outcome::Success as u8] },
        Field { tag: tag::RESTORE, value: signed.encode().into_bytes() },
    ];
    actor.fields(&mut fields);
    fields.sort_by_key(|field| field.tag);
    let entry = Entry { kind: EntryKind::Restore, fields, details: None };
    Ok(ledger.append_entry(store, TenantId::DEPLOYMENT, entry)?)
}

/// Whether the operator of this deployment has signed it, for this log.
fn check(store: &mut dyn Store, now: &Checkpoint, signed: &SignedRestore) -> Result<(), RestoreError> {
    let genesis = store.entries(now.log, 0, 1)?.pop().ok_or(UnitError::Tampered)?;
    let trust = Trust::of_genesis(&genesis.body).map_err(|_| UnitError::Tampered)?;
    let key = trust.operator_key.ok_or(RestoreError::NoOperatorKey)?;
    if signed.verify(&key).is_err() && !removed(Safeguard::RestoreSignature) {
        return Err(RestoreError::NotSigned);
    }
    let restore = signed.unverified();
    let (kept, leaf) = restore.kept;
    let own = restore.deployment == now.deployment && restore.log == now.log && kept <= now.size;
    if !own || leaf_at(store, now.log, kept.saturating_sub(1))? != Some(leaf) {
        return Err(RestoreError::Foreign);
    }
    if now.last_leaf == restore.lost_leaf {
        return Err(RestoreError::NothingLost);
    }
    Ok(())
}
