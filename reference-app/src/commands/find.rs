//! `find`.

use super::Private;
use crate::chart::Chart;
use crate::clinic::{Clinic, NameQuery};
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::Output;
use clap::Args;
use hipaa_core::schema::Date;
use serde_json::json;

/// The arguments of `find`.
#[derive(Debug, Args)]
pub struct Command {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// The family name
    #[arg(long)]
    pub family: Private,
    /// The first given name, or all of them; left out for a person with a name of one word
    #[arg(long)]
    pub given: Option<Private>,
    /// The birth date
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub birth_date: Private,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let born = Date::parse(self.birth_date.as_str()).ok().filter(|date| date.day() > 0);
        let born = born.ok_or(Error::Argument("--birth-date: not a date of the calendar, YYYY-MM-DD"))?;
        let family = self.family.as_str();
        let given = self.given.as_ref().map_or(family, Private::as_str);
        let mut database = config.open()?;
        let mut clinic = Clinic::open(&mut database, &self.tenant)?;
        let matches = clinic.find(NameQuery { family, given, born })?;
        let charts = matches.records.iter().map(Chart::of).collect::<Vec<_>>();
        let flagged = matches.flagged.iter().map(ToString::to_string).collect::<Vec<_>>();
        if output.is_json() {
            output.value(&json!({ "matches": charts, "flagged": flagged }))?;
        } else if charts.is_empty() {
            output.line("nobody found")?;
        } else {
            let rows = charts.iter().map(Chart::summary);
            output.table(0, &core::iter::once(Chart::head()).chain(rows).collect::<Vec<_>>())?;
        }
        for record in &flagged {
            output.problem(&format!("reference-app: an index entry was moved to record {record}"));
        }
        Ok(if !flagged.is_empty() || charts.iter().any(|chart| !chart.is_intact()) {
            Exit::Altered
        } else if charts.is_empty() {
            Exit::NotFound
        } else {
            Exit::Done
        })
    }
}
