//! The whole examination: parts over threads, logs out of parts, the deployment out of logs.

use super::anchor::Anchor;
use super::cursor::Cursor;
use super::finding::{Break, Class, Completeness, Doubt, Integrity, Report};
use super::log::LogState;
use super::pulse::Pulse;
use super::restored::GivenUp;
use super::scan::Scan;
use super::source::Source;
use super::sum::SumKey;
use crate::audit::{LogId, StoredHead, Trust};
use crate::schema::TenantId;
use core::fmt;
use std::collections::BTreeMap;

/// Told how many entries of how many are done, with the cursor of that moment.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64, &Cursor);

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
    pub progress: Option<Progress<'a>>,
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
        key: options.resume.as_ref().map_or_else(|| SumKey::new(options.key), |cursor| cursor.key.clone()),
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
    let pin = run.pin(first, &heads, &deployment)?;
    let own = heads.first().filter(|head| head.tenant == TenantId::DEPLOYMENT);
    let periods = run.periods(first, (&heads, own), pin)?;
    let cursor = options.resume.unwrap_or_default();
    let sum_key = run.key.clone();
    let mut scan = Scan::new(&heads, cursor, sum_key.clone(), tiles, options.progress);
    for head in &heads {
        let state = scan.log(first, others, head, &mut |found| run.found(found))?;
        let key = periods.key_of(head.log);
        state.finish(first, (head, &deployment, key), (&sum_key, tiles), &mut |found| run.found(found))?;
        run.states.insert(head.log, state);
    }
    let (cursor, entries) = (scan.cursor, scan.done);
    run.compare_logs(first, &heads, &deployment)?;
    let completeness = run.compare_anchors(first, &heads, (&deployment, &periods), &options.anchors)?;
    let restores = periods.restores.iter().map(GivenUp::report).collect();
    let pulse = periods.pulse;
    Ok(Report { restores, pulse, ..run.report(completeness, (heads.len() as u64, entries), cursor) })
}

/// An examination under way.
pub(super) struct Run<'a> {
    key: SumKey,
    pub(super) trust: Option<Trust>,
    breaks: u64,
    doubts: Vec<Doubt>,
    found: &'a mut dyn FnMut(&Break),
    pub(super) states: BTreeMap<LogId, LogState>,
}

impl Run<'_> {
    pub(super) fn found(&mut self, found: Break) {
        self.breaks += 1;
        (self.found)(&found);
    }

    pub(super) fn doubt(&mut self, doubt: Doubt) {
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
        Report {
            integrity,
            completeness,
            logs,
            entries,
            breaks: self.breaks,
            doubts: self.doubts,
            restores: Vec::new(),
            pulse: Pulse::default(),
            cursor,
        }
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

    /// The keys: those of the trust file, or else those which the deployment's log names.
    fn pin<S: Source>(
        &mut self,
        source: &mut S,
        heads: &[StoredHead],
        deployment: &[u8; 16],
    ) -> Result<Option<Trust>, S::Error> {
        let own = heads.first().filter(|head| head.tenant == TenantId::DEPLOYMENT);
        let genesis = match own {
            Some(head) => read_body(source, head.log, 0)?,
            None => None,
        };
        let claimed = genesis.as_deref().and_then(|body| Trust::of_genesis(body).ok());
        let Some(trust) = self.trust else { return Ok(claimed) };
        match own {
            Some(head) if head.log == trust.log => {
                if claimed != Some(trust) || *deployment != trust.deployment {
                    self.found(Break::at(Class::Pin, trust.log, 0, 0));
                }
            }
            Some(head) => self.found(Break::of_log(Class::Pin, head.log)),
            None => self.found(Break::of_log(Class::MissingLog, trust.log)),
        }
        Ok(Some(trust))
    }
}

pub(super) fn read_body<S: Source>(source: &mut S, log: LogId, place: u64) -> Result<Option<Vec<u8>>, S::Error> {
    let mut body = None;
    source.entries(log, (place, place.saturating_add(1)), &mut |entry| {
        body = entry.body.bytes().map(<[u8]>::to_vec);
    })?;
    Ok(body)
}
