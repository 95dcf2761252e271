//! `demo`.

use crate::config::Config;
use crate::demo::{self, serve::Options};
use crate::error::{Error, Exit};
use crate::output::Output;
use clap::Args;
use core::time::Duration;
use std::net::SocketAddr;

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub struct Command {
    /// Show the tour in the terminal and end, instead of serving
    #[arg(long)]
    pub once: bool,
    /// Leave the folder, with the key beside the database, and say where it is
    #[arg(long)]
    pub keep: bool,
    /// Where to listen [default: 127.0.0.1:8080, or another port if that is taken]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "once")]
    pub listen: Option<SocketAddr>,
    /// End sessions after so many seconds without activity, 40 to 900 [default: 900]
    #[arg(long, value_name = "SECONDS", conflicts_with = "once", value_parser = clap::value_parser!(u64).range(40..=900))]
    pub idle: Option<u64>,
    /// Ask for the password again after so many seconds where a step needs it, 5 to 300 [default: 300]
    #[arg(long, value_name = "SECONDS", conflicts_with = "once", value_parser = clap::value_parser!(u64).range(5..=300))]
    pub step_up: Option<u64>,
    /// Log requests to standard error
    #[arg(long, conflicts_with = "once")]
    pub log: bool,
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
        if self.once {
            return demo::run(self.keep, output);
        }
        let [idle, step_up] = [self.idle, self.step_up].map(|seconds| seconds.map(Duration::from_secs));
        let options = Options { listen: self.listen, idle, step_up, log: self.log, keep: self.keep };
        demo::serve::run(options, output)
    }
}
