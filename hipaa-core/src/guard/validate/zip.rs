//! ZIP codes: which prefix belongs to which state, and which prefixes are too small to keep.

type Prefixes = &'static [(u16, u16)];

/// State code, name, and its ranges of three-digit prefixes.
///
/// # Source
/// USPS Publication 65 and Labeling List L002 (three-digit prefixes).
const STATES: [(&str, &str, Prefixes); 53] = [
    ("AL", "alabama", &[(350, 369)]),
    ("AK", "alaska", &[(995, 999)]),
    ("AZ", "arizona", &[(850, 865)]),
    ("AR", "arkansas", &[(716, 729), (755, 755)]),
    ("CA", "california", &[(900, 961)]),
    ("CO", "colorado", &[(800, 816)]),
    ("CT", "connecticut", &[(60, 69)]),
    ("DE", "delaware", &[(197, 199)]),
    ("DC", "columbia", &[(200, 205), (569, 569)]),
    ("FL", "florida", &[(320, 349)]),
    ("GA", "georgia", &[(300, 319), (398, 399)]),
    ("GU", "guam", &[(969, 969)]),
    ("HI", "hawaii", &[(967, 968)]),
    ("ID", "idaho", &[(832, 838)]),
    ("IL", "illinois", &[(600, 629)]),
    ("IN", "indiana", &[(460, 479)]),
    ("IA", "iowa", &[(500, 528)]),
    ("KS", "kansas", &[(660, 679)]),
    ("KY", "kentucky", &[(400, 427)]),
    ("LA", "louisiana", &[(700, 714)]),
    ("ME", "maine", &[(39, 49)]),
    ("MD", "maryland", &[(206, 219)]),
    ("MA", "massachusetts", &[(10, 27), (55, 55)]),
    ("MI", "michigan", &[(480, 499)]),
    ("MN", "minnesota", &[(550, 567)]),
    ("MS", "mississippi", &[(386, 397)]),
    ("MO", "missouri", &[(630, 658)]),
    ("MT", "montana", &[(590, 599)]),
    ("NE", "nebraska", &[(680, 693)]),
    ("NV", "nevada", &[(889, 898)]),
    ("NH", "hampshire", &[(30, 38)]),
    ("NJ", "jersey", &[(70, 89)]),
    ("NM", "mexico", &[(870, 884)]),
    ("NY", "york", &[(5, 5), (63, 63), (100, 149)]),
    ("NC", "carolina", &[(270, 289)]),
    ("ND", "dakota", &[(580, 588)]),
    ("OH", "ohio", &[(430, 459)]),
    ("OK", "oklahoma", &[(730, 749)]),
    ("OR", "oregon", &[(970, 979)]),
    ("PA", "pennsylvania", &[(150, 196)]),
    ("PR", "rico", &[(6, 9)]),
    ("RI", "island", &[(28, 29)]),
    ("SC", "carolina", &[(290, 299)]),
    ("SD", "dakota", &[(570, 577)]),
    ("TN", "tennessee", &[(370, 385)]),
    ("TX", "texas", &[(750, 799), (885, 885)]),
    ("UT", "utah", &[(840, 847)]),
    ("VT", "vermont", &[(50, 59)]),
    ("VA", "virginia", &[(201, 201), (220, 246)]),
    ("WA", "washington", &[(980, 994)]),
    ("WV", "virginia", &[(247, 268)]),
    ("WI", "wisconsin", &[(530, 549)]),
    ("WY", "wyoming", &[(820, 831)]),
];

/// How a word before five digits names a state that has their prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum State {
    /// By its two capital letters.
    Code,
    /// By its name (or the last word of it).
    Name,
}

/// Whether the word names a state to which the prefix belongs.
pub(in super::super) fn state_of(word: &[u8], prefix: u16) -> Option<State> {
    if !word.first()?.is_ascii_uppercase() {
        return None;
    }
    OWNERS.get(usize::from(prefix))?.iter().filter_map(|&place| STATES.get(usize::from(place))).find_map(
        |(code, name, _)| match () {
            () if word == code.as_bytes() => Some(State::Code),
            () if word.eq_ignore_ascii_case(name.as_bytes()) => Some(State::Name),
            () => None,
        },
    )
}

const NOBODY: u8 = u8::MAX;

/// The states that have a prefix, by their place in the list; at most two share one.
static OWNERS: [[u8; 2]; 1000] = owners();

const fn owners() -> [[u8; 2]; 1000] {
    let mut owners = [[NOBODY; 2]; 1000];
    let mut state = 0;
    while state < STATES.len() {
        let ranges = STATES[state].2;
        let mut range = 0;
        while range < ranges.len() {
            let (mut prefix, high) = ranges[range];
            while prefix <= high {
                let slots = &mut owners[prefix as usize];
                #[expect(clippy::cast_possible_truncation, reason = "there are fewer states than that")]
                let place = state as u8;
                // A third owner would not fit: the compiler says so.
                assert!(slots[1] == NOBODY);
                slots[(slots[0] != NOBODY) as usize] = place;
                prefix += 1;
            }
            range += 1;
        }
        state += 1;
    }
    owners
}

/// Whether any state has the prefix.
#[inline]
pub(in super::super) fn assigned(prefix: u16) -> bool {
    OWNERS.get(usize::from(prefix)).is_some_and(|owners| owners[0] != NOBODY)
}

/// Three-digit prefixes of areas with 20,000 people or fewer: Safe Harbor writes 000 for them.
///
/// # Source
/// HHS guidance on 45 CFR § 164.514(b), from the census of 2000.
pub(in super::super) const RESTRICTED: [u16; 17] =
    [36, 59, 63, 102, 203, 556, 692, 790, 821, 823, 830, 831, 878, 879, 884, 890, 893];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_must_own_the_prefix() {
        assert_eq!(state_of(b"MA", 21), Some(State::Code));
        assert_eq!(state_of(b"Texas", 770), Some(State::Name));
        assert_eq!(state_of(b"York", 100), Some(State::Name));
        for (word, prefix) in [(&b"PA"[..], 212), (b"ma", 21), (b"texas", 770), (b"XX", 100)] {
            assert_eq!(state_of(word, prefix), None);
        }
        assert!(assigned(21) && !assigned(0) && !assigned(4));
    }
}
