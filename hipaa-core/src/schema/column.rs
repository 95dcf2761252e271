//! Columns: what a value is, and whether it is sealed or only protected against change.

use super::{Date, Part, PartDef, RecordId, Value};
use core::fmt;
use core::marker::PhantomData;
use zeroize::Zeroizing;

/// The kind of value that a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Text, UTF-8.
    Text,
    /// Bytes.
    Bytes,
    /// A date, possibly partial.
    Date,
    /// A signed 64-bit number.
    Integer,
    /// True or false.
    Boolean,
    /// JSON text, kept byte for byte.
    Json,
    /// Several texts (all given names, say); each is indexed.
    Texts,
    /// The id of another record.
    Reference,
}

/// How a sealed value's length is hidden. Matters only when sealing; any cell opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Padding {
    /// 16, 32, 64, 128, 256 bytes, then multiples of 256.
    Buckets,
    /// One byte: the length is visible.
    None,
}

/// What happens to a NULL in a sealed column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NullPolicy {
    /// Stored as SQL NULL; its absence is covered by the record MAC.
    Absent,
    /// Sealed like a value, so that nobody sees whether there is one.
    Sealed,
}

/// How a column is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protection {
    /// Encrypted and bound to its place.
    Sealed {
        /// How the length is hidden.
        padding: Padding,
        /// What happens to NULL.
        null: NullPolicy,
    },
    /// Readable in the database and covered by the record MAC: for what is not PHI, and for foreign keys.
    Protected,
}

/// A column without its Rust type, as tables keep it.
#[derive(Debug, Clone, Copy, Eq)]
pub struct ColumnDef {
    pub(crate) label: &'static str,
    pub(crate) sql_name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) protection: Protection,
    pub(crate) subject: bool,
    /// Written by the vault alone: a column of a signature.
    pub(crate) of_vault: bool,
}

impl ColumnDef {
    /// The frozen label, bound into keys.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        self.label
    }

    /// The name of the column in SQL.
    #[must_use]
    pub const fn sql_name(&self) -> &'static str {
        self.sql_name
    }

    /// What the column holds.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// How the column is kept.
    #[must_use]
    pub const fn protection(&self) -> Protection {
        self.protection
    }

    /// Whether the column names the patient whom the record is about.
    #[must_use]
    pub const fn is_subject(&self) -> bool {
        self.subject
    }

    /// Whether the vault alone writes it: the columns of a [signature](super::SIGNATURE).
    #[must_use]
    pub const fn is_of_vault(&self) -> bool {
        self.of_vault
    }

    /// Whether values are encrypted.
    #[must_use]
    pub const fn is_sealed(&self) -> bool {
        matches!(self.protection, Protection::Sealed { .. })
    }
}

/// A column whose values are of the Rust type that `T` stands for.
pub struct Column<T> {
    def: ColumnDef,
    marker: PhantomData<fn() -> T>,
}

impl<T> Clone for Column<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Column<T> {}

impl<T> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.def.fmt(f)
    }
}

impl<T> Column<T> {
    const fn sealed(label: &'static str, kind: Kind) -> Self {
        let protection = Protection::Sealed { padding: Padding::Buckets, null: NullPolicy::Absent };
        let def = ColumnDef { label, sql_name: label, kind, protection, subject: false, of_vault: false };
        Self { def, marker: PhantomData }
    }

    const fn with(mut self, protection: Protection) -> Self {
        self.def.protection = protection;
        self
    }

    pub(super) const fn of_vault(mut self) -> Self {
        self.def.of_vault = true;
        self
    }

    /// The column without its Rust type, for [`Table::new`](super::Table::new).
    #[must_use]
    pub const fn def(self) -> ColumnDef {
        self.def
    }

    /// The frozen label, bound into keys.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.def.label
    }

    /// Another SQL name than the label: a rename in the database orphans nothing.
    #[must_use]
    pub const fn stored_as(mut self, sql_name: &'static str) -> Self {
        self.def.sql_name = sql_name;
        self
    }

    /// Lets the length of a sealed value show.
    #[must_use]
    pub const fn unpadded(self) -> Self {
        match self.def.protection {
            Protection::Sealed { null, .. } => self.with(Protection::Sealed { padding: Padding::None, null }),
            Protection::Protected => self,
        }
    }

    /// Seals NULL like a value, so that nobody sees whether there is one.
    #[must_use]
    pub const fn sealed_null(self) -> Self {
        match self.def.protection {
            Protection::Sealed { padding, .. } => self.with(Protection::Sealed { padding, null: NullPolicy::Sealed }),
            Protection::Protected => self,
        }
    }

    const fn part<U>(self, normalizer: super::Normalizer) -> Part<U> {
        Part::new(PartDef { column: self.def.label, normalizer })
    }
}

macro_rules! constructors {
    ($($marker:ty, $name:ident, $kind:ident, $what:literal;)*) => {$(
        impl Column<$marker> {
            #[doc = concat!("A sealed column of ", $what, ".")]
            #[must_use]
            pub const fn $name(label: &'static str) -> Self {
                Self::sealed(label, Kind::$kind)
            }
        }
    )*};
}

constructors! {
    Text, text, Text, "text";
    Bytes, bytes, Bytes, "bytes";
    Date, date, Date, "dates, possibly partial";
    Integer, integer, Integer, "signed 64-bit numbers";
    Boolean, boolean, Boolean, "true or false";
    Json, json, Json, "JSON text, kept byte for byte";
    Texts, texts, Texts, "several texts, each of which is indexed";
}

