//! Every cell moved to every other place: rows × columns × tables × tenants × epochs.

use super::clinic::{CHART, Clinic, DRUGS, LETTER, NOTE, PULSE, SCAN, SEEN, SMOKER, VISIT, day, kek};
use crate::audit::{read_records, tag};
use crate::cipher::{CellError, HEADER_BYTES};
use crate::entropy::Entropy;
use crate::keys::TenantKeys;
use crate::schema::{ColumnDef, Kind, RecordId, Table, TenantId, Value};
use crate::seal::{Place, SealBlob, StoredRow, StoredValue, open_columns, seal_record, verify_mac};
use crate::unit::{Unit, UnitError};
use crate::vault::{Break, Row, TenantVault, VaultError};
use std::collections::HashSet;
use zeroize::Zeroizing;

const ROWS: usize = 3;
const COLUMNS: usize = 7;
const TABLES: [&Table; 2] = [&VISIT, &LETTER];
/// Rows × columns × tables × tenants × epochs.
const PLACES: usize = ROWS * COLUMNS * 2 * 2 * 2;

fn values(n: u8) -> Vec<Option<Value>> {
    let text = |text: &str| Zeroizing::new(format!("{text} {n}"));
    let json = Zeroizing::new(format!("{{\"n\":{n}}}"));
    vec![
        Some(Value::Text(text("chest pain"))),
        Some(Value::Bytes(Zeroizing::new(vec![n; 9]))),
        Some(Value::Date(day())),
        Some(Value::Integer(n.into())),
        Some(Value::Boolean(n.is_multiple_of(2))),
        Some(Value::Json(json)),
        Some(Value::Texts(vec![text("aspirin"), text("heparin")])),
    ]
}

#[test]
fn the_tables_of_the_matrix_have_a_sealed_column_of_every_kind() {
    for table in TABLES {
        let kinds = table.columns().iter().filter(|column| column.is_sealed()).map(ColumnDef::kind);
        let kinds = kinds.collect::<HashSet<_>>();
        let all = [Kind::Text, Kind::Bytes, Kind::Date, Kind::Integer, Kind::Boolean, Kind::Json, Kind::Texts];
        assert_eq!((kinds, table.columns().len()), (HashSet::from(all), COLUMNS));
    }
}

/// A row that was sealed where it stands.
struct Sealed {
    tenant: TenantId,
    table: &'static Table,
    epoch: u32,
    row: StoredRow,
}

impl Sealed {
    const fn place(&self) -> Place<'_> {
        Place { tenant: self.tenant, table: self.table, record: self.row.record }
    }

    /// Whether two rows are the same record of the same tenant, sealed in two epochs.
    fn is_same_record(&self, other: &Self) -> bool {
        self.tenant == other.tenant && self.table == other.table && self.row.record == other.row.record
    }

    fn blob(&self) -> SealBlob {
        SealBlob::decode(&self.row.seal).unwrap()
    }
}

fn cell(row: &StoredRow, column: usize) -> &[u8] {
    match &row.columns[column] {
        StoredValue::Blob(cell) => cell,
        other => panic!("no cell: {other:?}"),
    }
}

/// The same bytes with the epoch of `target` in the header.
fn relabelled(cell: &[u8], target: &[u8]) -> Vec<u8> {
    [&target[..HEADER_BYTES], &cell[HEADER_BYTES..]].concat()
}

/// The keys of both tenants, with epochs 1 and 2.
fn keys() -> [(TenantId, TenantKeys); 2] {
    let mut clinic = Clinic::open();
    let deployment = *clinic.db.notary().deployment();
    [clinic.north.clone(), clinic.south.clone()].map(|vault| {
        assert_eq!(clinic.new_epoch(&vault), 2);
        let (tenant, store) = (vault.actor().tenant(), clinic.store());
        let blob = |kind, epoch| Ok::<_, UnitError>(store.wrapped.get(&(tenant, epoch, kind)).cloned());
        (tenant, TenantKeys::load(&kek(7), deployment, tenant, &store.rings[&tenant], blob).unwrap())
    })
}

/// Seals a row under `epoch`: under the keys as they were while it was the active one.
fn seal_everywhere(keys: &[(TenantId, TenantKeys); 2]) -> Vec<Sealed> {
    let mut entropy = Entropy::from_system().unwrap();
    let mut sealed = Vec::new();
    for (tenant, keys) in keys {
        for (table, epoch, id) in TABLES.iter().flat_map(|table| {
            let epochs = [1, 2].into_iter();
            epochs.flat_map(move |epoch| (1..=ROWS).map(move |row| (*table, epoch, u8::try_from(row).unwrap())))
        }) {
            let place = Place { tenant: *tenant, table, record: RecordId::from_slice(&[id; 16]).unwrap() };
            let keys = keys.as_of(epoch);
            let (row, blob) = seal_record(&keys, place, u64::from(epoch), &values(id), &mut entropy).unwrap();
            assert_eq!(blob.header.epoch, epoch);
            sealed.push(Sealed { tenant: *tenant, table, epoch, row });
        }
    }
    sealed
}

