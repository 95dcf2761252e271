//! The tables that are measured.

use crate::Failure;
use crate::sample::{COLUMNS, Person};
use hipaa_core::schema::{Column, Date, Index, Table, Text, Value};
use hipaa_core::vault::Row;

/// Family name.
pub const FAMILY: Column<Text> = Column::text("family");
/// Given name.
pub const GIVEN: Column<Text> = Column::text("given");
/// Birth date.
pub const BORN: Column<Date> = Column::date("birth_date");
/// The columns behind the birth date.
const OTHERS: [Column<Text>; COLUMNS - 3] = [
    Column::text("sex"),
    Column::text("ssn"),
    Column::text("mrn"),
    Column::text("phone"),
    Column::text("email"),
    Column::text("street"),
    Column::text("city"),
    Column::text("postcode"),
    Column::text("language"),
];

/// By family name, given name and birth date.
pub const BY_NAME: Index<(Text, Text, Date)> =
    Index::exact("name_birth", FAMILY.as_name()).and(GIVEN.as_name()).and(BORN.as_day());
const BY_SSN: Index<(Text,)> = Index::exact("ssn", OTHERS[1].as_digits());
const BY_MRN: Index<(Text,)> = Index::exact("mrn", OTHERS[2].as_identifier());

/// A patient with twelve sealed columns and three indexes.
pub static CHART: Table = Table::new(
    "patient",
    &[
        FAMILY.def(),
        GIVEN.def(),
        BORN.def(),
        OTHERS[0].def(),
        OTHERS[1].def(),
        OTHERS[2].def(),
        OTHERS[3].def(),
        OTHERS[4].def(),
        OTHERS[5].def(),
        OTHERS[6].def(),
        OTHERS[7].def(),
        OTHERS[8].def(),
    ],
    &[BY_NAME.def(), BY_SSN.def(), BY_MRN.def()],
);

/// A patient with a name and a birth date, and the index over them.
pub static NAME: Table = Table::new("person", &[FAMILY.def(), GIVEN.def(), BORN.def()], &[BY_NAME.def()]);

/// A birth date.
///
/// # Errors
/// None for a made-up patient.
pub fn born(person: &Person) -> Result<Date, Failure> {
    let (year, month, day) = person.born;
    Ok(Date::new(year, month, day)?)
}

/// The values of a chart, in the order of its columns.
///
/// # Errors
/// As [`born`].
pub fn values(person: &Person) -> Result<Vec<Option<Value>>, Failure> {
    let text = |text: &String| Some(Value::Text(text.clone().into()));
    let head = [text(&person.family), text(&person.given), Some(Value::Date(born(person)?))];
    Ok(head.into_iter().chain(person.others.iter().map(text)).collect())
}

/// A new row of [`CHART`].
///
/// # Errors
/// As [`born`].
pub fn chart(person: &Person) -> Result<Row, Failure> {
    let pairs = OTHERS.iter().zip(&person.others);
    Ok(pairs.fold(name(person)?, |row, (column, text)| row.set(*column, text.as_str())))
}

/// A new row of [`NAME`].
///
/// # Errors
/// As [`born`].
pub fn name(person: &Person) -> Result<Row, Failure> {
    Ok(Row::new().set(FAMILY, &person.family).set(GIVEN, &person.given).set(BORN, born(person)?))
}

/// The padded plaintexts of a chart, as its cells hold them: type, value, end mark, zeros up to the next bucket.
#[must_use]
pub fn padded(person: &Person) -> [Vec<u8>; COLUMNS] {
    let (year, month, day) = person.born;
    let [high, low] = year.to_be_bytes();
    let mut cells = <[Vec<u8>; COLUMNS]>::default();
    let texts = [&person.family, &person.given].into_iter().chain(&person.others);
    let mut texts = texts.map(|text| pad(1, text.as_bytes()));
    for (at, cell) in cells.iter_mut().enumerate() {
        *cell = if at == 2 { pad(3, &[high, low, month, day]) } else { texts.next().unwrap_or_default() };
    }
    cells
}

fn pad(kind: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = [&[kind], value, &[0x80]].concat();
    let length = bytes.len().next_power_of_two().max(16);
    bytes.resize(length, 0);
    bytes
}
