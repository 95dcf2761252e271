//! Checkpoints: the text that heads sign (C2SP `tlog-checkpoint`), read strictly, and with its signature.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::note::{NoteError, NoteSignature, SignedNote, key_id};
use super::{Leaf, LogId, StoredHead, origin};
use crate::clock::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a head says of its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The deployment.
    pub deployment: [u8; 16],
    /// The log.
    pub log: LogId,
    /// How many entries it had.
    pub size: u64,
    /// The root of its tree.
    pub root: [u8; 32],
    /// The leaf of its last entry.
    pub last_leaf: Leaf,
    /// The time of that entry.
    pub last_time: Timestamp,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\nlast-leaf {}\nlast-time {}\n",
            self.origin(),
            self.size,
            STANDARD.encode(self.root),
            STANDARD.encode(self.last_leaf),
            self.last_time.micros(),
        )
    }

    /// The origin line, which is also the name of the key that signs it.
    #[must_use]
    pub fn origin(&self) -> String {
        origin(&self.deployment, self.log)
    }

    /// Reads the text.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] for any text that [`Checkpoint::text`] would not have written.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let read = || {
            let mut lines = text.split('\n');
            let (deployment, log) = lines.next()?.strip_prefix("hipaa-core/")?.split_once('/')?;
            let checkpoint = Self {
                deployment: hex::decode(deployment).ok()?.try_into().ok()?,
                log: LogId(hex::decode(log).ok()?.try_into().ok()?),
                size: lines.next()?.parse().ok()?,
                root: hash(lines.next()?)?,
                last_leaf: hash(lines.next()?.strip_prefix("last-leaf ")?)?,
                last_time: Timestamp::from_micros(lines.next()?.strip_prefix("last-time ")?.parse().ok()?),
            };
            // One text per checkpoint: no leading zeros, signs, capitals or further lines.
            (checkpoint.text() == text).then_some(checkpoint)
        };
        read().ok_or(NoteError::Malformed)
    }
}

pub(super) fn hash(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// A checkpoint with the signature of the log's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
}

impl SignedCheckpoint {
    /// The note of a stored head, which `key` has signed.
    #[must_use]
    pub fn new(checkpoint: Checkpoint, key: &[u8; 32], signature: &[u8; 64]) -> Self {
        let name = checkpoint.origin();
        let line = NoteSignature { key_id: key_id(&name, key), name, signature: signature.to_vec() };
        Self { checkpoint, note: SignedNote { text: checkpoint.text(), signatures: vec![line] } }
    }

    /// The note of a head as it is stored; none where its range does not fit its size.
    #[must_use]
    pub fn of_head(head: &StoredHead, deployment: &[u8; 16], key: &[u8; 32]) -> Option<Self> {
        Some(Self::new(head.unverified().ok()?.at(deployment), key, &head.signature))
    }

    /// The note.
    #[must_use]
    pub fn encode(&self) -> String {
        self.note.encode()
    }

    /// Reads a note whose text is a checkpoint. Its signature is not checked yet.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Self, NoteError> {
        let note = SignedNote::decode(bytes)?;
        Ok(Self { checkpoint: Checkpoint::parse(&note.text)?, note })
    }

    /// The checkpoint, if `key` has signed it under its origin.
    ///
    /// # Errors
    /// [`NoteError::UnknownKey`], [`NoteError::Signature`].
    pub fn verify(&self, key: &[u8; 32]) -> Result<&Checkpoint, NoteError> {
        self.note.verify(&self.checkpoint.origin(), key)?;
        Ok(&self.checkpoint)
    }

    /// What it says, whoever says it.
    #[must_use]
    pub const fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Head;
    use crate::schema::TenantId;
    use ed25519_dalek::SigningKey;

    fn head() -> (StoredHead, [u8; 32]) {
        let signer = SigningKey::from_bytes(&[4; 32]);
        let mut head = Head::empty(LogId([1; 16]), TenantId::from_bytes([2; 16]));
        (0..5u8).for_each(|n| head.extend([n; 32], Timestamp::from_micros(-7)));
        (head.sign(&[3; 16], &signer, &[5; 32]), signer.verifying_key().to_bytes())
    }

    #[test]
    fn a_stored_head_becomes_a_note_that_verifies() {
        let (head, key) = head();
        let signed = SignedCheckpoint::of_head(&head, &[3; 16], &key).unwrap();
        let read = SignedCheckpoint::decode(signed.encode().as_bytes()).unwrap();
        assert_eq!(read, signed);
        assert_eq!(read.verify(&key).unwrap().size, 5);
        assert_eq!(read.verify(&[9; 32]), Err(NoteError::UnknownKey));
        let other = SignedCheckpoint::of_head(&head, &[4; 16], &key).unwrap();
        assert_eq!(other.verify(&key), Err(NoteError::Signature));
    }

    #[test]
    fn a_checkpoint_has_one_text() {
        let (head, key) = head();
        let text = SignedCheckpoint::of_head(&head, &[3; 16], &key).unwrap().unverified().text();
        assert_eq!(Checkpoint::parse(&text).unwrap().text(), text);
        let wrong = [
            text.replace("\n5\n", "\n05\n"),
            text.replace("\n5\n", "\n+5\n"),
            text.replace("last-time -7", "last-time -07"),
            text.replace("0303", "0A0A"),
            format!("{text}more\n"),
            text.replace("last-time -7\n", ""),
            text.replace("=\n", "\n"),
            text.trim_end().to_owned(),
        ];
        for wrong in wrong {
            assert_ne!(wrong, text);
            assert_eq!(Checkpoint::parse(&wrong), Err(NoteError::Malformed), "{wrong}");
        }
    }
}
