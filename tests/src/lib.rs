//! Tests that look at the whole: architecture, attacks on files, traceability.

#[cfg(test)]
mod architecture;
