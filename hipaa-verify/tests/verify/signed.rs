//! Signed records: what the log says of a signature, against what the row carries. Nobody here holds a key.

use crate::attack::{Entry, Thief};
use crate::scene::{Found, PATIENT, Scene, patient};
use hipaa_core::audit::{Body, Field, tag};
use hipaa_core::schema::{AMENDS, Column, RecordId, Reference, SIGNATURE, SIGNATURE_SALT, Table, Text};
use hipaa_core::vault::Row;
use rusqlite::params;

const ABOUT: Column<Reference> = Column::subject("about");
const NOTE: Column<Text> = Column::text("note");
const ENCOUNTER: Table = Table::new("encounter", &[ABOUT.def(), NOTE.def(), SIGNATURE, SIGNATURE_SALT, AMENDS], &[]);
const CLASS: &str = "record-signature";

/// Two signed records, a draft, and where in the log of North the first was signed.
struct Signed {
    scene: Scene,
    records: [RecordId; 2],
    draft: RecordId,
    /// The draft row of the first record, and its state.
    earlier: (Vec<u8>, i64, Vec<u8>),
    place: u64,
}

fn signed() -> Signed {
    let scene = Scene::small(0);
    let (mut db, vault) = (scene.open(), scene.vault(scene.north));
    db.declare(&[&ENCOUNTER]).unwrap();
    let write = |db: &mut hipaa_sqlite::Database, note: &str| {
        let row = Row::new().set(ABOUT, scene.record).set(NOTE, note);
        db.write(|unit| vault.create(unit, &ENCOUNTER, &row)).unwrap().into_inner()
    };
    let records = ["chest pain", "back pain"].map(|note| write(&mut db, note));
    let draft = write(&mut db, "a draft");
    let earlier = earlier(&scene, records[0]);
    let place = scene.size(scene.north);
    for record in records {
        db.write(|unit| vault.sign(unit, &ENCOUNTER, (record, 1))).unwrap().into_inner();
    }
    let more = Row::new().set(NOTE, "not the chest");
    db.write(|unit| vault.amend(unit, &ENCOUNTER, records[0], &more)).unwrap().into_inner();
    db.write(|unit| vault.create(unit, &PATIENT, &patient("Brandt"))).unwrap().into_inner();
    Signed { scene, records, draft, earlier, place }
}

fn earlier(scene: &Scene, record: RecordId) -> (Vec<u8>, i64, Vec<u8>) {
    let sql = "SELECT hipaa_seal, version, mac FROM encounter e JOIN hipaa_state s ON s.record = e.record
        WHERE e.record = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    rusqlite::Connection::open(scene.path()).unwrap().query_row(sql, [record.as_bytes()], read).unwrap()
}

impl Signed {
    fn attack(&self, work: impl FnOnce(&Thief)) {
        let thief = Thief::new(&self.scene);
        let before = thief.content();
        work(&thief);
        assert!(thief.content() != before, "the attack changed nothing");
    }

    fn found(&self) -> Vec<Found> {
        self.scene.verify(&["--records"]).found.into_iter().collect()
    }

    /// The breaks of signatures alone.
    fn of_signatures(&self) -> Vec<Found> {
        self.found().into_iter().filter(|(class, ..)| class == CLASS).collect()
    }

    fn at(&self, place: u64) -> Found {
        (CLASS.to_owned(), Some(self.scene.north), Some((place, place)))
    }
}

#[test]
fn what_was_signed_and_amended_is_clean() {
    let signed = signed();
    let outcome = signed.scene.verify(&["--records"]);
    assert_eq!((outcome.code, outcome.found.len()), (4, 0), "{:?}", outcome.found);
}

#[test]
fn a_signature_taken_off_a_row_is_found_where_the_row_alone_looks_like_a_draft() {
    let signed = signed();
    let sql = "UPDATE encounter SET hipaa_signature = NULL, hipaa_signature_salt = NULL WHERE record = ?1";
    signed.attack(|thief| thief.run(sql, [signed.records[0].as_bytes()]));
    assert_eq!(signed.found(), [signed.at(signed.place)]);
}

