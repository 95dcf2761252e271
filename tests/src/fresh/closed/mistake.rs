//! Values that a mistake wrote in clear. Each of these succeeded once.

use crate::fresh::{Kit, person};
use hipaa_core::vault::Row;
use hipaa_sqlite::Error;

/// Another table with columns and an index of the same labels, declared otherwise.
mod desk {
    use hipaa_core::schema::*;
    pub(super) const FAMILY: Column<Text> = Column::text("family").protected();
    pub(super) const MRN: Column<Text> = Column::text("mrn");
    pub(super) const BY_MRN: Index<(Text,)> = Index::exact("by_mrn", MRN.as_digits());
    pub(super) const TABLE: Table = Table::new("desk", &[FAMILY.def(), MRN.def()], &[BY_MRN.def()]);
    /// The same table as `person`, after somebody edited the declaration.
    pub(super) const WARD: Column<Text> = Column::text("ward").protected();
    pub(super) const PERSON: Table = Table::new("person", &[MRN.def(), FAMILY.def(), WARD.def()], &[]);
}

fn holds(kit: &Kit, what: &str) -> bool {
    kit.db.connection().pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    let bytes = std::fs::read(kit.path()).unwrap();
    bytes.windows(what.len()).any(|it| it == what.as_bytes())
}

#[test]
fn a_value_set_for_a_sealed_column_is_not_written_in_clear_into_another_table() {
    let mut kit = Kit::new();
    kit.db.declare(&[&desk::TABLE]).unwrap();
    let clinic = kit.clinic.clone();
    let wrong = Row::new().set(person::FAMILY, "Osterman");
    let made = kit.db.write(|unit| Ok::<_, Error>(clinic.create(unit, &desk::TABLE, &wrong)?));
    assert!(made.is_err() || !holds(&kit, "Osterman"), "written in clear");
    let right = Row::new().set(desk::FAMILY, "Osterman");
    let made = kit.db.write(|unit| Ok::<_, Error>(clinic.create(unit, &desk::TABLE, &right)?));
    assert!(made.is_ok());
}

#[test]
fn a_column_that_was_sealed_is_not_written_in_clear_by_a_later_declaration() {
    let mut kit = Kit::new();
    kit.person("1", "Quist");
    let refused = kit.db.declare(&[&desk::PERSON]);
    assert!(refused.is_err());
    let clinic = kit.clinic.clone();
    let row = Row::new().set(desk::FAMILY, "Osterman");
    let made = kit.db.write(|unit| Ok::<_, Error>(clinic.create(unit, &desk::PERSON, &row)?));
    assert!(made.is_err() || !holds(&kit, "Osterman"), "written in clear after {refused:?}");
}
