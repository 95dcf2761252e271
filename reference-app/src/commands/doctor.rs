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
    /// Read another list of swap devices than that of this machine
    #[arg(long, value_name = "FILE", default_value = "/proc/swaps")]
    pub swaps: PathBuf,
    /// Read another core pattern than that of this machine
    #[arg(long, value_name = "FILE", default_value = "/proc/sys/kernel/core_pattern")]
    pub core_pattern: PathBuf,
}

impl Command {
    /// Runs the command. That something is unsafe is exit code 1.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let surroundings = Surroundings {
            mounts: self.mounts.clone(),
            swaps: self.swaps.clone(),
            core_pattern: self.core_pattern.clone(),
        };
        let findings = examine(config, &surroundings);
        if output.is_json() {
            output.value(&findings)?;
        } else {
            output.table(0, &findings.iter().map(row).collect::<Vec<_>>())?;
            if findings.iter().any(|finding| !finding.remedy.is_empty()) {
                output.line("")?;
                output.title("What to do")?;
            }
            for finding in findings.iter().filter(|finding| !finding.remedy.is_empty()) {
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
