//! A deployment with two tenants in memory, and what an attacker does to its store.

use crate::audit::{Actor, Body, LogId, read_records, tag};
use crate::clock::{Clock, Timestamp};
use crate::keys::Kek;
use crate::schema::{Boolean, Bytes, Column, Date, Index, Integer, Json, RecordId, Table, TenantId, Text, Texts};
use crate::seal::StoredValue;
use crate::store::memory::{MemoryRow, MemoryStore};
use crate::tenancy::{create_tenant, open_epoch};
use crate::unit::{MemoryDatabase, MemoryUnit, UnitError};
use crate::vault::{Break, Permissions, Record, Row, TenantVault, VaultError};
use secrecy::SecretBox;

pub(super) const FAMILY: Column<Text> = Column::text("family");
pub(super) const BORN: Column<Date> = Column::date("birth_date");
pub(super) const MRN: Column<Text> = Column::text("mrn");
pub(super) const ALLERGY: Column<Text> = Column::text("allergy").sealed_null();
pub(super) const WARD: Column<Text> = Column::text("ward").protected();
pub(super) const BED: Column<Integer> = Column::integer("bed").protected();
pub(super) const BY_NAME: Index<(Text, Date)> = Index::exact("name_birth", FAMILY.as_name()).and(BORN.as_day());
pub(super) const BY_MRN: Index<(Text,)> = Index::exact("mrn", MRN.as_identifier()).unique();
pub(super) const PATIENT: Table = Table::new(
    "patient",
    &[FAMILY.def(), BORN.def(), MRN.def(), ALLERGY.def(), WARD.def(), BED.def()],
    &[BY_NAME.def(), BY_MRN.def()],
);

pub(super) const NOTE: Column<Text> = Column::text("note");
pub(super) const SCAN: Column<Bytes> = Column::bytes("scan");
pub(super) const SEEN: Column<Date> = Column::date("seen");
pub(super) const PULSE: Column<Integer> = Column::integer("pulse");
pub(super) const SMOKER: Column<Boolean> = Column::boolean("smoker");
pub(super) const CHART: Column<Json> = Column::json("chart");
pub(super) const DRUGS: Column<Texts> = Column::texts("drugs");
/// One sealed column of every kind.
pub(super) const VISIT: Table = Table::new(
    "visit",
    &[NOTE.def(), SCAN.def(), SEEN.def(), PULSE.def(), SMOKER.def(), CHART.def(), DRUGS.def()],
    &[],
);
/// The same columns under another label.
pub(super) const LETTER: Table = Table::new(
    "letter",
    &[NOTE.def(), SCAN.def(), SEEN.def(), PULSE.def(), SMOKER.def(), CHART.def(), DRUGS.def()],
    &[],
);

pub(super) const DAY: &str = "1980-02-29";

pub(in crate::attack) fn kek(byte: u8) -> Kek {
    Kek::from_bytes(SecretBox::new(Box::new([byte; 32])))
}

pub(super) fn clock() -> Clock {
    Clock::manual(Timestamp::from_micros(1_700_000_000_000_000))
}

pub(super) fn day() -> Date {
    Date::parse(DAY).unwrap()
}

pub(super) fn patient(family: &str, mrn: &str) -> Row {
    Row::new().set(FAMILY, family).set(BORN, day()).set(MRN, mrn).set(WARD, "east").set(BED, 7)
}

/// Two tenants, North and South, in one deployment.
pub(super) struct Clinic {
    pub(super) db: MemoryDatabase,
    pub(super) north: TenantVault,
    pub(super) south: TenantVault,
}

impl Clinic {
    pub(super) fn open() -> Self {
        let mut db = MemoryDatabase::open(MemoryStore::default(), kek(7), clock()).unwrap();
        let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
        let [north, south] = ["North", "South"].map(|name| {
            let tenant = db.write(|unit| create_tenant(unit, &operator, name)).unwrap().into_inner();
            let actor = Actor::new(tenant.id, "dr-osei", "clinician").unwrap();
            TenantVault::new(actor, Permissions::everything())
        });
        Self { db, north, south }
    }

