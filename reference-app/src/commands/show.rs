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
    /// Show this section alone: problems, medications, allergies, immunizations, procedures, devices or encounters
    #[arg(long, value_name = "NAME")]
    pub section: Option<String>,
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
        if self.section.as_deref().is_some_and(|name| Paging::sections().all(|known| known != name)) {
            return Err(Error::Argument("--section: there is no such section"));
        }
        let id = if self.fhir_id { None } else { Some(record_id(&self.id)?) };
        let mut database = config.open()?;
        let mut clinic = Clinic::open(&mut database, &self.tenant)?;
        let id = match id {
            Some(id) => id,
            None => {
                let found = clinic.find_by_fhir_id(self.id.as_str())?.records;
                found.first().map(Record::id).ok_or(VaultError::NotFound)?
            }
        };
        if self.source { source(&mut clinic, id, output) } else { self.chart(&mut clinic, id, output) }
    }

    fn chart(&self, clinic: &mut Clinic<'_>, id: RecordId, output: &mut Output) -> Result<Exit, Error> {
        let section = self.section.as_deref();
        let paging = Paging { section, page: self.page, per_page: self.per_page, notes: self.notes };
        let chart = WholeChart::read(clinic, id, paging)?;
        if output.is_json() {
            output.value(&chart)?
        } else {
            chart.print(output)?
        }
        if !chart.patient().is_intact() {
            return Ok(altered(id, output));
        }
        if chart.is_intact() {
            return Ok(Exit::Done);
        }
        output.problem("reference-app: a part of the chart was altered behind the application's back");
        Ok(Exit::Altered)
    }
}

/// Prints the imported line.
fn source(clinic: &mut Clinic<'_>, id: RecordId, output: &mut Output) -> Result<Exit, Error> {
    let record = clinic.read(id)?;
    output.line(record.get(SOURCE).ok().flatten().unwrap_or_default())?;
    Ok(if record.integrity().is_intact() { Exit::Done } else { altered(id, output) })
}

fn altered(id: RecordId, output: &mut Output) -> Exit {
    output.problem(&format!("reference-app: record {id} was altered behind the application's back"));
    Exit::Altered
}

/// Reads the id of a record.
pub(super) fn record_id(text: &Private) -> Result<RecordId, Error> {
    RecordId::parse(text.as_str()).map_err(|_| Error::Argument("not the id of a record; --fhir-id looks for a FHIR id"))
}
