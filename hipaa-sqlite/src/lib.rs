//! `hipaa-core` on SQLite, inside the host's own transactions.
//!
//! [`Database`] owns a connection and runs units of work on it; [`join`] runs one inside a transaction of the host. Both
//! commit the host's own SQL, the sealed rows and their audit entries together or not at all.
//!
//! | room | what it is for |
//! |---|---|
//! | `open` | connections with safe settings |
//! | `migrate` | the versions of the schema, forward only |
//! | `ddl` | from declared tables to SQL tables |
//! | `unit`, `batch` | one unit of work; one transaction with one of them or many |
//! | `bolt` | no COMMIT inside a joined unit |
//! | `audit`, `authority`, `key`, `record`, `state`, `tenant`, `term` | one store trait each |
//! | [`limit`] | rate limits in a file of their own, shared by several processes |
//! | `turnstile` | a fair queue of writers, across processes |
//! | `bridge` | feature `tokio`: async callers, group commit, readers |
//! | [`inspect`] | reading a file that somebody else wrote, for examination |
//! | `error` | one error, without SQL text |
//!
//! SQL lives in this crate and nowhere else. It sees neither a key nor a plaintext.
#![forbid(unsafe_code)]

mod audit;
mod authority;
mod batch;
mod bolt;
#[cfg(feature = "tokio")]
pub mod bridge;
mod ddl;
mod error;
pub mod inspect;
mod key;
pub mod limit;
mod migrate;
mod open;
mod record;
mod state;
mod store;
mod tenant;
mod term;
mod turnstile;
mod unit;
pub mod witness;
mod writers;

pub use ddl::{DeclareError, declare};
pub use error::Error;
pub use migrate::SCHEMA_VERSION;
pub use open::{Database, Options, attach, configure};
pub use record::{read_row, sql_value};
pub use unit::{Unit, join};

pub use rusqlite;
