//! Heads with their signatures, as somebody outside keeps them.

use super::{Notary, Unit, UnitError};
use crate::audit::merkle::{Hash, Subtrees, Tiled, prove_consistency};
use crate::audit::{
    Body, Checkpoint, EntryKind, Leaf, LogId, SignedCheckpoint, SignedRestore, StoredHead, Trust, leaf_of, tag,
};
use crate::red::{Safeguard, removed};
use crate::schema::TenantId;
use crate::store::{Store, StoreError, StoredTiles};
use std::collections::BTreeMap;

const PAGE: usize = 500;

/// What became of a log since somebody outside saw its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// It is as it was, or went on from there.
    Continued,
    /// The head that was seen is of another deployment or log, or none of its keys has signed it. One that says to be of this
    /// log and of more entries than there are is [`Since::RolledBack`] all the same: its key may be lost with them.
    Foreign,
    /// It is shorter.
    RolledBack,
    /// It is no continuation of what was seen.
    Forked,
    /// It is shorter, or no continuation, and the operator has signed that it may be so.
    Restored,
}

impl dyn Unit + '_ {
    /// The head of a tenant's log as it was last committed, signed: what a witness keeps.
    ///
    /// # Errors
    /// [`UnitError::Tampered`] when there is no head, or none that a key of ours has signed; [`UnitError`] of the store.
    pub fn signed_head(&mut self, tenant: TenantId) -> Result<SignedCheckpoint, UnitError> {
        let (store, ledger) = self.parts();
        let stored = store.head(tenant)?.ok_or(UnitError::Tampered)?;
        sign_of(store, ledger.notary(), &stored)
    }

    /// Compares the log of a tenant with a head of it that somebody outside has seen, by a consistency proof over its tiles:
    /// a few reads, however long the log is.
    ///
    /// # Errors
    /// [`UnitError`] of the store.
    pub fn since(&mut self, tenant: TenantId, seen: &SignedCheckpoint) -> Result<Since, UnitError> {
        let now = *self.signed_head(tenant)?.unverified();
        let (store, ledger) = self.parts();
        // Nearly always it is of the period that runs: then no other period is looked at, however many there were.
        let signed = match seen.verify(&ledger.notary().head_key()) {
            Ok(seen) => Some(seen),
            Err(_) => keys_of_periods(store)?.iter().find_map(|key| seen.verify(key).ok()),
        };
        let own = seen.unverified().log == now.log && seen.unverified().deployment == now.deployment;
        let seen = match signed {
            Some(seen) if own => *seen,
            // A period may have begun in an end that was lost: its key is known to nobody any more.
            None if own && given_up(store, now.log, seen.unverified())? => return Ok(Since::Restored),
            None if own && seen.unverified().size > now.size => return Ok(Since::RolledBack),
            _ => return Ok(Since::Foreign),
        };
        if seen.size > now.size {
            let restored = given_up(store, now.log, &seen)?;
            return Ok(if restored { Since::Restored } else { Since::RolledBack });
        }
        let stored = store.head(tenant)?.ok_or(UnitError::Tampered)?;
        let mut tree = Edged { edge: edge_of(&stored), tiles: Tiled(StoredTiles::new(store, now.log)) };
        let proof = prove_consistency(&mut tree, seen.size, now.size)?.unwrap_or_default();
        let continued = proof.verify_consistency((seen.size, &seen.root), (now.size, &now.root)).is_ok();
        Ok(match continued {
            true => Since::Continued,
            false if given_up(store, now.log, &seen)? => Since::Restored,
            false => Since::Forked,
        })
    }
}

/// Subtrees of the head's own right edge, which is at hand, and all others out of tiles. Of a head that was seen lately nearly
/// all are of the edge: no tile is summed up again to compare it.
struct Edged<'a> {
    edge: BTreeMap<(u32, u64), Hash>,
    tiles: Tiled<StoredTiles<'a>>,
}

impl Subtrees for Edged<'_> {
    type Error = StoreError;

    fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, StoreError> {
        match self.edge.get(&(level, index)) {
            Some(hash) => Ok(*hash),
            None => self.tiles.subtree(level, index),
        }
    }
}

