//! Records against their log: states played back from the entries, rows against states, signatures and terms in both
//! directions.
//!
//! What can be shown without a key: a row's seal names its version and MAC; that the MAC is that of the row's columns only
//! the application can check. Memory is bounded: many records are played back in several passes.

mod signed;

use super::finding::{Break, Class};
use super::source::Source;
use super::sum::{Adding, Sum, SumKey};
use crate::audit::{BodyView, LogId, RecordState, read_states, tag};
use crate::schema::{RecordId, TenantId};
use crate::seal::SealBlob;
use signed::{break_of, is_signature_of};
use std::collections::{BTreeSet, HashMap};

/// The most records whose states are kept in memory at once.
pub const MAX_STATES_IN_MEMORY: u64 = 1_000_000;
/// The label under which states of rows of authority are recorded.
const AUTHORITY: &str = "hipaa.authority";
/// Entries that are read at a time.
const PAGE: u64 = 65_536;

/// A row as it lies there, beside its record's projected state.
#[derive(Debug, Clone, Copy)]
pub struct RowView<'a> {
    /// The tenant and the record of the row; none for what is no id.
    pub record: Option<(TenantId, RecordId)>,
    /// The seal; empty for what is none.
    pub seal: &'a [u8],
    /// The tenant, version and MAC of the state; none where there is none.
    pub state: Option<(TenantId, u64, [u8; 32])>,
}

/// A row of authority as it lies there, beside its projected state.
#[derive(Debug, Clone, Copy)]
pub struct AuthorityView {
    /// Its tenant.
    pub tenant: TenantId,
    /// The version and MAC that it says, under its id among the states.
    pub row: RecordState,
    /// The tenant, version and MAC of the state; none where there is none.
    pub state: Option<(TenantId, u64, [u8; 32])>,
}

/// One projected state: its table, tenant and state.
pub type StateRow<'a> = (&'a str, TenantId, RecordState);
/// One index term: its table, the term, and the record.
pub type TermRow<'a> = (&'a str, &'a [u8], &'a [u8]);

/// One row of a table whose records can be signed: its tenant, its record and its signature.
pub type SignatureRow<'a> = (TenantId, RecordId, &'a [u8]);

/// What a source of logs keeps of records.
pub trait RecordSource: Source {
    /// The labels of the tables.
    ///
    /// # Errors
    /// Those of the source.
    fn tables(&mut self) -> Result<Vec<String>, Self::Error>;

    /// How many states there are.
    ///
    /// # Errors
    /// Those of the source.
    fn count_states(&mut self) -> Result<u64, Self::Error>;

