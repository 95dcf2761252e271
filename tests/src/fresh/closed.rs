//! Attacks from outside that once succeeded.

mod held;
mod mistake;
mod probe;
mod thief;
