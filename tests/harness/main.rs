//! Crashes, faults, races: real signals, real limits, real processes, on real files.
//!
//! The default run is short. `HIPAA_CRASH_ROUNDS=200`, `HIPAA_CRASH_STRIDE=1`, `HIPAA_RACE_SECONDS=30` and `HIPAA_QUEUED=1000000` give the long one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod child;
mod crash;
mod faults;
mod hashing;
mod memory;
mod processes;
mod steps;

/// A number from the environment, for the long run.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
