//! Trying again what earlier lines or imports could not resolve.

use super::parsed::resource_write;
use super::summary::Summary;
use super::writer::Writer;
use crate::clinic::Write;
use crate::fhir::reference::Reference;
use crate::fhir::resource::Resource;
use crate::schema::clinical::{OTHERS, UNRESOLVED, WAITING_FOR};
use crate::schema::{FHIR_ID, SOURCE, TABLES};
use hipaa_core::schema::Table;
use hipaa_core::vault::{MAX_PAGE, Record};

impl Writer<'_, '_> {
    /// Tries again what waits, and counts what still does.
    pub(super) fn finish(mut self) -> Result<Summary, hipaa_sqlite::Error> {
        self.release_held()?;
        for table in TABLES.iter().copied().filter(|table| table.position(UNRESOLVED.label()).is_some()) {
            self.resolve(table)?;
        }
        Ok(self.summary)
    }

    /// Moves resources whose patient is here by now to their tables. One that was imported into its table since is
    /// dropped: that line is the newer one.
    fn release_held(&mut self) -> Result<(), hipaa_sqlite::Error> {
        let mut after = None;
        loop {
            let records = self.clinic.with_value((&OTHERS, WAITING_FOR), after, MAX_PAGE)?;
            let Some(last) = records.last() else { return Ok(()) };
            after = Some(last.id());
            let mut waiting = records.iter().filter_map(parsed).collect::<Vec<_>>();
            let asked = waiting.iter().flat_map(|(_, resource)| resource.references().chain(own(resource)));
            self.learn(asked)?;
            let (mut writes, mut moved) = (Vec::new(), Vec::new());
            for (record, resource) in &mut waiting {
                if own(resource).is_some_and(|own| self.known.holds(own)) {
                    moved.push((record.id(), record.version()));
                } else if let Some(write) = resource_write(resource, &self.known) {
                    writes.push((write, (record.id(), record.version())));
                }
            }
            let (writes, targets): (Vec<Write>, Vec<_>) = writes.into_iter().unzip();
            let written = self.clinic.write_all(writes)?;
            moved.extend(targets.into_iter().zip(written).filter_map(|(target, outcome)| outcome.ok().map(|_| target)));
            self.clinic.drop_others(&moved)?;
            self.summary.held += count(records.len() - moved.len());
        }
    }

    /// Writes again the records of a table that name something which is here by now.
    fn resolve(&mut self, table: &'static Table) -> Result<(), hipaa_sqlite::Error> {
        let mut after = None;
        loop {
            let records = self.clinic.with_value((table, UNRESOLVED), after, MAX_PAGE)?;
            let Some(last) = records.last() else { return Ok(()) };
            after = Some(last.id());
            let mut waiting = records.iter().filter_map(parsed).collect::<Vec<_>>();
            self.learn(waiting.iter().flat_map(|(_, resource)| resource.references()))?;
            let mut writes = Vec::new();
            let mut left = records.len();
            for (record, resource) in &mut waiting {
                let [resolved, open] = self.progress_of(record, resource);
                left -= usize::from(open == 0);
                writes.extend(if resolved > 0 { resource_write(resource, &self.known) } else { None });
            }
            if !writes.is_empty() {
                self.clinic.write_all(writes)?;
            }
            self.summary.unresolved += count(left);
        }
    }

    /// How many of the references that were unresolved are resolved by now, and how many are not.
    fn progress_of(&self, record: &Record, resource: &Resource) -> [usize; 2] {
        let before = record.get(UNRESOLVED).ok().flatten().unwrap_or_default();
        let waited = |reference: &&Reference| before.iter().any(|text| **text == reference.text());
        let all = resource.references().filter(waited);
        let (resolved, open) = all.partition::<Vec<_>, _>(|reference| self.known.get(reference).is_some());
        [resolved.len(), open.len()]
    }
}

/// The reference by its id.
fn own(resource: &Resource) -> Option<&Reference> {
    resource.names().first()
}

/// The resource that a record was imported from. What was altered behind the application's back is left alone.
fn parsed(record: &Record) -> Option<(&Record, Resource)> {
    if !record.integrity().is_intact() || (record.table() != &OTHERS && record.get(FHIR_ID).is_err()) {
        return None;
    }
    let source = record.get(SOURCE).ok().flatten()?;
    Some((record, Resource::parse(source).ok()?))
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
