//! What the safeguards cost: every operation against the least that could do the same work, measured in turn in one run.
//!
//! | room | what it is for |
//! |---|---|
//! | [`sample`] | made-up patients and randomness that repeats; plain values |
//! | [`floor`] | the least that does the same work; imports nothing of the library |
//! | [`ours`] | the same work through the library |
//! | [`site`], [`http`] | a chart over HTTP, sealed and plain; the client |
//! | [`measure`] | turns and medians |
//! | [`rows`] | which operations are compared, and the bar of each |
//! | [`curves`] | how costs grow with the database |
//! | [`machine`], [`chart`], [`report`] | where it was measured; the pictures; the page |
//! | [`cli`] | the command `ratios`; the only room that prints |

pub mod chart;
pub mod cli;
pub mod curves;
pub mod floor;
pub mod http;
pub mod machine;
pub mod measure;
pub mod ours;
pub mod report;
pub mod rows;
pub mod sample;
pub mod site;

/// Why something could not be measured.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
