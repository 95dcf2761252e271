//! Looking for entries: a filter takes what it says, pages leave nothing out, and nobody looks without permission.

use super::clinic::kek;
use crate::audit::{Action, Actor, Event, EventName, Outcome};
use crate::clock::{Clock, Timestamp};
use crate::schema::{Column, RecordId, Table, TenantId, Text};
use crate::store::memory::MemoryStore;
use crate::tenancy::create_tenant;
use crate::unit::{MemoryDatabase, Unit, UnitError};
use crate::vault::{MAX_SEARCHED_ENTRIES, Permissions, Row, TenantVault, TrailFilter, TrailPageOf, VaultError};

const FAMILY: Column<Text> = Column::text("family");
const PATIENT: Table = Table::new("patient", &[FAMILY.def()], &[]);
const PRINTED: EventName = EventName::application("com.example.printed");

/// The microseconds of a day.
const DAY: i64 = 86_400_000_000;

struct Ward {
    db: MemoryDatabase,
    vault: TenantVault,
    clock: Clock,
}

fn day(number: i64) -> Timestamp {
    Timestamp::from_micros(DAY * number)
}

/// One patient on day 0; then `each` printed labels on each of three days, by two users in turn.
fn ward(each: usize) -> (Ward, RecordId) {
    let clock = Clock::manual(day(0));
    let mut db = MemoryDatabase::open(MemoryStore::default(), kek(7), clock.clone()).unwrap();
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    let tenant = db.write(|unit| create_tenant(unit, &operator, "North")).unwrap().into_inner().id;
    let actor = |user| Actor::new(tenant, user, "clinician").unwrap();
    let vault = TenantVault::new(actor("dr-osei"), Permissions::everything());
    let row = Row::new().set(FAMILY, "Osei");
    let patient = db.write(|unit| vault.create(unit, &PATIENT, &row)).unwrap().into_inner();
    for number in 1..4 {
        clock.set(day(number));
        let print = |unit: &mut dyn Unit| {
            for at in 0..each {
                let user = ["dr-osei", "dr-brandt"][at % 2];
                unit.note(Event::new(&actor(user), PRINTED, Action::Execute))?;
            }
            Ok::<_, UnitError>(())
        };
        db.write(|unit| print(unit)).unwrap().into_inner();
    }
    (Ward { db, vault, clock }, patient)
}

impl Ward {
    fn search(&mut self, filter: TrailFilter<'_>, before: Option<u64>, limit: usize) -> TrailPageOf {
        let vault = self.vault.clone();
        self.db.write(|unit| vault.trail_search(unit, &filter, before, limit)).unwrap().open().unwrap()
    }

    /// The sequences that a filter takes, page after page.
    fn all(&mut self, filter: TrailFilter<'_>, limit: usize) -> Vec<u64> {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = self.search(filter, before, limit);
            assert!(page.entries.len() <= limit && page.entries.iter().all(|entry| entry.intact));
            found.extend(page.entries.iter().map(|entry| entry.sequence));
            match page.next {
                Some(next) => before = Some(next),
                None => return found,
            }
        }
    }
}

#[test]
fn pages_of_any_length_show_every_entry_once_the_newest_first() {
    let (mut ward, _) = ward(10);
    for limit in [1, 7, 30, 500] {
        let found = ward.all(TrailFilter::new().name(PRINTED.as_str()), limit);
        assert_eq!(found, (2..32).rev().collect::<Vec<_>>(), "{limit}");
    }
}

#[test]
fn a_filter_takes_what_it_says_and_nothing_else() {
    let (mut ward, patient) = ward(10);
    assert_eq!(ward.all(TrailFilter::new().about(patient), 10), [1]);
    assert_eq!(ward.all(TrailFilter::new().user("dr-brandt"), 10).len(), 15);
    assert!(ward.all(TrailFilter::new().user("dr-brandt").name("PHI_CREATE"), 10).is_empty());
    let second = TrailFilter::new().from(day(2)).until(day(3));
    assert_eq!(ward.all(second, 4), (12..22).rev().collect::<Vec<_>>());
    assert!(ward.all(second.outcome(Outcome::Denied), 4).is_empty());
    assert!(ward.all(TrailFilter::new().until(day(0)), 4).is_empty());
    assert!(ward.all(TrailFilter::new().from(day(3)).until(day(1)), 4).is_empty());
}

#[test]
fn a_search_looks_at_so_many_entries_and_says_where_to_go_on() {
    let each = usize::try_from(MAX_SEARCHED_ENTRIES).unwrap() / 2;
    let (mut ward, patient) = ward(each);
    let page = ward.search(TrailFilter::new().about(patient), None, 10);
    assert_eq!((page.entries.len(), page.next.is_some()), (0, true));
    assert_eq!(ward.all(TrailFilter::new().about(patient).name("PHI_CREATE"), 10), [1]);
}

#[test]
fn activity_is_counted_by_day_and_name() {
    let (mut ward, _) = ward(10);
    let vault = ward.vault.clone();
    let mut count = |from, until| {
        let counted = ward.db.write(|unit| vault.trail_activity(unit, (from, until))).unwrap().open().unwrap();
        counted.into_iter().map(|one| (one.day, one.name.unwrap_or_default(), one.count)).collect::<Vec<_>>()
    };
    let printed = |number| (day(number), PRINTED.as_str().to_owned(), 10);
    assert_eq!(count(day(2), day(4))[..1], [printed(2)]);
    assert_eq!(count(day(1), day(3)), [printed(1), printed(2)]);
    assert_eq!(count(day(0), day(1)), [(day(0), String::new(), 1), (day(0), "PHI_CREATE".to_owned(), 1)]);
    ward.clock.set(day(4));
    assert_eq!(ward.all(TrailFilter::new().name("AUDIT_READ"), 10).len(), 3);
}

#[test]
fn looking_and_counting_need_the_permission_to_read_the_log() {
    let (mut ward, _) = ward(1);
    let stranger = TenantVault::new(ward.vault.actor().clone(), Permissions::none());
    let searched = ward.db.write(|unit| stranger.trail_search(unit, &TrailFilter::new(), None, 10));
    assert_eq!(searched.map(drop).unwrap_err(), VaultError::Denied);
    let counted = ward.db.write(|unit| stranger.trail_activity(unit, (day(0), day(1))));
    assert_eq!(counted.map(drop).unwrap_err(), VaultError::Denied);
    assert_eq!(ward.all(TrailFilter::new().name("PERMISSION_DENIED"), 10).len(), 2);
}

/// How many printed labels are counted once the bytes of these entries are no entry any more.
fn printed_without(places: &[u64]) -> u64 {
    let (mut ward, _) = ward(10);
    let log = ward.db.store().heads[&ward.vault.actor().tenant()].log;
    for place in places {
        ward.db.store().entries.get_mut(&(log, *place)).unwrap().0.body = vec![0xff; 9];
    }
    let vault = ward.vault.clone();
    let counted = ward.db.write(|unit| vault.trail_activity(unit, (day(0), day(9)))).unwrap().open().unwrap();
    counted.iter().filter(|one| one.name.as_deref() == Some(PRINTED.as_str())).map(|one| one.count).sum()
}

#[test]
fn an_entry_that_cannot_be_read_hides_none_of_those_before_or_behind_it() {
    // The log has 32 entries: these are where a search by halving looks first, each alone and then all between them.
    for places in [&[][..], &[16], &[8], &[24], &(8..25).collect::<Vec<_>>()] {
        assert_eq!(printed_without(places), 30 - places.len() as u64, "{places:?}");
    }
}
