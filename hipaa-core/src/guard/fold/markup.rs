//! Markup: tags that only lay out a text become blanks, tabs and ends of lines; entities become their characters.
//!
//! A tag that is not known, or has an attribute that may hold a value, stays as it is and is read like text.

use super::table::{Fold, fold_of};
use crate::guard::byte::{self, ALNUM, ALPHA, BLANK};
use crate::guard::words::WordSet;

/// The longest tag, in bytes.
const TAG_BYTES: usize = 512;
/// The longest entity, in bytes.
const ENTITY_BYTES: usize = 12;

static CELLS: WordSet<16> = WordSet::new("td th dt");
static ROWS: WordSet<16> = WordSet::new("tr dd");
static BLOCKS: WordSet<128> = WordSet::new(
    "table thead tbody tfoot br p div li ul ol dl h1 h2 h3 h4 h5 h6 hr section article header footer pre blockquote \
    caption fieldset legend center main nav aside figure",
);
static INLINE: WordSet<64> = WordSet::new("b i u em strong span font small big label sub sup a tt mark s ins abbr");
/// Attributes that say how a thing looks.
static LOOKS: WordSet<64> = WordSet::new(
    "class style colspan rowspan width height align valign border cellpadding cellspacing scope bgcolor color size face \
    tabindex dir lang role xmlns nowrap",
);

/// What becomes of a piece of markup: how many bytes it has, and what stands in their place.
pub(super) type Piece = (usize, Fold);

/// The first place that folds.
pub(super) fn first(bytes: &[u8]) -> Option<usize> {
    memchr::memchr3_iter(b'<', b'&', b'%', bytes).find(|at| piece(bytes, *at, 0).is_some())
}

/// The next place at or behind `from` that may fold, or the end.
pub(super) fn next_mark(bytes: &[u8], from: usize) -> usize {
    let len = memchr::memchr3(b'<', b'&', b'%', &bytes[from..]).unwrap_or(bytes.len() - from);
    #[cfg(test)]
    crate::guard::steps::add(len);
    from + len
}

/// The piece of markup at a `<`, `&` or `%`; `last` is the byte before it in the folded text, zero at its start.
pub(super) fn piece(bytes: &[u8], at: usize, last: u8) -> Option<Piece> {
    match byte::peek(bytes, at) {
        b'<' => tag(bytes, at, last),
        b'&' => entity(bytes, at),
        b'%' => escape(bytes, at, last),
        _ => None,
    }
}

fn tag(bytes: &[u8], at: usize, last: u8) -> Option<Piece> {
    let closes = byte::peek(bytes, at + 1) == b'/';
    let start = at + 1 + usize::from(closes);
    if !byte::at(bytes, start, ALPHA) {
        return None;
    }
    let stop = byte::skip(&bytes[..bytes.len().min(start + 12)], start, ALNUM);
    let name = &bytes[start..stop];
    let [cell, row, block, inline] = [CELLS.has(name), ROWS.has(name), BLOCKS.has(name), INLINE.has(name)];
    if !(cell || row || block || inline) {
        return None;
    }
    let end = tag_end(bytes, stop)?;
    let unless = |mark: u8, there: bool| if there { Fold::Drop } else { Fold::To(mark) };
    let fold = match () {
        () if cell && closes => Fold::To(b'\t'),
        () if cell || (name.eq_ignore_ascii_case(b"dd") && !closes) => unless(b'\t', matches!(last, b'\t' | b'\n' | 0)),
        () if closes && name.eq_ignore_ascii_case(b"table") => Fold::To(b'\n'),
        () if row || block => unless(b'\n', matches!(last, b'\n' | 0)),
        () => return Some((end - at, unless(b' ', matches!(last, b' ' | b'\t' | b'\n' | 0)))),
    };
    Some((byte::skip(bytes, end, BLANK) - at, fold))
}

/// Where a tag ends whose attributes start at `from`; `None` when one of them may hold a value.
fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let limit = bytes.len().min(from + TAG_BYTES);
    let mut at = from;
    loop {
        at = byte::skip(bytes, at, BLANK);
        match byte::peek(bytes, at) {
            b'>' if at < limit => return Some(at + 1),
            b'/' => at += 1,
            byte if at < limit && byte::is(byte, ALPHA) => at = attribute(bytes, at, limit)?,
            _ => return None,
        }
    }
}

