//! HIPAA technical safeguards (45 CFR § 164.312) as properties of the framework.
#![forbid(unsafe_code)]

pub mod audit;
pub mod cipher;
pub mod clock;
pub mod encoding;
pub mod entropy;
pub mod index;
pub mod keys;
mod red;
pub mod schema;
pub mod seal;
pub mod store;
pub mod tenancy;
pub mod unit;
pub mod vault;
#[cfg(test)]
mod vectors;
