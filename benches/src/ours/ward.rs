//! A database with tenants, a bridge, and callers.

use super::schema::{self, BY_NAME, CHART, NAME};
use super::throw_away_key;
use crate::Failure;
use crate::floor::append::EntryShape;
use crate::floor::write::RecordShape;
use crate::sample::{Random, person};
use hipaa_core::audit::{Action, Actor, Event, EventName};
use hipaa_core::clock::Stopwatch;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::unit::{Position, Unit};
use hipaa_core::vault::{Found, Permissions, TenantVault, VaultError};
use hipaa_sqlite::Database;
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// How many callers a full commit answers.
pub const CALLERS: u64 = 256;

/// A database on one connection.
#[derive(Debug)]
pub struct Ward {
    database: Database,
    vaults: Vec<TenantVault>,
    random: Random,
    path: PathBuf,
}

impl Ward {
    /// So many tenants on a fresh file at `path`.
    ///
    /// # Errors
    /// The library's.
    pub fn create(path: &Path, tenants: u64) -> Result<Self, Failure> {
        let mut database = Database::open(path, throw_away_key())?;
        database.declare(&[&CHART, &NAME])?;
        let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator")?;
        let mut vaults = Vec::new();
        for number in 0..tenants {
            let name = format!("Ward {number}");
            let tenant = database.write(|unit| create_tenant(unit, &operator, &name))?.into_inner();
            vaults.push(TenantVault::new(Actor::new(tenant.id, "dr-osei", "clinician")?, Permissions::everything()));
        }
        Ok(Self { database, vaults, random: Random::new(5), path: path.to_owned() })
    }

    /// The connection that fills the file.
    #[must_use]
    pub const fn connection(&self) -> &rusqlite::Connection {
        self.database.connection()
    }

    fn event(&mut self, log: u64) -> Option<Event> {
        let vault = self.vaults.get(usize::try_from(log).ok()? % self.vaults.len())?;
        Some(read_event(vault.actor(), self.random.bytes()))
    }

    /// One audited append to the first log, durable.
    ///
    /// # Errors
    /// The library's.
    pub fn append(&mut self) -> Result<Position, Failure> {
        let event = self.event(0).ok_or("no tenant")?;
        Ok(self.database.write(|unit| append(unit, &event))?.into_inner())
    }

    /// So many entries in one unit, in turn over the logs.
    ///
    /// # Errors
    /// The library's.
    pub fn append_many(&mut self, count: u64) -> Result<(), Failure> {
        let events = (0..count).filter_map(|at| self.event(at)).collect::<Vec<_>>();
        let work =
            |unit: &mut hipaa_sqlite::Unit<'_>| events.iter().try_for_each(|event| append(unit, event).map(|_| ()));
        self.database.write(work)?.into_inner();
        Ok(())
    }

