//! The cue that decides about a value, in one word of the machine: it is handed on from rule to rule, for every value.

use crate::guard::Reason;
use crate::guard::cue::{CueClass, Fit};
use std::num::NonZero;

/// What the labels of `NPI/DEA/LIC:` leave to the values behind the first, in order.
pub(super) type Rest = [Option<CueClass>; 3];

/// The cue that decides about a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit(NonZero<u64>);

/// Bits of a field: where it starts, and how many it has. The lowest bit is always one.
#[derive(Clone, Copy)]
struct Field(u32, u32);

const WEAK: Field = Field(1, 1);
const PLURAL: Field = Field(2, 1);
const FIT: Field = Field(3, 2);
const CLASS: Field = Field(5, 5);
/// One more than the class; zero for none.
const BESIDE: Field = Field(10, 5);
const REST: [Field; 3] = [Field(15, 5), Field(20, 5), Field(25, 5)];
/// One more than the number of the reason; zero for a cue.
const REASON: Field = Field(30, 6);
const _: () = assert!(Reason::PLAIN.len() < 1 << REASON.1);
/// The class of the cue and its distance.
const CUE: Field = Field(36, 5);
const AT: Field = Field(41, 16);

impl Field {
    #[inline]
    const fn of(self, bits: u64) -> u64 {
        bits >> self.0 & ((1 << self.1) - 1)
    }

    #[inline]
    const fn put(self, value: u64) -> u64 {
        value << self.0
    }

    #[inline]
    const fn clear(self, bits: u64) -> u64 {
        bits & !(((1 << self.1) - 1) << self.0)
    }
}

impl Hit {
    /// What the structure around the value says.
    #[inline]
    pub(super) fn declared(class: CueClass, reason: Reason) -> Self {
        let bits = CLASS.put(class as u64) | FIT.put(Fit::Label as u64) | of_reason(reason);
        Self(NonZero::<u64>::MIN | bits)
    }

    /// A cue word so many bytes away; whether it speaks for more than one value, and the other class of its label.
    #[inline]
    pub(super) fn of_cue(
        (class, weak): (CueClass, bool),
        at: i16,
        fit: Fit,
        (plural, beside): (bool, Option<CueClass>),
    ) -> Self {
        let word = CLASS.put(class as u64) | WEAK.put(u64::from(weak)) | PLURAL.put(u64::from(plural));
        let place = of_reason(Reason::Cue { class, at }) | FIT.put(fit as u64);
        Self(NonZero::<u64>::MIN | word | place | BESIDE.put(code_of(beside)))
    }

    #[inline]
    pub(super) const fn class(self) -> CueClass {
        CueClass::at(CLASS.of(self.0.get()))
    }

    /// How close it stands.
    #[inline]
    pub(super) const fn fit(self) -> Fit {
        match FIT.of(self.0.get()) {
            0 => Fit::Near,
            1 => Fit::Strict,
            _ => Fit::Label,
        }
    }

    #[inline]
    pub(super) const fn weak(self) -> bool {
        WEAK.of(self.0.get()) == 1
    }

    /// Whether it speaks for more than one value, however long each is: `MRNs`.
    #[inline]
    pub(super) const fn plural(self) -> bool {
        PLURAL.of(self.0.get()) == 1
    }

    /// Another class whose word stands in one label with the cue: `NPI/DEA:`.
    #[inline]
    pub(super) fn beside(self) -> Option<CueClass> {
        class_of(BESIDE.of(self.0.get()))
    }

    pub(super) fn rest(self) -> Rest {
        REST.map(|field| class_of(field.of(self.0.get())))
    }

    #[inline(always)]
    pub(super) fn reason(self) -> Reason {
        let bits = self.0.get();
        match REASON.of(bits) {
            0 => Reason::Cue { class: CueClass::at(CUE.of(bits)), at: distance(AT.of(bits)) },
            number => Reason::numbered(u8::try_from(number - 1).unwrap_or(0)),
        }
    }

    #[inline]
    fn with(self, field: Field, value: u64) -> Self {
        Self(NonZero::<u64>::MIN | field.clear(self.0.get()) | field.put(value))
    }

    #[inline]
    pub(super) fn with_class(self, class: CueClass) -> Self {
        self.with(CLASS, class as u64)
    }

    #[inline]
    pub(super) fn with_fit(self, fit: Fit) -> Self {
        self.with(FIT, fit as u64)
    }

    #[inline]
    pub(super) fn with_weak(self, weak: bool) -> Self {
        self.with(WEAK, u64::from(weak))
    }

    #[inline]
    pub(super) fn with_plural(self, plural: bool) -> Self {
        self.with(PLURAL, u64::from(plural))
    }

    #[inline]
    pub(super) fn with_beside(self, beside: Option<CueClass>) -> Self {
        self.with(BESIDE, code_of(beside))
    }

    pub(super) fn with_rest(self, rest: Rest) -> Self {
        REST.into_iter().zip(rest).fold(self, |hit, (field, class)| hit.with(field, code_of(class)))
    }

    /// The same for a cue of another class at the same place.
    pub(super) fn renamed(self, class: CueClass) -> Self {
        self.with_class(class).with(CUE, class as u64)
    }

    /// Whether a cue of another class denies the candidate its own kind.
    #[inline]
    pub(super) fn rules_out(self) -> bool {
        self.fit() == Fit::Label || (self.fit() == Fit::Strict && !self.weak())
    }

