//! Bare calls of the cipher and the hash.

use crate::Failure;
use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};

/// One padded plaintext and its authenticated data.
#[derive(Debug, Clone)]
pub struct Padded {
    /// The padded plaintext.
    pub bytes: Vec<u8>,
    /// The authenticated data.
    pub aad: Vec<u8>,
}

/// A cipher whose key schedule is built once.
pub struct Cipher(Aes256GcmSiv);

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher")
    }
}

impl Cipher {
    /// The cipher under this key.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(Aes256GcmSiv::new(&key.into()))
    }

    /// One call of the cipher: ciphertext and tag in a new vector. The nonce is a counter, no randomness is drawn.
    ///
    /// # Errors
    /// None that a plaintext of this size can cause.
    pub fn seal(&self, padded: &Padded, counter: u64) -> Result<Vec<u8>, Failure> {
        let payload = Payload { msg: &padded.bytes, aad: &padded.aad };
        self.0.encrypt(&nonce(counter), payload).map_err(|_| "the cipher refused to seal".into())
    }

    /// One call of the cipher: the padded plaintext in a new vector.
    ///
    /// # Errors
    /// When the bytes were not sealed with this counter and these authenticated data.
    pub fn open(&self, sealed: &[u8], aad: &[u8], counter: u64) -> Result<Vec<u8>, Failure> {
        self.0.decrypt(&nonce(counter), Payload { msg: sealed, aad }).map_err(|_| "the cipher refused to open".into())
    }

    /// The same for stored bytes: 6 bytes of header, the nonce, ciphertext and tag.
    ///
    /// # Errors
    /// When the bytes were not sealed with these authenticated data.
    pub fn open_stored(&self, stored: &[u8], aad: &[u8]) -> Result<Vec<u8>, Failure> {
        let (nonce, sealed) = stored.get(6..).and_then(<[u8]>::split_first_chunk::<12>).ok_or("too short")?;
        self.0.decrypt(&(*nonce).into(), Payload { msg: sealed, aad }).map_err(|_| "the cipher refused to open".into())
    }

    /// Stored bytes, as [`Cipher::open_stored`] takes them.
    ///
    /// # Errors
    /// As [`Cipher::seal`].
    pub fn seal_stored(&self, padded: &Padded, counter: u64) -> Result<Vec<u8>, Failure> {
        let sealed = self.seal(padded, counter)?;
        Ok([&[1, 1, 0, 0, 0, 1], nonce(counter).as_slice(), &sealed].concat())
    }
}

fn nonce(counter: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&counter.to_be_bytes());
    nonce.into()
}

/// The bytes of one record: its cells, the input of each index term and the input of its MAC, all made beforehand.
#[derive(Debug)]
pub struct Record {
    /// The padded plaintexts.
    pub cells: Vec<Padded>,
    /// What each term is the hash of.
    pub terms: Vec<Vec<u8>>,
    /// What the MAC is the hash of.
    pub mac: Vec<u8>,
}

impl Record {
    /// One cipher call per cell, one keyed hash per term and one for the MAC; nothing is assembled, sorted or copied.
    ///
    /// # Errors
    /// As [`Cipher::seal`].
    pub fn seal(&self, cipher: &Cipher, key: &[u8; 32], counter: u64) -> Result<Sealed, Failure> {
        let cells = self.cells.iter().map(|cell| cipher.seal(cell, counter)).collect::<Result<_, _>>()?;
        let terms = self.terms.iter().map(|term| keyed(key, term)).collect();
        Ok(Sealed { cells, terms, mac: keyed(key, &self.mac) })
    }
}

/// What becomes of a [`Record`].
#[derive(Debug)]
pub struct Sealed {
    /// Ciphertext and tag of each cell.
    pub cells: Vec<Vec<u8>>,
    /// The hash of each term.
    pub terms: Vec<[u8; 32]>,
    /// The MAC.
    pub mac: [u8; 32],
}

/// One keyed BLAKE3 hash.
#[must_use]
pub fn keyed(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    *blake3::keyed_hash(key, bytes).as_bytes()
}
