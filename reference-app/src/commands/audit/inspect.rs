//! `audit inspect`: the log of a database that is not served, read without a key.

use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::{Cell, Output, Paint};
use clap::Args;
use hipaa_core::audit::LogId;
use hipaa_sqlite::inspect::{Inspection, LogEntry};
use serde_json::{Value, json};

/// The arguments of `audit inspect`.
#[derive(Debug, Args)]
pub struct Command {
    /// The log, 32 hexadecimal digits [default: the deployment's own]
    #[arg(long, value_name = "LOG")]
    pub log: Option<String>,
    /// From this entry on [default: the last ones]
    #[arg(long, value_name = "N")]
    pub from: Option<u64>,
    /// At most so many entries
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u64,
    /// Write every entry of every log, as JSON, one a line, with the bytes that are hashed
    #[arg(long, conflicts_with_all = ["log", "from", "limit"])]
    pub export: bool,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let (mut sources, inspected) = Inspection::open(config.database(), 1)?;
        let source = sources.first_mut().ok_or(Error::NoDatabase)?;
        let exit = if self.export { export(source, output)? } else { self.tail(source, output)? };
        drop(sources);
        inspected.close()?;
        Ok(exit)
    }

    fn tail(&self, source: &mut Inspection, output: &mut Output) -> Result<Exit, Error> {
        let logs = source.logs_of_heads()?;
        let wanted = self
            .log
            .as_deref()
            .map_or_else(|| logs.first().map(|(_, log, _)| log.to_string()), |log| Some(log.to_owned()));
        let found = logs.iter().find(|(_, log, _)| Some(log.to_string()) == wanted);
        let Some((_, log, size)) = found else { return Ok(Exit::NotFound) };
        let from = self.from.unwrap_or_else(|| size.saturating_sub(self.limit));
        let mut entries = Vec::new();
        source.read_log(*log, (from, from.saturating_add(self.limit)), &mut |entry| {
            entries.push(entry);
            Ok::<_, Error>(())
        })?;
        if output.is_json() {
            output.value(&entries.iter().map(value).collect::<Vec<_>>())?;
        } else {
            list(output, (&logs, *log), &entries)?;
        }
        Ok(if entries.is_empty() { Exit::NotFound } else { Exit::Done })
    }
}

type Logs = [(hipaa_core::schema::TenantId, LogId, u64)];

fn list(output: &mut Output, (logs, log): (&Logs, LogId), entries: &[LogEntry]) -> Result<(), Error> {
    output.line("Not served: what is sealed stays sealed. Whether the log is whole is for `audit verify` to say.")?;
    for (_, other, size) in logs {
        output.line(&format!("{} log {other}, {size} entries", if *other == log { "*" } else { " " }))?;
    }
    let head = ["ENTRY", "TIME (UTC)", "WHO", "WHAT"].map(|text| Cell::new(text, Paint::Faint)).into();
    let rows = entries.iter().map(|entry| {
        let text = |text: &Option<String>, other: String| text.clone().unwrap_or(other);
        let kind = entry.kind.map_or_else(|| "(no entry)".to_owned(), |kind| format!("({kind:?})"));
        let time = entry.time.map_or_else(|| "-".to_owned(), super::trail::time);
        vec![
            entry.sequence.to_string().into(),
            time.into(),
            text(&entry.user, "-".to_owned()).into(),
            text(&entry.name, kind).into(),
        ]
    });
    output.table(0, &std::iter::once(head).chain(rows).collect::<Vec<Vec<Cell>>>())
}

fn export(source: &mut Inspection, output: &mut Output) -> Result<Exit, Error> {
    for (_, log, size) in source.logs_of_heads()? {
        source.read_log(log, (0, size), &mut |entry| output.line(&value(&entry).to_string()))?;
    }
    Ok(Exit::Done)
}

fn value(entry: &LogEntry) -> Value {
    json!({
        "log": entry.log.to_string(),
        "sequence": entry.sequence,
        "time": entry.time.map(super::trail::time),
        "kind": entry.kind.map(|kind| kind as u8),
        "name": entry.name,
        "user": entry.user,
        "role": entry.role,
        "outcome": entry.outcome,
        "hashed": entry.hashed,
        "body": hex::encode(&entry.body),
    })
}
