//! Emergency access as whoever wants more of it meets it: silent, endless, of every patient, reviewed by oneself.

mod page;

use super::session::{Desk, beside, release};
use super::{PATIENT, SSN, SSN_TEXT, patient, policy};
use crate::attack::identity::{MINUTE, SECOND, client};
use crate::audit::{Actor, Body as Entry, tag};
use crate::auth::reason::{Reason, ReasonCode};
use crate::authority::{Authority, Finding, state_id};
use crate::clock::Timestamp;
use crate::identity::{Active, EmergencyGrant, IdentityError, NewSession, OpenReview, Use, Verdict};
use crate::outbox::{Outbox, Topic};
use crate::red::{Safeguard, without};
use crate::schema::{RecordId, UserId};
use crate::store::memory::Fault;
use crate::store::{AuthorityKind, StoredAuthority};
use crate::unit::UnitError;
use crate::vault::{Permissions, Record, TenantVault, VaultError};

/// Sam of STAFF takes emergency access; Pia is the privacy officer.
pub(super) struct Emergency {
    pub(super) desk: Desk,
    sam: UserId,
    pia: UserId,
    session: NewSession,
}

fn reason() -> Reason {
    Reason::new(ReasonCode::LifeThreatening, "unresponsive in bay 3, allergies unknown").unwrap()
}

impl Emergency {
    pub(super) fn open() -> Self {
        let mut desk = Desk::open();
        let (sam, pia) = (desk.hire("sam", "STAFF"), desk.hire("pia", "PRIVACY_OFFICER"));
        let session = desk.login("sam").0;
        Self { desk, sam, pia, session }
    }

    fn active(&mut self) -> Active {
        self.desk.ward.active(&self.session.token, Use::WORK).unwrap()
    }

    fn take_as(&mut self, active: &Active, patient: RecordId) -> Result<EmergencyGrant, IdentityError> {
        let (policy, reason) = (policy(), reason());
        self.desk.ward.plain(|unit, identity| identity.open_emergency(unit, active, &policy, (patient, &reason)))
    }

    fn take(&mut self) -> EmergencyGrant {
        let (active, ada) = (self.active(), self.desk.ada);
        self.take_as(&active, ada).unwrap()
    }

    fn vault(&mut self, grant: &EmergencyGrant) -> Result<TenantVault, VaultError> {
        let active = self.active();
        let made = self.desk.ward.db.write(|unit| TenantVault::in_emergency(unit, &active, &policy(), grant.id));
        made.map(crate::unit::Committed::into_inner)
    }

    fn read(&mut self, grant: &EmergencyGrant) -> Result<Record, VaultError> {
        let vault = self.vault(grant)?;
        self.desk.read(&vault)
    }

    /// Time goes by with somebody at the keyboard.
    fn work(&mut self, micros: i64) {
        let mut left = micros;
        while left > 0 {
            let step = left.min(10 * MINUTE);
            self.desk.ward.pass(step);
            left -= step;
            self.active();
        }
    }

    fn reviews(&mut self) -> Vec<OpenReview> {
        let active = self.desk.login("pia").1;
        let policy = policy();
        self.desk.ward.run(|unit, identity| identity.reviews(unit, &active, &policy, None)).unwrap().open
    }

    fn review_as(&mut self, login: &str, grant: &EmergencyGrant) -> Result<(), IdentityError> {
        let (_, active) = self.desk.login(login);
        let policy = policy();
        let judgement = Reason::new(ReasonCode::Treatment, "seen in the ward book").unwrap();
        let review = (grant.id, Verdict::Justified, &judgement);
        self.desk.ward.plain(|unit, identity| identity.review(unit, &active, &policy, review))
    }

    fn entries(&mut self) -> Vec<Entry> {
        let tenant = self.desk.ward.admin.tenant();
        let store = self.desk.ward.db.store();
        let log = store.heads[&tenant].log;
        let bodies = store.entries.range((log, 0)..=(log, u64::MAX));
        bodies.map(|(_, (entry, _))| Entry::decode(&entry.body).unwrap()).collect()
    }

