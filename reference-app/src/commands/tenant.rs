//! `tenant create` and `tenant list`.

use crate::clinic::deployment_operator;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::{Cell, Output, Paint};
use clap::Subcommand;
use hipaa_core::tenancy::{Tenant, create_tenant, list_tenants};
use serde_json::json;

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a tenant, and the database if there is none
    Create {
        /// Its name: 1 to 128 bytes
        name: String,
    },
    /// List the tenants
    List,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        match self {
            Self::Create { name } => create(config, output, name),
            Self::List => list(config, output),
        }
    }
}

fn create(config: &Config, output: &mut Output, name: &str) -> Result<Exit, Error> {
    let operator = deployment_operator()?;
    let mut database = config.open_or_create()?;
    let tenant = database.write(|unit| Ok::<_, Error>(create_tenant(unit, &operator, name)?))?.into_inner();
    if output.is_json() {
        output.value(&value(&tenant))?;
    } else {
        output.table(0, &[row(&tenant)])?;
    }
    Ok(Exit::Done)
}

fn list(config: &Config, output: &mut Output) -> Result<Exit, Error> {
    let mut database = config.open()?;
    let tenants = database.write(|unit| Ok::<_, Error>(list_tenants(unit)?))?.into_inner();
    if output.is_json() {
        output.value(&tenants.iter().map(value).collect::<Vec<_>>())?;
    } else {
        let head = ["TENANT", "NAME"].map(|text| Cell::new(text, Paint::Faint)).to_vec();
        output.table(0, &core::iter::once(head).chain(tenants.iter().map(row)).collect::<Vec<_>>())?;
    }
    Ok(if tenants.is_empty() { Exit::NotFound } else { Exit::Done })
}

fn value(tenant: &Tenant) -> serde_json::Value {
    json!({ "id": tenant.id.to_string(), "name": tenant.name })
}

fn row(tenant: &Tenant) -> Vec<Cell> {
    vec![tenant.id.to_string().into(), tenant.name.as_str().into()]
}
