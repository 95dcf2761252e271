//! Attacks on a real SQLite file, with plain SQL on a second connection: what a table writer without a key can do.
//!
//! Every attack must change the rows that it is aimed at; a test whose attack changes nothing fails.

mod canary;
mod index;
mod key;
mod log;
mod row;
mod site;
mod state;
