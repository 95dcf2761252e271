//! What an import did, by type.

use hipaa_core::vault::Upsert;
use std::collections::BTreeMap;

/// What became of the resources of one type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records that were made.
    pub created: u64,
    /// Records that are as they were.
    pub unchanged: u64,
    /// Records that have a new version.
    pub updated: u64,
    /// Lines that were left out.
    pub refused: u64,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// What became of each type that was met. Types without a table of their own are `other`; lines of which not even
    /// the type can be read are `unreadable`.
    pub types: BTreeMap<&'static str, Counts>,
    /// Resources that are kept aside because their patient is not here yet.
    pub held: u64,
    /// Records that name something which is not here yet.
    pub unresolved: u64,
    /// Why lines were left out, and how many for each reason.
    pub reasons: BTreeMap<String, u64>,
}

impl Summary {
    /// All types together.
    #[must_use]
    pub fn total(&self) -> Counts {
        self.types.values().fold(Counts::default(), |total, counts| Counts {
            created: total.created + counts.created,
            unchanged: total.unchanged + counts.unchanged,
            updated: total.updated + counts.updated,
            refused: total.refused + counts.refused,
        })
    }

    pub(super) fn note(&mut self, name: &'static str, outcome: Option<Upsert>) {
        let counts = self.types.entry(name).or_default();
        match outcome {
            Some(Upsert::Created(_)) => counts.created += 1,
            Some(Upsert::Unchanged(_)) => counts.unchanged += 1,
            Some(Upsert::Updated(_)) => counts.updated += 1,
            None => counts.refused += 1,
        }
    }
}
