//! The whole examination: parts over threads, logs out of parts, the deployment out of logs.

use super::anchor::Anchor;
use super::chunk::{CHUNK, Opened, Part, examine};
use super::cursor::Cursor;
use super::finding::{Break, Class, Completeness, Doubt, Integrity, Report};
use super::log::LogState;
use super::source::Source;
use super::sum::SumKey;
use crate::audit::{BodyView, EntryKind, Leaf, LogId, StoredHead, Trust, leaf_of, tag};
use crate::schema::TenantId;
use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

/// Version of the log format that this version reads.
const LOG_FORMAT: [u8; 2] = [0, 1];

/// What is asked of an examination.
#[derive(Default)]
pub struct Options<'a> {
    /// The pin; without it a deployment that was made anew looks like any other.
    pub trust: Option<Trust>,
    /// What somebody outside has seen.
    pub anchors: Vec<Anchor>,
    /// A fresh random key, so that nobody can choose rows that hide each other.
    pub key: [u8; 32],
    /// From where an earlier examination can be gone on with.
    pub resume: Option<Cursor>,
    /// Told how many entries of how many are done, with the cursor of that moment.
    pub progress: Option<&'a mut dyn FnMut(u64, u64, &Cursor)>,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("trust", &self.trust)
            .field("anchors", &self.anchors.len())
            .finish_non_exhaustive()
    }
}

/// Examines every log, with one thread per source; `found` is told of every break, in the order of the logs.
///
/// All sources must show the same data, or later states of it; places, heads and projections are judged by the first.
///
/// # Errors
/// Those of the sources; nothing is known then.
pub fn verify<S: Source + Send>(
    sources: &mut [S],
    options: Options<'_>,
    found: &mut dyn FnMut(&Break),
) -> Result<Report, S::Error>
where
    S::Error: Send,
{
    let mut run = Run {
        key: options.resume.as_ref().map_or(options.key, |cursor| cursor.key),
        trust: options.trust,
        breaks: 0,
        doubts: Vec::new(),
        found,
        states: BTreeMap::new(),
    };
    let Some((first, others)) = sources.split_first_mut() else { return Ok(run.nothing()) };
    let Some(deployment) = first.deployment()? else { return Ok(run.nothing()) };
    if !first.is_whole()? {
        run.found(Break::of_all(Class::Schema));
        return Ok(run.report(Completeness::Unanchored(0), (0, 0), Cursor::default()));
    }
    let heads = run.heads(first)?;
    let tiles = first.keeps_tiles()?;
    let key = run.key_of(first, &heads, &deployment)?;
    let cursor = options.resume.unwrap_or_default();
    let sum_key = run.key;
    let mut scan = Scan::new(&heads, cursor, sum_key, tiles, options.progress);
    for head in &heads {
        let state = scan.log(first, others, head, &mut |found| run.found(found))?;
        state.finish(first, (head, &deployment, key), (&sum_key, tiles), &mut |found| run.found(found))?;
        run.states.insert(head.log, state);
    }
    let (cursor, entries) = (scan.cursor, scan.done);
    run.compare_logs(first, &heads, &deployment)?;
    let completeness = run.compare_anchors(first, &heads, (&deployment, key), &options.anchors)?;
    Ok(run.report(completeness, (heads.len() as u64, entries), cursor))
}

struct Run<'a> {
    key: SumKey,
    trust: Option<Trust>,
    breaks: u64,
    doubts: Vec<Doubt>,
    found: &'a mut dyn FnMut(&Break),
    states: BTreeMap<LogId, LogState>,
}

