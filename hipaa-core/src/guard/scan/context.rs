//! Which cue decides about a value: the label before it, what speaks for the whole text, the list
//! it stands in, or the label behind it.

use super::{Hit, REACH_AFTER, REACH_BEFORE, Scan, aside, born, label, table};
use crate::guard::Reason;
use crate::guard::byte;
use crate::guard::cue::{
    Cue, CueClass, Fit, Mask, after_gap, answered, before_gap, follows_on, is_number_word, list_gap, preposition_gap,
    sent_gap, speaks,
};

impl Scan<'_, '_> {
    /// The cue that decides about `span`, among the classes of `mask`.
    pub(super) fn context(&mut self, span: (usize, usize), mask: Mask) -> Option<Hit> {
        self.collect(span);
        let (marked, binds) = (table::touches_mark(self.bytes, span), aside::may_bind(self.bytes, span));
        let tables = marked || self.tables.known() || self.sql.is_some();
        let column = if tables { self.column(span).filter(|hit| mask.has(hit.class())) } else { None };
        if label::touches_slash(self.bytes, span)
            && let Some(hit) = self.named_in_order(span, mask)
        {
            return hit;
        }
        let before = self.before(span, mask);
        if binds && let Some(hit) = self.bound(span, mask, (column.is_none(), before)) {
            return Some(self.settled(span, hit, mask));
        }
        let hit = match before {
            Some(hit) if self.close(hit, span.0) => hit,
            _ => match column.or_else(|| self.elsewhere(span, mask)) {
                Some(hit) => hit,
                None => self.bare_id(span.0, mask).or_else(|| self.by_key(span.0, mask)).or(before)?,
            },
        };
        Some(self.settled(span, hit, mask))
    }

    #[inline(always)]
    fn settled(&mut self, span: (usize, usize), hit: Hit, mask: Mask) -> Hit {
        let nothing = matches!(hit.class(), CueClass::Other | CueClass::Version);
        if nothing { self.of_no_kind(span, hit, mask) } else { hit }
    }

    /// Whether the cue before the value stands so close that nothing else is asked.
    #[inline]
    fn close(&self, hit: Hit, start: usize) -> bool {
        // ` and her husband on `: the list goes on over the preposition.
        hit.fit() >= Fit::Strict && !(hit.weak() && hit.is(CueClass::Date) && self.kin(start))
    }

    /// What speaks for the whole text, the list, or the label behind the value.
    fn elsewhere(&mut self, span: (usize, usize), mask: Mask) -> Option<Hit> {
        let spoken = self.outer(mask).or_else(|| self.list(span, mask));
        // A label in parentheses right behind a value is stronger than a list.
        let aside = byte::peek(self.bytes, span.1) == b' ' && byte::peek(self.bytes, span.1 + 1) == b'(';
        if spoken.is_some_and(|hit| !aside || !hit.lists()) {
            return spoken;
        }
        let behind = self.after(span.1, mask);
        if behind.is_none_or(|hit| hit.fit() < Fit::Label) { spoken.or(behind) } else { behind }
    }

    /// A number that names no person uses up its label all the same: `99213 (CPT)`, `Lot/SN: a / b`.
    #[inline(never)]
    fn of_no_kind(&mut self, span: (usize, usize), hit: Hit, mask: Mask) -> Hit {
        if let Some(plan) = self.bare_id(span.0, mask) {
            return plan;
        }
        if hit.behind() && hit.fit() == Fit::Label {
            self.spent = self.behind;
        } else if hit.rest()[0].is_some() {
            self.remember(span, hit);
        }
        hit
    }

    pub(super) fn collect(&mut self, span: (usize, usize)) {
        let from = self.cues_to.max(span.0.saturating_sub(REACH_BEFORE + 32));
        let to = (span.1 + REACH_AFTER).min(self.bytes.len());
        if from < to {
            self.cues_to = self.rules.lexicon.collect((self.bytes, self.planes), from, to, &mut self.cues);
        }
    }

    /// How many cues start before `at`; asked near the end of the list only.
    #[inline]
    pub(super) fn cues_before(&self, at: usize) -> usize {
        let behind = |cues: &[Cue]| cues.iter().map(|cue| usize::from(cue.start >= at)).sum::<usize>();
        let mut upto = self.cues.len();
        // Four at once, so that the machine need not guess at each of them.
        while let Some(four) = self.cues[..upto].last_chunk::<4>() {
            let count = behind(four);
            upto -= count;
            if count < 4 {
                return upto;
            }
        }
        upto - behind(&self.cues[..upto])
    }