#[test]
fn a_cell_moved_to_any_other_place_does_not_open_even_where_record_ids_are_the_same() {
    let keys = keys();
    let sealed = seal_everywhere(&keys);
    let keys_of = |of: &Sealed| &keys[usize::from(of.tenant != keys[0].0)].1;
    let (mut moved, mut older) = (0, 0);
    for target in &sealed {
        let keys = keys_of(target);
        assert!(open_columns(keys, target.place(), &target.row).iter().all(Result::is_ok));
        assert_eq!(verify_mac(keys, target.place(), &target.row, &target.blob()), Ok(true));
        for (source, from, to) in sealed
            .iter()
            .flat_map(|source| (0..COLUMNS * COLUMNS).map(move |pair| (source, pair / COLUMNS, pair % COLUMNS)))
        {
            let home = source.is_same_record(target) && from == to;
            if home && source.epoch == target.epoch {
                continue;
            }
            let mut row = target.row.clone();
            let bytes = cell(&source.row, from);
            row.columns[to] = StoredValue::Blob(bytes.to_vec());
            assert_eq!(verify_mac(keys, target.place(), &row, &target.blob()), Ok(false));
            let opened = open_columns(keys, target.place(), &row);
            assert!(opened.iter().enumerate().all(|(at, value)| at == to || value.is_ok()));
            if home {
                // The cell of this very place as it was sealed in the other epoch: only the MAC tells it from the newer.
                assert!(opened[to].is_ok());
                older += 1;
            } else {
                assert_eq!(opened[to], Err(CellError::Open));
                moved += 1;
            }
            row.columns.fill(StoredValue::Null);
            row.columns[to] = StoredValue::Blob(relabelled(bytes, cell(&target.row, to)));
            let opened = open_columns(keys, target.place(), &row).swap_remove(to);
            assert_eq!(opened, Err(CellError::Open));
        }
    }
    assert_eq!((PLACES, older, moved), (168, PLACES, PLACES * (PLACES - 2)));
    assert_eq!(moved + older, 28_056);
}

fn visit(n: usize) -> Row {
    let number = u8::try_from(n).unwrap();
    let row = Row::new().set(NOTE, "chest pain").set(SCAN, &[number; 9]).set(SEEN, day()).set(PULSE, 60);
    row.set(SMOKER, n.is_multiple_of(2)).set(CHART, "{}").set(DRUGS, &["aspirin"])
}

/// A row that the vault made, and whose it is.
type Owned = (TenantVault, &'static Table, StoredRow);

/// Rows that the vault of each tenant made in each table and epoch.
fn fill(clinic: &mut Clinic) -> Vec<Owned> {
    let mut made = Vec::new();
    for vault in [clinic.north.clone(), clinic.south.clone()] {
        for epoch in [1, 2] {
            for (table, n) in TABLES.into_iter().flat_map(|table| (0..ROWS).map(move |n| (table, n))) {
                let record = clinic.write(|unit| vault.create(unit, table, &visit(n))).unwrap();
                let row = clinic.write(|unit| Ok(unit.parts().0.row(table, vault.actor().tenant(), record)?));
                made.push((vault.clone(), table, row.unwrap().unwrap()));
            }
            if epoch == 1 {
                assert_eq!(clinic.new_epoch(&vault), 2);
            }
        }
    }
    made
}

/// Opens `target` with every foreign cell in every column, and counts what was flagged as it must be.
fn swap_into(clinic: &mut Clinic, target: &Owned, all: &[Owned]) -> usize {
    let (vault, table, row) = target;
    let moves = all.iter().flat_map(|source| (0..COLUMNS * COLUMNS).map(move |pair| (source, pair)));
    let moves = moves.map(|(source, pair)| (source, pair / COLUMNS, pair % COLUMNS));
    let moves = moves.filter(|(source, from, to)| source.2.record != row.record || from != to).collect::<Vec<_>>();
    let opened = clinic.db.write(|unit| {
        let open = |(source, from, to): &(&Owned, usize, usize)| {
            let mut swapped = row.clone();
            swapped.columns[*to] = source.2.columns[*from].clone();
            vault.open(unit, table, &swapped)
        };
        moves.iter().map(open).collect::<Result<Vec<_>, VaultError>>()
    });
    let opened = opened.unwrap().open().unwrap();
    for ((_, _, to), record) in moves.iter().zip(&opened) {
        let label = table.columns()[*to].label();
        assert_eq!(record.integrity().breaks(), [Break::Mac, Break::Cell(label, CellError::Open)]);
    }
    opened.len()
}

#[test]
fn the_vault_flags_a_cell_moved_to_any_other_place() {
    let mut clinic = Clinic::open();
    let all = fill(&mut clinic);
    assert_eq!(all.len() * COLUMNS, PLACES);
    let mut count = 0;
    for target in &all {
        let intact = clinic.db.write(|unit| target.0.open(unit, target.1, &target.2)).unwrap().open().unwrap();
        assert!(intact.integrity().is_intact());
        count += swap_into(&mut clinic, target, &all);
    }
    assert_eq!(count, PLACES * (PLACES - 1));
    assert_eq!(count, 28_056);
    let bodies = clinic.store().entries.values().map(|(entry, _)| crate::audit::Body::decode(&entry.body).unwrap());
    let failed = bodies.filter(|body| body.name() == Some("INTEGRITY_FAILED"));
    let named = failed.map(|body| read_records(body.field(tag::RECORDS).unwrap()).unwrap().1).collect::<Vec<_>>();
    assert_eq!(named.len(), count);
    for (_, _, row) in &all {
        assert_eq!(named.iter().filter(|records| **records == [row.record]).count(), count / all.len());
    }
}