impl Run<'_> {
    fn found(&mut self, found: Break) {
        self.breaks += 1;
        (self.found)(&found);
    }

    fn doubt(&mut self, doubt: Doubt) {
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    fn nothing(mut self) -> Report {
        match self.trust {
            Some(trust) => self.found(Break::of_log(Class::MissingLog, trust.log)),
            None => self.doubt(Doubt::NoDeployment),
        }
        self.report(Completeness::Unanchored(0), (0, 0), Cursor::default())
    }

    fn report(self, completeness: Completeness, (logs, entries): (u64, u64), cursor: Cursor) -> Report {
        let integrity = match (self.breaks, self.doubts.is_empty()) {
            (0, true) => Integrity::Intact,
            (0, false) => Integrity::Unverifiable,
            _ => Integrity::Tampered,
        };
        Report { integrity, completeness, logs, entries, breaks: self.breaks, doubts: self.doubts, cursor }
    }

    /// The heads, that of the deployment first.
    fn heads<S: Source>(&mut self, source: &mut S) -> Result<Vec<StoredHead>, S::Error> {
        let (mut heads, mut malformed) = (Vec::new(), 0);
        for head in source.heads()? {
            match head {
                Some(head) => heads.push(head),
                None => malformed += 1,
            }
        }
        (0..malformed).for_each(|_| self.found(Break::of_all(Class::Head)));
        heads.sort_by_key(|head| (head.tenant, head.log));
        Ok(heads)
    }

    /// The key that signs heads: that of the pin, or else that which the deployment's log names.
    fn key_of<S: Source>(
        &mut self,
        source: &mut S,
        heads: &[StoredHead],
        deployment: &[u8; 16],
    ) -> Result<Option<[u8; 32]>, S::Error> {
        let own = heads.first().filter(|head| head.tenant == TenantId::DEPLOYMENT);
        let genesis = match own {
            Some(head) => read_body(source, head.log, 0)?,
            None => None,
        };
        let claimed = genesis.as_deref().and_then(|body| Trust::of_genesis(body).ok());
        let Some(trust) = self.trust else { return Ok(claimed.map(|claimed| claimed.head_key)) };
        match own {
            Some(head) if head.log == trust.log => {
                if claimed != Some(trust) || *deployment != trust.deployment {
                    self.found(Break::at(Class::Pin, trust.log, 0, 0));
                }
            }
            Some(head) => self.found(Break::of_log(Class::Pin, head.log)),
            None => self.found(Break::of_log(Class::MissingLog, trust.log)),
        }
        Ok(Some(trust.head_key))
    }

    /// Compares the logs that there are with those that were opened.
    fn compare_logs<S: Source>(
        &mut self,
        source: &mut S,
        heads: &[StoredHead],
        deployment: &[u8; 16],
    ) -> Result<(), S::Error> {
        let opened = self.opened();
        for head in heads {
            self.compare_genesis(source, head, (deployment, opened.get(&head.log)))?;
        }
        let known = heads.iter().map(|head| head.log).collect::<BTreeSet<_>>();
        for opened in opened.values().filter(|opened| !known.contains(&opened.log)) {
            self.found(Break::of_log(Class::MissingLog, opened.log));
        }
        for log in source.logs()? {
            match log {
                Some(log) if known.contains(&log) => {}
                Some(log) if opened.contains_key(&log) => self.found(Break::of_log(Class::MissingHead, log)),
                Some(log) => self.found(Break::of_log(Class::UnknownLog, log)),
                None => self.found(Break::of_all(Class::UnknownLog)),
            }
        }
        self.compare_tenants(source.tenants()?, &opened);
        Ok(())
    }

    fn opened(&mut self) -> BTreeMap<LogId, Opened> {
        let own = self.states.values().find(|state| state.tenant == TenantId::DEPLOYMENT);
        let all = own.map(|state| state.opened.clone()).unwrap_or_default();
        let (mut opened, mut twice) = (BTreeMap::new(), Vec::new());
        for one in all {
            if opened.insert(one.log, one).is_some() {
                twice.push(one.log);
            }
        }
        twice.into_iter().for_each(|log| self.found(Break::of_log(Class::Genesis, log)));
        opened
    }

    fn compare_genesis<S: Source>(
        &mut self,
        source: &mut S,
        head: &StoredHead,
        (deployment, opened): (&[u8; 16], Option<&Opened>),
    ) -> Result<(), S::Error> {
        let Some(body) = read_body(source, head.log, 0)? else { return Ok(()) };
        let Some(view) = BodyView::read(&body) else { return Ok(()) };
        if view.field(tag::FORMAT).is_some_and(|format| format != LOG_FORMAT) {
            self.doubt(Doubt::UnknownFormat);
        }
        let own = head.tenant == TenantId::DEPLOYMENT;
        let begun = match opened {
            Some(opened) => opened.genesis == leaf_of(&body) && opened.tenant == head.tenant && !own,
            None => own,
        };
        if !begun && opened.is_none() {
            self.found(Break::of_log(Class::UnknownLog, head.log));
        } else if !begun || view.prefix.kind != EntryKind::Genesis || view.field(tag::DEPLOYMENT) != Some(deployment) {
            self.found(Break::at(Class::Genesis, head.log, 0, 0));
        }
        Ok(())
    }

    fn compare_tenants(&mut self, tenants: Vec<Option<(TenantId, LogId)>>, opened: &BTreeMap<LogId, Opened>) {
        let mut left = opened.values().map(|opened| (opened.tenant, opened.log)).collect::<BTreeSet<_>>();
        for tenant in tenants {
            match tenant {
                Some(row) if left.remove(&row) => {}
                Some((_, log)) => self.found(Break::of_log(Class::Tenant, log)),
                None => self.found(Break::of_all(Class::Tenant)),
            }
        }
        left.into_iter().for_each(|(_, log)| self.found(Break::of_log(Class::Tenant, log)));
    }

    /// Compares every log with what somebody outside has seen of it.
    fn compare_anchors<S: Source>(
        &mut self,
        source: &mut S,
        heads: &[StoredHead],
        (deployment, key): (&[u8; 16], Option<[u8; 32]>),
        anchors: &[Anchor],
    ) -> Result<Completeness, S::Error> {
        let mut left = heads.iter().map(|head| (head.log, (head.size, 0))).collect::<BTreeMap<_, (u64, u64)>>();
        for anchor in anchors {
            let head = anchor.head.unverified();
            let proven = |receipt: &crate::audit::Receipt| {
                let leaf = (&receipt.leaf, receipt.sequence);
                receipt.proof.verify_inclusion(leaf, (head.size, &head.root)).is_ok()
            };
            let signed = key.is_some_and(|key| anchor.head.verify(&key).is_ok()) && head.deployment == *deployment;
            if !signed || !anchor.receipt.as_ref().is_none_or(proven) {
                self.doubt(Doubt::ForeignAnchor);
                continue;
            }
            let Some((size, seen)) = left.get_mut(&head.log) else {
                self.found(Break::of_log(Class::MissingLog, head.log));
                continue;
            };
            if *size < head.size {
                self.found(Break::at(Class::Rollback, head.log, *size, head.size - 1));
                continue;
            }
            *seen = head.size.max(*seen);
            let receipt = anchor.receipt.as_ref().map(|receipt| (receipt.sequence, receipt.leaf));
            let last = head.size.checked_sub(1).map(|last| (last, head.last_leaf));
            for (place, leaf) in last.into_iter().chain(receipt) {
                self.compare_leaf(source, head.log, (place, leaf))?;
            }
        }
        let unseen = left.values().map(|(size, seen)| size - seen).fold(0, u64::saturating_add);
        Ok(if unseen == 0 && self.trust.is_some() { Completeness::Anchored } else { Completeness::Unanchored(unseen) })
    }

    fn compare_leaf<S: Source>(
        &mut self,
        source: &mut S,
        log: LogId,
        (place, leaf): (u64, Leaf),
    ) -> Result<(), S::Error> {
        if read_body(source, log, place)?.is_none_or(|body| leaf_of(&body) != leaf) {
            self.found(Break::at(Class::Fork, log, place, place));
        }
        Ok(())
    }
}

