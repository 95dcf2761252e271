//! From a session to its vault, and the end of both.

use super::{FAMILY, PATIENT, SSN, patient, policy};
use crate::attack::identity::{MINUTE, PASSWORD, Ward, named};
use crate::audit::{Action, Actor, EventName};
use crate::auth::reason::{Reason, ReasonCode};
use crate::auth::role::Ability;
use crate::authority::Authority;
use crate::authority::user::{NewUser, Revision, UserError};
use crate::identity::{Active, Finished, Identity, IdentityError, NewSession, PasswordOutcome, Use};
use crate::red::{Safeguard, without};
use crate::schema::{RecordId, UserId};
use crate::unit::{Ledger, MemoryUnit, Reading, Unit, UnitError};
use crate::vault::{FieldError, Operation, Permissions, TenantVault, VaultError};

/// A ward with one patient's record.
pub(super) struct Desk {
    pub(super) ward: Ward,
    pub(super) ada: RecordId,
}

impl Desk {
    pub(super) fn open() -> Self {
        let mut ward = Ward::open();
        let tool = TenantVault::new(ward.admin.clone(), Permissions::everything());
        let made = ward.db.write(|unit| tool.create(unit, &PATIENT, &patient("Lovelace", "917-53-4466")));
        Self { ada: made.unwrap().into_inner(), ward }
    }

    pub(super) fn hire(&mut self, login: &str, role: &str) -> UserId {
        let admin = self.ward.admin.clone();
        let new = NewUser { role, ..named(login) };
        let invited = self.ward.run(|unit, identity| identity.create_user(unit, &admin, new)).unwrap();
        assert!(matches!(self.ward.activate(&invited.token, PASSWORD), PasswordOutcome::Set));
        invited.user
    }

    pub(super) fn login(&mut self, login: &str) -> (NewSession, Active) {
        let session = match self.ward.login(login, PASSWORD) {
            Finished::Session(session) => session,
            other => panic!("{other:?}"),
        };
        let active = self.ward.active(&session.token, Use::WORK).unwrap();
        (session, active)
    }

    pub(super) fn vault(&mut self, login: &str) -> TenantVault {
        TenantVault::signed_in(&self.login(login).1, &policy())
    }

    pub(super) fn read(&mut self, vault: &TenantVault) -> Result<crate::vault::Record, VaultError> {
        let ada = self.ada;
        Ok(self.ward.db.write(|unit| vault.read(unit, &PATIENT, ada))?.open()?)
    }

    pub(super) fn change_role(&mut self, user: UserId, role: &str) {
        let admin = self.ward.admin.clone();
        self.ward.plain(|unit, identity| identity.change_role(unit, &admin, user, role)).unwrap();
    }
}

#[test]
fn the_vault_of_a_session_is_that_of_its_users_role() {
    let mut desk = Desk::open();
    desk.hire("sam", "STAFF");
    desk.hire("nia", "NURSE");
    let (clinician, staff, nurse) = (desk.vault("maria"), desk.vault("sam"), desk.vault("nia"));
    assert_eq!(desk.read(&clinician).unwrap().get(SSN), Ok(Some("917-53-4466")));
    assert_eq!(desk.read(&staff).unwrap().get(SSN), Err(FieldError::Masked));
    assert_eq!(desk.read(&nurse).err(), Some(VaultError::Denied), "a role that the policy does not name");
    assert_eq!(desk.ward.noted("PERMISSION_DENIED"), 1);
}

#[test]
fn a2_another_role_ends_the_session_and_its_vault_and_is_an_entry() {
    let mut desk = Desk::open();
    let maria = desk.ward.maria;
    let (session, active) = desk.login("maria");
    let vault = TenantVault::signed_in(&active, &policy());
    assert!(desk.read(&vault).is_ok());
    desk.change_role(maria, "BILLING");
    assert_eq!(desk.ward.noted("ROLE_CHANGED"), 1);
    assert_eq!(desk.read(&vault).err(), Some(VaultError::Ended));
    assert!(!desk.ward.works(&session.token));
    let denied = desk.ward.noted("PERMISSION_DENIED");
    assert_eq!(denied, 1, "the attempt is an entry");
    let again = desk.vault("maria");
    assert_eq!(desk.read(&again).unwrap().get(SSN), Err(FieldError::Masked));
}

