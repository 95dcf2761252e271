//! Indexes: which values of a record may be searched, and how they are normalised.

use super::{ColumnType, Date, Integer, RecordId, Reference, Text};
use core::fmt;
use core::marker::PhantomData;

/// The fewest bits of an index term.
pub const MIN_INDEX_BITS: u8 = 8;
/// The most bits of an index term.
pub const MAX_INDEX_BITS: u8 = 128;
/// The most parts of one index.
pub const MAX_INDEX_PARTS: usize = 4;

const DEFAULT_BITS: u8 = 64;

/// How a value is brought to the one form under which it is indexed. The rules are in `docs/reference/index-v1.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Normalizer {
    /// A person's name.
    Name,
    /// An identifier, such as an MRN.
    Identifier,
    /// The decimal digits.
    Digits,
    /// A phone number.
    Phone,
    /// A full date.
    Day,
    /// A number.
    Number,
    /// The id of another record.
    Reference,
    /// The last n decimal digits.
    LastDigits(u8),
    /// The last n characters of an identifier.
    LastIdentifier(u8),
}

/// The version of all normalising rules together with their Unicode data; part of every index key.
pub const NORMALIZER_VERSION: u16 = 1;

impl Normalizer {
    /// The frozen name of this rule, part of every index key.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Identifier => "identifier",
            Self::Digits => "digits",
            Self::Phone => "phone",
            Self::Day => "day",
            Self::Number => "number",
            Self::Reference => "reference",
            Self::LastDigits(_) => "last-digits",
            Self::LastIdentifier(_) => "last-identifier",
        }
    }

    /// How many characters are kept from the end; none where all are.
    #[must_use]
    pub const fn kept(self) -> Option<u8> {
        match self {
            Self::LastDigits(n) | Self::LastIdentifier(n) => Some(n),
            _ => None,
        }
    }
}

/// One part of an index without its Rust type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartDef {
    pub(crate) column: &'static str,
    pub(crate) normalizer: Normalizer,
}

impl PartDef {
    /// The label of the column that is indexed.
    #[must_use]
    pub const fn column(&self) -> &'static str {
        self.column
    }

    /// How its values are normalised.
    #[must_use]
    pub const fn normalizer(&self) -> Normalizer {
        self.normalizer
    }
}

/// One part of an index: a column and how its values are normalised.
pub struct Part<T> {
    def: PartDef,
    marker: PhantomData<fn() -> T>,
}

impl<T> Part<T> {
    pub(super) const fn new(def: PartDef) -> Self {
        Self { def, marker: PhantomData }
    }
}

impl<T> Clone for Part<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Part<T> {}

impl<T> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.def.fmt(f)
    }
}

/// An index without its Rust type, as tables keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexDef {
    pub(crate) label: &'static str,
    pub(crate) parts: [PartDef; MAX_INDEX_PARTS],
    pub(crate) count: usize,
    pub(crate) bits: u8,
    pub(crate) unique: bool,
}

impl IndexDef {
    /// The frozen label, bound into keys.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        self.label
    }

    /// The parts, in the order in which a search gives them.
    #[must_use]
    pub fn parts(&self) -> &[PartDef] {
        self.parts.get(..self.count).unwrap_or_default()
    }

    /// The names of the normalisers of all parts, as they enter the index key: `name+name+day`, `last-digits:4`.
    #[must_use]
    pub fn normalizer_id(&self) -> String {
        let part = |part: &PartDef| match part.normalizer.kept() {
            Some(n) => format!("{}:{n}", part.normalizer.id()),
            None => part.normalizer.id().to_owned(),
        };
        self.parts().iter().map(part).collect::<Vec<_>>().join("+")
    }

    /// The bits of a term, 8 to 128.
    #[must_use]
    pub const fn bits(&self) -> u8 {
        self.bits
    }

    /// Whether two records of one tenant may not share a value.
    #[must_use]
    pub const fn is_unique(&self) -> bool {
        self.unique
    }
}

/// A searchable combination of columns, typed by its parts.
///
/// # Security
/// Equal values have equal terms: whoever reads the database sees which records of one tenant share a value. Do not
/// index what has few values (sex, race, a yes or no) by itself.
pub struct Index<P> {
    def: IndexDef,
    marker: PhantomData<fn() -> P>,
}

impl<P> Clone for Index<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Index<P> {}

impl<P> fmt::Debug for Index<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.def.fmt(f)
    }
}