#[test]
fn signatures_of_two_records_put_in_each_others_place_are_found() {
    let signed = signed();
    let [one, two] = signed.records;
    signed.attack(|thief| {
        let swap =
            "CREATE TEMP TABLE taken AS SELECT record, hipaa_signature s, hipaa_signature_salt t FROM encounter;";
        thief.sql.execute_batch(swap).unwrap();
        for (from, to) in [(one, two), (two, one)] {
            let sql = "UPDATE encounter SET (hipaa_signature, hipaa_signature_salt) =
                (SELECT s, t FROM taken WHERE record = ?1) WHERE record = ?2";
            thief.run(sql, params![from.as_bytes(), to.as_bytes()]);
        }
    });
    assert_eq!(signed.found(), [signed.at(signed.place), signed.at(signed.place + 1)]);
}

#[test]
fn a_signature_put_on_a_draft_is_found() {
    let signed = signed();
    let sql = "UPDATE encounter SET hipaa_signature = (SELECT hipaa_signature FROM encounter WHERE record = ?2)
        WHERE record = ?1";
    signed.attack(|thief| thief.run(sql, params![signed.draft.as_bytes(), signed.records[0].as_bytes()]));
    assert_eq!(signed.found(), [(CLASS.to_owned(), Some(signed.scene.north), None)]);
    let number = "UPDATE encounter SET hipaa_signature = 7 WHERE record = ?1";
    signed.attack(|thief| thief.run(number, [signed.draft.as_bytes()]));
    assert_eq!(signed.found(), [(CLASS.to_owned(), Some(signed.scene.north), None)]);
}

#[test]
fn a_draft_put_back_with_its_state_is_found_as_state_and_as_signature() {
    let signed = signed();
    let (seal, version, mac) = &signed.earlier;
    let id = signed.records[0];
    signed.attack(|thief| {
        let sql = "UPDATE encounter SET hipaa_signature = NULL, hipaa_signature_salt = NULL, hipaa_seal = ?2 WHERE record = ?1";
        thief.run(sql, params![id.as_bytes(), seal]);
        thief.run("UPDATE hipaa_state SET version = ?2, mac = ?3 WHERE record = ?1", params![id.as_bytes(), version, mac]);
    });
    let state = ("state".to_owned(), Some(signed.scene.north), Some((signed.place, signed.place)));
    assert_eq!(signed.found(), [signed.at(signed.place), state]);
}

#[test]
fn a_column_of_signatures_that_is_gone_is_found() {
    for sql in [
        "ALTER TABLE encounter DROP COLUMN hipaa_signature",
        "DELETE FROM hipaa_column WHERE label = 'hipaa_signature'",
    ] {
        let signed = signed();
        signed.attack(|thief| thief.sql.execute_batch(sql).unwrap());
        let expected = (0..3).map(|at| signed.at(signed.place + at)).collect::<Vec<_>>();
        assert_eq!(signed.of_signatures(), expected, "{sql}");
    }
}

#[test]
fn a_log_that_says_that_a_record_was_signed_twice_or_by_somebody_else_is_found() {
    let edits: [fn(&mut Vec<Entry>, usize); 3] = [
        // The signing once more, at the end.
        |entries, at| {
            let mut again = Body::decode(&entries[at].0).unwrap();
            again.prefix.time = Body::decode(&entries.last().unwrap().0).unwrap().prefix.time;
            entries.push((again.encode().unwrap(), None, entries[at].2.clone(), entries[at].3.clone()));
        },
        |entries, at| change(&mut entries[at], tag::USER, b"dr-nobody"),
        |entries, at| change(&mut entries[at], tag::SIGNATURE, b"no signature"),
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let signed = signed();
        let mut end = 0;
        signed.attack(|thief| {
            let mut entries = thief.entries(signed.scene.north);
            edit(&mut entries, usize::try_from(signed.place).unwrap());
            end = entries.len() as u64 - 1;
            thief.rewrite(signed.scene.north, &entries);
            thief.sign(&signed.scene, signed.scene.north);
        });
        let at = if number == 0 { end } else { signed.place };
        assert!(signed.of_signatures().contains(&signed.at(at)), "{number}: {:?}", signed.found());
    }
}

fn change(entry: &mut Entry, tag: u16, value: &[u8]) {
    let mut body = Body::decode(&entry.0).unwrap();
    body.fields.retain(|field| field.tag != tag);
    body.fields.push(Field { tag, value: value.to_vec() });
    body.fields.sort_by_key(|field| field.tag);
    entry.0 = body.encode().unwrap();
}