macro_rules! protectable {
    ($($marker:ty)*) => {$(
        impl Column<$marker> {
            /// Readable in the database and covered by the record MAC. For what is not PHI: states, counters, codes of ours.
            #[must_use]
            pub const fn protected(self) -> Self {
                self.with(Protection::Protected)
            }
        }
    )*};
}

protectable!(Text Bytes Integer Boolean);

impl Column<Reference> {
    /// A foreign key: always readable and covered by the record MAC.
    #[must_use]
    pub const fn reference(label: &'static str) -> Self {
        Self::sealed(label, Kind::Reference).with(Protection::Protected)
    }

    /// The foreign key to the patient whom the record is about. At most one per table; a record cannot be made without.
    #[must_use]
    pub const fn subject(label: &'static str) -> Self {
        let mut column = Self::reference(label);
        column.def.subject = true;
        column
    }

    /// Indexed by the record it names: finds what belongs to a record, such as all that is about one patient.
    #[must_use]
    pub const fn as_reference(self) -> Part<Reference> {
        self.part(super::Normalizer::Reference)
    }
}

macro_rules! text_parts {
    ($($marker:ty)*) => {$(
        impl Column<$marker> {
            /// Indexed as a person's name: Unicode normal form, case, blanks and punctuation do not matter.
            #[must_use]
            pub const fn as_name(self) -> Part<Text> {
                self.part(super::Normalizer::Name)
            }

            /// Indexed as an identifier (MRN, FHIR id, e-mail address): case, blanks and dashes do not matter.
            #[must_use]
            pub const fn as_identifier(self) -> Part<Text> {
                self.part(super::Normalizer::Identifier)
            }

            /// Indexed by its decimal digits alone (SSN).
            #[must_use]
            pub const fn as_digits(self) -> Part<Text> {
                self.part(super::Normalizer::Digits)
            }

            /// Indexed as a phone number.
            #[must_use]
            pub const fn as_phone(self) -> Part<Text> {
                self.part(super::Normalizer::Phone)
            }

            /// Indexed by the last `n` (1 to 16) of its decimal digits.
            #[must_use]
            pub const fn as_last_digits(self, n: u8) -> Part<Text> {
                self.part(super::Normalizer::LastDigits(n))
            }

            /// Indexed by the last `n` (1 to 16) characters of its identifier form.
            #[must_use]
            pub const fn as_last_identifier(self, n: u8) -> Part<Text> {
                self.part(super::Normalizer::LastIdentifier(n))
            }
        }
    )*};
}

text_parts!(Text Texts);

impl Column<Date> {
    /// Indexed as a full date; a partial date gives no term.
    #[must_use]
    pub const fn as_day(self) -> Part<Date> {
        self.part(super::Normalizer::Day)
    }
}

impl Column<Integer> {
    /// Indexed as a number.
    #[must_use]
    pub const fn as_number(self) -> Part<Integer> {
        self.part(super::Normalizer::Number)
    }
}

/// The Rust side of a column kind. Implemented by the markers of this module only.
pub trait ColumnType: private::Sealed + 'static {
    /// What is given when a value is written.
    type Input<'a>;
    /// What is shown when a value is read.
    type View<'a>;
    /// The value for an input.
    fn value(input: Self::Input<'_>) -> Value;
    /// The view of a value; none if it is of another kind.
    fn view(value: &Value) -> Option<Self::View<'_>>;
}

mod private {
    pub trait Sealed {}
}

macro_rules! markers {
    ($($(#[$doc:meta])* $marker:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $marker {}
    )*};
}

markers! {
    /// Marks a column of text.
    Text
    /// Marks a column of bytes.
    Bytes
    /// Marks a column of signed 64-bit numbers.
    Integer
    /// Marks a column of true or false.
    Boolean
    /// Marks a column of JSON text.
    Json
    /// Marks a column of several texts.
    Texts
    /// Marks a column that names another record.
    Reference
}

macro_rules! column_types {
    ($($marker:ty, $input:ty, $view:ty, $given:pat => $value:expr, $seen:pat => $shown:expr;)*) => {$(
        impl private::Sealed for $marker {}
        impl ColumnType for $marker {
            type Input<'a> = $input;
            type View<'a> = $view;
            fn value($given: Self::Input<'_>) -> Value {
                $value
            }
            fn view(value: &Value) -> Option<Self::View<'_>> {
                match value {
                    $seen => Some($shown),
                    _ => None,
                }
            }
        }
    )*};
}

column_types! {
    Text, &'a str, &'a str, text => Value::Text(Zeroizing::new(text.to_owned())), Value::Text(text) => text;
    Bytes, &'a [u8], &'a [u8], bytes => Value::Bytes(Zeroizing::new(bytes.to_vec())), Value::Bytes(bytes) => bytes;
    Date, Date, Date, date => Value::Date(date), Value::Date(date) => *date;
    Integer, i64, i64, number => Value::Integer(number), Value::Integer(number) => *number;
    Boolean, bool, bool, flag => Value::Boolean(flag), Value::Boolean(flag) => *flag;
    Json, &'a str, &'a str, json => Value::Json(Zeroizing::new(json.to_owned())), Value::Json(json) => json;
    Texts, &'a [&'a str], &'a [Zeroizing<String>],
        texts => Value::Texts(texts.iter().map(|text| Zeroizing::new((*text).to_owned())).collect()), Value::Texts(texts) => texts;
    Reference, RecordId, RecordId, id => Value::Reference(id), Value::Reference(id) => *id;
}
