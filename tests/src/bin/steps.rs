//! The program that is killed at each step of what the log does: `steps FILE WITNESS WRITE PUSH`.
//!
//! WRITE is the write or sync of the database in whose place it kills itself, PUSH the stage of a push to the witness (0 for
//! none). It prints `did STEP` only after a step was acknowledged.

use std::io::Write;
use std::path::Path;
use tests::fault::{Fault, Turn};
use tests::steps::{Harm, run};

fn main() {
    let words = std::env::args().skip(1).collect::<Vec<_>>();
    let [file, witness, write, push] = words.as_slice() else { return };
    let turn = Turn::take();
    turn.inject(Fault::Kill(write.parse().unwrap_or(i64::MAX)));
    let harm = Harm::Kill(push.parse().unwrap_or_default());
    let mut did = |step: &str| drop(std::io::stdout().lock().write_all(format!("did {step}\n").as_bytes()));
    let ended = run((Path::new(file), Path::new(witness)), harm, &mut did);
    did(&format!("end {ended:?}"));
}
