//! Signatures of records: who signed, in which role, when, and a commitment to what the record said.
//!
//! signature = encode("signature", [format u8 = 1, commitment 32, user, role, time i64 in microseconds]), in the column
//! `hipaa_signature` and in the entry of the signing. commitment = SHA-256(encode("signed-record", [salt 32, tenant, table
//! label, record id, user, role, time i64, content])). content = encode("content", [label, value, …]) of the columns that
//! have a value, ascending by label, without the signature and its salt; a value is type byte ‖ value as in a cell's
//! plaintext, without the end mark and what pads it.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::Place;
use crate::cipher::{self, CellError};
use crate::clock::Timestamp;
use crate::encoding::{decode, encode};
use crate::red::{Safeguard, removed};
use crate::schema::{ColumnDef, Padding, SIGNATURE, SIGNATURE_SALT, Table, Value};
use core::borrow::Borrow;
use core::fmt;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const FORMAT: u8 = 1;
/// The bytes of a salt.
pub(crate) const SALT_BYTES: usize = 32;
/// The longest user id or role in a signature, in bytes; those of an actor.
const MAX_NAME_BYTES: usize = 256;

/// Bytes that are not a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is malformed")]
pub struct SignatureError;

/// Who signed a record, in which role, when, and the commitment to what it said.
///
/// Holds no value: the commitment says nothing without the salt, which is sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature {
    commitment: [u8; 32],
    user: String,
    role: String,
    time: Timestamp,
}

/// Who signs, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signer<'a> {
    pub(crate) user: &'a str,
    pub(crate) role: &'a str,
    pub(crate) time: Timestamp,
}

impl Signature {
    /// Signs what a record says; `values` are in the order of the table's columns.
    pub(crate) fn of<V: Borrow<Value>>(
        signer: Signer<'_>,
        salt: &[u8; SALT_BYTES],
        place: Place<'_>,
        values: &[Option<V>],
    ) -> Result<Self, CellError> {
        let commitment = commitment(signer, salt, place, values)?;
        Ok(Self { commitment, user: signer.user.to_owned(), role: signer.role.to_owned(), time: signer.time })
    }

    /// Whether a record says what was signed.
    pub(crate) fn holds<V: Borrow<Value>>(&self, salt: &[u8], place: Place<'_>, values: &[Option<V>]) -> bool {
        if removed(Safeguard::SignatureCheck) {
            return true;
        }
        let Ok(salt) = salt.try_into() else { return false };
        let signer = Signer { user: &self.user, role: &self.role, time: self.time };
        commitment(signer, salt, place, values).is_ok_and(|found| found.ct_eq(&self.commitment).into())
    }

    /// The commitment to what was signed: SHA-256 over a sealed random salt and the canonical plaintext.
    #[must_use]
    pub const fn commitment(&self) -> &[u8; 32] {
        &self.commitment
    }

    /// Who signed, by user id.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// In which role.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// When.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// The bytes of this signature.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let time = self.time.micros().to_be_bytes();
        encode("signature", &[&[FORMAT], &self.commitment, self.user.as_bytes(), self.role.as_bytes(), &time])
    }

    /// Reads a signature.
    ///
    /// # Errors
    /// [`SignatureError`] for anything that [`Signature::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, SignatureError> {
        let ("signature", parts) = decode(bytes).map_err(|_| SignatureError)? else { return Err(SignatureError) };
        let [[FORMAT], commitment, user, role, time] = parts[..] else { return Err(SignatureError) };
        Ok(Self {
            commitment: commitment.try_into().map_err(|_| SignatureError)?,
            user: name(user)?,
            role: name(role)?,
            time: Timestamp::from_micros(i64::from_be_bytes(time.try_into().map_err(|_| SignatureError)?)),
        })
    }
}

fn name(bytes: &[u8]) -> Result<String, SignatureError> {
    let text = core::str::from_utf8(bytes).map_err(|_| SignatureError)?;
    if text.is_empty() || text.len() > MAX_NAME_BYTES { Err(SignatureError) } else { Ok(text.to_owned()) }
}

fn commitment<V: Borrow<Value>>(
    signer: Signer<'_>,
    salt: &[u8; SALT_BYTES],
    place: Place<'_>,
    values: &[Option<V>],
) -> Result<[u8; 32], CellError> {
    let content = content_of(place.table, values)?;
    let time = signer.time.micros().to_be_bytes();
    let (user, role) = (signer.user.as_bytes(), signer.role.as_bytes());
    let (tenant, table, record) = (place.tenant.as_bytes(), place.table.label().as_bytes(), place.record);
    let mut parts: [&[u8]; 8] = [salt, tenant, table, record.as_bytes(), user, role, &time, &content];
    if removed(Safeguard::SignatureContext) {
        parts = [salt, &[], &[], &[], &[], &[], &[], &content];
    }
    Ok(Sha256::digest(Zeroizing::new(encode("signed-record", &parts)).as_slice()).into())
}

/// The canonical plaintext of a record.
pub(crate) fn content_of<V: Borrow<Value>>(
    table: &Table,
    values: &[Option<V>],
) -> Result<Zeroizing<Vec<u8>>, CellError> {
    let mut typed = Vec::new();
    for (column, value) in table.columns().iter().zip(values).filter(|(column, _)| is_content(column)) {
        if let Some(value) = value.as_ref().map(V::borrow).filter(|value| **value != Value::Null) {
            let mut bytes = cipher::encode_plaintext(value, column.kind(), Padding::None)?;
            // Without padding the end mark comes last.
            bytes.pop();
            typed.push((column.label(), bytes));
        }
    }
    typed.sort_unstable_by_key(|(label, _)| *label);
    let parts = typed.iter().flat_map(|(label, bytes)| [label.as_bytes(), bytes.as_slice()]).collect::<Vec<_>>();
    Ok(Zeroizing::new(encode("content", &parts)))
}

fn is_content(column: &ColumnDef) -> bool {
    *column != SIGNATURE && *column != SIGNATURE_SALT
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").field("user", &self.user).field("time", &self.time).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