/// The end of the attribute at `at`, when it holds no value.
fn attribute(bytes: &[u8], at: usize, limit: usize) -> Option<usize> {
    let name_byte = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
    let name = at + bytes[at..limit].iter().take_while(|byte| name_byte(byte)).count();
    if byte::peek(bytes, name) != b'=' {
        return Some(name);
    }
    let quote = byte::peek(bytes, name + 1);
    let (start, end) = match quote {
        b'"' | b'\'' => {
            let rest = bytes.get(name + 2..limit)?;
            (name + 2, name + 2 + memchr::memchr(quote, rest)?)
        }
        _ => {
            let rest = bytes.get(name + 1..limit)?;
            (name + 1, name + 1 + rest.iter().take_while(|byte| !matches!(byte, b'>' | b' ' | b'\n')).count())
        }
    };
    #[cfg(test)]
    crate::guard::steps::add(end - at);
    let value = &bytes[start..end];
    let telling = value.windows(2).any(|two| two.iter().all(u8::is_ascii_digit)) || value.contains(&b'@');
    let quoted = usize::from(end > start && quote == byte::peek(bytes, end) || start == name + 2);
    (LOOKS.has(&bytes[at..name]) || !(telling || value.windows(3).any(|three| three == b"://"))).then_some(end + quoted)
}

fn entity(bytes: &[u8], at: usize) -> Option<Piece> {
    let rest = bytes.get(at + 1..bytes.len().min(at + ENTITY_BYTES))?;
    let len = memchr::memchr(b';', rest)?;
    let name = &rest[..len];
    let fold = match name.split_first()? {
        (b'#', digits) => numbered(digits)?,
        _ => Fold::To(named(name)?),
    };
    Some((len + 2, fold))
}

/// The sign that an escape of an address or a form stands for: `dob%3D1979-09-28`, `callback=%2B14155550187`. A blank
/// must not end an address, and `45%20 g` is none. Small letters are those of a format, too: `"%3d: %2f"`.
fn escape(bytes: &[u8], at: usize, last: u8) -> Option<Piece> {
    let (before, next) = (byte::prev(bytes, at), byte::peek(bytes, at + 3));
    let (high, low) = (byte::peek(bytes, at + 1), byte::peek(bytes, at + 2));
    let word = byte::is(before, ALNUM) && byte::is(next, ALNUM);
    let chained = at >= 3 && bytes[at - 3] == b'%';
    let amount = byte::is(before, byte::DIGIT) && byte::is(low, byte::DIGIT) && !chained;
    let after_area = || at >= 6 && bytes[at - 6..].starts_with(b"%28");
    // The last sign of an address would be taken for one of the sentence.
    let goes_on = byte::is(next, ALNUM) || b"%+-_(*".contains(&next);
    let fits = goes_on
        && (byte::is(low, byte::DIGIT | byte::UPPER) || word)
        && (!amount || byte::is(next, ALPHA) || next == b'%' || after_area());
    let sign = match (high, low | 0x20) {
        _ if !fits => return None,
        (b'3', b'd') => b'=',
        (b'3', b'a') => b':',
        (b'2', b'f') => b'/',
        (b'2', b'b') => b'+',
        (b'2', b'c') => b',',
        (b'2', b'2' | b'7') => b'\'',
        (b'2', b'8') => b'(',
        (b'2', b'9') => b')',
        (b'2', b'6') => b'&',
        (b'4', b'0') => b'@',
        (b'2', b'0') if byte::is(last, ALNUM) => b',',
        (b'2', b'0') => return Some((3, Fold::Drop)),
        _ => return None,
    };
    Some((3, Fold::To(sign)))
}

fn numbered(digits: &[u8]) -> Option<Fold> {
    let (digits, radix) = match digits.split_first()? {
        (b'x' | b'X', hex) => (hex, 16),
        _ => (digits, 10),
    };
    let code = u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    match u8::try_from(code) {
        Ok(b'\t' | b'\n' | b' '..=b'~') => Some(Fold::To(u8::try_from(code).ok()?)),
        _ => Some(fold_of(char::from_u32(code)?)).filter(|fold| *fold != Fold::Keep),
    }
}

