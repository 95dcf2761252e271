//! Where an address ends in a row of cells: `7,https://pay.example.org/p/w,614-394-2624`.

use super::ends;
use crate::guard::byte::{self, ALNUM, DIGIT, HEX};

/// The longest cell that is looked at, in bytes.
const CELL: usize = 64;
/// So many digits are a cell behind an address that no other cell is before.
const LONG: usize = 5;

/// Whether a cell, and no more of the address that starts at `start`, stands behind the comma or semicolon at `at`: an
/// address, a date, a telephone, a number. Commas in addresses part something else: `/@41.40,2.17,15z`, `/a,b.html`.
pub(super) fn follows(bytes: &[u8], start: usize, at: usize) -> bool {
    let first = byte::peek(bytes, at + 1);
    if !byte::is(first, ALNUM) && !matches!(first, b'(' | b'+') {
        return false;
    }
    let rest = &bytes[at + 1..bytes.len().min(at + 1 + CELL)];
    let len = rest.iter().position(|byte| matches!(byte, b',' | b';') || ends(*byte)).unwrap_or(rest.len());
    let (cell, behind) = (&rest[..len], byte::peek(bytes, at + 1 + len));
    // `(614) 394-2624`, `614 394 2624`, `2024-03-04 10:00`.
    if behind == b' ' {
        return byte::is_shape(bytes, at + 1, b"(ddd) ddd")
            || byte::is_shape(bytes, at + 1, b"ddd ddd dddd")
            || is_date(cell);
    }
    let lower = |letters: &[u8]| cell.get(..letters.len()).is_some_and(|start| start.eq_ignore_ascii_case(letters));
    match first {
        b'0'..=b'9' if cell.iter().all(u8::is_ascii_digit) => is_number(bytes, (start, at), cell.len()),
        b'(' | b'+' | b'0'..=b'9' if is_grouped(cell) => !ranges(bytes, at, cell),
        b'h' | b'H' => lower(b"http://") || lower(b"https://") || is_hardware(cell) || is_mail(cell),
        b'w' | b'W' => lower(b"www.") || is_mail(cell),
        _ => is_hardware(cell) || is_mail(cell),
    }
}

/// Whether the digits of a cell stand behind an address: long ones, or in a row that goes on; no list of a query.
fn is_number(bytes: &[u8], (start, at): (usize, usize), len: usize) -> bool {
    let in_row = matches!(byte::prev(bytes, start), b',' | b';');
    let digit = byte::is(byte::prev(bytes, at), DIGIT);
    let query = || bytes[start..at].contains(&b'=');
    if in_row { len >= LONG || !(digit && query()) } else { len >= LONG && !digit }
}

/// Whether a cell is a date, a telephone, a number in groups or an IPv4 address.
fn is_grouped(cell: &[u8]) -> bool {
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let count = |mark: u8| cell.iter().filter(|byte| **byte == mark).count();
    let signs = cell.iter().skip(1).all(|byte| byte.is_ascii_digit() || b"-./()".contains(byte));
    let dots = count(b'.');
    let parted = count(b'-') >= 2 || count(b'/') == 2 || dots == 3 || (dots == 2 && digits == 10);
    let called = matches!(cell.first(), Some(b'(' | b'+')) && digits >= 8;
    is_date(cell) || (signs && ((parted && digits >= 4 && dots != 1) || called))
}

/// Whether a date follows on one in a query: `?range=2024-01-01,2024-02-01`.
fn ranges(bytes: &[u8], at: usize, cell: &[u8]) -> bool {
    is_date(cell) && at >= 10 && is_date(&bytes[at - 10..at])
}

/// Whether a cell starts with a date: `2024-03-04T10:00`.
fn is_date(cell: &[u8]) -> bool {
    byte::is_shape(cell, 0, b"dddd-dd-dd") || byte::is_shape(cell, 0, b"dd/dd/dddd")
}

/// Whether a cell is the address of hardware.
fn is_hardware(cell: &[u8]) -> bool {
    let pair = |pair: &[u8]| pair.len() == 2 && pair.iter().all(|byte| byte::is(*byte, HEX));
    cell.len() == 17 && matches!(cell[2], b':' | b'-') && cell.split(|byte| *byte == cell[2]).all(pair)
}

/// Whether a cell is an address of mail.
fn is_mail(cell: &[u8]) -> bool {
    let at = cell.iter().position(|byte| *byte == b'@').filter(|at| *at > 0);
    let signs = |byte: &u8| byte::is(*byte, ALNUM) || b"._+-@".contains(byte);
    at.is_some_and(|at| cell[at..].contains(&b'.')) && cell.iter().all(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_ends_an_address() {
        for (text, want) in [
            ("https://a.org/p,614-394-2624", true),
            ("https://a.org/p;2024-03-04", true),
            ("https://a.org/p,2024-03-04 10:00", true),
            ("https://a.org/p,(614) 394-2624", true),
            ("https://a.org/p,3/4/1951", true),
            ("https://a.org/p,44828192", true),
            ("7,https://a.org/p,12", true),
            ("https://a.org/p,d7:58:26:b8:78:e3", true),
            ("https://a.org/p,ana@b.org", true),
            ("https://a.org/p,https://b.org", true),
            ("https://a.org/a,b.html", false),
            ("https://a.org/@41.40,2.17,15z", false),
            ("https://a.org/0,2933,12345,00.html", false),
            ("https://a.org/?ids=12345,67890", false),
            ("https://a.org/40.712776,-74.005974", false),
            ("https://a.org/40.712776,74.005974", false),
            ("https://a.org/?on=2024-01-01,2024-02-01", false),
            ("https://a.org/p,12", false),
            ("https://a.org/x;v=1.2", false),
            ("https://a.org/?a=1&amp;b=2", false),
        ] {
            let start = text.find("http").unwrap();
            let at = start + text[start..].find([',', ';']).unwrap();
            assert_eq!(follows(text.as_bytes(), start, at), want, "{text}");
        }
    }
}
