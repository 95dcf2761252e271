//! From values to normal forms, and from normal forms to terms.

use super::IndexError;
use super::normalize;
use crate::encoding;
use crate::schema::{IndexDef, MAX_INDEX_BITS, Normalizer, PartDef, Probe, Table, Value};
use core::borrow::Borrow;
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The most terms of one record over all its indexes.
pub const MAX_TERMS_PER_RECORD: usize = 256;

/// Of the encoding of a normal form.
const LABEL: &str = "term";
const MAX_TERM_BYTES: usize = (MAX_INDEX_BITS / 8) as usize;

/// An index term: 1 to 16 bytes; the bits beyond the index's width are zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    bytes: [u8; MAX_TERM_BYTES],
    length: u8,
}

impl Term {
    /// The term with these 1 to 16 bytes.
    #[must_use]
    pub fn from_slice(term: &[u8]) -> Option<Self> {
        let mut bytes = [0; MAX_TERM_BYTES];
        bytes.get_mut(..term.len())?.copy_from_slice(term);
        (!term.is_empty()).then_some(Self { bytes, length: u8::try_from(term.len()).ok()? })
    }

    /// The bytes of this term.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Term({} bytes)", self.length)
    }
}

/// The encoded normal form of one combination of parts; compared in constant time, wiped on drop.
pub(crate) struct NormalForm(Zeroizing<Vec<u8>>);

impl NormalForm {
    pub(crate) fn term(&self, key: &[u8; 32], bits: u8) -> Term {
        let hash = blake3::keyed_hash(key, &self.0);
        let length = bits.div_ceil(8);
        let mut bytes = [0; MAX_TERM_BYTES];
        let kept = usize::from(length).min(MAX_TERM_BYTES);
        bytes[..kept].copy_from_slice(&hash.as_bytes()[..kept]);
        if !bits.is_multiple_of(8) {
            bytes[kept - 1] &= 0xff << (8 - bits % 8);
        }
        Term { bytes, length }
    }

    #[cfg(any(test, feature = "danger"))]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// The normal form of what is searched for.
pub(crate) fn probe_form(index: &IndexDef, probes: &[Probe<'_>]) -> Result<NormalForm, IndexError> {
    if index.parts().len() != probes.len() {
        return Err(IndexError::EmptyPart);
    }
    form(index, probes.iter().map(|probe| Some(*probe)))?.ok_or(IndexError::EmptyPart)
}

/// The normal forms of a record for one index: every combination of the values of its parts; none where a part is empty.
pub(crate) fn record_forms<V: Borrow<Value>>(
    table: &Table,
    index: &IndexDef,
    values: &[Option<V>],
) -> Result<Vec<NormalForm>, IndexError> {
    let value = |part: &PartDef| values.get(table.position(part.column())?)?.as_ref().map(V::borrow);
    if index.parts().iter().any(|part| matches!(value(part), Some(Value::Texts(_)))) {
        return combinations(index, value);
    }
    Ok(form(index, index.parts().iter().map(|part| value(part).and_then(probe)))?.into_iter().collect())
}

/// One value as it is searched for.
fn probe(value: &Value) -> Option<Probe<'_>> {
    match value {
        Value::Text(text) => Some(Probe::Text(text)),
        Value::Date(date) => Some(Probe::Date(*date)),
        Value::Integer(number) => Some(Probe::Integer(*number)),
        Value::Reference(record) => Some(Probe::Reference(*record)),
        _ => None,
    }
}

/// The form of one value per part, normalised in place; none where a part is missing or empty.
fn form<'a>(
    index: &IndexDef,
    probes: impl Iterator<Item = Option<Probe<'a>>> + Clone,
) -> Result<Option<NormalForm>, IndexError> {
    let size = probes.clone().map(|probe| probe.map_or(0, room)).fold(8, usize::saturating_add);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    encoding::begin(&mut *bytes, LABEL, index.parts().len());
    let mut whole = true;
    for (part, probe) in index.parts().iter().zip(probes) {
        let Some(probe) = probe else {
            whole = false;
            continue;
        };
        normalize::reserve(&mut bytes, room(probe));
        whole &= encoding::part_with(&mut *bytes, |out| append(part.normalizer(), probe, out))?;
    }
    Ok(whole.then_some(NormalForm(bytes)))
}

