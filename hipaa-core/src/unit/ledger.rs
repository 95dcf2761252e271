//! The audit side of one transaction: the heads that it touches, and the order in which they are written.

mod outcome;
mod period;
mod reading;
mod standing;
mod tail;

pub use outcome::{Durable, Position, Ticket};
use period::Ending;
pub use reading::Reading;

use super::held::{Held, UnitId};
use super::notary::{LoadedKeys, Notary, Noted};
use super::{UnitError, Warrant, details};
use crate::audit::{Body, EntryKind, Event, Field, Head, Leaf, LogId, Prefix, leaf_of, read_subjects, tag};
use crate::clock::{ClockState, Timestamp};
use crate::entropy::Entropy;
use crate::keys::TenantKeys;
use crate::red::{Safeguard, removed};
use crate::schema::{TenantId, Value};
use crate::store::{EntryProjection, Store, StoredEntry};
use core::fmt;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tail::Touched;
use zeroize::Zeroizing;

/// An entry that is about to be written.
pub(crate) struct Entry {
    pub(crate) kind: EntryKind,
    pub(crate) fields: Vec<Field>,
    pub(crate) details: Option<Zeroizing<String>>,
}

/// The audit logs of one transaction.
pub struct Ledger {
    notary: Arc<Notary>,
    entropy: Option<Entropy>,
    unit: UnitId,
    heads: BTreeMap<TenantId, Touched>,
    keys: HashMap<TenantId, LoadedKeys>,
    /// The heads as they were before the closure that runs now first touched them.
    undo: BTreeMap<TenantId, Option<Touched>>,
    /// How many closures were entered, and whether the last one was not left yet.
    closures: u64,
    inside: bool,
    refusals: Vec<Event>,
    /// Refusals that are written in this transaction already, for the case that it is lost.
    noted: Vec<Event>,
    /// The entries of a read transaction, which a writer appends later.
    deferred: Option<Vec<Event>>,
    /// Whether a write of the closure that runs now failed half-way.
    half_written: bool,
    /// The signing period that ends with this transaction: nothing is added to any log after that was said.
    ending: Option<Ending>,
    /// The sizes of tenants' logs that the deployment's log takes up in this transaction.
    taken_up: Vec<(LogId, Noted)>,
    /// What the closure that runs now was found to be entitled by.
    warrants: Vec<Arc<dyn Warrant>>,
    /// The time that was read for what is decided and written: one for both, so that nothing is written after the end of
    /// what permits it.
    read: Option<crate::clock::Reading>,
}

impl Ledger {
    /// The ledger of a transaction that has just become a write transaction.
    ///
    /// # Errors
    /// [`UnitError::Entropy`].
    pub fn open(notary: &Arc<Notary>) -> Result<Self, UnitError> {
        Ok(Self {
            entropy: Some(notary.take_entropy()?),
            unit: notary.next_unit(),
            notary: Arc::clone(notary),
            heads: BTreeMap::new(),
            keys: HashMap::new(),
            undo: BTreeMap::new(),
            closures: 0,
            inside: false,
            refusals: Vec::new(),
            noted: Vec::new(),
            deferred: None,
            half_written: false,
            ending: None,
            taken_up: Vec::new(),
            warrants: Vec::new(),
            read: None,
        })
    }

    /// Begins one closure; the adapter has just set its savepoint.
    pub fn enter(&mut self) {
        self.begin_unit();
        self.inside = true;
        self.closures = self.closures.saturating_add(1);
    }

    fn begin_unit(&mut self) {
        self.unit = self.notary.next_unit();
        self.undo.clear();
        self.warrants.clear();
        self.read = None;
    }

    /// Adds an entry between closures, without one of its own. No code of a host runs there, so the log's tail is not
    /// compared again until the next closure, or before the head is signed.
    ///
    /// # Errors
    /// [`UnitError`]: the entry is not written; after a [`UnitError::Store`] the whole transaction must be rolled back.
    pub fn append_alone(&mut self, store: &mut dyn Store, event: &Event) -> Result<(Ticket, Position), UnitError> {
        self.begin_unit();
        let position = self.append(store, event)?;
        Ok((Ticket::new(self.unit), position))
    }

