//! The assigned three-character categories of ICD-10-CM.

use std::fmt;

/// A set of three-character categories, one bit for each letter and two digits, and a short
/// list for the few whose third character is a letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Icd10Categories {
    bits: [u128; 26],
    lettered: Vec<[u8; 3]>,
}

/// Ranges of categories by letter, as assigned in ICD-10-CM.
///
/// # Source
/// CMS, ICD-10-CM code descriptions in tabular order, January 2021: its 1,911 categories. Added
/// are those of the NCHS addenda of October 2021 (I5A U09 Z58) and October 2023 (I1A J4A W44).
const ASSIGNED: &str = "\
A00-09 A15 A17-28 A30-44 A46 A48-60 A63-71 A74-75 A77-96 A98-99 \
B00-10 B15-20 B25-27 B30 B33-60 B64-83 B85-92 B94-97 B99 \
C00-26 C30-34 C37-41 C43-58 C60-86 C88 C90-96 C4A C7A C7B \
D00-07 D09-53 D55-78 D80-84 D86 D89 D3A \
E00-11 E13 E15-16 E20-32 E34-36 E40-46 E50-56 E58-61 E63-68 E70-80 E83-89 \
F01-07 F09-25 F28-34 F39-45 F48 F50-55 F59-60 F63-66 F68-73 F78-82 F84 F88-91 F93-95 F98-99 \
G00-14 G20-21 G23-26 G30-32 G35-37 G40 G43-47 G50-65 G70-73 G80-83 G89-99 \
H00-02 H04-05 H10-11 H15-18 H20-22 H25-28 H30-36 H40 H42-44 H46-47 H49-55 H57 H59-62 H65-75 H80-83 H90-95 \
I00-02 I05-13 I15-16 I20-28 I30-52 I60-63 I65-83 I85-89 I95-97 I99 I1A I5A \
J00-06 J09-18 J20-22 J30-45 J47 J60-70 J80-82 J84-86 J90-96 J98-99 J4A \
K00-06 K08-09 K11-14 K20-23 K25-31 K35-38 K40-46 K50-52 K55-68 K70-77 K80-83 K85-87 K90-92 K94-95 \
L00-05 L08 L10-14 L20-30 L40-45 L49-60 L62-68 L70-76 L80-95 L97-99 \
M00-02 M04-08 M10-27 M30-36 M40-43 M45-51 M53-54 M60-63 M65-67 M70-72 M75-77 M79-81 M83-97 M99 M1A \
N00-08 N10-23 N25-37 N39-53 N60-65 N70-77 N80-99 \
O00-04 O07-16 O20-26 O28-36 O40-48 O60-77 O80 O82 O85-92 O94 O98-99 O9A \
P00-05 P07-15 P19 P22-29 P35-39 P50-61 P70-72 P74 P76-78 P80-81 P83-84 P90-96 \
Q00-07 Q10-18 Q20-28 Q30-45 Q50-56 Q60-87 Q89-93 Q95-99 \
R00-01 R03-07 R09-23 R25-27 R29-37 R39-65 R68-71 R73-94 R97 R99 \
S00-17 S19-99 \
T07 T14-28 T30-34 T36-71 T73-76 T78-88 \
U07 U09 \
V00-06 V09-99 \
W00-01 W03-40 W42 W44-46 W49-62 W64-65 W67 W69 W73-74 W85-86 W88-90 W92-94 W99 \
X00-06 X08 X10-19 X30-32 X34-39 X50 X52 X58 X71-83 X92-99 \
Y00-04 Y07-09 Y21-33 Y35-38 Y62-66 Y69-84 Y90 Y92-93 Y95 Y99 \
Z00-05 Z08-09 Z11-23 Z28-34 Z36-49 Z51-53 Z55-60 Z62-99 Z3A";

impl Icd10Categories {
    /// The categories assigned in ICD-10-CM.
    #[must_use]
    pub fn assigned() -> Self {
        Self::parse(ASSIGNED).unwrap_or_else(|| Self { bits: [0; 26], lettered: Vec::new() })
    }

