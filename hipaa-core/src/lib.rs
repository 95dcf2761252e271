//! HIPAA technical safeguards (45 CFR § 164.312) as properties of the framework.
//!
//! Declare which columns hold PHI; from then on PHI cannot be written in clear, read without an audit entry, swapped
//! between rows or tenants, or altered unnoticed. This crate does no I/O of its own: an adapter such as `hipaa-sqlite`
//! stores sealed bytes inside the host's transactions.
//!
//! # A tour of the rooms, from the ground up
//!
//! | room | what it is for |
//! |---|---|
//! | [`clock`], [`entropy`] | time and chance; with `keys::provider` the only doors to the system |
//! | [`encoding`], `text` | the one injective encoder; Unicode |
//! | [`schema`] | tables, columns and indexes as constant values |
//! | [`keys`] | from the key-encryption key to the key of one column |
//! | [`cipher`], [`index`] | sealed cells; blind index terms |
//! | [`seal`] | a whole record: cells, terms and MAC |
//! | [`auth`] | passwords, lockout, second factors, sessions, limits: rules only |
//! | [`audit`] | events, entries, heads |
//! | [`store`] | what an adapter stores |
//! | [`mod@unit`] | units of work: held values, refusals, commits |
//! | [`tenancy`] | deployments, tenants and key epochs |
//! | [`signing`] | signing periods, and the heads of all logs in one |
//! | [`restore`] | going on after an older state was put back |
//! | [`authority`] | rows that confer or limit authority |
//! | [`outbox`] | notices that wait to be sent |
//! | [`identity`] | signing in: the flow of login, second factor, sessions, passwords |
//! | [`vault`] | the door to records |
//! | [`verify`] | examining logs and records from outside, without a key |
//! | [`guard`] | finds patient identifiers in free text and JSON; stands alone |
//!
//! Arrows point down only: a room imports what stands above it in this table, never what stands below.
//!
//! The safe path is the short path, and there is no other path: no public function opens a cell without a unit of work,
//! and no value leaves a unit before its audit entry is committed.
#![forbid(unsafe_code)]

#[cfg(test)]
mod attack;
pub mod audit;
pub mod auth;
pub mod authority;
pub mod cipher;
pub mod clock;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(feature = "danger")]
pub mod danger;
pub mod encoding;
pub mod entropy;
pub mod guard;
pub mod identity;
pub mod index;
pub mod keys;
pub mod outbox;
mod red;
pub mod restore;
pub mod schema;
pub mod seal;
pub mod signing;
pub mod store;
pub mod tenancy;
mod text;
pub mod unit;
pub mod vault;
#[cfg(test)]
mod vectors;
pub mod verify;
