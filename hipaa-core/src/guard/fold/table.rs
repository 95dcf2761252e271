//! Which characters fold to what.
//!
//! # Source
//! Unicode 17: general categories Nd, Mn, Me, Cf, Zs and Pd.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Keep,
    To(u8),
    Drop,
}

/// The zeros of the decimal digit blocks; each block has ten digits in order.
const ZEROS: [u32; 72] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
    0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0,
    0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50,
    0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1E140,
    0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// What the character folds to.
pub(super) fn fold_of(c: char) -> Fold {
    let code = u32::from(c);
    match code {
        0..=0x9F => Fold::Keep,
        0xA0 => Fold::To(b' '),
        0xAD => Fold::Drop,
        0x2D7 => Fold::To(b'-'),
        0xA1..=0x2FF => Fold::Keep,
        0x300..=0x36F | 0x483..=0x489 => Fold::Drop,
        0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F => Fold::Drop,
        0x180B..=0x180F | 0xFE00..=0xFE0F | 0xFEFF | 0x61C => Fold::Drop,
        0x1680 => Fold::To(b' '),
        0x2000..=0x206F => punctuation(code),
        0x2212 | 0xFE58 | 0xFE63 | 0x2796 => Fold::To(b'-'),
        0x2215 => Fold::To(b'/'),
        0x3000 => Fold::To(b' '),
        0xFF01..=0xFF5E => u8::try_from(code - 0xFEE0).map_or(Fold::Keep, Fold::To),
        0x370..=0x65F | 0x3001..=0xA61F | 0xAC00..=0xFDFF => Fold::Keep,
        0x1D7CE..=0x1D7FF => digit((code - 0x1D7CE) % 10),
        _ => other_digit(code),
    }
}

/// General punctuation: spaces, hyphens, invisible marks.
fn punctuation(code: u32) -> Fold {
    match code {
        0x2000..=0x200A | 0x202F | 0x205F => Fold::To(b' '),
        0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F => Fold::Drop,
        0x2010..=0x2015 | 0x2043 => Fold::To(b'-'),
        0x2018 | 0x2019 => Fold::To(b'\''),
        0x201C | 0x201D => Fold::To(b'"'),
        0x2024 => Fold::To(b'.'),
        0x2028 | 0x2029 => Fold::To(b'\n'),
        0x2044 => Fold::To(b'/'),
        _ => Fold::Keep,
    }
}

fn other_digit(code: u32) -> Fold {
    let block = ZEROS.partition_point(|&zero| zero <= code);
    match block.checked_sub(1).map(|i| code - ZEROS[i]) {
        Some(value @ 0..=9) => digit(value),
        _ => Fold::Keep,
    }
}

fn digit(value: u32) -> Fold {
    u8::try_from(value).map_or(Fold::Keep, |value| Fold::To(b'0' + value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use icu_properties::CodePointMapData;
    use icu_properties::props::GeneralCategory;

    #[test]
    fn every_decimal_digit_of_unicode_folds_to_a_digit_and_nothing_else_does() {
        let category = CodePointMapData::<GeneralCategory>::new();
        for c in ('\u{80}'..=char::MAX).filter(|&c| !matches!(u32::from(c), 0xFF01..=0xFF5E)) {
            let decimal = category.get(c) == GeneralCategory::DecimalNumber;
            let folds = matches!(fold_of(c), Fold::To(b'0'..=b'9'));
            assert_eq!(decimal, folds, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn every_space_and_dash_of_general_use_folds() {
        let category = CodePointMapData::<GeneralCategory>::new();
        for c in '\u{80}'..='\u{206f}' {
            if category.get(c) == GeneralCategory::SpaceSeparator {
                assert_eq!(fold_of(c), Fold::To(b' '), "U+{:04X}", u32::from(c));
            }
        }
        for c in "‐‑‒–—―−﹘﹣－˗".chars() {
            assert_eq!(fold_of(c), Fold::To(b'-'));
        }
    }
}