#[test]
fn the_vault_of_a_session_is_shut_when_it_is_idle_logged_out_or_disabled() {
    let mut desk = Desk::open();
    let vault = desk.vault("maria");
    desk.ward.pass(15 * MINUTE);
    assert_eq!(desk.read(&vault).err(), Some(VaultError::Ended));
    let (session, active) = desk.login("maria");
    let vault = TenantVault::signed_in(&active, &policy());
    let client = crate::attack::identity::client(1);
    desk.ward.plain(|unit, identity| identity.log_out(unit, &session.token, &client)).unwrap();
    assert_eq!(desk.read(&vault).err(), Some(VaultError::Ended));
    let vault = desk.vault("maria");
    let (admin, maria) = (desk.ward.admin.clone(), desk.ward.maria);
    desk.ward.plain(|unit, identity| identity.disable(unit, &admin, maria)).unwrap();
    assert_eq!(desk.read(&vault).err(), Some(VaultError::Ended));
}

#[test]
fn a_user_is_a_patient_with_an_own_record_once_it_is_linked() {
    let mut desk = Desk::open();
    let user = desk.hire("ada", "PATIENT");
    let (admin, ada) = (desk.ward.admin.clone(), desk.ada);
    let vault = desk.vault("ada");
    assert_eq!(desk.read(&vault).err(), Some(VaultError::Denied), "of no record");
    desk.ward.plain(|unit, identity| identity.link_patient(unit, &admin, user, ada)).unwrap();
    assert_eq!(desk.read(&vault).err(), Some(VaultError::Ended), "linking ends what was open");
    let vault = desk.vault("ada");
    assert_eq!(desk.read(&vault).unwrap().get(FAMILY), Ok(Some("Lovelace")));
    assert_eq!(desk.ward.noted("PATIENT_LINKED"), 1);
    let unknown = desk.ward.plain(|unit, identity| identity.link_patient(unit, &admin, UserId::NOBODY, ada));
    assert!(matches!(unknown, Err(IdentityError::User(_))));
}

/// Reads beside the writer, as the bridge does: the reading is what the writer gets.
pub(super) fn beside(desk: &mut Desk, vault: &TenantVault) -> Reading {
    let (notary, ada) = (desk.ward.db.notary().clone(), desk.ada);
    let mut ledger = Ledger::open_reading(&notary).unwrap();
    let mut unit = Beside(desk.ward.db.store(), &mut ledger);
    vault.read(&mut unit, &PATIENT, ada).unwrap();
    ledger.finish_reading(false)
}

struct Beside<'a>(&'a mut crate::store::memory::MemoryStore, &'a mut Ledger);

impl Unit for Beside<'_> {
    fn parts(&mut self) -> (&mut dyn crate::store::Store, &mut Ledger) {
        (self.0, self.1)
    }
}

/// What the writer answers when authority has ended between reading and release.
pub(super) fn release(desk: &mut Desk, reading: &Reading) -> Result<(), UnitError> {
    let notary = desk.ward.db.notary().clone();
    let mut ledger = Ledger::open(&notary).unwrap();
    let store = desk.ward.db.store();
    let released = ledger.append_reading(store, reading).map(drop);
    ledger.close(store).unwrap();
    drop(ledger.committed());
    released
}

fn read_beside_a_role_change(desk: &mut Desk) -> Result<(), UnitError> {
    let vault = desk.vault("maria");
    let reading = beside(desk, &vault);
    let maria = desk.ward.maria;
    desk.change_role(maria, "STAFF");
    release(desk, &reading)
}

#[test]
fn what_was_read_beside_the_writer_is_not_released_after_the_session_has_ended() {
    let mut desk = Desk::open();
    let vault = desk.vault("maria");
    let reading = beside(&mut desk, &vault);
    assert_eq!((release(&mut desk, &reading), desk.ward.noted("PHI_READ")), (Ok(()), 1));
    assert_eq!(read_beside_a_role_change(&mut Desk::open()), Err(UnitError::Ended));
    let twin = without(Safeguard::ReleaseCheck, || read_beside_a_role_change(&mut Desk::open()));
    assert_eq!(twin, Ok(()), "the red twin");
}

#[test]
fn a_reading_that_is_not_released_is_an_entry_that_says_so() {
    let mut desk = Desk::open();
    read_beside_a_role_change(&mut desk).unwrap_err();
    let tenant = desk.ward.admin.tenant();
    let log = desk.ward.db.store().heads[&tenant].log;
    let last = desk.ward.db.store().entries.range((log, 0)..=(log, u64::MAX)).last().unwrap().1.0.clone();
    let body = crate::audit::Body::decode(&last.body).unwrap();
    assert_eq!(body.name(), Some("PHI_READ"));
    assert_eq!(body.field(crate::audit::tag::OUTCOME), Some(&[crate::audit::Outcome::Denied as u8][..]));
}

