//! Whether the tenants' logs still hold what the deployment's log has taken up of them.

use super::signed::{Since, leaf_at};
use super::{Notary, Unit, UnitError};
use crate::audit::{BodyView, EntryKind, Head, Leaf, LogId, leaf_of, tag};
use crate::red::{Safeguard, removed};
use crate::schema::TenantId;
use crate::store::{Store, StoredEntry};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Entries of the deployment's log that one comparison reads, at most.
pub const MAX_COMPARED_ENTRIES: u64 = 100_000;

const PAGE: u64 = 64;
const HEADS: usize = 500;

impl dyn Unit + '_ {
    /// Compares the log of every tenant with what the deployment's log took up of it last: one process that has just started
    /// knows of no other way that it was longer.
    ///
    /// Walks the deployment's log backwards, from its head along the chain, until each tenant's log was met. That is soon:
    /// a log that does not grow is [taken up again](crate::signing::note_heads) before it is far behind. After
    /// [`MAX_COMPARED_ENTRIES`] the walk ends, and the logs that were not met are not compared.
    ///
    /// # Errors
    /// [`UnitError::Tampered`] when a head is not ours, or an entry that is read is not the one that the next names;
    /// [`UnitError`] of the store.
    ///
    /// # Security
    /// A log that is gone with its head is missed only if it was taken up among the entries that were read. All heads that
    /// were ever taken up are compared from outside, by `hipaa-verify`.
    pub fn since_taken_up(&mut self) -> Result<Since, UnitError> {
        if removed(Safeguard::TakenUp) {
            return Ok(Since::Continued);
        }
        let (store, ledger) = self.parts();
        let notary = Arc::clone(ledger.notary());
        let mut logs = Logs::read(store, &notary)?;
        let own = store.head(TenantId::DEPLOYMENT)?.ok_or(UnitError::Tampered)?;
        let own = notary.open_head(&own)?;
        let (mut size, mut leaf) = (own.size(), own.last_leaf);
        let end = size.saturating_sub(MAX_COMPARED_ENTRIES);
        while logs.left > 0 && size > end {
            for entry in page_before(store, own.log, (size, end))?.iter().rev() {
                if entry.sequence.checked_add(1) != Some(size) || leaf_of(&entry.body) != leaf {
                    return Err(UnitError::Tampered);
                }
                let view = BodyView::read(&entry.body).ok_or(UnitError::Tampered)?;
                match logs.compare(store, &view)? {
                    Since::Continued => (size, leaf) = (entry.sequence, view.prefix.previous),
                    other => return Ok(other),
                }
            }
        }
        Ok(Since::Continued)
    }
}

/// The entries of the log before its place `size`, as many as are read at once.
fn page_before(store: &mut dyn Store, log: LogId, (size, end): (u64, u64)) -> Result<Vec<StoredEntry>, UnitError> {
    let from = size.saturating_sub(PAGE).max(end);
    let most = usize::try_from(size.saturating_sub(from)).unwrap_or_default();
    let page = store.entries(log, from, most)?;
    if page.is_empty() { Err(UnitError::Tampered) } else { Ok(page) }
}

/// The heads of tenants' logs, and which of them were met.
struct Logs {
    heads: BTreeMap<LogId, (Head, bool)>,
    left: usize,
}

impl Logs {
    fn read(store: &mut dyn Store, notary: &Notary) -> Result<Self, UnitError> {
        let (mut heads, mut after) = (BTreeMap::new(), None);
        loop {
            let page = store.heads(after, HEADS)?;
            after = page.last().map(|head| head.tenant);
            for stored in page.iter().filter(|head| head.tenant != TenantId::DEPLOYMENT) {
                heads.insert(stored.log, (notary.open_head(stored)?, false));
            }
            if page.len() < HEADS {
                return Ok(Self { left: heads.len(), heads });
            }
        }
    }

    /// Compares what an entry takes up, if it is the last that takes up that log.
    fn compare(&mut self, store: &mut dyn Store, view: &BodyView<'_>) -> Result<Since, UnitError> {
        let Some((log, size, leaf)) = taken_up(view) else { return Ok(Since::Continued) };
        let Some((head, met)) = self.heads.get_mut(&log) else { return Ok(Since::RolledBack) };
        if core::mem::replace(met, true) {
            return Ok(Since::Continued);
        }
        self.left = self.left.saturating_sub(1);
        let there = match head.size() {
            now if now < size => return Ok(Since::RolledBack),
            now if now == size => Some(head.last_leaf),
            _ => leaf_at(store, log, size.saturating_sub(1))?,
        };
        Ok(if there == Some(leaf) { Since::Continued } else { Since::Forked })
    }
}

fn taken_up(view: &BodyView<'_>) -> Option<(LogId, u64, Leaf)> {
    match view.prefix.kind {
        EntryKind::LogHead => view.log_head(),
        EntryKind::LogOpened => {
            let log = LogId(view.field(tag::LOG)?.try_into().ok()?);
            Some((log, 1, view.field(tag::GENESIS)?.try_into().ok()?))
        }
        _ => None,
    }
}
