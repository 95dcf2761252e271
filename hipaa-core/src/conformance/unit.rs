//! What an adapter that runs units of work must keep to, beside the contract of its store.
//!
//! The cases reach behind the library's back as another program with access to the database would: through the store of
//! a unit, which knows no safeguard.

mod deployment;
mod failure;
mod trust;

use super::{Broken, Failure, Finding, broken};
use crate::tenancy::TenancyError;
use crate::unit::{Committed, ReleaseError, Unit, UnitError};
use crate::vault::VaultError;
use core::fmt;

/// One of two processes that have the same database open, each with a [`Notary`](crate::unit::Notary) of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// The one that founded the deployment.
    First,
    /// Another.
    Second,
}

/// What is done in a unit.
pub type Work<'a> = &'a mut dyn FnMut(&mut dyn Unit) -> Result<(), VaultError>;

/// An adapter as the cases need it: a new deployment, with [`TABLES`](super::TABLES) declared, open in two processes.
pub trait Units {
    /// Runs one unit in a process.
    ///
    /// # Errors
    /// Those of the adapter's own way to run a unit.
    fn write<T>(
        &mut self,
        process: Process,
        work: impl FnOnce(&mut dyn Unit) -> Result<T, VaultError>,
    ) -> Result<Committed<T>, VaultError>;

    /// Runs one unit in the first process. What `lost` does is taken back behind the unit's back, as a host does that
    /// rolls a savepoint of its own back; then comes `after`.
    ///
    /// # Errors
    /// Those of the adapter's own way to run a unit.
    fn tear(&mut self, lost: Work<'_>, after: Work<'_>) -> Result<Committed<()>, VaultError>;
}

type Case<D> = (&'static str, fn(&mut D) -> Finding);

macro_rules! unit_cases {
    ($($room:ident::$name:ident)*) => {
        [$((stringify!($name), $room::$name as fn(&mut D) -> Finding)),*]
    };
}

fn cases<D: Units>() -> [Case<D>; 15] {
    unit_cases! {
        failure::what_commits_is_there_with_its_entry
        failure::a_failing_closure_leaves_none_of_its_work
        failure::a_refusal_survives_a_closure_that_fails
        failure::a_refusal_is_written_when_the_closure_goes_on
        failure::a_panic_is_a_failed_closure
        failure::what_a_failed_unit_held_never_opens
        failure::a_torn_log_is_noticed
        failure::a_torn_log_is_noticed_though_more_is_appended
        failure::a_torn_log_is_noticed_though_its_error_is_ignored
        trust::an_append_after_a_changed_head_is_refused
        trust::an_append_after_an_older_head_is_refused
        trust::an_append_after_a_foreign_entry_is_refused
        trust::a_new_ring_of_another_process_is_seen
        trust::a_ring_that_was_rolled_back_is_refused
        trust::entries_of_two_processes_chain_under_one_head
    }
}

/// The names of the cases.
pub fn names<D: Units>() -> impl Iterator<Item = &'static str> {
    cases::<D>().into_iter().map(|(name, _)| name)
}

/// Runs every case, each on an adapter of its own. The result is every case that failed.
pub fn run_all<D: Units>(mut make: impl FnMut() -> D) -> Vec<Failure> {
    let run = |(case, run): Case<D>| run(&mut make()).err().map(|broken| Failure { case, broken });
    cases().into_iter().filter_map(run).collect()
}

/// That a unit failed, and with the right error.
fn failed<T>(result: Result<T, VaultError>, error: VaultError, expected: &'static str) -> Finding {
    match result {
        Err(said) if said == error => Ok(()),
        Err(said) => Err(Broken { expected, said: Some(said.to_string()) }),
        Ok(_) => Err(broken(expected)),
    }
}

fn unforeseen(error: impl fmt::Display) -> Broken {
    Broken { expected: "no error", said: Some(error.to_string()) }
}

impl From<VaultError> for Broken {
    fn from(error: VaultError) -> Self {
        unforeseen(error)
    }
}

impl From<ReleaseError> for Broken {
    fn from(error: ReleaseError) -> Self {
        unforeseen(error)
    }
}

/// Tenants are made in units whose error is the vault's.
fn as_vault_error(error: TenancyError) -> VaultError {
    match error {
        TenancyError::Unit(error) => error.into(),
        _ => UnitError::Store(crate::store::StoreError::Other).into(),
    }
}