    /// Adds patients in one unit.
    ///
    /// # Errors
    /// The library's.
    pub fn add(&mut self, numbers: std::ops::Range<u64>) -> Result<(), Failure> {
        let vault = self.vaults.first().cloned().ok_or("no tenant")?;
        let rows = numbers.map(|number| schema::chart(&person(number))).collect::<Result<Vec<_>, _>>()?;
        let work = |unit: &mut hipaa_sqlite::Unit<'_>| {
            rows.iter().try_for_each(|row| vault.create(unit, &CHART, row).map(|_| ()))
        };
        self.database.write::<_, VaultError>(work)?.into_inner();
        Ok(())
    }

    /// The sizes of the rows of one entry of [`Ward::append`].
    ///
    /// # Errors
    /// SQLite's.
    pub fn entry_shape(&mut self) -> Result<EntryShape, Failure> {
        self.append()?;
        self.last_entry("PHI_READ")
    }

    fn last_entry(&self, name: &str) -> Result<EntryShape, Failure> {
        let sql = "SELECT length(body), name, actor FROM hipaa_audit WHERE name = ?1 ORDER BY sequence DESC LIMIT 1";
        let shape = |row: &rusqlite::Row<'_>| {
            Ok(EntryShape { body: length(row, 0)?, name: row.get(1)?, actor: row.get(2)?, range: 8 * 32 })
        };
        Ok(self.database.connection().query_row(sql, [name], shape)?)
    }

    /// The sizes of the rows of one record of [`Callers::write`].
    ///
    /// # Errors
    /// The library's or SQLite's.
    pub fn record_shape(&mut self) -> Result<RecordShape, Failure> {
        let vault = self.vaults.first().cloned().ok_or("no tenant")?;
        let row = schema::name(&person(0))?;
        self.database.write::<_, VaultError>(|unit| vault.create(unit, &NAME, &row))?.into_inner();
        let sql = "SELECT length(family), length(given), length(birth_date), length(hipaa_seal) FROM person";
        let lengths = |row: &rusqlite::Row<'_>| {
            Ok(((0..3).map(|at| length(row, at)).collect::<rusqlite::Result<_>>()?, length(row, 3)?))
        };
        let (cells, seal) = self.database.connection().query_row(sql, [], lengths)?;
        Ok(RecordShape { cells, seal, terms: vec![8], entry: self.last_entry("PHI_CREATE")? })
    }

    /// Moves the database behind a bridge.
    ///
    /// # Errors
    /// The library's, or when no runtime can be had.
    pub fn bridge(self) -> Result<Callers, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let bridge = Bridge::start(self.database, &BridgeOptions::default())?;
        let vaults = self.vaults.into_iter().map(Arc::new).collect();
        Ok(Callers { runtime, bridge, vaults, path: self.path })
    }
}

fn append(unit: &mut dyn Unit, event: &Event) -> Result<Position, hipaa_sqlite::Error> {
    Ok(unit.append(event)?)
}

