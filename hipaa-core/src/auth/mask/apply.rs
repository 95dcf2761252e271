//! From a value to what is shown of it.

use super::View;
use crate::clock::Timestamp;
use crate::schema::Value;
use core::fmt;
use zeroize::Zeroizing;

const HIDDEN: &str = "***";
/// Ages from here on are one (45 CFR § 164.514(b)(2)(i)(C)).
const ONE_AGE: u16 = 90;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// What is shown in place of a value. It is no value: no column takes it. `Debug` shows nothing, there is no `Display`.
#[derive(Clone)]
pub struct Masked(Option<Zeroizing<String>>);

impl Masked {
    /// What to show: `***-**-1234`, `***`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or(HIDDEN, |shown| shown.as_str())
    }
}

impl PartialEq for Masked {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Masked {}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masked(…)")
    }
}

impl View {
    /// What this view shows of a value; none where it shows that there is no value. Not to be asked of [`View::Clear`],
    /// which masks nothing and so hides all.
    pub(crate) fn apply(self, value: Option<&Value>, now: impl FnOnce() -> Timestamp) -> Option<Masked> {
        let shown = match (self, value) {
            (Self::Hidden | Self::Clear, _) => return Some(Masked(None)),
            (_, None | Some(Value::Null)) => return None,
            (Self::Year, Some(Value::Date(date))) => Some(year(date.year(), now())),
            (view, Some(Value::Text(text))) => view.text(text),
            (view, Some(Value::Texts(texts))) => {
                let shown = texts.iter().map(|text| view.text(text).unwrap_or_else(|| HIDDEN.to_owned()));
                Some(shown.collect::<Vec<_>>().join(", "))
            }
            _ => None,
        };
        Some(Masked(shown.map(Zeroizing::new)))
    }

    fn text(self, text: &str) -> Option<String> {
        match self {
            Self::Last(count) => last((HIDDEN, text), char::is_alphanumeric, usize::from(count)),
            Self::Ssn if digits(text) == 9 => last(("***-**-", text), is_digit, 4),
            Self::Card if (12..=19).contains(&digits(text)) => last((HIDDEN, text), is_digit, 4),
            Self::Initial => initial(text),
            Self::Email => email(text),
            Self::Postal => postal(text),
            _ => None,
        }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn digits(text: &str) -> usize {
    text.chars().filter(|c| is_digit(*c)).count()
}

/// The last `count` characters of a kind behind what stands for the others, of which there must be at least as many.
fn last((mask, text): (&str, &str), counts: impl Fn(char) -> bool, count: usize) -> Option<String> {
    let known = || text.chars().filter(|c| counts(*c));
    let hidden = known().count().checked_sub(count).filter(|hidden| *hidden >= count)?;
    let mut shown = String::with_capacity(mask.len() + 4 * count);
    shown.push_str(mask);
    shown.extend(known().skip(hidden));
    Some(shown)
}

fn initial(text: &str) -> Option<String> {
    let mut letters = text.chars().filter(|c| c.is_alphanumeric());
    let first = letters.next()?;
    letters.next().map(|_| format!("{first}***"))
}

fn email(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if domain.is_empty() || !domain.chars().all(named) {
        return None;
    }
    let shown = initial(local).unwrap_or_else(|| HIDDEN.to_owned());
    Some(format!("{shown}@{domain}"))
}

fn postal(text: &str) -> Option<String> {
    let head = text.get(..5).filter(|head| head.chars().all(is_digit))?;
    let rest = text.get(5..)?;
    let extended = rest.len() == 5 && rest.starts_with('-') && digits(rest) == 4;
    if rest.is_empty() || extended { Some(format!("{}**", head.get(..3)?)) } else { None }
}

fn year(year: u16, now: Timestamp) -> String {
    let last = this_year(now).saturating_sub(ONE_AGE);
    if year <= last { format!("{last} or earlier") } else { year.to_string() }
}

/// The year of a time in UTC, by the civil calendar.
fn this_year(now: Timestamp) -> u16 {
    // Days since 0000-03-01, from which every leap day is the last of its year.
    let days = now.micros().div_euclid(MICROS_PER_DAY).saturating_add(719_468);
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    let after_december = i64::from(of_year >= 306);
    u16::try_from(era * 400 + of_era + after_december).unwrap_or(u16::MAX)
}
