//! Signatures of rows against those of the log.

use super::{Last, RecordSource, Replay};
use crate::audit::{BodyView, LogId, tag};
use crate::schema::{RecordId, TenantId};
use crate::seal::Signature;
use crate::verify::finding::{Break, Class};
use std::collections::HashSet;

/// Whether an entry's signature is that of its one record, by its own actor.
pub(super) fn is_signature_of(signature: &[u8], view: &BodyView<'_>, records: usize) -> bool {
    let same = |tag, text: &str| view.field(tag) == Some(text.as_bytes());
    let by_actor = |signed: Signature| same(tag::USER, signed.user()) && same(tag::ROLE, signed.role());
    records == 1 && Signature::decode(signature).is_ok_and(by_actor)
}

/// A break of a record's signature, at the entry that says otherwise.
pub(super) fn break_of((table, record): (&str, RecordId), log: LogId, sequence: u64) -> Break {
    let record = Some((table.to_owned(), record));
    Break { record, ..Break::at(Class::RecordSignature, log, sequence, sequence) }
}

impl Replay<'_> {
    /// Compares the signatures of the rows with those that the entries say: both ways.
    pub(super) fn signatures<S: RecordSource>(
        &self,
        source: &mut S,
        tables: &[String],
        found: &mut dyn FnMut(Break),
    ) -> Result<(), S::Error> {
        let mut seen = HashSet::new();
        for table in tables {
            source.signatures(table, &mut |(tenant, record, signature)| {
                let Some(place) = self.place(table, tenant, &record) else { return };
                let said = self.last.get(&place).and_then(|last| last.signed);
                seen.insert(place);
                match said {
                    Some((print, _)) if print == self.key.fingerprint(&[signature]) => {}
                    None if signature.is_empty() => {}
                    said => found(self.of_row((table, record), tenant, said.map(|(_, sequence)| sequence))),
                }
            })?;
        }
        let lost = |(place, last): &(&u128, &Last)| last.signed.is_some() && !seen.contains(*place);
        // The rows of a host's own table are not here to be looked at.
        let here = |(_, last): &(&u128, &Last)| tables.contains(&last.table);
        for (_, last) in self.last.iter().filter(|one| lost(one) && here(one)) {
            let at = last.signed.map_or(last.sequence, |(_, sequence)| sequence);
            found(break_of((&last.table, last.record), last.log, at));
        }
        Ok(())
    }

    fn of_row(&self, (table, record): (&str, RecordId), tenant: TenantId, sequence: Option<u64>) -> Break {
        let log = self.logs.get(&tenant).map(|(log, _)| *log);
        let places = sequence.map(|sequence| (sequence, sequence));
        Break { class: Class::RecordSignature, log, places, record: Some((table.to_owned(), record)) }
    }
}
