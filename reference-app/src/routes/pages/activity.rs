//! The pictures of what was done: a column for each day, a bar for each kind of entry. Each has its numbers as text, too.

use hipaa_core::clock::Timestamp;
use hipaa_core::vault::Activity as Counted;
use std::collections::BTreeMap;

/// The most bars.
const MAX_BARS: usize = 10;
const STEP: u64 = 24;
/// Where bars begin, and how long the longest is.
const LEFT: u64 = 210;
const LONGEST: u64 = 430;

/// The picture of days: its width, how high the highest column is, where columns stand.
const WIDTH: u64 = 720;
const HIGHEST: u64 = 120;
const BASE: u64 = 140;
/// Days between two dates below the columns, counted from the last.
const DATED: u64 = 7;
/// How much room a date takes to the left.
const DATE_WIDTH: u64 = 60;

/// The microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// One kind.
pub(super) struct Bar {
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) name: String,
    pub(super) count: u64,
    pub(super) bad: bool,
}

/// One day: a column, and at its foot the part that failed or was denied.
pub(super) struct Column {
    pub(super) x: u64,
    pub(super) width: u64,
    pub(super) y: u64,
    pub(super) height: u64,
    pub(super) bad_height: u64,
    pub(super) date: String,
    /// Whether the date stands below it.
    pub(super) dated: bool,
    pub(super) count: u64,
    pub(super) bad: u64,
}

/// The pictures.
pub(super) struct Activity {
    pub(super) height: u64,
    pub(super) left: u64,
    pub(super) base: u64,
    pub(super) counted: u64,
    pub(super) most: u64,
    pub(super) bars: Vec<Bar>,
    pub(super) days: Vec<Column>,
    /// What the columns show, in words.
    pub(super) told: String,
}

/// The first of so many days, of which the last is that of `now`.
pub(super) fn first_day(now: Timestamp, days: u64) -> Timestamp {
    let today = now.micros().div_euclid(DAY);
    Timestamp::from_micros(today.saturating_add(1).saturating_sub_unsigned(days).saturating_mul(DAY))
}

fn is_bad(name: &str) -> bool {
    ["FAILED", "DENIED", "LOCKED"].iter().any(|end| name.ends_with(end))
}

impl Activity {
    /// Of what was counted by day and name, from the first of so many days on.
    pub(super) fn of(counted: &[Counted], (from, days): (Timestamp, u64)) -> Self {
        let bars = bars(counted);
        let days = columns(counted, (from, days));
        let total = counted.iter().fold(0_u64, |sum, one| sum.saturating_add(one.count));
        let height = u64::try_from(bars.len()).unwrap_or_default().max(1) * STEP;
        let busiest = days.iter().max_by_key(|day| day.count);
        let most = busiest.map_or(0, |day| day.count);
        let told = busiest.filter(|_| most > 0).map_or_else(
            || "No entries".to_owned(),
            |day| format!("{total} entries, most of them on {}: {most}", day.date),
        );
        Self { height, left: LEFT, base: BASE, counted: total, most, bars, days, told }
    }
}

fn bars(counted: &[Counted]) -> Vec<Bar> {
    let mut sums = BTreeMap::<&str, u64>::new();
    for one in counted {
        let sum = sums.entry(one.name.as_deref().unwrap_or("(log entry)")).or_default();
        *sum = sum.saturating_add(one.count);
    }
    let mut sums = sums.into_iter().collect::<Vec<_>>();
    sums.sort_by_key(|(name, count)| (core::cmp::Reverse(*count), *name));
    sums.truncate(MAX_BARS);
    let most = sums.first().map_or(1, |(_, count)| (*count).max(1));
    let bar = |(at, (name, count)): (u64, (&str, u64))| {
        let width = (count.saturating_mul(LONGEST) / most).max(2);
        Bar { y: at * STEP, width, name: name.to_owned(), count, bad: is_bad(name) }
    };
    (0..).zip(sums).map(bar).collect()
}

