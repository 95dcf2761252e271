//! The adapter as a host meets it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[path = "sqlite/conformance.rs"]
mod conformance;
#[path = "sqlite/fixture.rs"]
mod fixture;
