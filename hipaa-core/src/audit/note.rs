//! Signed notes, as C2SP `signed-note` writes them: a text, an empty line, then one line per signature.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// The longest note, in bytes.
pub const MAX_NOTE_BYTES: usize = 16_384;
/// The most signatures under a note.
pub const MAX_NOTE_SIGNATURES: usize = 64;
/// The algorithm byte of Ed25519 in a key id.
const ED25519: u8 = 1;

/// Bytes that are not a note, or a note that is not signed as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Not the bytes of a note of ours.
    #[error("the signed note is malformed")]
    Malformed,
    /// There is no signature of this key under it.
    #[error("the note is not signed by the key that is asked for")]
    UnknownKey,
    /// The signature of this key is wrong.
    #[error("a signature under the note is wrong")]
    Signature,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The first four bytes of SHA-256(name ‖ 0x0A ‖ algorithm ‖ public key).
    pub key_id: [u8; 4],
    /// The bytes of the signature.
    pub signature: Vec<u8>,
}

/// A text and what signs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    /// The text, which ends with a line feed.
    pub text: String,
    /// At least one signature.
    pub signatures: Vec<NoteSignature>,
}

/// The id of an Ed25519 key of this name.
#[must_use]
pub fn key_id(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let hash: [u8; 32] =
        Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key).finalize().into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

impl SignedNote {
    /// The bytes of this note.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = format!("{}\n", self.text);
        for line in &self.signatures {
            let bytes = STANDARD.encode([line.key_id.as_slice(), &line.signature].concat());
            text.push_str(&format!("\u{2014} {} {bytes}\n", line.name));
        }
        text
    }

    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] for any text that [`SignedNote::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, NoteError> {
        let text = core::str::from_utf8(bytes).map_err(|_| NoteError::Malformed)?;
        let control = |c: char| c.is_control() && c != '\n';
        if text.len() > MAX_NOTE_BYTES || text.chars().any(control) {
            return Err(NoteError::Malformed);
        }
        let (text, lines) = text.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures = lines.split('\n').map(read_signature).collect::<Option<Vec<_>>>();
        let signatures = signatures.filter(|all| all.len() <= MAX_NOTE_SIGNATURES).ok_or(NoteError::Malformed)?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// Checks the Ed25519 signature of the key with this name. Signatures of other keys are not looked at.
    ///
    /// # Errors
    /// [`NoteError::UnknownKey`], [`NoteError::Signature`].
    pub fn verify(&self, name: &str, key: &[u8; 32]) -> Result<(), NoteError> {
        let id = key_id(name, key);
        let mut lines = self.signatures.iter().filter(|line| line.name == name && line.key_id == id).peekable();
        if lines.peek().is_none() {
            return Err(NoteError::UnknownKey);
        }
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Signature)?;
        lines.try_for_each(|line| {
            let signature = Signature::from_slice(&line.signature).map_err(|_| NoteError::Signature)?;
            key.verify_strict(self.text.as_bytes(), &signature).map_err(|_| NoteError::Signature)
        })
    }
}

/// `— name base64(key id ‖ signature)`
fn read_signature(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (key_id, signature) = bytes.split_first_chunk()?;
    let named = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
    (named && !signature.is_empty()).then(|| NoteSignature {
        name: name.to_owned(),
        key_id: *key_id,
        signature: signature.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use proptest::prelude::*;

    fn signed() -> (SignedNote, [u8; 32]) {
        let signer = SigningKey::from_bytes(&[7; 32]);
        let (text, key) = ("a log\n7\n".to_owned(), signer.verifying_key().to_bytes());
        let signature = signer.sign(text.as_bytes()).to_vec();
        (
            SignedNote {
                signatures: vec![NoteSignature { name: "a".into(), key_id: key_id("a", &key), signature }],
                text,
            },
            key,
        )
    }

    #[test]
    fn a_note_reads_back_and_verifies_under_its_own_key_and_name() {
        let (note, key) = signed();
        assert_eq!(SignedNote::decode(note.encode().as_bytes()), Ok(note.clone()));
        assert_eq!(note.verify("a", &key), Ok(()));
        assert_eq!(note.verify("b", &key), Err(NoteError::UnknownKey));
        assert_eq!(
            note.verify("a", &SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes()),
            Err(NoteError::UnknownKey)
        );
        let edited = SignedNote { text: "a log\n8\n".to_owned(), ..note };
        assert_eq!(edited.verify("a", &key), Err(NoteError::Signature));
    }

    #[test]
    fn the_key_id_is_that_of_the_published_example() {
        // github.com/C2SP/C2SP, signed-note.md: PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
        let key = STANDARD.decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        assert_eq!(hex::encode(key_id("PeterNeumann", key[1..].try_into().unwrap())), "c74f20a3");
    }

    #[test]
    fn anything_else_is_refused() {
        let good = signed().0.encode();
        let wrong = [
            String::new(),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            format!("{good}trailing"),
            good.replace("\n\n", "\n"),
            good.replace('\u{2014}', "-"),
            good.replace("a log", "a\rlog"),
            good.replace(" a ", " a+b "),
            "x".repeat(MAX_NOTE_BYTES) + &good,
        ];
        for text in wrong {
            assert_eq!(SignedNote::decode(text.as_bytes()), Err(NoteError::Malformed), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_decodes_encodes_to_the_same_bytes(text in "[a-c\n \u{2014}]{0,20}\n\n\u{2014} [a+ ]{1,3} [A-D]{8}[AB=]{0,4}\n") {
            if let Ok(note) = SignedNote::decode(text.as_bytes()) {
                prop_assert_eq!(note.encode(), text);
            }
        }
    }
}
