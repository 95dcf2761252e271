//! Receipts: what a caller keeps to show later that an entry was in the log, with the trust file alone.
//!
//! The text is a C2SP `tlog-proof`: a title, the leaf as extra data, the place, the inclusion path, an empty line and
//! the signed checkpoint. Hashes are base64, one to a line.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <leaf>
//! index <place, decimal>
//! <hash>…
//!
//! <note>
//! ```
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::checkpoint::{Checkpoint, SignedCheckpoint, hash};
use super::merkle::{Proof, ProofError};
use super::note::{MAX_NOTE_BYTES, NoteError};
use super::{Leaf, LogId, Trust};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const TITLE: &str = "c2sp.org/tlog-proof@v1";
/// The longest receipt, in bytes.
pub const MAX_RECEIPT_BYTES: usize = MAX_NOTE_BYTES;

/// A receipt that does not show what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Not the text of a receipt.
    #[error("the receipt is malformed")]
    Malformed,
    /// It is of another deployment than the trust file.
    #[error("the receipt is of another deployment")]
    OtherDeployment,
    /// Its checkpoint is not signed by the key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its path does not lead from the leaf to the root.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// An entry's place in a log, the head that covers it, and the path between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The place of the entry.
    pub sequence: u64,
    /// Its leaf.
    pub leaf: Leaf,
    /// From the leaf to the root of the head.
    pub proof: Proof,
    /// The head.
    pub head: SignedCheckpoint,
}

impl Receipt {
    /// The log of the entry.
    #[must_use]
    pub const fn log(&self) -> LogId {
        self.head.unverified().log
    }

    /// The text of this receipt.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = format!("{TITLE}\nextra {}\nindex {}\n", STANDARD.encode(self.leaf), self.sequence);
        for hash in self.proof.hashes() {
            text.push_str(&STANDARD.encode(hash));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.head.encode());
        text
    }

    /// Reads a receipt. Nothing of it is checked yet.
    ///
    /// # Errors
    /// [`ReceiptError::Malformed`] for any text that [`Receipt::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let read = || {
            let text = core::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_RECEIPT_BYTES)?;
            let (proof, note) = text.split_once("\n\n")?;
            let mut lines = proof.split('\n');
            (lines.next()? == TITLE).then_some(())?;
            let leaf = hash(lines.next()?.strip_prefix("extra ")?)?;
            let sequence = lines.next()?.strip_prefix("index ")?.parse().ok()?;
            let proof = Proof::from_hashes(lines.map(hash).collect::<Option<_>>()?).ok()?;
            let receipt = Self { sequence, leaf, proof, head: SignedCheckpoint::decode(note.as_bytes()).ok()? };
            (receipt.encode() == text).then_some(receipt)
        };
        read().ok_or(ReceiptError::Malformed)
    }

    /// Checks that the entry was in the log, under a key that counts for the size of the head; for a deployment that never
    /// changed its key that is the one of the trust file.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify_under(&self, trust: &Trust, key: &[u8; 32]) -> Result<&Checkpoint, ReceiptError> {
        if self.head.unverified().deployment != trust.deployment {
            return Err(ReceiptError::OtherDeployment);
        }
        let head = self.head.verify(key)?;
        self.proof.verify_inclusion((&self.leaf, self.sequence), (head.size, &head.root))?;
        Ok(head)
    }

    /// The same under the key of the trust file.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify(&self, trust: &Trust) -> Result<&Checkpoint, ReceiptError> {
        self.verify_under(trust, &trust.head_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::merkle::{Hash, Subtrees, perfect_root, prove_inclusion};
    use crate::audit::{Head, leaf_of};
    use crate::clock::Timestamp;
    use crate::schema::TenantId;
    use core::convert::Infallible;
    use ed25519_dalek::SigningKey;

    struct Leaves(Vec<Hash>);

    impl Subtrees for Leaves {
        type Error = Infallible;
        fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
            let from = usize::try_from(index << level).unwrap();
            Ok(perfect_root(&self.0[from..from + (1 << level)]).unwrap())
        }
    }

    fn receipt() -> (Receipt, Trust) {
        let signer = SigningKey::from_bytes(&[4; 32]);
        let key = signer.verifying_key().to_bytes();
        let leaves = (0..11u8).map(|n| leaf_of(&[n])).collect::<Vec<_>>();
        let mut head = Head::empty(LogId([1; 16]), TenantId::from_bytes([2; 16]));
        leaves.iter().for_each(|leaf| head.extend(*leaf, Timestamp::from_micros(9)));
        let stored = head.sign(&[3; 16], &signer, &[5; 32]);
        let proof = prove_inclusion(&mut Leaves(leaves.clone()), 6, 11).unwrap().unwrap();
        let head = SignedCheckpoint::of_head(&stored, &[3; 16], &key).unwrap();
        let trust =
            Trust { deployment: [3; 16], log: LogId([8; 16]), genesis: [0; 32], head_key: key, operator_key: None };
        (Receipt { sequence: 6, leaf: leaves[6], proof, head }, trust)
    }

    #[test]
    fn a_receipt_reads_back_and_verifies_with_the_trust_file_alone() {
        let (receipt, trust) = receipt();
        let read = Receipt::decode(receipt.encode().as_bytes()).unwrap();
        assert_eq!(read, receipt);
        assert_eq!(read.verify(&trust).unwrap().size, 11);
    }

    #[test]
    fn a_receipt_that_says_something_else_is_refused() {
        let (receipt, trust) = receipt();
        let with = |edit: fn(&mut Receipt)| {
            let mut edited = receipt.clone();
            edit(&mut edited);
            edited.verify(&trust).map(drop)
        };
        assert_eq!(with(|receipt| receipt.sequence = 7), Err(ProofError::Root.into()));
        assert_eq!(with(|receipt| receipt.sequence = 11), Err(ProofError::Outside.into()));
        assert_eq!(with(|receipt| receipt.leaf[0] ^= 1), Err(ProofError::Root.into()));
        assert_eq!(with(|receipt| receipt.proof = Proof::default()), Err(ProofError::Length.into()));
        let other = Trust { head_key: [1; 32], ..trust };
        assert_eq!(receipt.verify(&other), Err(NoteError::UnknownKey.into()));
        let other = Trust { deployment: [1; 16], ..trust };
        assert_eq!(receipt.verify(&other), Err(ReceiptError::OtherDeployment));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let (receipt, trust) = receipt();
        let text = receipt.encode();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let noticed = Receipt::decode(&bytes).map_or(true, |receipt| receipt.verify(&trust).is_err());
            assert!(noticed, "byte {at}");
        }
    }
}
