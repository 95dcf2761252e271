//! Network addresses: IPv4, IPv6, hardware addresses.

use super::claim::Claim;
use super::near::{is_field, said_before, word_before};
use super::token::Run;
use super::{Hit, Scan};
use crate::guard::byte::{self, ALNUM, ALPHA, HEX};
use crate::guard::cue::CueClass::{Device, Ip, Mac, Other, Version};
use crate::guard::cue::{Fit, Mask};
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Finding, Kind, Reason};
use std::net::Ipv6Addr;

const ADDRESSES: Mask = Mask::of(&[Ip, Version, Other]);
const HARDWARE: Mask = Mask::of(&[Mac, Device, Other]);
/// What is done to a program, and to its faults.
static UPGRADED: WordSet<32> =
    WordSet::new("upgraded upgrade upgrading upgrades downgraded downgrade rolled rollback bumped bump patched");
/// The same right before `from` or `to`, where the number may look like a private address.
static TAKEN_BACK: WordSet<32> =
    WordSet::new("downgrade downgraded downgrading upgrade upgraded upgrading rollback revert reverting");
static ROLLED: WordSet<8> = WordSet::new("roll rolled rolling");
static PROGRAMS: WordSet<16> = WordSet::new("firmware software version driver build release");
static FIXED: WordSet<32> = WordSet::new("fixed resolved patched introduced released available included shipped");
/// The longest text of an IPv6 address.
const V6_BYTES: usize = 45;

impl Scan<'_, '_> {
    /// Four decimal numbers with points.
    pub(super) fn ip4(&mut self, piece: &[Run]) {
        let mut octets = [0; 4];
        for (run, slot) in piece.iter().zip(&mut octets) {
            let digits = &self.bytes[run.start..run.end];
            *slot = byte::value(self.bytes, run.start, run.end);
            if run.len() > 3 || *slot > 255 || (run.len() > 1 && digits[0] == b'0') {
                return;
            }
        }
        let span = (piece[0].start, piece[3].end);
        let special = octets[0] == 0 || octets[..3] == [127, 0, 0] || octets[0] >= 240;
        let private = matches!(octets, [10, ..] | [172, 16..=31, ..] | [192, 168, ..]);
        // `3.4.21.5`, `7.21.0.78`: numbers of enzymes, objects and versions are small.
        let low = octets.iter().filter(|octet| **octet < 32).count();
        let small = !private && low > 2 && (low == 4 || !is_field(self.bytes, span));
        let reason = if special { Reason::SpecialAddress } else { Reason::Shape };
        // `prod box 10.235.52.204`.
        let hit = self.context(span, ADDRESSES).filter(|&hit| !(hit.is(Other) && self.says(hit, span.0, b"box")));
        let base = if special || small { Confidence::Low } else { Confidence::Medium };
        let claim = Claim { kind: Kind::Ip, span, base, reason };
        let labelled = hit.is_some_and(|hit| hit.fit() == Fit::Label);
        let upgraded = !special && !labelled && ((!private && self.upgraded(span)) || self.taken_back(span));
        let version = !special && !private && (upgraded || self.among_versions(span.0));
        // What it was upgraded to is one, too.
        let from = Hit::declared(Version, Reason::Cue { class: Version, at: -1 });
        let hit = if upgraded { Some(from) } else { hit };
        // `upgraded from 10.2.33.4 to version 10.2.34.0`, `IP 10.4.2.1 section of the manual`.
        let behind = &self.bytes[span.1..];
        let numbered = behind.starts_with(b" to version ") || behind.starts_with(b" section ");
        if numbered {
            return self.push(Claim { base: Confidence::Low, ..claim }, Confidence::Low, None);
        }
        let loose = |hit: Hit| hit.is(Ip) && (small || hit.fit() < Fit::Label);
        let hit = if version && hit.is_some_and(loose) { None } else { hit };
        let claim = if version { Claim { base: Confidence::Low, ..claim } } else { claim };
        if special { self.push(claim, Confidence::Low, None) } else { self.claim(claim, hit) }
    }

    /// Whether four small numbers stand close before, and no word says that this is an address.
    fn among_versions(&self, start: usize) -> bool {
        let version = |found: &Finding| {
            found.kind() == Kind::Ip
                && found.confidence() == Confidence::Low
                && start.saturating_sub(found.end()) < 40
                && found.reasons().all(|reason| reason != Reason::SpecialAddress)
        };
        self.out.last().is_some_and(version) && {
            let (from, end) = word_before(self.bytes, start);
            let word = &self.bytes[from..end];
            ![&b"ip"[..], b"address", b"addr", b"from"].iter().any(|name| word.eq_ignore_ascii_case(name))
        }
    }

