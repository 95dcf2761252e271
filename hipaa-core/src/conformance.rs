//! The contract that every adapter must pass, as plain functions.
//!
//! [`CASES`] hold the sentences of [`store`](crate::store) against a bare store, one noun per file; [`mod@unit`] holds
//! those of [`crate::unit`] against an adapter that runs units of work. Every case has a name, and says what was expected
//! when it fails, never what was stored. Sees every room; no room sees it.
//!
//! # Examples
//! ```
//! use hipaa_core::conformance::run_all;
//! use hipaa_core::store::memory::MemoryStore;
//!
//! let failures = run_all(|case| case(&mut MemoryStore::default()));
//! assert_eq!(failures, []);
//! ```

use crate::store::{Store, StoreError};
use core::fmt;

macro_rules! cases {
    ($($name:ident)*) => {
        &[$(Case { name: stringify!($name), run: $name }),*]
    };
}

mod audit;
mod authority;
mod key;
pub mod limit;
mod record;
mod sample;
mod state;
mod tenant;
mod term;
pub mod unit;

pub use sample::TABLES;

/// All cases for a bare store, by noun. A store that runs them has declared [`TABLES`].
pub const CASES: [&[Case]; 7] =
    [key::CASES, audit::CASES, record::CASES, term::CASES, state::CASES, tenant::CASES, authority::CASES];

/// One sentence of the contract.
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    run: fn(&mut dyn Store) -> Finding,
}

impl Case {
    /// The name, which is the sentence.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Holds a store to the sentence. The store is empty but for the tables, and is used for this case alone.
    ///
    /// # Errors
    /// [`Failure`] when the store does not keep to it.
    pub fn run(&self, store: &mut dyn Store) -> Result<(), Failure> {
        (self.run)(store).map_err(|broken| Failure { case: self.name, broken })
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({})", self.name)
    }
}

/// A sentence that an adapter does not keep to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{case}: expected {broken}")]
pub struct Failure {
    case: &'static str,
    broken: Broken,
}

impl Failure {
    /// The name of the case.
    #[must_use]
    pub const fn case(&self) -> &'static str {
        self.case
    }

    /// What was expected and did not come.
    #[must_use]
    pub const fn expected(&self) -> &'static str {
        self.broken.expected
    }
}

/// What came of a case.
type Finding = Result<(), Broken>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Broken {
    expected: &'static str,
    /// What the adapter said instead.
    said: Option<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)?;
        self.said.as_ref().map_or(Ok(()), |said| write!(f, "; the adapter says: {said}"))
    }
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self { expected: "no error", said: Some(error.to_string()) }
    }
}

/// Runs every case, each on a store of its own: `with_store` makes a fresh one, with [`TABLES`] declared, and hands it to
/// the case that it is given. The result is every case that failed.
pub fn run_all(mut with_store: impl FnMut(&mut dyn FnMut(&mut dyn Store))) -> Vec<Failure> {
    let mut failures = Vec::new();
    for case in CASES.into_iter().flatten() {
        let mut outcome = Err(Failure { case: case.name, broken: broken("a store to run on") });
        with_store(&mut |store| outcome = case.run(store));
        failures.extend(outcome.err());
    }
    failures
}

const fn broken(expected: &'static str) -> Broken {
    Broken { expected, said: None }
}

fn expect(holds: bool, expected: &'static str) -> Finding {
    if holds { Ok(()) } else { Err(broken(expected)) }
}

/// That a call was refused, and with the right error.
fn refused<T>(result: Result<T, StoreError>, error: StoreError, expected: &'static str) -> Finding {
    match result {
        Err(said) if said == error => Ok(()),
        Err(said) => Err(Broken { expected, said: Some(said.to_string()) }),
        Ok(_) => Err(broken(expected)),
    }
}

/// That a number which the store may be too small for was kept, or refused as [`StoreError::Full`].
fn kept_or_full(result: Result<(), StoreError>, kept: bool, unchanged: bool) -> Finding {
    match result {
        Ok(()) => expect(kept, "the number as it was written"),
        Err(StoreError::Full) => expect(unchanged, "nothing changed by a refused number"),
        Err(error) => Err(error.into()),
    }
}