#[test]
fn a_role_edited_in_the_table_denies_and_is_found() {
    let mut desk = Desk::open();
    let sam = desk.hire("sam", "STAFF");
    let vault = desk.vault("sam");
    let kind = crate::store::AuthorityKind::User;
    let row = desk.ward.db.store().authority.get_mut(&(kind, sam.into())).unwrap();
    let at = row.body.windows(5).position(|part| part == b"STAFF").unwrap();
    row.body[at..at + 5].copy_from_slice(b"ADMIN");
    let before = desk.ward.noted("INTEGRITY_FAILED");
    assert_eq!(desk.read(&vault).err(), Some(VaultError::Ended));
    assert!(desk.ward.noted("INTEGRITY_FAILED") > before);
}

#[test]
fn a2_only_who_manages_users_gives_a_role_and_nobody_one_that_can_more() {
    let mut desk = Desk::open();
    let sam = desk.hire("sam", "STAFF");
    desk.hire("ida", "ORG_ADMIN");
    desk.hire("sue", "SUPER_ADMIN");
    let give = |desk: &mut Desk, login: &str, role: &str| {
        let active = desk.login(login).1;
        desk.ward.plain(|unit, identity| identity.change_role_as(unit, &active, &policy(), (sam, role)))
    };
    let denied = desk.ward.noted("PERMISSION_DENIED");
    for (login, role) in [("sam", "STAFF"), ("ida", "SUPER_ADMIN")] {
        assert_eq!(give(&mut desk, login, role), Err(IdentityError::Denied));
    }
    assert_eq!((desk.ward.noted("PERMISSION_DENIED"), desk.ward.noted("ROLE_CHANGED")), (denied + 2, 0));
    for (login, role) in [("ida", "PRIVACY_OFFICER"), ("ida", "ORG_ADMIN"), ("sue", "SUPER_ADMIN")] {
        assert_eq!(give(&mut desk, login, role), Ok(()), "{login} {role}");
    }
    // Nor is a role taken away by whom it is above.
    assert_eq!(give(&mut desk, "ida", "STAFF"), Err(IdentityError::Denied));
    assert_eq!(without(Safeguard::RoleGift, || give(&mut desk, "ida", "STAFF")), Ok(()));
    assert_eq!(without(Safeguard::RoleGift, || give(&mut desk, "ida", "SUPER_ADMIN")), Ok(()));
}

#[test]
fn a2_the_actor_of_a_session_gives_no_role_behind_the_policy() {
    let mut desk = Desk::open();
    let sam = desk.hire("sam", "STAFF");
    desk.hire("ida", "ORG_ADMIN");
    let active = desk.login("ida").1;
    let new = |login| NewUser { login, display_name: "A Person", role: "SUPER_ADMIN", must_change: false };
    let raised = desk.ward.plain(|unit, identity| {
        let actor = identity.permitted(unit, &active, &policy(), Ability::ManageUsers)?;
        identity.change_role(unit, &actor, sam, "SUPER_ADMIN")
    });
    let made = desk.ward.run(|unit, identity| identity.create_user(unit, active.actor(), new("eve")));
    let guarded = desk.ward.run(|unit, identity| identity.create_user_as(unit, &active, &policy(), new("eve")));
    assert_eq!(raised, Err(IdentityError::Denied));
    assert_eq!([made.map(drop), guarded.map(drop)], [Err(IdentityError::Denied), Err(IdentityError::Denied)]);
    let staff = NewUser { role: "STAFF", ..new("eve") };
    assert!(desk.ward.run(|unit, identity| identity.create_user_as(unit, &active, &policy(), staff)).is_ok());
    let unguarded = || desk.ward.run(|unit, identity| identity.create_user(unit, active.actor(), new("sly")));
    assert!(without(Safeguard::RoleGift, unguarded).is_ok());
}

/// The twin of what does not compile outside of this crate ([`crate::authority`]): the door asks nobody.
#[test]
fn a2_whoever_could_write_rows_would_give_any_role() {
    let mut desk = Desk::open();
    let sam = desk.hire("sam", "STAFF");
    desk.hire("ida", "ORG_ADMIN");
    let active = desk.login("ida").1;
    let raised = desk.ward.plain(|unit, _| {
        let door = Authority::new(active.actor().clone());
        let user = door.user(unit, sam)?.ok_or(UserError::Unknown)?;
        let change = user.revise(Revision { role: Some("SUPER_ADMIN"), must_change: None })?;
        Ok::<_, IdentityError>(door.apply(unit, door.event(EventName::ROLE_CHANGED, Action::Update), vec![change])?)
    });
    assert_eq!(raised, Ok(()));
    let (_, sam) = desk.login("sam");
    assert_eq!(sam.actor().role(), "SUPER_ADMIN");
}

