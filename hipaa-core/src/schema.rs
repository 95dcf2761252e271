//! Tables, columns and indexes as constant values: the PHI inventory that an auditor can read.
//!
//! A schema is data: rotation, verification and inventory read it at run time, and the compiler checks it, because
//! [`Table::new`] refuses wrong declarations while constants are evaluated. Labels are bound into keys and never
//! change; SQL names may.
//!
//! ```
//! use hipaa_core::schema::*;
//! const FAMILY: Column<Text> = Column::text("family");
//! const BORN: Column<Date> = Column::date("birth_date");
//! const BY_NAME: Index<(Text, Date)> = Index::exact("name_birth", FAMILY.as_name()).and(BORN.as_day());
//! const TABLE: Table = Table::new("patient", &[FAMILY.def(), BORN.def()], &[BY_NAME.def()]);
//! assert_eq!(TABLE.label(), "patient");
//! ```
//!
//! A duplicate column does not compile:
//!
//! ```compile_fail,E0080
//! use hipaa_core::schema::*;
//! const FAMILY: Column<Text> = Column::text("family");
//! const TABLE: Table = Table::new("patient", &[FAMILY.def(), FAMILY.def()], &[]);
//! ```
//!
//! Neither does an index over a column that the table does not have:
//!
//! ```compile_fail,E0080
//! use hipaa_core::schema::*;
//! const FAMILY: Column<Text> = Column::text("family");
//! const GIVEN: Column<Text> = Column::text("given");
//! const BY_GIVEN: Index<(Text,)> = Index::exact("by_given", GIVEN.as_name());
//! const TABLE: Table = Table::new("patient", &[FAMILY.def()], &[BY_GIVEN.def()]);
//! ```
//!
//! May import `encoding` only; holds no keys and no I/O.

mod check;
mod column;
mod date;
mod id;
mod index;
mod same;
mod signature;
mod table;
mod value;

pub use column::{
    Boolean, Bytes, Column, ColumnDef, ColumnType, Integer, Json, Kind, NullPolicy, Padding, Protection, Reference,
    Text, Texts,
};
pub use date::{Date, DateError};
pub use id::{IdError, MAX_RECORD_ID_BYTES, RecordId, TenantId, UserId};
pub use index::{
    Index, IndexDef, MAX_INDEX_BITS, MAX_INDEX_PARTS, MIN_INDEX_BITS, NORMALIZER_VERSION, Normalizer, Part, PartDef,
    Parts, Probe, Searchable,
};
pub use signature::{AMENDS, BY_AMENDS, SIGNATURE, SIGNATURE_SALT};
pub use table::{MAX_COLUMNS, MAX_INDEXES, Table};
pub use value::{MAX_VALUE_BYTES, Value};
