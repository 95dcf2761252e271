//! Payment cards: issuer prefixes, lengths, Luhn.

use super::luhn;

/// Issuer, prefix as a range of the first six digits, allowed lengths.
///
/// # Source
/// ISO/IEC 7812-1 and the issuers' published ranges.
const ISSUERS: [(u32, u32, &[usize]); 17] = [
    (400_000, 499_999, &[13, 16, 19]),
    (510_000, 559_999, &[16]),
    (222_100, 272_099, &[16]),
    (340_000, 349_999, &[15]),
    (370_000, 379_999, &[15]),
    (601_100, 601_199, &[16, 17, 18, 19]),
    (644_000, 659_999, &[16, 17, 18, 19]),
    (300_000, 305_999, &[14, 16]),
    (360_000, 369_999, &[14, 16]),
    (380_000, 399_999, &[14, 16]),
    (352_800, 358_999, &[16, 17, 18, 19]),
    (620_000, 629_999, &[16, 17, 18, 19]),
    (501_800, 501_899, &[12, 13, 14, 15, 16, 17, 18, 19]),
    (502_000, 502_099, &[12, 13, 14, 15, 16, 17, 18, 19]),
    (503_800, 503_899, &[12, 13, 14, 15, 16, 17, 18, 19]),
    (630_400, 630_499, &[12, 13, 14, 15, 16, 17, 18, 19]),
    (675_900, 676_399, &[12, 13, 14, 15, 16, 17, 18, 19]),
];

/// Whether issuer prefix, length and Luhn digit fit a payment card.
pub(in super::super) fn card(digits: &[u8]) -> bool {
    let Some(prefix) = digits.get(..6) else {
        return false;
    };
    let prefix = super::super::byte::number(prefix);
    let issued =
        ISSUERS.iter().any(|(low, high, lengths)| (*low..=*high).contains(&prefix) && lengths.contains(&digits.len()));
    issued && luhn(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_need_issuer_length_and_luhn() {
        for good in [
            "4111111111111111",
            "5555555555554444",
            "378282246310005",
            "6011111111111117",
            "30569309025904",
            "3530111333300000",
            "2223003122003222",
        ] {
            assert!(card(good.as_bytes()), "{good}");
        }
        for bad in ["4111111111111112", "0000000000000000", "9111111111111117", "411111111111111", "4000000000000000"] {
            assert!(!card(bad.as_bytes()), "{bad}");
        }
    }
}
