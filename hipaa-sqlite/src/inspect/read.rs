//! Inspection mode: the log of a database that is not to be served, read without a key.
//!
//! An [`Inspection`] has no key, no notary and no unit, and nothing makes one of it: there is no way from here to what a
//! patient's record or the details of an entry say.
//!
//! ```compile_fail,E0599
//! # fn show(inspection: &mut hipaa_sqlite::inspect::Inspection) {
//! inspection.write::<_, hipaa_sqlite::Error>(|_| Ok(())).unwrap();
//! # }
//! ```
//!
//! ```compile_fail,E0308
//! # use hipaa_core::{schema::{RecordId, Table}, vault::TenantVault};
//! # fn show(inspection: &mut hipaa_sqlite::inspect::Inspection, vault: &TenantVault, table: &'static Table, id: RecordId) {
//! let record = vault.read(inspection, table, id);
//! # }
//! ```
//!
//! The same with a database that may be served compiles:
//!
//! ```
//! # use hipaa_core::{schema::{RecordId, Table}, vault::TenantVault};
//! # fn show(database: &mut hipaa_sqlite::Database, vault: &TenantVault, table: &'static Table, id: RecordId) {
//! let record = database.write(|unit| vault.read(unit, table, id));
//! # }
//! ```

use super::Inspection;
use crate::Error;
use hipaa_core::audit::{BodyView, EntryKind, LogId, leaf_of, tag};
use hipaa_core::clock::Timestamp;
use hipaa_core::schema::TenantId;
use hipaa_core::verify::{Source as _, Stored};

/// An entry as the log itself shows it: what is sealed stays so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The log.
    pub log: LogId,
    /// Its place there.
    pub sequence: u64,
    /// The time by which it is ordered; none where the bytes are no entry.
    pub time: Option<Timestamp>,
    /// What it is.
    pub kind: Option<EntryKind>,
    /// What happened, by name.
    pub name: Option<String>,
    /// Who did it.
    pub user: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// How it ended, by its code.
    pub outcome: Option<u8>,
    /// The bytes that are hashed.
    pub body: Vec<u8>,
    /// Whether the leaf beside it is their hash. Whether the log is whole is for verification to say.
    pub hashed: bool,
}

impl Inspection {
    /// Every log, with its tenant and the size that its head states, the deployment's own first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn logs_of_heads(&mut self) -> Result<Vec<(TenantId, LogId, u64)>, Error> {
        let mut heads = self.heads()?.into_iter().flatten().collect::<Vec<_>>();
        heads.sort_by_key(|head| (head.tenant, head.log));
        Ok(heads.into_iter().map(|head| (head.tenant, head.log, head.size)).collect())
    }

    /// The entries of a log from place `from` up to before `to`, one after another: memory for one of them is enough.
    ///
    /// # Errors
    /// [`Error::Store`], or that of `each`, which ends it.
    pub fn read_log<E: From<Error>>(
        &mut self,
        log: LogId,
        (from, to): (u64, u64),
        each: &mut dyn FnMut(LogEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut outcome = Ok(());
        self.entries(log, (from, to), &mut |entry| {
            let (Stored::Integer(sequence), Stored::Blob(body)) = (entry.sequence, entry.body) else { return };
            if outcome.is_ok() {
                let hashed = entry.leaf == Stored::Blob(&leaf_of(body));
                outcome = each(read(log, (sequence.cast_unsigned(), hashed), body));
            }
        })
        .map_err(E::from)?;
        outcome
    }
}

fn read(log: LogId, (sequence, hashed): (u64, bool), body: &[u8]) -> LogEntry {
    let view = BodyView::read(body);
    let text = |tag| core::str::from_utf8(view.as_ref()?.field(tag)?).ok().map(str::to_owned);
    LogEntry {
        log,
        sequence,
        time: view.as_ref().map(|view| view.prefix.time),
        kind: view.as_ref().map(|view| view.prefix.kind),
        name: text(tag::NAME),
        user: text(tag::USER),
        role: text(tag::ROLE),
        outcome: view.as_ref().and_then(|view| view.field(tag::OUTCOME)?.first().copied()),
        body: body.to_vec(),
        hashed,
    }
}
