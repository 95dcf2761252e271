//! `show`.

use super::Private;
use crate::chart::{Paging, WholeChart};
use crate::clinic::Clinic;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::Output;
use crate::schema::SOURCE;
use clap::Args;
use hipaa_core::schema::RecordId;
use hipaa_core::vault::{Record, VaultError};

/// The arguments of `show`.
#[derive(Debug, Args)]
pub struct Command {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// The id of the record, as `find` prints it; with --fhir-id, the FHIR id
    pub id: Private,
    /// Take ID for a FHIR id
    #[arg(long)]
    pub fhir_id: bool,
    /// Show the imported line instead, byte for byte
    #[arg(long)]
    pub source: bool,
    /// Show the notes of the encounters
    #[arg(long)]
    pub notes: bool,
    /// Which page of each section
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub page: usize,
    /// How many entries of each section
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub per_page: usize,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        if self.page == 0 || self.per_page == 0 {
            return Err(Error::Argument("--page and --per-page: 1 or more"));
        }
        let id = if self.fhir_id { None } else { Some(record_id(&self.id)?) };
        let mut database = config.open()?;
        let mut clinic = Clinic::open(&mut database, &self.tenant)?;
        let record = match id {
            Some(id) => clinic.read(id)?,
            None => {
                let found = clinic.find_by_fhir_id(self.id.as_str())?.records;
                found.into_iter().next().ok_or(VaultError::NotFound)?
            }
        };
        let intact = self.print(&mut clinic, &record, output)?;
        if !record.integrity().is_intact() {
            let id = record.id();
            output.problem(&format!("reference-app: record {id} was altered behind the application's back"));
        } else if !intact {
            output.problem("reference-app: a part of the chart was altered behind the application's back");
        }
        Ok(if intact { Exit::Done } else { Exit::Altered })
    }

    /// Prints what was asked for; the result says whether all of it is what was last written.
    fn print(&self, clinic: &mut Clinic<'_>, record: &Record, output: &mut Output) -> Result<bool, Error> {
        if self.source {
            output.line(record.get(SOURCE).ok().flatten().unwrap_or_default())?;
            return Ok(record.integrity().is_intact());
        }
        let paging = Paging { page: self.page, per_page: self.per_page, notes: self.notes };
        let chart = WholeChart::read(clinic, record, paging)?;
        if output.is_json() {
            output.value(&chart)?
        } else {
            chart.print(output)?
        }
        Ok(chart.is_intact())
    }
}

/// Reads the id of a record.
pub(super) fn record_id(text: &Private) -> Result<RecordId, Error> {
    RecordId::parse(text.as_str()).map_err(|_| Error::Argument("not the id of a record; --fhir-id looks for a FHIR id"))
}
