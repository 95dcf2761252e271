//! Search-term normalisers: how a value is brought to the one form under which it is indexed.
//!
//! Two spellings that a clerk would call the same name, number or identifier have one normal form, and the keyed term
//! is computed from that form. The rules are frozen under [`NORMALIZER_VERSION`](crate::schema::NORMALIZER_VERSION), which is part of the index key.
//!
//! May import: `text` and wiping. Must never enter: keys, terms, storage.
//!
//! # Rules, version 1
//!
//! | id | normal form |
//! |---|---|
//! | `name` | ignorables removed, NFKD, full case folding, apostrophes removed, separators to one blank, NFC |
//! | `identifier` | ignorables removed, NFKD, full case folding, white space and dashes removed, NFC |
//! | `digits` | every decimal digit (`Nd`) of any script as ASCII, nothing else |
//! | `phone` | the digits without extension, in national form for the North American plan, else `+` and country code |
//! | `day` | `YYYY-MM-DD` in ASCII, full dates only |
//! | `number` | 8 bytes, two's complement, big-endian |
//! | `reference` | the bytes of the record id |
//! | `last-digits`, `last-identifier` | the last n characters of that form |
//!
//! *Ignorables* are format characters (`Cf`), control characters (`Cc`) that are not white space, and
//! `Default_Ignorable_Code_Point`. *Separators* are `White_Space`, `Dash` and punctuation (`P*`). Case folding is that
//! of the root locale. Diacritics stay: `Müller` and `Muller` are two names.
//!
//! The apostrophes removed are listed at `text::class::is_apostrophe`. The spacing acute `´` decomposes into a blank and
//! U+0301, so in a name a blank that carries such a mark is an apostrophe as well, and any other mark without a letter
//! to sit on (after a separator, or first) is dropped.
//!
//! # Stability
//!
//! The tables are those of Unicode 18.0. Text with a code point that is unassigned there is refused, because a later
//! version could fold it differently and the stored term would no longer be found. Properties of assigned characters
//! may still change between versions, hence the version number; a test holds a digest over all code points.
//!
//! # Security
//!
//! Whatever `out` held when it had to grow is wiped. No other buffer of ours holds a value: characters stream from the
//! input to `out`. The normaliser's few characters of look-ahead are not wiped; they are on the stack, or on the heap
//! for a letter with more than a dozen marks.

mod ascii;
mod phone;
#[cfg(test)]
mod tests;
mod unicode;

pub(super) use crate::text::buffer::reserve;

use super::IndexError;
use crate::schema::{Date, Normalizer};
use crate::text::{buffer, class};

/// The longest text that is normalised, in bytes.
pub const MAX_INPUT_BYTES: usize = 4096;

/// Appends the normal form of `input` to `out`.
///
/// A value that normalises to nothing, or is shorter than the count of a `last-` normaliser, adds no byte: it has no
/// term. On error `out` is as before. The caller wipes `out`, spare capacity included.
///
/// # Errors
///
/// [`IndexError::TooLong`] over [`MAX_INPUT_BYTES`]; [`IndexError::Unassigned`] for a code point without a fixed meaning;
/// [`IndexError::Misuse`] for [`Normalizer::Day`], [`Normalizer::Number`] and [`Normalizer::Reference`], which take no
/// text.
pub(crate) fn text(normalizer: Normalizer, input: &str, out: &mut Vec<u8>) -> Result<(), IndexError> {
    if input.len() > MAX_INPUT_BYTES {
        return Err(IndexError::TooLong);
    }
    let ascii = input.is_ascii();
    if !ascii && !input.chars().all(class::is_assigned) {
        return Err(IndexError::Unassigned);
    }
    let start = out.len();
    match normalizer {
        Normalizer::Name if ascii => ascii::name(input.as_bytes(), out),
        Normalizer::Name => unicode::name(input, out),
        Normalizer::Identifier | Normalizer::LastIdentifier(_) if ascii => {
            ascii::identifier(input.as_bytes(), out);
        }
        Normalizer::Identifier | Normalizer::LastIdentifier(_) => unicode::identifier(input, out),
        Normalizer::Digits | Normalizer::LastDigits(_) => phone::digits(input, out),
        Normalizer::Phone => phone::phone(input, out),
        Normalizer::Day | Normalizer::Number | Normalizer::Reference => return Err(IndexError::Misuse),
    }
    if let Some(n) = normalizer.kept() {
        buffer::keep_last(out, start, n);
    }
    Ok(())
}

/// Appends the form of [`Normalizer::Day`]: `YYYY-MM-DD` in ASCII; a partial date adds no byte.
pub(crate) fn day(date: Date, out: &mut Vec<u8>) {
    if date.month() == 0 || date.day() == 0 {
        return;
    }
    let [century, year] = [date.year() / 100, date.year() % 100].map(two_digits);
    let [month, day] = [date.month(), date.day()].map(|part| two_digits(u16::from(part)));
    reserve(out, 10);
    out.extend_from_slice(&century);
    for part in [year, month, day] {
        out.extend_from_slice(&part);
        out.push(b'-');
    }
    out.pop();
}

/// Two ASCII digits; `value` is below 100.
fn two_digits(value: u16) -> [u8; 2] {
    [value / 10, value % 10].map(|digit| b'0' + digit.to_le_bytes()[0])
}
