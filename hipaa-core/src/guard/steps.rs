//! How often a byte is looked at: a measure of work that no other load on the machine disturbs.
//!
//! Every loop of the guard over single bytes asks `byte::is`, or counts here itself. The tests
//! hold that twice the input costs at most twice the steps.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Counts some steps.
pub(super) fn add(steps: usize) {
    STEPS.with(|count| count.set(count.get() + steps as u64));
}

/// The steps that a piece of work takes on this thread.
pub(super) fn of(work: impl FnOnce()) -> u64 {
    let before = STEPS.with(Cell::get);
    work();
    STEPS.with(Cell::get) - before
}
