//! A deployment in a file of its own.

use hipaa_core::keys::Kek;

pub(crate) fn kek() -> Kek {
    Kek::from_text(&"0f".repeat(32).into()).unwrap()
}
