//! Row R3: who takes an account over cannot keep its user from being told.

use super::{MINUTE, OTHER, PASSWORD, SECOND, Ward, client, code_at};
use crate::audit::EventName;
use crate::authority::{AuthorityError, AuthorityKind};
use crate::clock::Timestamp;
use crate::identity::{Finished, IdentityError, PasswordOutcome, Use};
use crate::outbox::{LEASE, MAX_TAKEN, NewNotice, Outbox, OutboxError, Taken, Topic};
use crate::schema::{RecordId, UserId};
use core::time::Duration;
use secrecy::ExposeSecret;

const HOME: &str = "maria@home.example";
const PRINTED: Topic = Topic::application("test.printed");

impl Ward {
    fn reachable() -> Self {
        let mut ward = Self::open();
        ward.move_to(HOME).unwrap();
        ward.deliver();
        ward
    }

    fn move_to(&mut self, address: &str) -> Result<(), IdentityError> {
        let (admin, maria) = (self.admin.clone(), self.maria);
        self.plain(|unit, identity| identity.put_contact(unit, &admin, maria, address))
    }

    /// Sends all mail: topic and address of each.
    fn deliver(&mut self) -> Vec<(String, Option<String>)> {
        let mail = self.mail();
        let mut seen = Vec::new();
        for taken in mail {
            seen.push((taken.topic().to_owned(), taken.address().map(str::to_owned)));
            self.note(|outbox, unit| outbox.sent(unit, taken)).unwrap();
        }
        seen.sort();
        seen
    }

    fn note<T>(
        &mut self,
        work: impl FnOnce(&Outbox, &mut crate::unit::MemoryUnit<'_>) -> Result<T, OutboxError>,
    ) -> Result<T, OutboxError> {
        let outbox = Outbox::new(self.admin.clone());
        self.db.write(|unit| work(&outbox, unit)).map(crate::unit::Committed::into_inner)
    }

    fn put(&mut self, notice: NewNotice<'_>) -> Result<RecordId, OutboxError> {
        self.note(|outbox, unit| outbox.put(unit, &notice))
    }

    fn one(&mut self) -> Option<Taken> {
        let mut mail = self.mail();
        assert!(mail.len() <= 1);
        mail.pop()
    }

    fn notices(&mut self) -> Vec<RecordId> {
        let keys = self.db.store().authority.keys();
        keys.filter(|(kind, _)| *kind == AuthorityKind::Notice).map(|(_, id)| *id).collect()
    }
}

fn home(topic: Topic) -> (String, Option<String>) {
    (topic.as_str().to_owned(), Some(HOME.to_owned()))
}

#[test]
fn r3_a_changed_password_and_a_reset_are_told_to_the_user() {
    let mut ward = Ward::reachable();
    let session = ward.session();
    ward.deliver();
    assert!(matches!(ward.change(&session.token, PASSWORD, OTHER), PasswordOutcome::Changed(_)));
    assert_eq!(ward.deliver(), [home(Topic::PASSWORD_CHANGED)]);
    let token = ward.asked(1);
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.reset_password(unit, &token, &client(1), permit)).unwrap();
    let new = begun.judge("Velvet,Orchard 63 plinth".to_owned().into(), &[]).unwrap();
    assert!(matches!(ward.run(|unit, identity| identity.finish_password(unit, new)), Ok(PasswordOutcome::Set)));
    assert_eq!(ward.deliver(), [home(Topic::PASSWORD_RESET)]);
}

