//! Primitives without a unit of work, behind the feature `danger`: for benchmarks and fuzzing of this workspace only.
//!
//! The keys are made here and die here: nothing that a deployment sealed can be opened through this module.

use crate::cipher::{self, CellError};
use crate::entropy::Entropy;
use crate::index::{IndexError, Term, probe_form};
use crate::keys::{Kek, KeyError, Ring, RootKind, TenantKeys, WrapContext, wrap};
use crate::schema::{Probe, RecordId, Table, TenantId, Value};
use crate::seal::{Place, SealBlob, SealError, StoredRow, open_columns, seal_record, verify_mac};
use core::fmt;
use secrecy::SecretBox;

/// One table under throw-away keys.
pub struct Sealer {
    keys: TenantKeys,
    table: &'static Table,
    entropy: Entropy,
}

impl Sealer {
    /// Keys of epoch 1 for a tenant that exists nowhere.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn new(table: &'static Table) -> Result<Self, KeyError> {
        let (deployment, tenant) = ([1; 16], TenantId::from_bytes([2; 16]));
        let kek = Kek::from_bytes(SecretBox::new(Box::new([3; 32])));
        let mut entropy = Entropy::from_system()?;
        let ring = Ring::first().encode(&kek, &deployment, tenant);
        let keys = TenantKeys::load(&kek, deployment, tenant, &ring, |kind: RootKind, epoch| {
            let root = SecretBox::new(Box::new(entropy.generate()?));
            wrap(&kek, &WrapContext { deployment, tenant, kind, epoch }, &root, &mut entropy).map(Some)
        })?;
        Ok(Self { keys, table, entropy: Entropy::from_system()? })
    }

    /// Seals one cell.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal_cell(&mut self, column: usize, record: &RecordId, value: &Value) -> Result<Vec<u8>, SealError> {
        let keys = self.keys.table(self.table, self.keys.ring().active())?;
        let (key, def) = keys
            .cells
            .get(column)
            .and_then(Option::as_ref)
            .zip(self.table.columns().get(column))
            .ok_or(CellError::WrongType)?;
        Ok(cipher::seal((key, keys.epoch()), record, def, value, &mut self.entropy)?)
    }

    /// Opens one cell.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open_cell(&self, column: usize, record: &RecordId, cell: &[u8]) -> Result<Value, SealError> {
        let keys = self.keys.table(self.table, self.keys.ring().active())?;
        let (key, def) = keys
            .cells
            .get(column)
            .and_then(Option::as_ref)
            .zip(self.table.columns().get(column))
            .ok_or(CellError::WrongType)?;
        Ok(cipher::open(|_| Ok(key), record, def, cell)?)
    }

    /// Seals one record with its terms and MAC.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal_record(
        &mut self,
        record: RecordId,
        version: u64,
        values: &[Option<Value>],
    ) -> Result<StoredRow, SealError> {
        let place = Place { tenant: TenantId::from_bytes([2; 16]), table: self.table, record };
        Ok(seal_record(&self.keys, place, version, values, &mut self.entropy)?.0)
    }

    /// Checks and opens one record; whether its MAC is right, and its values.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open_record(&self, row: &StoredRow) -> Result<(bool, Vec<Option<Value>>), SealError> {
        let place = Place { tenant: row.tenant, table: self.table, record: row.record };
        let blob = SealBlob::decode(&row.seal).map_err(|_| CellError::Open)?;
        let intact = verify_mac(&self.keys, place, row, &blob)?;
        let values = open_columns(&self.keys, place, row).into_iter().collect::<Result<_, _>>()?;
        Ok((intact, values))
    }

    /// The term of one search.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn term(&self, index: usize, probes: &[Probe<'_>]) -> Result<Term, SealError> {
        let keys = self.keys.table(self.table, self.keys.ring().active())?;
        let (key, def) = keys.indexes.get(index).zip(self.table.indexes().get(index)).ok_or(IndexError::NotDeclared)?;
        Ok(probe_form(def, probes)?.term(key, def.bits()))
    }
}

/// The normal form of a text, encoded as it is keyed.
///
/// # Errors
/// [`IndexError`].
pub fn normal_form(index: &crate::schema::IndexDef, probes: &[Probe<'_>]) -> Result<Vec<u8>, IndexError> {
    Ok(probe_form(index, probes)?.as_bytes().to_vec())
}

/// Unwraps any bytes under a throw-away key.
///
/// # Errors
/// [`KeyError`].
pub fn unwrap_root(blob: &[u8]) -> Result<(), KeyError> {
    let kek = Kek::from_bytes(SecretBox::new(Box::new([3; 32])));
    let context = WrapContext { deployment: [1; 16], tenant: TenantId::DEPLOYMENT, kind: RootKind::Cell, epoch: 1 };
    crate::keys::unwrap(&kek, &context, blob).map(|_| ())
}

/// Decodes any bytes as a ring under a throw-away key.
///
/// # Errors
/// [`KeyError`].
pub fn decode_ring(bytes: &[u8]) -> Result<Ring, KeyError> {
    let kek = Kek::from_bytes(SecretBox::new(Box::new([3; 32])));
    Ring::decode(bytes, &kek, &[1; 16], TenantId::DEPLOYMENT)
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("table", &self.table.label()).finish_non_exhaustive()
    }
}
