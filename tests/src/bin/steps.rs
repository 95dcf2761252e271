//! The program that is killed at each step of what the log does: `steps FILE WITNESS WRITE CALL`.
//!
//! WRITE is the write or sync of the database in whose place it kills itself, CALL the file call in the witness's folder (0 for
//! none). It prints `did STEP` only after a step was acknowledged.

use std::io::Write;
use std::path::Path;
use tests::disk::{self, Call};
use tests::fault::{Fault, Turn};
use tests::steps::run;

fn main() {
    let words = std::env::args().skip(1).collect::<Vec<_>>();
    let [file, witness, write, call] = words.as_slice() else { return };
    let turn = Turn::take();
    turn.inject(Fault::Kill(write.parse().unwrap_or(i64::MAX)));
    disk::inject(Path::new(witness), Call::Kill(call.parse().unwrap_or_default()));
    let mut did = |step: &str| drop(std::io::stdout().lock().write_all(format!("did {step}\n").as_bytes()));
    let ended = run((Path::new(file), Path::new(witness)), &mut did);
    did(&format!("end {ended:?}"));
}