#[test]
fn r3_a_change_of_the_second_factor_and_a_used_recovery_code_are_told_to_the_user() {
    let mut ward = Ward::reachable();
    let (session, seed) = ward.enrol();
    let active = ward.active(&session.token, Use::WORK).unwrap();
    let codes = ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap();
    let told = ward.deliver();
    assert!(told.contains(&home(Topic::FACTOR_ENROLLED)) && told.contains(&home(Topic::RECOVERY_CODES_CREATED)));
    let pending = ward.pending();
    assert!(matches!(ward.answer(&pending, codes[0].text().expose_secret()), Finished::Session(_)));
    assert!(ward.deliver().contains(&home(Topic::RECOVERY_CODE_USED)));
    ward.pass(30 * SECOND);
    let code = code_at(&seed, ward.clock.now());
    let removed = ward.run(|unit, identity| identity.remove_totp(unit, &active, &code, &client(1)));
    assert!(removed.is_ok());
    assert_eq!(ward.deliver(), [home(Topic::FACTOR_REMOVED)]);
    ward.enrol();
    ward.deliver();
    let (admin, maria) = (ward.admin.clone(), ward.maria);
    ward.plain(|unit, identity| identity.reset_second_factor(unit, &admin, maria)).unwrap();
    assert_eq!(ward.deliver(), [home(Topic::FACTOR_REMOVED)]);
}

#[test]
fn r3_a_new_address_is_told_to_the_old_one_too_and_needs_a_step_up() {
    let mut ward = Ward::reachable();
    let session = ward.session();
    let token = ward.asked(1);
    ward.deliver();
    ward.pass(4 * MINUTE);
    let active = ward.active(&session.token, Use::WORK).unwrap();
    ward.plain(|unit, identity| identity.change_contact(unit, &active, "maria@work.example")).unwrap();
    let both = [HOME, "maria@work.example"].map(|to| (Topic::CONTACT_CHANGED.as_str().to_owned(), Some(to.to_owned())));
    assert_eq!(ward.deliver(), both);
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.reset_password(unit, &token, &client(1), permit)).unwrap();
    let new = begun.judge(OTHER.to_owned().into(), &[]).unwrap();
    let late = ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap();
    assert!(matches!(late, PasswordOutcome::Refused(_)), "a new address voids what was sent to the old one");
    ward.pass(2 * MINUTE);
    let active = ward.active(&session.token, Use::WORK).unwrap();
    let stolen = ward.plain(|unit, identity| identity.change_contact(unit, &active, "thief@evil.example"));
    assert_eq!(stolen, Err(IdentityError::StepUpNeeded));
    assert!(ward.deliver().iter().all(|(topic, _)| topic != Topic::CONTACT_CHANGED.as_str()));
}

#[test]
fn r3_a_notice_goes_with_its_change_or_not_at_all() {
    let mut ward = Ward::reachable();
    let (admin, maria) = (ward.admin.clone(), ward.maria);
    let undone = ward.plain(|unit, identity| {
        identity.put_contact(unit, &admin, maria, "other@home.example")?;
        Err::<(), _>(IdentityError::Stale)
    });
    assert_eq!(undone, Err(IdentityError::Stale));
    assert_eq!((ward.deliver(), ward.notices()), (vec![], vec![]));
}

#[test]
fn r1_a_reset_is_mailed_to_the_stored_address_and_never_to_the_name_that_was_typed() {
    let mut ward = Ward::reachable();
    ward.plain(|unit, identity| identity.request_reset(unit, "ｍａｒｉａ", &client(1))).unwrap();
    let mail = ward.one().unwrap();
    assert_eq!((mail.address(), mail.to()), (Some(HOME), ward.maria));
    let mut ward = Ward::open();
    ward.mail();
    ward.plain(|unit, identity| identity.request_reset(unit, "maria", &client(1))).unwrap();
    assert_eq!(ward.one().unwrap().address(), None, "nobody has said where Maria reads mail");
}

#[test]
fn r2_a_request_tells_nothing_and_is_answered_at_the_same_time_for_all() {
    let mut ward = Ward::reachable();
    let known = ward.plain(|unit, identity| identity.request_reset(unit, "maria", &client(1))).unwrap();
    let unknown = ward.plain(|unit, identity| identity.request_reset(unit, "nobody", &client(1))).unwrap();
    assert_eq!(known, unknown);
    assert_eq!(known.wait(ward.clock.now()), Duration::from_millis(500));
}