type Seizure = fn(&Identity, &mut dyn Unit, &Actor, UserId) -> Result<(), IdentityError>;

const SEIZURES: [Seizure; 7] = [
    |it, unit, actor, user| it.renew_activation(unit, actor, user).map(drop),
    |it, unit, actor, user| it.put_contact(unit, actor, user, "ida@clinic.example"),
    |it, unit, actor, user| it.repair(unit, actor, user).map(drop),
    |it, unit, actor, user| it.reset_second_factor(unit, actor, user),
    |it, unit, actor, user| it.unlock(unit, actor, user),
    |it, unit, actor, user| it.link_patient(unit, actor, user, RecordId::from(UserId::NOBODY)),
    |it, unit, actor, user| it.disable(unit, actor, user),
];

#[test]
fn a2_nobody_takes_over_the_account_of_whoever_can_more() {
    let mut desk = Desk::open();
    let (sam, sue) = (desk.hire("sam", "STAFF"), desk.hire("sue", "SUPER_ADMIN"));
    desk.hire("ida", "ORG_ADMIN");
    let active = desk.login("ida").1;
    let over = |desk: &mut Desk, whom, user, seize: Seizure| {
        desk.ward.plain(|unit, identity| {
            let actor = identity.permitted_over(unit, &active, &policy(), whom)?;
            seize(identity, unit, &actor, user)
        })
    };
    for (n, seize) in SEIZURES.into_iter().enumerate() {
        let noted = desk.ward.noted("PERMISSION_DENIED");
        // Neither asked for, nor by what is for somebody else, nor by the bare actor of the session.
        assert_eq!(over(&mut desk, sue, sue, seize), Err(IdentityError::Denied), "{n}");
        assert_eq!(over(&mut desk, sam, sue, seize), Err(IdentityError::Denied), "{n}");
        let bare = desk.ward.plain(|unit, identity| seize(identity, unit, active.actor(), sue));
        assert_eq!((bare, desk.ward.noted("PERMISSION_DENIED")), (Err(IdentityError::Denied), noted + 3), "{n}");
        assert_ne!(over(&mut desk, sam, sam, seize), Err(IdentityError::Denied), "{n}");
    }
    for (n, seize) in SEIZURES.into_iter().enumerate() {
        let seized = without(Safeguard::RoleGift, || over(&mut desk, sue, sue, seize));
        assert_ne!(seized, Err(IdentityError::Denied), "{n}");
    }
}

#[test]
fn a2_what_was_allowed_over_a_user_ends_with_the_users_role() {
    let mut desk = Desk::open();
    let sam = desk.hire("sam", "STAFF");
    desk.hire("ida", "ORG_ADMIN");
    let active = desk.login("ida").1;
    let mut kept = None;
    let asked = desk.ward.plain(|unit, identity| {
        kept = Some(identity.permitted_over(unit, &active, &policy(), sam)?);
        Ok::<_, IdentityError>(())
    });
    assert_eq!(asked, Ok(()));
    let actor = kept.unwrap();
    assert_eq!(desk.ward.plain(|unit, identity| identity.unlock(unit, &actor, sam)), Ok(()));
    desk.change_role(sam, "SUPER_ADMIN");
    let seized = desk.ward.run(|unit, identity| identity.renew_activation(unit, &actor, sam));
    assert_eq!(seized.map(drop), Err(IdentityError::Denied));
}

#[test]
fn a_reason_for_a_reveal_is_that_of_the_session() {
    let mut desk = Desk::open();
    desk.hire("bill", "BILLING");
    let (vault, ada) = (desk.vault("bill"), desk.ada);
    let reason = Reason::new(ReasonCode::Payment, "claim 4711 was returned").unwrap();
    let shown = desk.ward.db.write(|unit: &mut MemoryUnit<'_>| vault.reveal(unit, &PATIENT, (ada, SSN), &reason));
    assert_eq!(shown.unwrap().open().unwrap().get(), Some("917-53-4466"));
    assert!(policy().permissions("BILLING", None).allows(&PATIENT, Operation::Reveal));
}
