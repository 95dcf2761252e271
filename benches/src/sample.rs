//! Made-up patients and randomness that repeats. Plain values: both sides of a comparison are fed from here.

pub mod note;

use std::time::Duration;

/// How many columns a patient has.
pub const COLUMNS: usize = 12;

/// A made-up patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Family name, ASCII.
    pub family: String,
    /// Given name, ASCII.
    pub given: String,
    /// Year, month and day of birth.
    pub born: (u16, u8, u8),
    /// Sex, SSN, MRN, phone, e-mail, street, city, postcode and language.
    pub others: [String; COLUMNS - 3],
}

const FAMILY: [&str; 16] = [
    "Abara",
    "Bergstrom",
    "Castellano",
    "Dimitrov",
    "Eriksen",
    "Fitzgerald",
    "Guerrero",
    "Haddad",
    "Ivanova",
    "Jankowski",
    "Kowalczyk",
    "Lindqvist",
    "Montgomery",
    "Nakamura",
    "Okonkwo",
    "Papadakis",
];
const GIVEN: [&str; 16] = [
    "Alexandra",
    "Benjamin",
    "Charlotte",
    "Domenico",
    "Eleanor",
    "Francisco",
    "Gabriela",
    "Harrison",
    "Isabella",
    "Jonathan",
    "Katarina",
    "Leonardo",
    "Margaret",
    "Nathaniel",
    "Olivia",
    "Penelope",
];

/// The patient with this number; another number is another name and MRN.
#[must_use]
pub fn person(number: u64) -> Person {
    let mut random = Random::new(number);
    let digits = |random: &mut Random, below: u64, width: usize| format!("{:0width$}", random.below(below));
    let family = format!("{}-{}", pick(&FAMILY, &mut random), letters(number));
    let given = pick(&GIVEN, &mut random).to_owned();
    let day = u8::try_from(1 + random.below(28)).unwrap_or(1);
    let month = u8::try_from(1 + random.below(12)).unwrap_or(1);
    let born = (u16::try_from(1925 + random.below(100)).unwrap_or(1925), month, day);
    let others = [
        ["female", "male", "other"].get(usize::from(month % 3)).copied().unwrap_or("unknown").to_owned(),
        format!("999-{}-{}", digits(&mut random, 100, 2), digits(&mut random, 10_000, 4)),
        format!("MRN-{number:010}"),
        format!("+1 555 {} {}", digits(&mut random, 1_000, 3), digits(&mut random, 10_000, 4)),
        format!("{}.{number}@example.org", given.to_lowercase()),
        format!("{} Cedar Hollow Road, Apartment {}", random.below(9_000), random.below(400)),
        "North Harbor".to_owned(),
        digits(&mut random, 100_000, 5),
        "en-US".to_owned(),
    ];
    Person { family, given, born, others }
}

fn pick<'a>(list: &[&'a str; 16], random: &mut Random) -> &'a str {
    usize::try_from(random.below(16)).ok().and_then(|at| list.get(at)).copied().unwrap_or("Doe")
}

/// A number as letters, so that it stays in a name.
fn letters(mut number: u64) -> String {
    let mut text = String::new();
    loop {
        text.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
        if number == 0 {
            return text;
        }
    }
}

/// Numbers that look random and repeat from run to run (splitmix64). Never for keys.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The sequence with this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// The next number below `limit`, which is not 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// The next 16 bytes.
    pub fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        bytes
    }
}

/// Bytes that do not compress.
#[must_use]
pub fn filler(length: usize) -> Vec<u8> {
    let mut random = Random::new(7);
    let mut bytes = (0..length.div_ceil(16)).flat_map(|_| random.bytes()).collect::<Vec<_>>();
    bytes.truncate(length);
    bytes
}

/// Nanoseconds, with fractions.
#[must_use]
pub fn nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_another_patient_and_the_same_one_in_every_run() {
        let names = (0..5_000).map(|number| person(number).family).collect::<std::collections::BTreeSet<_>>();
        assert!(names.len() > 4_900);
        assert_eq!(person(17), person(17));
        assert_eq!(filler(33).len(), 33);
    }
}