    fn row(&mut self, kind: AuthorityKind, grant: &EmergencyGrant) -> &mut StoredAuthority {
        self.desk.ward.db.store().authority.get_mut(&(kind, grant.id.into())).unwrap()
    }

    fn count(&mut self, kind: AuthorityKind) -> usize {
        self.desk.ward.db.store().authority.keys().filter(|(known, _)| *known == kind).count()
    }

    fn replay(&mut self) -> Vec<Finding> {
        let door = Authority::new(self.desk.ward.admin.clone());
        self.desk.ward.db.write(|unit| door.replay(unit)).unwrap().into_inner()
    }
}

#[test]
fn a4_emergency_access_shows_one_patient_in_clear_and_every_entry_names_the_grant() {
    let mut scene = Emergency::open();
    let grant = scene.take();
    let before = scene.entries().len();
    let record = scene.read(&grant).unwrap();
    assert_eq!(record.get(SSN), Ok(Some(SSN_TEXT)));
    let entries = scene.entries().split_off(before);
    let marked = |entry: &Entry| entry.field(tag::GRANT) == Some(&grant.id[..]);
    assert_eq!(
        entries.iter().map(|entry| (entry.name(), marked(entry))).collect::<Vec<_>>(),
        [(Some("PHI_READ"), true)]
    );
    let plain = scene.desk.vault("sam");
    let (before, record) = (scene.entries().len(), scene.desk.read(&plain).unwrap());
    assert!(record.is_masked(SSN), "without the grant the role is what it was");
    assert!(scene.entries().split_off(before).iter().all(|entry| !marked(entry)));
}

#[test]
fn a4_grant_duty_notice_and_entry_are_one_commit() {
    let mut scene = Emergency::open();
    let (active, ada) = (scene.active(), scene.desk.ada);
    let before = scene.entries().len();
    let notices = scene.count(AuthorityKind::Notice);
    scene.desk.ward.db.store().fault = Fault::RefuseEntries;
    let refused = scene.take_as(&active, ada);
    assert!(matches!(refused, Err(IdentityError::Authority(_))), "{refused:?}");
    scene.desk.ward.db.store().fault = Fault::None;
    let kinds = [AuthorityKind::Grant, AuthorityKind::Review, AuthorityKind::Notice];
    assert_eq!(kinds.map(|kind| scene.count(kind)), [0, 0, notices]);
    let grant = scene.take();
    assert_eq!(kinds.map(|kind| scene.count(kind)), [1, 1, notices + 1]);
    let entry = scene.entries().split_off(before).pop().unwrap();
    assert_eq!((entry.name(), entry.text(tag::PURPOSE)), (Some("EMERGENCY_ACCESS_STARTED"), Some("life-threatening")));
    assert_eq!(entry.field(tag::GRANT), Some(&grant.id[..]));
    assert!(!entry.encode().unwrap().windows(3).any(|part| part == b"bay"), "the words of a reason are sealed");
    assert_eq!(grant.ends, grant.began.after(core::time::Duration::from_secs(3600)));
    assert_eq!(scene.replay(), []);
}

#[test]
fn a4_the_privacy_officer_is_told_and_a_sender_that_is_down_stops_nothing() {
    let mut scene = Emergency::open();
    let admin = scene.desk.ward.admin.clone();
    let pia = scene.pia;
    scene.desk.ward.plain(|unit, identity| identity.put_contact(unit, &admin, pia, "privacy@clinic.example")).unwrap();
    let outbox = Outbox::new(admin);
    let take = |scene: &mut Emergency| {
        let taken = scene.desk.ward.db.write(|unit| outbox.take(unit, 100)).unwrap().open().unwrap();
        taken.into_iter().filter(|notice| notice.topic() == Topic::EMERGENCY_ACCESS.as_str()).collect::<Vec<_>>()
    };
    take(&mut scene);
    let grant = scene.take();
    assert!(scene.read(&grant).is_ok(), "nothing was sent yet");
    let mut told = take(&mut scene);
    let notice = told.pop().unwrap();
    assert_eq!((notice.to(), notice.address().map(str::to_owned)), (pia, Some("privacy@clinic.example".to_owned())));
    assert!(told.is_empty(), "told once, and not who took it");
    scene.desk.ward.db.write(|unit| outbox.failed(unit, notice)).unwrap().into_inner();
    scene.desk.ward.pass(2 * 60 * MINUTE);
    assert_eq!(take(&mut scene).len(), 1, "and again when the sender is back");
}