#[test]
fn a_notice_is_taken_by_one_sender_at_a_time_and_again_when_its_lease_ends() {
    let mut ward = Ward::reachable();
    let id =
        ward.put(NewNotice::new(PRINTED, UserId::NOBODY).address("+15550100").payload("once").about(id(9))).unwrap();
    let first = ward.one().unwrap();
    assert_eq!((first.id(), first.attempt(), first.about()), (id, 1, Some(super::notice::id(9))));
    assert_eq!((first.address(), first.payload(), first.is(PRINTED)), (Some("+15550100"), Some("once"), true));
    assert!(ward.one().is_none(), "somebody has it");
    ward.pass(i64::try_from(LEASE.as_micros()).unwrap());
    let second = ward.one().unwrap();
    assert_eq!((second.id(), second.attempt()), (id, 2));
    assert_eq!(ward.note(|outbox, unit| outbox.sent(unit, first)), Err(OutboxError::Stale));
    ward.note(|outbox, unit| outbox.sent(unit, second)).unwrap();
    ward.pass(60 * MINUTE);
    assert!(ward.one().is_none());
    assert_eq!((ward.noted("NOTICE_QUEUED"), ward.noted("NOTICE_TAKEN")), (1, 2 + 1));
}

#[test]
fn a_notice_that_cannot_be_sent_waits_longer_each_time_and_is_given_up_at_its_end() {
    let mut ward = Ward::reachable();
    let sent = ward.noted("NOTICE_SENT");
    ward.put(NewNotice::new(PRINTED, UserId::NOBODY)).unwrap();
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        let taken = ward.one().unwrap();
        ward.note(|outbox, unit| outbox.failed(unit, taken)).unwrap();
        ward.pass(minutes * MINUTE - 1);
        assert!(ward.one().is_none(), "{minutes}");
        ward.pass(1);
    }
    ward.pass(7 * 24 * 60 * MINUTE);
    assert!(ward.one().is_none());
    let outbox = Outbox::new(ward.admin.clone());
    let swept = ward.db.write(|unit| outbox.sweep(unit, None, 10)).map_err(|error: AuthorityError| error).unwrap();
    assert_eq!(swept.into_inner().deleted, 1);
    assert_eq!((ward.noted("NOTICE_EXPIRED"), ward.noted("NOTICE_SENT") - sent, ward.notices().len()), (1, 0, 0));
}

#[test]
fn the_notice_that_ends_first_is_taken_first() {
    let mut ward = Ward::reachable();
    let soon = Timestamp::from_micros(ward.clock.now().micros() + MINUTE);
    let slow = ward.put(NewNotice::new(PRINTED, UserId::NOBODY)).unwrap();
    let urgent = ward.put(NewNotice::new(PRINTED, UserId::NOBODY).until(soon)).unwrap();
    let outbox = Outbox::new(ward.admin.clone());
    let mut next = || {
        let taken = ward.db.write(|unit| outbox.take(unit, 1)).map_err(|error: OutboxError| error).unwrap();
        taken.open().unwrap().pop().unwrap().id()
    };
    assert_eq!([next(), next()], [urgent, slow]);
}

/// Red twin: who takes whatever is due has the printer's notice in hand, and mails it.
#[test]
fn a_sender_that_names_its_topics_leaves_those_of_others_untouched() {
    let mut ward = Ward::reachable();
    let printed = ward.put(NewNotice::new(PRINTED, UserId::NOBODY).address(HOME)).unwrap();
    ward.move_to("maria@new.example").unwrap();
    let outbox = Outbox::new(ward.admin.clone());
    let mut take = |wanted: fn(&str) -> bool| {
        let taken = ward.db.write(|unit| outbox.take_if(unit, MAX_TAKEN, wanted));
        let taken = taken.map_err(|error: OutboxError| error).unwrap().open().unwrap();
        taken.iter().map(Taken::id).collect::<Vec<_>>()
    };
    let mails = take(|topic| topic != PRINTED.as_str());
    assert!(!mails.is_empty() && !mails.contains(&printed));
    assert_eq!(take(|_| true), [printed]);
    assert_eq!(ward.notices().len(), mails.len() + 1);
}

