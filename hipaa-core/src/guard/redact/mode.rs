//! What stands in the place of a value.

use super::SurrogateKey;
use crate::guard::rules::Rules;
use crate::guard::{Day, Finding, Kind, byte};

/// How a value is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// The name of the kind: `[SSN]`.
    Label,
    /// A star for each letter and digit.
    Mask,
    /// As `Mask`, but the last four stay where a number has eight or more.
    LastFour,
    /// The kind and a keyed digest of the value, so that equal values stay equal.
    Surrogate,
    /// Safe Harbor: three digits of a ZIP code or `000`, the year of a date, `90+` for an age,
    /// a label for the rest.
    SafeHarbor,
}

/// A mode, exceptions by kind, and the key for surrogates.
#[derive(Clone, Debug)]
pub struct Redaction {
    mode: Mode,
    by_kind: Vec<(Kind, Mode)>,
    key: Option<SurrogateKey>,
}

impl Redaction {
    const fn new(mode: Mode) -> Self {
        Self { mode, by_kind: Vec::new(), key: None }
    }

    /// Labels: `[SSN]`.
    #[must_use]
    pub const fn label() -> Self {
        Self::new(Mode::Label)
    }

    /// Stars.
    #[must_use]
    pub const fn mask() -> Self {
        Self::new(Mode::Mask)
    }

    /// Stars, but the last four.
    #[must_use]
    pub const fn last_four() -> Self {
        Self::new(Mode::LastFour)
    }

    /// Safe Harbor actions.
    ///
    /// # Security
    /// A birth date keeps its year only when the profile knows today's date and the person is
    /// at most 89; otherwise it becomes a label.
    ///
    /// # Source
    /// 45 CFR § 164.514(b)(2)(i)(B) and (C).
    #[must_use]
    pub const fn safe_harbor() -> Self {
        Self::new(Mode::SafeHarbor)
    }

    /// Keyed surrogates: equal values get equal words, and only with the key can one tell
    /// whether a guessed value is behind one.
    ///
    /// # Security
    /// Identifiers come from small sets: who holds the key can try them all.
    #[must_use]
    pub const fn surrogate(key: SurrogateKey) -> Self {
        Self { mode: Mode::Surrogate, by_kind: Vec::new(), key: Some(key) }
    }

    /// Uses another mode for one kind. Without a key, `Surrogate` writes labels.
    #[must_use]
    pub fn with(mut self, kind: Kind, mode: Mode) -> Self {
        self.by_kind.push((kind, mode));
        self
    }

    fn mode_of(&self, kind: Kind) -> Mode {
        self.by_kind.iter().rev().find(|(known, _)| *known == kind).map_or(self.mode, |(_, mode)| *mode)
    }
}

/// What replaces the value of a finding.
pub(super) fn replacement(rules: &Rules, redaction: &Redaction, finding: &Finding, value: &str) -> String {
    let kind = finding.kind();
    match redaction.mode_of(kind) {
        Mode::Label => label(kind),
        Mode::Mask => stars(value, 0),
        Mode::LastFour if keeps_tail(kind, value) => stars(value, 4),
        Mode::LastFour => stars(value, 0),
        Mode::Surrogate => match &redaction.key {
            Some(key) => format!("[{}:{}]", kind.name().to_ascii_uppercase(), key.word(kind, value)),
            None => label(kind),
        },
        Mode::SafeHarbor => safe_harbor(rules, kind, value),
    }
}

fn label(kind: Kind) -> String {
    format!("[{}]", kind.name().to_ascii_uppercase())
}

fn keeps_tail(kind: Kind, value: &str) -> bool {
    let solid = value.chars().filter(|c| c.is_alphanumeric()).count();
    let number = !matches!(
        kind,
        Kind::Dob | Kind::Date | Kind::Email | Kind::Url | Kind::Ip | Kind::Mac | Kind::Zip | Kind::Icd10 | Kind::Age90
    );
    number && solid >= 8
}

/// Stars for letters and digits, but the last `keep` of them; marks that could be digits in
/// disguise do not survive either.
fn stars(value: &str, keep: usize) -> String {
    let solid = |c: &char| c.is_ascii_alphanumeric() || !c.is_ascii();
    let count = value.chars().filter(solid).count();
    let mut seen = 0;
    let star = |c: char| {
        if !solid(&c) {
            return c;
        }
        seen += 1;
        if seen + keep > count && c.is_ascii() { c } else { '*' }
    };
    value.chars().map(star).collect()
}

fn safe_harbor(rules: &Rules, kind: Kind, value: &str) -> String {
    let kept = match kind {
        Kind::Zip => Some(zip3(rules, value)),
        Kind::Age90 => Some("90+".to_owned()),
        Kind::Date => year_of(value).map(|year| year.to_string()),
        Kind::Dob => year_of(value).filter(|year| young_enough(rules.today, *year)).map(|year| year.to_string()),
        _ => None,
    };
    kept.unwrap_or_else(|| label(kind))
}

fn zip3(rules: &Rules, value: &str) -> String {
    let prefix = value.get(..3).and_then(|prefix| prefix.parse::<u16>().ok());
    match prefix {
        Some(prefix) if !rules.restricted_zip3.contains(&prefix) => format!("{prefix:03}"),
        _ => "000".to_owned(),
    }
}

/// The only run of four digits that is a year.
fn year_of(value: &str) -> Option<u16> {
    let bytes = value.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = byte::skip(bytes, at, byte::DIGIT);
        let run = value.get(at..end)?;
        if run.len() == 4 {
            return run.parse().ok().filter(|year| (1800..2200).contains(year));
        }
        at = end.max(at + 1);
    }
    None
}

/// Whether nobody born in that year is older than 89.
fn young_enough(today: Option<Day>, year: u16) -> bool {
    today.is_some_and(|today| Day::new(year, 1, 1).is_some_and(|born| born <= today && born.age_on(today) < 90))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_keep_separators_and_drop_foreign_digits() {
        assert_eq!(stars("536-90-4399", 4), "***-**-4399");
        assert_eq!(stars("５３６-90", 0), "***-**");
        assert_eq!(stars("1234５６７８", 4), "********");
    }

    #[test]
    fn the_year_is_the_run_of_four() {
        assert_eq!(year_of("3/14/1962"), Some(1962));
        assert_eq!(year_of("March 14th, 1962"), Some(1962));
        assert_eq!(year_of("3/14/62"), None);
        assert_eq!(year_of("19620314"), None);
    }
}