fn columns(counted: &[Counted], (from, days): (Timestamp, u64)) -> Vec<Column> {
    let mut sums = BTreeMap::<i64, (u64, u64)>::new();
    for one in counted {
        let (count, bad) = sums.entry(one.day.micros()).or_default();
        *count = count.saturating_add(one.count);
        if one.name.as_deref().is_some_and(is_bad) {
            *bad = bad.saturating_add(one.count);
        }
    }
    let most = sums.values().map(|(count, _)| *count).max().unwrap_or(1).max(1);
    let (step, days_before) = (WIDTH / days.max(1), days.saturating_sub(1));
    let column = |at: u64| {
        let day = Timestamp::from_micros(from.micros().saturating_add_unsigned(at.saturating_mul(DAY.unsigned_abs())));
        let (count, bad) = sums.get(&day.micros()).copied().unwrap_or_default();
        let part = |count: u64| if count == 0 { 0 } else { (count.saturating_mul(HIGHEST) / most).max(2) };
        let (height, bad_height) = (part(count), part(bad));
        Column {
            x: at * step + 2,
            width: step.saturating_sub(4).min(60),
            y: BASE - height,
            height,
            bad_height,
            date: crate::page::time(day).chars().take(10).collect(),
            dated: (days_before - at).is_multiple_of(DATED) && at * step >= DATE_WIDTH,
            count,
            bad,
        }
    };
    (0..days).map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Timestamp = Timestamp::from_micros(20_779 * DAY + 5);

    fn one(days_ago: i64, name: &str, count: u64) -> Counted {
        let day = Timestamp::from_micros((20_779 - days_ago) * DAY);
        Counted { day, name: Some(name.to_owned()), count }
    }

    fn of(counted: &[Counted]) -> Activity {
        Activity::of(counted, (first_day(TODAY, 30), 30))
    }

    #[test]
    fn the_most_frequent_stands_first_and_nothing_is_lost_from_the_sum() {
        let picture = of(&[one(0, "A", 1), one(0, "B_FAILED", 7), one(3, "A", 3)]);
        let bars = picture.bars.iter().map(|bar| (bar.name.as_str(), bar.count, bar.bad)).collect::<Vec<_>>();
        assert_eq!(bars, [("B_FAILED", 7, true), ("A", 4, false)]);
        assert_eq!((picture.counted, picture.bars[0].width, picture.height), (11, LONGEST, 2 * STEP));
        assert!(of(&[]).bars.is_empty());
    }

    #[test]
    fn every_day_has_a_column_and_the_last_is_today() {
        let picture = of(&[one(0, "A", 4), one(0, "X_DENIED", 4), one(29, "A", 2), one(30, "A", 9)]);
        assert_eq!(picture.days.len(), 30);
        let (first, last) = (&picture.days[0], &picture.days[29]);
        assert_eq!((last.date.as_str(), last.count, last.bad, last.dated), ("2026-11-22", 8, 4, true));
        assert!(picture.days.iter().filter(|day| day.dated).all(|day| day.x >= DATE_WIDTH));
        assert_eq!((first.date.as_str(), first.count, first.bad), ("2026-10-24", 2, 0));
        assert!(last.height <= HIGHEST && last.bad_height <= last.height && last.y + last.height == BASE);
        assert!(picture.days.windows(2).all(|pair| pair[0].x + pair[0].width <= pair[1].x));
        assert!(last.x + last.width <= WIDTH);
        assert_eq!(picture.days.iter().filter(|day| day.height > 0).count(), 2);
    }

    #[test]
    fn a_log_without_entries_and_any_count_of_days_have_a_picture() {
        for days in [1, 7, 30] {
            let picture = Activity::of(&[], (first_day(TODAY, days), days));
            assert_eq!((picture.days.len() as u64, picture.told.as_str()), (days, "No entries"));
        }
    }
}
