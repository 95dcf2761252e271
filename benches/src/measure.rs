//! Turns and medians.
//!
//! Both sides run in the order ours, floor, floor, ours, so that a machine that slows down or speeds up steadily harms
//! neither. Such a turn gives one ratio; the figure is the median over all turns, so that a disturbed turn is only one vote.

use crate::Failure;
use crate::sample::nanos;
use std::time::Duration;

/// The fewest turns that are a measurement.
pub const MIN_TURNS: usize = 15;

/// One side of a comparison: does so many operations, and says how long they took.
pub type Side<'a> = dyn FnMut(u64) -> Result<Duration, Failure> + 'a;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many turns.
    pub turns: usize,
    /// How many operations a sample has.
    pub sample: Sample,
}

/// How many operations one sample has.
#[derive(Debug, Clone, Copy)]
pub enum Sample {
    /// As many as the floor does in this time.
    Lasting(Duration),
    /// This many.
    Of(u64),
}

/// What was measured, per operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Median of our samples.
    pub ours_ns: f64,
    /// Median of the floor's samples.
    pub floor_ns: f64,
    /// Median of the turns' ratios.
    pub ratio: f64,
    /// The quartiles of the turns' ratios.
    pub quartiles: (f64, f64),
}

/// Measures both sides in turn.
///
/// # Errors
/// That of a side.
pub fn compare(plan: Plan, ours: &mut Side<'_>, floor: &mut Side<'_>) -> Result<Figures, Failure> {
    let count = match plan.sample {
        Sample::Of(count) => count,
        Sample::Lasting(time) => calibrate(time, floor)?,
    };
    ours(count)?;
    floor(count)?;
    let (mut our_samples, mut floor_samples, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.turns {
        let times = [ours(count)?, floor(count)?, floor(count)?, ours(count)?].map(nanos);
        let [first, second, third, fourth] = times;
        ratios.push((first + fourth) / (second + third));
        our_samples.extend([first, fourth]);
        floor_samples.extend([second, third]);
    }
    let per_operation = f64::from(u32::try_from(count)?);
    Ok(Figures {
        ours_ns: quantile(&mut our_samples, 0.5) / per_operation,
        floor_ns: quantile(&mut floor_samples, 0.5) / per_operation,
        ratio: quantile(&mut ratios, 0.5),
        quartiles: (quantile(&mut ratios, 0.25), quantile(&mut ratios, 0.75)),
    })
}

/// How many operations last about `time`.
fn calibrate(time: Duration, side: &mut Side<'_>) -> Result<u64, Failure> {
    let mut count = 1;
    while count < 1 << 24 {
        // One attempt of several that is short shows that the others were disturbed.
        let attempts = (0..5).map(|_| side(count)).collect::<Result<Vec<_>, _>>()?;
        if attempts.iter().all(|took| *took >= time) {
            break;
        }
        count *= 2;
    }
    Ok(count)
}

/// The value below which `share` of the values lie; 0 of none.
#[must_use]
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let mut rank = 0;
    while rank < last && f64::from(u32::try_from(rank + 1).unwrap_or(u32::MAX)) <= share * span(last) {
        rank += 1;
    }
    values.get(rank).copied().unwrap_or_default()
}

fn span(last: usize) -> f64 {
    f64::from(u32::try_from(last).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn both_sides_run_in_turn_and_one_disturbed_turn_changes_nothing() {
        let order = RefCell::new(String::new());
        let mut disturbed = 0;
        let mut ours = |count: u64| {
            order.borrow_mut().push('a');
            disturbed += 1;
            Ok(Duration::from_micros(if disturbed == 6 { 900 * count } else { 3 * count }))
        };
        let mut floor = |count: u64| {
            order.borrow_mut().push('b');
            Ok(Duration::from_micros(2 * count))
        };
        let plan = Plan { turns: 15, sample: Sample::Of(10) };
        let figures = compare(plan, &mut ours, &mut floor).unwrap();
        assert!((figures.ratio - 1.5).abs() < 1e-9 && (figures.floor_ns - 2_000.0).abs() < 1e-6);
        assert_eq!(order.into_inner(), format!("ab{}", "abba".repeat(15)));
    }

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let mut values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!([0.0, 0.25, 0.5, 0.75, 1.0].map(|share| quantile(&mut values, share)), [1.0, 2.0, 3.0, 4.0, 5.0]);
    }
}
