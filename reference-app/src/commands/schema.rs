//! `schema list`.

use crate::error::{Error, Exit};
use crate::inventory;
use crate::output::Output;
use clap::Subcommand;

/// What to do with the schema.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List every table and column, and how each is kept: the PHI inventory
    List,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn run(&self, output: &mut Output) -> Result<Exit, Error> {
        match self {
            Self::List if output.is_json() => output.value(&inventory::value())?,
            Self::List => output.line(inventory::markdown().trim_end())?,
        }
        Ok(Exit::Done)
    }
}
