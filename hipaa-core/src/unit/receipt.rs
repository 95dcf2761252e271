//! Receipts of committed entries.

use super::signed::sign_of;
use super::{Unit, UnitError};
use crate::audit::merkle::{Tiled, prove_inclusion};
use crate::audit::{Actor, Receipt};
use crate::store::StoredTiles;

impl dyn Unit + '_ {
    /// The receipt of an entry in the log of the actor's tenant, under the head that stands when the unit begins; none for
    /// an entry that is not committed yet. The caller keeps it, and can show with the trust file alone that the entry was
    /// in the log.
    ///
    /// # Errors
    /// [`UnitError::Tampered`] when leaf, tiles and head do not agree; [`UnitError`] of the store.
    pub fn receipt(&mut self, actor: &Actor, sequence: u64) -> Result<Option<Receipt>, UnitError> {
        let (store, ledger) = self.parts();
        let Some(stored) = store.head(actor.tenant())?.filter(|head| sequence < head.size) else { return Ok(None) };
        let head = sign_of(store, ledger.notary(), &stored)?;
        let leaf = store.leaves(stored.log, sequence, 1)?.first().copied().ok_or(UnitError::Tampered)?;
        let mut tree = Tiled(StoredTiles::new(store, stored.log));
        let proof = prove_inclusion(&mut tree, sequence, stored.size)?.ok_or(UnitError::Tampered)?;
        let receipt = Receipt { sequence, leaf, proof, head };
        let checkpoint = receipt.head.unverified();
        let end = (checkpoint.size, &checkpoint.root);
        receipt.proof.verify_inclusion((&leaf, sequence), end).map_err(|_| UnitError::Tampered)?;
        Ok(Some(receipt))
    }
}