    /// Every projected state: table, tenant and state; none for what is none.
    ///
    /// # Errors
    /// Those of the source.
    fn states(&mut self, each: &mut dyn FnMut(Option<StateRow<'_>>)) -> Result<(), Self::Error>;

    /// Every row of a table.
    ///
    /// # Errors
    /// Those of the source.
    fn rows(&mut self, table: &str, each: &mut dyn FnMut(&RowView<'_>)) -> Result<(), Self::Error>;

    /// Tenant and record of every row of a table whose records can be signed, with its signature: empty where it has none.
    /// Nothing for other tables.
    ///
    /// # Errors
    /// Those of the source.
    fn signatures(&mut self, table: &str, each: &mut dyn FnMut(SignatureRow<'_>)) -> Result<(), Self::Error>;

    /// The records of a table that have a live state and no row.
    ///
    /// # Errors
    /// Those of the source.
    fn missing_rows(&mut self, table: &str, each: &mut dyn FnMut(TenantId, RecordId)) -> Result<(), Self::Error>;

    /// Every row of authority; none for what is none.
    ///
    /// # Errors
    /// Those of the source.
    fn authority(&mut self, each: &mut dyn FnMut(Option<AuthorityView>)) -> Result<(), Self::Error>;

    /// The ids among the states of rows of authority that have a live state and are not there.
    ///
    /// # Errors
    /// Those of the source.
    fn missing_authority(&mut self, each: &mut dyn FnMut(TenantId, RecordId)) -> Result<(), Self::Error>;

    /// Every term: table, term and record; none for what is none.
    ///
    /// # Errors
    /// Those of the source.
    fn terms(&mut self, each: &mut dyn FnMut(Option<TermRow<'_>>)) -> Result<(), Self::Error>;

    /// Whether there is this term.
    ///
    /// # Errors
    /// Those of the source.
    fn has_term(&mut self, table: &str, term: &[u8], record: &[u8]) -> Result<bool, Self::Error>;

    /// The seals of the rows of a table with this record id.
    ///
    /// # Errors
    /// Those of the source.
    fn seals(&mut self, table: &str, record: &[u8]) -> Result<Vec<Vec<u8>>, Self::Error>;
}

/// Compares states, rows and terms with the log; says how many breaks it has told `found` of.
///
/// `key` is a fresh random key, as for [`verify`](super::verify).
///
/// # Errors
/// Those of the source.
pub fn verify_records<S: RecordSource>(
    source: &mut S,
    key: [u8; 32],
    found: &mut dyn FnMut(&Break),
) -> Result<u64, S::Error> {
    let mut breaks = 0;
    let mut count = |one: Break| {
        breaks += 1;
        found(&one);
    };
    let key = SumKey::new(key);
    let logs = source.heads()?.into_iter().flatten().map(|head| (head.tenant, (head.log, head.size)));
    let logs = logs.collect::<HashMap<_, _>>();
    let passes = source.count_states()? / MAX_STATES_IN_MEMORY + 1;
    let tables = source.tables()?;
    for pass in 0..passes {
        let mut replay = Replay { key: &key, pass, passes, logs: &logs, last: HashMap::new() };
        replay.entries(source, &mut count)?;
        replay.signatures(source, &tables, &mut count)?;
        replay.run(source, &mut count)?;
    }
    let mut sum = Adding::new(&key);
    for table in &tables {
        compare_rows(source, (table, &logs), &mut sum, &mut count)?;
    }
    compare_authority(source, &logs, &mut count)?;
    compare_terms(source, (&tables, &key), sum.finish(), &mut count)?;
    Ok(breaks)
}

type Logs = HashMap<TenantId, (LogId, u64)>;

/// The state in which an entry left a record.
#[derive(Clone)]
struct Last {
    version: u64,
    mac: u128,
    /// Fingerprint of the signature, and where it was signed.
    signed: Option<(u128, u64)>,
    sequence: u64,
    log: LogId,
    table: String,
    record: RecordId,
}

/// One pass over the logs, for one share of the records.
struct Replay<'a> {
    key: &'a SumKey,
    pass: u64,
    passes: u64,
    logs: &'a Logs,
    last: HashMap<u128, Last>,
}

impl Replay<'_> {
    fn entries<S: RecordSource>(&mut self, source: &mut S, found: &mut dyn FnMut(Break)) -> Result<(), S::Error> {
        for (tenant, (log, size)) in self.logs {
            let mut at = 0;
            while let Some(from) = source.next_place(*log, (at, *size))? {
                at = from;
                let to = (*size).min(at.saturating_add(PAGE));
                source.entries(*log, (at, to), &mut |entry| {
                    if let Some(view) = entry.body.bytes().and_then(BodyView::read) {
                        self.entry(*tenant, *log, &view, found);
                    }
                })?;
                at = to;
            }
        }
        Ok(())
    }

    fn run<S: RecordSource>(mut self, source: &mut S, found: &mut dyn FnMut(Break)) -> Result<(), S::Error> {
        source.states(&mut |row| match row {
            Some((table, tenant, state)) => self.compare((table, tenant, &state), found),
            None => found(Break::of_all(Class::State)),
        })?;
        for left in self.last.into_values() {
            let record = Some((left.table, left.record));
            found(Break { record, ..Break::at(Class::State, left.log, left.sequence, left.sequence) });
        }
        Ok(())
    }

    fn place(&self, table: &str, tenant: TenantId, record: &RecordId) -> Option<u128> {
        let place = self.key.fingerprint(&[tenant.as_bytes(), record.as_bytes(), b"\0", table.as_bytes()]);
        (place % u128::from(self.passes) == u128::from(self.pass)).then_some(place)
    }

    fn entry(&mut self, tenant: TenantId, log: LogId, view: &BodyView<'_>, found: &mut dyn FnMut(Break)) {
        let Some((table, states)) = view.field(tag::STATES).and_then(read_states) else { return };
        let sequence = view.prefix.sequence;
        let signature = view.field(tag::SIGNATURE);
        for state in &states {
            let Some(place) = self.place(table, tenant, &state.record) else { continue };
            let (before, signed) = self.last.get(&place).map_or((0, None), |last| (last.version, last.signed));
            if signature.is_some_and(|signature| signed.is_some() || !is_signature_of(signature, view, states.len())) {
                found(break_of((table, state.record), log, sequence));
            }
            if before.checked_add(1) != Some(state.version) {
                let record = Some((table.to_owned(), state.record));
                found(Break { record, ..Break::at(Class::State, log, sequence, sequence) });
            }
            let mac = self.key.fingerprint(&[&state.mac]);
            let signed = match signature {
                _ if state.is_tombstone() => None,
                Some(signature) => Some((self.key.fingerprint(&[signature]), sequence)),
                None => signed,
            };
            let (version, table, record) = (state.version, table.to_owned(), state.record);
            self.last.insert(place, Last { version, mac, signed, sequence, log, table, record });
        }
    }

    fn compare(&mut self, (table, tenant, state): (&str, TenantId, &RecordState), found: &mut dyn FnMut(Break)) {
        let Some(place) = self.place(table, tenant, &state.record) else { return };
        let record = Some((table.to_owned(), state.record));
        match self.last.remove(&place) {
            Some(last) if last.version == state.version && last.mac == self.key.fingerprint(&[&state.mac]) => {}
            Some(last) => found(Break { record, ..Break::at(Class::State, last.log, last.sequence, last.sequence) }),
            None => {
                let log = self.logs.get(&tenant).map(|(log, _)| *log);
                found(Break { record, log, ..Break::of_all(Class::State) });
            }
        }
    }
}

fn compare_rows<S: RecordSource>(
    source: &mut S,
    (table, logs): (&str, &Logs),
    sum: &mut Adding<'_>,
    found: &mut dyn FnMut(Break),
) -> Result<(), S::Error> {
    let of = |tenant: TenantId, record: RecordId| Break {
        log: logs.get(&tenant).map(|(log, _)| *log),
        record: Some((table.to_owned(), record)),
        ..Break::of_all(Class::Row)
    };
    source.rows(table, &mut |row| {
        let Some((tenant, record)) = row.record else { return found(Break::of_all(Class::Row)) };
        let Ok(seal) = SealBlob::decode(row.seal) else { return found(of(tenant, record)) };
        let expected = (tenant, seal.version, seal.mac);
        if row.state != Some(expected) || seal.mac == RecordState::TOMBSTONE {
            found(of(tenant, record));
        }
        for term in terms_of(&seal) {
            let length = [u8::try_from(term.len()).unwrap_or(u8::MAX)];
            sum.add(&[&length, term, record.as_bytes(), b"\0", table.as_bytes()]);
        }
    })?;
    source.missing_rows(table, &mut |tenant, record| found(of(tenant, record)))
}

/// Rows that confer or limit authority: which version and MAC lies there. That the MAC is that of the columns only the
/// application can check, which it does at every use.
fn compare_authority<S: RecordSource>(
    source: &mut S,
    logs: &Logs,
    found: &mut dyn FnMut(Break),
) -> Result<(), S::Error> {
    let of = |tenant: TenantId, record: RecordId| Break {
        log: logs.get(&tenant).map(|(log, _)| *log),
        record: Some((AUTHORITY.to_owned(), record)),
        ..Break::of_all(Class::Row)
    };
    source.authority(&mut |row| match row {
        Some(AuthorityView { tenant, row, state }) => {
            if state != Some((tenant, row.version, row.mac)) || row.is_tombstone() {
                found(of(tenant, row.record));
            }
        }
        None => found(Break::of_all(Class::Row)),
    })?;
    source.missing_authority(&mut |tenant, record| found(of(tenant, record)))
}

/// The terms of a seal, each once.
fn terms_of(seal: &SealBlob) -> BTreeSet<&[u8]> {
    seal.terms.iter().map(|term| term.term.as_bytes()).collect()
}

fn compare_terms<S: RecordSource>(
    source: &mut S,
    (tables, key): (&[String], &SumKey),
    of_rows: Sum,
    found: &mut dyn FnMut(Break),
) -> Result<(), S::Error> {
    let mut sum = Adding::new(key);
    source.terms(&mut |row| match row {
        Some((table, term, record)) => {
            let length = [u8::try_from(term.len()).unwrap_or(u8::MAX)];
            sum.add(&[&length, term, record, b"\0", table.as_bytes()]);
        }
        None => found(Break::of_all(Class::Term)),
    })?;
    if sum.finish() != of_rows {
        tables.iter().try_for_each(|table| find_lost_terms(source, table, found))?;
        find_planted_terms(source, found)?;
    }
    Ok(())
}

/// Terms of the rows' seals that are not to be found.
fn find_lost_terms<S: RecordSource>(source: &mut S, table: &str, found: &mut dyn FnMut(Break)) -> Result<(), S::Error> {
    let mut of_rows = Vec::new();
    source.rows(table, &mut |row| {
        if let (Some((_, record)), Ok(seal)) = (row.record, SealBlob::decode(row.seal)) {
            of_rows.extend(terms_of(&seal).into_iter().map(|term| (term.to_vec(), record)));
        }
    })?;
    for (term, record) in of_rows {
        if !source.has_term(table, &term, record.as_bytes())? {
            found(Break { record: Some((table.to_owned(), record)), ..Break::of_all(Class::Term) });
        }
    }
    Ok(())
}

/// Terms that no seal has.
fn find_planted_terms<S: RecordSource>(source: &mut S, found: &mut dyn FnMut(Break)) -> Result<(), S::Error> {
    let mut rows = Vec::new();
    source.terms(&mut |row| {
        rows.extend(row.map(|(table, term, record)| (table.to_owned(), term.to_vec(), record.to_vec())));
    })?;
    for (table, term, record) in rows {
        let seals = source.seals(&table, &record)?;
        let sealed = seals.iter().filter_map(|seal| SealBlob::decode(seal).ok());
        if !sealed.into_iter().any(|seal| terms_of(&seal).contains(term.as_slice())) {
            let record = RecordId::from_slice(&record).ok().map(|record| (table, record));
            found(Break { record, ..Break::of_all(Class::Term) });
        }
    }
    Ok(())
}
