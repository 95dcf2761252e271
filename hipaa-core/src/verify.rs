//! Examining a log from outside: without a key, from bytes that somebody else stored.
//!
//! [`verify`] reads a [`Source`] from end to end and reports every [`Break`]: it stops at none, and needs the same memory
//! for a thousand entries as for a hundred million. Two verdicts, never one: [`Integrity`] says whether what is there is
//! what was written; [`Completeness`] says how much of it somebody outside has seen.
//!
//! May import `audit`, `seal` and what stands below them. Does no I/O: an adapter implements [`Source`].

mod anchor;
mod chunk;
mod cursor;
mod deployment;
mod finding;
mod log;
mod period;
mod pulse;
mod replay;
mod restored;
mod run;
mod scan;
mod source;
mod sum;

pub use anchor::Anchor;
pub use cursor::{Cursor, CursorError};
pub use finding::{Break, Class, Completeness, Doubt, Integrity, Report, Restored};
pub use pulse::{MAX_SILENCES, Pulse, Silence};
pub use replay::{
    AuthorityView, MAX_STATES_IN_MEMORY, RecordSource, RowView, SignatureRow, StateRow, TermRow, verify_records,
};
pub use run::{Options, Progress, verify};
pub use source::{EntryView, Source, Stored, SubjectRow};
