//! One tenant of an open database, as one actor sees it: the only room that asks the vault.

mod records;

pub use records::Write;

use crate::error::Error;
use crate::schema::{BY_FHIR_ID, BY_NAME, PATIENT};
use hipaa_core::audit::{Actor, ActorError, MAX_ACTOR_BYTES};
use hipaa_core::schema::{Date, RecordId, TenantId};
use hipaa_core::tenancy::{self, Tenant};
use hipaa_core::vault::{Matches, Permissions, Record, TenantVault, TrailEntry};
use hipaa_sqlite::Database;
use std::process::Command;

/// The role of whoever uses the command line.
const ROLE: &str = "operator";

/// One tenant, its vault, and the database behind it.
#[derive(Debug)]
pub struct Clinic<'a> {
    database: &'a mut Database,
    vault: TenantVault,
    tenant: Tenant,
}

/// Who looks for whom.
#[derive(Clone, Copy)]
pub struct NameQuery<'a> {
    /// The family name.
    pub family: &'a str,
    /// The first given name, or all of them.
    pub given: &'a str,
    /// The birth date.
    pub born: Date,
}

impl<'a> Clinic<'a> {
    /// The tenant of this name, for the operating system's user.
    ///
    /// # Errors
    /// `TenancyError::Unknown`, or the database's.
    pub fn open(database: &'a mut Database, name: &str) -> Result<Self, Error> {
        Self::open_as(database, name, &os_user(), ROLE)
    }

    /// The tenant of this name, for a user whose identity is claimed and not proven.
    ///
    /// # Errors
    /// `TenancyError::Unknown`, [`ActorError`], or the database's.
    pub fn open_as(database: &'a mut Database, name: &str, user: &str, role: &str) -> Result<Self, Error> {
        let find = |unit: &mut hipaa_sqlite::Unit<'_>| Ok::<_, Error>(tenancy::find_tenant(unit, name)?);
        let tenant = database.write(find)?.into_inner();
        let actor = Actor::new(tenant.id, user, role)?.claimed();
        Ok(Self { database, vault: TenantVault::new(actor, Permissions::everything()), tenant })
    }

    /// The tenant.
    #[must_use]
    pub const fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The vault, and the database whose units it works in.
    pub const fn parts(&mut self) -> (&TenantVault, &mut Database) {
        (&self.vault, self.database)
    }

    /// The patients with this name and birth date.
    ///
    /// # Errors
    /// Those of [`TenantVault::find`].
    pub fn find(&mut self, query: NameQuery<'_>) -> Result<Matches, Error> {
        let parts = (query.family, query.given, query.born);
        let found =
            self.database.write(|unit| Ok::<_, Error>(self.vault.find(unit, &PATIENT, BY_NAME, parts)?))?.open()?;
        Ok(found)
    }

    /// The patient with this FHIR id.
    ///
    /// # Errors
    /// Those of [`TenantVault::find`].
    pub fn find_by_fhir_id(&mut self, id: &str) -> Result<Matches, Error> {
        let find =
            |unit: &mut hipaa_sqlite::Unit<'_>| Ok::<_, Error>(self.vault.find(unit, &PATIENT, BY_FHIR_ID, (id,))?);
        Ok(self.database.write(find)?.open()?)
    }

    /// One patient's record.
    ///
    /// # Errors
    /// Those of [`TenantVault::read`].
    pub fn read(&mut self, id: RecordId) -> Result<Record, Error> {
        Ok(self.database.write(|unit| Ok::<_, Error>(self.vault.read(unit, &PATIENT, id)?))?.open()?)
    }

    /// Up to `limit` entries of the log: from sequence `from` where it is given, else the last ones.
    ///
    /// # Errors
    /// Those of [`TenantVault::trail`].
    pub fn trail(&mut self, from: Option<u64>, limit: usize) -> Result<Vec<TrailEntry>, Error> {
        let (vault, tenant) = (&self.vault, self.tenant.id);
        let read = |unit: &mut hipaa_sqlite::Unit<'_>| {
            let from = match from {
                Some(from) => from,
                None => log_size(unit, tenant)?.saturating_sub(u64::try_from(limit).unwrap_or(u64::MAX)),
            };
            Ok::<_, Error>(vault.trail(unit, from, limit)?)
        };
        Ok(self.database.write(read)?.open()?)
    }

    /// The last `limit` entries about one patient, oldest first.
    ///
    /// # Errors
    /// Those of [`TenantVault::trail_about`].
    pub fn trail_about(&mut self, subject: RecordId, limit: usize) -> Result<Vec<TrailEntry>, Error> {
        let vault = &self.vault;
        let read = |unit: &mut hipaa_sqlite::Unit<'_>| Ok::<_, Error>(vault.trail_about(unit, subject, limit)?);
        let mut entries = self.database.write(read)?.open()?;
        entries.reverse();
        Ok(entries)
    }
}

fn log_size(unit: &mut dyn hipaa_core::unit::Unit, tenant: TenantId) -> Result<u64, Error> {
    let head = unit.parts().0.head(tenant).map_err(hipaa_sqlite::Error::from)?;
    Ok(head.map_or(0, |head| head.size))
}

/// The actor of the command line: `cli:` and the operating system's user.
#[must_use]
pub fn os_user() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok());
    let asked = || {
        let output = Command::new("id").arg("-un").output().ok()?;
        String::from_utf8(output.stdout).ok()
    };
    let user = named.map(printable).find(|user| !user.is_empty()).or_else(|| asked().map(printable));
    format!("cli:{}", user.filter(|user| !user.is_empty()).as_deref().unwrap_or("unknown"))
}

fn printable(text: String) -> String {
    let mut text = text.trim().replace(char::is_control, "");
    text.truncate(text.floor_char_boundary(MAX_ACTOR_BYTES - "cli:".len()));
    text
}

/// The operator of the deployment, who makes tenants.
///
/// # Errors
/// [`ActorError`].
pub fn deployment_operator() -> Result<Actor, ActorError> {
    Ok(Actor::new(TenantId::DEPLOYMENT, &os_user(), ROLE)?.claimed())
}

impl core::fmt::Debug for NameQuery<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("NameQuery(…)")
    }
}
