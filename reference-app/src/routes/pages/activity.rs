//! The picture of what was done: one bar for each kind of entry.

use hipaa_core::vault::Activity as Counted;
use std::collections::BTreeMap;

/// The most bars.
const MAX_BARS: usize = 10;
const STEP: u64 = 24;
/// Where bars begin, and how long the longest is.
const LEFT: u64 = 210;
const LONGEST: u64 = 430;

/// One kind.
pub(super) struct Bar {
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) name: String,
    pub(super) count: u64,
    pub(super) bad: bool,
}

/// The picture.
pub(super) struct Activity {
    pub(super) height: u64,
    pub(super) left: u64,
    pub(super) counted: u64,
    pub(super) bars: Vec<Bar>,
    pub(super) told: String,
}

impl Activity {
    /// Of what was counted by day and name.
    pub(super) fn of(counted: &[Counted]) -> Self {
        let mut sums = BTreeMap::<&str, u64>::new();
        for one in counted {
            let sum = sums.entry(one.name.as_deref().unwrap_or("(log entry)")).or_default();
            *sum = sum.saturating_add(one.count);
        }
        let total = sums.values().sum();
        let mut sums = sums.into_iter().collect::<Vec<_>>();
        sums.sort_by_key(|(name, count)| (core::cmp::Reverse(*count), *name));
        sums.truncate(MAX_BARS);
        let most = sums.first().map_or(1, |(_, count)| (*count).max(1));
        let told = sums.iter().map(|(name, count)| format!("{name}: {count}")).collect::<Vec<_>>().join(", ");
        let bars = (0..).zip(sums).map(|(at, (name, count))| {
            let bad = ["FAILED", "DENIED", "LOCKED"].iter().any(|end| name.ends_with(end));
            Bar { y: at * STEP, width: (count * LONGEST / most).max(2), name: name.to_owned(), count, bad }
        });
        let bars = bars.collect::<Vec<_>>();
        let height = u64::try_from(bars.len()).unwrap_or_default().max(1) * STEP;
        Self { height, left: LEFT, counted: total, bars, told }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hipaa_core::clock::Timestamp;

    #[test]
    fn the_most_frequent_stands_first_and_nothing_is_lost_from_the_sum() {
        let one = |name: &str, count| Counted { day: Timestamp::from_micros(0), name: Some(name.to_owned()), count };
        let picture = Activity::of(&[one("A", 1), one("B_FAILED", 7), one("A", 3)]);
        let bars = picture.bars.iter().map(|bar| (bar.name.as_str(), bar.count, bar.bad)).collect::<Vec<_>>();
        assert_eq!(bars, [("B_FAILED", 7, true), ("A", 4, false)]);
        assert_eq!((picture.counted, picture.bars[0].width, picture.height), (11, LONGEST, 2 * STEP));
        assert!(Activity::of(&[]).bars.is_empty());
    }
}