    /// Whether a program went from one version to the other: `Upgraded agent from 8.3.182.46 to 16.15.195.18`,
    /// `fixed in 13.8.120.76`.
    #[inline(never)]
    fn upgraded(&self, (start, end): (usize, usize)) -> bool {
        let (from, stop) = word_before(self.bytes, start);
        let word = &self.bytes[from..stop];
        let is = |name: &[u8]| word.eq_ignore_ascii_case(name);
        let behind = &self.bytes[end..];
        let goes_on = [&b" to "[..], b" -> ", b" => "].iter().any(|gap| behind.starts_with(gap));
        let arrow = [&b"-> "[..], b"=> "].iter().any(|gap| self.bytes[..start].ends_with(gap));
        if is(b"in") {
            return FIXED.has(super::near::previous_word(self.bytes, from));
        }
        let joined = goes_on || arrow || is(b"to") || UPGRADED.has(word);
        joined && said_before(self.bytes, start, 64, &UPGRADED)
    }

    /// Whether a program goes back to the version or leaves it, whose number may look like a private address: `roll back
    /// from 10.3.1.4`, `firmware went from 10.2.183.0 back to 10.3.41.4`.
    #[inline(never)]
    fn taken_back(&self, (start, end): (usize, usize)) -> bool {
        let from = match self.bytes.get(start.wrapping_sub(6)..start) {
            Some([b' ', word @ .., b' ']) if word.eq_ignore_ascii_case(b"from") => start - 5,
            Some([.., b' ', b't', b'o', b' ']) => start - 3,
            _ => return false,
        };
        let turned = self.bytes[end..].starts_with(b" back to ");
        // `downgrade`, `upgraded`, `reverting`, `back`; most say `accessed from`, `connected to`.
        let ending = self.bytes.get(from.wrapping_sub(4)..from - 1).unwrap_or(&[]);
        if !(turned || matches!(ending, b"ade" | b"ded" | b"ing" | b"ack" | b"ert")) {
            return false;
        }
        let (verb, stop) = word_before(self.bytes, from);
        let verb = &self.bytes[verb..stop];
        let back = verb.eq_ignore_ascii_case(b"back");
        TAKEN_BACK.has(verb)
            || (back && said_before(self.bytes, start, 24, &ROLLED))
            || ((back || turned) && said_before(self.bytes, start, 64, &PROGRAMS))
    }

    /// The address in the form of a log of packets, with the port behind its last point:
    /// `172.18.108.62.53996 > 10.231.97.172.443`.
    #[inline(never)]
    pub(super) fn ip4_port(&mut self, piece: &[Run]) {
        let Some((port, address)) = piece.split_last() else { return };
        let (start, end) = (address[0].start, port.end);
        let arrow = |gap: &[u8]| matches!(gap, [b' ', b'>' | b'<', b' ']);
        let behind = self.bytes.get(end..end + 3).unwrap_or(&[]);
        let before = self.bytes.get(start.saturating_sub(3)..start).unwrap_or(&[]);
        let digits = |at: usize| byte::at(self.bytes, at, byte::DIGIT);
        let packets = (arrow(behind) && digits(end + 3)) || (arrow(before) && start > 3 && digits(start - 4));
        let fits = (2..=5).contains(&port.len());
        if packets && fits && byte::value(self.bytes, port.start, port.end) <= u32::from(u16::MAX) {
            self.ip4(address);
        }
    }

    /// Runs joined by colons: hardware addresses and IPv6.
    #[inline]
    pub(super) fn hex_groups(&mut self, runs: &[Run]) -> bool {
        // Most tokens have none of them; they are dates.
        let colons = match runs.get(1..).unwrap_or(&[]) {
            [next] if next.sep != b':' => 0,
            [next, end] if next.sep != b':' && end.sep != b':' => 0,
            rest => rest.iter().filter(|run| run.sep == b':').count(),
        };
        if colons < 1 || (colons == 1 && !double_colon(self.bytes, runs)) { false } else { self.hex_of(runs, colons) }
    }

