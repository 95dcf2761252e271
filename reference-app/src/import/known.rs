//! What references are known to lead to: a memory of bounded size.

use crate::fhir::reference::Reference;
use core::hash::BuildHasher as _;
use hipaa_core::schema::RecordId;
use std::collections::HashMap;
use std::hash::RandomState;

/// The most references of one generation; there are two.
const MAX_REFERENCES: usize = 250_000;

/// References that were resolved lately. What was not asked for in a whole generation is forgotten, and looked up again
/// when it is needed.
///
/// A reference is remembered by 128 bits that depend on random keys of this process: a FHIR id can be an MRN, and
/// half a million of them need not be kept. That two of these share their bits has a chance of 2⁻⁹¹.
pub(super) struct Known {
    young: HashMap<(u64, u64), [u8; 16]>,
    old: HashMap<(u64, u64), [u8; 16]>,
    keys: (RandomState, RandomState),
    most: usize,
}

impl Default for Known {
    fn default() -> Self {
        let keys = (RandomState::new(), RandomState::new());
        Self { young: HashMap::new(), old: HashMap::new(), keys, most: MAX_REFERENCES }
    }
}

impl Known {
    pub(super) fn get(&self, reference: &Reference) -> Option<RecordId> {
        let key = self.key(reference);
        self.young.get(&key).or_else(|| self.old.get(&key)).map(|id| RecordId::from_random(*id))
    }

    /// Whether it is known; what is asked for stays.
    pub(super) fn holds(&mut self, reference: &Reference) -> bool {
        let key = self.key(reference);
        if self.young.contains_key(&key) {
            return true;
        }
        let found = self.old.remove(&key);
        if let Some(record) = found {
            self.put(key, record);
        }
        found.is_some()
    }

    pub(super) fn insert(&mut self, reference: &Reference, record: RecordId) {
        // The vault makes ids of 16 bytes; any other is looked up again.
        if let Ok(id) = record.as_bytes().try_into() {
            self.put(self.key(reference), id);
        }
    }

    fn put(&mut self, key: (u64, u64), record: [u8; 16]) {
        if self.young.len() >= self.most {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(key, record);
    }

    fn key(&self, reference: &Reference) -> (u64, u64) {
        (self.keys.0.hash_one(reference), self.keys.1.hash_one(reference))
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
            known.insert(&reference(number), RecordId::from_random([number; 16]));
            assert!(known.holds(&reference(0)), "{number}");
            assert!(known.young.len() + known.old.len() <= 20);
        }
        assert!(known.get(&reference(1)).is_none() && !known.holds(&reference(1)));
        assert_eq!(known.get(&reference(99)), Some(RecordId::from_random([99; 16])));
    }
}
