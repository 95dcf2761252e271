//! The commands, one file each. A new one is a file here, a variant of [`Command`] and a line in [`Command::run`].

pub mod audit;
pub mod demo;
pub mod doctor;
pub mod find;
pub mod grant;
pub mod import;
pub mod policy;
pub mod safeguard;
pub mod schema;
pub mod seed;
pub mod serve;
pub mod show;
pub mod sign_in;
pub mod tenant;
pub mod trail;
pub mod user;

use crate::config::Config;
use crate::error::{Error, Exit};
use crate::guard;
use crate::output::Output;
use clap::Subcommand;
use core::fmt;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make and list tenants (clinics)
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Make, list, unlock and disable users
    #[command(subcommand)]
    User(user::Command),
    /// List and review emergency access
    #[command(subcommand)]
    Grant(grant::Command),
    /// List, decide and withdraw what the deployment does without
    #[command(subcommand)]
    Safeguard(safeguard::Command),
    /// Show what each role may do and sees
    #[command(subcommand)]
    Policy(policy::Command),
    /// Import FHIR R4 NDJSON, plain or gzip: a file, or all files of a folder
    ///
    /// Every line stands alone. One that is no resource, or whose MRN or SSN another record has, is reported as
    /// `file:line: reason` and left out; all others are imported, and the exit code is 2. A resource that is known by the
    /// FHIR id is left alone, or gets a new version if the line is another; so importing a file again changes nothing.
    /// References lead to what is in any of the files or was imported before; those that lead nowhere yet are kept, and
    /// tried again by the next import.
    #[command(verbatim_doc_comment)]
    Import(import::Command),
    /// Find patients by name and birth date
    ///
    /// Case, blanks, dashes, apostrophes and the Unicode normal form do not matter; every name of a person counts.
    Find(find::Command),
    /// Show one patient's chart: who it is, problems, medications, allergies, encounters
    ///
    /// One audit entry names every record that the page shows; a page has at most 500.
    Show(show::Command),
    /// Show the audit trail: who did what, and who looked at whom
    ///
    /// The last entries, or those from a place or about a patient. Reading the trail is an entry, too.
    Trail(trail::Command),
    /// Verify the audit log from outside, give its head to a witness, show its end
    #[command(subcommand)]
    Audit(audit::Command),
    /// Find or take out patient identifiers in text: exit code 1 when something was found
    ///
    /// Needs no key and no database. Names, street addresses and pictures are not found.
    Guard(guard::Command),
    /// List the tables and columns, and how each is kept
    #[command(subcommand)]
    Schema(schema::Command),
    /// Serve the application over HTTP
    Serve(serve::Command),
    /// Write made-up charts as FHIR R4 NDJSON, to try `import` with
    Seed(seed::Command),
    /// Look for unsafe settings: the key in the environment, files that others can read, a network file system, …
    ///
    /// Needs no key and changes nothing. The exit code is 1 if anything is unsafe.
    Doctor(doctor::Command),
    /// Serve two clinics with made-up patients, from a temporary folder; with --once, a tour in the terminal
    ///
    /// Needs no key and no database, and leaves nothing behind.
    Demo(demo::Command),
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`], which has an exit code.
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        match self {
            Self::Tenant(command) => command.run(config, output),
            Self::User(command) => command.run(config, output),
            Self::Grant(command) => command.run(config, output),
            Self::Safeguard(command) => command.run(config, output),
            Self::Policy(command) => command.run(output),
            Self::Import(command) => command.run(config, output),
            Self::Find(command) => command.run(config, output),
            Self::Show(command) => command.run(config, output),
            Self::Trail(command) => command.run(config, output),
            Self::Audit(command) => command.run(config, output),
            Self::Guard(command) => Ok(command.run(config)),
            Self::Schema(command) => command.run(output),
            Self::Serve(command) => command.run(config, output),
            Self::Seed(command) => command.run(config, output),
            Self::Doctor(command) => command.run(config, output),
            Self::Demo(command) => command.run(config, output),
        }
    }
}

/// An argument that is about a patient: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Private(String);

impl Private {
    /// The argument.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Private {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private(…)")
    }
}
