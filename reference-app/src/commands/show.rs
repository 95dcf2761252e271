//! `show`.

use super::Private;
use crate::chart::Chart;
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
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
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
        self.print(&record, output)?;
        if record.integrity().is_intact() {
            return Ok(Exit::Done);
        }
        output.problem(&format!("reference-app: record {} was altered behind the application's back", record.id()));
        Ok(Exit::Altered)
    }

    fn print(&self, record: &Record, output: &mut Output) -> Result<(), Error> {
        let chart = Chart::of(record);
        if self.source {
            return output.line(record.get(SOURCE).ok().flatten().unwrap_or_default());
        }
        if output.is_json() { output.value(&chart) } else { output.table(0, &chart.fields()) }
    }
}

/// Reads the id of a record.
pub(super) fn record_id(text: &Private) -> Result<RecordId, Error> {
    RecordId::parse(text.as_str()).map_err(|_| Error::Argument("not the id of a record; --fhir-id looks for a FHIR id"))
}
