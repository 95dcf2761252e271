//! What stands where an identifier may, and is something else: blood, a model, a word, a rule of the house.

use super::LONGEST;
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, UPPER};
use crate::guard::cue::CueClass;
use crate::guard::scan::near::{said_before, word_behind};
use crate::guard::scan::{Hit, Scan, unit};
use crate::guard::words::WordSet;

/// What subscribers, members and licences of software do and count.
static MACHINES: WordSet<32> =
    WordSet::new("lagging lagged blocked seats users nodes cores endpoints partitions offline disconnected evicted");
static COUNTED: WordSet<32> =
    WordSet::new("claims patients members enrollees lives subscribers beneficiaries records rows kids children");
/// What has a serial number and is no device.
static CERTIFICATES: WordSet<16> = WordSet::new("cert certs tls ssl cn issuer");
static UNIT: WordSet<4> = WordSet::new("unit units");
static POLICY: WordSet<4> = WordSet::new("policy policies");
/// Whose files have numbers of their own.
static FIRMS: WordSet<16> = WordSet::new("our your court case claim legal commission");
/// Departments whose policies have numbers.
static DEPARTMENTS: WordSet<64> = WordSet::new(
    "him hr it adm admin nsg nur rm qa qi ic sec sop emr compliance comp priv privacy hipaa pharm rad ops fin safety",
);

