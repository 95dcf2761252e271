//! `seed`.

use crate::config::Config;
use crate::error::{Error, Exit};
use crate::generate::resources;
use crate::output::Output;
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// The arguments of `seed`.
#[derive(Debug, Args)]
pub struct Command {
    /// How many clinics
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub clinics: u16,
    /// How many patients each clinic has
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub patients: usize,
    /// What the data grow from: the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 42)]
    pub seed: u64,
    /// The folder, which gets one folder for each clinic
    #[arg(long, value_name = "DIR", default_value = "seed")]
    pub out: PathBuf,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn run(&self, _config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let mut lines = 0_u64;
        for clinic in 0..self.clinics {
            let folder = self.out.join(format!("clinic-{}", clinic + 1));
            let written = write(&folder, resources(self.seed, clinic, self.patients));
            lines += written.map_err(|error| Error::File(error.kind()))?;
        }
        if output.is_json() {
            output
                .value(&json!({ "folder": self.out.display().to_string(), "clinics": self.clinics, "lines": lines }))?;
        } else {
            output.line(&format!("{lines} made-up resources of {} clinics in {}", self.clinics, self.out.display()))?;
        }
        Ok(Exit::Done)
    }
}

/// One file for each type, as the resources come.
fn write(folder: &Path, resources: impl Iterator<Item = (&'static str, String)>) -> io::Result<u64> {
    fs::create_dir_all(folder)?;
    let mut files = BTreeMap::new();
    let mut lines = 0;
    for (kind, line) in resources {
        if !files.contains_key(kind) {
            files.insert(kind, BufWriter::new(File::create(folder.join(format!("{kind}.ndjson")))?));
        }
        if let Some(file) = files.get_mut(kind) {
            writeln!(file, "{line}")?;
            lines += 1;
        }
    }
    files.values_mut().try_for_each(BufWriter::flush)?;
    Ok(lines)
}
