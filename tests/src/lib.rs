//! Tests that look at the whole: architecture, attacks on files, traceability; and what the harness needs.

pub mod check;
#[cfg(target_os = "linux")]
pub mod disk;
pub mod fault;
pub mod steps;
pub mod ward;

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod fresh;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod how_to;
#[cfg(test)]
mod merkle;
#[cfg(test)]
mod traceability;
