//! The least that could do the same work: bare calls of the same primitives and bare SQL with the same settings.
//!
//! Nothing here imports the library. A floor has no integrity check, no audit trail beyond the bytes, no error of its
//! own: what it takes is what the hardware, the cipher and SQLite take.

pub mod append;
pub mod cell;
pub mod file;
pub mod find;
pub mod write;