    /// The same for the other class of its label.
    #[inline]
    pub(super) fn turned(self) -> Self {
        match self.beside() {
            Some(beside) => self.with_class(beside).with_beside(Some(self.class())),
            None => self,
        }
    }

    #[inline]
    pub(super) fn is(self, class: CueClass) -> bool {
        CLASS.of(self.0.get()) == class as u64
    }

    /// Whether a label stands right beside the value or the structure around it names the kind.
    #[inline]
    pub(super) fn close(self, class: CueClass) -> bool {
        self.is(class) && self.fit() >= Fit::Strict
    }

    /// Whether it is a cue word, and no structure.
    #[inline]
    pub(super) fn is_cue(self) -> bool {
        REASON.of(self.0.get()) == 0
    }

    /// Bytes from the value to the cue; negative when the cue stands before it.
    #[inline]
    pub(super) fn distance(self) -> Option<i16> {
        self.is_cue().then(|| distance(AT.of(self.0.get())))
    }

    /// Where the cue before a value that starts at `start` ends.
    #[inline]
    pub(super) fn end_before(self, start: usize) -> Option<usize> {
        let at = self.distance().filter(|at| *at < 0)?;
        Some(start.saturating_sub(usize::from(at.unsigned_abs())))
    }

    /// Whether the cue stands behind the value.
    #[inline]
    pub(super) fn behind(self) -> bool {
        self.distance().is_some_and(|at| at >= 0)
    }

    /// Whether it goes on a list.
    #[inline]
    pub(super) fn lists(self) -> bool {
        Some(REASON.of(self.0.get())) == Reason::List.number().map(|number| u64::from(number) + 1)
    }

    /// Whether the structure around the value says it.
    #[inline]
    pub(super) fn is_declared(self) -> bool {
        !self.is_cue() && !self.lists()
    }
}

#[inline]
fn of_reason(reason: Reason) -> u64 {
    match (reason, reason.number()) {
        (Reason::Cue { class, at }, _) => CUE.put(class as u64) | AT.put(u64::from(at.cast_unsigned())),
        (_, number) => REASON.put(u64::from(number.unwrap_or(0)) + 1),
    }
}

#[inline]
fn distance(bits: u64) -> i16 {
    u16::try_from(bits).unwrap_or(0).cast_signed()
}

#[inline]
fn class_of(code: u64) -> Option<CueClass> {
    code.checked_sub(1).map(CueClass::at)
}

#[inline]
fn code_of(class: Option<CueClass>) -> u64 {
    class.map_or(0, |class| class as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Kind;
    use proptest::prelude::*;
    use proptest::sample::select;

    fn classes() -> impl Strategy<Value = CueClass> {
        let kinds = Kind::ALL.iter().map(|kind| CueClass::of(*kind));
        select(kinds.chain([CueClass::Other, CueClass::Version]).collect::<Vec<_>>())
    }

    fn reasons() -> impl Strategy<Value = Reason> {
        let plain = select(vec![Reason::Shape, Reason::List, Reason::JsonKey, Reason::Column, Reason::Truncated]);
        prop_oneof![plain, (classes(), any::<i16>()).prop_map(|(class, at)| Reason::Cue { class, at })]
    }

    proptest! {
        #[test]
        fn what_is_put_in_comes_out(
            (class, reason, other) in (classes(), reasons(), classes()),
            (weak, plural) in (any::<bool>(), any::<bool>()),
            fit in select(vec![Fit::Near, Fit::Strict, Fit::Label]),
            beside in proptest::option::of(classes()),
            rest in proptest::array::uniform3(proptest::option::of(classes())),
        ) {
            let plain = Hit::declared(class, reason);
            prop_assert_eq!((plain.class(), plain.reason(), plain.fit()), (class, reason, Fit::Label));
            prop_assert_eq!((plain.weak(), plain.plural(), plain.beside(), plain.rest()), (false, false, None, [None; 3]));
            // Whatever was there before is overwritten whole.
            let full = Hit::declared(other, reason).with_rest([Some(other); 3]).with_beside(Some(other));
            let full = full.with_weak(true).with_plural(true);
            for hit in [plain, full] {
                let hit = hit.with_class(class).with_fit(fit).with_weak(weak).with_plural(plural);
                let hit = hit.with_beside(beside).with_rest(rest);
                prop_assert_eq!((hit.class(), hit.fit(), hit.weak(), hit.plural()), (class, fit, weak, plural));
                prop_assert_eq!((hit.beside(), hit.rest(), hit.reason()), (beside, rest, reason));
                prop_assert_eq!(hit.is_cue(), matches!(reason, Reason::Cue { .. }));
                prop_assert_eq!(hit.lists(), reason == Reason::List);
                let renamed = match reason {
                    Reason::Cue { at, .. } => Reason::Cue { class: other, at },
                    plain => plain,
                };
                prop_assert_eq!((hit.renamed(other).class(), hit.renamed(other).reason()), (other, renamed));
                let far = match reason {
                    Reason::Cue { at: at @ ..0, .. } => Some(40_000_usize - usize::from(at.unsigned_abs())),
                    _ => None,
                };
                prop_assert_eq!(hit.end_before(40_000), far);
            }
        }

        #[test]
        fn every_class_has_its_number(class in classes()) {
            prop_assert_eq!(CueClass::at(class as u64), class);
        }
    }
}