    /// Reads categories and ranges separated by blanks: `A00-09 B20 C4A`.
    #[must_use]
    pub fn parse(list: &str) -> Option<Self> {
        let mut set = Self { bits: [0; 26], lettered: Vec::new() };
        for item in list.split_ascii_whitespace() {
            set.add(item.as_bytes())?;
        }
        Some(set)
    }

    fn add(&mut self, item: &[u8]) -> Option<()> {
        let (first, last) = match *item {
            [letter, tens, last @ b'A'..=b'Z'] if letter.is_ascii_uppercase() && tens.is_ascii_digit() => {
                self.lettered.push([letter, tens, last]);
                return Some(());
            }
            [_, a, b] => ([a, b], [a, b]),
            [_, a, b, b'-', c, d] => ([a, b], [c, d]),
            _ => return None,
        };
        let numeric = first.iter().chain(&last).all(u8::is_ascii_digit);
        let letter = item[0].is_ascii_uppercase().then(|| usize::from(item[0] - b'A'))?;
        let (from, to) = (super::super::byte::number(&first), super::super::byte::number(&last));
        (numeric && from <= to).then_some(())?;
        for category in from..=to {
            self.bits[letter] |= 1 << category;
        }
        Some(())
    }

    /// Whether the three characters are a category of the set.
    pub(in super::super) fn has(&self, category: &[u8]) -> bool {
        match *category {
            [letter @ b'A'..=b'Z', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                let number = u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
                self.bits[usize::from(letter - b'A')] >> number & 1 == 1
            }
            [letter, tens, last @ b'A'..=b'Z'] => self.lettered.contains(&[letter, tens, last]),
            _ => false,
        }
    }

    /// How many categories the set has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lettered.len() + self.bits.iter().map(|bits| bits.count_ones() as usize).sum::<usize>()
    }

    /// Whether the set has no category.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Icd10Categories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Icd10Categories({})", self.len())
    }
}

/// Up to four characters behind the point: letters or digits, at most two of them letters other
/// than the placeholder X. The first is a letter in few categories, and then A to K, X or Z.
///
/// # Source
/// ICD-10-CM Official Guidelines, section I.A.2 to I.A.5; every code of the CMS list fits.
pub(in super::super) fn subclass(tail: &[u8]) -> bool {
    let [first, ..] = tail else { return false };
    let letters = tail.iter().filter(|byte| byte.is_ascii_uppercase() && **byte != b'X').count();
    tail.len() <= 4
        && tail.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && (first.is_ascii_digit() || matches!(first, b'A'..=b'K' | b'X' | b'Z'))
        && letters <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_set_is_whole_and_leaves_the_traps_out() {
        let set = Icd10Categories::assigned();
        assert_eq!(set.len(), 1_917);
        for code in ["E11", "F12", "B20", "I10", "U07", "C4A", "Z3A", "M1A", "J45", "S72", "W44", "U09"] {
            assert!(set.has(code.as_bytes()), "{code}");
        }
        for code in ["B12", "T12", "H99", "A1C", "U99", "E12", "K07", "R02", "e11", "E1"] {
            assert!(!set.has(code.as_bytes()), "{code}");
        }
    }

    #[test]
    fn a_list_that_is_not_one_is_refused() {
        assert!(Icd10Categories::parse("A00 B2x").is_none());
        assert!(Icd10Categories::parse("A09-00").is_none());
        assert_eq!(Icd10Categories::parse("A00-01 D3A").map(|set| set.len()), Some(3));
    }

    #[test]
    fn extensions_are_at_most_four_characters() {
        for good in ["9", "51", "01XA", "XX", "40A", "Z1", "C11", "B95A"] {
            assert!(subclass(good.as_bytes()), "{good}");
        }
        for bad in ["", "12345", "mg", "ABCD"] {
            assert!(!subclass(bad.as_bytes()), "{bad}");
        }
    }
}