/// What a named entity stands for.
///
/// # Source
/// HTML Living Standard, section 13.5: named character references.
fn named(name: &[u8]) -> Option<u8> {
    const NAMES: [(&[u8], &[&[u8]]); 14] = [
        (b" ", &[b"nbsp", b"ensp", b"emsp", b"thinsp", b"numsp"]),
        (b"-", &[b"ndash", b"mdash", b"minus", b"hyphen", b"dash", b"horbar"]),
        (b"&", &[b"amp"]),
        (b"<", &[b"lt"]),
        (b">", &[b"gt"]),
        (b"\"", &[b"quot", b"ldquo", b"rdquo"]),
        (b"'", &[b"apos", b"lsquo", b"rsquo"]),
        (b"/", &[b"sol", b"frasl"]),
        (b":", &[b"colon"]),
        (b".", &[b"period"]),
        (b"@", &[b"commat"]),
        (b"#", &[b"num"]),
        (b"(", &[b"lpar"]),
        (b")", &[b"rpar"]),
    ];
    let has = |names: &[&[u8]]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    NAMES.iter().find(|(_, names)| has(names)).map(|(byte, _)| byte[0])
}

#[cfg(test)]
mod tests {
    use crate::guard::fold::fold;
    use crate::guard::{Guard, Kind};

    fn found(text: &str) -> Vec<(Kind, &str)> {
        Guard::new().scan(text).into_iter().map(|found| (found.kind(), &text[found.span()])).collect()
    }

    #[test]
    fn tags_become_the_layout_they_make() {
        for (html, text) in [
            ("<tr>\n  <td class='l'>MRN</td>\n <td>1</td>\n</tr>\n<tr>", "MRN\t1\t\n"),
            ("<p><b>a</b>b<br/>c</p>", "a b\nc\n"),
            ("x<TD COLSPAN=\"2\">y", "x\ty"),
            ("a&nbsp;1&ndash;2&#8209;3&#x2d;4&#160;5&amp;6", "a 1-2-3-4 5&6"),
            ("<dt>MRN</dt><dd>1</dd>", "MRN\t1\n"),
        ] {
            assert_eq!(fold(html).unwrap().0, text, "{html}");
        }
    }

    #[test]
    fn what_is_no_layout_stays_as_it_is() {
        for text in [
            "WBC <5 and >3, a<b",
            "<MRN>4482913</MRN>",
            "<input name=\"ssn\" value=\"412-55-3821\">",
            "<a href=\"tel:617-842-3311\">",
            "<span data-mrn=\"4482913\">",
            "R&D; Q&A &unknown; &#9786;",
            "<td class=\"open",
        ] {
            assert!(fold(text).is_none(), "{text}");
        }
    }

    #[test]
    fn labels_and_values_meet_across_tags() {
        for text in [
            "<td>MRN</td>\n    <td>4482913</td>",
            "<td class='l'>MRN</td><td class='v' width=\"120\">4482913</td>",
            "<b>MRN #:</b>\n4482913",
            "MRN:&nbsp;4482913",
            "<div class=\"row\"><span class=\"lbl\">MRN</span><span class=\"val\">4482913</span></div>",
            "<dl><dt>MRN</dt><dd>4482913</dd></dl>",
        ] {
            assert_eq!(found(text), [(Kind::Mrn, "4482913")], "{text}");
        }
        assert_eq!(found("DOB March&nbsp;4,&nbsp;1960<br>"), [(Kind::Dob, "March&nbsp;4,&nbsp;1960")]);
        assert_eq!(found("<i>617&ndash;842&#8209;3311</i>"), [(Kind::Phone, "617&ndash;842&#8209;3311")]);
        assert_eq!(found("<span>Accession</span><span>2079525434</span>"), []);
        assert_eq!(found("<input name=\"ssn\" value=\"412-55-3821\">"), [(Kind::Ssn, "412-55-3821")]);
    }

    #[test]
    fn a_table_of_a_page_has_headings() {
        let text = "<table class=\"c1\">\n<tr>\n <th>MRN</th>\n <th>Name</th>\n <th>DOB</th>\n</tr>\n<tr><td>4482913</td>\n\
            <td>Ann</td><td>04/05/1966</td></tr><tr><td>4482914</td><td></td><td>04/06/1966</td></tr></table>\n\
            <p>4482915</p>";
        let want =
            [(Kind::Mrn, "4482913"), (Kind::Dob, "04/05/1966"), (Kind::Mrn, "4482914"), (Kind::Dob, "04/06/1966")];
        assert_eq!(found(text), want);
    }
}
