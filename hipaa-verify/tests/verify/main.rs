//! The built command against files that were attacked from outside, and against files that were not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod alone;
mod attack;
mod attacks;
mod bytes;
mod checks;
mod clock;
mod command;
mod kept;
mod more;
mod period;
mod restore;
mod scene;
mod signed;
mod silence;
