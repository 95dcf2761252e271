//! What is shown of a value in place of it, by the role of who looks.
//!
//! A mask belongs to a type of column, and one that does not fit its column does not compile:
//!
//! ```compile_fail,E0277
//! use hipaa_core::{auth::{mask::Mask, role::Role}, schema::*};
//! const BORN: Column<Date> = Column::date("birth_date");
//! const TABLE: Table = Table::new("patient", &[BORN.def()], &[]);
//! let role = Role::new("BILLING").mask(&TABLE, BORN, Mask::last(4));
//! ```
//!
//! Where two rules meet, the stricter counts; where neither is, nothing is shown.
//!
//! # Source
//! 45 CFR § 164.502(b) and § 164.514(d), minimum necessary; § 164.514(b)(2)(i), which dates and ZIP codes may show.

mod apply;
#[cfg(test)]
mod tests;

pub use apply::Masked;

use crate::schema::{Date, Text, Texts};
use core::fmt;
use core::marker::PhantomData;

/// The most characters that [`Mask::last`] shows.
pub const MAX_LAST: u8 = 8;

/// What of a column a role sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum View {
    /// The value.
    Clear,
    /// The last characters, where at least as many stay hidden.
    Last(u8),
    /// `***-**-1234` of nine digits.
    Ssn,
    /// The last four digits of a card of 12 or more.
    Card,
    /// The first letter.
    Initial,
    /// The first letter and the domain of an e-mail address.
    Email,
    /// The first three digits of a ZIP code.
    Postal,
    /// The year of a date; years more than 89 years ago are one.
    Year,
    /// Nothing, not even whether there is a value.
    Hidden,
}

impl View {
    /// What is left where two rules meet: the stricter, or nothing where neither is the stricter one.
    #[must_use]
    pub fn strictest(self, other: Self) -> Self {
        match (self, other) {
            (Self::Clear, view) | (view, Self::Clear) => view,
            (Self::Last(one), Self::Last(two)) => Self::Last(one.min(two)),
            (one, two) if one == two => one,
            _ => Self::Hidden,
        }
    }
}

/// How it is written in a table of permissions.
impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clear => f.write_str("clear"),
            Self::Last(count) => write!(f, "last {count}"),
            Self::Ssn => f.write_str("ssn"),
            Self::Card => f.write_str("card"),
            Self::Initial => f.write_str("initial"),
            Self::Email => f.write_str("email"),
            Self::Postal => f.write_str("postal"),
            Self::Year => f.write_str("year"),
            Self::Hidden => f.write_str("hidden"),
        }
    }
}

/// A mask for columns of the type that `T` stands for.
pub struct Mask<T> {
    view: View,
    marker: PhantomData<fn() -> T>,
}

impl<T> Mask<T> {
    const fn new(view: View) -> Self {
        Self { view, marker: PhantomData }
    }

    /// Nothing is shown, not even whether there is a value. Fits every column.
    #[must_use]
    pub const fn hidden() -> Self {
        Self::new(View::Hidden)
    }

    /// What is shown.
    #[must_use]
    pub const fn view(self) -> View {
        self.view
    }
}

/// Types of columns that hold text.
pub trait Textual: private::Sealed {}

mod private {
    pub trait Sealed {}
}

impl private::Sealed for Text {}
impl private::Sealed for Texts {}
impl Textual for Text {}
impl Textual for Texts {}

impl<T: Textual> Mask<T> {
    /// The last `count` letters and digits (1 to [`MAX_LAST`], else the nearest), where at least as many stay hidden; else
    /// nothing.
    #[must_use]
    pub const fn last(count: u8) -> Self {
        let count = if count == 0 { 1 } else { count };
        Self::new(View::Last(if count > MAX_LAST { MAX_LAST } else { count }))
    }

    /// `***-**-1234` where the value has nine digits; else nothing.
    #[must_use]
    pub const fn ssn() -> Self {
        Self::new(View::Ssn)
    }

    /// The last four digits of a card number of 12 to 19; else nothing.
    #[must_use]
    pub const fn card() -> Self {
        Self::new(View::Card)
    }

    /// The first letter, where more follows.
    #[must_use]
    pub const fn initial() -> Self {
        Self::new(View::Initial)
    }

    /// The first letter and the domain of an e-mail address; else nothing.
    #[must_use]
    pub const fn email() -> Self {
        Self::new(View::Email)
    }

    /// The first three digits of a ZIP code; else nothing.
    #[must_use]
    pub const fn postal() -> Self {
        Self::new(View::Postal)
    }
}

impl Mask<Date> {
    /// The year; years more than 89 years ago are shown as one.
    #[must_use]
    pub const fn year() -> Self {
        Self::new(View::Year)
    }
}

impl<T> Clone for Mask<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Mask<T> {}

impl<T> fmt::Debug for Mask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view.fmt(f)
    }
}
