//! What is kept outside the database: the trust file, checkpoints, receipts, the cursor.

use hipaa_core::audit::{MAX_RECEIPT_BYTES, MAX_TRUST_BYTES, Receipt, SignedCheckpoint, Trust};
use hipaa_core::verify::{Anchor, Cursor};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

const MAX_CURSOR_BYTES: usize = 64 * 1024 * 1024;

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutsideError {
    /// It cannot be read.
    #[error("cannot be read ({0})")]
    Unreadable(io::ErrorKind),
    /// It cannot be written.
    #[error("cannot be written ({0})")]
    Unwritable(io::ErrorKind),
    /// It is longer than any file of its kind.
    #[error("is longer than {0} bytes")]
    TooLong(usize),
    /// It is no trust file.
    #[error("is not a trust file of version 1")]
    Trust,
    /// It is neither a checkpoint nor a receipt.
    #[error("is neither a signed checkpoint nor a receipt")]
    Anchor,
    /// It is no cursor.
    #[error("is not a cursor of version 1")]
    Cursor,
    /// A directory of checkpoints without one.
    #[error("holds no checkpoint: a witness that has seen nothing vouches for nothing")]
    Empty,
}

pub(crate) fn trust(path: &Path) -> Result<Trust, OutsideError> {
    Trust::parse(&read_text(path, MAX_TRUST_BYTES, OutsideError::Trust)?).map_err(|_| OutsideError::Trust)
}

/// A receipt, or a signed checkpoint by itself.
pub(crate) fn anchor(path: &Path) -> Result<Anchor, OutsideError> {
    let bytes = read(path, MAX_RECEIPT_BYTES)?;
    match (Receipt::decode(&bytes), SignedCheckpoint::decode(&bytes)) {
        (Ok(receipt), _) => Ok(Anchor::receipt(receipt)),
        (_, Ok(head)) => Ok(Anchor::head(head)),
        _ => Err(OutsideError::Anchor),
    }
}

/// Every file of a directory whose name has no dot in front.
pub(crate) fn anchors(folder: &Path) -> Result<Vec<Anchor>, OutsideError> {
    let unreadable = |error: io::Error| OutsideError::Unreadable(error.kind());
    let mut anchors = Vec::new();
    for file in fs::read_dir(folder).map_err(unreadable)? {
        let file = file.map_err(unreadable)?;
        if !file.file_name().to_string_lossy().starts_with('.') {
            // Somebody else fills the folder: a pipe in it would be waited for without end.
            if !fs::metadata(file.path()).map_err(unreadable)?.is_file() {
                return Err(OutsideError::Anchor);
            }
            anchors.push(anchor(&file.path())?);
        }
    }
    if anchors.is_empty() { Err(OutsideError::Empty) } else { Ok(anchors) }
}

/// The cursor of an earlier run, if there was one.
pub(crate) fn cursor(path: &Path) -> Result<Option<Cursor>, OutsideError> {
    match read_text(path, MAX_CURSOR_BYTES, OutsideError::Cursor) {
        Ok(text) => Cursor::parse(&text).map(Some).map_err(|_| OutsideError::Cursor),
        Err(OutsideError::Unreadable(io::ErrorKind::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), OutsideError> {
    fs::write(path, text).map_err(|error| OutsideError::Unwritable(error.kind()))
}

fn read_text(path: &Path, most: usize, wrong: OutsideError) -> Result<String, OutsideError> {
    String::from_utf8(read(path, most)?).map_err(|_| wrong)
}

fn read(path: &Path, most: usize) -> Result<Vec<u8>, OutsideError> {
    let unreadable = |error: io::Error| OutsideError::Unreadable(error.kind());
    let mut bytes = Vec::new();
    let more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).and_then(|file| file.take(more).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() > most { Err(OutsideError::TooLong(most)) } else { Ok(bytes) }
}
