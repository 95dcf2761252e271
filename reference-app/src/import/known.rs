//! What references are known to lead to: a memory of bounded size.

use crate::fhir::reference::Reference;
use hipaa_core::schema::RecordId;
use std::collections::HashMap;

/// The most references of one generation; there are two.
const MAX_REFERENCES: usize = 100_000;

/// References that were resolved lately. What was not asked for in a whole generation is forgotten, and looked up again
/// when it is needed.
pub(super) struct Known {
    young: HashMap<Reference, RecordId>,
    old: HashMap<Reference, RecordId>,
    most: usize,
}

impl Default for Known {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), most: MAX_REFERENCES }
    }
}

impl Known {
    pub(super) fn get(&self, reference: &Reference) -> Option<RecordId> {
        self.young.get(reference).or_else(|| self.old.get(reference)).copied()
    }

    /// Whether it is known; what is asked for stays.
    pub(super) fn holds(&mut self, reference: &Reference) -> bool {
        if self.young.contains_key(reference) {
            return true;
        }
        let found = self.old.remove(reference);
        if let Some(record) = found {
            self.insert(reference.clone(), record);
        }
        found.is_some()
    }

    pub(super) fn insert(&mut self, reference: Reference, record: RecordId) {
        if self.young.len() >= self.most {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(reference, record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_is_forgotten() {
        let mut known = Known { most: 10, ..Known::default() };
        let reference = |number: u8| Reference::to("Encounter", &number.to_string());
        for number in 0..100 {
            known.insert(reference(number), RecordId::from_random([number; 16]));
            assert!(known.holds(&reference(0)), "{number}");
            assert!(known.young.len() + known.old.len() <= 20);
        }
        assert!(known.get(&reference(1)).is_none() && !known.holds(&reference(1)));
        assert_eq!(known.get(&reference(99)), Some(RecordId::from_random([99; 16])));
    }
}