fn read_body<S: Source>(source: &mut S, log: LogId, place: u64) -> Result<Option<Vec<u8>>, S::Error> {
    let mut body = None;
    source.entries(log, (place, place.saturating_add(1)), &mut |entry| {
        body = entry.body.bytes().map(<[u8]>::to_vec);
    })?;
    Ok(body)
}

/// The parts of the logs, in their order.
struct Scan<'a> {
    from: Cursor,
    cursor: Cursor,
    tiles: bool,
    done: u64,
    total: u64,
    progress: Option<&'a mut dyn FnMut(u64, u64, &Cursor)>,
}

impl<'a> Scan<'a> {
    fn new(
        heads: &[StoredHead],
        from: Cursor,
        key: SumKey,
        tiles: bool,
        progress: Option<&'a mut dyn FnMut(u64, u64, &Cursor)>,
    ) -> Self {
        let total = heads.iter().map(|head| head.size).fold(0, u64::saturating_add);
        Self { from, cursor: Cursor { key, logs: Vec::new() }, tiles, done: 0, total, progress }
    }

    /// Examines the parts of one log that were not examined before, and puts them together.
    fn log<S: Source + Send>(
        &mut self,
        first: &mut S,
        others: &mut [S],
        head: &StoredHead,
        found: &mut dyn FnMut(Break),
    ) -> Result<LogState, S::Error>
    where
        S::Error: Send,
    {
        let known = self.from.log(head.log, head.tenant).cloned();
        if let Some(longer) = known.as_ref().map(|known| known.range.size()).filter(|size| *size > head.size) {
            found(Break::at(Class::Rollback, head.log, head.size, longer - 1));
        }
        let known = known.filter(|known| known.range.size() <= head.size);
        let mut state = known.unwrap_or_else(|| LogState::new(head.log, head.tenant));
        self.cursor.logs.push(state.clone());
        let (mut at, key) = (state.range.size(), self.cursor.key);
        while at < head.size {
            let there = first.next_place(head.log, (at, head.size))?.map_or(head.size, |place| place / CHUNK * CHUNK);
            if there > at {
                found(Break::at(Class::Gap, head.log, at, there - 1));
                (state.holed, state.last, at) = (true, None, there);
                continue;
            }
            let mut parts = Vec::new();
            while at < head.size && parts.len() <= others.len() {
                let to = head.size.min(at.saturating_add(CHUNK));
                parts.push(Part { log: head.log, tenant: head.tenant, from: at, to, tiles: self.tiles });
                at = to;
            }
            for examined in wave(first, others, &parts, &key) {
                let examined = examined?;
                let part = examined.part;
                state.join(first, examined, found)?;
                self.done += part.to - part.from;
                if part.to - part.from == CHUNK && !state.holed {
                    let _ = self.cursor.logs.pop();
                    self.cursor.logs.push(state.clone());
                }
                if let Some(progress) = &mut self.progress {
                    progress(self.done, self.total, &self.cursor);
                }
            }
        }
        Ok(state)
    }
}

/// Examines as many parts at once as there are sources.
fn wave<S: Source + Send>(
    first: &mut S,
    others: &mut [S],
    parts: &[Part],
    key: &SumKey,
) -> Vec<Result<super::chunk::Examined, S::Error>>
where
    S::Error: Send,
{
    let Some((own, rest)) = parts.split_first() else { return Vec::new() };
    std::thread::scope(|scope| {
        let spawned = rest.iter().zip(others).map(|(part, source)| scope.spawn(|| examine(source, *part, key)));
        let spawned = spawned.collect::<Vec<_>>();
        let mut examined = vec![examine(first, *own, key)];
        for thread in spawned {
            examined.push(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        examined
    })
}
