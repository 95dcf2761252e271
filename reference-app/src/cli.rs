//! The command line: what it takes, and how a command's end becomes an exit code.

use crate::commands::Command;
use crate::config::Config;
use crate::error::Exit;
use crate::output::Output;
use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;
use std::process::ExitCode;

const AFTER_HELP: &str = "\
The key-encryption key is 64 hexadecimal digits or the base64 of 32 bytes. It comes from --kek-file, from --kek-fd, or
from the environment variable HIPAA_KEK, in this order. Without it nothing in the database can be read, by anyone.

Exit codes:
  0  done
  1  nothing was found: no such tenant, patient or record; of doctor: something is unsafe
  2  something was refused or is bad input; the rest is done
  3  the command line, the key, a file or the database does not serve
  4  a record or log was altered behind the application's back";

/// A small EMR: patients sealed, findable and audited on SQLite.
#[derive(Debug, Parser)]
#[command(name = "reference-app", version, after_help = AFTER_HELP)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub config: Config,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Runs the command that `arguments` name, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return explain(&error).into(),
    };
    let mut output = Output::standard(cli.config.json);
    match cli.command.run(&cli.config, &mut output) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.problem(&format!("reference-app: {error}"));
            error.exit().into()
        }
    }
}

/// Help, or what is wrong with the command line. What was typed is not repeated: it may be about a patient, and error
/// output is kept.
fn explain(error: &clap::Error) -> Exit {
    let mut output = Output::standard(false);
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let written = output.line(error.render().to_string().trim_end());
        return written.map_or_else(|error| error.exit(), |()| Exit::Done);
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        output.problem(error.render().to_string().trim_end());
        return Exit::Environment;
    }
    let what = error.kind().as_str().unwrap_or("the arguments do not fit");
    output.problem(&format!("reference-app: {what}"));
    if let (ErrorKind::MissingRequiredArgument, Some(ContextValue::Strings(names))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    {
        output.problem(&format!("needed: {}", names.join(" ")));
    }
    if let Some(usage) = error.get(ContextKind::Usage) {
        output.problem(usage.to_string().trim_end());
    }
    output.problem("For more, try '--help'.");
    Exit::Environment
}
