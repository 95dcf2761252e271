//! `import`.

use crate::clinic::Clinic;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::import::{Counts, Problem, Progress, Summary, Watch, import};
use crate::output::{Cell, Output, Paint};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// How many problems are reported one by one.
const MAX_REPORTED: u64 = 1000;

/// The arguments of `import`.
#[derive(Debug, Args)]
pub struct Command {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// The file, or a folder of files that end in .ndjson or .ndjson.gz
    pub path: PathBuf,
}

/// Reports problems as they come.
struct Reporter<'a> {
    output: &'a mut Output,
    seen: u64,
    listed: Vec<Value>,
}

impl Watch for Reporter<'_> {
    fn problem(&mut self, problem: Problem) {
        self.seen += 1;
        if self.seen > MAX_REPORTED {
            return;
        }
        let reason = problem.reason.to_string();
        self.output.problem(&format!("{}: {reason}", problem.place));
        self.listed.push(json!({
            "file": problem.place.file.display().to_string(),
            "line": problem.place.line,
            "reason": reason,
        }));
    }

    fn progress(&mut self, progress: Progress<'_>) {
        let file = progress.file.file_name().unwrap_or_default().to_string_lossy();
        let (pass, line, done) = (progress.pass, progress.line, progress.done);
        self.output.progress(&format!("{} pass {pass} of 4 · {done} done · {file}, line {line}", bar(progress.bytes)));
    }
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let mut database = config.open()?;
        let mut clinic = Clinic::open(&mut database, &self.tenant)?;
        let mut reporter = Reporter { output, seen: 0, listed: Vec::new() };
        let imported = import(&mut clinic, &self.path, &mut reporter);
        let Reporter { seen, listed, .. } = reporter;
        output.progress("");
        let summary = imported?;
        if seen > MAX_REPORTED {
            output.problem(&format!("and {} more", seen - MAX_REPORTED));
        }
        if output.is_json() {
            output.value(&value(&summary, listed))?
        } else {
            print(&summary, output)?
        }
        Ok(if summary.total().refused == 0 { Exit::Done } else { Exit::Refused })
    }
}

/// How far a pass is, in cells of a bar.
fn bar((read, total): (u64, u64)) -> String {
    const CELLS: u64 = 20;
    let full = read.min(total).saturating_mul(CELLS).checked_div(total).unwrap_or_default();
    let cells = |count: u64, cell: &str| cell.repeat(usize::try_from(count).unwrap_or_default());
    format!("[{}{}]", cells(full, "#"), cells(CELLS - full, "-"))
}

fn value(summary: &Summary, problems: Vec<Value>) -> Value {
    let types = summary.types.iter().map(|(name, counts)| ((*name).to_owned(), counted(*counts)));
    let mut value = counted(summary.total());
    value["types"] = Value::Object(types.collect());
    value["held"] = json!(summary.held);
    value["unresolved"] = json!(summary.unresolved);
    value["reasons"] = json!(summary.reasons);
    value["problems"] = Value::Array(problems);
    value
}

fn counted(counts: Counts) -> Value {
    json!({
        "created": counts.created,
        "unchanged": counts.unchanged,
        "updated": counts.updated,
        "refused": counts.refused,
    })
}

fn print(summary: &Summary, output: &mut Output) -> Result<(), Error> {
    if summary.types.len() > 1 {
        let head = ["TYPE", "CREATED", "UNCHANGED", "UPDATED", "REFUSED"].map(|text| Cell::new(text, Paint::Faint));
        let row = |(name, counts): (&&str, &Counts)| {
            let numbers = [counts.created, counts.unchanged, counts.updated, counts.refused];
            core::iter::once(Cell::from(*name)).chain(numbers.map(|number| Cell::from(number.to_string()))).collect()
        };
        let rows = summary.types.iter().map(row);
        output.table(0, &core::iter::once(head.to_vec()).chain(rows).collect::<Vec<_>>())?;
    }
    for (reason, times) in &summary.reasons {
        output.line(&format!("refused {times}: {reason}"))?;
    }
    if summary.held > 0 {
        output.line(&format!("{} kept aside until their patients are imported", summary.held))?;
    }
    if summary.unresolved > 0 {
        output.line(&format!("{} with a reference to what is not imported yet", summary.unresolved))?;
    }
    let Counts { created, unchanged, updated, refused } = summary.total();
    output.line(&format!("created {created}, unchanged {unchanged}, updated {updated}, refused {refused}"))
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_fills_from_the_left_and_never_beyond_its_end() {
        assert_eq!(bar((0, 0)), "[--------------------]");
        assert_eq!(bar((50, 100)), "[##########----------]");
        assert_eq!(bar((101, 100)), "[####################]");
    }
}
