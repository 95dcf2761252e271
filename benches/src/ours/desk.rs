//! Reading records on a file, as an operator's tool and as a role that sees some of it masked.

use super::schema::{self, BORN, CHART, FAMILY, GIVEN, NAME};
use super::throw_away_key;
use crate::Failure;
use crate::sample::person;
use hipaa_core::audit::Actor;
use hipaa_core::auth::role::{Permissions, RolePolicy};
use hipaa_core::clock::Stopwatch;
use hipaa_core::schema::{ColumnDef, RecordId, Table, TenantId};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::vault::{TenantVault, VaultError};
use hipaa_sqlite::Database;
use std::path::Path;
use std::time::Duration;

/// Tables that a role has rules for before the one that is read.
const OTHERS: [Table; 12] = [
    other("encounter"),
    other("condition"),
    other("medication"),
    other("procedure"),
    other("immunization"),
    other("allergy"),
    other("document"),
    other("device"),
    other("practitioner"),
    other("organization"),
    other("location"),
    other("claim"),
];

const COLUMNS: &[ColumnDef] = &[FAMILY.def(), GIVEN.def(), BORN.def()];

const fn other(label: &'static str) -> Table {
    Table::new(label, COLUMNS, &[])
}

/// A file of charts, and who reads them.
#[derive(Debug)]
pub struct Desk {
    database: Database,
    tool: TenantVault,
    staff: TenantVault,
    charts: Vec<RecordId>,
}

impl Desk {
    /// So many charts on a fresh file at `path`.
    ///
    /// # Errors
    /// The library's.
    pub fn create(path: &Path, charts: u64) -> Result<Self, Failure> {
        let mut database = Database::open(path, throw_away_key())?;
        database.declare(&[&CHART])?;
        let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator")?;
        let tenant = database.write(|unit| create_tenant(unit, &operator, "Ward"))?.into_inner();
        let actor = Actor::new(tenant.id, "u-17", "STAFF")?;
        let tool = TenantVault::new(actor.clone(), Permissions::everything());
        let staff = TenantVault::new(actor, policy()?.permissions("STAFF", None));
        let rows = (0..charts).map(|number| schema::chart(&person(number))).collect::<Result<Vec<_>, _>>()?;
        let create = |unit: &mut hipaa_sqlite::Unit<'_>| {
            rows.iter().map(|row| tool.create(unit, &CHART, row)).collect::<Result<Vec<_>, VaultError>>()
        };
        let charts = database.write(create)?.into_inner();
        Ok(Self { database, tool, staff, charts })
    }

    /// Reads so many charts in one unit, masked for a role or as they are; the commit is left out.
    ///
    /// # Errors
    /// The library's.
    pub fn read(&mut self, count: u64, masked: bool) -> Result<Duration, Failure> {
        let (vault, charts) = (if masked { &self.staff } else { &self.tool }, &self.charts);
        let mut took = Duration::ZERO;
        let read = |unit: &mut hipaa_sqlite::Unit<'_>| {
            let started = Stopwatch::start();
            for record in charts.iter().cycle().take(usize::try_from(count).unwrap_or(usize::MAX)) {
                vault.read(unit, &CHART, *record)?;
            }
            took = started.elapsed();
            Ok::<_, VaultError>(())
        };
        self.database.write(read)?.into_inner();
        Ok(took)
    }
}

/// The default policy over as many tables as an application has.
fn policy() -> Result<RolePolicy, Failure> {
    let clinic = OTHERS.iter().fold(RolePolicy::clinic(), |clinic, table| clinic.clinical(table, &[FAMILY.def()]));
    let shown = CHART.columns().iter().filter(|column| column.label() != "email").copied().collect::<Vec<_>>();
    Ok(clinic.directory(&NAME, &[FAMILY.def()]).patients(&CHART, &shown).build()?)
}