    /// Ends one closure. If it failed, the adapter has just rolled its work back; refusals are written either way.
    ///
    /// # Errors
    /// [`UnitError::Torn`] when a closure that did not fail lost entries, [`UnitError::HalfWritten`] when it passed over an
    /// error that left half of a write: the adapter then rolls its work back and calls
    /// again with `failed`, for the refusals. On any other [`UnitError`] the whole transaction must be rolled back.
    pub fn leave(&mut self, store: &mut dyn Store, failed: bool) -> Result<Ticket, UnitError> {
        if failed {
            self.undo_closure();
        } else if self.half_written {
            return Err(UnitError::HalfWritten);
        } else {
            for tenant in self.undo.keys() {
                if let Some(touched) = self.heads.get_mut(tenant) {
                    touched.compare(store)?;
                    touched.compared = self.closures;
                }
            }
        }
        self.undo.clear();
        if failed && removed(Safeguard::RefusalSurvival) {
            self.refusals.clear();
        }
        self.write_refusals(store)?;
        self.inside = false;
        Ok(Ticket::new(self.unit))
    }

    /// The transaction was lost and the adapter has begun another: writes every refusal of the lost one.
    ///
    /// # Errors
    /// [`UnitError`]: this transaction must be rolled back, too.
    pub fn recover(&mut self, store: &mut dyn Store) -> Result<(), UnitError> {
        self.half_written = false;
        self.forget_period();
        self.heads.clear();
        self.keys.clear();
        self.undo.clear();
        let mut refusals = core::mem::take(&mut self.noted);
        refusals.append(&mut self.refusals);
        if removed(Safeguard::RefusalSurvival) {
            refusals.clear();
        }
        self.refusals = refusals;
        self.write_refusals(store)
    }

    /// Whether anything was written that needs a commit.
    #[must_use]
    pub fn has_grown(&self) -> bool {
        self.heads.values().any(|touched| touched.grown)
    }

    /// Signs the head of every log that has grown; the adapter commits next.
    ///
    /// # Errors
    /// [`UnitError`]: the whole transaction must then be rolled back.
    pub fn close(&mut self, store: &mut dyn Store) -> Result<(), UnitError> {
        if store.has_other_writers()? {
            self.heads.values().try_for_each(|touched| touched.compare_added(store))?;
        }
        let signer = self.notary.signer(store)?;
        for touched in self.heads.values().filter(|touched| touched.grown) {
            touched.put_tiles(store)?;
            store.put_head(&self.notary.sign(&signer, &touched.head))?;
        }
        self.end_period(store, &signer)
    }

