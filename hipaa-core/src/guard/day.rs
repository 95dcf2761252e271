//! Calendar days, as far as the guard needs them.

use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The day, if the calendar has it and the year has four digits.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let fits =
            (1000..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        fits.then_some(Self { year, month, day })
    }

    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let shaped = (year.len(), month.len(), day.len()) == (4, 2, 2) && parts.next().is_none();
        shaped.then_some(())?;
        Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    pub(super) const fn year(self) -> u16 {
        self.year
    }

    /// Whole years from this day to `today`.
    pub(super) fn age_on(self, today: Self) -> u16 {
        let had_birthday = (today.month, today.day) >= (self.month, self.day);
        (today.year + u16::from(had_birthday)).saturating_sub(self.year + 1)
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

// A day may be somebody's birth date.
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Day")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_knows_leap_years() {
        assert!(Day::new(2024, 2, 29).is_some() && Day::new(2000, 2, 29).is_some());
        assert!(Day::new(2023, 2, 29).is_none() && Day::new(1900, 2, 29).is_none());
        assert!(Day::new(2024, 4, 31).is_none() && Day::new(2024, 13, 1).is_none());
        assert_eq!(Day::parse("2024-03-01"), Day::new(2024, 3, 1));
        assert_eq!(Day::parse("2024-3-1"), None);
    }

    #[test]
    fn age_counts_whole_years() {
        let born = Day::new(1934, 6, 2).unwrap();
        assert_eq!(born.age_on(Day::new(2024, 6, 1).unwrap()), 89);
        assert_eq!(born.age_on(Day::new(2024, 6, 2).unwrap()), 90);
        assert_eq!(format!("{born:?}"), "Day");
    }
}
