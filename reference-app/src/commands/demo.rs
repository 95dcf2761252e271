//! `demo`.

use crate::config::Config;
use crate::demo;
use crate::error::{Error, Exit};
use crate::output::Output;
use clap::Args;

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub struct Command {
    /// Leave the folder, with the key beside the database, and say where it is
    #[arg(long)]
    pub keep: bool,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        if config.db.is_some() || config.kek_file.is_some() || config.kek_fd.is_some() {
            return Err(Error::Argument("demo makes a database and a key of its own; it takes no --db and no key"));
        }
        demo::run(self.keep, output)
    }
}
