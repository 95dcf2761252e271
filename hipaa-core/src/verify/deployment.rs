//! The logs of a deployment against each other, and against what somebody outside has seen.

use super::anchor::Anchor;
use super::chunk::Opened;
use super::finding::{Break, Class, Completeness, Doubt};
use super::period::Periods;
use super::run::{Run, read_body};
use super::source::Source;
use crate::audit::{BodyView, Checkpoint, EntryKind, Leaf, LogId, StoredHead, leaf_of, tag};
use crate::schema::TenantId;
use std::collections::{BTreeMap, BTreeSet};

/// Version of the log format that this version reads.
const LOG_FORMAT: [u8; 2] = [0, 1];

impl Run<'_> {
    /// Compares the logs that there are with those that were opened.
    pub(super) fn compare_logs<S: Source>(
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
    pub(super) fn compare_anchors<S: Source>(
        &mut self,
        source: &mut S,
        heads: &[StoredHead],
        (deployment, periods): (&[u8; 16], &Periods),
        anchors: &[Anchor],
    ) -> Result<Completeness, S::Error> {
        let mut left = heads.iter().map(|head| (head.log, (head.size, 0))).collect::<BTreeMap<_, (u64, u64)>>();
        for anchor in anchors {
            self.compare_anchor(source, (anchor, deployment), periods, &mut left)?;
        }
        self.compare_taken_up(heads, periods, &mut left);
        let unseen = left.values().map(|(size, seen)| size - seen).fold(0, u64::saturating_add);
        Ok(if unseen == 0 && self.trust.is_some() { Completeness::Anchored } else { Completeness::Unanchored(unseen) })
    }

    fn compare_anchor<S: Source>(
        &mut self,
        source: &mut S,
        (anchor, deployment): (&Anchor, &[u8; 16]),
        periods: &Periods,
        left: &mut BTreeMap<LogId, (u64, u64)>,
    ) -> Result<(), S::Error> {
        let head = anchor.head.unverified();
        let proven = |receipt: &crate::audit::Receipt| {
            let leaf = (&receipt.leaf, receipt.sequence);
            receipt.proof.verify_inclusion(leaf, (head.size, &head.root)).is_ok()
        };
        let own = head.deployment == *deployment;
        let signed = own && periods.have_signed(&anchor.head);
        let lost = periods.restores.iter().any(|restore| restore.covers(head));
        let known = left.get_mut(&head.log);
        // The period of a head may have begun in an end that is gone, and its key with it.
        let beyond = own && known.as_ref().is_some_and(|(size, _)| *size < head.size);
        if lost && (!signed || beyond || known.is_none() || !stands(source, head)?) {
            return Ok(());
        }
        if !anchor.receipt.as_ref().is_none_or(proven) || !(signed || beyond) {
            self.doubt(Doubt::ForeignAnchor);
            return Ok(());
        }
        let Some((size, seen)) = known else {
            self.found(Break::of_log(Class::MissingLog, head.log));
            return Ok(());
        };
        if beyond {
            self.found(Break::at(Class::Rollback, head.log, *size, head.size.saturating_sub(1)));
            return Ok(());
        }
        *seen = head.size.max(*seen);
        let receipt = anchor.receipt.as_ref().map(|receipt| (receipt.sequence, receipt.leaf));
        let last = head.size.checked_sub(1).map(|last| (last, head.last_leaf));
        for (place, leaf) in last.into_iter().chain(receipt) {
            self.compare_leaf(source, head.log, (place, leaf))?;
        }
        Ok(())
    }

    /// Compares the size of every log with its highest head in the deployment's log. Whoever has seen that entry has seen
    /// the log up to there.
    fn compare_taken_up(&mut self, heads: &[StoredHead], periods: &Periods, left: &mut BTreeMap<LogId, (u64, u64)>) {
        let own = heads.first().filter(|head| head.tenant == TenantId::DEPLOYMENT).map(|head| head.log);
        let seen_of_own = own.and_then(|own| left.get(&own)).map_or(0, |(_, seen)| *seen);
        for (log, taken) in &periods.taken_up {
            // A log that is gone was found to be missing.
            let Some((size, seen)) = left.get_mut(log) else { continue };
            if *size < taken.size {
                self.found(Break::at(Class::Rollback, *log, *size, taken.size - 1));
                continue;
            }
            if taken.place < seen_of_own {
                *seen = taken.size.max(*seen);
            }
        }
    }

    pub(super) fn compare_leaf<S: Source>(
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

/// Whether the last entry of a head that may have been lost stands nevertheless: then it counts like any other.
fn stands<S: Source>(source: &mut S, head: &Checkpoint) -> Result<bool, S::Error> {
    let Some(last) = head.size.checked_sub(1) else { return Ok(true) };
    Ok(read_body(source, head.log, last)?.is_some_and(|body| leaf_of(&body) == head.last_leaf))
}
