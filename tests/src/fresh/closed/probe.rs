//! Half of a write, and swallowed terms. Each of these succeeded once.

use crate::fresh::{Kit, person, row};
use hipaa_core::vault::Row;
use hipaa_sqlite::Error;

#[test]
fn an_update_that_fails_leaves_nothing_in_a_unit_that_goes_on() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    kit.db
        .write(|unit| Ok::<_, Error>(clinic.create(unit, &person::TABLE, &Row::new().set(person::WARD, "west"))?))
        .unwrap()
        .into_inner();
    kit.db.connection().execute_batch("CREATE UNIQUE INDEX mine ON person (ward)").unwrap();
    let change = Row::new().set(person::WARD, "west");
    let done = kit.db.write(|unit| Ok::<_, Error>(clinic.update(unit, &person::TABLE, (id, 1), &change).is_err()));
    assert!(done.is_err());
    assert_eq!(kit.family(id), Ok(("Osterman".to_owned(), true)));
}

#[test]
fn a_create_whose_terms_are_swallowed_is_an_error() {
    let mut kit = Kit::new();
    kit.thief()
        .execute_batch("CREATE TRIGGER quiet BEFORE INSERT ON hipaa_term BEGIN SELECT RAISE(IGNORE); END")
        .unwrap();
    let clinic = kit.clinic.clone();
    let made: Vec<_> = (0..2)
        .map(|_| {
            kit.db.write(|unit| Ok::<_, Error>(clinic.create(unit, &person::TABLE, &row("1", "Osterman"))?)).is_ok()
        })
        .collect();
    assert_eq!(made, [false, false], "two records with one unique value");
}
