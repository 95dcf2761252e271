//! Web addresses with a scheme, or with `www.`.

mod cell;

use super::Scan;
use super::claim::Claim;
use crate::guard::byte::{self, ALNUM, ALPHA, JOIN};
use crate::guard::{Confidence, CueClass, Kind, Reason};
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// The longest address that is taken as one finding; the rest of a longer one is left out.
pub(in crate::guard) const URL_BYTES: usize = 2048;

static SMALL: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ww."));
static CAPITAL: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("WW."));

/// Hosts of code systems: addresses there name a vocabulary.
const NAMESPACES: [&str; 11] = [
    "hl7.org",
    "terminology.hl7.org",
    "loinc.org",
    "snomed.info",
    "unitsofmeasure.org",
    "www.w3.org",
    "ihe.net",
    "nucc.org",
    "www.nlm.nih.gov",
    "cts.nlm.nih.gov",
    "json-schema.org",
];

impl Scan<'_, '_> {
    /// The web address whose `:` is at `colon`, if `//` follows; returns its end.
    pub(super) fn url_at(&mut self, colon: usize, floor: usize) -> Option<usize> {
        let bytes = self.bytes;
        if bytes.get(colon + 1..colon + 3) != Some(b"//") {
            return None;
        }
        let start = byte::back(bytes, colon, ALNUM, 12).max(floor);
        let letters = bytes[start..colon].iter().position(|byte| byte::is(*byte, ALPHA))?;
        let word = start + letters;
        if colon - word < 2 { None } else { self.url((word, colon + 3)) }
    }

    /// Finds every web address that starts with `www.`.
    pub(super) fn www(&mut self) {
        let bytes = self.bytes;
        for finder in [&*SMALL, &*CAPITAL] {
            for dot in finder.find_iter(bytes) {
                let Some(start) = dot.checked_sub(1).filter(|at| matches!(bytes[*at], b'w' | b'W')) else {
                    continue;
                };
                let before = byte::prev(bytes, start);
                let free = !byte::is(before, ALNUM | JOIN) && before != b'@';
                if free || (before == b':' && self.labels_page(start - 1)) {
                    self.url((start, start));
                }
            }
        }
    }

    /// Whether the word that ends at `colon` is one for a page: `Website:www.example.org`, not `DNS:www.example.org`.
    fn labels_page(&self, colon: usize) -> bool {
        let word = byte::back(self.bytes, colon, ALPHA, 12);
        let cue = self.rules.lexicon.phrase_at((self.bytes, self.planes), word, colon);
        cue.is_some_and(|cue| cue.end == colon && cue.class == CueClass::Url)
    }

    /// Records the address that starts at `from.0` and whose host starts at `from.1`.
    fn url(&mut self, from: (usize, usize)) -> Option<usize> {
        let bytes = self.bytes;
        // Looked at first: a scheme without a host must not cost a search for its end.
        let first = byte::peek(bytes, from.1);
        if !byte::is(first, ALNUM | byte::HIGH) && first != b'[' {
            return None;
        }
        let end = self.page_end(from.0, from.1);
        let host = &bytes[from.1.min(end)..end];
        let dotted = from.1 > from.0 || host.iter().filter(|byte| **byte == b'.').count() >= 2;
        if !host.first().is_some_and(|byte| byte::is(*byte, ALNUM | byte::HIGH) || *byte == b'[') || !dotted {
            return None;
        }
        let declared = self.outer.is_some_and(|outer| outer.class == CueClass::Version);
        let claim = Claim { kind: Kind::Url, span: (from.0, end), base: Confidence::High, reason: Reason::Scheme };
        let known = || namespace(host) && (self.outer.is_some() || matches!(byte::prev(bytes, from.0), b'"' | b'\''));
        if declared || known() || canonical(host) || names_namespace(bytes, from.0) {
            self.push(claim, Confidence::Low, Some(Reason::NamespaceUri));
        } else {
            self.push(claim, Confidence::High, None);
        }
        Some(end)
    }