/// The perfect subtrees of which the size is the sum, by level and index. That they are those of the root is for the proof to
/// show.
fn edge_of(head: &StoredHead) -> BTreeMap<(u32, u64), Hash> {
    let levels = (0..u64::BITS).rev().filter(|level| head.size >> level & 1 == 1);
    let hashes = head.range.as_chunks::<32>().0;
    levels.zip(hashes).map(|(level, hash)| ((level, (head.size >> level) - 1), *hash)).collect()
}

/// The note of a stored head, under the key of the period that signed it.
pub(super) fn sign_of(
    store: &mut dyn Store,
    notary: &Notary,
    stored: &StoredHead,
) -> Result<SignedCheckpoint, UnitError> {
    let deployment = notary.deployment();
    let signs = |key: &[u8; 32]| stored.verify_signature(deployment, key).is_ok();
    let known = Some(notary.head_key()).filter(signs);
    let key = match known {
        Some(key) => key,
        // A log that has not grown since an earlier period is signed by that period's key.
        None => keys_of_periods(store)?.into_iter().find(signs).ok_or(UnitError::Tampered)?,
    };
    SignedCheckpoint::of_head(stored, deployment, &key).ok_or(UnitError::Tampered)
}

/// The public keys of all periods, as the deployment's log names them.
fn keys_of_periods(store: &mut dyn Store) -> Result<Vec<[u8; 32]>, UnitError> {
    let log = store.head(TenantId::DEPLOYMENT)?.ok_or(UnitError::Tampered)?.log;
    let mut keys = vec![key_at(store, log, 0)?];
    let mut from = 0;
    loop {
        let kept = store.checkpoints(log, from, PAGE)?;
        for (size, _) in &kept {
            keys.push(key_at(store, log, size.checked_sub(1).ok_or(UnitError::Tampered)?)?);
        }
        match kept.last() {
            Some((size, _)) if kept.len() == PAGE => from = size.saturating_add(1),
            _ => return Ok(keys),
        }
    }
}

/// Whether the operator's key of the deployment's first entry has signed a restore that gives this head up. Reads the whole
/// log: it is asked only where serving would be refused.
fn given_up(store: &mut dyn Store, log: LogId, seen: &Checkpoint) -> Result<bool, UnitError> {
    let first = store.entries(log, 0, 1)?.pop().ok_or(UnitError::Tampered)?;
    let operator = Trust::of_genesis(&first.body).ok().and_then(|trust| trust.operator_key);
    let Some(operator) = operator else { return Ok(false) };
    let mut from = 0;
    loop {
        let page = store.entries(log, from, PAGE)?;
        let Some(last) = page.last() else { return Ok(false) };
        from = last.sequence.saturating_add(1);
        for entry in &page {
            let signed = Body::decode(&entry.body).ok().and_then(|body| restore_of(&body));
            let holds =
                |signed: &SignedRestore| signed.verify(&operator).is_ok() || removed(Safeguard::RestoreSignature);
            if let Some(signed) = signed.filter(holds).filter(|signed| signed.unverified().gives_up(seen)) {
                let (kept, leaf) = signed.unverified().kept;
                return Ok(leaf_at(store, log, kept.saturating_sub(1))? == Some(leaf));
            }
        }
    }
}

fn restore_of(body: &Body) -> Option<SignedRestore> {
    let note = body.field(tag::RESTORE).filter(|_| body.prefix.kind == EntryKind::Restore)?;
    SignedRestore::decode(note).ok()
}

/// The leaf of the entry at this place.
pub(crate) fn leaf_at(store: &mut dyn Store, log: LogId, sequence: u64) -> Result<Option<Leaf>, UnitError> {
    let entry = store.entries(log, sequence, 1)?.pop().filter(|entry| entry.sequence == sequence);
    Ok(entry.map(|entry| leaf_of(&entry.body)))
}

fn key_at(store: &mut dyn Store, log: LogId, sequence: u64) -> Result<[u8; 32], UnitError> {
    let entry = store.entries(log, sequence, 1)?.pop().filter(|entry| entry.sequence == sequence);
    let body = Body::decode(&entry.ok_or(UnitError::Tampered)?.body).map_err(|_| UnitError::Tampered)?;
    body.field(tag::HEAD_KEY).and_then(|key| key.try_into().ok()).ok_or(UnitError::Tampered)
}