#[test]
fn a4_it_needs_the_permission_and_a_step_up() {
    let mut scene = Emergency::open();
    let ada = scene.desk.ada;
    scene.desk.hire("bill", "BILLING");
    let bill = scene.desk.login("bill").1;
    let denied = scene.desk.ward.noted("PERMISSION_DENIED");
    assert_eq!(scene.take_as(&bill, ada).err(), Some(IdentityError::Denied));
    assert_eq!(scene.desk.ward.noted("PERMISSION_DENIED"), denied + 1);
    scene.work(6 * MINUTE);
    let active = scene.active();
    assert_eq!(scene.take_as(&active, ada).err(), Some(IdentityError::StepUpNeeded));
    let gone = scene.active();
    let ward = &mut scene.desk.ward;
    let (identity, session) = (ward.identity.clone(), &scene.session.token);
    ward.db.write(|unit| identity.log_out(unit, session, &client(1))).unwrap().into_inner();
    assert_eq!(scene.take_as(&gone, ada).err(), Some(IdentityError::NoSession));
    assert_eq!(scene.count(AuthorityKind::Grant), 0);
}

/// Reads after so long; the session is kept alive.
fn read_after(micros: i64) -> Result<Record, VaultError> {
    let mut scene = Emergency::open();
    let grant = scene.take();
    let vault = scene.vault(&grant).unwrap();
    scene.work(micros);
    scene.desk.read(&vault)
}

#[test]
fn a4_after_sixty_minutes_a_grant_opens_nothing() {
    assert!(read_after(60 * MINUTE - 1).is_ok());
    assert_eq!(read_after(60 * MINUTE).err(), Some(VaultError::Ended));
    let mut scene = Emergency::open();
    let grant = scene.take();
    scene.work(60 * MINUTE);
    assert_eq!(scene.vault(&grant).err(), Some(VaultError::Ended));
    let (active, ada) = (scene.active(), scene.desk.ada);
    assert_eq!(scene.take_as(&active, ada).err(), Some(IdentityError::StepUpNeeded), "no renewal by itself");
}

#[test]
fn without_its_end_a_grant_opens_for_ever() {
    assert!(without(Safeguard::GrantEnd, || read_after(60 * MINUTE)).is_ok());
}

#[test]
fn a4_a_clock_that_is_set_back_does_not_prolong_a_grant() {
    let mut scene = Emergency::open();
    let grant = scene.take();
    let vault = scene.vault(&grant).unwrap();
    scene.work(61 * MINUTE);
    let tool = TenantVault::new(scene.desk.ward.admin.clone(), Permissions::everything());
    scene.desk.read(&tool).unwrap();
    scene.desk.ward.clock.set(Timestamp::from_micros(grant.began.micros() + 59 * MINUTE));
    assert_eq!(scene.desk.read(&vault).err(), Some(VaultError::Ended));
}

#[test]
fn a4_what_was_read_beside_the_writer_is_not_released_after_the_end() {
    let mut scene = Emergency::open();
    let grant = scene.take();
    let vault = scene.vault(&grant).unwrap();
    scene.work(59 * MINUTE);
    let reading = beside(&mut scene.desk, &vault);
    assert_eq!(release(&mut scene.desk, &reading), Ok(()));
    let reading = beside(&mut scene.desk, &vault);
    scene.desk.ward.pass(MINUTE);
    assert_eq!(release(&mut scene.desk, &reading), Err(UnitError::Ended));
    let late = scene.entries().pop().unwrap();
    assert!(late.prefix.time >= grant.ends && late.field(tag::OUTCOME) == Some(&[1][..]), "denied, and marked so");
}

