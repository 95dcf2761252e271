//! The PHI guard against labelled notes: generated ones, hand-written ones, real exports.

mod documents;
mod foreign;
mod generate;
mod held_out;
mod hostile;
mod mutated;
mod negatives;
mod random;
mod score;
mod sentences;
mod synthea;
mod values;
