//! The adapter as a host meets it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

#[path = "sqlite/authority.rs"]
mod authority;
#[path = "sqlite/bcrypt.rs"]
mod bcrypt;
#[path = "sqlite/conformance.rs"]
mod conformance;
#[path = "sqlite/declare.rs"]
mod declare;
#[path = "sqlite/emergency.rs"]
mod emergency;
#[path = "sqlite/fixture.rs"]
mod fixture;
#[path = "sqlite/host.rs"]
mod host;
#[path = "sqlite/identity.rs"]
mod identity;
#[path = "sqlite/killed.rs"]
mod killed;
#[path = "sqlite/limit.rs"]
mod limit;
#[path = "sqlite/migration.rs"]
mod migration;
#[path = "sqlite/own_table.rs"]
mod own_table;
#[path = "sqlite/period.rs"]
mod period;
#[path = "sqlite/place.rs"]
mod place;
#[path = "sqlite/plan.rs"]
mod plan;
#[path = "sqlite/restore.rs"]
mod restore;
#[path = "sqlite/silent.rs"]
mod silent;
#[path = "sqlite/thief.rs"]
mod thief;
#[path = "sqlite/typed.rs"]
mod typed;
#[path = "sqlite/witness.rs"]
mod witness;
