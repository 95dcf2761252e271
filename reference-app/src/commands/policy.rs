//! `policy show`.

use crate::error::{Error, Exit};
use crate::output::Output;
use crate::policy;
use clap::Subcommand;

/// What to do with the policy.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what each role may do with each table, and what of it is seen
    Show,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn run(&self, output: &mut Output) -> Result<Exit, Error> {
        let policy = policy::policy()?;
        match self {
            Self::Show if output.is_json() => output.value(&policy::value(&policy))?,
            Self::Show => output.line(policy::markdown(&policy).trim_end())?,
        }
        Ok(Exit::Done)
    }
}