#[test]
fn a_notice_that_a_thief_redirects_is_not_sent_and_is_a_finding() {
    let mut ward = Ward::reachable();
    ward.put(NewNotice::new(PRINTED, UserId::NOBODY).address("thief@evil.example")).unwrap();
    let thiefs = ward.notices()[0];
    ward.put(NewNotice::new(PRINTED, UserId::NOBODY).address(HOME)).unwrap();
    let other = ward.notices().into_iter().find(|id| *id != thiefs).unwrap();
    let rows = &mut ward.db.store().authority;
    let sealed = rows[&(AuthorityKind::Notice, thiefs)].sealed.clone();
    rows.get_mut(&(AuthorityKind::Notice, other)).unwrap().sealed = sealed;
    let taken = ward.mail();
    assert_eq!(taken.iter().map(Taken::id).collect::<Vec<_>>(), [thiefs]);
    assert_eq!(ward.noted(EventName::INTEGRITY_FAILED.as_str()), 1);
}

#[test]
fn an_address_of_a_thiefs_gets_no_mail_and_the_change_happens_all_the_same() {
    let mut ward = Ward::reachable();
    let session = ward.session();
    ward.deliver();
    let thief = ward.hire("thief");
    let admin = ward.admin.clone();
    ward.plain(|unit, identity| identity.put_contact(unit, &admin, thief, "thief@evil.example")).unwrap();
    ward.deliver();
    let (own, key) = ((AuthorityKind::Contact, thief.into()), (AuthorityKind::Contact, ward.maria.into()));
    let rows = &mut ward.db.store().authority;
    let sealed = rows[&own].sealed.clone();
    rows.get_mut(&key).unwrap().sealed = sealed;
    assert!(matches!(ward.change(&session.token, PASSWORD, OTHER), PasswordOutcome::Changed(_)));
    assert_eq!(ward.deliver(), [(Topic::PASSWORD_CHANGED.as_str().to_owned(), None)]);
    assert!(ward.noted("INTEGRITY_FAILED") > 0);
}

#[test]
fn what_is_no_notice_is_refused() {
    let mut ward = Ward::reachable();
    let long = "x".repeat(2049);
    for (address, payload, error) in [
        (Some(""), None, OutboxError::Address),
        (Some("a b"), None, OutboxError::Address),
        (Some("a\r\nBcc: b"), None, OutboxError::Address),
        (Some(&long[..321]), None, OutboxError::Address),
        (None, Some(long.as_str()), OutboxError::Payload),
    ] {
        let mut notice = NewNotice::new(PRINTED, UserId::NOBODY);
        notice = address.map_or(notice, |address| notice.address(address));
        notice = payload.map_or(notice, |payload| notice.payload(payload));
        assert_eq!(ward.put(notice), Err(error));
    }
    let longest = NewNotice::new(PRINTED, UserId::NOBODY).address(&long[..320]).payload(&long[..2048]);
    ward.put(longest).unwrap();
    assert_eq!(ward.one().unwrap().payload().map(str::len), Some(2048));
    for limit in [0, MAX_TAKEN + 1] {
        assert_eq!(ward.note(|outbox, unit| outbox.take(unit, limit).map(drop)), Err(OutboxError::TooMany));
    }
    assert_eq!(ward.move_to("two words"), Err(IdentityError::Address));
}

#[test]
fn a_notice_shows_neither_address_nor_payload() {
    let mut ward = Ward::reachable();
    let notice = NewNotice::new(PRINTED, UserId::NOBODY).address(HOME).payload("a-secret-link");
    let shown = format!("{notice:?}");
    ward.put(notice).unwrap();
    let dump = format!("{:?}", ward.db.store());
    let bodies = ward.db.store().authority.values().flat_map(|row| row.body.clone()).collect::<Vec<_>>();
    let sealed = ward.db.store().authority.values().filter_map(|row| row.sealed.clone()).flatten().collect::<Vec<_>>();
    let shown = [shown, format!("{:?}", ward.one().unwrap()), dump].concat().into_bytes();
    for bytes in [shown, bodies, sealed] {
        for canary in [HOME, "a-secret-link"] {
            assert!(!bytes.windows(canary.len()).any(|part| part == canary.as_bytes()));
        }
    }
}

fn id(byte: u8) -> RecordId {
    RecordId::from_slice(&[byte; 16]).unwrap()
}
