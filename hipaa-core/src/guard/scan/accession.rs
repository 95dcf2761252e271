//! Numbers of orders and exams that `Acc #` names: `CT HEAD Acc # 10117418`.

use super::near::any_word;
use super::{Hit, Scan};
use crate::guard::byte;
use crate::guard::cue::is_number_word;
use crate::guard::words::WordSet;

/// Words beside the number of an accession.
static EXAMS: WordSet<128> = WordSet::new(
    "order orders exam coll collected specimen study modality procedure test ct cta mri mr xr cxr xray ultrasound \
    mammogram mammo echo ekg pet biopsy bx path pathology requisition lab labs culture radiology imaging scan ray nm \
    stress spect dexa blood bld fluid urine serum plasma swab stool csf sputum tissue ua bcx ucx",
);

/// What a specimen or a result does.
static CAME: WordSet<16> = WordSet::new("received recd rcvd rec recv resulted reported accessioned verified released");
static MONEY: WordSet<32> = WordSet::new(
    "payment payments pymt pmt paid check cheque deposit copay cash wire funds fee refund transfer guarantor balance bill billing statement due",
);
/// What is measured.
static ANALYTES: WordSet<64> = WordSet::new(
    "k na cl co2 bun cre creat creatinine glu glucose ca mg phos wbc rbc hgb hct plt inr ptt ast alt alp tsh a1c hba1c \
    psa bnp troponin trop lactate ldl hdl chol crp esr ferritin alb tbili lipase",
);

impl Scan<'_, '_> {
    /// Whether `Acc#` stands among orders and exams: an accession number.
    pub(super) fn is_accession(&self, span: (usize, usize), hit: Hit) -> bool {
        let Some(end) = hit.end_before(span.0) else { return false };
        // The cue may end with `#` or `no.`.
        let mut stop = end;
        while stop > 0 && end - stop < 6 && !self.bytes[stop - 1].is_ascii_alphabetic() {
            stop -= 1;
        }
        let mut start = byte::back(self.bytes, stop, byte::ALPHA, 8);
        if is_number_word(&self.bytes[start..stop]) {
            let word = byte::back(self.bytes, start, byte::BLANK, 2);
            start = byte::back(self.bytes, word, byte::ALPHA, 8);
        }
        let word = self.bytes.get(start..start + 3).unwrap_or(&[]);
        if !word.eq_ignore_ascii_case(b"acc") || byte::at(self.bytes, start + 3, byte::ALPHA) {
            return false;
        }
        let line = |byte: &u8| *byte == b'\n';
        let floor = start.saturating_sub(32);
        let before = self.bytes[floor..start].iter().rposition(line).map_or(floor, |at| floor + at);
        let last = (span.1 + 24).min(self.bytes.len());
        let behind = self.bytes[span.1..last].iter().position(line).map_or(last, |at| span.1 + at);
        // `Prior: 3/2/2019. Acc #: 10117418.`
        let near = &self.bytes[before..start];
        let earlier = near.windows(6).any(|word| word.eq_ignore_ascii_case(b"prior:"))
            || near.windows(11).any(|word| word.eq_ignore_ascii_case(b"comparison:"));
        let around = &self.bytes[before..behind];
        earlier
            || is_timed(around)
            || has_result(around)
            || any_word(self.bytes, before, start, &EXAMS)
            || any_word(self.bytes, span.1, behind, &EXAMS)
    }
}

/// Whether a specimen came in at a time: `Received: 09:10 Acc# 10117418`; money comes in, too.
fn is_timed(near: &[u8]) -> bool {
    let hour = |part: &[u8]| part.len() == 4 && part[0] < b'3' && part.iter().all(u8::is_ascii_digit);
    let clock = || near.windows(5).any(|part| byte::is_shape(part, 0, b"dd:dd")) || parts(near).any(hour);
    any_word(near, 0, near.len(), &CAME) && clock() && !near.contains(&b'$') && !any_word(near, 0, near.len(), &MONEY)
}

/// Whether a result of a laboratory stands before it: `K 4.1  Acc# 10117418`.
fn has_result(near: &[u8]) -> bool {
    let figure = |part: &[u8]| byte::at(part, 0, byte::DIGIT);
    parts(near).zip(parts(near).skip(1)).any(|(name, next)| ANALYTES.has(name) && figure(next))
}

/// What blanks and marks part.
fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| b" :,;=.\t\n".contains(byte)).filter(|part| !part.is_empty())
}