impl<T> Index<(T,)> {
    /// An index over one part; [`Index::and`] adds more.
    #[must_use]
    pub const fn exact(label: &'static str, part: Part<T>) -> Self {
        let parts = [part.def; MAX_INDEX_PARTS];
        let def = IndexDef { label, parts, count: 1, bits: DEFAULT_BITS, unique: false };
        Self { def, marker: PhantomData }
    }
}

impl<P> Index<P> {
    /// The index without its Rust type, for [`Table::new`](super::Table::new).
    #[must_use]
    pub const fn def(self) -> IndexDef {
        self.def
    }

    /// Truncates terms to `bits` (8 to 128; 64 unless told): fewer bits tell a reader of the database less and cost
    /// more false candidates, which the vault weeds out.
    #[must_use]
    pub const fn bits(mut self, bits: u8) -> Self {
        self.def.bits = bits;
        self
    }

    /// Refuses a second record of the same tenant with an equal value. Equality is that of terms, so the index needs 64
    /// bits or more.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.def.unique = true;
        self
    }

    const fn extend<Q>(mut self, part: PartDef) -> Index<Q> {
        self.def.parts[self.def.count] = part;
        self.def.count += 1;
        Index { def: self.def, marker: PhantomData }
    }
}

macro_rules! and {
    ($($from:ident)* => $added:ident) => {
        impl<$($from),*> Index<($($from,)*)> {
            /// The same index with one more part; a search must give all of them.
            #[must_use]
            pub const fn and<$added>(self, part: Part<$added>) -> Index<($($from,)* $added)> {
                self.extend(part.def)
            }
        }
    };
}

and!(A => B);
and!(A B => C);
and!(A B C => D);

/// What is searched for in one part of an index.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Probe<'a> {
    /// Text, normalised as the index says.
    Text(&'a str),
    /// A date.
    Date(Date),
    /// A number.
    Integer(i64),
    /// The id of another record.
    Reference(RecordId),
}

impl fmt::Debug for Probe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probe(…)")
    }
}

/// A type that can be part of an index.
pub trait Searchable: ColumnType {
    /// The probe for one value.
    fn probe<'a>(input: Self::Input<'a>) -> Probe<'a>;
}

impl Searchable for Text {
    fn probe<'a>(input: Self::Input<'a>) -> Probe<'a> {
        Probe::Text(input)
    }
}

impl Searchable for Date {
    fn probe<'a>(input: Self::Input<'a>) -> Probe<'a> {
        Probe::Date(input)
    }
}

impl Searchable for Integer {
    fn probe<'a>(input: Self::Input<'a>) -> Probe<'a> {
        Probe::Integer(input)
    }
}

impl Searchable for Reference {
    fn probe<'a>(input: Self::Input<'a>) -> Probe<'a> {
        Probe::Reference(input)
    }
}

/// Search parts that fit an index of type `P`: a tuple with one value per part, in order.
///
/// A missing or misordered part does not compile:
///
/// ```compile_fail,E0277
/// use hipaa_core::schema::*;
/// const FAMILY: Column<Text> = Column::text("family");
/// const BORN: Column<Date> = Column::date("birth_date");
/// const BY_NAME: Index<(Text, Date)> = Index::exact("name_birth", FAMILY.as_name()).and(BORN.as_day());
/// fn parts<'a, P>(_: Index<P>, parts: impl Parts<'a, P>) {}
/// parts(BY_NAME, ("Miller",));
/// ```
///
/// ```compile_fail,E0308
/// use hipaa_core::schema::*;
/// const FAMILY: Column<Text> = Column::text("family");
/// const BORN: Column<Date> = Column::date("birth_date");
/// const BY_NAME: Index<(Text, Date)> = Index::exact("name_birth", FAMILY.as_name()).and(BORN.as_day());
/// fn parts<'a, P>(_: Index<P>, parts: impl Parts<'a, P>) {}
/// parts(BY_NAME, (Date::new(1943, 3, 17).unwrap(), "Miller"));
/// ```
pub trait Parts<'a, P> {
    /// The probes, one per part.
    fn probes(self) -> Vec<Probe<'a>>;
}

macro_rules! parts {
    ($($part:ident $value:ident)*) => {
        impl<'a, $($part: Searchable),*> Parts<'a, ($($part,)*)> for ($($part::Input<'a>,)*) {
            fn probes(self) -> Vec<Probe<'a>> {
                let ($($value,)*) = self;
                vec![$($part::probe($value)),*]
            }
        }
    };
}

parts!(A a);
parts!(A a B b);
parts!(A a B b C c);
parts!(A a B b C c D d);
