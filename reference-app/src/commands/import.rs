//! `import`.

use crate::clinic::Clinic;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::import::{Problem, import};
use crate::output::Output;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// How many problems are reported one by one.
const MAX_REPORTED: u64 = 1000;

/// The arguments of `import`.
#[derive(Debug, Args)]
pub struct Command {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// The file
    pub path: PathBuf,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let mut database = config.open()?;
        let mut clinic = Clinic::open(&mut database, &self.tenant)?;
        let mut listed = Vec::new();
        let (mut seen, file) = (0, self.path.display().to_string());
        let mut report = |problem: Problem| {
            seen += 1;
            if seen > MAX_REPORTED {
                return;
            }
            output.problem(&format!("{file}:{}: {}", problem.line, problem.reason));
            listed.push(json!({ "line": problem.line, "reason": problem.reason.to_string() }));
        };
        let summary = import(&mut clinic, &self.path, &mut report)?;
        if seen > MAX_REPORTED {
            output.problem(&format!("{file}: and {} more", seen - MAX_REPORTED));
        }
        if output.is_json() {
            output.value(&json!({
                "created": summary.created,
                "unchanged": summary.unchanged,
                "updated": summary.updated,
                "refused": summary.refused,
                "problems": listed,
            }))?;
        } else {
            output.line(&format!(
                "created {}, unchanged {}, updated {}, refused {}",
                summary.created, summary.unchanged, summary.updated, summary.refused
            ))?;
        }
        Ok(if summary.refused == 0 { Exit::Done } else { Exit::Refused })
    }
}
