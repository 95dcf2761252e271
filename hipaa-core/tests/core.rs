//! The crate as an adapter meets it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[path = "core/broken.rs"]
mod broken;
#[path = "core/conformance.rs"]
mod conformance;
#[path = "core/fault.rs"]
mod fault;
#[path = "core/limit.rs"]
mod limit;