#[test]
fn a4_a_grant_is_ended_early_by_its_user_and_is_no_use_to_another() {
    let mut scene = Emergency::open();
    let (grant, other) = (scene.take(), scene.desk.login("maria").1);
    let thief = scene.desk.ward.db.write(|unit| TenantVault::in_emergency(unit, &other, &policy(), grant.id));
    assert_eq!(thief.err(), Some(VaultError::Ended));
    scene.desk.ward.plain(|unit, identity| identity.end_emergency(unit, &other, grant.id)).unwrap();
    let vault = scene.vault(&grant).unwrap();
    let active = scene.active();
    assert_eq!(scene.desk.ward.plain(|unit, identity| identity.emergencies(unit, &active)), Ok(vec![grant]));
    scene.desk.ward.plain(|unit, identity| identity.end_emergency(unit, &active, grant.id)).unwrap();
    assert_eq!(scene.desk.ward.noted("EMERGENCY_ACCESS_ENDED"), 1);
    assert_eq!(scene.desk.read(&vault).err(), Some(VaultError::Ended));
    scene.desk.ward.plain(|unit, identity| identity.end_emergency(unit, &active, grant.id)).unwrap();
    assert_eq!(scene.reviews().len(), 1, "the duty to review stays");
}

#[test]
fn a4_another_role_and_disabling_end_the_grant_and_leave_the_review() {
    let mut scene = Emergency::open();
    let grant = scene.take();
    let vault = scene.vault(&grant).unwrap();
    let sam = scene.sam;
    scene.desk.change_role(sam, "BILLING");
    assert_eq!(scene.desk.read(&vault).err(), Some(VaultError::Ended));
    let admin = scene.desk.ward.admin.clone();
    scene.desk.ward.plain(|unit, identity| identity.disable(unit, &admin, sam)).unwrap();
    assert_eq!((scene.count(AuthorityKind::Grant), scene.reviews().len()), (0, 1));
    assert_eq!(scene.review_as("pia", &grant), Ok(()));
}

/// Whether Sam, who may review now, reviews the own grant.
fn self_review() -> Result<(), IdentityError> {
    let mut scene = Emergency::open();
    let (grant, sam) = (scene.take(), scene.sam);
    scene.desk.change_role(sam, "PRIVACY_OFFICER");
    scene.review_as("sam", &grant)
}

#[test]
fn a4_who_took_access_does_not_review_it() {
    assert_eq!(self_review(), Err(IdentityError::Denied));
    assert_eq!(without(Safeguard::OtherReviewer, self_review), Ok(()), "the red twin");
}

#[test]
fn a4_a_review_is_due_in_72_hours_then_overdue_and_done_once() {
    let mut scene = Emergency::open();
    let grant = scene.take();
    let open = scene.reviews().pop().unwrap();
    assert_eq!((open.grant, open.overdue, open.reason.as_str()), (grant, false, reason().text()));
    assert!(!format!("{open:?}").contains("bay"));
    scene.desk.ward.pass(72 * 60 * MINUTE - 60 * SECOND);
    assert!(!scene.reviews().pop().unwrap().overdue);
    scene.desk.ward.pass(60 * SECOND);
    assert!(scene.reviews().pop().unwrap().overdue);
    assert_eq!(scene.review_as("maria", &grant), Err(IdentityError::Denied));
    assert_eq!(scene.review_as("pia", &grant), Ok(()));
    assert_eq!((scene.reviews().len(), scene.desk.ward.noted("EMERGENCY_ACCESS_REVIEWED")), (0, 1));
    assert_eq!(scene.review_as("pia", &grant), Err(IdentityError::NoReview));
    let (actor, pia) = (scene.desk.ward.admin.clone(), scene.pia);
    let done = scene.desk.ward.plain(|unit, identity| identity.review_of(unit, &actor, grant.id)).unwrap().unwrap();
    assert_eq!((done.0, done.1), (Verdict::Justified, pia));
    assert_eq!(scene.replay(), []);
}

