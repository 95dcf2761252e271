//! The same work through the library.

pub mod cell;
pub mod desk;
pub mod examine;
pub mod import;
pub mod notes;
pub mod schema;
pub mod ward;

use hipaa_core::keys::Kek;
use secrecy::SecretBox;

/// A key-encryption key for files that are deleted when they were measured.
#[must_use]
pub fn throw_away_key() -> Kek {
    Kek::from_bytes(SecretBox::new(Box::new([9; 32])))
}
