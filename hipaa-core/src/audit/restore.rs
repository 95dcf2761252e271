//! What an operator signs, with a key that is kept offline, when an older state of a database was put back: which end of the
//! log is given up.
//!
//! The text has six lines, each ended by a line feed, and is signed as a C2SP `signed-note` under the name
//! `hipaa-core-operator/<deployment id>`:
//!
//! ```text
//! hipaa-core restore 1
//! hipaa-core/<deployment id, 32 hexadecimal digits>/<log id, 32 hexadecimal digits>
//! kept <size, decimal> <leaf of the last entry that is kept, base64>
//! lost <size, decimal> <root, base64>
//! lost-leaf <last leaf, base64>
//! lost-time <last time in microseconds, decimal>
//! ```
//!
//! The log is the deployment's own. Its entries from the kept size up to before the lost size are gone, and with them those
//! of all other logs that were taken up there.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::checkpoint::hash;
use super::note::{NoteError, NoteSignature, SignedNote, key_id};
use super::{Checkpoint, Leaf, LogId, origin};
use crate::clock::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};

const TITLE: &str = "hipaa-core restore 1";

/// Which end of the deployment's log is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restore {
    /// The deployment.
    pub deployment: [u8; 16],
    /// Its own log.
    pub log: LogId,
    /// How many entries are kept, at least one, and the leaf of the last of them.
    pub kept: (u64, Leaf),
    /// How many entries there were, as the highest head says that somebody outside has seen; more than are kept.
    pub lost_size: u64,
    /// The root of the tree of that head.
    pub lost_root: [u8; 32],
    /// The leaf of its last entry.
    pub lost_leaf: Leaf,
    /// The time of that entry.
    pub lost_time: Timestamp,
}

impl Restore {
    /// The restore that keeps the log up to `kept` and gives up what led to `lost`.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] unless both are of one log and the second is longer.
    pub fn between(kept: &Checkpoint, lost: &Checkpoint) -> Result<Self, NoteError> {
        let fits = kept.deployment == lost.deployment && kept.log == lost.log;
        if !fits || kept.size == 0 || kept.size >= lost.size {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            deployment: lost.deployment,
            log: lost.log,
            kept: (kept.size, kept.last_leaf),
            lost_size: lost.size,
            lost_root: lost.root,
            lost_leaf: lost.last_leaf,
            lost_time: lost.last_time,
        })
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{TITLE}\n{}\nkept {} {}\nlost {} {}\nlost-leaf {}\nlost-time {}\n",
            origin(&self.deployment, self.log),
            self.kept.0,
            STANDARD.encode(self.kept.1),
            self.lost_size,
            STANDARD.encode(self.lost_root),
            STANDARD.encode(self.lost_leaf),
            self.lost_time.micros(),
        )
    }

    /// Reads the text.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] for any text that [`Restore::text`] would not have written.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let sized = |line: &str, name: &str| {
            let (size, encoded) = line.strip_prefix(name)?.strip_prefix(' ')?.split_once(' ')?;
            Some((size.parse::<u64>().ok()?, hash(encoded)?))
        };
        let read = || {
            let mut lines = text.strip_prefix(TITLE)?.strip_prefix('\n')?.split('\n');
            let (deployment, log) = lines.next()?.strip_prefix("hipaa-core/")?.split_once('/')?;
            let kept = sized(lines.next()?, "kept")?;
            let (lost_size, lost_root) = sized(lines.next()?, "lost")?;
            let restore = Self {
                deployment: hex::decode(deployment).ok()?.try_into().ok()?,
                log: LogId(hex::decode(log).ok()?.try_into().ok()?),
                kept,
                lost_size,
                lost_root,
                lost_leaf: hash(lines.next()?.strip_prefix("lost-leaf ")?)?,
                lost_time: Timestamp::from_micros(lines.next()?.strip_prefix("lost-time ")?.parse().ok()?),
            };
            let fits = 0 < restore.kept.0 && restore.kept.0 < restore.lost_size;
            // One text per restore: no leading zeros, signs, capitals or further lines.
            (fits && restore.text() == text).then_some(restore)
        };
        read().ok_or(NoteError::Malformed)
    }

    /// Signs it with the operator's seed, which should be used on a machine of its own.
    #[must_use]
    pub fn sign(&self, seed: &[u8; 32]) -> SignedRestore {
        let (signer, name, text) = (SigningKey::from_bytes(seed), self.signer(), self.text());
        let signature = signer.sign(text.as_bytes()).to_vec();
        let key_id = key_id(&name, &signer.verifying_key().to_bytes());
        let note = SignedNote { text, signatures: vec![NoteSignature { name, key_id, signature }] };
        SignedRestore { restore: *self, note }
    }

    /// Whether a head of this log may be one that was given up: none of what stands now has its size and its time.
    #[must_use]
    pub fn gives_up(&self, head: &Checkpoint) -> bool {
        let own = head.deployment == self.deployment && head.log == self.log;
        own && self.kept.0 < head.size && head.size <= self.lost_size && head.last_time <= self.lost_time
    }

    fn signer(&self) -> String {
        format!("hipaa-core-operator/{}", hex::encode(self.deployment))
    }
}