/// The forms of a record that has several values in one part or more.
fn combinations<'a>(
    index: &IndexDef,
    value: impl Fn(&PartDef) -> Option<&'a Value>,
) -> Result<Vec<NormalForm>, IndexError> {
    let mut rows: Vec<Vec<Zeroizing<Vec<u8>>>> = vec![Vec::new()];
    for part in index.parts() {
        let forms = part_forms(part.normalizer(), value(part))?;
        if forms.len().saturating_mul(rows.len()) > MAX_TERMS_PER_RECORD {
            return Err(IndexError::TooManyTerms);
        }
        rows = rows
            .iter()
            .flat_map(|row| forms.iter().map(|form| [row.as_slice(), core::slice::from_ref(form)].concat()))
            .collect();
    }
    let join = |parts: &Vec<Zeroizing<Vec<u8>>>| {
        let parts = parts.iter().map(|part| part.as_slice()).collect::<Vec<_>>();
        NormalForm(Zeroizing::new(encoding::encode(LABEL, &parts)))
    };
    Ok(rows.iter().map(join).collect())
}

fn part_forms(normalizer: Normalizer, value: Option<&Value>) -> Result<Vec<Zeroizing<Vec<u8>>>, IndexError> {
    let Some(Value::Texts(texts)) = value else {
        let one = value.and_then(probe).map(|probe| normal_part(normalizer, probe));
        return Ok(one.transpose()?.flatten().into_iter().collect());
    };
    let forms = texts.iter().map(|text| normal_part(normalizer, Probe::Text(text)));
    let mut forms = forms.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
    forms.sort_unstable_by(|left, right| left.as_slice().cmp(right.as_slice()));
    forms.dedup();
    Ok(forms)
}

fn normal_part(normalizer: Normalizer, probe: Probe<'_>) -> Result<Option<Zeroizing<Vec<u8>>>, IndexError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(room(probe)));
    let any = append(normalizer, probe, &mut bytes)?;
    Ok(any.then_some(bytes))
}

/// Appends the normal form of one part, and says whether there is any.
fn append(normalizer: Normalizer, probe: Probe<'_>, out: &mut Vec<u8>) -> Result<bool, IndexError> {
    let start = out.len();
    match probe {
        Probe::Text(text) => normalize::text(normalizer, text, out)?,
        Probe::Date(date) => normalize::day(date, out),
        Probe::Integer(number) => out.extend_from_slice(&number.to_be_bytes()),
        Probe::Reference(record) => out.extend_from_slice(record.as_bytes()),
    }
    Ok(out.len() > start)
}

