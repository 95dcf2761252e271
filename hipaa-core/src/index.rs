//! Blind indexes: keyed, truncated hashes by which a sealed value can be found.
//!
//! term = keyed BLAKE3(index key, encode("term", normalised parts)), truncated. A term finds candidates only; a
//! candidate becomes a record by opening and comparing. May import `encoding`, `text`, `schema` and `keys`; a sibling of
//! `cipher`, never its user.

mod normalize;
mod term;

pub use normalize::MAX_INPUT_BYTES;
pub use term::{MAX_TERMS_PER_RECORD, Term};
pub(crate) use term::{NormalForm, probe_form, record_forms};

/// Why a value cannot be indexed or searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The text has a code point that Unicode has not assigned, or a private one.
    #[error("the text has an unassigned or private code point and cannot be indexed")]
    Unassigned,
    /// The text is longer than an index takes.
    #[error("the text is too long to be indexed")]
    TooLong,
    /// The record's values make more terms than one record may have.
    #[error("the record makes more than 256 index terms")]
    TooManyTerms,
    /// A search part that normalises to nothing, such as blanks or a partial date.
    #[error("a search part is empty after normalising")]
    EmptyPart,
    /// A mistake of the program: the normaliser takes no text.
    #[error("the normaliser does not fit this kind of value")]
    Misuse,
    /// The index was declared over rows that were there before, and they are not indexed yet: searching it would miss
    /// them. `TenantVault::reindex` brings them in.
    #[error("the index does not cover the older rows of its table yet")]
    NotBuilt,
    /// The table has no such index: searching it is an error, never an empty result.
    #[error("the table does not declare this index")]
    NotDeclared,
}
