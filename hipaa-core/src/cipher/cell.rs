//! Sealing and opening of one cell.
//!
//! AAD = header (6 bytes) ‖ length of the record id (1 byte) ‖ record id: at most 47 bytes, under the 64 that the bounds
//! of RFC 8452 § 9 assume.

use super::envelope::{CellHeader, CellParts, HEADER_BYTES, NONCE_BYTES, TAG_BYTES};
use super::{CellError, plaintext};
use crate::entropy::Entropy;
use crate::red::{Safeguard, removed};
use crate::schema::{ColumnDef, MAX_RECORD_ID_BYTES, MAX_VALUE_BYTES, Padding, Protection, RecordId, Value};
use aes_gcm_siv::Aes256GcmSiv;
use aes_gcm_siv::aead::AeadInOut;
use aes_gcm_siv::aead::inout::InOutBuf;
use zeroize::Zeroizing;

const MAX_AAD_BYTES: usize = HEADER_BYTES + 1 + MAX_RECORD_ID_BYTES;
const _: () = assert!(MAX_AAD_BYTES < 64);
/// The longest padded plaintext.
const MAX_PLAINTEXT_BYTES: usize = MAX_VALUE_BYTES + 256;

/// Seals a value under the key of its column, for one record.
pub(crate) fn seal(
    (key, epoch): (&Aes256GcmSiv, u32),
    record: &RecordId,
    column: &ColumnDef,
    value: &Value,
    entropy: &mut Entropy,
) -> Result<Vec<u8>, CellError> {
    let padding = match column.protection() {
        Protection::Sealed { padding, .. } => padding,
        Protection::Protected => Padding::Buckets,
    };
    // The value is sealed where it lies: what fails wipes it, and nothing of it is left elsewhere.
    let around = (HEADER_BYTES + NONCE_BYTES, TAG_BYTES);
    let mut cell = plaintext::encode_between(value, (column.kind(), padding), around)?;
    let header = CellHeader { epoch };
    let nonce = entropy.generate::<NONCE_BYTES>()?;
    let (head, rest) = cell.split_at_mut(HEADER_BYTES);
    let (nonce_out, rest) = rest.split_at_mut(NONCE_BYTES);
    let (text, tag_out) = rest.split_last_chunk_mut::<TAG_BYTES>().ok_or(CellError::TooShort)?;
    head.copy_from_slice(&header.to_bytes());
    nonce_out.copy_from_slice(&nonce);
    let mut aad = [0; MAX_AAD_BYTES];
    let tag = key
        .encrypt_inout_detached(&nonce.into(), bind(header, record, &mut aad), text.into())
        .map_err(|_| CellError::TooLong)?;
    tag_out.copy_from_slice(&tag);
    Ok(core::mem::take(&mut *cell))
}

/// Opens the cell of one record; `key` gives the column's key in the epoch that the cell names.
pub(crate) fn open<'k>(
    key: impl FnOnce(u32) -> Result<&'k Aes256GcmSiv, CellError>,
    record: &RecordId,
    column: &ColumnDef,
    cell: &[u8],
) -> Result<Value, CellError> {
    let parts = CellParts::split(cell)?;
    if parts.ciphertext.len() > MAX_PLAINTEXT_BYTES {
        return Err(CellError::Open);
    }
    let key = key(parts.header.epoch)?;
    let mut plaintext = Zeroizing::new(vec![0; parts.ciphertext.len()]);
    let buffer = InOutBuf::new(parts.ciphertext, &mut plaintext).map_err(|_| CellError::Open)?;
    let mut aad = [0; MAX_AAD_BYTES];
    key.decrypt_inout_detached(&parts.nonce.into(), bind(parts.header, record, &mut aad), buffer, &parts.tag.into())
        .map_err(|_| CellError::Open)?;
    plaintext::decode_in_place(plaintext, column.kind())
}

fn bind<'a>(header: CellHeader, record: &RecordId, aad: &'a mut [u8; MAX_AAD_BYTES]) -> &'a [u8] {
    let id = if removed(Safeguard::CellContext) { &[] } else { record.as_bytes() };
    let length = HEADER_BYTES + 1 + id.len();
    aad[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
    aad[HEADER_BYTES] = u8::try_from(id.len()).unwrap_or(u8::MAX);
    aad[HEADER_BYTES + 1..length].copy_from_slice(id);
    &aad[..length]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cipher::CELL_OVERHEAD_BYTES;
    use crate::schema::{Column, Text};
    use aes_gcm_siv::KeyInit;

    const NOTE: Column<Text> = Column::text("note");

    fn key(byte: u8) -> Aes256GcmSiv {
        Aes256GcmSiv::new(&[byte; 32].into())
    }

    fn id(byte: u8) -> RecordId {
        RecordId::from_slice(&[byte; 16]).unwrap()
    }

    fn sealed() -> Vec<u8> {
        let value = Value::Text(Zeroizing::new("chest pain".to_owned()));
        seal((&key(1), 7), &id(1), &NOTE.def(), &value, &mut Entropy::from_seed([3; 32])).unwrap()
    }

    #[test]
    fn a_cell_opens_in_its_place() {
        let value = open(
            |epoch| Ok(if epoch == 7 { &*Box::leak(Box::new(key(1))) } else { unreachable!() }),
            &id(1),
            &NOTE.def(),
            &sealed(),
        );
        assert_eq!(value.unwrap(), Value::Text(Zeroizing::new("chest pain".to_owned())));
        assert_eq!(sealed().len(), CELL_OVERHEAD_BYTES + 16);
    }

    #[test]
    fn every_flipped_bit_and_every_other_record_or_key_is_refused() {
        let (right, wrong) = (key(1), key(2));
        assert_eq!(open(|_| Ok(&right), &id(2), &NOTE.def(), &sealed()), Err(CellError::Open));
        assert_eq!(open(|_| Ok(&wrong), &id(1), &NOTE.def(), &sealed()), Err(CellError::Open));
        for at in 0..sealed().len() * 8 {
            let mut cell = sealed();
            cell[at / 8] ^= 1 << (at % 8);
            assert!(open(|_| Ok(&right), &id(1), &NOTE.def(), &cell).is_err(), "bit {at}");
        }
    }

    #[test]
    fn what_the_bytes_alone_show_is_a_distinct_error() {
        let right = key(1);
        let attempt = |cell: &[u8]| open(|_| Ok(&right), &id(1), &NOTE.def(), cell);
        let cell = sealed();
        for length in 0..CELL_OVERHEAD_BYTES + 2 {
            assert_eq!(attempt(&cell[..length]), Err(CellError::TooShort));
        }
        assert_eq!(attempt(&cell[..cell.len() - 1]), Err(CellError::Open));
        assert_eq!(attempt(&[&[2], &cell[1..]].concat()), Err(CellError::UnknownVersion(2)));
        assert_eq!(attempt(&[&[1, 9], &cell[2..]].concat()), Err(CellError::UnknownSuite(9)));
        let unknown = open(|epoch| Err(CellError::UnknownEpoch(epoch)), &id(1), &NOTE.def(), &cell);
        assert_eq!(unknown, Err(CellError::UnknownEpoch(7)));
    }
}