    pub(super) fn before(&self, (start, end): (usize, usize), mask: Mask) -> Option<Hit> {
        let (upto, floor) = (self.cues_before(start), self.spent.max(self.tables.cell.0));
        let (mut fallback, mut to) = (None, start);
        for (i, cue) in self.cues[..upto].iter().enumerate().rev().filter(|(_, cue)| cue.end <= start) {
            if start - cue.end > REACH_BEFORE || cue.start < floor {
                break;
            }
            if !mask.has(cue.class) {
                continue;
            }
            match byte::peek(self.bytes, cue.end) {
                b':' | b']' | b' ' if cue.class == CueClass::Plan && speaks(self.bytes, cue, start) => continue,
                b'.' if self.ends_sentence(cue) => return fallback,
                b')' if self.qualifies(i, start, mask) => continue,
                b' ' | b'(' if cue.end + 2 == start && born::types_literal(self.bytes, cue) => {
                    to = born::start_of_type(self.bytes, cue.start);
                    continue;
                }
                _ => {}
            }
            let Some(fit) = before_gap(self.bytes, cue.end, to) else {
                return self.sent_to(i, start, mask).or(fallback);
            };
            let loose = cue.weak || matches!(cue.class, CueClass::Other | CueClass::Version);
            if loose && let Some(owner) = self.owner(i, start, mask) {
                return Some(self.hit(owner, fit, start));
            }
            match cue.weak {
                // `Fax confirmation sent to`: a loose word of no kind hides nothing.
                false if fit == Fit::Near && (loose || self.payer(cue, start) || self.qualifies(i, start, mask)) => {}
                false if fallback.is_some_and(|hit: Hit| hit.is(CueClass::Phone)) && !self.faxed(cue) => break,
                false if cue.class == CueClass::Date && fit >= Fit::Strict => {
                    return Some(self.on_day(i, fit, (start, end)));
                }
                false => return Some(self.in_order(self.hit(i, fit, start), i, end)),
                // `born in Ohio on`: a preposition leaves the word to a stronger cue before it.
                true if cue.class == CueClass::Date && fit == Fit::Label => {
                    fallback = fallback.or_else(|| Some(self.hit(i, fit, start)));
                }
                true if !self.of_somebody(cue, (start, end)) => {}
                true if cue.end - cue.start < 3 && self.shortened(cue, fit) => {}
                // `can be reached at`; `faxed to her office at` is a word of the fax before it.
                true if fit >= Fit::Strict && cue.class == CueClass::Phone => {
                    fallback = fallback.or_else(|| Some(self.hit(i, fit, start)));
                    if !self.of_an_office(cue) {
                        break;
                    }
                }
                true if fit == Fit::Label => return Some(self.in_order(self.hit(i, fit, start), i, end)),
                true if self.leads_to(cue, start) => return Some(self.hit(i, Fit::Label, start)),
                true => {}
            }
        }
        fallback
    }

    /// What the word for a date at `i` says, or the one for a birth to which it belongs.
    fn on_day(&self, i: usize, fit: Fit, (start, end): (usize, usize)) -> Hit {
        match self.day_of_birth(i) {
            Some(birth) => self.hit(birth, fit, start),
            None => self.in_order(self.hit(i, fit, start), i, end),
        }
    }

    /// Whether a loose word for births or plans speaks of a person.
    fn of_somebody(&self, cue: &Cue, span: (usize, usize)) -> bool {
        match cue.class {
            CueClass::Dob => self.born_of(cue),
            CueClass::Plan => self.of_insured(cue, span),
            _ => true,
        }
    }

    /// Whether the word for a telephone is that of a place: `office`, `pharmacy`.
    fn of_an_office(&self, cue: &Cue) -> bool {
        matches!(byte::peek(self.bytes, cue.start) | 0x20, b'o') || cue.end - cue.start == 8
    }

    /// What the fax at `i` says that goes to the value past pages and a date.
    fn sent_to(&self, i: usize, start: usize, mask: Mask) -> Option<Hit> {
        let cue = self.cues[i];
        if cue.class == CueClass::Other && self.is_bed(cue.end, start) {
            return self.owner(i, start, mask).map(|owner| self.hit(owner, Fit::Strict, start));
        }
        if cue.class != CueClass::Fax {
            return self.faxed_of(i, start);
        }
        sent_gap(self.bytes, cue.end, start).then(|| self.hit(i, Fit::Strict, start))
    }

    /// Whether the number of a bed or room stands from `from` on, and a value is told of it: `MRN for bed 422B is `,
    /// `phone for bed 4?⏎HUC: `.
    #[inline(never)]
    fn is_bed(&self, from: usize, start: usize) -> bool {
        let gap = self.bytes.get(from..start).unwrap_or(&[]);
        let told = gap.strip_suffix(b" is ").and_then(|gap| gap.strip_prefix(b" "));
        let number = told.or_else(|| answered(self.bytes, from, start));
        number.is_some_and(|number| {
            (1..=5).contains(&number.len())
                && number.iter().all(|byte| byte::is(*byte, byte::ALNUM))
                && byte::at(number, 0, byte::DIGIT)
        })
    }

