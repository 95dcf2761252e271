//! The contract for adapters: the store in memory passes it, broken stores do not.

use crate::broken::Broken;
use crate::fault::Fault;
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_core::conformance::unit::{self, Process, Units, Work};
use hipaa_core::conformance::{CASES, Failure, run_all};
use hipaa_core::keys::Kek;
use hipaa_core::store::memory::MemoryStore;
use hipaa_core::unit::{Committed, MemoryDatabase, Unit};
use hipaa_core::vault::VaultError;
use std::collections::BTreeSet;
use std::sync::LazyLock;

#[test]
fn the_store_in_memory_passes_every_case() {
    let mut runs = 0;
    let failures = run_all(|case| {
        runs += 1;
        case(&mut MemoryStore::default());
    });
    assert_eq!(failures, []);
    assert_eq!(runs, CASES.into_iter().flatten().count());
}

#[test]
fn every_case_has_a_name_of_its_own() {
    let names = CASES.into_iter().flatten().map(|case| case.name()).chain(unit::names::<Memory>()).collect::<Vec<_>>();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn a_case_that_is_given_no_store_fails() {
    let failures = run_all(|_| {});
    assert_eq!(failures.len(), CASES.into_iter().flatten().count());
    assert_eq!(failures[0].expected(), "a store to run on");
}

#[test]
fn a_wrapper_without_a_fault_passes_every_case() {
    assert_eq!(run_all(|case| case(&mut Broken::new(None))), []);
}

/// The cases that each broken store fails.
static FAILED: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
    let fail = |(fault, _)| run_all(|case| case(&mut Broken::new(Some(fault))));
    Fault::ALL.map(|fault| fail(fault).iter().map(Failure::case).collect()).to_vec()
});

#[test]
fn every_broken_store_fails_its_own_case() {
    for ((fault, own_case), failed) in Fault::ALL.iter().zip(&*FAILED) {
        assert!(failed.contains(own_case), "{fault:?} fails {failed:?}");
    }
}

#[test]
fn every_case_is_failed_by_a_broken_store() {
    let failed = FAILED.concat();
    let never = CASES.into_iter().flatten().map(|case| case.name()).filter(|name| !failed.contains(name));
    assert_eq!(never.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn units_in_memory_pass_every_case() {
    assert_eq!(unit::run_all(Memory::new), []);
}

/// Two processes on one store: each has a notary of its own, and takes the store over when it is its turn.
struct Memory {
    first: MemoryDatabase,
    second: MemoryDatabase,
}

impl Memory {
    fn new() -> Self {
        let kek = || Kek::from_text(&"0f".repeat(32).into()).unwrap();
        let clock = Clock::manual(Timestamp::from_micros(1_700_000_000_000_000));
        let mut first = MemoryDatabase::open(MemoryStore::default(), kek(), clock.clone()).unwrap();
        let second = MemoryDatabase::open(first.store().clone(), kek(), clock).unwrap();
        Self { first, second }
    }
}

impl Units for Memory {
    fn write<T>(
        &mut self,
        process: Process,
        work: impl FnOnce(&mut dyn Unit) -> Result<T, VaultError>,
    ) -> Result<Committed<T>, VaultError> {
        let (own, other) = match process {
            Process::First => (&mut self.first, &mut self.second),
            Process::Second => (&mut self.second, &mut self.first),
        };
        own.store().clone_from(other.store());
        let handover = Handover { own, other };
        handover.own.write(|unit| work(unit))
    }

    fn tear(&mut self, lost: Work<'_>, after: Work<'_>) -> Result<Committed<()>, VaultError> {
        let handover = Handover { own: &mut self.first, other: &mut self.second };
        handover.own.store().clone_from(handover.other.store());
        handover.own.write(|unit| {
            let savepoint = unit.store().clone();
            lost(unit)?;
            *unit.store() = savepoint;
            after(unit)
        })
    }
}

/// Gives the store to the other process when a unit has ended, by a panic as well.
struct Handover<'a> {
    own: &'a mut MemoryDatabase,
    other: &'a mut MemoryDatabase,
}

impl Drop for Handover<'_> {
    fn drop(&mut self) {
        self.other.store().clone_from(self.own.store());
    }
}