/// The public key that belongs to an operator's seed: what a deployment is founded with.
#[must_use]
pub fn operator_key(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// A restore with the operator's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRestore {
    restore: Restore,
    note: SignedNote,
}

impl SignedRestore {
    /// The note.
    #[must_use]
    pub fn encode(&self) -> String {
        self.note.encode()
    }

    /// Reads a note whose text is a restore. Its signature is not checked yet.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Self, NoteError> {
        let note = SignedNote::decode(bytes)?;
        Ok(Self { restore: Restore::parse(&note.text)?, note })
    }

    /// The restore, if the operator with this key has signed it.
    ///
    /// # Errors
    /// [`NoteError::UnknownKey`], [`NoteError::Signature`].
    pub fn verify(&self, operator_key: &[u8; 32]) -> Result<&Restore, NoteError> {
        self.note.verify(&self.restore.signer(), operator_key)?;
        Ok(&self.restore)
    }

    /// What it says, whoever says it.
    #[must_use]
    pub const fn unverified(&self) -> &Restore {
        &self.restore
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn restore() -> Restore {
        Restore {
            deployment: [0xab; 16],
            log: LogId([2; 16]),
            kept: (5, [3; 32]),
            lost_size: 9,
            lost_root: [4; 32],
            lost_leaf: [5; 32],
            lost_time: Timestamp::from_micros(-7),
        }
    }

    #[test]
    fn a_signed_restore_reads_back_and_verifies_under_its_key_alone() {
        let signed = restore().sign(&[9; 32]);
        let read = SignedRestore::decode(signed.encode().as_bytes()).unwrap();
        assert_eq!(read, signed);
        assert_eq!(read.verify(&operator_key(&[9; 32])), Ok(&restore()));
        assert_eq!(read.verify(&operator_key(&[8; 32])), Err(NoteError::UnknownKey));
        let forged = signed.encode().replace("lost 9", "lost 8");
        let forged = SignedRestore::decode(forged.as_bytes()).unwrap();
        assert_eq!(forged.verify(&operator_key(&[9; 32])), Err(NoteError::Signature));
    }

    #[test]
    fn a_restore_has_one_text() {
        let text = restore().text();
        let wrong = [
            text.replace("restore 1", "restore 2"),
            text.replace("kept 5", "kept 05"),
            text.replace("kept 5", "kept 0"),
            text.replace("kept 5", "kept 9"),
            text.replace("lost 9", "lost +9"),
            text.replace("abab", "ABAB"),
            text.replace("lost-time -7", "lost-time -07"),
            text.replace("lost-time -7\n", ""),
            format!("{text}more\n"),
            text.trim_end().to_owned(),
        ];
        for wrong in wrong {
            assert_ne!(wrong, text);
            assert_eq!(Restore::parse(&wrong), Err(NoteError::Malformed), "{wrong}");
        }
    }

    #[test]
    fn it_gives_up_the_heads_of_its_range_and_time_and_no_others() {
        let head = |size, time| Checkpoint {
            deployment: [0xab; 16],
            log: LogId([2; 16]),
            size,
            root: [0; 32],
            last_leaf: [0; 32],
            last_time: Timestamp::from_micros(time),
        };
        let given_up = [(5, -7), (6, -7), (9, -8), (9, -6), (10, -7)].map(|(size, time)| {
            let head = head(size, time);
            restore().gives_up(&head)
        });
        assert_eq!(given_up, [false, true, true, false, false]);
        assert!(!restore().gives_up(&Checkpoint { log: LogId([3; 16]), ..head(6, -7) }));
    }

    proptest! {
        #[test]
        fn what_reads_is_what_is_written(kept in 1u64.., more in 1u64.., time: i64, leaf: [u8; 32]) {
            let lost_size = kept.saturating_add(more);
            let restore = Restore { kept: (kept, leaf), lost_size, lost_time: Timestamp::from_micros(time), ..restore() };
            let read = Restore::parse(&restore.text());
            prop_assert_eq!(read.ok(), (kept < lost_size).then_some(restore));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(read) = SignedRestore::decode(&bytes) {
                prop_assert_eq!(read.encode().into_bytes(), bytes);
            }
        }
    }
}