fn length(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<usize> {
    row.get::<_, u32>(at).map(|length| usize::try_from(length).unwrap_or(usize::MAX))
}

/// A patient's record was read: the commonest entry.
fn read_event(actor: &Actor, patient: [u8; 16]) -> Event {
    let patient = [RecordId::from_random(patient)];
    Event::new(actor, EventName::PHI_READ, Action::Read).subjects(&patient).records("patient", &patient)
}

/// Callers of a bridge, on one thread beside the writer's.
#[derive(Debug)]
pub struct Callers {
    runtime: Runtime,
    bridge: Bridge,
    vaults: Vec<Arc<TenantVault>>,
    path: PathBuf,
}

impl Callers {
    /// Every caller appends so many entries, each after the one before is durable; callers take the logs in turn.
    ///
    /// # Errors
    /// The library's.
    pub fn append(&self, rounds: u64) -> Result<Duration, Failure> {
        self.call(|bridge, vault, seed| async move {
            let mut random = Random::new(seed);
            for _ in 0..rounds {
                bridge.append(read_event(vault.actor(), random.bytes())).await?;
            }
            Ok(())
        })
    }

    /// Every caller makes so many records, each after the one before is durable.
    ///
    /// # Errors
    /// The library's.
    pub fn write(&self, rounds: u64) -> Result<Duration, Failure> {
        self.call(|bridge, vault, seed| async move {
            let row = Arc::new(schema::name(&person(seed))?);
            for _ in 0..rounds {
                let (vault, row) = (Arc::clone(&vault), Arc::clone(&row));
                bridge.write::<_, VaultError>(move |unit| vault.create(unit, &NAME, &row)).await?.into_inner();
            }
            Ok(())
        })
    }

    fn call<F>(&self, work: impl Fn(Bridge, Arc<TenantVault>, u64) -> F) -> Result<Duration, Failure>
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.runtime.block_on(async {
            let started = Stopwatch::start();
            let mut callers = JoinSet::new();
            for (seed, vault) in (0..CALLERS).zip(self.vaults.iter().cycle()) {
                callers.spawn(work(self.bridge.clone(), Arc::clone(vault), seed));
            }
            while let Some(ended) = callers.join_next().await {
                ended??;
            }
            Ok(started.elapsed())
        })
    }

    /// Closes the bridge and opens the database again.
    ///
    /// # Errors
    /// The library's.
    pub fn close(self) -> Result<Ward, Failure> {
        self.runtime.block_on(self.bridge.close())?;
        let database = Database::open(&self.path, throw_away_key())?;
        let vaults = self.vaults.iter().map(|vault| TenantVault::clone(vault)).collect();
        Ok(Ward { database, vaults, random: Random::new(6), path: self.path })
    }

    /// How many entries or closures an average commit so far has had.
    #[must_use]
    pub fn mean_batch(&self) -> f64 {
        let metrics = self.bridge.metrics();
        let number = |count| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        number(metrics.answered) / number(metrics.commits.max(1))
    }

    /// Finds and opens so many patients below `patients` in one read transaction of `disclose`, and says how long the
    /// searches took. The reading is then given up, so that no entry of it is committed: a commit would empty the page
    /// caches of all readers, on this side only.
    ///
    /// # Errors
    /// The library's.
    pub fn find(&self, count: u64, (patients, seed): (u64, u64)) -> Result<Duration, Failure> {
        let lasted = Arc::new(OnceLock::new());
        let (told, search) = (Arc::clone(&lasted), self.searches(count, (patients, seed))?);
        let given_up = move |unit: &mut hipaa_sqlite::Unit<'_>| {
            let started = Stopwatch::start();
            search(unit, &mut drop)?;
            told.get_or_init(|| started.elapsed());
            Err::<(), _>(VaultError::NotFound)
        };
        let ended = self.runtime.block_on(self.bridge.disclose(given_up));
        let given_up = matches!(ended, Err(VaultError::NotFound));
        lasted.get().copied().filter(|_| given_up).ok_or_else(|| "the searches failed".into())
    }

    /// The same, committed and released; fails where a search does not find its one patient intact.
    ///
    /// # Errors
    /// The library's, or what was found instead.
    pub fn prove(&self, count: u64, (patients, seed): (u64, u64)) -> Result<(), Failure> {
        let search = self.searches(count, (patients, seed))?;
        let collect = move |unit: &mut hipaa_sqlite::Unit<'_>| {
            let mut found = Vec::new();
            search(unit, &mut |one| found.push(one))?;
            Ok::<_, VaultError>(found)
        };
        for matches in self.runtime.block_on(self.bridge.disclose(collect))?.open()? {
            match matches.records.as_slice() {
                [one] if one.integrity().is_intact() => {}
                _ => return Err("a search did not find its one patient intact".into()),
            }
        }
        Ok(())
    }

    fn searches(&self, count: u64, (patients, seed): (u64, u64)) -> Result<impl Searches + use<>, Failure> {
        let vault = self.vaults.first().cloned().ok_or("no tenant")?;
        let mut random = Random::new(seed);
        let wanted = (0..count).map(|_| person(random.below(patients)));
        let wanted = wanted.map(|person| Ok((schema::born(&person)?, person))).collect::<Result<Vec<_>, Failure>>()?;
        Ok(move |unit: &mut hipaa_sqlite::Unit<'_>, each: &mut dyn FnMut(Found)| {
            wanted.iter().try_for_each(|(born, person)| {
                let (family, given) = (person.family.as_str(), person.given.as_str());
                each(vault.find(unit, &CHART, BY_NAME, (family, given, *born))?);
                Ok(())
            })
        })
    }
}

/// Searches that hand over what each of them found.
trait Searches:
    FnOnce(&mut hipaa_sqlite::Unit<'_>, &mut dyn FnMut(Found)) -> Result<(), VaultError> + Send + 'static
{
}

impl<F> Searches for F where
    F: FnOnce(&mut hipaa_sqlite::Unit<'_>, &mut dyn FnMut(Found)) -> Result<(), VaultError> + Send + 'static
{
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_append_write_and_find() {
        let folder = tempfile::tempdir().unwrap();
        let mut ward = Ward::create(&folder.path().join("ward.db"), 2).unwrap();
        assert!(ward.entry_shape().unwrap().body > 200);
        assert_eq!(ward.record_shape().unwrap().terms, [8]);
        ward.add(0..20).unwrap();
        let callers = ward.bridge().unwrap();
        callers.append(2).unwrap();
        callers.write(1).unwrap();
        callers.find(10, (20, 1)).unwrap();
        callers.prove(10, (20, 1)).unwrap();
        assert!(callers.prove(10, (40, 1)).is_err());
        assert!(callers.mean_batch() >= 1.0);
    }
}