    /// The end of the address that starts at `start` and is known up to `known`.
    pub(super) fn page_end(&mut self, start: usize, known: usize) -> usize {
        let bytes = self.bytes;
        let limit = bytes.len().min(start + URL_BYTES);
        let (mut at, mut parts) = (known, 0);
        let stop = loop {
            let rest = bytes.get(at..limit).unwrap_or(&[]);
            let stop = at + rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len());
            if stop >= limit || !matches!(bytes[stop], b',' | b';') || self.ends_cell(start, stop, parts == 0) {
                break stop;
            }
            (at, parts) = (stop + 1, parts + 1);
        };
        let mut end = trimmed(bytes, start, stop);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        end
    }

    /// Whether the address is a cell of a row and ends at the comma or semicolon at `at`: a cell follows, or the heading
    /// of a table says so.
    #[inline(never)]
    fn ends_cell(&mut self, start: usize, at: usize, first: bool) -> bool {
        cell::follows(self.bytes, start, at)
            || (first && {
                self.column((start, at));
                self.tables.known() && self.tables.cell.1 == at
            })
    }
}

fn namespace(host: &[u8]) -> bool {
    let name = host.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next().unwrap_or(host);
    NAMESPACES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

/// What the definitions of FHIR are kept under: `http://example.org/fhir/StructureDefinition/score`.
const DEFINITIONS: [&[u8]; 8] = [
    b"StructureDefinition",
    b"CodeSystem",
    b"ValueSet",
    b"NamingSystem",
    b"ConceptMap",
    b"SearchParameter",
    b"OperationDefinition",
    b"ImplementationGuide",
];

/// Whether an address is the name of a definition of FHIR: the last part names it, the one before says what it is.
fn canonical(page: &[u8]) -> bool {
    page.rsplit(|byte| byte_is(*byte, b'/')).take(3).any(|part| DEFINITIONS.contains(&part))
}

/// The longest name of an attribute for a namespace, in bytes.
const ATTRIBUTE: usize = 32;

/// Whether an address is the value of an attribute of XML that names a vocabulary: `xmlns:x="http://…"`.
fn names_namespace(bytes: &[u8], start: usize) -> bool {
    let Some(before) = bytes[..start].strip_suffix(b"\"").or_else(|| bytes[..start].strip_suffix(b"'")) else {
        return false;
    };
    let Some(before) = before.strip_suffix(b"=") else { return false };
    let signs = |byte: &&u8| byte::is(**byte, ALNUM) || matches!(byte, b':' | b'_' | b'-' | b'.');
    let name = &before[before.len() - before.iter().rev().take(ATTRIBUTE).take_while(signs).count()..];
    name.starts_with(b"xmlns") || name.ends_with(b"schemaLocation") || name.ends_with(b"amespace")
}

/// Whether the byte ends an address, or may part it from the next cell.
fn ends(byte: u8) -> bool {
    #[cfg(test)]
    crate::guard::steps::add(1);
    ENDS[usize::from(byte)]
}

static ENDS: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        ends[byte] = byte <= 0x20 || byte == 0x7F;
        byte += 1;
    }
    let signs = b"<>\"`{}|\\^,;";
    let mut i = 0;
    while i < signs.len() {
        ends[signs[i] as usize] = true;
        i += 1;
    }
    ends
};

fn byte_is(byte: u8, want: u8) -> bool {
    #[cfg(test)]
    crate::guard::steps::add(1);
    byte == want
}

/// Leaves out punctuation that belongs to the sentence.
fn trimmed(bytes: &[u8], start: usize, stop: usize) -> usize {
    let count = |want: u8| bytes[start..stop].iter().filter(|byte| byte_is(**byte, want)).count();
    let (mut round, mut square) = (None, None);
    let mut end = stop;
    while end > start {
        // How many closing brackets have no opening one: counted once, when one is met.
        let spare = match bytes[end - 1] {
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*' | b'_' => {
                end -= 1;
                continue;
            }
            b')' => round.get_or_insert_with(|| count(b')').saturating_sub(count(b'('))),
            b']' => square.get_or_insert_with(|| count(b']').saturating_sub(count(b'['))),
            _ => break,
        };
        if *spare == 0 {
            break;
        }
        *spare -= 1;
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_of_the_sentence_stays_outside() {
        for (text, want) in
            [("http://a.org/x.", 14), ("http://a.org/(x)", 16), ("http://a.org/x).", 14), ("http://a.org]", 12)]
        {
            assert_eq!(trimmed(text.as_bytes(), 0, text.len()), want, "{text}");
        }
    }
}
