//! Calendar dates that may lack day or month, as FHIR allows.

use core::fmt;

/// Text or numbers that are not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a date is YYYY, YYYY-MM or YYYY-MM-DD, and must exist in the calendar")]
pub struct DateError;

/// A date of the proleptic Gregorian calendar, year 1 to 9999; month and day 0 where not given.
///
/// `Debug` shows no digits, because a birth date is PHI.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A date; `month` and `day` are 0 where not given.
    ///
    /// # Errors
    /// [`DateError`] when no such date exists, or a day stands without a month.
    pub const fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        let month_fits = month <= 12 && (month > 0 || day == 0);
        if year == 0 || year > 9999 || !month_fits || day > days_in(year, month) {
            return Err(DateError);
        }
        Ok(Self { year, month, day })
    }

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (FHIR R4 `date`).
    ///
    /// # Errors
    /// [`DateError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let number = |from: usize, to: usize| -> Result<u16, DateError> {
            let digits = text.get(from..to).ok_or(DateError)?;
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(DateError);
            }
            digits.parse().map_err(|_| DateError)
        };
        let small = |from, to| {
            number(from, to).and_then(|value| match u8::try_from(value) {
                Ok(0) | Err(_) => Err(DateError),
                Ok(value) => Ok(value),
            })
        };
        let dashes = text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == (at == 4 || at == 7));
        match (text.len(), dashes) {
            (4, true) => Self::new(number(0, 4)?, 0, 0),
            (7, true) => Self::new(number(0, 4)?, small(5, 7)?, 0),
            (10, true) => Self::new(number(0, 4)?, small(5, 7)?, small(8, 10)?),
            _ => Err(DateError),
        }
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12, or 0 where not given.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day, 1 to 31, or 0 where not given.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        0 => 0,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.month > 0 {
            write!(f, "-{:02}", self.month)?;
        }
        if self.day > 0 {
            write!(f, "-{:02}", self.day)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Date(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_back_from_their_text() {
        for text in ["1943", "1943-03", "1943-03-17", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(Date::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_in_the_calendar_is_refused() {
        for text in [
            "",
            "43",
            "1943-3-17",
            "1943-00",
            "1943-13",
            "1943-02-30",
            "1900-02-29",
            "0000",
            "+943",
            "1943-03-00",
            "1943-03-17T00",
            "１９４３",
            "1943/03/17",
            "19430317",
            "1943-03-1é",
        ] {
            assert_eq!(Date::parse(text), Err(DateError), "{text}");
        }
        assert_eq!(Date::new(1943, 0, 5), Err(DateError));
    }

    #[test]
    fn debug_shows_no_digit() {
        assert!(!format!("{:?}", Date::parse("1943-03-17").unwrap()).contains(|c: char| c.is_ascii_digit()));
    }
}
