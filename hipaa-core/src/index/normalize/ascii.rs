//! The rules for names and identifiers restricted to ASCII, as tables of one entry per byte.

use crate::text::buffer;

/// The entry of a byte that is removed.
const DROP: u8 = 0;
/// The entry of a byte that separates words. No other byte maps to a blank.
const SEPARATE: u8 = b' ';

const NAME: [u8; 128] = table(true);
const IDENTIFIER: [u8; 128] = table(false);

/// As [`super::unicode::name`], for ASCII only.
pub(super) fn name(input: &[u8], out: &mut Vec<u8>) {
    buffer::reserve(out, input.len());
    let start = out.len();
    let mut gap = false;
    for byte in input {
        match NAME[usize::from(byte & 0x7F)] {
            DROP => {}
            SEPARATE => gap = true,
            folded => {
                if gap && out.len() > start {
                    out.push(b' ');
                }
                gap = false;
                out.push(folded);
            }
        }
    }
}

/// As [`super::unicode::identifier`], for ASCII only.
pub(super) fn identifier(input: &[u8], out: &mut Vec<u8>) {
    buffer::reserve(out, input.len());
    let folded = input.iter().map(|byte| IDENTIFIER[usize::from(byte & 0x7F)]);
    out.extend(folded.filter(|byte| *byte != DROP));
}

const fn table(name: bool) -> [u8; 128] {
    let mut table = [DROP; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = if name { name_entry(byte) } else { identifier_entry(byte) };
        byte += 1;
    }
    table
}

const fn name_entry(byte: u8) -> u8 {
    match byte {
        b'\'' | b'`' => DROP,
        b'\t'..=b'\r' | b' ' => SEPARATE,
        // ASCII symbols that Unicode does not count as punctuation.
        b'$' | b'+' | b'<' | b'=' | b'>' | b'^' | b'|' | b'~' => byte,
        _ if byte.is_ascii_punctuation() => SEPARATE,
        _ if byte.is_ascii_control() => DROP,
        _ => byte.to_ascii_lowercase(),
    }
}

const fn identifier_entry(byte: u8) -> u8 {
    match byte {
        b' ' | b'-' => DROP,
        _ if byte.is_ascii_control() => DROP,
        _ => byte.to_ascii_lowercase(),
    }
}
