//! Check digits and number ranges: pure functions over characters, no context.

pub(super) mod card;
pub(super) mod icd10;
pub(super) mod zip;

use super::Reason;

fn digit(byte: u8) -> u32 {
    u32::from(byte.wrapping_sub(b'0'))
}

/// The Luhn sum over decimal digits, check digit last.
fn luhn_sum(digits: &[u8]) -> u32 {
    digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &byte)| match digit(byte) * if i % 2 == 0 { 1 } else { 2 } {
            n @ 0..=9 => n,
            n => n - 9,
        })
        .sum()
}

/// Whether the Luhn check digit is right.
///
/// # Source
/// ISO/IEC 7812-1, annex B.
pub(super) fn luhn(digits: &[u8]) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

/// Ten digits that start with 1 or 2 and pass Luhn behind the prefix 80840.
///
/// # Source
/// 45 CFR § 162.406; ISO/IEC 7812-1 prefix 80 (health) 840 (United States), which adds 24.
pub(super) fn npi(digits: &[u8]) -> bool {
    digits.len() == 10 && matches!(digits[0], b'1' | b'2') && (luhn_sum(digits) + 24).is_multiple_of(10)
}

/// Two letters (or a letter and 9) and seven digits with the DEA check digit.
///
/// # Source
/// 21 CFR § 1301; registrant letters A B F G M P R X as in use.
pub(super) fn dea(token: &[u8]) -> bool {
    let [first, second, number @ ..] = token else {
        return false;
    };
    if number.len() != 7 || !number.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let letters = matches!(first.to_ascii_uppercase(), b'A' | b'B' | b'F' | b'G' | b'M' | b'P' | b'R' | b'X')
        && (second.is_ascii_alphabetic() || *second == b'9');
    let d = |i: usize| digit(number[i]);
    letters && (d(0) + d(2) + d(4) + 2 * (d(1) + d(3) + d(5))) % 10 == d(6)
}

/// Eleven characters with the Medicare alphabet at the Medicare places.
///
/// # Source
/// CMS, Understanding the Medicare Beneficiary Identifier Format.
pub(super) fn mbi(token: &[u8]) -> bool {
    let letter = |b: u8| {
        let b = b.to_ascii_uppercase();
        b.is_ascii_uppercase() && !matches!(b, b'S' | b'L' | b'O' | b'I' | b'B' | b'Z')
    };
    token.len() == 11
        && token.iter().enumerate().all(|(i, &b)| match i {
            0 => matches!(b, b'1'..=b'9'),
            1 | 4 | 7 | 8 => letter(b),
            2 | 5 => letter(b) || b.is_ascii_digit(),
            _ => b.is_ascii_digit(),
        })
}

/// What the check of a vehicle number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vin {
    /// Not seventeen characters of the alphabet.
    No,
    /// The check digit is right.
    Checked,
    /// It is wrong, and binding for this region.
    Failed,
    /// It is wrong, but this region does not use it.
    Unchecked,
}

/// Checks a vehicle identification number.
///
/// # Source
/// 49 CFR § 565.15; ISO 3779. The check digit binds regions 1 to 5 (North America).
pub(super) fn vin(token: &[u8]) -> Vin {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    if token.len() != 17 {
        return Vin::No;
    }
    let mut sum = 0;
    for (&byte, weight) in token.iter().zip(WEIGHTS) {
        let Some(value) = vin_value(byte.to_ascii_uppercase()) else {
            return Vin::No;
        };
        sum += value * weight;
    }
    let check = match token[8].to_ascii_uppercase() {
        b'X' => 10,
        other => digit(other),
    };
    match (sum % 11 == check, token[0]) {
        (true, _) => Vin::Checked,
        (false, b'1'..=b'5') => Vin::Failed,
        (false, _) => Vin::Unchecked,
    }
}

fn vin_value(byte: u8) -> Option<u32> {
    Some(match byte {
        b'0'..=b'9' => digit(byte),
        b'I' | b'O' | b'Q' => return None,
        b'A'..=b'H' => u32::from(byte - b'A') + 1,
        b'J'..=b'R' => u32::from(byte - b'J') + 1,
        b'S'..=b'Z' => u32::from(byte - b'S') + 2,
        _ => return None,
    })
}

/// What the ranges say about nine digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ssn {
    pub(super) issued: bool,
    pub(super) reason: Reason,
    /// It has the form of a taxpayer number besides.
    pub(super) tax_id: bool,
}

