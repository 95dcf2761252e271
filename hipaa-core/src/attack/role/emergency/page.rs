//! What a page asks of emergency access: whose record a path names, and the queue of reviews part by part.

use super::super::{CONSULTATION, PLAN, SUBJECT, patient};
use super::{Emergency, PATIENT, policy};
use crate::authority::{AuthorityError, SweepMark};
use crate::identity::{Active, IdentityError, OpenReviews};
use crate::red::{Safeguard, without};
use crate::schema::{RecordId, Table};
use crate::seal::StoredValue;
use crate::vault::{Permissions, Row, TenantVault, VaultError};

impl Emergency {
    fn make(&mut self, table: &'static Table, row: &Row) -> RecordId {
        let tool = TenantVault::new(self.desk.ward.admin.clone(), Permissions::everything());
        self.desk.ward.db.write(|unit| tool.create(unit, table, row)).unwrap().into_inner()
    }

    fn visit(&mut self, of: RecordId) -> RecordId {
        self.make(&CONSULTATION, &Row::new().set(SUBJECT, of).set(PLAN, "rest"))
    }

    fn reaches(&mut self, vault: &TenantVault, table: &'static Table, record: RecordId) -> Result<bool, VaultError> {
        self.desk.ward.db.write(|unit| vault.reaches(unit, table, record)).map(crate::unit::Committed::into_inner)
    }

    fn page(&mut self, active: &Active, after: Option<SweepMark>, limit: usize) -> Result<OpenReviews, IdentityError> {
        let policy = policy();
        self.desk.ward.run(|unit, identity| identity.reviews_page(unit, active, &policy, (after, limit)))
    }
}

#[test]
fn a_grant_reaches_what_is_about_its_patient_and_nothing_else() {
    let mut scene = Emergency::open();
    let (grant, ada) = (scene.take(), scene.desk.ada);
    let ben = scene.make(&PATIENT, &patient("Brandt", "223-44-5566"));
    let (own, other) = (scene.visit(ada), scene.visit(ben));
    let vault = scene.vault(&grant).unwrap();
    let before = scene.entries().len();
    for (table, record, wanted) in [
        (&PATIENT, ada, true),
        (&PATIENT, ben, false),
        (&CONSULTATION, own, true),
        (&CONSULTATION, other, false),
        (&CONSULTATION, RecordId::from_slice(&[9; 16]).unwrap(), false),
    ] {
        assert_eq!(scene.reaches(&vault, table, record), Ok(wanted), "{} {record}", table.label());
    }
    assert_eq!(scene.entries().len(), before, "a question discloses nothing");
    let twin = without(Safeguard::Scope, || scene.reaches(&vault, &CONSULTATION, other));
    assert_eq!(twin, Ok(true), "the red twin");
}

/// A visit of Ben is made one of Ada in the table: whose it is nobody knows any more.
#[test]
fn a_record_whose_patient_was_exchanged_is_reached_by_no_grant() {
    let mut scene = Emergency::open();
    let (grant, ada) = (scene.take(), scene.desk.ada);
    let ben = scene.make(&PATIENT, &patient("Brandt", "223-44-5566"));
    let visit = scene.visit(ben);
    let vault = scene.vault(&grant).unwrap();
    let key = (CONSULTATION.label(), vault.actor().tenant(), visit);
    let row = scene.desk.ward.db.store().rows.get_mut(&key).unwrap();
    row.columns.insert("subject", StoredValue::Blob(ada.as_bytes().to_vec()));
    assert_eq!(scene.reaches(&vault, &CONSULTATION, visit), Ok(false));
    let read = scene.desk.ward.db.write(|unit| vault.read(unit, &CONSULTATION, visit));
    assert_eq!(read.map(drop).err(), Some(VaultError::Denied));
}

#[test]
fn pages_of_any_length_show_every_review_once_the_first_due_first() {
    let mut scene = Emergency::open();
    let grants = (0..5).map(|_| scene.take().id).collect::<Vec<_>>();
    let pia = scene.desk.login("pia").1;
    for limit in [1, 2, 5, 500] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = scene.page(&pia, after, limit).unwrap();
            assert!(page.open.len() <= limit);
            found.extend(page.open.iter().map(|open| (open.due, open.grant.id)));
            // As an address carries it.
            after = page.next.map(|mark| SweepMark::parse(&mark.to_string()).unwrap());
            if after.is_none() {
                break;
            }
        }
        assert!(found.is_sorted_by_key(|(due, _)| *due));
        let mut ids = found.iter().map(|(_, id)| *id).collect::<Vec<_>>();
        ids.sort_unstable();
        let mut wanted = grants.clone();
        wanted.sort_unstable();
        assert_eq!(ids, wanted, "{limit}");
    }
}

#[test]
fn a_page_of_reviews_has_bounds_and_a_mark_has_one_form() {
    let mut scene = Emergency::open();
    let pia = scene.desk.login("pia").1;
    for limit in [0, 501] {
        let refused = scene.page(&pia, None, limit).map(drop);
        assert_eq!(refused, Err(IdentityError::Authority(AuthorityError::TooMany)), "{limit}");
    }
    for text in ["", "_", "1", "x_00", "9223372036854775808_00000000-0000-4000-8000-000000000000", "1_"] {
        assert_eq!(SweepMark::parse(text), None, "{text}");
    }
    let sam = scene.active();
    assert_eq!(scene.page(&sam, None, 10).map(drop), Err(IdentityError::Denied));
}