    /// The deployment as another process opens it.
    pub(super) fn reopen(&mut self) -> Result<(), UnitError> {
        self.db = MemoryDatabase::open(self.store().clone(), kek(7), clock())?;
        Ok(())
    }

    pub(super) const fn store(&mut self) -> &mut MemoryStore {
        self.db.store()
    }

    pub(super) fn north_id(&self) -> TenantId {
        self.north.actor().tenant()
    }

    pub(super) fn south_id(&self) -> TenantId {
        self.south.actor().tenant()
    }

    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&mut MemoryUnit<'_>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.db.write(work).map(crate::unit::Committed::into_inner)
    }

    /// A patient of North.
    pub(super) fn admit(&mut self, family: &str, mrn: &str) -> RecordId {
        let north = self.north.clone();
        self.write(|unit| north.create(unit, &PATIENT, &patient(family, mrn))).unwrap()
    }

    pub(super) fn new_epoch(&mut self, vault: &TenantVault) -> u32 {
        self.db.write(|unit| open_epoch(unit, vault.actor())).unwrap().into_inner()
    }

    /// What North reads, once it is released.
    pub(super) fn read(&mut self, record: RecordId) -> Result<Record, VaultError> {
        let north = self.north.clone();
        Ok(self.db.write(|unit| north.read(unit, &PATIENT, record))?.open()?)
    }

    /// What is wrong with a record of North. Reading it must leave a failed-integrity entry for it and no other, just if
    /// something is wrong.
    pub(super) fn breaks(&mut self, record: RecordId) -> Vec<Break> {
        let before = self.entries().len();
        let read = self.read(record).unwrap();
        let failed = self.named_since(before, "INTEGRITY_FAILED");
        match read.integrity().is_intact() {
            true => assert_eq!(failed, Vec::<Vec<RecordId>>::new()),
            false => assert_eq!(failed, [[record]]),
        }
        read.integrity().breaks().to_vec()
    }

    /// The stored row of a patient of North.
    pub(super) fn row(&mut self, record: RecordId) -> &mut MemoryRow {
        let key = (PATIENT.label(), self.north_id(), record);
        self.store().rows.get_mut(&key).unwrap()
    }

    pub(super) fn set(&mut self, record: RecordId, column: &'static str, value: StoredValue) {
        let before = self.row(record).columns.insert(column, value.clone());
        assert_ne!(before, Some(value), "the attack changes nothing");
    }

    pub(super) fn north_log(&mut self) -> LogId {
        let tenant = self.north_id();
        self.store().heads[&tenant].log
    }

    /// The entries of North's log.
    pub(super) fn entries(&mut self) -> Vec<Body> {
        let log = self.north_log();
        let entries = self.store().entries.range((log, 0)..=(log, u64::MAX));
        entries.map(|(_, (entry, _))| Body::decode(&entry.body).unwrap()).collect()
    }

    /// The names of the entries of North's log since it had `from`.
    pub(super) fn names_since(&mut self, from: usize) -> Vec<String> {
        self.entries()[from..].iter().map(|body| body.name().unwrap_or_default().to_owned()).collect()
    }

    /// The records that the entries of one name show, since North's log had `from`.
    pub(super) fn named_since(&mut self, from: usize, name: &str) -> Vec<Vec<RecordId>> {
        let entries = self.entries();
        let named = entries[from..].iter().filter(|body| body.name() == Some(name));
        named.map(|body| body.field(tag::RECORDS).and_then(read_records).map_or_else(Vec::new, |seen| seen.1)).collect()
    }
}

pub(super) fn family(record: &Record) -> &str {
    record.get(FAMILY).unwrap().unwrap()
}
