//! Code that looks right and writes PHI where it can be read.

use super::{Kit, person, row};
use hipaa_core::audit::{Action, Body, Event, EventName, Outcome, read_records, tag};
use hipaa_core::schema::RecordId;
use hipaa_core::unit::{Position, Unit as AnyUnit};
use hipaa_sqlite::Error;
use hipaa_sqlite::rusqlite::OptionalExtension;

const NOTED: EventName = EventName::application("org.example.noted");

/// An index of the same label over the same column, normalised otherwise.
mod desk {
    use hipaa_core::schema::*;
    pub(super) const MRN: Column<Text> = Column::text("mrn");
    pub(super) const BY_MRN: Index<(Text,)> = Index::exact("by_mrn", MRN.as_digits());
}

/// Red if an index were known by its label alone.
#[test]
fn an_index_of_another_table_with_the_same_label_finds_nothing_silently() {
    let mut kit = Kit::new();
    kit.person("A1", "Osterman");
    let clinic = kit.clinic.clone();
    let found = kit.db.write(|unit| Ok::<_, Error>(clinic.find(unit, &person::TABLE, desk::BY_MRN, ("A1",))?));
    match found {
        Err(_) => {}
        Ok(found) => assert_eq!(found.open().unwrap().records.len(), 1),
    }
}

/// Red if an offset could wrap round to the tags of the library.
#[test]
fn a_field_of_the_application_never_becomes_one_of_the_library() {
    let mut kit = Kit::new();
    let clinic = kit.clinic.clone();
    for offset in [0, 0x7fff, 0x8000, 0x8002, 0x8006, 0xffff] {
        let event = Event::new(clinic.actor(), NOTED, Action::Execute).application_field(offset, vec![1]);
        let position = append(&mut kit, &event).unwrap();
        let fields = body(&kit, position).fields;
        let ours: Vec<_> = fields.iter().map(|it| it.tag).filter(|it| *it < tag::APPLICATION).collect();
        assert_eq!(ours, [tag::NAME, tag::USER, tag::ROLE, tag::ACTION, tag::OUTCOME]);
    }
}

/// Red if a text were cut, or a length written in one byte without a look.
#[test]
fn an_event_whose_records_do_not_fit_is_refused_and_one_whose_records_fit_reads_back() {
    let mut kit = Kit::new();
    let clinic = kit.clinic.clone();
    let ids: Vec<_> = (0..20_000_u16).map(|n| RecordId::from_slice(&n.to_be_bytes()).unwrap()).collect();
    for (name, many, fits) in [(300, 1, false), (65_536, 1, false), (6, 20_000, false), (6, 0, true), (64, 1, true)] {
        let event = Event::new(clinic.actor(), NOTED, Action::Execute).records(&"t".repeat(name), &ids[..many]);
        let written = append(&mut kit, &event);
        assert_eq!(written.is_ok(), fits, "{name} {many}");
        if let Ok(position) = written {
            let body = body(&kit, position);
            let (table, records) = body.field(tag::RECORDS).and_then(read_records).unwrap();
            assert_eq!((table.len(), records.len()), (name, many));
        }
    }
    assert_eq!(kit.gaps(), 0);
}

fn append(kit: &mut Kit, event: &Event) -> Result<Position, Error> {
    Ok(kit.db.write(|unit| Ok::<_, Error>((unit as &mut dyn AnyUnit).append(event)?))?.into_inner())
}

fn body(kit: &Kit, position: Position) -> Body {
    let sql = "SELECT body FROM hipaa_audit WHERE log = ?1 AND sequence = ?2";
    let key = (position.log.0, position.sequence.cast_signed());
    let bytes: Vec<u8> = kit.thief().query_row(sql, key, |row| row.get(0)).unwrap();
    Body::decode(&bytes).unwrap()
}

/// Red if any of these derived a `Debug` that shows what it holds.
#[test]
fn nothing_that_can_be_printed_shows_a_value() {
    let mut kit = Kit::new();
    let (mrn, family) = ("MRN-77123-77123", "Osterman");
    let id = kit.person(mrn, family);
    let clinic = kit.clinic.clone();
    let actor = clinic.actor().clone().with_user_agent("Osterman/1.0");
    let event = Event::new(&actor, NOTED, Action::Execute).details(family).outcome(Outcome::Denied);
    let set = row(mrn, family);
    let mut shown = format!("{set:?} {event:?} {actor:?} {clinic:?} {:?}", kit.db);
    let read = kit.db.write(|unit| {
        let sealed = clinic.seal(unit, &person::TABLE, &row("MRN-77124-77124", family))?;
        let _ = (unit as &mut dyn AnyUnit).append(&event)?;
        let held = clinic.read(unit, &person::TABLE, id)?;
        let found = clinic.find(unit, &person::TABLE, person::BY_FAMILY, (family,))?;
        shown += &format!("{sealed:?} {held:?} {found:?} {unit:?}");
        let again = clinic.create(unit, &person::TABLE, &row(mrn, "Quist")).unwrap_err();
        shown += &format!("{again:?} {again}");
        Ok::<_, Error>((held, found, clinic.trail(unit, 0, 9)?))
    });
    let read = read.unwrap();
    shown += &format!("{read:?}");
    let (record, found, trail) = read.open().unwrap();
    shown += &format!("{record:?} {found:?} {trail:?}");
    for word in [mrn, family, "77124-77124", "77123-77123"] {
        assert!(!shown.contains(word), "{word} in {shown}");
    }
}

/// Red if errors of SQL carried the statement.
#[test]
fn an_error_of_the_hosts_sql_shows_no_literal() {
    let mut kit = Kit::new();
    let failed = kit.db.write(|unit| {
        let one: Option<i64> = unit
            .sql()
            .query_row("SELECT 'Osterman' FROM nowhere WHERE 'Osterman' = 1", [], |row| row.get(0))
            .optional()?;
        Ok::<_, Error>(one)
    });
    let error = failed.unwrap_err();
    let source = std::error::Error::source(&error).map(|it| format!("{it} {it:?}"));
    assert!(!format!("{error} {error:?} {source:?}").contains("Osterman"));
}