#[test]
fn a_grant_whose_end_or_patient_is_edited_in_the_table_denies_and_is_found() {
    for edit in [
        (|row: &mut StoredAuthority| row.expires = Some(Timestamp::from_micros(i64::MAX))) as fn(&mut StoredAuthority),
        |row| {
            let at = row.body.len() / 2;
            row.body[at] ^= 1;
        },
        |row| row.owner = UserId::from_bytes([9; 16]),
    ] {
        let mut scene = Emergency::open();
        let grant = scene.take();
        let vault = scene.vault(&grant).unwrap();
        edit(scene.row(AuthorityKind::Grant, &grant));
        let before = scene.desk.ward.noted("INTEGRITY_FAILED");
        assert_eq!(scene.desk.read(&vault).err(), Some(VaultError::Ended));
        assert!(scene.desk.ward.noted("INTEGRITY_FAILED") > before);
    }
}

/// A grant to Ada is turned into one to Ben: the bytes of the patient are exchanged in the row.
#[test]
fn a_grant_moved_to_another_patient_in_the_table_denies() {
    let mut scene = Emergency::open();
    let tool = TenantVault::new(scene.desk.ward.admin.clone(), Permissions::everything());
    let made = scene.desk.ward.db.write(|unit| tool.create(unit, &PATIENT, &patient("Brandt", "223-44-5566")));
    let (ben, ada, grant) = (made.unwrap().into_inner(), scene.desk.ada, scene.take());
    let row = scene.row(AuthorityKind::Grant, &grant);
    let at = row.body.windows(16).position(|part| part == ada.as_bytes()).unwrap();
    row.body[at..at + 16].copy_from_slice(ben.as_bytes());
    assert_eq!(scene.vault(&grant).err(), Some(VaultError::Ended));
}

#[test]
fn a_grant_and_a_review_restored_with_their_states_are_found_by_replay() {
    let mut scene = Emergency::open();
    let grant = scene.take();
    for kind in [AuthorityKind::Grant, AuthorityKind::Review] {
        let before = scene.desk.ward.db.store().clone();
        if kind == AuthorityKind::Grant {
            let active = scene.active();
            scene.desk.ward.plain(|unit, identity| identity.end_emergency(unit, &active, grant.id)).unwrap();
        } else {
            scene.review_as("pia", &grant).unwrap();
        }
        assert_eq!(scene.replay(), []);
        let (key, state) = ((kind, grant.id.into()), (crate::authority::STATE_LABEL, state_id(kind, grant.id.into())));
        let store = scene.desk.ward.db.store();
        let after = (store.authority.get(&key).cloned(), store.states[&state]);
        store.authority.insert(key, before.authority[&key].clone());
        store.states.insert(state, before.states[&state]);
        let found = scene.replay();
        assert!(found.contains(&Finding::State(state.1)) && found.contains(&Finding::Row(state.1)), "{found:?}");
        let store = scene.desk.ward.db.store();
        match after.0 {
            Some(row) => store.authority.insert(key, row),
            None => store.authority.remove(&key),
        };
        store.states.insert(state, after.1);
    }
}

#[test]
fn where_nobody_may_review_the_notice_goes_to_nobody_for_the_host_to_deliver() {
    let mut scene = Emergency::open();
    let (admin, pia) = (scene.desk.ward.admin.clone(), scene.pia);
    scene.desk.ward.plain(|unit, identity| identity.disable(unit, &admin, pia)).unwrap();
    scene.take();
    let outbox = Outbox::new(Actor::new(admin.tenant(), "sender", "system").unwrap());
    let taken = scene.desk.ward.db.write(|unit| outbox.take(unit, 100)).unwrap().open().unwrap();
    let told = taken.iter().filter(|notice| notice.topic() == Topic::EMERGENCY_ACCESS.as_str());
    assert_eq!(told.map(|notice| notice.to()).collect::<Vec<_>>(), [UserId::NOBODY]);
}