    /// The same for runs of which so many stand behind a colon.
    #[inline(never)]
    fn hex_of(&mut self, runs: &[Run], colons: usize) -> bool {
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
            return false;
        };
        if runs.len() == 6 && colons == 5 && self.is_hex(runs, 2) {
            self.mac((first.start, last.end), Confidence::Medium);
            return true;
        }
        // `WWN 50:06:01:60:3b:20:35:1f`: eight pairs name a port of storage, or EUI-64.
        if runs.len() == 8 && colons == 7 && self.is_hex(runs, 2) {
            let span = (first.start, last.end);
            let claim = Claim { kind: Kind::Ip, span, base: Confidence::Low, reason: Reason::Shape };
            self.push(claim, Confidence::Low, None);
            return true;
        }
        let upto = runs.iter().position(|run| matches!(run.sep, b'/' | b'-' | b'_')).unwrap_or(runs.len());
        if self.ip6(first.start, runs[upto - 1].end) {
            return true;
        }
        // `MAC:0e:78:53:f9:ff:e9`, `IP:2001:db8:45:77::12`.
        let label = colons >= 2 && runs[1].sep == b':' && !first.numeric() && self.labels_address(*first);
        label && self.hex_of(&runs[1..], colons - 1)
    }

    /// Whether the run is a word for an address of a machine, which touches the address with its colon.
    #[inline(never)]
    fn labels_address(&self, run: Run) -> bool {
        // `Bluetooth Address:82:c3:32:77:55:a3`.
        let word = &self.bytes[run.start..run.end];
        if word.eq_ignore_ascii_case(b"address") || word.eq_ignore_ascii_case(b"addr") {
            return true;
        }
        let cue = self.rules.lexicon.phrase_at((self.bytes, self.planes), run.start, run.end);
        cue.is_some_and(|cue| cue.end == run.end && matches!(cue.class, Mac | Ip))
    }

    fn is_hex(&self, runs: &[Run], len: usize) -> bool {
        runs.iter()
            .all(|run| run.len() == len && self.bytes[run.start..run.end].iter().all(|byte| byte::is(*byte, HEX)))
    }

    fn ip6(&mut self, start: usize, end: usize) -> bool {
        let bytes = self.bytes;
        let lead = start >= 2 && &bytes[start - 2..start] == b"::" && !byte::is(byte::prev(bytes, start - 2), ALNUM);
        let start = if lead { start - 2 } else { start };
        let trail = bytes.get(end..end + 2) == Some(b"::") && !byte::at(bytes, end + 2, ALNUM);
        let end = if trail { end + 2 } else { end };
        let parsed = self
            .text
            .get(start..end)
            .filter(|text| text.len() <= V6_BYTES)
            .and_then(|text| text.parse::<Ipv6Addr>().ok());
        let Some(address) = parsed else { return false };
        let special = address.is_loopback() || address.is_unspecified();
        let zone = if byte::peek(bytes, end) == b'%' { byte::skip(bytes, end + 1, ALNUM) } else { end };
        let hit = self.context((start, zone), ADDRESSES);
        let base = if special || end - start < 6 { Confidence::Low } else { Confidence::Medium };
        let reason = if special { Reason::SpecialAddress } else { Reason::Shape };
        let claim = Claim { kind: Kind::Ip, span: (start, zone), base, reason };
        if special {
            self.push(claim, Confidence::Low, None)
        } else {
            self.claim(claim, hit)
        }
        self.done = self.done.max(zone);
        true
    }

    /// Six pairs (or three fours) of hexadecimal digits.
    pub(super) fn mac(&mut self, span: (usize, usize), base: Confidence) {
        let digits = self.bytes[span.0..span.1].iter().filter(|byte| byte::is(**byte, HEX));
        let uniform =
            digits.clone().all(|byte| *byte == b'0') || digits.clone().all(|byte| byte.eq_ignore_ascii_case(&b'f'));
        let base = if uniform { Confidence::Low } else { base };
        let hit = self.context(span, HARDWARE).filter(|hit| !hit.is(Device));
        let hit = hit.filter(|&hit| !(hit.is(Other) && self.says(hit, span.0, b"box")));
        self.claim(Claim { kind: Kind::Mac, span, base, reason: Reason::Shape }, hit);
    }

    /// Twelve hexadecimal digits in a row: only beside a cue.
    pub(super) fn bare_mac(&mut self, span: (usize, usize)) {
        if self.context(span, HARDWARE).is_some_and(|hit| hit.close(Mac)) {
            self.mac(span, Confidence::Low);
        }
    }

    /// `001a.2b3c.4d5e`.
    pub(super) fn cisco(&mut self, piece: &[Run]) -> bool {
        // `[.2118.001F.0002]` has more parts.
        let dots = piece[1..].iter().all(|run| run.sep == b'.') && byte::prev(self.bytes, piece[0].start) != b'.';
        let fits = dots && self.is_hex(piece, 4);
        if fits {
            self.mac((piece[0].start, piece[2].end), Confidence::Medium);
        }
        fits
    }

    /// The hardware address without any digit whose first `:` is at `colon`.
    pub(super) fn letter_mac(&mut self, colon: usize) {
        let bytes = self.bytes;
        let Some(start) = colon.checked_sub(2).filter(|_| byte::peek(bytes, colon + 3) == b':') else {
            return;
        };
        let end = colon + 15;
        let Some(part) = bytes.get(start..end) else {
            return;
        };
        let pairs = part
            .chunks(3)
            .all(|pair| byte::is(pair[0], HEX) && byte::is(pair[1], HEX) && pair.get(2).is_none_or(|sep| *sep == b':'));
        let letters = part.iter().all(|byte| *byte == b':' || byte::is(*byte, ALPHA));
        let free = !byte::is(byte::prev(bytes, start), ALNUM | byte::JOIN) && !byte::at(bytes, end, ALNUM);
        if pairs && letters && free && byte::peek(bytes, end) != b':' {
            self.mac((start, end), Confidence::Medium);
        }
    }
}

fn double_colon(bytes: &[u8], runs: &[Run]) -> bool {
    let inner = runs.windows(2).any(|pair| pair[1].start - pair[0].end == 2 && pair[1].sep == b':');
    let first = runs[0].start;
    inner || (first >= 2 && &bytes[first - 2..first] == b"::")
}
