//! `audit`: the log as an auditor sees it.

mod inspect;
mod restore;

use super::trail;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::Output;
use clap::{Args, Subcommand};
use hipaa_sqlite::witness::Folder;
use std::ffi::OsString;
use std::path::PathBuf;

/// The subcommands of `audit`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Examine every log from outside, as hipaa-verify does, against the trust file beside the database
    ///
    /// Needs no key and writes nothing. Exit codes: 0 intact and seen to the end by a witness, 1 tampered, 2 unverifiable,
    /// 3 wrong usage or an unreadable file, 4 intact but the end could be cut off.
    Verify(Verify),
    /// Give the head that stands now to a witness: a folder on another disk, under another owner
    ///
    /// First the database is compared with what the folder has seen; one that was put back or exchanged is refused.
    Checkpoint(Checkpoint),
    /// Show the last entries of a tenant's log; the same as `trail`
    Tail(trail::Command),
    /// Read the log of a database that is not to be served: no key, nothing written, nothing of a patient opened
    Inspect(inspect::Command),
    /// Go on after a backup was put back, with the operator's signature
    #[command(subcommand)]
    Restore(restore::Command),
}

/// The arguments of `audit verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The trust file [default: the database's name and .trust]
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// Compare records, states and index terms with the log, too
    #[arg(long)]
    pub records: bool,
    /// Threads, 1 to 64
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub threads: u8,
}

/// The arguments of `audit checkpoint`.
#[derive(Debug, Args)]
pub struct Checkpoint {
    /// The folder
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// Begin with an empty folder: only for the first time
    #[arg(long)]
    pub first: bool,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        match self {
            Self::Verify(verify) => Ok(verify.run(config)),
            Self::Checkpoint(checkpoint) => checkpoint.run(config, output),
            Self::Tail(tail) => tail.run(config, output),
            Self::Inspect(inspect) => inspect.run(config, output),
            Self::Restore(restore) => restore.run(config, output),
        }
    }
}

impl Verify {
    fn run(&self, config: &Config) -> Exit {
        let mut arguments: Vec<OsString> = vec!["audit verify".into(), config.database().into()];
        let trust = self.trust.clone().or_else(|| Some(config.trust_file()).filter(|path| path.exists()));
        for (option, path) in [("--trust", trust.as_ref()), ("--witness", config.witness.as_ref())] {
            arguments.extend(path.into_iter().flat_map(|path| [OsString::from(option), path.into()]));
        }
        arguments.extend(["--threads".into(), self.threads.to_string().into()]);
        arguments.extend(self.records.then(|| OsString::from("--records")));
        arguments.extend(config.json.then(|| OsString::from("--json")));
        let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
        Exit::of_examination(hipaa_verify::run(arguments, &mut out, &mut err, hipaa_verify::is_terminal()))
    }
}

impl Checkpoint {
    fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let mut database = config.open()?;
        let mut folder = Folder::new(&self.into);
        let size = if self.first { database.begin_witness(&mut folder)? } else { database.push_to(&mut folder)? };
        if output.is_json() {
            output.value(&serde_json::json!({ "entries": size }))?;
        } else {
            output.line(&format!("The deployment's log is witnessed up to its {size} entries."))?;
        }
        Ok(Exit::Done)
    }
}