    /// The last entry of every log that this transaction extends: how an adapter whose COMMIT failed finds out what
    /// became of it.
    pub fn last_entries(&self) -> impl Iterator<Item = Position> + '_ {
        self.heads.values().filter(|touched| touched.grown).map(|Touched { head, .. }| Position {
            log: head.log,
            sequence: head.size().saturating_sub(1),
            leaf: head.last_leaf,
        })
    }

    /// The adapter's COMMIT has succeeded.
    #[must_use]
    pub fn committed(&mut self) -> Durable {
        for touched in self.heads.values() {
            self.notary.remember_head(&touched.head);
        }
        self.notary.remember_keys(&self.keys);
        self.notary.remember_noted(&self.taken_up);
        Durable::new()
    }

    pub(super) fn lose(&mut self) {
        self.half_written = true;
    }

    fn undo_closure(&mut self) {
        self.half_written = false;
        self.forget_period();
        for (tenant, before) in core::mem::take(&mut self.undo) {
            match before {
                Some(touched) => self.heads.insert(tenant, touched),
                None => self.heads.remove(&tenant),
            };
        }
        // A ring that the closure changed is gone with it.
        self.keys.clear();
    }

    fn write_refusals(&mut self, store: &mut dyn Store) -> Result<(), UnitError> {
        let refusals = core::mem::take(&mut self.refusals);
        self.noted.extend(refusals.iter().cloned());
        refusals.iter().try_for_each(|event| self.append(store, event).map(|_| ()))
    }

    /// The notary of this transaction.
    #[must_use]
    pub fn notary(&self) -> &Arc<Notary> {
        &self.notary
    }

    pub(crate) fn refuse(&mut self, event: Event) {
        self.refusals.push(event);
    }

    pub(super) fn hold<T>(&self, value: T) -> Held<T> {
        Held::new(self.unit, value)
    }

    /// Writes an entry now, or in the writer's transaction that follows a read transaction.
    pub(super) fn note(&mut self, store: &mut dyn Store, event: Event) -> Result<(), UnitError> {
        match &mut self.deferred {
            Some(deferred) => deferred.push(event),
            None => {
                self.append(store, &event)?;
            }
        }
        Ok(())
    }

    pub(super) fn append(&mut self, store: &mut dyn Store, event: &Event) -> Result<Position, UnitError> {
        if self.deferred.is_some() {
            return Err(UnitError::Reading);
        }
        let entry = Entry { kind: EntryKind::Event, fields: event.fields()?, details: event.sealed_text() };
        self.append_entry(store, event.tenant(), entry)
    }

    /// The generator of this transaction.
    pub(crate) fn entropy(&mut self) -> Result<&mut Entropy, UnitError> {
        self.entropy.as_mut().ok_or(UnitError::Entropy(crate::entropy::EntropyError))
    }

    /// The keys of a tenant, checked against the store once per transaction.
    pub(crate) fn keys(&mut self, store: &mut dyn Store, tenant: TenantId) -> Result<Arc<TenantKeys>, UnitError> {
        if let Some(keys) = self.keys.get(&tenant) {
            return Ok(keys.get());
        }
        let keys = self.notary.keys(store, tenant)?;
        Ok(self.keys.entry(tenant).or_insert(keys).get())
    }

    /// Forgets the keys of a tenant whose ring this unit has just changed.
    pub(crate) fn forget_keys(&mut self, tenant: TenantId) {
        self.keys.remove(&tenant);
    }

    /// Begins the log of a new tenant; its genesis entry comes next.
    pub(crate) fn begin_log(&mut self, log: LogId, tenant: TenantId) {
        self.undo.entry(tenant).or_insert(None);
        self.heads.insert(tenant, Touched::new(Head::empty(log, tenant), true, self.closures));
    }

    pub(crate) fn append_entry(
        &mut self,
        store: &mut dyn Store,
        tenant: TenantId,
        entry: Entry,
    ) -> Result<Position, UnitError> {
        self.require_open_period()?;
        let (inside, closures) = (self.inside, self.closures);
        let (log, sequence) = {
            let touched = self.touch(store, tenant)?;
            // An entry that was rolled back behind the unit must not be hidden by the next one.
            if inside || touched.compared != closures {
                touched.compare(store)?;
                touched.compared = closures;
            }
            (touched.head.log, touched.head.size())
        };
        let details = match &entry.details {
            Some(text) => {
                let keys = self.keys(store, tenant)?;
                Some(details::seal(&keys, (log, sequence), text, self.entropy()?)?)
            }
            None => None,
        };
        let mut fields = entry.fields;
        if let Some(sealed) = &details {
            fields.push(details::field(sealed));
            fields.sort_by_key(|field| field.tag);
        }
        let salt = self.entropy()?.generate()?;
        let reading = self.read.unwrap_or_else(|| self.notary.read_clock());
        let touched = self.touch(store, tenant)?;
        let clock = if reading.wall < touched.head.last_time { ClockState::SteppedBack } else { reading.state };
        let time = reading.wall.max(touched.head.last_time);
        let previous = touched.head.last_leaf;
        let prefix =
            Prefix { kind: entry.kind, log, tenant, sequence, previous, time, wall: reading.wall, clock, salt };
        let body = Body { prefix, fields };
        let leaf = write(store, &body, details, time)?;
        touched.head.extend(leaf, time);
        touched.added.push(leaf);
        touched.grown = true;
        Ok(Position { log, sequence, leaf })
    }

    fn touch(&mut self, store: &mut dyn Store, tenant: TenantId) -> Result<&mut Touched, UnitError> {
        use std::collections::btree_map::Entry::{Occupied, Vacant};
        match self.heads.entry(tenant) {
            Occupied(known) => {
                if self.inside {
                    self.undo.entry(tenant).or_insert_with(|| Some(known.get().clone()));
                }
                Ok(known.into_mut())
            }
            Vacant(place) => {
                let head = self.notary.head(store, tenant)?;
                self.undo.insert(tenant, None);
                Ok(place.insert(Touched::new(head, false, self.closures)))
            }
        }
    }

    /// Opens the details of an entry; none where it has none.
    pub(crate) fn open_details(
        &mut self,
        store: &mut dyn Store,
        tenant: TenantId,
        entry: &StoredEntry,
    ) -> Result<Option<Value>, UnitError> {
        let Some(sealed) = &entry.details else { return Ok(None) };
        let keys = self.keys(store, tenant)?;
        details::open(&keys, (entry.log, entry.sequence), sealed).map(Some)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        if let Some(entropy) = self.entropy.take() {
            self.notary.return_entropy(entropy);
        }
    }
}

fn write(store: &mut dyn Store, body: &Body, details: Option<Vec<u8>>, time: Timestamp) -> Result<Leaf, UnitError> {
    let bytes = body.encode()?;
    let leaf = leaf_of(&bytes);
    let (log, sequence) = (body.prefix.log, body.prefix.sequence);
    let subjects = body.field(tag::SUBJECTS).and_then(read_subjects).unwrap_or_default();
    let projection = EntryProjection { time, name: body.name(), user: body.text(tag::USER), subjects: &subjects };
    store.append_entry(&StoredEntry { log, sequence, body: bytes, leaf, details }, &projection)?;
    Ok(leaf)
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("logs", &self.heads.len()).finish_non_exhaustive()
    }
}