    /// The fax before a number of a record or an order that goes to the value: `fax records for MR 6940650 to `.
    #[inline]
    fn faxed_of(&self, i: usize, start: usize) -> Option<Hit> {
        let bytes = self.bytes;
        let to = bytes[..start].ends_with(b" to ") && byte::is(byte::prev(bytes, start - 4), byte::DIGIT);
        let floor = self.spent.max(self.tables.cell.0);
        let first = |i: &usize| {
            let (cue, gap) = (self.cues[*i], bytes.get(self.cues[*i].end..start - 4).unwrap_or(b"."));
            cue.class == CueClass::Fax
                && cue.start >= floor
                && gap.len() <= REACH_BEFORE
                && gap.iter().all(|byte| byte::is(*byte, byte::ALNUM) || b" #:-'".contains(byte))
        };
        if !to {
            return None;
        }
        let fax = (i.saturating_sub(3)..i).rev().find(first)?;
        Some(self.hit(fax, Fit::Strict, start))
    }

    /// Whether the cue is a fax that goes to someone.
    fn faxed(&self, cue: &Cue) -> bool {
        let rest = &self.bytes[cue.end..];
        // `Fax (Hoang office): 432-709-9163`.
        let whose = || rest.starts_with(b" (") && rest.iter().take(32).any(|byte| *byte == b')');
        cue.class == CueClass::Fax && (rest.starts_with(b" to ") || whose())
    }

    /// Whether a word of no kind ends a sentence, and the value begins the next: `Waiting on order.⏎617-842-3311`.
    #[inline(never)]
    fn ends_sentence(&self, cue: &Cue) -> bool {
        let sinks = matches!(cue.class, CueClass::Other | CueClass::CreditCard);
        let word = &self.bytes[byte::back(self.bytes, cue.end, byte::ALPHA, 16)..cue.end];
        sinks && byte::at(self.bytes, cue.end + 1, byte::BLANK) && word.len() > 3 && !is_number_word(word)
    }

    /// Whether a cue of one or two letters says nothing: the `C` of `PA-C`, a variable `t=`, a `cb` with words behind it.
    fn shortened(&self, cue: &Cue, fit: Fit) -> bool {
        let joined =
            || byte::is(byte::prev(self.bytes, cue.start), byte::JOIN) || byte::peek(self.bytes, cue.end) == b'=';
        (cue.end - cue.start == 1 && joined()) || (fit == Fit::Strict && cue.class == CueClass::Phone)
    }

    #[inline]
    fn hit(&self, i: usize, fit: Fit, start: usize) -> Hit {
        let cue = self.cues[i];
        // The `#` of `Acc #10117418` is a part of the cue, which stands before the value all the same.
        let at = -i16::try_from((start - cue.end).max(1)).unwrap_or(i16::MAX);
        let plural = matches!(byte::prev(self.bytes, cue.end), b's' | b'S' | b')');
        Hit::of_cue((cue.class, cue.weak), at, fit, (plural, self.beside(i)))
    }

    /// The word that a preposition ties to the cue at `i`: `SSN on card`, `MRN on order`.
    #[inline(never)]
    fn owner(&self, i: usize, start: usize, mask: Mask) -> Option<usize> {
        let cue = self.cues[i];
        let i = i.checked_sub(1)?;
        // `SSN on claim form: `, `SSN on W-9 form: `.
        let named = |i: usize| self.cues[i].class == CueClass::Other || self.cues[i].end - self.cues[i].start == 1;
        let i = if is_form(cue, self.bytes) && named(i) { i.checked_sub(1)? } else { i };
        // The preposition may be a cue of dates itself.
        let i = if self.cues[i].weak && self.cues[i].class == CueClass::Date { i.checked_sub(1)? } else { i };
        let owner = self.cues[i];
        if owner.weak || cue.start.wrapping_sub(owner.end) >= 26 {
            return None;
        }
        let first = self.spent.max(self.tables.cell.0);
        if owner.class == CueClass::Fax && owner.start >= first && self.sends(&owner, &cue) {
            return mask.has(CueClass::Fax).then_some(i);
        }
        let owns = cue.class != CueClass::Date && owner.start >= first && mask.has(owner.class);
        let kind = owner.class.kind().filter(|_| owns)?;
        let said = || matches!(self.bytes.get(cue.end..start), Some(b" is " | b" reads " | b" says " | b" shows "));
        let sure = !kind.needs_cue() || self.labelled(start) || said() || self.is_bed(cue.end, start);
        let aside = matches!(self.bytes[owner.end..cue.start], [b'('] | [b' ', b'('])
            && byte::peek(self.bytes, cue.end) == b')';
        // `DOB per ID`.
        let per = cue.end - cue.start == 3 && preposition_gap(self.bytes, owner.end, cue.end);
        let tied = || preposition_gap(self.bytes, owner.end, cue.start);
        (sure && (aside || per || tied() || self.on_form(&owner, &cue, self.labelled(start)))).then_some(i)
    }