/// Looks at area, group and serial of a social security number.
///
/// # Source
/// SSA, randomization of 2011-06-25 (every area except 000, 666 and 9xx); IRS for ITIN groups.
pub(super) fn ssn(digits: &[u8; 9]) -> Ssn {
    let (area, group, serial) = (&digits[..3], &digits[3..5], &digits[5..]);
    let itin = area[0] == b'9'
        && matches!(group, [b'5', b'0'..=b'9'] | [b'6', b'0'..=b'5'] | [b'7', _] | [b'8', b'0'..=b'8'] | [b'9', b'0'..=b'2' | b'4'..=b'9']);
    let sample = matches!(digits, b"078051120" | b"219099999" | b"123456789");
    let same = digits.iter().all(|byte| *byte == digits[0]);
    let never = area == b"000" || area == b"666" || area[0] == b'9' || group == b"00" || serial == b"0000";
    let (issued, reason) = match () {
        () if never => (false, Reason::AreaNeverIssued),
        () if sample || same => (false, Reason::SampleNumber),
        () => (true, Reason::AreaOk),
    };
    Ssn { issued, reason, tax_id: itin }
}

/// What the numbering plan says about ten digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nanp {
    Valid,
    Fictional,
    Invalid,
}

/// Area `[2-9][0-8]x` and exchange `[2-9]xx`, neither an N11 code.
///
/// # Source
/// ATIS-0300055 (NPA allocation), ATIS-0300051 (central office codes), 555-01xx for fiction.
pub(super) fn nanp(digits: &[u8]) -> Nanp {
    let [a, b, c, x, y, z, l1, l2, ..] = digits else {
        return Nanp::Invalid;
    };
    let service = |second: u8, third: u8| second == b'1' && third == b'1';
    let area = (b'2'..=b'9').contains(a) && *b != b'9' && !service(*b, *c);
    let exchange = (b'2'..=b'9').contains(x) && !service(*y, *z);
    match area && exchange && digits.len() == 10 {
        false => Nanp::Invalid,
        true if [*x, *y, *z, *l1, *l2] == *b"55501" => Nanp::Fictional,
        true => Nanp::Valid,
    }
}

/// GS1 modulo 10 over a trade item number, check digit last.
///
/// # Source
/// GS1 General Specifications, section 7.9.
pub(super) fn gtin(digits: &[u8]) -> bool {
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, &b)| digit(b) * if i % 2 == 0 { 1 } else { 3 }).sum();
    digits.iter().all(u8::is_ascii_digit) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_numbers_need_the_health_prefix() {
        assert!(npi(b"1234567893") && npi(b"1245319599"));
        assert!(!npi(b"1234567890") && !npi(b"3234567893") && !npi(b"123456789"));
    }

    #[test]
    fn dea_numbers_need_check_and_registrant() {
        assert!(dea(b"AB1234563") && dea(b"F91234563") && dea(b"mb1234563"));
        assert!(!dea(b"AB1234567") && !dea(b"CB1234563") && !dea(b"AB123456") && !dea(b"A-1234563"));
    }

    #[test]
    fn medicare_numbers_follow_the_alphabet() {
        assert!(mbi(b"1EG4TE5MK73") && mbi(b"1eg4te5mk73"));
        for bad in [&b"0EG4TE5MK73"[..], b"1SG4TE5MK73", b"1EG4TE5MK7", b"1EG4TE5MKA3", b"1EGATE5MK73"] {
            assert!(!mbi(bad));
        }
    }

    #[test]
    fn vehicle_numbers_bind_in_north_america_only() {
        assert_eq!(vin(b"1HGCM82633A004352"), Vin::Checked);
        assert_eq!(vin(b"1M8GDM9AXKP042788"), Vin::Checked);
        assert_eq!(vin(b"1HGCM82643A004352"), Vin::Failed);
        assert_eq!(vin(b"WDB12345678901234"), Vin::Unchecked);
        assert_eq!(vin(b"1HGCM82633A00435O"), Vin::No);
    }

    #[test]
    fn social_security_areas_are_told_apart() {
        assert!(ssn(b"536904399").issued && ssn(b"772121234").issued && ssn(b"899011234").issued);
        assert_eq!(ssn(b"999538547").reason, Reason::AreaNeverIssued);
        assert!(ssn(b"912701234").tax_id && !ssn(b"912491234").tax_id);
        assert_eq!(ssn(b"078051120").reason, Reason::SampleNumber);
        for never in [b"000121234", b"666121234", b"536001234", b"536120000"] {
            assert!(!ssn(never).issued);
        }
    }

    #[test]
    fn telephone_numbers_follow_the_numbering_plan() {
        assert_eq!(nanp(b"2125551234"), Nanp::Valid);
        assert_eq!(nanp(b"2125550123"), Nanp::Fictional);
        for bad in [&b"1235551234"[..], b"9115551234", b"2121151234", b"2129111234", b"2925551234", b"212555123"] {
            assert_eq!(nanp(bad), Nanp::Invalid);
        }
    }

    #[test]
    fn trade_item_numbers_have_a_check_digit() {
        assert!(gtin(b"00844588003288") && !gtin(b"00844588003289"));
    }
}