/// Room for the normal form of one part and the length before it, in most cases.
const fn room(probe: Probe<'_>) -> usize {
    match probe {
        Probe::Text(text) => text.len() + 12,
        Probe::Reference(_) => 48,
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, Date, Index, RecordId, Reference, Text, Texts};

    const FAMILY: Column<Texts> = Column::texts("family");
    const GIVEN: Column<Texts> = Column::texts("given");
    const BORN: Column<Date> = Column::date("born");
    const SSN: Column<Text> = Column::text("ssn");
    const BY_NAME: Index<(Text, Text, Date)> =
        Index::exact("by_name", FAMILY.as_name()).and(GIVEN.as_name()).and(BORN.as_day());
    const BY_SSN: Index<(Text,)> = Index::exact("by_ssn4", SSN.as_last_digits(4)).bits(12);
    const TABLE: Table =
        Table::new("patient", &[FAMILY.def(), GIVEN.def(), BORN.def(), SSN.def()], &[BY_NAME.def(), BY_SSN.def()]);

    fn texts(all: &[&str]) -> Option<Value> {
        Some(Value::Texts(all.iter().map(|text| Zeroizing::new((*text).to_owned())).collect()))
    }

    fn text(one: &str) -> Option<Value> {
        Some(Value::Text(Zeroizing::new(one.to_owned())))
    }

    fn born(date: &str) -> Option<Value> {
        Some(Value::Date(Date::parse(date).unwrap()))
    }

    #[test]
    fn every_combination_of_several_values_has_a_term() {
        let values =
            [texts(&["Müller", "Schmidt", " "]), texts(&["Anna", "Anna Maria", "ANNA"]), born("1980-01-02"), None];
        let forms = record_forms(&TABLE, &BY_NAME.def(), &values).unwrap();
        assert_eq!(forms.len(), 4);
        let day = Date::parse("1980-01-02").unwrap();
        let probe =
            probe_form(&BY_NAME.def(), &[Probe::Text("MU\u{308}LLER"), Probe::Text(" anna  maria"), Probe::Date(day)])
                .unwrap();
        assert_eq!(forms.iter().filter(|form| form.matches(&probe)).count(), 1);
    }

    #[test]
    fn an_empty_part_gives_no_term_and_is_no_search() {
        let values = [texts(&["Müller"]), texts(&[]), born("1980-01-02"), None];
        assert!(record_forms(&TABLE, &BY_NAME.def(), &values).unwrap().is_empty());
        let partial = [texts(&["Müller"]), texts(&["Anna"]), born("1980-01"), None];
        assert!(record_forms(&TABLE, &BY_NAME.def(), &partial).unwrap().is_empty());
        assert_eq!(probe_form(&BY_SSN.def(), &[Probe::Text("12")]).map(|_| ()), Err(IndexError::EmptyPart));
    }

    #[test]
    fn a_reference_is_indexed_by_the_bytes_of_the_record_it_names() {
        const SUBJECT: Column<Reference> = Column::subject("subject");
        const BY_SUBJECT: Index<(Reference,)> = Index::exact("by_subject", SUBJECT.as_reference());
        const NOTE: Table = Table::new("note", &[SUBJECT.def()], &[BY_SUBJECT.def()]);
        let index = BY_SUBJECT.def();
        assert_eq!(index.normalizer_id(), "reference");
        let [own, other] = [1, 2].map(|byte| RecordId::from_random([byte; 16]));
        let forms = record_forms(&NOTE, &index, &[Some(Value::Reference(own))]).unwrap();
        assert_eq!(forms[0].as_bytes(), encoding::encode("term", &[own.as_bytes()]));
        for (probe, found) in [(own, true), (other, false)] {
            assert_eq!(forms[0].matches(&probe_form(&index, &[Probe::Reference(probe)]).unwrap()), found);
        }
        assert!(record_forms(&NOTE, &index, &[None::<Value>]).unwrap().is_empty());
    }

    #[test]
    fn more_terms_than_the_limit_are_refused() {
        let many = (0..17).map(|n| format!("name{n}")).collect::<Vec<_>>();
        let many = many.iter().map(String::as_str).collect::<Vec<_>>();
        let values = [texts(&many), texts(&many), born("1980-01-02"), None];
        assert_eq!(record_forms(&TABLE, &BY_NAME.def(), &values).map(|_| ()), Err(IndexError::TooManyTerms));
    }

    #[test]
    fn a_term_has_the_bits_of_its_index() {
        let values = [None, None, None, text("999-53-8547")];
        let form = &record_forms(&TABLE, &BY_SSN.def(), &values).unwrap()[0];
        let full = form.term(&[1; 32], 128);
        for bits in 8..=128u8 {
            let term = form.term(&[1; 32], bits);
            assert_eq!(term.as_bytes().len(), usize::from(bits.div_ceil(8)));
            for bit in 0..term.as_bytes().len() * 8 {
                let of = |term: &Term| term.as_bytes()[bit / 8] >> (7 - bit % 8) & 1;
                assert_eq!(of(&term), if bit < usize::from(bits) { of(&full) } else { 0 });
            }
        }
        assert_ne!(full, form.term(&[2; 32], 128));
    }
}
