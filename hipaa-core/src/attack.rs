//! Attacks on this crate from where an attacker stands: edits of what the store holds, behind the library's back.
//!
//! Every attack says where it was stopped. Those of `twin` run a second time without the one safeguard that stops them,
//! and must then succeed: so a passing test is known to mean something.

mod authority;
mod canary;
mod check;
mod clinic;
mod denial;
mod disclosure;
mod identity;
mod index;
mod key;
mod limit;
mod log;
mod matrix;
mod period;
mod restore;
mod role;
mod row;
mod search;
mod sign;
mod state;
mod taken_up;
mod twin;