    pub(super) fn after(&mut self, end: usize, mask: Mask) -> Option<Hit> {
        let from = self.cues_before(end);
        // A loose word in parentheses is a label: `96841552634 (account)`.
        let alone = |cue: &&Cue| byte::peek(self.bytes, cue.end) == b')' && byte::prev(self.bytes, cue.start) == b'(';
        let speaks = |cue: &Cue| mask.has(cue.class) && (!cue.weak || alone(&cue) || self.is_told(end, cue));
        let i = from + self.cues[from..].iter().position(speaks)?;
        let (first, cue) = (self.cues[i].start, self.exact(i, (end, mask)).unwrap_or(self.cues[i]));
        if cue.start - end > REACH_AFTER || cue.start >= self.tables.cell.1 {
            return None;
        }
        // `(1/30/1966) DOB`.
        let closed = cue.class == CueClass::Dob
            && byte::peek(self.bytes, end) == b')'
            && matches!(byte::peek(self.bytes, cue.end), 0 | b'\n' | b'\r' | b',' | b';' | b'.' | b'|');
        // `QFT pos 02-Aug-2017, born in Manila`.
        if cue.class == CueClass::Dob && byte::peek(self.bytes, end) == b',' && self.born_somewhere(&cue) {
            return None;
        }
        let closed = closed || (cue.class == CueClass::Mrn && self.confirms(end, &cue));
        let fit = after_gap(self.bytes, end + usize::from(closed), first, cue.end)?;
        let at = i16::try_from(cue.start - end).unwrap_or(i16::MAX);
        let reason = Reason::Cue { class: cue.class, at };
        self.behind = cue.end;
        Some(Hit::declared(cue.class, reason).with_fit(fit))
    }

    /// The class of the cue before the one at `i`, when both make one label.
    #[inline]
    fn beside(&self, i: usize) -> Option<CueClass> {
        let (cue, before) = (self.cues[i], self.cues.get(i.checked_sub(1)?)?);
        let near = cue.start.wrapping_sub(before.end) < 8 && before.class != cue.class;
        let strong = near && !before.weak && !cue.weak && list_gap(self.bytes, before.end, cue.start);
        // `NPI/DEA/LIC`.
        let slashed = near && cue.start == before.end + 1 && self.bytes[before.end] == b'/';
        (strong || slashed).then_some(before.class)
    }

    /// Of several labels in one, each value takes the next: `Phone/Fax: a / b`.
    #[inline(always)]
    fn in_order(&self, hit: Hit, i: usize, end: usize) -> Hit {
        if hit.beside().is_none() || hit.fit() == Fit::Near { hit } else { self.ordered(hit, i, end) }
    }

    fn ordered(&self, hit: Hit, i: usize, end: usize) -> Hit {
        let slashed = |i: usize| {
            let gap = i.checked_sub(1).and_then(|b| self.bytes.get(self.cues[b].end..self.cues[i].start));
            let both = |gap: &[u8]| matches!(gap, b" and " | b" & ") && follows_on(self.bytes, end, true);
            gap.is_some_and(|gap| gap.contains(&b'/') || both(gap)) && self.beside(i).is_some()
        };
        let mut first = i;
        while i - first < 3 && slashed(first) {
            first -= 1;
        }
        let calls = matches!(
            (self.cues[first].class, hit.class()),
            (CueClass::Phone, CueClass::Fax) | (CueClass::Fax, CueClass::Phone)
        );
        // `DOB/DOD: 3/4/1951 - 5/6/2023`.
        let lived = (self.cues[first].class, hit.class()) == (CueClass::Dob, CueClass::Date)
            && self.bytes[end..].starts_with(b" - ");
        if first == i || !(calls || lived || follows_on(self.bytes, end, i - first > 1)) {
            return hit;
        }
        let mut rest = [None; 3];
        rest.iter_mut().zip(&self.cues[first + 1..=i]).for_each(|(slot, cue)| *slot = Some(cue.class));
        hit.with_class(self.cues[first].class).with_beside(rest[0]).with_plural(true).with_rest(rest).with_weak(false)
    }

    fn outer(&self, mask: Mask) -> Option<Hit> {
        let outer = self.outer.filter(|outer| mask.has(outer.class))?;
        Some(Hit::declared(outer.class, outer.reason))
    }
}

/// Whether the cue is the word for a form.
fn is_form(cue: Cue, bytes: &[u8]) -> bool {
    bytes[cue.start..cue.end].eq_ignore_ascii_case(b"form")
}
