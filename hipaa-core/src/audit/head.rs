//! The head of a log: its size, its last leaf and its tree, under one signature and one MAC.
//!
//! The signed text is the body of a C2SP checkpoint (`tlog-checkpoint`): origin, size, base64 root, then the extension
//! lines `last-leaf` and `last-time`, each ended by a line feed. The MAC is keyed BLAKE3 over encode("head", [log,
//! tenant, size, last leaf, last time, range, signature]); it costs a fraction of a signature check and is verified before
//! a log is extended, so that nothing that a table writer left is ever signed.

use super::{Checkpoint, Leaf, LogId, Range};
use crate::clock::Timestamp;
use crate::encoding::encode;
use crate::schema::TenantId;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use subtle::ConstantTimeEq;

/// A stored head that is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the head of an audit log was altered")]
pub struct HeadError;

/// The head row as the database holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHead {
    /// The log.
    pub log: LogId,
    /// Its tenant.
    pub tenant: TenantId,
    /// How many entries it has.
    pub size: u64,
    /// The leaf of the last entry; zero for an empty log.
    pub last_leaf: Leaf,
    /// The time of the last entry.
    pub last_time: Timestamp,
    /// The ragged edge of the tree, up to 64 hashes of 32 bytes.
    pub range: Vec<u8>,
    /// Ed25519 over the checkpoint text.
    pub signature: [u8; 64],
    /// Keyed BLAKE3 over all of it.
    pub mac: [u8; 32],
}

/// A head in memory, which grows with its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub(crate) log: LogId,
    pub(crate) tenant: TenantId,
    pub(crate) last_leaf: Leaf,
    pub(crate) last_time: Timestamp,
    pub(crate) range: Range,
}

/// The origin line of a log's checkpoints: deployment id and log id.
#[must_use]
pub fn origin(deployment: &[u8; 16], log: LogId) -> String {
    format!("hipaa-core/{}/{log}", hex::encode(deployment))
}

impl Head {
    pub(crate) fn empty(log: LogId, tenant: TenantId) -> Self {
        Self { log, tenant, last_leaf: [0; 32], last_time: Timestamp::from_micros(i64::MIN), range: Range::default() }
    }

    /// How many entries the log has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.range.size()
    }

    pub(crate) fn extend(&mut self, leaf: Leaf, time: Timestamp) {
        self.range.push(leaf);
        self.last_leaf = leaf;
        self.last_time = time;
    }

    /// The text that is signed.
    #[must_use]
    pub fn checkpoint(&self, deployment: &[u8; 16]) -> String {
        self.at(deployment).text()
    }

    /// What the head says.
    #[must_use]
    pub fn at(&self, deployment: &[u8; 16]) -> Checkpoint {
        let (log, size, root) = (self.log, self.size(), self.range.root());
        Checkpoint { deployment: *deployment, log, size, root, last_leaf: self.last_leaf, last_time: self.last_time }
    }

    pub(crate) fn sign(&self, deployment: &[u8; 16], key: &SigningKey, mac_key: &[u8; 32]) -> StoredHead {
        let mut stored = StoredHead {
            log: self.log,
            tenant: self.tenant,
            size: self.size(),
            last_leaf: self.last_leaf,
            last_time: self.last_time,
            range: self.range.to_bytes(),
            signature: key.sign(self.checkpoint(deployment).as_bytes()).to_bytes(),
            mac: [0; 32],
        };
        stored.mac = stored.compute_mac(mac_key);
        stored
    }
}

impl StoredHead {
    fn compute_mac(&self, key: &[u8; 32]) -> [u8; 32] {
        let parts: [&[u8]; 7] = [
            &self.log.0,
            self.tenant.as_bytes(),
            &self.size.to_be_bytes(),
            &self.last_leaf,
            &self.last_time.micros().to_be_bytes(),
            &self.range,
            &self.signature,
        ];
        *blake3::keyed_hash(key, &encode("head", &parts)).as_bytes()
    }

    /// The head, if its MAC is right.
    pub(crate) fn verify(&self, mac_key: &[u8; 32]) -> Result<Head, HeadError> {
        if !bool::from(self.compute_mac(mac_key).ct_eq(&self.mac)) {
            return Err(HeadError);
        }
        self.unverified()
    }

    /// The head, if its signature is right under `key`: what an outsider can check.
    ///
    /// # Errors
    /// [`HeadError`] when the signature is wrong or the range does not fit the size.
    pub fn verify_signature(&self, deployment: &[u8; 16], key: &[u8; 32]) -> Result<Head, HeadError> {
        let head = self.unverified()?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| HeadError)?;
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(head.checkpoint(deployment).as_bytes(), &signature).map_err(|_| HeadError)?;
        Ok(head)
    }

    pub(crate) fn unverified(&self) -> Result<Head, HeadError> {
        let range = Range::from_parts(self.size, &self.range).ok_or(HeadError)?;
        Ok(Head { log: self.log, tenant: self.tenant, last_leaf: self.last_leaf, last_time: self.last_time, range })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> StoredHead {
        let mut head = Head::empty(LogId([1; 16]), TenantId::from_bytes([2; 16]));
        for n in 0..5u8 {
            head.extend([n; 32], Timestamp::from_micros(n.into()));
        }
        head.sign(&[3; 16], &SigningKey::from_bytes(&[4; 32]), &[5; 32])
    }

    #[test]
    fn a_head_verifies_by_mac_and_by_signature() {
        let public = SigningKey::from_bytes(&[4; 32]).verifying_key().to_bytes();
        assert_eq!(stored().verify(&[5; 32]).unwrap(), stored().verify_signature(&[3; 16], &public).unwrap());
        assert_eq!(stored().verify(&[6; 32]), Err(HeadError));
        assert_eq!(stored().verify_signature(&[9; 16], &public), Err(HeadError));
        let other = SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
        assert_eq!(stored().verify_signature(&[3; 16], &other), Err(HeadError));
    }

    #[test]
    fn every_edited_field_is_refused() {
        let edits: [fn(&mut StoredHead); 8] = [
            |head| head.log.0[0] ^= 1,
            |head| head.tenant = TenantId::from_bytes([9; 16]),
            |head| head.size = 6,
            |head| head.last_leaf[0] ^= 1,
            |head| head.last_time = Timestamp::from_micros(9),
            |head| head.range[0] ^= 1,
            |head| head.signature[0] ^= 1,
            |head| head.mac[0] ^= 1,
        ];
        for edit in edits {
            let mut head = stored();
            edit(&mut head);
            assert_eq!(head.verify(&[5; 32]), Err(HeadError));
        }
    }
}
