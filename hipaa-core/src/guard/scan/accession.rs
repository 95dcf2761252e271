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
    stress spect dexa",
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
        earlier || any_word(self.bytes, before, start, &EXAMS) || any_word(self.bytes, span.1, behind, &EXAMS)
    }
}