impl Scan<'_, '_> {
    /// Whether what looks like a record or serial number is a donated unit of blood
    /// (`unit # W0412 23 118845`) or, behind a word of prose, a model: `implant CI347`.
    pub(super) fn names_something_else(&self, (start, end): (usize, usize), hit: Hit, labelled: bool) -> bool {
        let bytes = self.bytes;
        let blood = hit.is(CueClass::Mrn) && byte::at(bytes, start, UPPER);
        let blood = blood
            && (byte::is_shape(bytes, start + 1, b"dddd dd dddddd")
                || byte::is_shape(bytes, start + 1, b"dddddddddddd"));
        let blood = blood || (bytes[start] == b'W' && hit.is(CueClass::Mrn) && self.is_blood((start, end)));
        // `G3P2012, 31w4d` behind a list of numbers.
        let pregnant = |value: &[u8]| match value {
            [b'G', b'0'..=b'9', b'P', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
            [b'1'..=b'4', b'0'..=b'9', b'w', b'0'..=b'6', b'd'] => true,
            _ => false,
        };
        let pregnant = !labelled && pregnant(&bytes[start..end]);
        // `sepsis_2024` is a name, `load_id = 10487249` the value of another one.
        let name = byte::at(bytes, start, byte::LOWER) && bytes[start..end].contains(&b'_');
        let equal = byte::prev(bytes, start) == b'=' || byte::prev(bytes, start.wrapping_sub(1)) == b'=';
        if (name && !labelled) || (equal && self.of_another_name(start, hit)) {
            return true;
        }
        // `a member (Ann Roe) [#34752]`, `serial on x86-64`.
        // `Dear Member, NCT07755664`: a trial.
        let trial = || bytes[start..].starts_with(b"NCT") && end - start == 11;
        if bytes[start] == b'N' && trial() {
            return true;
        }
        let linked = (byte::prev(bytes, start) == b'#') & (byte::peek(bytes, end) == b']');
        let machine = || matches!(&bytes[start..end], b"x86-64" | b"x86_64");
        if linked | (bytes[start] == b'x') && (bytes[..start].ends_with(b"[#") || machine()) {
            return true;
        }
        // `Our file no. 595620`: that of a firm.
        let filed = |end: usize| matches!(byte::prev(bytes, end), b'.' | b':') && said_before(bytes, end, 24, &FIRMS);
        if hit.is(CueClass::Mrn) && hit.end_before(start).is_some_and(filed) {
            return true;
        }
        let plan = hit.is(CueClass::Plan);
        if (plan || hit.is(CueClass::License))
            && (self.of_machines((start, end), labelled)
                || (plan && (self.is_rule(start, end) || self.is_contract((start, end), hit)))
                || (plan && self.groups_machines((start, end), hit))
                || self.is_download((start, end), hit)
                || self.counts_licences((start, end), hit))
        {
            return true;
        }
        // `PCI device id 0x3796`.
        let address = || matches!(bytes[start..], [b'0', b'x' | b'X', ..]);
        if hit.is(CueClass::Device) && (address() || self.of_certificate((start, end), hit)) {
            return true;
        }
        // `Implant: CI612   SN 3484-35371`.
        let model = hit.is(CueClass::Device) && hit.weak() && end - start <= 6 && serial_behind(bytes, end);
        if model {
            return true;
        }
        blood || pregnant || (hit.is(CueClass::Device) && hit.weak() && !labelled && end - start < 6)
    }

    /// Whether a loose name of a payer leads to a contract of Medicare: `Humana Gold Plus H1036-054`.
    fn is_contract(&self, (start, end): (usize, usize), hit: Hit) -> bool {
        let shaped = || byte::at(self.bytes, start, UPPER) && byte::is_shape(self.bytes, start + 1, b"dddd-ddd");
        hit.weak() && end - start == 9 && shaped()
    }

    /// Whether a long number with letters to `f` is that of a certificate: `cert CN=gw serial 8fc318b7626fc975 expired`.
    fn of_certificate(&self, (start, end): (usize, usize), hit: Hit) -> bool {
        end - start >= 12
            && self.planes.digits_in(start, end) < end - start
            && byte::skip(self.bytes, start, byte::HEX) == end
            && self.says(hit, start, b"serial")
            && said_before(self.bytes, start, 56, &CERTIFICATES)
    }

    /// Whether the number of a `unit` is that of a donation: `2u prbc, unit no. W02853431`.
    #[inline(never)]
    fn is_blood(&self, (start, end): (usize, usize)) -> bool {
        let digits = byte::skip(self.bytes, start + 1, DIGIT);
        digits == end && end - start >= 9 && said_before(self.bytes, start, 14, &UNIT)
    }

    /// Whether it is a word with a number rather than a number, which has five digits: `License: Unicode-DFS-2016`, `a
    /// member of the XFree86 project`.
    pub(super) fn is_word(&self, (start, end): (usize, usize), hit: Hit, labelled: bool) -> bool {
        let value = &self.bytes[start..end];
        let longest = if value.iter().any(u8::is_ascii_uppercase) { 3 } else { 6 };
        let small = value.iter().filter(|byte| byte.is_ascii_lowercase()).count();
        let spelled = || value.windows(longest).any(|letters| letters.iter().all(u8::is_ascii_lowercase));
        let digits = || value.iter().filter(|byte| byte.is_ascii_digit()).count();
        let most = if hit.is(CueClass::License) || !labelled { 4 } else { 3 };
        let named = || (most > 3 || longest > 3) && digits() <= most;
        small >= longest && byte::at(value, 0, ALPHA) && named() && spelled()
    }

    /// Whether what stands behind a value is said of machines or counted: `subscriber 447190 lagging`, `licensed 120447
    /// seats`, `Cigna 120447 claims`.
    fn of_machines(&self, (start, end): (usize, usize), labelled: bool) -> bool {
        let bytes = self.bytes;
        let cluster = || bytes[end..].starts_with(b" of the cluster") || bytes[end..].starts_with(b" of cluster");
        let short = end - start <= 7 && byte::skip(bytes, start, DIGIT) == end;
        let word = || word_behind(bytes, end);
        !labelled
            && byte::peek(bytes, end) == b' '
            && (MACHINES.has(word()) || (short && COUNTED.has(word())) || cluster())
    }

    /// Whether a `dl` in small letters counts what was downloaded: `dl: 4259102 bytes`, `dl 42591 kbps`.
    fn is_download(&self, (start, end): (usize, usize), hit: Hit) -> bool {
        let rate = || word_behind(self.bytes, end).ends_with(b"bps");
        hit.weak()
            && self.says(hit, start, b"dl")
            && byte::skip(self.bytes, start, DIGIT) == end
            && (rate() || unit::follows(self.bytes, end))
    }

    /// Whether a few digits count the licences of a program: `licenses: 25000`.
    fn counts_licences(&self, (start, end): (usize, usize), hit: Hit) -> bool {
        hit.weak()
            && end - start <= 6
            && byte::skip(self.bytes, start, DIGIT) == end
            && (self.says(hit, start, b"licenses") || self.says(hit, start, b"licences"))
    }

    /// Whether the value is a rule of the house: `policy HIM-00412`.
    fn is_rule(&self, start: usize, end: usize) -> bool {
        let value = &self.bytes[start..end];
        let name = value.iter().position(|byte| *byte == b'-').filter(|name| value.len() - name <= 6);
        name.is_some_and(|name| DEPARTMENTS.has(&value[..name])) && said_before(self.bytes, start, 16, &POLICY)
    }

    /// Whether the value is that of a name with `_` before `=`, in which the cue does not stand.
    fn of_another_name(&self, start: usize, hit: Hit) -> bool {
        let Some(equal) = self.bytes[..start].trim_ascii_end().strip_suffix(b"=") else { return false };
        let equal = equal.trim_ascii_end();
        let name =
            equal.iter().rev().take(LONGEST).take_while(|byte| byte::is(**byte, ALNUM) || **byte == b'_').count();
        let from = equal.len() - name;
        let own = hit.end_before(start).is_some_and(|end| end > from);
        equal[from..].contains(&b'_') && !own
    }
}

/// Whether a serial number is named a few bytes behind a value, in its line.
fn serial_behind(bytes: &[u8], end: usize) -> bool {
    let near = bytes.get(end..bytes.len().min(end + 12)).unwrap_or(&[]);
    let line = near.split(|byte| *byte == b'\n').next().unwrap_or(&[]);
    let mut words = line.split(|byte| !byte::is(*byte, ALPHA) && *byte != b'/');
    line.starts_with(b" ")
        && words.any(|word| [&b"sn"[..], b"s/n", b"serial"].iter().any(|one| word.eq_ignore_ascii_case(one)))
}
