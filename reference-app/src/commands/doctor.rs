//! `doctor`.

use crate::config::Config;
use crate::doctor::{Finding, Surroundings, Verdict, examine};
use crate::error::{Error, Exit};
use crate::output::{Cell, Output, Paint};
use clap::Args;
use std::path::PathBuf;

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub struct Command {
    /// Read another mount table than that of this machine
    #[arg(long, value_name = "FILE", default_value = "/proc/mounts")]
    pub mounts: PathBuf,
}

impl Command {
    /// Runs the command. That something is unsafe is exit code 1.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let surroundings = Surroundings { mounts: self.mounts.clone(), ..Surroundings::default() };
        let findings = examine(config, &surroundings);
        if output.is_json() {
            output.value(&findings)?;
        } else {
            output.table(0, &findings.iter().map(row).collect::<Vec<_>>())?;
            for finding in findings.iter().filter(|finding| finding.verdict == Verdict::Unsafe) {
                output.line(&format!("{}: {}", finding.check, finding.remedy))?;
            }
        }
        let worst = findings.iter().any(|finding| finding.verdict == Verdict::Unsafe);
        Ok(if worst { Exit::NotFound } else { Exit::Done })
    }
}

fn row(finding: &Finding) -> Vec<Cell> {
    let verdict = match finding.verdict {
        Verdict::Safe => Cell::new("safe", Paint::Good),
        Verdict::Unsafe => Cell::new("UNSAFE", Paint::Bad),
        Verdict::Unknown => Cell::new("unknown", Paint::Faint),
    };
    vec![verdict, finding.check.into(), finding.found.as_str().into()]
}
